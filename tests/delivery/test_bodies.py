"""When a body is composed anew: at once, or in a moment."""

import pytest

from delivery.world import sheet_of, stories_slot, story_facts, world_of
from kawaraban.delivery.bodies import Bodies
from kawaraban.delivery.shelf import Shelf
from kawaraban.sheetlog.shapes import Redirect, Sheet, Slot, TimedPart, Variant, press_sheet


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world():
    return world_of(30, ranks=["s20", "s21", "s22"], parts={"ja/breaking": TimedPart(())})


@pytest.fixture
def bodies(world, clock):
    """The pages of a site, one of each kind."""

    def sheet(path):
        sheet = sheet_of(
            Slot(name="breaking", fill="part", key="ja/breaking"),
            stories_slot("ranking", 3, 20, "ranking", window="24h"),
            stories_slot("latest", 4, 50, "list:ja/latest"),
            story="s5",
        )
        return press_sheet(Sheet(path=path, language="ja", kind=path.strip("/"), story="s5", pieces=sheet.pieces, modified_at=0.0))

    world.sheet = sheet
    return Bodies(world, Shelf(world), 10_000_000, clock)


@pytest.fixture
def seen(bodies):
    """What a reader sees of the page of a kind."""

    def look(kind, changed=()):
        if changed:
            bodies.forget(set(changed))
        return bodies.body(f"/{kind}").plain.decode()

    return look


def rank(world):
    world.ranks = ["s21", "s20", "s22"]
    return {("ranking", "24h/all/all")}


def publish(world):
    world.stories["new"] = story_facts("new")
    world.lists["ja/latest"] = ["new", *world.lists["ja/latest"]]
    return {("story", "new"), ("card", "new/row"), ("list", "ja/latest")}


def withdraw(world):
    del world.stories["s1"]
    world.lists["ja/latest"].remove("s1")
    return {("story", "s1"), ("card", "s1/row"), ("list", "ja/latest")}


def correct(world):
    world.words["s1"] = 1
    return {("card", "s1/row")}


def break_news(world):
    world.parts["ja/breaking"] = TimedPart((Variant(0.0, "速報"),))
    return {("part", "ja/breaking")}


@pytest.fixture
def busy(bodies):
    """So much is renewed that no time is left for it."""
    bodies.renewing.spend(1000)


@pytest.mark.parametrize("change", [rank, publish, withdraw, correct, break_news])
def test_whatever_changes_is_seen_at_once_while_there_is_time(seen, world, change):
    before = seen("story")
    assert seen("story", change(world)) != before


@pytest.mark.parametrize("change", [rank, publish])
def test_what_moves_on_beside_a_story_waits_less_than_three_seconds_while_there_is_none(seen, world, clock, busy, change):
    before = seen("story")
    assert seen("story", change(world)) == before
    clock.now += 2.7
    assert seen("story") == before
    clock.now += 0.1
    assert seen("story") != before


def test_renewing_uses_up_its_time(seen, bodies, world, monkeypatch):
    seen("story")
    ticks = iter(range(1000))
    monkeypatch.setattr("kawaraban.delivery.bodies.time.perf_counter", lambda: next(ticks))
    before = seen("story", rank(world))
    world.ranks = ["s22", "s21", "s20"]
    assert seen("story", {("ranking", "24h/all/all")}) == before


@pytest.mark.parametrize("change", [withdraw, correct, break_news])
def test_what_is_taken_away_corrected_or_urgent_is_seen_at_once(seen, world, busy, change):
    before = seen("story")
    assert seen("story", change(world)) != before


@pytest.mark.parametrize("change", [rank, publish, withdraw, correct, break_news])
def test_pages_that_show_what_is_new_show_everything_at_once(seen, world, busy, change):
    before = seen("front")
    assert seen("front", change(world)) != before


def test_what_waits_is_taken_along_by_what_cannot(seen, world, busy):
    seen("story")
    assert 'data-story="new"' not in seen("story", publish(world))
    after = seen("story", withdraw(world))
    assert 'data-story="new"' in after
    assert 'data-story="s1"' not in after


def test_a_clock_that_is_set_back_keeps_nothing_old(seen, world, clock, busy):
    before = seen("story")
    clock.now -= 3600
    assert seen("story", rank(world)) != before


def test_a_page_that_shows_nothing_of_what_changed_is_not_composed_for_it_however_long_ago_it_was_asked_for(seen, bodies, world):
    before, composed = seen("front"), bodies.composed
    for number in range(200):
        bodies.forget({("related", f"other{number}")})
    assert (seen("front"), bodies.composed) == (before, composed)
    # Nor does what it shows of it get lost among the others.
    changed = rank(world)
    bodies.forget(changed)
    for number in range(200):
        bodies.forget({("related", f"other{number}")})
    assert seen("front") != before


def test_odd_accept_encodings_are_not_gathered(world, clock):
    world.sheet = lambda path: press_sheet(Sheet(path=path, language="ja", kind="story", pieces=("<p>本文</p>" * 300,), modified_at=0.0))
    body = Bodies(world, Shelf(world), 10_000_000, clock).body("/story")
    first = body.for_accepted(b"gzip")
    assert all(body.for_accepted(b"gzip, x%d" % number) is first for number in range(2000))
    assert body.for_accepted(b"gzip;q=0, x") is not first
    assert len(body.best) == 2


def test_brotli_is_made_of_pages_that_are_asked_for_often_by_browsers_that_take_it(world, clock):
    world.sheet = lambda path: press_sheet(Sheet(path=path, language="ja", kind="story", pieces=("<p>本文</p>" * 300,), modified_at=0.0))
    bodies = Bodies(world, Shelf(world), 10_000_000, clock)

    def ask(accepted):
        for _ in range(40):
            bodies.body("/story").for_accepted(accepted)
        bodies._presser and bodies._presser.submit(int).result()  # what was to be made is made
        return bodies.body("/story").for_accepted(accepted).encoding

    assert ask(b"gzip") == "gzip"
    assert "br" not in bodies.body("/story").encoded
    for _ in range(3):
        ask(b"gzip, br")
    assert ask(b"gzip, br") == "br"
    bodies.close()


def test_a_page_that_is_kept_leads_to_a_dictionary_that_was_made_since(bodies, world):
    world.redirect = lambda _path: None
    assert b"compression-dictionary" not in bodies.body("/front").for_accepted(b"gzip, zstd").head
    world.redirect = lambda path: Redirect("/assets/ja.1.dictionary", permanent=False) if path == "/assets/ja.dictionary" else None
    bodies.forget({("redirect", "/assets/ja.dictionary")})
    head = bodies.body("/front").for_accepted(b"gzip, zstd").head
    assert b'</assets/ja.1.dictionary>; rel="compression-dictionary"' in head
    assert b'match="/front"' in head
