"""Rankings: the running totals are what an exact recount says, and every list tells the truth about its rows."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.cast import MORNING, story, withdraw
from audience.exact import recount
from kawaraban.audience.expectations import expected_reads
from kawaraban.audience.ranking import ROWS, Rankings
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import WINDOWS, Asked, Counted, Dropped, RankedStory, Snapshot, list_key
from kawaraban.audience.tally import Tally
from kawaraban.audience.totals import Totals

if TYPE_CHECKING:
    from audience.cast import Newspaper
    from kawaraban.audience.shapes import SourceName

DAY = 86400
# Story, and how long ago in milliseconds: up to 32 days, with the edges of the windows more often than chance would have them.
AGES = st.one_of(
    st.integers(0, 32 * DAY * 1000),
    st.sampled_from([0, 1, 60_000, 3_599_999, 3_600_000, 3_600_001, DAY * 1000, 7 * DAY * 1000, 30 * DAY * 1000 - 1, 30 * DAY * 1000]),
)
READS = st.lists(st.tuples(st.sampled_from("abcdef"), AGES), max_size=60)


def rows_of(paper: Newspaper, window: str = "24h", section: str = "", language: str = "", *, now: float = MORNING) -> list[RankedStory]:
    snapshot, _ = paper.ledger.snapshot(now, Snapshot(0, 0.0, {}))
    return list(snapshot.ranking(window, section, language).rows)


@settings(max_examples=120, deadline=None)
@given(reads=READS, order=st.randoms(use_true_random=False), restart_at=st.integers(0, 60), later=st.integers(0, 40 * DAY))
def test_running_totals_are_what_an_exact_recount_says(reads: list[tuple[str, int]], order: object, restart_at: int, later: int) -> None:
    """In any order of arrival, with the same read twice, with a restart in between, and however long after."""
    counted = [Counted(MORNING + 37 - age / 1000, name, 1, "direct", "phone") for name, age in reads]
    order.shuffle(counted)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as directory:
        log = ReadLog(Path(directory))
        running = Rankings()
        running.advance(MORNING + 37)
        for number, read in enumerate(counted):
            log.append([read], [])
            running.add(read)
            if number == restart_at:
                running = Rankings()
                running.advance(MORNING + 37)
                for segment in log.segments():
                    running.add_segment(segment)
        now = MORNING + 37 + later
        running.advance(now)
        for window in WINDOWS:
            exact = recount(log.segments(), window, now, dict.fromkeys("abcdef", float("inf")))
            for name in "abcdef":
                assert running.score(name, window, now) == pytest.approx(exact.get(name, 0.0), rel=1e-6, abs=0.0006)
        log.close()


@settings(max_examples=60, deadline=None)
@given(
    reads=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 3 * 3600), st.integers(0, 3)), max_size=40),
    split=st.integers(0, 40),
)
def test_a_restart_at_any_point_changes_no_outcome_and_no_count(reads: list[tuple[str, int, int]], split: int) -> None:
    from audience.cast import Newspaper

    outcomes, counts = [], []
    for restarts in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            paper = Newspaper(Path(directory))
            paper.publish(story("a"), story("b"), story("c"))
            found = []
            for number, (name, second, visitor) in enumerate(sorted(reads, key=lambda read: read[1])):
                if restarts and number == split:
                    paper.restart(MORNING + second)
                found.append(paper.read(name, at=MORNING + second, address=f"203.0.113.{visitor}"))
            outcomes.append(found)
            counts.append([paper.ledger.rankings.reads(name, "24h") for name in "abc"])
            paper.close()
    assert outcomes[0] == outcomes[1]
    assert counts[0] == counts[1]


def test_most_read_comes_first_and_ties_newest_first(newspaper: Newspaper) -> None:
    for number in range(3):
        newspaper.read("election", address=f"203.0.113.{number}")
    newspaper.read("budget")
    newspaper.read("derby")
    rows = rows_of(newspaper)
    assert [(row.story, row.rank, row.reads, row.filled) for row in rows] == [
        ("election", 1, 3, False),
        ("derby", 2, 1, False),
        ("budget", 3, 1, False),
        ("cup", 4, 0, True),
    ]


def test_lists_are_kept_apart_by_section_and_language(newspaper: Newspaper) -> None:
    newspaper.read("election")
    newspaper.read("cup")
    assert [row.story for row in rows_of(newspaper, section="sports")] == ["cup", "derby"]
    assert [row.story for row in rows_of(newspaper, section="sports", language="ja")] == ["derby"]
    assert [row.story for row in rows_of(newspaper, language="en")] == ["cup"]
    assert rows_of(newspaper, language="ko") == []


def test_where_nothing_is_read_the_newest_stories_fill_and_say_so(newspaper: Newspaper) -> None:
    rows = rows_of(newspaper)
    assert [row.story for row in rows] == ["cup", "derby", "budget", "election"]
    assert all(row.filled and row.reads == 0 for row in rows)


def test_a_list_never_holds_more_than_its_rows(newspaper: Newspaper) -> None:
    newspaper.publish(*(story(f"s{number}") for number in range(ROWS + 50)))
    for number in range(20):
        newspaper.read(f"s{number}")
    rows = rows_of(newspaper)
    assert len(rows) == ROWS
    assert [row.rank for row in rows] == list(range(1, ROWS + 1))
    assert len({row.story for row in rows}) == ROWS


def test_a_withdrawn_story_leaves_at_once_and_keeps_its_reads_if_it_comes_back(newspaper: Newspaper) -> None:
    newspaper.read("election")
    withdraw(newspaper.sheets, "election")
    newspaper.ledger.shelf.follow()
    assert "election" not in [row.story for row in rows_of(newspaper)]
    newspaper.publish(story("election"))
    assert rows_of(newspaper)[0] == RankedStory("election", 1, 1, 1.0, filled=False)


def test_a_story_that_changes_its_section_takes_its_reads_along(newspaper: Newspaper) -> None:
    newspaper.read("election")
    newspaper.publish(story("election", section="world"))
    assert [row.reads for row in rows_of(newspaper, section="world")] == [1]
    assert "election" not in [row.story for row in rows_of(newspaper, section="politics")]


def test_what_readers_have_left_is_overtaken_now_but_not_over_the_day(newspaper: Newspaper) -> None:
    for number in range(8):
        newspaper.read("election", address=f"203.0.113.{number}", at=MORNING - 3 * 3600)
    newspaper.read("derby", at=MORNING - 60)
    assert rows_of(newspaper, "now")[0].story == "derby"
    assert rows_of(newspaper, "24h")[0].story == "election"


def test_an_unchanged_list_keeps_its_version(newspaper: Newspaper) -> None:
    first, _ = newspaper.ledger.snapshot(MORNING, Snapshot(0, 0.0, {}))
    newspaper.read("cup")
    second, changed = newspaper.ledger.snapshot(MORNING + 1, first)
    assert list_key("24h", "politics") not in changed
    assert second.ranking("24h", "politics").version == first.version
    assert second.ranking("24h", "sports").version == second.version == first.version + 1
    third, changed = newspaper.ledger.snapshot(MORNING + 1, second)
    assert (third, changed) == (second, {})


def one(paper: Newspaper, now: float = MORNING, **asked: object) -> list[tuple[str, bool]]:
    paper.ledger.rankings.advance(now)
    return [(row.story, row.filled) for row in paper.ledger.rankings.one(Asked(**asked), now)]  # type: ignore[arg-type]


def test_a_topic_and_a_byline_have_rankings_of_their_own(newspaper: Newspaper) -> None:
    newspaper.publish(story("a", topics=("sea",), bylines=("hanako",)), story("b", topics=("sea", "port")), story("c", bylines=("hanako",)))
    newspaper.read("b")
    assert one(newspaper, topic="sea") == [("b", False), ("a", True)]
    assert {name for name, _ in one(newspaper, byline="hanako")} == {"a", "c"}
    assert one(newspaper, topic="sea", byline="hanako") == [("a", True)]
    assert one(newspaper, topic="port", language="en") == []
    assert one(newspaper, topic="nothing") == []
    newspaper.publish(story("a", topics=("port",)))
    assert one(newspaper, topic="sea") == [("b", False)]
    assert {name for name, _ in one(newspaper, topic="port")} == {"a", "b"}


def test_one_ranking_is_the_same_as_that_among_all(newspaper: Newspaper) -> None:
    for number in range(9):
        newspaper.read(("election", "derby", "cup")[number % 3], address=f"203.0.113.{number}")
    for window in WINDOWS:
        for section in ("", "sports"):
            assert list(newspaper.ledger.rankings.one(Asked(window, section=section), MORNING)) == rows_of(newspaper, window, section)


def test_what_rises_is_above_its_own_expectation_however_large_others_are(newspaper: Newspaper) -> None:
    """An old giant that does what is expected of it, a new story that does more, and one that does what new stories do."""
    newspaper.publish(
        story("giant", published_at=MORNING - 10 * 3600), *(story(f"old{n}", published_at=MORNING - 2 * DAY) for n in range(5))
    )
    rankings = newspaper.ledger.rankings
    newspaper.publish(story("fresh", published_at=MORNING - 1800), story("usual", published_at=MORNING - 1800))
    for minute in range(240):
        for reader in range(5):
            rankings.add(Counted(MORNING - minute * 60 - 1, "giant", reader, "direct", "phone"))
    for number in range(60):
        rankings.add(Counted(MORNING - number * 20 - 1, "fresh", number, "direct", "phone"))
    for number in range(4):
        rankings.add(Counted(MORNING - number * 20 - 1, "usual", number, "direct", "phone"))
    assert rows_of(newspaper, "1h")[0].story == "giant"
    rising = newspaper.ledger.rankings.one(Asked(order="rising"), MORNING)
    assert rising[0].story == "fresh"
    assert "usual" not in [row.story for row in rising if not row.filled]
    assert rankings.expected(MORNING)[rankings.number_of("giant")] == pytest.approx(300, rel=0.15)


@pytest.mark.parametrize(("before", "age", "expected"), [(0, 10.0, 0.247), (300, 48.0, 94.3), (300, 4.0, 45.2)])
def test_an_old_storys_past_says_what_its_hour_brings(before: int, age: float, expected: float) -> None:
    found = expected_reads(np.array([float(before)]), np.array([age]), first_hour=50.0, rhythm=1.0)[0]
    assert found == pytest.approx(expected, rel=0.01)


def test_what_an_editor_pins_stands_first_until_then_and_says_so(newspaper: Newspaper) -> None:
    newspaper.read("election")
    newspaper.publish(story("cup", section="sports", language="en", pinned_until=MORNING + 600))
    first, second = rows_of(newspaper)[:2]
    assert (first.story, first.rank, first.pinned, first.filled) == ("cup", 1, True, False)
    assert (second.story, second.rank, second.pinned) == ("election", 2, False)
    assert rows_of(newspaper, language="ja")[0].story == "election"
    assert newspaper.ledger.rankings.advance(MORNING + 601)
    assert rows_of(newspaper, now=MORNING + 601)[0].story == "election"


def test_what_an_editor_takes_out_is_neither_ranked_nor_fills_and_its_reads_are_kept(newspaper: Newspaper) -> None:
    newspaper.read("election")
    taken = story("election", leaves_ranking_at=MORNING - 1)
    newspaper.publish(taken)
    assert "election" not in [row.story for row in rows_of(newspaper)]
    newspaper.read("election", address="2001:db8::1")
    newspaper.publish(story("election"))
    assert rows_of(newspaper)[0] == RankedStory("election", 1, 2, 2.0, filled=False)


def test_a_story_leaves_at_the_time_that_an_editor_set(newspaper: Newspaper) -> None:
    newspaper.publish(story("election", leaves_ranking_at=MORNING + 30))
    newspaper.read("election")
    assert rows_of(newspaper, now=MORNING + 29)[0].story == "election"
    # In the middle of a minute, and though nothing else happens.
    assert newspaper.ledger.rankings.advance(MORNING + 30.5)
    assert "election" not in [row.story for row in rows_of(newspaper, now=MORNING + 30.5)]


@pytest.mark.parametrize("edge", [60, 3600, DAY])
def test_nothing_jumps_when_a_minute_an_hour_or_a_day_ends(newspaper: Newspaper, edge: int) -> None:
    """A steady stream: from second to second no window changes by more than what a minute or an hour of it is."""
    end = MORNING - MORNING % edge + edge
    rankings = newspaper.ledger.rankings
    for number in range(3 * 1440):
        rankings.add(Counted(end - 2 * DAY + number * 40, "election", number, "direct", "phone"))
    for window, most in (("1h", 2), ("24h", 2), ("7d", 90), ("30d", 90)):
        scores = []
        for second in range(-3, 4):
            rankings.advance(end + second)
            scores.append(rankings.score("election", window, end + second))
        assert max(abs(after - before) for before, after in itertools.pairwise(scores)) <= most


def test_the_screens_sums_are_those_of_its_reads_one_by_one(newspaper: Newspaper) -> None:
    newspaper.publish(
        *(story(f"t{n}", section=f"part{n % 3}", topics=("sea", f"t{n % 2}"), bylines=("hanako",) * (n % 2)) for n in range(9))
    )
    counts = {f"t{n}": n + 1 for n in range(9)} | {"cup": 30}
    for name, count in counts.items():
        for number in range(count):
            newspaper.read(name, at=MORNING - 90 * 60 * (number % 2), address=f"2001:db8:{number:x}::1")
    withdraw(newspaper.sheets, "cup")
    newspaper.ledger.shelf.follow()
    report = newspaper.ledger.report(MORNING)
    plain: dict[str, dict[str, int]] = {"sections": {}, "topics": {}, "bylines": {}}
    for name, known in newspaper.ledger.shelf.stories.items():
        for kind, names in (("sections", [known.section]), ("topics", known.topics), ("bylines", dict.fromkeys(known.bylines))):
            for each in names:
                if name in counts:
                    plain[kind][each] = plain[kind].get(each, 0) + counts[name]
    assert {kind: {one.name: one.count for one in getattr(report, kind)} for kind in plain} == plain
    # A story that has left is not among its section's, but it was read.
    assert (report.reads_day, report.reads_hour) == (75, sum((count + 1) // 2 for count in counts.values()))
    assert [(row.story, row.hour, row.day) for row in report.stories[:2]] == [("cup", 15, 30), ("t8", 5, 9)]
    assert len(report.stories) == len(counts)


def test_the_week_before_is_told_of_hours_that_end_at_this_minute(newspaper: Newspaper) -> None:
    at = MORNING + 15 * 60 - 7 * DAY
    for second in range(-7200, 3600, 60):
        newspaper.ledger.rankings.add(Counted(MORNING - 7 * DAY + second, "cup", 1, "direct", "phone"))
    newspaper.ledger.rankings.add(Counted(at + 2700, "cup", 1, "direct", "phone"))
    report = newspaper.ledger.report(MORNING + 15 * 60)
    # Of the hours 8 to 9, 9 to 10, 10 to 11 those from 8:15, 9:15; what comes after a quarter past ten only in proportion.
    assert report.week_ago[-3:] == (15, 60, 60)


@settings(max_examples=60, deadline=None)
@given(
    adds=st.lists(st.tuples(st.integers(0, 70_000), st.integers(0, 200), st.sampled_from([1, 1, 1, 300, 70_000])), max_size=40),
    keep=st.integers(0, 5),
)
def test_totals_are_the_same_packed_or_plain(adds: list[tuple[int, int, int]], keep: int) -> None:
    totals, plain = Totals(60, {"1h": 3600}, keep_plain=keep), {}
    for number, minute, count in sorted(adds, key=lambda add: add[1] // 3):
        totals.add(number, minute * 60.0, count)
        totals.advance(minute * 60.0)
        plain[minute, number] = plain.get((minute, number), 0) + count
    totals.advance(200 * 60.0)
    numbers = np.array(sorted({number for number, _, _ in adds}), np.int64)
    series = totals.series_of(numbers, 200 * 60.0, 60) if len(numbers) else np.zeros((0, 60))
    assert series.tolist() == [[plain.get((minute, number), 0) for minute in range(141, 201)] for number in numbers.tolist()]
    assert totals.total("1h") == sum(count for (minute, _), count in plain.items() if minute >= 140)
    for number in numbers.tolist():
        assert totals.count("1h", number) == sum(plain.get((minute, number), 0) for minute in range(140, 201))


def test_a_new_story_is_not_held_to_what_others_had_an_hour_for(newspaper: Newspaper) -> None:
    """Twelve readers in five minutes are a faster pace than thirty in an hour; one reader in a minute is none yet."""
    newspaper.publish(story("fresh", published_at=MORNING - 300), story("first", published_at=MORNING - 60))
    newspaper.publish(*(story(f"quiet{n}", published_at=MORNING - DAY) for n in range(40)))
    rankings = newspaper.ledger.rankings
    for number in range(600):
        rankings.add(Counted(MORNING - 3 * 3600 + number * 18, ("election", "budget", "derby")[number % 3], number, "direct", "phone"))
    for number in range(12):
        rankings.add(Counted(MORNING - 290 + number * 24, "fresh", number, "direct", "phone"))
    rankings.add(Counted(MORNING - 20, "first", 1, "direct", "phone"))
    names = ["fresh", "election", "first", "cup", "quiet1"]
    paces = dict(zip(names, rankings.scores(names, "now", MORNING), strict=True))
    assert 60 < paces["election"] < 70
    assert paces["fresh"] > paces["election"] > paces["first"] > paces["cup"] > paces["quiet1"]
    assert rows_of(newspaper, "now")[0].story == "fresh"
    # Of what nobody has named nothing is known but that it was not read.
    assert rankings.scores(["nobody"], "now", MORNING)[0] == pytest.approx(paces["quiet1"], rel=0.01)


def test_the_pace_of_a_steady_stream_is_its_rate_and_no_second_makes_it_jump(newspaper: Newspaper) -> None:
    rankings = newspaper.ledger.rankings
    for number in range(6 * 360):
        rankings.add(Counted(MORNING - 6 * 3600 + number * 10, "election", number, "direct", "phone"))
    paces = [rankings.score("election", "now", MORNING + second / 10) for second in range(-100, 100)]
    assert paces[0] == pytest.approx(360, rel=0.05)
    assert max(abs(after - before) for before, after in itertools.pairwise(paces)) < 1


@settings(max_examples=60, deadline=None)
@given(
    doings=st.lists(st.tuples(st.integers(0, 3 * DAY), st.sampled_from(["search", "direct", None]), st.booleans()), max_size=40),
    later=st.integers(0, DAY),
)
def test_the_tally_holds_the_last_day_whenever_it_forgets(doings: list[tuple[int, SourceName | None, bool]], later: int) -> None:
    tally, now = Tally(), MORNING
    known: list[tuple[float, str]] = []
    for second, source, forgets in sorted(doings, key=lambda doing: doing[0] // 7200):
        at = MORNING + second
        now = max(now, at)
        if forgets:
            tally.forget(now)
        if source is None:
            tally.drop(Dropped(at, "bot", 2))
            known += [(at, "bot")] * 2
        else:
            tally.count(Counted(at, "a", second, source, "phone"))
            known.append((at, source))
    report = tally.report(now + later, Rankings())
    first = (now + later - DAY) // 60
    exact: dict[str, int] = {}
    for at, name in known:
        if at // 60 >= first:
            exact[name] = exact.get(name, 0) + 1
    assert {one.name: one.count for one in (*report.sources, *report.dropped)} == exact
    assert report.readers_now == len({at for at, name in known if name != "bot" and at > now + later - 300})
