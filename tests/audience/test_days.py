"""A story's reads by the day: whatever happens to the log's hours, the sums are what a count of them gives."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.cast import MORNING
from kawaraban.audience.days import FILE, DaySums, days_of
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import Attended, Counted, Withdrawn

if TYPE_CHECKING:
    from pathlib import Path

HOUR, DAY = 3600, 86400
ZONES = ("Asia/Tokyo", "Asia/Kolkata", "America/New_York", "UTC")


class Paper:
    """A log with its sums, and what stands in it."""

    def __init__(self, directory: Path, zone: str = "Asia/Tokyo") -> None:
        self.directory, self.zone = directory, zone
        self.stands: list[Counted] = []
        self.open()

    def open(self) -> None:
        self.log = ReadLog(self.directory / "log")
        self.sums = DaySums(self.directory)
        self.log.before_change = lambda hour: self.sums.leave(self.log, hour)

    def read(self, *ats: float, story: str = "a") -> None:
        reads = [Counted(int(at), story, number + 1, "direct", "phone") for number, at in enumerate(ats)]
        self.log.append(reads, [])
        self.stands += reads

    def tidy(self, now: float) -> None:
        self.log.upkeep(now)
        while not self.sums.catch_up(self.log, self.zone, now):
            pass

    def told(self, story: str, now: float) -> dict[str, int]:
        return {str(day.day): day.reads for day in days_of(self.log, self.directory, story, timezone=self.zone, now=now)}

    def counted(self, story: str) -> dict[str, int]:
        zone = ZoneInfo(self.zone)
        return dict(Counter(str(datetime.fromtimestamp(read.at, zone).date()) for read in self.stands if read.story == story))

    def close(self) -> None:
        self.log.close()
        self.sums.close()


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_where_the_newsroom_is(tmp_path: Path, zone: str) -> None:
    paper = Paper(tmp_path, zone)
    paper.read(*(MORNING + quarter * 900 for quarter in range(4 * 30)))
    paper.read(MORNING, story="b")
    now = MORNING + 40 * HOUR
    paper.tidy(now)
    assert paper.told("a", now) == paper.counted("a")
    assert paper.told("b", now) == paper.counted("b")
    assert paper.told("nothing", now) == {}
    paper.close()


def test_what_is_not_summed_yet_is_told_from_the_log(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    paper.read(MORNING - DAY, MORNING - 2 * HOUR)
    paper.tidy(MORNING)
    paper.read(MORNING, MORNING + 1)
    assert sum(paper.told("a", MORNING + 2).values()) == 4
    paper.close()


def test_how_long_and_how_far_a_story_was_read_is_summed_too(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    told = [Attended(MORNING, "a", 1, 30, 0, 2, first=True), Attended(MORNING + 9, "a", 1, 40, 2, 4, first=False)]
    paper.log.append([Counted(MORNING, "a", 1, "direct", "phone")], [], told)
    paper.tidy(MORNING + DAY)
    (day,) = days_of(paper.log, tmp_path, "a", timezone="Asia/Tokyo", now=MORNING + 9 * DAY)
    assert (day.reads, day.seconds, day.told, day.finished) == (1, 70, 1, 1)
    paper.close()


def test_another_time_zone_counts_the_days_anew(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    paper.read(*(MORNING + hour * HOUR for hour in range(30)))
    now = MORNING + 40 * HOUR
    paper.tidy(now)
    paper.zone = "America/New_York"
    paper.tidy(now)
    assert paper.told("a", now + 9 * DAY) == paper.counted("a")
    paper.close()


def test_sums_that_are_no_database_any_more_are_made_anew(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    paper.read(MORNING, MORNING + 1)
    paper.tidy(MORNING + DAY)
    paper.close()
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    assert paper.told("a", MORNING + 9 * DAY) == {}
    paper.open()
    paper.tidy(MORNING + DAY)
    assert paper.told("a", MORNING + 9 * DAY) == paper.counted("a")
    paper.close()


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32), doings=st.lists(st.sampled_from(["read", "late", "withdraw", "tidy", "restart"]), min_size=5, max_size=14)
)
def test_late_and_withdrawn_reads_come_and_go_in_any_order(tmp_path_factory: pytest.TempPathFactory, seed: int, doings: list[str]) -> None:
    dice, now = random.Random(seed), MORNING
    paper = Paper(tmp_path_factory.mktemp("days"))
    for doing in doings:
        now += dice.randrange(3 * HOUR)
        if doing == "read":
            paper.read(*(now - dice.randrange(60) for _ in range(dice.randrange(1, 9))), story=dice.choice("ab"))
        elif doing == "late":
            paper.read(now - dice.randrange(40 * HOUR), story=dice.choice("ab"))
        elif doing == "withdraw" and paper.stands:
            one = dice.choice(paper.stands)
            hour = int(one.at // HOUR * HOUR)
            gone = paper.log.withdraw(hour, [Withdrawn(one.story, int(one.at - hour) * 1000, one.visitor, "bot")])
            assert len(gone) == 1
            paper.stands.remove(one)
        elif doing == "tidy":
            paper.tidy(now)
        else:
            paper.close()
            paper.open()
    paper.tidy(now)
    assert [paper.told(story, now) for story in "ab"] == [paper.counted(story) for story in "ab"]
    paper.close()
