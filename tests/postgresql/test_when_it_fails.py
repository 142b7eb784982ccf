"""What is told when PostgreSQL is not as it has to be, and what goes on without it."""

import shutil

import pytest

import clusters
from kawaraban.project.databases.postgresql import PostgreSQL
from kawaraban.project.databases.shapes import DatabaseError
from postgresql.conftest import python, refused
from running import Site, free_port

pytestmark = pytest.mark.servers


def test_a_server_that_is_away_is_told_of_in_a_sentence_without_the_password(paper, tmp_path):
    away = Site(paper.data, free_port(), free_port())
    away.more["KAWARABAN_DATABASE"] = "postgresql://kawaraban:verysecret@127.0.0.1:1/kawaraban"
    for words in (("backup", str(tmp_path / "x.tar")), ("check",), ("export", "jsonl", str(tmp_path / "x.jsonl")), ("print",)):
        told = refused(away, *words)
        assert "cannot be reached" in told
        assert "verysecret" not in told


def test_missing_programs_of_postgresql_are_told_of(paper, tmp_path):
    paper.more["PATH"] = str(tmp_path)
    try:
        assert "pg_dump is not installed: install PostgreSQL's client programs" in refused(paper, "backup", str(tmp_path / "x.tar"))
    finally:
        del paper.more["PATH"]
    assert not (tmp_path / "x.tar").exists()


def test_nothing_is_restored_over_something(paper, archive, tmp_path):
    other = Site(tmp_path / "data", free_port(), free_port())
    other.more["KAWARABAN_DATABASE"] = paper.more["KAWARABAN_DATABASE"]
    assert "is not empty" in refused(other, "restore", str(archive))
    assert not other.data.exists()


def test_a_database_without_a_newspaper_is_told_of(new_site, paper, tmp_path):
    empty = new_site("empty")
    shutil.copytree(paper.data / "public", empty.data / "public")
    for words in (("check",), ("backup", str(tmp_path / "x.tar"))):
        assert "holds no newspaper" in refused(empty, *words)


def test_a_damaged_table_is_found(archive, tmp_path):
    own = clusters.Cluster()
    hurt = Site(tmp_path / "data", free_port(), free_port())
    hurt.more["KAWARABAN_DATABASE"] = own.new_database("hurt")
    try:
        hurt.kawaraban("restore", str(archive))
        told = python(
            hurt,
            """
            from django.db import connection
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_relation_filepath('newsroom_sectionpage')")
                print(cursor.fetchone()[0])
            """,
        )
        # What the server has in memory is whole: it looks at its files when it was started again.
        own.stop()
        file = own.directory / "data" / told.strip()
        file.write_bytes(b"\xff" * len(file.read_bytes()))
        own.start()
        assert "newsroom_sectionpage" in refused(hurt, "check")
    finally:
        own.remove()


def test_a_second_machines_printer_is_refused(paper, tmp_path):
    database = PostgreSQL(paper.more["KAWARABAN_DATABASE"])
    other = Site(tmp_path / "data", free_port(), free_port())
    other.more["KAWARABAN_DATABASE"] = paper.more["KAWARABAN_DATABASE"]
    with database.one_printer():
        assert "another printer prints" in refused(other, "run", "printer")
        with pytest.raises(DatabaseError), database.one_printer():
            pass
    with database.one_printer():
        pass
