"""Composition: no story twice, full rows while there are stories, true ranks, badges for what stands higher."""

import gzip
import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from delivery import oracle
from delivery.world import sheet_of, stories_slot, story_facts, world_of
from kawaraban.audience.shapes import RankedList
from kawaraban.delivery.composition import Found, Page, compose, fill
from kawaraban.delivery.shelf import Shelf
from kawaraban.sheetlog.shapes import Slot, TimedPart, Variant, press_sheet


def ids(html: str) -> list[str]:
    return re.findall(r'data-story="([^"]+)"', html)


def by_slot(sheet, world, now=0.0) -> dict[str, str]:
    slots = [piece for piece in sheet.pieces if isinstance(piece, Slot)]
    filled = compose(sheet, world, now).filled
    return {slot.name: part.plain.decode() for slot, part in zip(slots, filled, strict=True)}


def test_what_was_placed_by_hand_keeps_its_place_and_bears_its_rank():
    world = world_of(30, ranks=["s5", "s7", "s1", "s2"])
    placed = stories_slot("lead", 1, 10, "ids", stories=("s7",))
    ranking = stories_slot("ranking", 3, 20, "ranking", window="24h")
    text = by_slot(sheet_of(ranking, placed), world)
    assert ids(text["lead"]) == ["s7"]
    assert '<span class="badge" data-rank="2">ランキング2位</span>' in text["lead"]
    assert ids(text["ranking"]) == ["s5", "s1", "s2"]
    assert re.findall(r'value="(\d+)"', text["ranking"]) == ["1", "3", "4"]


def test_the_pages_own_story_stands_in_no_list_and_knows_its_rank():
    world = world_of(10, ranks=["s0", "s3", "s4"])
    badge = Slot(name="badge", fill="badge", key="s3")
    ranking = stories_slot("ranking", 2, 20, "ranking")
    text = by_slot(sheet_of(badge, ranking, story="s3"), world)
    assert ids(text["ranking"]) == ["s0", "s4"]
    assert 'data-rank="2"' in text["badge"]


READS = '<p class="reads"><span>{reads} reads</span></p></li>'


def test_a_ranking_tells_in_round_numbers_how_often_its_stories_were_read_where_that_is_wanted():
    reads = {"s5": 123_456, "s7": 99, "s1": 1_299, "s2": 0}
    world = world_of(30, ranks=["s5", "s7", "s1", "s2"], reads=reads)
    for placed, told in ((), ["120,000 reads", "99 reads", "1,200 reads", ""]), (("s7",), ["120,000 reads", "1,200 reads", ""]):
        lead = stories_slot("lead", 1, 10, "ids", stories=placed)
        wanted = stories_slot("ranking", 4, 20, "ranking", window="24h", row_closing=READS)
        text = by_slot(sheet_of(wanted, lead), world)["ranking"]
        assert re.findall(r'<p class="reads">(?:<span>(.*?)</span>)?</p>', text) == told
        plain = stories_slot("ranking", 4, 20, "ranking", window="24h")
        assert "reads" not in by_slot(sheet_of(plain, lead), world)["ranking"]


def test_where_reads_are_told_a_page_follows_them_and_elsewhere_it_does_not():
    world = world_of(9, ranks=["s1", "s2"])
    shelf = Shelf(world)
    plain = stories_slot("ranking", 2, 20, "ranking", window="24h", section="all", language="ja")
    pages = [Page(press_sheet(sheet_of(plain)), shelf)]
    assert not shelf.tells_reads
    pages.append(
        Page(
            press_sheet(sheet_of(stories_slot("ranking", 2, 20, "ranking", window="24h", section="all", language="ja", row_closing=READS))),
            shelf,
        )
    )
    assert shelf.tells_reads
    before = [b"".join(part.plain for part in fill(page, shelf, 0.0).filled) for page in pages]
    world.reads["s1"] = 20
    shelf.forget({("ranking", "24h/all/ja")})
    after = [b"".join(part.plain for part in fill(page, shelf, 0.0).filled) for page in pages]
    assert before[0] == after[0]
    assert after[1] == before[1].replace(b"1 reads", b"20 reads", 1)
    one, other = (RankedList(version, tuple(world.ranking("24h", "", ""))) for version in (1, 2))
    assert one.shows_as(other, with_reads=True)
    world.reads["s1"] = 21
    later = RankedList(3, tuple(world.ranking("24h", "", "")))
    assert later.shows_as(one)
    assert not later.shows_as(one, with_reads=True)
    # What pages show as 1,200 has not changed.
    ranked = []
    for reads in (1201, 1202, 1299, 1300):
        world.reads["s1"] = reads
        ranked.append(RankedList(reads, tuple(world.ranking("24h", "", ""))))
    assert [later.shows_as(before, with_reads=True) for before, later in pairwise(ranked)] == [True, True, False]


def test_a_lower_list_refills_from_its_further_sources():
    world = world_of(12, relations={"own": ["s0", "s1"]})
    placed = stories_slot("lead", 1, 10, "ids", stories=("s0",))
    related = stories_slot("related", 4, 30, "related:own", "list:ja/latest")
    text = by_slot(sheet_of(related, placed), world)
    assert ids(text["related"]) == ["s1", "s2", "s3", "s4"]


def test_what_is_withdrawn_is_left_out_and_its_place_refilled():
    world = world_of(6)
    del world.stories["s1"]
    text = by_slot(sheet_of(stories_slot("latest", 3, 50, "list:ja/latest")), world)
    assert ids(text["latest"]) == ["s0", "s2", "s3"]


def test_a_slot_without_rows_shows_its_empty_text():
    world = world_of(0)
    slot = stories_slot("latest", 3, 50, "list:ja/latest", empty="<p>まだありません</p>")
    assert compose(sheet_of(slot), world, 0.0).text == '<div data-slot="latest"><p>まだありません</p></div>'


def test_a_part_changes_with_the_clock_alone():
    world = world_of(0)
    world.parts["ja/date"] = TimedPart((Variant(100.0, "きのう"), Variant(200.0, "きょう")))
    sheet = sheet_of(Slot(name="date", fill="part", key="ja/date"))
    assert "きのう" in compose(sheet, world, 150.0).text
    assert compose(sheet, world, 150.0).until == 200.0
    assert "きょう" in compose(sheet, world, 200.0).text
    assert compose(sheet, world, 50.0).text == '<div data-slot="date"></div>'


def test_what_a_reader_asked_for_is_escaped():
    sheet = sheet_of(Slot(name="query", fill="query"))
    text = compose(sheet, world_of(0), 0.0, Found("\"><script>alert('x')</script>", (), 0)).text
    assert "<script" not in text
    assert '">' not in text.replace('"query">', "")


names = st.sampled_from([f"s{number}" for number in range(40)])


@given(
    st.integers(0, 40),
    st.lists(names, unique=True, max_size=40),
    st.lists(names, unique=True, max_size=5),
    st.lists(names, unique=True, max_size=12),
    st.sets(names, max_size=10),
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_no_story_stands_twice_and_lists_are_full_while_there_are_stories(
    count, ranks, placed, related, withdrawn, ranking_rows, related_rows, latest_rows
):
    world = world_of(count, ranks=ranks, relations={"own": related})
    for name in withdrawn:
        world.stories.pop(name, None)
    slots = [
        stories_slot("latest", latest_rows, 50, "list:ja/latest"),
        stories_slot("related", related_rows, 30, "related:own", "list:ja/latest"),
        stories_slot("ranking", ranking_rows, 20, "ranking"),
        stories_slot("lead", 2, 10, "ids", "list:ja/latest", stories=tuple(placed)),
    ]
    sheet = sheet_of(*slots, story="own")
    shown = ids(compose(sheet, world, 0.0).text)
    assert len(shown) == len(set(shown))
    assert not set(shown) - set(world.stories)
    text = by_slot(sheet, world)
    left = set(world.stories)
    for slot in sorted(slots, key=lambda slot: slot.priority):
        rows = ids(text[slot.name])
        eligible = left & set(ranks) if slot.name == "ranking" else left
        assert len(rows) == min(slot.rows, len(eligible))
        left -= set(rows)
    numbers = [int(number) for number in re.findall(r'value="(\d+)"', text["ranking"])]
    assert [ranks[number - 1] for number in numbers] == ids(text["ranking"])
    # Whoever stands above the ranking, and would stand in it, bears its rank.
    last = numbers[-1] if numbers else 0
    for name in ids(text["lead"]):
        rank = ranks.index(name) + 1 if name in ranks else 10_000
        assert (f'data-story="{name}" class="row"><span class="badge" data-rank="{rank}"' in text["lead"]) == (rank <= last)


changes = st.one_of(
    st.tuples(st.just("ranks"), st.lists(names, unique=True, max_size=12)),
    st.tuples(st.just("withdraw"), names),
    st.tuples(st.just("publish"), names),
    st.tuples(st.just("correct"), names),
    st.tuples(st.just("related"), st.lists(names, unique=True, max_size=8)),
    st.tuples(st.just("list"), st.lists(names, unique=True, max_size=40)),
    st.tuples(st.just("clock"), st.integers(0, 300)),
    st.tuples(st.just("later"), st.integers(0, 60)),
)


def change(world, kind, value) -> set[tuple[str, str]]:
    """Change the world, and say what the log and the collector would say of it."""
    if kind == "ranks":
        world.ranks = value
        return {("ranking", "24h/all/ja")}
    if kind in {"withdraw", "publish", "correct"}:
        if kind == "withdraw":
            world.stories.pop(value, None)
        else:
            world.stories[value] = story_facts(value)
            world.words[value] = world.words.get(value, 0) + (kind == "correct")
        return {("story", value), ("card", f"{value}/row"), ("card", f"{value}/rank")}
    if kind == "related":
        world.relations["s0"] = value
        return {("related", "s0")}
    if kind == "list":
        world.lists["ja/latest"] = value
        return {("list", "ja/latest")}
    if kind == "later":
        return set()
    world.parts["ja/date"] = TimedPart((Variant(0.0, "きょう"), Variant(1000.0 + value, "あす")))
    return {("part", "ja/date")}


@given(st.integers(0, 40), st.lists(names, unique=True, max_size=4), st.booleans(), st.integers(0, 3), st.lists(changes, max_size=12))
def test_a_kept_page_that_is_filled_anew_is_what_the_rules_say_after_every_change(count, placed, ages, skipped, changed):
    world = world_of(count)
    # Not in the order of the list: who comes in late may leave early.
    world.stories = {
        name: replace(facts, published_at=1000.0 + number * 17 % 60) for number, (name, facts) in enumerate(world.stories.items())
    }
    young = [stories_slot("young", 2, 60, "list:ja/latest", since=150)] if ages else []
    sheet = sheet_of(
        Slot(name="date", fill="part", key="ja/date"),
        Slot(name="badge", fill="badge", key="s0"),
        *young,
        stories_slot("latest", 5, 50, "list:ja/latest", empty="<p>なし</p>"),
        stories_slot("related", 4, 30, "related:s0", "list:ja/latest"),
        stories_slot("ranking", 3, 20, "ranking", window="24h", language="ja", shape="rank"),
        stories_slot("lead", 2, 10, "ids", "list:ja/latest", stories=tuple(placed)),
        stories_slot("items", 6, 5, "list:ja/latest", repeats=True, between=","),
        story="s0",
    )
    # Of the changes that it remembers, none or more than there are.
    shelf = Shelf(world, changes_kept=skipped * 20)
    page = Page(press_sheet(sheet), shelf)
    now = 1100.0
    kept, epoch = fill(page, shelf, now), shelf.epoch
    kept.joined.join()
    for number, (kind, value) in enumerate(changed):
        shelf.forget(change(world, kind, value))
        now += value if kind == "later" else 0
        if number % 3 == skipped:
            # A page that nobody asks for meanwhile takes up several changes together.
            continue
        expected = oracle.composed(sheet, world, now)
        touched = shelf.touched_since(epoch, page.users)
        # Who shows nothing of what changed is not looked at again.
        if now >= kept.until or touched:
            kept.renew(shelf, now, touched if now < kept.until else None)
        epoch = shelf.epoch
        after = fill(page, shelf, now)
        assert after.text == kept.text == expected
        assert kept.until == after.until
        assert kept.joined.digest == after.joined.digest
        assert gzip.decompress(b"".join(kept.joined.gzip_pieces())).decode() == expected
