"""What posts need of each other: attachments, addresses, texts that are used in several. In a file, so that memory stays flat."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import NamedTuple, Self


class Attachment(NamedTuple):
    """A picture of the library, or another file."""

    id: str
    url: str
    title: str
    caption: str
    description: str
    alt: str
    parent: str = ""
    order: int = 0


class Index:
    """A scratch database that goes away with the import."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="kawaraban-import-")
        self._db = sqlite3.connect(Path(self._directory.name) / "index.sqlite3", isolation_level=None)
        for statement in (
            "PRAGMA synchronous=OFF",
            "PRAGMA journal_mode=OFF",
            "CREATE TABLE attachment (id TEXT PRIMARY KEY, url TEXT, parent TEXT, place INTEGER, row TEXT) WITHOUT ROWID",
            "CREATE INDEX by_url ON attachment (url)",
            "CREATE INDEX by_parent ON attachment (parent)",
            "CREATE TABLE post (id TEXT PRIMARY KEY, type TEXT, link TEXT) WITHOUT ROWID",
            "CREATE TABLE text (id TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID",
            "CREATE TABLE author (slug TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID",
            "BEGIN",
        ):
            self._db.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take it away."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        self._directory.cleanup()

    def add_attachment(self, attachment: Attachment) -> None:
        """Remember an attachment."""
        row = (attachment.id, attachment.url, attachment.parent, attachment.order, json.dumps(attachment))
        self._db.execute("REPLACE INTO attachment VALUES (?, ?, ?, ?, ?)", row)

    def attachment(self, number: str) -> Attachment | None:
        """Return an attachment by its number."""
        row = self._db.execute("SELECT row FROM attachment WHERE id = ?", (number,)).fetchone()
        return Attachment(*json.loads(row[0])) if row else None

    def attachment_at(self, url: str) -> Attachment | None:
        """Return an attachment by its address."""
        row = self._db.execute("SELECT row FROM attachment WHERE url = ?", (url,)).fetchone()
        return Attachment(*json.loads(row[0])) if row else None

    def attached_to(self, number: str) -> list[Attachment]:
        """Return the attachments of a post, in the order in which somebody put them."""
        rows = self._db.execute("SELECT row FROM attachment WHERE parent = ? ORDER BY place, CAST(id AS INTEGER)", (number,))
        return [Attachment(*json.loads(row[0])) for row in rows]

    def add_post(self, number: str, kind: str, link: str) -> None:
        """Remember where a post stands."""
        self._db.execute("REPLACE INTO post VALUES (?, ?, ?)", (number, kind, link))

    def link(self, number: str) -> str:
        """Return where a post stands; "" if nowhere."""
        row = self._db.execute("SELECT link FROM post WHERE id = ?", (number,)).fetchone()
        return str(row[0]) if row else ""

    def add_text(self, number: str, content: str) -> None:
        """Remember a text that several posts use."""
        self._db.execute("REPLACE INTO text VALUES (?, ?)", (number, content))

    def text(self, number: str) -> str | None:
        """Return a text that several posts use."""
        row = self._db.execute("SELECT content FROM text WHERE id = ?", (number,)).fetchone()
        return str(row[0]) if row else None

    def add_author(self, slug: str, name: str) -> None:
        """Remember an author who is no user of the site."""
        self._db.execute("REPLACE INTO author VALUES (?, ?)", (slug, name))

    def author(self, slug: str) -> str:
        """Return the name of an author who is no user of the site."""
        row = self._db.execute("SELECT name FROM author WHERE slug = ?", (slug,)).fetchone()
        return str(row[0]) if row else ""
