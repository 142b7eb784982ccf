"""What was synced is found again, whatever happened to the process or the disk."""

from __future__ import annotations

import resource
import stat
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING
from kawaraban.audience.readlog import LogIsTakenError, ReadLog
from kawaraban.audience.segments import FORGOTTEN, MARK, PACKED, START_BYTES
from kawaraban.audience.shapes import Counted, Dropped

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
