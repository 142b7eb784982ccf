"""What is searched for often: shared by several people, or written nowhere."""

import sqlite3

import pytest

from kawaraban.discovery.searches import Searches, looked_for

NOW = 1_790_000_000.0
DAY = 86400.0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "searches.sqlite3"


def ask(searches, text, people, *, found=3, now=NOW):
    for person in range(people):
        searches.note(text, language="ja", asker=f"person {person}", found=found, now=now)


def test_what_one_person_asks_is_written_nowhere(path):
    searches = Searches(path)
    ask(searches, "わたしの秘密", 1)
    searches.note("わたしの秘密", language="ja", asker="person 0", found=3, now=NOW)
    assert sqlite3.connect(path).execute("SELECT COUNT(*) FROM searches").fetchone() == (0,)
    assert looked_for(path, days=7, in_vain=False, limit=10, now=NOW) == []


def test_what_two_ask_is_the_newsrooms_to_see_and_what_three_ask_the_readers(path):
    searches = Searches(path)
    ask(searches, "灯台", 2)
    ask(searches, "ﾀｲﾌｳ", 3)
    assert [row.query for _, row in looked_for(path, days=7, in_vain=False, limit=10, now=NOW)] == ["タイフウ", "灯台"]
    assert searches.often("ja", 8, NOW) == ["タイフウ"]
    assert searches.often("ko", 8, NOW) == []


def test_what_was_not_found_is_told_to_the_newsroom_alone(path):
    searches = Searches(path)
    ask(searches, "汐見大橋", 5, found=0)
    assert [(language, row.query, row.askers) for language, row in looked_for(path, days=7, in_vain=True, limit=10, now=NOW)] == [
        ("ja", "汐見大橋", 5)
    ]
    assert searches.often("ja", 8, NOW) == []


@pytest.mark.parametrize("text", ["haruka@example.com", "090-1234-5678", "0312345678", "https://example.com/x", "あ" * 50, "", " "])
def test_what_may_be_private_is_counted_for_nobody(path, text):
    searches = Searches(path)
    ask(searches, text, 10)
    assert searches.often("ja", 8, NOW) == []


def test_what_rises_comes_before_what_is_always_asked_for(path):
    searches = Searches(path)
    for day in range(8):
        ask(searches, "天気", 6, now=NOW - (8 - day) * DAY)
    ask(searches, "天気", 6)
    ask(searches, "台風", 4)
    assert searches.often("ja", 8, NOW) == ["台風", "天気"]


def test_a_day_is_counted_once_a_person_and_old_days_are_forgotten(path):
    searches = Searches(path)
    ask(searches, "灯台", 3, now=NOW - 100 * DAY)
    ask(searches, "祭り", 3)
    assert sqlite3.connect(path).execute("SELECT query, askers FROM searches").fetchall() == [("祭り", 3)]
