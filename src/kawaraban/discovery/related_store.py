"""The related stories of every story: a SQLite file that the search process writes and reader workers follow."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS related (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    story TEXT NOT NULL UNIQUE,
    stories TEXT NOT NULL
);
"""


def event_key(story: str) -> str:
    """Name the list of the stories that tell of the same event as one."""
    return f"event:{story}"


class RelatedStore:
    """Reads the file; while there is none yet, nothing is related and pages fall back on topics and sections."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._file = 0
        self._version = -1

    def related(self, story: str) -> Sequence[str]:
        """Return the stories related to a story, best first."""
        db = self._open()
        if db is None:
            return ()
        row = db.execute("SELECT stories FROM related WHERE story = ?", (story,)).fetchone()
        return json.loads(row[0]) if row else ()

    def changed_after(self, number: int | None) -> tuple[int, list[str]]:
        """Return the newest number and the stories whose related ones changed after ``number``; cheap when nothing did.

        None: a follower begins, and has nothing to forget. Of a file that was made anew, all is told.
        """
        if self._is_replaced():
            self.close()
            number = 0
        db = self._open()
        if db is None:
            return number or 0, []
        version = int(db.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version and number is not None:
            return number, []
        self._version = version
        if number is None:
            return int(db.execute("SELECT COALESCE(MAX(number), 0) FROM related").fetchone()[0]), []
        rows = db.execute("SELECT number, story FROM related WHERE number > ? ORDER BY number", (number,)).fetchall()
        return (rows[-1][0] if rows else number), [row[1] for row in rows]

    def _open(self) -> sqlite3.Connection | None:
        if self._db is None and self._path.exists():
            db = sqlite3.connect(f"file:{self._path}?mode=rw", uri=True, isolation_level=None, timeout=5, check_same_thread=False)
            # The file is there a moment before its table.
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'related'").fetchone() is None:
                db.close()
                return None
            db.execute("PRAGMA query_only=ON")
            self._db, self._file, self._version = db, self._path.stat().st_ino, -1
        return self._db

    def _is_replaced(self) -> bool:
        try:
            return self._db is not None and self._path.stat().st_ino != self._file
        except FileNotFoundError:
            # Being made anew: what is open is served on.
            return False

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None


class RelatedWriter:
    """Writes the file. One process at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        # It can be made again from the documents at any time: a lost second is no loss.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def stories(self) -> set[str]:
        """Return the stories that have a list, be it an empty one."""
        return {story for (story,) in self._db.execute("SELECT story FROM related")}

    def write(self, lists: Mapping[str, Sequence[str]], gone: Iterable[str] = ()) -> None:
        """Write some stories' lists and take others away, as one change."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._write(lists, gone)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            # Some errors, as that of a full disk, have rolled it back already.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _write(self, lists: Mapping[str, Sequence[str]], gone: Iterable[str]) -> None:
        for story, stories in lists.items():
            text = json.dumps(list(stories))
            known = self._db.execute("SELECT stories FROM related WHERE story = ?", (story,)).fetchone()
            if known is None or known[0] != text:
                self._db.execute("INSERT OR REPLACE INTO related (story, stories) VALUES (?, ?)", (story, text))
        self._db.executemany("DELETE FROM related WHERE story = ?", [(story,) for story in gone])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
