"""The editorial database's own statistics, by which it chooses how it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction

# An import fills an empty newsroom within minutes: figures of what it was are worse than none. Half as much again is counted ten times
# on the way from a founded newspaper to ten thousand stories.
GROWN_BY = 1.5
COUNTED_EVERY_SECONDS = 600.0


def refresh_statistics(using: str = DEFAULT_DB_ALIAS) -> None:
    """Have SQLite count what it holds: 7 ms for each 1,000 stories.

    Without figures, or with those of a small archive, it reads and sorts all stories for the newest two hundred, and a publication takes
    the longer the larger the archive is. PostgreSQL counts by itself.
    """
    if connections[using].vendor != "sqlite":
        return
    with transaction.atomic(using), connections[using].cursor() as cursor:
        # Other connections read figures with the schema, and the schema when it is another one: the newsroom's and an import's would
        # go by those of the moment when they were opened.
        cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
        cursor.execute("ANALYZE")


@dataclass
class Figures:
    """Knows when the database was counted last, and how large it was."""

    using: str = DEFAULT_DB_ALIAS
    pages: int = 0
    counted_at: float = 0.0

    def renew(self) -> None:
        """Count anew if the database has grown by half since, or if that is some minutes ago: microseconds where neither is so."""
        if connections[self.using].vendor != "sqlite":
            return
        with connections[self.using].cursor() as cursor:
            pages = int(cursor.execute("PRAGMA page_count").fetchone()[0])
        if pages >= self.pages * GROWN_BY or time.monotonic() - self.counted_at >= COUNTED_EVERY_SECONDS:
            refresh_statistics(self.using)
            self.pages, self.counted_at = pages, time.monotonic()
