"""Which stories are called related, on words that tell and on what may go wrong with them."""

import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from kawaraban.discovery import archive as archive_module
from kawaraban.discovery import nearness, waiting
from kawaraban.discovery.analysis import Tells
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.days import first_day, told_days
from kawaraban.discovery.facts import Documents, happened_at
from kawaraban.discovery.index import Index
from kawaraban.discovery.nearness import ALL_WORDS, HALF_RARE, MORE_NAMES, NAMES, RARE_NAMES, Nearness
from kawaraban.discovery.related import LITTLE, _Near, _of_one_kind, related_stories, relations, telling_terms
from kawaraban.discovery.telling import Told, packed, told_of, unpacked
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind

DAY = 86400.0
NOW = time.time()


def document(name, title, body, **fields):
    fields = {"language": "ja", "section": "society", "published_at": NOW, **fields}
    return Document(id=name, title=title, body=body, **fields)


@pytest.fixture
def related(tmp_path_factory):
    def of(story, documents):
        index, known = Index(tmp_path_factory.mktemp("index")), Documents()
        index.put(documents)
        index.commit()
        for each in documents:
            known.put(each)
        return related_stories(story, index, known)

    return of


def others(count):
    return [
        document(f"o{number}", f"水泳の記録会 {number}", f"{number}人が泳いだ。天候は晴れ。", section="sports") for number in range(count)
    ]


def test_what_a_story_tells_is_kept_with_it():
    told = told_of(document("a", "台風5号が上陸", "宮崎県に上陸した。宮崎県の避難所は120か所。"))
    assert {("宮崎", 2, Tells.NAME), ("上陸", 3, Tells.NOUN), ("5号", 2, Tells.MARK)} < set(told.words())
    assert "為る" not in told.terms
    assert {"5号", "上陸"} == {term for term in told.headline() if len(term) > 1} & {"5号", "上陸", "宮崎"}
    assert unpacked(packed(told)) == told
    assert list(unpacked(packed(Told([], b"", b""))).words()) == []


def test_english_and_korean_stories_tell_by_their_words_too():
    english = told_of(document("a", "Bridge", "The bridge over the Shiomi was closed. Mayor Hamada spoke of 2021.", language="en"))
    assert {("bridg", 3, Tells.NOUN), ("shiomi", 1, Tells.NAME)} < set(english.words())
    assert not {"2021", "the"} & set(english.terms)
    korean = told_of(document("k", "학교 축제", "학교에서 축제가 열렸다.", language="ko"))
    assert ("학교", 3, Tells.NOUN) in korean.words()


def test_one_number_tells_two_typhoons_apart(related):
    typhoons = [
        document(f"t{number}-{part}", f"台風{number}号", f"台風{number}号は{part}日、西に進んだ。警戒を呼びかけた。")
        for number in (5, 15, 25)
        for part in (1, 2)
    ]
    assert related(typhoons[2], [*typhoons, *others(6)])[0] == "t15-2"


def test_five_follow_ups_that_say_the_same_leave_room_for_others(related):
    follow = "汐見大橋の架け替え工事で、県は入札を公告した。橋脚の耐震性が足りず、工費は四十億円。"
    same = [document(f"same{number}", "汐見大橋の入札を公告", follow + f"参加は{number}社。") for number in range(5)]
    different = [
        document("flood", "汐見大橋が冠水", "大雨で汐見大橋が冠水し、通行止めになった。工費は未定。"),
        document("history", "汐見大橋の六十年", "橋脚を設計した技師の日記が汐見大橋の資料館で見つかった。"),
        document("vote", "汐見大橋の予算を可決", "市議会は汐見大橋の工費を含む予算案を可決した。"),
        document("boat", "汐見大橋の下を船が行く", "汐見大橋の橋脚の間を通る遊覧船が人気だ。"),
    ]
    first = related(same[0], [*same, *different, *others(8)])[:6]
    assert len([story for story in first if story.startswith("same")]) == 2
    assert {"flood", "history", "vote", "boat"} <= set(first)
    # Where nothing else is near, they are shown all the same.
    assert set(related(same[0], [*same, *others(8)])[:4]) == {"same1", "same2", "same3", "same4"}


def test_a_nearer_day_a_shared_topic_and_the_section_decide_between_equals(related):
    body = "沖ノ鼻灯台で火事があり、望楼が焼けた。"
    story = document("story", "灯台の火事", body, topics=("fire",), topic_names=("火事",))
    near = document("near", "灯台の火事", body, published_at=NOW - DAY)
    old = document("old", "灯台の火事", body, published_at=NOW - 400 * DAY)
    abroad = document("abroad", "灯台の火事", body, published_at=NOW - 400 * DAY, section="world")
    assert related(story, [story, old, near, abroad, *others(8)])[:3] == ["near", "old", "abroad"]


def test_what_is_told_counts_for_more_than_day_and_section(related):
    story = document("story", "沖ノ鼻灯台の火事", "沖ノ鼻灯台で火事があり、望楼と旧職員宿舎が焼けた。")
    old = document(
        "old",
        "沖ノ鼻灯台の火事、原因は漏電",
        "沖ノ鼻灯台の望楼が焼けた火事の原因は漏電だった。",
        published_at=NOW - 90 * DAY,
        section="world",
    )
    today = [document(f"d{number}", f"市民{number}人が火事に備え訓練", "訓練があった。") for number in range(8)]
    assert related(story, [story, old, *today, *others(8)])[0] == "old"


def test_of_a_story_like_no_other_what_is_of_one_kind_comes_before_what_shares_a_place(related):
    story = document("story", "大阪府で個人情報が流出", "大阪府は名簿を紛失したと発表した。職員が記録媒体を持ち出していた。")
    place = [document(f"place{number}", f"大阪の催し {number}", f"大阪で{number}回目の催しがあった。大阪は晴れた。") for number in range(5)]
    kind = document(
        "kind", "顧客の個人情報が流出", "通信販売の会社から名簿が流出した。会社は利用者に謝罪した。", published_at=NOW - 900 * DAY
    )
    assert related(story, [story, *place, kind, *others(30)])[0] == "kind"


def test_among_what_is_hardly_near_kind_decides_whatever_else_is_near_and_brings_nothing_above_that():
    def weighed(near, in_headlines, in_nouns):
        return _of_one_kind(_Near(near, "s", Told([], b"", b""), in_headlines, in_nouns), 0.0, in_section=False)

    place, kind, headline, follow_up = weighed(0.05, 0.0, 0.0), weighed(0.02, 0.0, 0.06), weighed(0.01, 0.12, 0.02), weighed(0.3, 0.0, 0.5)
    assert weighed(0.02, 0.0, 0.0) < place < headline < kind < LITTLE
    assert weighed(0.02, 1.0, 1.0) == LITTLE
    assert weighed(0.09, 1.0, 1.0) == 0.09
    assert follow_up == 0.3


def test_two_stories_that_name_one_large_town_do_not_agree_in_all_of_their_names():
    rarities = Counter({"大阪": 2.0, "宮崎": 7.0, "尾道": 7.0})
    town = Nearness(told_of(document("a", "", "大阪。")), rarities, 7.0).of(told_of(document("b", "", "大阪。")), 0.0)
    towns = Nearness(told_of(document("c", "", "宮崎と尾道。")), rarities, 7.0).of(told_of(document("d", "", "尾道、宮崎。")), 0.0)
    assert town.near - ALL_WORDS == pytest.approx(NAMES * 2**3 / (2**3 + MORE_NAMES * 7**3))
    assert towns.near - ALL_WORDS == pytest.approx(NAMES * 2 / (2 + MORE_NAMES))


def test_a_rare_name_counts_as_far_as_nouns_agree(monkeypatch):
    rarities = Counter({"尾道": 7.0, "鶏肉": 5.0, "撮影": 5.0, "調査": 5.0})
    story = Nearness(told_of(document("a", "", "尾道の鶏肉を調査。")), rarities, 7.0)
    others = [told_of(document("b", "", body)) for body in ("尾道の鶏肉を撮影。", "尾道を撮影。", "鶏肉を撮影。")]
    near = [story.of(other, 0.0).near for other in others]
    monkeypatch.setattr(nearness, "RARE_NAMES", 0.0)
    both, name_alone, noun_alone = (with_names - story.of(other, 0.0).near for with_names, other in zip(near, others, strict=True))
    assert both == pytest.approx(RARE_NAMES / (1 + HALF_RARE))
    assert name_alone == noun_alone == 0


def test_a_rare_name_and_a_day_that_both_tell_of_are_of_one_event_and_either_alone_is_not(monkeypatch):
    rarities = Counter({"尾道": 7.0, "3月11日": 6.0, "3月12日": 6.0, "11日": 2.0})
    story = Nearness(told_of(document("a", "", "尾道で3月11日。")), rarities, 7.0)
    others = [
        told_of(document("b", "", body))
        for body in ("尾道で3月12日と、11日。", "尾道で3月12日。", "ここでは3月11日。", "5月11日に尾道で。")
    ]
    near = [story.of(other, 0.0).near for other in others]
    monkeypatch.setattr(nearness, "ONE_EVENT", 0.0)
    both, name_alone, day_alone, other_month = (
        with_days - story.of(other, 0.0).near for with_days, other in zip(near, others, strict=True)
    )
    assert both > 0.1
    assert name_alone == day_alone == other_month == 0


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2011年3月11日に始まり、１２日に終わった。", ["3月11日", "3月12日"]),
        ("26日に始まった。4月1日まで。2日も。1日。", ["4月26日", "4月1日", "4月2日"]),
        ("3月01日から3日間、13日目の11日後に。5日付の新聞。", ["3月1日"]),
        ("13月40日。10月32日。第3日。20110311日。", []),
        ("26日に始まった。", []),
        ("3월 11일에 시작해 12일 끝났다. 제3일, 5일간.", ["3月11日", "3月12日"]),
        ("", []),
    ],
)
def test_a_text_tells_of_days_and_of_the_month_that_it_named_last(text, days):
    assert told_days(text) == days


def test_a_day_is_told_once_and_the_index_is_not_asked_for_it(tmp_path):
    story = document("a", "3月11日の地震", "3月11日に地震があった。翌12日にも地震。")
    told = told_of(story)
    days = {(term, times) for term, times, kind in told.words() if kind == Tells.DAY}
    assert days == {("3月11日", 1), ("3月12日", 1)}
    index = Index(tmp_path)
    index.put([story, msgspec.structs.replace(story, id="b")])
    index.commit()
    assert index.told("a") == told
    assert index.frequency("3月11日") == 2
    assert "地震" in (asked := {term for term, _ in telling_terms(told, index, is_indexed=True)})
    assert not {"3月11日", "3月12日"} & asked


def test_one_noun_of_two_headlines_makes_them_less_of_one_kind_than_two_do():
    rarities = Counter({"情報": 5.0, "流出": 5.0, "訓練": 5.0, "大阪": 5.0})
    leak = Nearness(told_of(document("a", "大阪で情報流出", "")), rarities, 7.0)
    one, two, place, text = (
        leak.of(told_of(document("b", title, body)), 0.0)
        for title, body in (("情報の訓練", ""), ("流出した情報", ""), ("大阪の訓練", ""), ("大阪", "流出した情報"))
    )
    assert place.in_headlines == text.in_headlines == 0 < one.in_headlines < two.in_headlines
    assert text.in_nouns > 0


def test_translations_and_the_story_itself_are_never_among_fifty(related):
    stories = [document(f"s{number}", f"汐見大橋の話 {number}", f"汐見大橋の{number}番目の話。") for number in range(70)]
    english = document("en", "The bridge", "The Shiomi bridge.", language="en")
    story = document("story", "汐見大橋の話", "汐見大橋の話。", translations=("en", "s3"))
    found = related(story, [story, english, *stories, *others(150)])
    assert len(found) == len(set(found)) == 50
    assert not {"story", "en", "s3"} & set(found)


def test_what_is_published_together_enters_the_lists_of_older_neighbours_and_lists_are_as_long_as_asked(tmp_path, monkeypatch):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    old = document("old", "汐見大橋の架け替え", "汐見大橋の架け替えが決まった。", published_at=NOW - 30 * DAY)
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in (old, *others(60)))
    archive = Archive(log.path, tmp_path / "discovery")
    archive.keep()
    archive.recall()
    while archive.work():
        pass
    assert len(archive.related("old")) == 6
    assert len(archive.related("old", 50)) == len(set(archive.related("old", 50))) == 50
    new = [document(f"new{number}", f"汐見大橋の工事 {number}", f"汐見大橋の{number}番目の橋脚の工事。") for number in range(12)]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in new)
    while archive.work():
        pass
    assert {story.id for story in new} <= set(archive.related("old", 15))
    # In a flood too, after it, and each once.
    monkeypatch.setattr(waiting, "FLOOD", 5)
    flood = [document(f"flood{number}", f"汐見大橋の渡り初め {number}", f"汐見大橋を{number}番目に渡った。") for number in range(7)]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in flood)
    asked = []
    relate = archive_module.relations
    monkeypatch.setattr(archive_module, "relations", lambda story, *rest: asked.append(story.id) or relate(story, *rest))
    while archive.work():
        pass
    assert len(asked) == len(set(asked))
    assert {story.id for story in flood} < set(asked)
    assert {story.id for story in flood} & set(archive.related("new1", 12))
    log.append([Change(Kind.DOCUMENT, "new3", None)])
    while archive.work():
        pass
    assert "new3" not in archive.related("old", 50)


def test_the_lists_of_older_neighbours_after_a_flood_are_much_to_do_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(waiting, "FLOOD", 5)
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    places = ("大橋", "灯台", "図書館", "病院", "空港", "牧場")
    old = [
        document(f"old-{place}-{told}", f"{place}の{told}", f"{place}で{told}があった。")
        for place in places
        for told in ("火事", "祭り", "停電")
    ]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in (*old, *others(20)))
    archive = Archive(log.path, tmp_path / "discovery")
    archive.keep()
    archive.recall()
    while archive.work():
        pass
    assert not archive.has_much_to_do
    new = [document(f"new-{place}", f"{place}の工事", f"{place}で工事があった。") for place in places]
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in new)
    asked = []
    relate = archive_module.relations
    monkeypatch.setattr(archive_module, "relations", lambda story, *rest: asked.append(story.id) or relate(story, *rest))
    while not any(story.startswith("new") for story in asked):
        archive.work()
    assert not any(story.startswith("old") for story in asked)
    assert archive.has_much_to_do
    while archive.work():
        pass
    assert sum(story.startswith("old") for story in asked) > waiting.NEIGHBOURS
    assert not archive.has_much_to_do


def archive_that_heard(path, stories):
    """An archive that heard of stories one after the other, each worked out before the next."""
    log = SheetLog(path / "sheets.sqlite3", writable=True)
    archive = Archive(log.path, path / "discovery")
    archive.keep()
    for story in stories:
        log.append([Change(Kind.DOCUMENT, story.id, story)])
        while archive.work():
            pass
    return archive


def test_what_a_story_is_related_to_does_not_depend_on_the_order_in_which_stories_came(tmp_path, monkeypatch):
    stories = [document(f"s{number}", f"汐見大橋の工事 {number}", f"汐見大橋の{number}番目の橋脚の工事。") for number in range(12)]
    archives = [
        archive_that_heard(tmp_path / name, order)
        for name, order in (("a", [*others(40), *stories]), ("b", [*others(40), *reversed(stories)]))
        if (tmp_path / name).mkdir() is None
    ]
    lists = [[archive.related(story.id, 11) for story in stories] for archive in archives]
    assert lists[0] != lists[1]
    monkeypatch.setattr(waiting, "SHARE_IN_TURN", 1.0)
    for archive in archives:
        while archive.relate_in_turn():
            pass
    lists = [[archive.related(story.id, 11) for story in stories] for archive in archives]
    assert lists[0] == lists[1]


def test_turns_take_their_share_of_a_core_go_round_once_after_a_change_and_once_more_after_a_disk_that_was_full(tmp_path, monkeypatch):
    archive = archive_that_heard(tmp_path, others(4))
    now, asked = [1000.0], []
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(archive_module.time, "thread_time", lambda: len(asked) * 0.02)
    relate = archive_module.relations
    monkeypatch.setattr(archive_module, "relations", lambda story, *rest: asked.append(story.id) or relate(story, *rest))

    def turns():
        before = len(asked)
        for _ in range(60):
            now[0] += 0.1
            archive.relate_in_turn()
        return sorted(asked[before:])

    assert archive.relate_in_turn()
    # A turn took 20 ms: the next is 380 ms after it.
    now[0] += 0.37
    assert not archive.relate_in_turn()
    assert sorted([*asked, *turns()]) == ["o0", "o1", "o2", "o3"]
    assert turns() == []
    archive._waiting.note_change()
    with monkeypatch.context() as patch:

        def refuse(*_):
            raise sqlite3.OperationalError("database or disk is full")

        patch.setattr(archive_module.RelatedWriter, "write", refuse)
        with pytest.raises(sqlite3.OperationalError):
            archive.relate_in_turn()
    assert sorted(set(turns())) == ["o0", "o1", "o2", "o3"]
    assert turns() == []


# ------------------------------------------------------------------ when, and with what


def test_a_story_that_nobody_dated_is_near_by_the_day_that_its_text_names():
    dated = document("a", "橋", "橋が開通した。")
    told = document("b", "橋", "2011年4月7日、橋が開通した。2020年1月1日にも。", is_dated=False)
    unknown = document("c", "橋", "4月7日、橋が開通した。2011年13月1日。", is_dated=False)
    assert happened_at(dated) == NOW
    assert happened_at(told) == datetime(2011, 4, 7, tzinfo=UTC).timestamp()
    assert happened_at(unknown) is None
    assert first_day("on 2011-04-07") == first_day("２０１１年４月７日") == first_day("2011년 4월 7일") == happened_at(told)


def test_a_moment_that_was_made_up_brings_no_story_nearer(related):
    asked = document("a", "灯台の改修", "灯台を改修する。費用は市が出す。")
    early = document("b", "灯台の改修", "灯台を改修する。費用は市が出す。", published_at=NOW - 90 * DAY)
    late = document("c", "灯台の改修", "灯台を改修する。費用は市が出す。", is_dated=False)
    assert related(asked, [asked, early, late, *others(9)])[:2] == ["b", "c"]
    assert related(asked, [asked, early, msgspec.structs.replace(late, is_dated=True), *others(9)])[:2] == ["c", "b"]


def test_what_is_read_together_comes_nearer_by_its_weight(tmp_path):
    asked, near, far = (
        document("a", "灯台の改修", "灯台を改修する。"),
        document("b", "灯台の改修", "灯台を改修した。"),
        document("c", "港の祭り", "踊る。"),
    )
    index, known = Index(tmp_path), Documents()
    index.put([asked, near, far])
    index.commit()
    for each in (asked, near, far):
        known.put(each)
    assert relations(asked, index, known).stories[:1] == ["b"]
    assert relations(asked, index, known, {"c": 5.0}).stories == ["c", "b"]
    # One that was withdrawn, or is a translation, is not brought in by its readers.
    known.drop("c")
    assert relations(asked, index, known, {"c": 5.0, "gone": 5.0}).stories == ["b"]


def test_lists_follow_what_is_read_together(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append(
        [
            Change(Kind.DOCUMENT, each.id, each)
            for each in (document("a", "灯台", "灯台を直す。"), document("b", "灯台", "灯台の話。"), document("c", "踊り", "踊る。"))
        ]
    )

    class Together:
        pairs: dict[str, dict[str, float]] = {}
        news: tuple[str, ...] = ()

        def of(self, story):
            return self.pairs.get(story, {})

        def changed(self):
            news, self.news = self.news, ()
            return news

    together = Together()
    archive = Archive(log.path, tmp_path / "discovery", together)
    archive.recall()
    while archive.work():
        pass
    assert archive.related("a")[0] == "b"
    together.pairs, together.news = {"a": {"c": 5.0}}, ("a", "nobody")
    archive._asked_together = 0.0
    while archive.work():
        pass
    assert archive.related("a")[0] == "c"
