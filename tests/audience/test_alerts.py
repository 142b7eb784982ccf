"""What the newsroom is told of without asking: a story that rises, and reads that have stopped coming."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, Newspaper, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def newspaper(tmp_path: Path) -> Iterator[Newspaper]:
    paper = Newspaper(tmp_path)
    paper.publish(*(story(f"s{number}", published_at=MORNING - 86400) for number in range(8)))
    yield paper
    paper.close()


def read(paper: Newspaper, name: str, reads: int, at: float, *, within: float = 1800.0) -> None:
    """Different visitors, spread evenly over the time before a moment; the last of them at that moment."""
    for number in range(reads):
        moment = at - within * (reads - 1 - number) / reads
        assert paper.read(name, at=moment, address=f"{number % 200 + 1}.{number // 200}.7.{len(name)}") is None


def alerts(paper: Newspaper, now: float) -> list[tuple[str, str, float, float]]:
    paper.ledger.rankings.advance(now)
    return [(one.kind, one.story, one.count, one.expected) for one in paper.ledger.report(now).alerts]


def test_reads_that_stop_coming_are_told_of_after_ten_minutes_until_they_come_again(newspaper: Newspaper) -> None:
    for number in range(6):
        read(newspaper, f"s{number}", 12, MORNING)
    assert alerts(newspaper, MORNING + 9 * 60) == []
    assert alerts(newspaper, MORNING + 11 * 60) == [("silent", "", 11, 72)]
    assert alerts(newspaper, MORNING + 125 * 60) == [("silent", "", 125, 72)]
    read(newspaper, "s7", 1, MORNING + 126 * 60)
    assert alerts(newspaper, MORNING + 126 * 60) == []


def test_a_site_that_is_read_little_may_be_silent(newspaper: Newspaper) -> None:
    for number in range(4):
        read(newspaper, f"s{number}", 12, MORNING)
    assert alerts(newspaper, MORNING + 40 * 60) == []


def test_a_silence_is_told_of_before_what_rises_and_known_after_a_restart(newspaper: Newspaper) -> None:
    for number in range(6):
        read(newspaper, f"s{number}", 12, MORNING)
    later = MORNING + 15 * 60
    newspaper.restart(later)
    assert alerts(newspaper, later)[0] == ("silent", "", 15, 72)


def test_a_story_that_is_read_five_times_as_often_as_expected_is_told_of(newspaper: Newspaper) -> None:
    # So that the site as a whole has a rhythm: the same in each of the last hours.
    for hour in range(4, 0, -1):
        for number in range(7):
            read(newspaper, f"s{number}", 10, MORNING - hour * 3600 - 300, within=3000)
    for number in range(7):
        read(newspaper, f"s{number}", 10 if number else 120, MORNING)
    (told,) = alerts(newspaper, MORNING)
    assert (told[0], told[1], told[2]) == ("rising", "s0", 120)
    assert told[2] >= 5 * told[3] > 0
