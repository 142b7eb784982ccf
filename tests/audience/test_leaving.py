"""What a page tells when it is left: how long and how far its read went on, once, whatever is sent again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.cast import MORNING, Newspaper, story
from kawaraban.audience.shapes import Asked
from kawaraban.audience.steps import LONGEST_SECONDS, quarters

if TYPE_CHECKING:
    from kawaraban.audience.shapes import Reason


def leave(paper: Newspaper, name: str = "election", *, seconds: float = 0, scroll: float = 0.0, **more: object) -> Reason | None:
    fields = {"left": True, "engaged_ms": int(seconds * 1000), "scroll": scroll, "view": "v", "at": MORNING + 600} | more
    return paper.read(name, **fields)


def of_day(paper: Newspaper, name: str = "election") -> tuple[int, int, int]:
    number = paper.ledger.rankings.number_of(name)
    assert number is not None
    return paper.ledger.rankings.attention.of_day(number)


def test_a_leaving_adds_seconds_and_depth_to_the_read_before_it(newspaper: Newspaper) -> None:
    assert newspaper.read("election") is None
    assert leave(newspaper, seconds=42, scroll=1.0) is None
    assert of_day(newspaper) == (42, 1, 1)
    assert newspaper.ledger.rankings.reads("election", "24h") == 1


def test_a_page_that_is_left_again_adds_only_what_is_new(newspaper: Newspaper) -> None:
    newspaper.read("election")
    assert leave(newspaper, seconds=10, scroll=0.3) is None
    assert leave(newspaper, seconds=10, scroll=0.3) == "repeat"
    assert leave(newspaper, seconds=8, scroll=0.2) == "repeat"
    assert leave(newspaper, seconds=25, scroll=0.97) is None
    assert of_day(newspaper) == (25, 1, 1)


def test_another_view_of_the_same_read_adds_nothing(newspaper: Newspaper) -> None:
    newspaper.read("election")
    assert leave(newspaper, seconds=10) is None
    assert leave(newspaper, seconds=300, view="another") == "repeat"
    assert of_day(newspaper) == (10, 1, 0)


def test_without_a_read_there_is_nothing_to_go_on_from(newspaper: Newspaper) -> None:
    assert leave(newspaper, seconds=10) == "unread"
    newspaper.read("election", user_agent="Googlebot/2.1")
    assert leave(newspaper, seconds=10) == "unread"
    assert leave(newspaper, seconds=10, token="forged") == "forged"
    assert newspaper.ledger.report(MORNING + 600).dropped == newspaper.ledger.report(MORNING + 600).dropped[:1]


def test_nobody_reads_for_longer_than_time_has_passed(newspaper: Newspaper) -> None:
    newspaper.read("election")
    leave(newspaper, seconds=9999, at=MORNING + 30)
    assert of_day(newspaper)[0] == 35
    leave(newspaper, seconds=999_999, at=MORNING + 29 * 60)
    assert of_day(newspaper)[0] == min(LONGEST_SECONDS, 29 * 60 + 5)


def test_midnight_parts_no_leaving_from_its_read(newspaper: Newspaper) -> None:
    midnight = MORNING - MORNING % 86400 + 86400
    newspaper.read("election", at=midnight - 60)
    assert leave(newspaper, seconds=50, at=midnight + 60) is None


def test_what_was_told_before_a_restart_is_not_added_again(newspaper: Newspaper) -> None:
    newspaper.read("election")
    leave(newspaper, seconds=20, scroll=0.5)
    newspaper.restart(MORNING + 620)
    assert of_day(newspaper) == (20, 1, 0)
    assert leave(newspaper, seconds=20, scroll=0.5, at=MORNING + 650) == "repeat"
    assert leave(newspaper, seconds=30, scroll=1.0, at=MORNING + 660) is None
    assert of_day(newspaper) == (30, 1, 1)


def test_what_could_not_be_written_is_new_when_it_is_told_again(newspaper: Newspaper) -> None:
    newspaper.read("election")
    leave(newspaper, seconds=5)
    raw = newspaper.raw("election", left=True, engaged_ms=20_000, view="v", at=MORNING + 600)
    batch = newspaper.ledger.judge([raw])
    newspaper.ledger.take_back([batch])
    assert newspaper.ledger.judge([raw]).attended[0].seconds == 15


@settings(max_examples=60, deadline=None)
@given(
    told=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("abc"), st.integers(0, 400), st.floats(0, 1), st.booleans()), min_size=1, max_size=25
    )
)
def test_however_often_pages_tell_a_read_has_its_longest_time_once(told: list[tuple[int, str, int, float, bool]]) -> None:
    """Several readers, pages left again and again, restarts in between: the sums are those of each read's last word."""
    expected: dict[tuple[int, str], int] = {}
    ends: dict[tuple[int, str], int] = {}
    with tempfile.TemporaryDirectory() as directory:
        paper = Newspaper(Path(directory))
        paper.publish(*(story(name) for name in "abc"))
        for visitor in range(3):
            for name in "abc":
                paper.read(name, address=f"203.0.{visitor}.1")
        for visitor, name, seconds, scroll, restarts in told:
            leave(paper, name, seconds=seconds, scroll=scroll, address=f"203.0.{visitor}.1")
            expected[visitor, name] = max(expected.get((visitor, name), 0), seconds)
            ends[visitor, name] = max(ends.get((visitor, name), 0), quarters(scroll))
            if restarts:
                paper.restart(MORNING + 601)
        for _ in range(2):
            for name in "abc":
                # A read that told nothing at all, neither time nor depth, is a read that told.
                those = [key for key in expected if key[1] == name]
                seconds = sum(expected[key] for key in those)
                if those:
                    assert of_day(paper, name) == (seconds, len(those), sum(ends[key] == 4 for key in those))
            # In every form that the log takes with time.
            paper.ledger.close()
            paper.open(MORNING + 700)
            paper.ledger.log.upkeep(MORNING + 7200)
            paper.restart(MORNING + 7200)
        paper.close()


def test_most_engaged_is_who_holds_readers_not_who_has_most(newspaper: Newspaper) -> None:
    for number in range(60):
        newspaper.read("election", address=f"2001:db8:{number:x}::1")
        leave(newspaper, seconds=5, address=f"2001:db8:{number:x}::1", at=MORNING + 60)
    for number in range(30):
        newspaper.read("budget", address=f"2001:db8:{number:x}::1")
        leave(newspaper, "budget", seconds=200, address=f"2001:db8:{number:x}::1", at=MORNING + 300)
    # One reader who left a page open makes no story.
    newspaper.read("derby")
    leave(newspaper, "derby", seconds=590)
    rows = newspaper.ledger.rankings.one(Asked(order="engaged"), MORNING + 600)
    assert [row.story for row in rows if not row.filled] == ["budget", "derby", "election"]
    assert rows[0].score == pytest.approx((30 * 200 + 20 * (60 * 5 + 30 * 200 + 590) / 91) / 50, abs=0.01)


@pytest.mark.parametrize(
    ("scroll", "expected"), [(None, 0), (0.2, 0), (0.25, 1), (0.5, 2), (0.94, 3), (0.95, 4), (7.0, 4), (-1.0, 0), (float("nan"), 0)]
)
def test_depth_is_told_in_quarters(scroll: float | None, expected: int) -> None:
    assert quarters(scroll) == expected
