"""What was synced is found again, whatever happened to the process or the disk."""

from __future__ import annotations

import resource
import stat
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING
from kawaraban.audience.readlog import LogIsTakenError, ReadLog
from kawaraban.audience.segments import FORGOTTEN, MARK, PACKED, START_BYTES, SUMMED
from kawaraban.audience.shapes import Attended, Counted, Dropped, Withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read(number: int, *, at: float = MORNING, story: str = "") -> Counted:
    return Counted(at + number / 1000, story or f"s{number % 7}", number + 1, "search", "phone")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ReadLog]:
    log = ReadLog(tmp_path / "log")
    yield log
    log.close()


def the_file(log: ReadLog) -> Path:
    (path,) = log._directory.glob("*.reads")
    return path


def test_what_was_appended_is_read_again_in_order_and_in_full(log: ReadLog) -> None:
    reads = [read(number) for number in range(500)]
    log.append(reads[:200], [Dropped(MORNING, "bot", 3)])
    log.append(reads[200:], [])
    assert list(log.reads()) == reads
    (segment,) = log.segments()
    assert list(segment.dropped()) == [Dropped(MORNING, "bot", 3)]


def test_reads_lie_in_the_file_of_their_own_hour(log: ReadLog) -> None:
    log.append([read(0), read(0, at=MORNING - 3600), read(0, at=MORNING - 9 * 3600)], [])
    assert len(log.hours()) == 3
    assert [segment.hour for segment in log.segments(MORNING - 3600, MORNING)] == [MORNING - 3600, MORNING]
    assert len(list(log.reads(MORNING - 4000))) == 2


@pytest.mark.parametrize("lost", [1, 5, 17, 20, 40])
def test_a_torn_tail_is_cut_off_and_what_came_before_stays(log: ReadLog, lost: int) -> None:
    log.append([read(1)], [])
    log.append([read(2)], [])
    log.close()
    path = the_file(log)
    path.write_bytes(path.read_bytes()[:-lost])
    assert list(log.reads()) == [read(1)]
    log.append([read(3), read(2)], [])
    assert list(log.reads()) == [read(1), read(3), read(2)]


def test_a_false_byte_ends_what_is_believed(log: ReadLog) -> None:
    log.append([read(1)], [])
    log.append([read(2)], [])
    log.close()
    path = the_file(log)
    data = bytearray(path.read_bytes())
    data[-3] ^= 0xFF
    path.write_bytes(bytes(data))
    assert list(log.reads()) == [read(1)]


def test_a_disk_that_takes_no_more_leaves_no_trace_of_what_was_refused(log: ReadLog) -> None:
    log.append([read(1)], [])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (the_file(log).stat().st_size + 30, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            log.append([read(number) for number in range(100)], [])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(log.reads()) == [read(1)]
    log.append([read(2)], [])
    assert list(log.reads()) == [read(1), read(2)]


def test_two_processes_cannot_write_the_same_log(log: ReadLog) -> None:
    log.append([read(1)], [])
    with pytest.raises(LogIsTakenError, match="stop it first"):
        ReadLog(log._directory).append([read(2)], [])


def test_an_hour_that_is_over_is_packed_and_says_the_same(log: ReadLog) -> None:
    for number in range(300):
        log.append([read(number)], [Dropped(MORNING + number / 1000, "bot", 1)])
    before = list(log.reads())
    size = the_file(log).stat().st_size
    assert log.upkeep(MORNING + 3600) == 0
    assert log.upkeep(MORNING + 3600 + 301) == 1
    assert log.upkeep(MORNING + 3600 + 301) == 0
    assert list(log.reads()) == before
    (segment,) = log.segments()
    assert (segment.state, list(segment.dropped())) == (PACKED, [Dropped(MORNING, "bot", 300)])
    assert the_file(log).stat().st_size < size / 2


def test_visitors_are_forgotten_with_their_days_salt(log: ReadLog) -> None:
    log.append([read(1), read(2)], [])
    midnight = MORNING - MORNING % 86400
    log.upkeep(midnight + 2 * 86400 - 1)
    assert [one.visitor for one in log.reads()] == [2, 3]
    log.upkeep(midnight + 2 * 86400)
    assert [(one.story, one.at, one.visitor) for one in log.reads()] == [("s1", read(1).at, 0), ("s2", read(2).at, 0)]
    log.append([read(3)], [])
    assert [one.visitor for one in log.reads()] == [0, 0, 0]
    assert the_file(log).read_bytes()[len(MARK) : START_BYTES] == FORGOTTEN


def test_a_packed_read_takes_less_than_twenty_bytes(log: ReadLog) -> None:
    for first in range(0, 10_000, 100):
        log.append([read(number) for number in range(first, first + 100)], [])
    log.upkeep(MORNING + 2 * 86400)
    assert the_file(log).stat().st_size / 10_000 < 10


def test_only_the_owner_may_read_the_files(log: ReadLog) -> None:
    log.append([read(1)], [])
    assert stat.S_IMODE(the_file(log).stat().st_mode) == 0o600
    log.upkeep(MORNING + 2 * 86400)
    assert stat.S_IMODE(the_file(log).stat().st_mode) == 0o600


DAY = 86400


def told(number: int, *, seconds: int = 30, at: float = MORNING) -> Attended:
    return Attended(at + number / 1000, f"s{number % 7}", 1000 + number, seconds, 0, number % 5, first=True)


def test_what_a_leaving_added_is_read_again_and_its_key_is_forgotten_with_the_hour(log: ReadLog) -> None:
    rows = [told(number) for number in range(300)]
    log.append([read(1)], [], rows)
    (segment,) = log.segments()
    assert list(segment.attention()) == rows
    log.upkeep(MORNING + 7200)
    (segment,) = log.segments()
    assert [(one.story, one.seconds, one.depth, one.first) for one in segment.attention()] == [
        (one.story, one.seconds, one.depth, one.first) for one in rows
    ]
    assert {(one.key, one.at) for one in segment.attention()} == {(0, MORNING)}
    assert [one.visitor for one in segment.counted()] == [2]


def test_after_its_days_an_hour_is_summed_up_and_nothing_of_its_counts_changes(tmp_path: Path) -> None:
    log = ReadLog(tmp_path / "log", keep_days=30)
    reads = [
        Counted(MORNING + n / 10, f"s{n % 7}", n + 1, ("search", "direct")[n % 2], ("phone", "tablet")[n % 3 % 2]) for n in range(5000)
    ]  # type: ignore[arg-type]
    log.append(reads, [Dropped(MORNING, "bot", 3), Dropped(MORNING + 90, "bot", 4)], [told(number, seconds=60_000) for number in range(50)])
    log.upkeep(MORNING + 29 * DAY)
    before = the_file(log).stat().st_size
    log.upkeep(MORNING + 31 * DAY)
    assert the_file(log).read_bytes()[len(MARK) : START_BYTES] == SUMMED
    assert the_file(log).stat().st_size < before / 20
    (segment,) = log.segments()

    def classes(rows: list[Counted]) -> list[tuple[str, str, str]]:
        return sorted((one.story, one.source, one.device) for one in rows)

    assert classes(list(segment.counted())) == classes(reads)
    assert {(one.at, one.visitor) for one in segment.counted()} == {(MORNING + 1800, 0)}
    seconds = {}
    for one in segment.attention():
        seconds[one.story] = seconds.get(one.story, 0) + one.seconds
    assert seconds == {f"s{n}": 60_000 * len(range(n, 50, 7)) for n in range(7)}
    assert sum(one.first for one in segment.attention()) == 50
    assert list(segment.dropped()) == [Dropped(MORNING, "bot", 7)]
    # What comes late, as from a replay, is counted beside the sums and remembers nobody.
    log.append([read(9)], [])
    assert len(list(log.reads())) == 5001
    assert {one.visitor for one in log.reads()} == {0}
    assert log.upkeep(MORNING + 32 * DAY) == 0
    log.close()


@pytest.mark.parametrize("hours", [0, 2, 72, 24 * 40])
def test_reads_that_are_withdrawn_leave_an_hour_in_whatever_form_it_is(tmp_path: Path, hours: int) -> None:
    log = ReadLog(tmp_path / "log", keep_days=30)
    log.append([read(number) for number in range(100)], [], [told(1)])
    if hours:
        log.upkeep(MORNING + hours * 3600)
    first = next(iter(log.reads()))
    ms = round((first.at - MORNING) * 1000)
    wanted = [
        Withdrawn(first.story, ms, first.visitor, "tireless"),
        Withdrawn("nothing", 5, 5, "tireless"),
        Withdrawn("s1", 99_999, 5, "repeat"),
    ]
    assert log.withdraw(int(MORNING), wanted) == [first]
    assert log.withdraw(int(MORNING) + 3600, wanted) == []
    (segment,) = log.segments()
    assert (len(segment.reads), [(one.reason, one.count) for one in segment.dropped()]) == (99, [("tireless", 1)])
    log.append([read(200)], [])
    assert len(list(log.reads())) == 100
    assert sum(one.seconds for one in next(iter(log.segments())).attention()) == 30
    log.close()


@pytest.mark.parametrize("meanwhile", ["read", "withdraw"])
def test_an_hour_that_changes_while_it_is_packed_is_packed_another_time(log: ReadLog, meanwhile: str) -> None:
    later = MORNING + 3600 + 301
    log.append([read(number) for number in range(3)], [])
    (hour,) = log.due(later)
    packed = log.rewritten(hour, later)
    if meanwhile == "read":
        log.append([read(9)], [])
    else:
        log.withdraw(hour, [Withdrawn("s0", 0, 1, "bot")])
    known = list(log.reads())
    assert not log.put(packed)
    assert list(log.reads()) == known
    assert len(known) == (4 if meanwhile == "read" else 2)
    assert log.put(log.rewritten(hour, later))
    assert (list(log.reads()), log.due(later), list(log._directory.glob("*.new"))) == (known, [], [])
