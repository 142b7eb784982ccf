"""A corpus of news: JSON Lines with ``id``, ``title`` and ``body``, plain or gzipped. None is part of the project."""

from __future__ import annotations

import gzip
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kawaraban.sheetlog.shapes import Document

if TYPE_CHECKING:
    from pathlib import Path

_DATE = re.compile(r"(20[0-2]\d|199\d)年(\d{1,2})月(\d{1,2})日")
_AT = time.time() - 365 * 86400


@dataclass(frozen=True)
class News:
    """A story of the corpus."""

    id: str
    title: str
    body: str

    @property
    def day(self) -> float | None:
        """The first date that its text names, in days since 1970; None if it names none."""
        found = _DATE.search(self.body)
        if found is None:
            return None
        try:
            return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC).timestamp() / 86400
        except ValueError:
            return None


def read_corpus(path: Path) -> list[News]:
    """Read the stories that have a headline and a text."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    return [News(str(row["id"]), row["title"].strip(), row["body"]) for row in rows if row.get("title", "").strip() and row.get("body")]


def document(news: News, *, title: str | None = None, body: str | None = None) -> Document:
    """Make what the sheet log holds of a story. All are of one age: age must not help."""
    return Document(
        id=news.id,
        language="ja",
        title=news.title if title is None else title,
        body=news.body if body is None else body,
        section="news",
        published_at=_AT,
    )
