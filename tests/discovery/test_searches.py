"""What is searched for often: shared by several networks, or written nowhere; and shown to readers in words of the paper's own."""

import sqlite3
import time

import pytest

from kawaraban.discovery.archive import Archive
from kawaraban.discovery.searches import Searches, looked_for
from kawaraban.discovery.shapes import Query
from kawaraban.language.names import Name
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind

NOW = 1_790_000_000.0
DAY = 86400.0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "searches.sqlite3"


def ask(searches, text, networks, *, found=3, now=NOW):
    for network in range(networks):
        searches.note(text, language="ja", asker=f"network {network}", found=found, now=now)


def often(searches, language="ja"):
    return searches.often(language, 8, NOW, lambda _query: True)


def test_what_two_networks_ask_is_written_nowhere_however_often(path):
    searches = Searches(path)
    for _ in range(10):
        ask(searches, "わたしの秘密", 2)
    assert sqlite3.connect(path).execute("SELECT COUNT(*) FROM searches").fetchone() == (0,)
    assert looked_for(path, days=7, in_vain=False, limit=10, now=NOW) == []


def test_what_three_networks_ask_is_the_newsrooms_to_see_and_what_five_ask_the_readers(path):
    searches = Searches(path)
    ask(searches, "灯台", 4)
    ask(searches, "ﾀｲﾌｳ", 5)
    assert [row.query for _, row in looked_for(path, days=7, in_vain=False, limit=10, now=NOW)] == ["タイフウ", "灯台"]
    assert often(searches) == ["タイフウ"]
    assert often(searches, "ko") == []


def test_what_was_not_found_is_told_to_the_newsroom_alone(path):
    searches = Searches(path)
    ask(searches, "汐見大橋", 5, found=0)
    assert [(language, row.query, row.askers) for language, row in looked_for(path, days=7, in_vain=True, limit=10, now=NOW)] == [
        ("ja", "汐見大橋", 5)
    ]
    assert often(searches) == []


@pytest.mark.parametrize("text", ["haruka@example.com", "090-1234-5678", "0312345678", "https://example.com/x", "あ" * 50, "", " "])
def test_what_may_be_private_is_counted_for_nobody(path, text):
    searches = Searches(path)
    ask(searches, text, 10)
    assert often(searches) == []


def test_what_rises_comes_before_what_is_always_asked_for(path):
    searches = Searches(path)
    for day in range(8):
        ask(searches, "天気", 6, now=NOW - (8 - day) * DAY)
    ask(searches, "天気", 6)
    ask(searches, "台風", 5)
    assert often(searches) == ["台風", "天気"]


def test_what_may_not_be_shown_takes_no_place_from_what_may(path):
    searches = Searches(path)
    for number in range(10):
        ask(searches, f"悪口{number}", 9)
    ask(searches, "灯台", 5)
    assert searches.often("ja", 1, NOW, lambda query: query == "灯台") == ["灯台"]


def test_a_day_is_counted_once_a_network_and_old_days_are_forgotten(path):
    searches = Searches(path)
    ask(searches, "灯台", 5, now=NOW - 100 * DAY)
    ask(searches, "祭り", 3)
    assert sqlite3.connect(path).execute("SELECT query, askers FROM searches").fetchall() == [("祭り", 3)]


def refuse(path, doing):
    """Have the file take no more of one kind, as on a full disk; return what has it take that again."""
    disk = sqlite3.connect(path, isolation_level=None)
    disk.execute(f"CREATE TRIGGER full BEFORE {doing} ON searches BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    return lambda: disk.execute("DROP TRIGGER full")


def written(path):
    return sqlite3.connect(path).execute("SELECT query, askers FROM searches ORDER BY query").fetchall()


def test_what_could_not_be_written_is_written_with_the_next_query_whatever_that_is(path):
    searches = Searches(path)
    ask(searches, "灯台", 2)
    make_room = refuse(path, "INSERT")
    for text in ("灯台", "祭り"):
        with pytest.raises(sqlite3.Error, match="full"):
            ask(searches, text, 3)
    make_room()
    ask(searches, "祭り", 1)
    assert written(path) == [("灯台", 3)]


def test_old_days_that_could_not_be_forgotten_are_forgotten_when_there_is_room(path):
    searches = Searches(path)
    ask(searches, "灯台", 3, now=NOW - 100 * DAY)
    make_room = refuse(path, "DELETE")
    with pytest.raises(sqlite3.Error, match="full"):
        ask(searches, "祭り", 1)
    make_room()
    ask(searches, "祭り", 1)
    assert written(path) == []


def story(name, title, language="ja", **fields):
    return Document(id=name, language=language, title=title, body=f"町で{title}", section="a", published_at=NOW, **fields)


@pytest.fixture
def paper(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    documents = [
        story("bridge", "汐見大橋の架け替え、市長が「来春」と表明", topics=("festival",), topic_names=("夏の祭り",)),
        story("thief", "自転車の泥棒を捕まえる", summary="まさか市長は泥棒だと、誰も書いていない。"),
        story("harbour", "Harbour bridge closes for art fair", "en"),
    ]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in documents)
    log.append(
        [Change(Kind.NAME, "yun", Name(slug="yun", kind="person", form="ユン・ソンウ", form_en="Yoon Sung-woo", wrong_forms=("ユン某",)))]
    )
    archive = Archive(log.path, tmp_path / "discovery")
    while archive.follow():
        pass
    return archive, log


def ask_archive(archive, *texts, networks=5, **fields):
    for text in texts:
        for network in range(networks):
            archive.search(Query(text=text, asker=f"cb00{network:02x}", **{"language": "ja", **fields}))


def test_readers_are_shown_names_topics_and_words_of_a_headline(paper):
    archive, log = paper
    log.append([Change(Kind.DOCUMENT, "yun", story("yun", "代表が会見", summary="ユン・ソンウ Yoon Sung-woo", names=("yun",)))])
    archive.follow()
    ask_archive(archive, "汐見大橋", "市長", "架け替え　汐見大橋", "夏の祭り", "ユンソンウ", "Yoon Sung-woo")
    ask_archive(archive, "自転車", networks=4)
    ask_archive(archive, "HARBOUR bridge", language="en")
    assert sorted(archive.often("ja", 8)) == sorted(["汐見大橋", "市長", "架け替え 汐見大橋", "夏の祭り", "ユンソンウ", "yoon sung-woo"])
    assert archive.often("en", 8) == ["harbour bridge"]


def test_readers_are_shown_no_sentence_of_somebodys_own(paper, path):
    archive, _ = paper
    asked = [
        "町 -市長は泥棒だ",  # finds stories, since none has what is not wanted
        "汐見大橋 −泥棒",
        "「来春」",
        '"汐見大橋"',
        "市長は泥棒だ",  # stands in a text alone
        "市長 泥棒",  # stand in two headlines
        "市長泥棒",
        "汐見 大橋 架け替え 市長 来春",
        "汐見大橋 ！",
        "ユン某",
        "Harbour bridge",  # in another edition
    ]
    ask_archive(archive, *asked, networks=9)
    assert archive.often("ja", 8) == []
    # They were counted: the newsroom sees most of them found.
    found = {row.query for _, row in looked_for(path.parent / "discovery" / path.name, days=2, in_vain=False, limit=50, now=time.time())}
    assert {"町 -市長は泥棒だ", "市長は泥棒だ", "「来春」", "市長 泥棒"} <= found


def test_what_was_looked_for_within_bounds_is_not_counted(paper, path):
    archive, _ = paper
    for bound in ({"section": "a"}, {"topic": "festival"}, {"byline": "x"}, {"since": 1.0}, {"until": NOW * 2}, {"offset": 1}):
        ask_archive(archive, "汐見大橋", **bound)
    for in_vain in (True, False):
        assert looked_for(path.parent / "discovery" / path.name, days=2, in_vain=in_vain, limit=9, now=time.time()) == []


def test_a_withdrawn_headline_takes_its_words_along_at_once(paper):
    archive, log = paper
    ask_archive(archive, "汐見大橋")
    assert archive.often("ja", 8) == ["汐見大橋"]
    log.append([Change(Kind.DOCUMENT, "bridge", None)])
    archive.follow()
    assert archive.often("ja", 8) == []
