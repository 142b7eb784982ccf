"""What is searched for, counted so that nobody can be known by it.

A query is written down only when it came from several networks on one day, and then only from how many. Which they were is kept as hashes
with a key that lives in this process's memory for a day; addresses, times and single queries are written nowhere.

A network is no person: who has several, at home and on the way, may count as often. So no number opens the readers' page to a query by
itself; see ``ours``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.words import normal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# From so many networks on one day before the newsroom sees it, and before readers may.
ASKERS_NEWSROOM, ASKERS_PUBLIC = 3, 5
# So many of those are looked at, whether they may be shown.
LOOKED_AT = 50
LONGEST = 40
SEARCHES_FILE = "searches.sqlite3"
# What looks like an address or a number of somebody's is counted for nobody.
_PRIVATE = re.compile(r"@|\d{5,}|://|\d{2,}-\d{2,}-")
MOST_QUERIES, MOST_ASKERS = 20_000, 1000
KEPT_DAYS = 60
_DAY = 86400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS searches (
    day TEXT NOT NULL, language TEXT NOT NULL, query TEXT NOT NULL, askers INTEGER NOT NULL, found INTEGER NOT NULL,
    PRIMARY KEY (day, language, query)
) WITHOUT ROWID;
"""


class Searched(NamedTuple):
    """A query, from how many networks it was asked for, and how many stories it found last."""

    query: str
    askers: int
    found: int


class _Asked:
    __slots__ = ("askers", "found", "told")

    def __init__(self) -> None:
        self.askers: set[bytes] = set()
        self.found = 0
        self.told = 0


class Searches:
    """Counts queries, and writes down those that several networks share."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
        path.chmod(0o600)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_SCHEMA)
        self._day = ""
        self._key = b""
        self._asked: dict[tuple[str, str], _Asked] = {}
        # What is to be done on disk: it is tried again with every query until that takes it.
        self._unwritten: set[tuple[str, str]] = set()
        self._forgot_before = ""

    def note(self, text: str, *, language: str, asker: str, found: int, now: float) -> None:
        """Count a query from a network; long ones and those that may be private are not counted.

        Raises:
            sqlite3.Error: it was counted, and could not be written down now.
        """
        query = " ".join(normal(text).split())
        if not query or len(query) > LONGEST or _PRIVATE.search(query):
            return
        self._begin_day(datetime.fromtimestamp(now, UTC).date().isoformat())
        asked = self._asked.get((language, query))
        if asked is None:
            if len(self._asked) >= MOST_QUERIES:
                return
            asked = self._asked[language, query] = _Asked()
        asked.found = found
        if len(asked.askers) < MOST_ASKERS:
            asked.askers.add(hashlib.blake2b(asker.encode(), key=self._key, digest_size=8).digest())
        if len(asked.askers) >= ASKERS_NEWSROOM and len(asked.askers) != asked.told:
            self._unwritten.add((language, query))
        self._write_down()

    def _begin_day(self, day: str) -> None:
        if day != self._day:
            self._day, self._key, self._asked, self._unwritten = day, secrets.token_bytes(32), {}, set()

    def _write_down(self) -> None:
        if self._forgot_before != self._day:
            oldest = datetime.fromisoformat(self._day).replace(tzinfo=UTC).timestamp() - KEPT_DAYS * _DAY
            self._db.execute("DELETE FROM searches WHERE day < ?", (datetime.fromtimestamp(oldest, UTC).date().isoformat(),))
            self._forgot_before = self._day
        for language, query in list(self._unwritten):
            asked = self._asked[language, query]
            askers = len(asked.askers)
            self._db.execute(
                "INSERT INTO searches VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET askers = MAX(askers, excluded.askers), found = excluded.found",
                (self._day, language, query, askers, asked.found),
            )
            # Not before it stands there.
            asked.told = askers
            self._unwritten.discard((language, query))

    def often(self, language: str, limit: int, now: float, may_be_shown: Callable[[str], bool]) -> list[str]:
        """Return what many search for now: asked for more today and yesterday than in the week before comes first."""
        shown = (row.query for row in rising(self._db, language, LOOKED_AT, now) if may_be_shown(row.query))
        return list(islice(shown, limit))


def rising(db: sqlite3.Connection, language: str, limit: int, now: float) -> list[Searched]:
    """Return what found something and rises, whether or not it may be shown; see ``Searches.often``."""
    yesterday, week = _days_ago(now, 1), _days_ago(now, 8)
    rows = db.execute(
        "SELECT query, SUM(CASE WHEN day >= ?1 THEN askers ELSE 0 END) AS late, MAX(found),"
        " SUM(CASE WHEN day < ?1 THEN askers ELSE 0 END) AS early, MAX(CASE WHEN day >= ?1 THEN askers ELSE 0 END) AS most"
        " FROM searches WHERE day >= ?2 AND language = ?3 GROUP BY query HAVING most >= ?4 AND MAX(found) > 0"
        " ORDER BY late / (1.0 + early / 3.5) DESC, query LIMIT ?5",
        (yesterday, week, language, ASKERS_PUBLIC, limit),
    ).fetchall()
    return [Searched(query, late, found) for query, late, found, *_ in rows]


def looked_for(path: Path, *, days: int, in_vain: bool, limit: int, now: float) -> list[tuple[str, Searched]]:
    """Return, for the newsroom, (language, what was searched for) in the last days, most askers first; ``in_vain``: and never found."""
    if not path.exists():
        return []
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = db.execute(
            "SELECT language, query, SUM(askers) AS networks, MAX(found) FROM searches WHERE day >= ? AND askers >= ? GROUP BY language, query"
            " HAVING (MAX(found) = 0) = ? ORDER BY networks DESC, query LIMIT ?",
            (_days_ago(now, days), ASKERS_NEWSROOM, in_vain, limit),
        ).fetchall()
    finally:
        db.close()
    return [(language, Searched(query, networks, found)) for language, query, networks, found in rows]


def _days_ago(now: float, days: int) -> str:
    return datetime.fromtimestamp(now - days * _DAY, UTC).date().isoformat()
