"""A kept page that takes up what has changed is what the rules say: little changes on a page whose slots hardly ever meet."""

import gc
import gzip

from hypothesis import example, given, settings
from hypothesis import strategies as st

from delivery import oracle
from delivery.world import sheet_of, stories_slot, world_of
from kawaraban.delivery.composition import Page, fill
from kawaraban.delivery.lists import Choice
from kawaraban.delivery.shelf import Shelf
from kawaraban.sheetlog.shapes import Slot, TimedPart, Variant, press_sheet

SHORT = 5
LISTS = ("placed", "event", "section", "topic", "latest", "ranks", "related")
STORIES = [f"s{number}" for number in range(SHORT * len(LISTS) + 8)]
# A few stories move, so that they meet: one comes into some lists at a place, where what stood there stands behind it and the last one leaves, and leaves others.
MOVING = [*STORIES[1 : 1 + SHORT * len(LISTS) : SHORT], *STORIES[-3:]]
moves = st.tuples(st.sampled_from(MOVING), st.lists(st.tuples(st.sampled_from(LISTS), st.integers(0, SHORT)), min_size=1, max_size=3))
date = st.tuples(st.just(""), st.lists(st.tuples(st.just("date"), st.integers(0, 3)), min_size=1, max_size=1))


def move(world, story, name, place) -> tuple[str, str]:
    """Change the world, and say what the log and the collector would say of it."""
    if name == "date":
        world.parts["ja/date"] = TimedPart((Variant(0.0, f"きょう{place}"), Variant(1005.0 + 7 * place, "あす")))
        return ("part", "ja/date")
    before = world.ranks if name == "ranks" else world.relations["s0"] if name == "related" else world.lists[f"ja/{name}"]
    after = [other for other in before if other != story]
    if after == before:
        after = [*before[:place], story, *before[place:]][: SHORT + 1]
    if name == "ranks":
        world.ranks = after
        return ("ranking", "24h/all/ja")
    if name == "related":
        world.relations["s0"] = after
        return ("related", "s0")
    world.lists[f"ja/{name}"] = after
    return ("list", f"ja/{name}")


@settings(max_examples=200)
@given(
    st.integers(0, 2),
    st.sampled_from([None, "topic", "latest", "ranks"]),
    st.lists(st.one_of(moves, moves, moves, moves, moves, date), max_size=14),
)
# What the last list looked at in vain comes free above it; what has left the last list still stands above; the last list needs another one.
@example(False, None, [("s40", [("topic", 5)]), ("s16", [("latest", 0)]), ("s17", [("latest", 1)]), ("s17", [("topic", 0)])])
@example(
    False,
    None,
    [("s40", [("topic", 5)]), ("s16", [("latest", 0)]), ("s17", [("latest", 1)]), ("s17", [("latest", 0)]), ("s17", [("placed", 0)])],
)
@example(False, None, [("s16", [("latest", 0)]), ("s22", [("latest", 0)]), ("s11", [("section", 0)])])
def test_a_kept_page_takes_up_little_changes_by_the_rules(ranking_last, disturbed, rounds):
    world = world_of(len(STORIES))
    for number, name in enumerate(LISTS):
        stories = STORIES[1 + SHORT * number : 1 + SHORT * (number + 1)]
        if name == "ranks":
            world.ranks = stories
        elif name == "related":
            world.relations["s0"] = stories
        else:
            world.lists[f"ja/{name}"] = stories
    if disturbed:
        # From the beginning one that stands higher on the page stands in this list too.
        move(world, STORIES[2], disturbed, 1)
    sheet = sheet_of(
        Slot(name="date", fill="part", key="ja/date"),
        Slot(name="badge", fill="badge", key="s0"),
        stories_slot("latest", SHORT, 50, "list:ja/latest", "list:ja/section", empty="<p>なし</p>"),
        stories_slot("topics", SHORT, 40, "list:ja/topic", "list:ja/section"),
        stories_slot("related", SHORT, 30, "related:s0", "list:ja/topic", "list:ja/latest"),
        stories_slot("ranking", SHORT, 60 if ranking_last else 20, "ranking", window="24h", language="ja", shape="rank"),
        stories_slot("placed", SHORT, 10, "list:ja/placed"),
        stories_slot("event", SHORT, 15, "list:ja/event"),
        story="s0",
    )
    shelf = Shelf(world)
    page = Page(press_sheet(sheet), shelf)
    now = 1000.0
    kept, epoch = fill(page, shelf, now), shelf.epoch
    kept.joined.join()
    for story, places in rounds:
        for name, place in places:
            shelf.forget({move(world, story, name, place)})
        now += 2
        touched = shelf.touched_since(epoch, page.users)
        if touched or now >= kept.until:
            kept.renew(shelf, now, touched)
            epoch = shelf.epoch
        expected = oracle.composed(sheet, world, now)
        assert kept.text == expected
        assert gzip.decompress(b"".join(kept.joined.gzip_pieces())).decode() == expected
        after = fill(page, shelf, now)
        assert (kept.until, kept.joined.digest, kept.badges) == (after.until, after.joined.digest, after.badges)


def test_what_was_chosen_long_ago_is_not_held_on_to():
    world = world_of(len(STORIES))
    world.lists["ja/topic"] = STORIES[1:9]
    sheet = press_sheet(sheet_of(*(stories_slot(name, 3, priority, "list:ja/latest") for priority, name in enumerate(("first", "last")))))
    shelf = Shelf(world)
    pages = [Page(sheet, shelf) for _ in range(4)]
    kept = [fill(page, shelf, 0.0) for page in pages]

    def choices() -> int:
        gc.collect()
        return sum(type(found) is Choice for found in gc.get_objects())

    numbers = []
    for number in range(30):
        shelf.forget({move(world, STORIES[-1 - number % 3], "latest", number % 2)})
        for one, page in zip(kept, pages, strict=True):
            one.renew(shelf, 0.0, frozenset(page.users))
        numbers.append(choices())
    assert max(numbers[20:]) <= max(numbers[2:6])
