"""The editorial database's own statistics, by which it chooses how it answers."""

from __future__ import annotations

from django.db import connection


def refresh_statistics() -> None:
    """Have SQLite count what it holds: 5 ms for each 1,000 stories.

    Without figures it reads and sorts all stories for the newest two hundred, and a publication takes the longer the larger the archive
    is. PostgreSQL counts by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
