"""Search and related stories, on words of every kind."""

import asyncio
import contextlib
import os
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.discovery import answers, archive, process
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.asking import topics_near
from kawaraban.discovery.client import SearchAwayError, SearchClient
from kawaraban.discovery.index import Index
from kawaraban.discovery.memory import Mapped
from kawaraban.discovery.rebuilding import rebuild
from kawaraban.discovery.related_store import RelatedStore, RelatedWriter, event_key
from kawaraban.discovery.shapes import Query
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind


def document(name: str, title: str, body: str, language: str = "ja", **fields) -> Document:
    return Document(
        id=name,
        language=language,
        title=title,
        body=body,
        section=fields.pop("section", "politics"),
        published_at=fields.pop("at", time.time()),
        **fields,
    )


DOCUMENTS = [
    document("nuclear", "米韓首脳会談で共同文書", "核抑止について協議した。ユン・ソンウ代表はサーバの防護も論じた。"),
    document(
        "bridge", "汐見大橋の架け替え決まる", "市議会は橋の架け替えを可決した。渡辺議員が打ち合わせの経緯を説明した。", section="society"
    ),
    document(
        "fish", "アオサバの水揚げが半減", "漁協によると今季の水揚げは昨年の半分だった。選手のような体格の漁師も嘆く。", section="economy"
    ),
    document("school", "학교에서 열린 축제", "서울의 학교에서 학생들이 축제를 열었다.", "ko"),
    document("minister", "Ministers agree on the bridges", "The ministers were running late, but signed the treaty.", "en"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    index = Index(tmp_path_factory.mktemp("index"))
    index.put(DOCUMENTS)
    index.commit()
    return index


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("核", "nuclear"),
        ("米韓", "nuclear"),
        ("首脳会談", "nuclear"),
        ("ユンソンウ", "nuclear"),
        ("ユン・ソンウ", "nuclear"),
        ("サーバー", "nuclear"),
        ("打合せ", "bridge"),
        ("汐見大橋", "bridge"),
        ("「架け替えを可決」", "bridge"),
        ("アオサバ", "fish"),
        ("ｱｵｻﾊﾞ", "fish"),
        ("選手", "fish"),
        ("학교", "school"),
        ("서울", "school"),
        ("minister", "minister"),
        ("BRIDGE", "minister"),
        ("run", "minister"),
    ],
)
def test_a_word_of_any_kind_is_found(index, query, found):
    assert found in index.search(Query(text=query)).stories


def test_a_minus_leaves_out(index):
    assert "bridge" in index.search(Query(text="橋")).stories
    assert "bridge" not in index.search(Query(text="橋 -渡辺")).stories


def test_an_edition_and_a_section_bound_what_is_found(index):
    assert index.search(Query(text="学校 축제 bridge", language="en")).stories == ("minister",)
    assert index.search(Query(text="水揚げ", section="politics")).stories == ()


@given(text=st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_string_gets_an_answer(index, text):
    answer = index.search(Query(text=text))
    assert answer.total >= len(answer.stories)


@pytest.fixture
def discovery(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in DOCUMENTS)
    return Archive(log.path, tmp_path / "discovery"), log


def follow(discovery):
    while discovery.follow():
        pass
    while discovery.relate_some():
        pass


def test_what_is_published_is_found_and_what_is_withdrawn_is_not(discovery):
    found, log = discovery
    follow(found)
    log.append([Change(Kind.DOCUMENT, "new", document("new", "灯台の一般公開", "灯台が開く。"))])
    follow(found)
    assert found.search(Query(text="灯台")).stories == ("new",)
    log.append([Change(Kind.DOCUMENT, "new", None)])
    follow(found)
    assert found.search(Query(text="灯台")).stories == ()


def test_a_corrected_story_is_found_by_its_new_word_only(discovery):
    found, log = discovery
    follow(found)
    log.append([Change(Kind.DOCUMENT, "fish", document("fish", "アオサバの水揚げが三割減", "訂正した。"))])
    follow(found)
    assert "fish" in found.search(Query(text="三割")).stories
    assert "fish" not in found.search(Query(text="漁協")).stories


def test_it_goes_on_where_it_was_killed(discovery, tmp_path):
    found, log = discovery
    follow(found)
    log.append([Change(Kind.DOCUMENT, "later", document("later", "雪の予報", "雪が降る。"))])
    again = Archive(log.path, tmp_path / "other")
    again.recall()
    follow(again)
    assert again.search(Query(text="雪")).stories == ("later",)


def test_what_was_not_yet_related_is_related_after_a_restart(discovery, tmp_path):
    found, log = discovery
    while found.follow():
        pass
    again = Archive(log.path, tmp_path / "discovery")
    again.recall()
    follow(again)
    ids = {each.id for each in DOCUMENTS}
    assert RelatedWriter(tmp_path / "discovery" / "related.sqlite3").stories() == ids | {event_key(name) for name in ids}


def test_followers_are_told_of_the_first_related_stories_and_of_a_file_that_is_made_anew(tmp_path):
    path = tmp_path / "related.sqlite3"
    follower = RelatedStore(path)
    number, told = follower.changed_after(None)
    assert (number, told) == (0, [])
    writer = RelatedWriter(path)
    assert follower.changed_after(number) == (0, [])
    writer.write({"a": ["b"], "b": ["a"]})
    number, told = follower.changed_after(number)
    assert told == ["a", "b"]
    assert RelatedStore(path).changed_after(None) == (number, [])
    writer.close()
    for file in tmp_path.iterdir():
        file.unlink()
    assert follower.related("a") == ["b"]
    RelatedWriter(path).write({"a": ["c"]})
    number, told = follower.changed_after(number)
    assert told == ["a"]
    assert follower.related("a") == ["c"]


def test_nobody_is_answered_before_the_index_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "BATCH", 1)
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append(Change(Kind.DOCUMENT, f"s{number}", document(f"s{number}", f"灯台その{number}", "灯台が開く。")) for number in range(20))

    async def first_answer() -> int | None:
        stop, door = asyncio.Event(), tmp_path / "search.sock"
        running = asyncio.create_task(process.run_search(door, log.path, tmp_path / "discovery", stop))
        client = SearchClient(door)
        try:
            while not running.done():
                with contextlib.suppress(SearchAwayError):
                    return (await client.search(Query(text="灯台"))).total
                await asyncio.sleep(0.001)
        finally:
            stop.set()
            await running

    assert asyncio.run(first_answer()) == 20


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux")
def test_the_first_indexing_gives_way_to_those_who_answer_readers(tmp_path, monkeypatch):
    nice: list[int] = []
    follow_really = Archive.follow

    def follow_and_tell(kept: Archive) -> bool:
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return follow_really(kept)

    monkeypatch.setattr(Archive, "follow", follow_and_tell)
    monkeypatch.setattr(archive, "BATCH", 10)
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append(Change(Kind.DOCUMENT, f"s{number}", document(f"s{number}", f"灯台その{number}", "灯台が開く。")) for number in range(20))

    own = os.getpriority(os.PRIO_PROCESS, 0)

    async def run_until_all_is_done() -> None:
        stop, door = asyncio.Event(), tmp_path / "search.sock"
        running = asyncio.create_task(process.run_search(door, log.path, tmp_path / "discovery", stop))
        while not nice or nice[-1] != own:
            await asyncio.sleep(0.001)
        stop.set()
        await running

    asyncio.run(asyncio.wait_for(run_until_all_is_done(), 30))
    assert nice[0] == nice[1] == min(own + process.PATIENCE, 19)


def test_related_stories_are_of_the_same_event_never_oneself_or_a_translation(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    bridge = [
        document(f"b{number}", f"汐見大橋の架け替え {number}", f"汐見大橋の工費は{number}億円。県は入札を公告した。") for number in range(4)
    ]
    others = [document(f"o{number}", f"水泳大会 {number}", f"選手{number}人が泳いだ。") for number in range(6)]
    english = document("en", "Bridge", "A bridge.", "en", translations=("b0",))
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in (*bridge, *others, english))
    found = Archive(log.path, tmp_path / "discovery")
    follow(found)
    assert set(found.related("b0")[:3]) == {"b1", "b2", "b3"}
    assert "b0" not in found.related("b0")


def test_a_story_like_no_other_is_given_the_newest_of_its_section_and_then_of_its_edition(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    now = time.time()
    documents = [
        document("lonely", "氷の彫刻", "唯一無二。", at=now),
        document("same", "橋の話", "橋を架ける。", at=now - 9),
        document("other", "魚の話", "魚が跳ねる。", section="economy", at=now - 1),
        document("korean", "축제", "축제가 열렸다.", "ko", at=now),
    ]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in documents)
    assert Archive.current(log.path, tmp_path / "discovery").related("lonely") == ["same", "other"]


def test_what_led_to_a_story_is_told_in_its_order_and_not_what_is_merely_alike(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    now, day = time.time(), 86400.0
    fire = "沖ノ鼻灯台の火事で、望楼と旧職員宿舎が焼けた。汐見消防署によると出火は未明。"
    bridge = "汐見大橋の架け替えについて、市議会は予算案を可決した。工費は四十億円。"
    documents = [
        document("fire-3", "灯台の火事、原因は漏電", fire + "原因は漏電とみられる。", topics=("fire",), at=now),
        document("fire-1", "沖ノ鼻灯台で火事", fire + "けが人はいない。", topics=("fire",), at=now - 3 * day),
        document("fire-2", "灯台の火事、望楼も焼失", fire + "消火に六時間かかった。", topics=("fire",), at=now - 2 * day),
        document("old-fire", "沖ノ鼻灯台で火事", fire + "十年前のこと。", topics=("fire",), at=now - 400 * day),
        *(document(f"b{number}", f"汐見大橋 {number}", bridge, topics=("fire",), at=now - number * day) for number in range(4)),
    ]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in documents)
    found = Archive(log.path, tmp_path / "discovery")
    follow(found)
    store = RelatedStore(tmp_path / "discovery" / "related.sqlite3")
    assert store.related(event_key("fire-3")) == ["fire-1", "fire-2"]
    assert store.related(event_key("fire-1")) == ["fire-2", "fire-3"]
    assert store.related(event_key("old-fire")) == []
    log.append([Change(Kind.DOCUMENT, "fire-2", None)])
    follow(found)
    assert store.related(event_key("fire-2")) == ()


def test_an_index_that_is_made_anew_is_taken_over_by_whoever_keeps_it_and_lacks_nothing(discovery, tmp_path):
    found, log = discovery
    assert found.keep()
    follow(found)
    told = []
    rebuild(log.path, tmp_path / "discovery", lambda *progress: told.append(progress))
    assert told[-1] == (len(DOCUMENTS), len(DOCUMENTS))
    # Published while it was made, and not taken over by a command beside the one who keeps it.
    log.append([Change(Kind.DOCUMENT, "late", document("late", "灯台の一般公開", "灯台が開く。")), Change(Kind.DOCUMENT, "fish", None)])
    assert Archive.current(log.path, tmp_path / "discovery").search(Query(text="汐見大橋")).stories == ("bridge",)
    old = set((tmp_path / "discovery").glob("index*"))
    assert found.work()
    assert len(set((tmp_path / "discovery").glob("index*")) & old) == 1
    assert found.search(Query(text="灯台")).stories == ("late",)
    assert found.search(Query(text="アオサバ")).stories == ()
    assert found.search(Query(text="汐見大橋")).stories == ("bridge",)
    # And who is started next goes on from there.
    del found
    assert Archive(log.path, tmp_path / "discovery")._index.count() == len(DOCUMENTS)


@pytest.mark.parametrize("followed", [0, 2])
def test_an_index_that_goes_further_than_the_old_one_answers_with_all_that_it_has(tmp_path, followed):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    directory = tmp_path / "discovery"
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in DOCUMENTS[:followed])
    before = Archive(log.path, directory)
    while before.work():
        pass
    del before
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in DOCUMENTS[followed:4])
    log.append([Change(Kind.DOCUMENT, "fish", None)])
    rebuild(log.path, directory, lambda *_: None)
    log.append([Change(Kind.DOCUMENT, DOCUMENTS[4].id, DOCUMENTS[4])])
    archive = Archive(log.path, directory)
    archive.recall()
    while archive.work():
        pass
    assert sorted(archive.documents()) == ["bridge", "minister", "nuclear", "school"]
    for text, story in (("首脳会談", "nuclear"), ("架け替え", "bridge"), ("축제", "school"), ("treaty", "minister")):
        assert archive.search(Query(text=text)).stories == (story,)


def test_a_process_that_has_become_large_gives_back_what_is_mapped_after_an_answer(tmp_path, monkeypatch):
    asyncio.run(become_large(tmp_path, monkeypatch))


async def become_large(tmp_path, monkeypatch):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in DOCUMENTS)
    given = []
    monkeypatch.setattr(Mapped, "give_back", lambda _mapped, files, until: given.append((len(files), until)))
    monkeypatch.setattr(answers, "resident_bytes", lambda: 0)
    # Nobody looks at the memory by the clock; only answers are left, for related stories are worked out before anybody asks.
    monkeypatch.setattr(process, "LOOK_AT_MEMORY_EVERY_SECONDS", 1000)
    stop = asyncio.Event()
    running = asyncio.create_task(process.run_search(tmp_path / "search.sock", log.path, tmp_path / "discovery", stop))
    store = RelatedStore(tmp_path / "discovery" / "related.sqlite3")
    while len(store.changed_after(0)[1]) < 2 * len(DOCUMENTS) and not running.done():
        await asyncio.sleep(0.02)
    client = SearchClient(tmp_path / "search.sock")
    assert (await client.search(Query(text="首脳会談"))).stories == ("nuclear",)
    assert not given
    most, least, room = answers.MOST_RESIDENT_BYTES, answers.LEAST_BYTES, answers.ROOM_BYTES
    monkeypatch.setattr(answers, "resident_bytes", lambda: most)
    for _ in range(3):
        assert (await client.search(Query(text="首脳会談"))).stories == ("nuclear",)
    # What is still resident is its own: it is given room to grow, and not given back after every answer.
    assert [until for _, until in given] == [most - least]
    assert given[0][0] > 0
    monkeypatch.setattr(answers, "resident_bytes", lambda: most + room)
    await client.search(Query(text="首脳会談"))
    await client.search(Query(text="首脳会談"))
    assert [until for _, until in given] == [most - least, most + room - least]
    # Where it can be given back, the room is taken back as well.
    monkeypatch.setattr(Mapped, "give_back", lambda _mapped, files, until: given.append((len(files), until)) or True)
    monkeypatch.setattr(answers, "resident_bytes", lambda: most + 3 * room)
    for _ in range(40):
        await client.search(Query(text="首脳会談"))
    assert given[-1][1] == most - least
    stop.set()
    await asyncio.wait_for(running, 20)


def test_a_text_is_proposed_the_topics_of_its_nearest_stories_and_none_while_the_search_is_away(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    bridge = [
        document(f"b{number}", f"汐見大橋の架け替え {number}", f"汐見大橋の工費は{number}億円。県は入札を公告した。", topics=("bridge",))
        for number in range(4)
    ]
    others = [document(f"o{number}", f"水泳大会 {number}", f"選手{number}人が泳いだ。", topics=("swimming",)) for number in range(6)]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in (*bridge, *others))
    door = tmp_path / "search.sock"
    text = {"title": "汐見大橋、入札に三社", "body": "県は汐見大橋の架け替えの入札を行った。", "language": "ja"}
    assert topics_near(door, **text) == ()

    async def ask() -> tuple[str, ...]:
        stop = asyncio.Event()
        running = asyncio.create_task(process.run_search(door, log.path, tmp_path / "discovery", stop))
        while not door.exists():
            await asyncio.sleep(0.01)
        found = await asyncio.to_thread(topics_near, door, **text)
        stop.set()
        await running
        return found

    assert asyncio.run(ask()) == ("bridge",)
