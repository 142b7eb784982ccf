"""A story's reads by the day: whatever happens to the log's hours, the sums are what a count of them gives."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import types
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.cast import MORNING
from kawaraban.audience import days
from kawaraban.audience.days import DAMAGED, FILE, MANY, DaySums, days_of
from kawaraban.audience.ledger import Ledger
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import Attended, Counted, Keeping, Withdrawn
from kawaraban.audience.upkeep import keep_in_order, short_turns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR, DAY = 3600, 86400
NOW = MORNING + 2 * HOUR
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


@pytest.fixture
def summed(tmp_path: Path) -> Iterator[Paper]:
    """A paper with an hour that is summed, closed."""
    paper = Paper(tmp_path)
    paper.read(*(MORNING + second for second in range(5)))
    paper.tidy(MORNING + DAY)
    paper.close()
    yield paper
    paper.close()


def damage(path: Path) -> None:
    """Overwrite the first page of the sums, within a file that is whole otherwise."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        ((page,),) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sums'")
        ((size,),) = db.execute("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.parametrize("first", ["a late read", "a new hour"])
def test_a_damaged_page_costs_no_late_read_and_the_sums_are_made_anew(summed: Paper, first: str) -> None:
    damage(summed.directory / FILE)
    summed.open()
    if first == "a late read":
        summed.read(MORNING + 9)
    else:
        summed.read(MORNING + HOUR)
    summed.tidy(MORNING + DAY)
    assert summed.told("a", MORNING + 9 * DAY) == summed.counted("a")


def unopenable(path: Path) -> Path:
    """Put something into the way of the database, for a full disk."""
    in_the_way = path.with_name(f"{path.name}-wal")
    in_the_way.mkdir()
    return in_the_way


def test_sums_that_cannot_be_opened_now_are_opened_later(summed: Paper) -> None:
    path = summed.directory / FILE
    before, in_the_way = path.read_bytes(), unopenable(path)
    summed.open()
    with pytest.raises(OSError, match="sums by the day"):
        summed.sums.catch_up(summed.log, summed.zone, MORNING + DAY)
    # What is read now changes no hour that could stand in them.
    summed.read(MORNING + 2 * DAY)
    assert path.read_bytes() == before
    in_the_way.rmdir()
    summed.read(MORNING + 9)
    summed.tidy(MORNING + 3 * DAY)
    assert summed.told("a", MORNING + 9 * DAY) == summed.counted("a")


def test_a_late_read_is_counted_rather_than_sums_kept_that_cannot_be_opened(summed: Paper) -> None:
    path = summed.directory / FILE
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE hours; CREATE TABLE hours (other)")
    summed.open()
    summed.read(MORNING + 9)
    summed.tidy(MORNING + DAY)
    assert summed.told("a", MORNING + 9 * DAY) == summed.counted("a")


def test_a_late_read_is_refused_where_sums_that_tell_otherwise_would_stay(summed: Paper) -> None:
    unopenable(summed.directory / FILE)  # a directory, which is not removed as a file is
    summed.open()
    with pytest.raises(OSError, match="days"):
        summed.read(MORNING + 9)
    assert len(list(summed.log.reads())) == 5


def test_a_ledger_whose_sums_cannot_be_opened_starts_counts_and_forgets(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    ledger = Ledger(tmp_path, None, keeping=Keeping(0, "Asia/Tokyo"))
    ledger.recall(MORNING)
    ledger.log.append([Counted(MORNING, "a", 1, "direct", "phone")], [])
    apart = ReadLog(tmp_path / "apart/log")
    apart.append([Counted(MORNING, "a", 1, "direct", "phone")], [])
    apart.close()
    with pytest.raises(OSError, match="sums by the day"):
        ledger.upkeep(MORNING + 3 * DAY)
    assert [read.visitor for log in (ledger.log, apart) for read in log.reads()] == [0, 0]
    ledger.close()


def test_an_archive_of_many_hours_is_summed_in_one_go_of_moments_with_room_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kawaraban.audience.days.CATCH_UP_SECONDS", 0.0)  # an hour at a time
    monkeypatch.setattr("kawaraban.audience.upkeep.PAUSE_SECONDS", 0.001)
    ledger = Ledger(tmp_path, None, keeping=Keeping(0, "UTC"))
    moments: list[tuple[float, float]] = []

    def sum_days(now: float) -> bool:
        began = time.monotonic()
        done = DaySums.catch_up(ledger.days, ledger.log, "UTC", now)
        moments.append((began, time.monotonic()))
        return done

    monkeypatch.setattr(ledger, "sum_days", sum_days)
    ledger.log.append([Counted(MORNING + hour * HOUR, "a", 1, "direct", "phone") for hour in range(12)], [])
    with ThreadPoolExecutor(1) as disk:
        asyncio.run(keep_in_order(ledger, disk, time.monotonic() + 60))
    assert sum(day.reads for day in days_of(ledger.log, tmp_path, "a", timezone="UTC", now=time.time())) == 12
    pauses = [begins - ended for (_, ended), (begins, _) in pairwise(moments)]
    assert len(pauses) == 11
    assert all(pause >= ended - began for pause, (began, ended) in zip(pauses, moments, strict=False))
    # No longer than until the next upkeep is due.
    ledger.days.leave(ledger.log, int(MORNING // HOUR * HOUR))
    ledger.days.leave(ledger.log, int(MORNING // HOUR * HOUR) + HOUR)
    with ThreadPoolExecutor(1) as disk:
        asyncio.run(keep_in_order(ledger, disk, time.monotonic()))
    assert len(moments) == 13
    ledger.close()


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
            # Of a day whose salt is gone the log does not know the visitor any more.
            known = {row.visitor for row in paper.log.reads(one.at, one.at) if row.story == one.story and row.visitor in {0, one.visitor}}
            gone = paper.log.withdraw(hour, [Withdrawn(one.story, int(one.at - hour) * 1000, max(known), "bot")])
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


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Paper]:
    """A paper with so many hours to sum that a process of its own should, and the moment two hours after the last one."""
    paper = Paper(tmp_path)
    paper.read(*(MORNING - hour * HOUR for hour in range(MANY + 2)))
    paper.log.upkeep(NOW)
    assert paper.sums.are_many_missing(paper.log, paper.zone, NOW)
    yield paper
    paper.close()


def hours_in(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM hours").fetchone()[0])


def ended() -> subprocess.Popen[bytes]:
    with subprocess.Popen(["true"]) as process:
        return process


def test_what_a_process_of_its_own_sums_is_what_would_be_summed_here(archive: Paper) -> None:
    with subprocess.Popen(days.command(archive.directory, archive.zone)) as process:
        archive.sums.helped_by(process)
    archive.sums.helped()
    assert not archive.sums.are_many_missing(archive.log, archive.zone, NOW)
    assert archive.sums.catch_up(archive.log, archive.zone, NOW)
    # A late read finds its hour there, and lets it leave.
    archive.read(MORNING - 5 * HOUR + 7)
    assert archive.told("a", NOW) == archive.counted("a")


@pytest.mark.parametrize("is_summed", [False, True])
def test_a_late_read_ends_who_may_be_at_its_hour_and_another_does_not(archive: Paper, *, is_summed: bool) -> None:
    if is_summed:
        # It could look for what is missing right after this hour has left.
        archive.tidy(NOW)
    with subprocess.Popen(["sleep", "60"]) as process:
        archive.sums.helped_by(process)
        archive.read(NOW)
        assert process.poll() is None
        archive.read(MORNING - 3 * HOUR)
        assert process.wait(5) == -signal.SIGKILL
    archive.tidy(NOW)
    assert archive.told("a", NOW) == archive.counted("a")


def test_what_another_process_summed_is_known_though_its_end_cannot_be_looked_at_at_once(
    archive: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "WAIT_SECONDS", 0.01)
    archive.close()
    archive.open()
    assert archive.sums.are_many_missing(archive.log, archive.zone, NOW)
    archive.sums.helped_by(ended())
    DaySums(archive.directory).catch_up(archive.log, archive.zone, NOW)
    with contextlib.closing(sqlite3.connect(archive.directory / FILE, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match="sums by the day"):
            archive.read(MORNING - 5 * HOUR + 7)
    archive.read(MORNING - 5 * HOUR + 7)
    archive.tidy(NOW)
    assert archive.told("a", NOW) == archive.counted("a")


def test_of_two_that_sum_at_once_none_throws_away_what_the_other_did(archive: Paper) -> None:
    path, other = archive.directory / FILE, DaySums(archive.directory)
    before = path.stat().st_ino
    # Both know by now that all is missing.
    assert other.are_many_missing(archive.log, archive.zone, NOW)
    archive.tidy(NOW)
    assert other.catch_up(archive.log, archive.zone, NOW)
    other.close()
    assert path.stat().st_ino == before
    assert archive.told("a", NOW) == archive.counted("a")


def test_who_writes_the_log_next_knows_what_was_summed_until_then(archive: Paper) -> None:
    following = DaySums(archive.directory)
    archive.tidy(NOW)
    archive.close()
    archive.sums = following
    archive.log.before_change = lambda hour: following.leave(archive.log, hour)
    archive.read(MORNING - 5 * HOUR + 7)
    archive.tidy(NOW)
    assert archive.told("a", NOW) == archive.counted("a")


def test_who_waits_for_a_file_that_another_writes_throws_nothing_away(summed: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "WAIT_SECONDS", 0.01)
    summed.open()
    with contextlib.closing(sqlite3.connect(summed.directory / FILE, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match="sums by the day"):
            summed.read(MORNING + 9)
    assert hours_in(summed.directory / FILE) == 1


def test_nothing_is_summed_for_who_has_ended(archive: Paper) -> None:
    left_behind = DaySums(archive.directory, sums_for=ended().pid)
    with pytest.raises(OSError, match="nobody waits"):
        left_behind.catch_up(archive.log, archive.zone, NOW)
    left_behind.close()
    assert hours_in(archive.directory / FILE) == 0
    words = [sys.executable, "-c", f"import time; from kawaraban.audience import beside; beside.work_for({ended().pid}); time.sleep(60)"]
    assert subprocess.run(words, timeout=30, check=False).returncode == 1


def test_who_sums_for_another_begins_no_other_days_and_leaves_sums_that_are_none_to_that(archive: Paper) -> None:
    path, elsewhere = archive.directory / FILE, DaySums(archive.directory, sums_for=os.getppid())
    before = path.stat().st_ino
    with pytest.raises(OSError, match="time zone"):
        elsewhere.catch_up(archive.log, "UTC", NOW)
    elsewhere.close()
    archive.close()
    damage(path)
    archive.open()
    assert archive.sums.are_many_missing(archive.log, archive.zone, NOW)
    with subprocess.Popen(days.command(archive.directory, archive.zone)) as process:
        archive.sums.helped_by(process)
    assert (process.returncode, path.stat().st_ino) == (DAMAGED, before)
    archive.sums.helped()
    assert not path.exists()
    archive.tidy(NOW)
    assert archive.told("a", NOW) == archive.counted("a")


def test_the_file_is_free_between_the_moments_of_a_process_that_sums(archive: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "CATCH_UP_SECONDS", 0.0)  # an hour at a time
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        with contextlib.closing(sqlite3.connect(archive.directory / FILE, timeout=0, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("COMMIT")

    monkeypatch.setattr(days, "time", types.SimpleNamespace(monotonic=time.monotonic, sleep=pause))
    sums = DaySums(archive.directory, sums_for=os.getppid())
    sums.catch_up_in_moments(archive.log, archive.zone, NOW)
    sums.close()
    assert hours_in(archive.directory / FILE) == MANY + 2
    assert pauses[:-1] == [pytest.approx(days.PAUSE_SECONDS, abs=0.2)] * (MANY + 1)


def test_the_ledger_lets_a_process_sum_an_archive_and_goes_on_where_it_ended(tmp_path: Path) -> None:
    now, ledger = time.time(), Ledger(tmp_path, None, keeping=Keeping(0, "Asia/Tokyo"))
    ledger.log.append([Counted(int(now) - hour * HOUR, "a", hour, "direct", "phone") for hour in range(1, MANY + 5)], [])
    with ThreadPoolExecutor(1) as disk:
        asyncio.run(keep_in_order(ledger, disk, time.monotonic() + 30))
        assert ledger.summing is None
        assert ledger.sum_days(now)
    assert sum(day.reads for day in days_of(ledger.log, tmp_path, "a", timezone="Asia/Tokyo", now=now)) == MANY + 4
    assert sqlite3.connect(tmp_path / FILE).execute("SELECT count(*) FROM hours").fetchone()[0] > MANY
    ledger.close()


def test_who_sums_begins_while_no_hour_is_being_changed_and_turns_are_as_usual_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, usual, began, turns = Ledger(tmp_path, None, keeping=Keeping(0, "UTC")), sys.getswitchinterval(), [], set()
    in_threads: set[float] = set()

    def change() -> None:
        time.sleep(0.1)
        began.append(ledger.summing is not None)

    def is_much(_now: float) -> bool:
        in_threads.add(sys.getswitchinterval())
        # An hour is being changed right after it was asked whether there is much to sum.
        disk.submit(change)
        return True

    async def play() -> None:
        work = asyncio.create_task(keep_in_order(ledger, disk, time.monotonic() + 0.4))
        while not work.done():
            await asyncio.sleep(0.02)
            if ledger.summing is not None:
                turns.add(sys.getswitchinterval())

    with ThreadPoolExecutor(1) as disk:
        monkeypatch.setattr(ledger, "is_much_to_sum", is_much)
        monkeypatch.setattr(ledger, "command_that_sums", lambda: ["sleep", "60"])
        asyncio.run(play())
    assert began == [False, False]
    assert max(in_threads) < usual / 10
    assert usual in turns
    summing = ledger.summing
    ledger.close()
    assert summing is not None
    assert summing.returncode == -signal.SIGKILL


def test_turns_are_short_while_anything_long_is_at_work_and_as_before_afterwards() -> None:
    usual = sys.getswitchinterval()
    first, second = short_turns(), short_turns()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() < usual / 10
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == usual
