"""A round of the press looks at SQLite without taking the writers' turn."""

import threading

import pytest
from django.db import connections, transaction

ALIAS = "moments"


@pytest.fixture
def moments(tmp_path, django_db_blocker):
    """A database in a file, as a newsroom's is."""
    with django_db_blocker.unblock():
        connections.databases[ALIAS] = {**connections.databases["default"], "NAME": tmp_path / "newsroom.sqlite3"}
        connection = connections[ALIAS]
        if connection.vendor != "sqlite":
            pytest.skip("the newsroom of these tests is in PostgreSQL")
        write("CREATE TABLE topic (name TEXT)")
        yield connection
        connection.close()
        del connections.databases[ALIAS], connections[ALIAS]


def write(sql: str) -> None:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(sql)


def count() -> int:
    with connections[ALIAS].cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM topic").fetchone()[0]


def elsewhere(work) -> None:
    """Do something in a connection of its own, and wait for it."""
    hand = threading.Thread(target=lambda: (work(), connections[ALIAS].close()))
    hand.start()
    hand.join()


def test_it_sees_one_moment_and_nobody_waits_for_it(moments):
    def look():
        before = count()
        elsewhere(lambda: write("INSERT INTO topic VALUES ('港')"))
        return before, count()

    assert moments.in_one_moment(look) == (0, 0)
    assert count() == 1


def test_it_waits_for_nobody_who_writes(moments):
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(using=ALIAS):
            write("INSERT INTO topic VALUES ('灯台')")
            holding.set()
            done.wait(30)
        connections[ALIAS].close()

    writer = threading.Thread(target=hold)
    writer.start()
    holding.wait(30)
    assert moments.in_one_moment(count) == 0
    done.set()
    writer.join()
    assert moments.in_one_moment(count) == 1


def test_what_writes_in_it_and_was_overtaken_is_done_again_in_turn(moments):
    seen = []

    def look():
        seen.append(count())
        if len(seen) == 1:
            elsewhere(lambda: write("INSERT INTO topic VALUES ('港')"))
        write("INSERT INTO topic VALUES ('橋')")
        return count()

    assert moments.in_one_moment(look) == 2
    assert seen == [0, 1]
    # Writers take turns as before.
    assert moments.transaction_mode == "IMMEDIATE"
