"""A copy of the log on another machine, written entry by entry as they come, and seen by its readers one whole publication at a time.

The copy is a log like any other: readers, search and the collector follow it. Its numbers are those of the log that it copies, raised by
the same amount when that log is replaced by another (a restored backup): for its followers numbers only ever grow. How far the copy is
stands in the same file and changes in the same transaction.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.sheetlog.shapes import Kind

_SCHEMA = """
CREATE TABLE IF NOT EXISTS place (run TEXT, message INTEGER, life TEXT, number INTEGER, raised INTEGER);
INSERT INTO place SELECT '', 0, '', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM place);
CREATE TABLE IF NOT EXISTS files (what TEXT, name TEXT, run TEXT NOT NULL, PRIMARY KEY (what, name)) WITHOUT ROWID;
CREATE TEMP TABLE standing (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
"""


class Place(msgspec.Struct, frozen=True):
    """How far a copy is: in which copying and behind which message of it, in which log and behind which number of it."""

    run: str
    message: int
    life: str
    number: int
    raised: int  # what is added to the log's numbers here


class Copy:
    """The copy as its one writer sees it. What is ``put`` is seen by nobody until ``keep``."""

    def __init__(self, path: Path) -> None:
        SheetLog(path, writable=True).close()
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        # Synced with each publication: what a node has served once, it serves after a power cut.
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        self.place = self._kept()
        self._anew = False  # another log is being copied: what it does not hold goes in the end

    def close(self) -> None:
        """Let go; what was not kept has never been here."""
        self._db.close()

    def put(self, *, life: str, number: int, kind: Kind, key: str, payload: bytes | None) -> bool:
        """Take an entry of a log; say whether it is news. One that is here already changes nothing."""
        self._begin()
        if life != self.place.life:
            last = self._last()
            self._anew = last > 0
            self.place = msgspec.structs.replace(self.place, life=life, number=0, raised=last)
        if number <= self.place.number:
            return False
        self.place = msgspec.structs.replace(self.place, number=number)
        if self._anew:
            self._db.execute("INSERT OR REPLACE INTO standing VALUES (?, ?)", (kind, key))
            known = self._db.execute("SELECT payload FROM log WHERE kind = ? AND key = ?", (kind, key)).fetchone()
            if known is not None and known[0] == payload:
                # The same in both logs: pages that show it are not composed anew.
                return False
        self._db.execute(
            "INSERT OR REPLACE INTO log (seq, kind, key, payload) VALUES (?, ?, ?, ?)", (number + self.place.raised, kind, key, payload)
        )
        return True

    def put_file(self, what: str, name: str, *, run: str, stands: bool) -> None:
        """Note that a file stands, as told by a copying, or that it stands no more."""
        self._begin()
        if stands:
            self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (what, name, run))
        else:
            self._db.execute("DELETE FROM files WHERE what = ? AND name = ?", (what, name))

    def keep(self, *, run: str, message: int) -> list[tuple[str, str]]:
        """Keep all that was put, as one publication, with the place; return the files that stand no more."""
        self._begin()
        if self._anew:
            self._withdraw_the_rest()
            self._anew = False
        left: list[tuple[str, str]] = []
        if run != self._kept().run:
            left = self._db.execute("SELECT what, name FROM files WHERE run != ?", (run,)).fetchall()
            self._db.execute("DELETE FROM files WHERE run != ?", (run,))
        self.place = msgspec.structs.replace(self.place, run=run, message=message)
        self._db.execute("UPDATE place SET run = ?, message = ?, life = ?, number = ?, raised = ?", msgspec.structs.astuple(self.place))
        self._db.execute("COMMIT")
        return left

    def forget(self) -> None:
        """Forget what was put and not kept."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self.place = self._kept()
        self._anew = False

    def _withdraw_the_rest(self) -> None:
        gone = self._db.execute(
            "SELECT kind, key FROM log WHERE payload IS NOT NULL AND (kind, key) NOT IN (SELECT kind, key FROM standing)"
        ).fetchall()
        self._db.executemany("INSERT OR REPLACE INTO log (kind, key, payload) VALUES (?, ?, NULL)", gone)
        self._db.execute("DELETE FROM standing")
        raised = max(self.place.raised, self._last() - self.place.number)
        self.place = msgspec.structs.replace(self.place, raised=raised)

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def _last(self) -> int:
        return int(self._db.execute("SELECT COALESCE(MAX(seq), 0) FROM log").fetchone()[0])

    def _kept(self) -> Place:
        return Place(*self._db.execute("SELECT run, message, life, number, raised FROM place").fetchone())
