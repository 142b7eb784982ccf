"""SQLite goes by figures of what it holds, not of what it held when it was empty."""

import contextlib
import sqlite3

import pytest
from django.db import connections, transaction

from kawaraban.press.statistics import GROWN_BY, Figures

ALIAS = "counted"
# The newest of what readers may see, as the press asks for them; and the plan that reads no more than it needs.
NEWEST = "SELECT story.id FROM story JOIN page ON page.id = story.id WHERE page.live ORDER BY story.at DESC LIMIT 20"
READS_FEW = "SCAN story USING COVERING INDEX by_time"


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """The file of a database that holds one story."""
    with django_db_blocker.unblock():
        connections.databases[ALIAS] = {**connections.databases["default"], "NAME": tmp_path / "newsroom.sqlite3"}
        connection = connections[ALIAS]
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL counts by itself")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, live INTEGER, title TEXT)")
            cursor.execute("CREATE TABLE story (id INTEGER PRIMARY KEY, at INTEGER)")
            cursor.execute("CREATE INDEX by_time ON story (at)")
        write(1, 2)
        yield tmp_path / "newsroom.sqlite3"
        connection.close()
        del connections.databases[ALIAS], connections[ALIAS]


def write(first: int, end: int) -> None:
    with transaction.atomic(ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.executemany("INSERT INTO page VALUES (%s, 1, 'x')", [(number,) for number in range(first, end)])
        cursor.executemany("INSERT INTO story VALUES (%s, %s)", [(number, number) for number in range(first, end)])


def plan(database: sqlite3.Connection) -> list[str]:
    # A plan alone does not look whether the schema is another one: what is asked before it does.
    database.execute("SELECT count(*) FROM page").fetchall()
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {NEWEST}")]


def test_a_database_that_grew_is_counted_anew_and_all_who_have_it_open_go_by_that(file):
    figures = Figures(ALIAS)
    figures.renew()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, cached_statements=0)) as other:
        assert READS_FEW not in plan(other)
        write(2, 3000)
        # The figures are still those of one story.
        assert READS_FEW not in plan(other)
        figures.renew()
        assert READS_FEW in plan(other)


def test_it_is_counted_once_while_it_grows_by_less_than_half(file, monkeypatch):
    counted = []
    monkeypatch.setattr("kawaraban.press.statistics.refresh_statistics", counted.append)
    figures = Figures(ALIAS)
    write(2, 3000)
    figures.renew()
    write(3000, 3300)
    figures.renew()
    assert counted == [ALIAS]
    write(3300, int(3000 * GROWN_BY) + 600)
    figures.renew()
    assert counted == [ALIAS] * 2
