"""A node's outbox, and what the newsroom's log makes of what is handed on: each number once, whatever is killed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, publish, story
from kawaraban.audience.collector import Collector
from kawaraban.audience.outbox import Outbox
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import Counted, Dropped, Handed
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HOUR, DAY = 3600, 86400


def read(number: int, at: float = MORNING) -> Counted:
    return Counted(at + number, f"story-{number % 5}", 1000 + number, "direct", "phone")


def put(outbox: Outbox, *reads: Counted) -> None:
    with outbox.written(reads, [Dropped(reads[0].at, "bot", 2)]):
        pass


def numbers(handed: list[Handed]) -> list[int]:
    return [one.number for one in handed]


def test_the_lowest_number_is_that_of_the_first_record_that_is_still_there(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    assert outbox.first == 1
    put(outbox, read(0))
    put(outbox, read(1))
    assert outbox.first == 1
    outbox.let_go(2)
    assert outbox.first == (outbox.after(0, 10**9) or [Handed(3, (), ())])[0].number


def test_what_is_written_is_told_in_order_and_after_a_restart_too(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in range(20):
        put(outbox, read(number))
    told = outbox.after(0, 10**9)
    assert numbers(told) == list(range(1, 21))
    assert told[7] == Handed(8, (read(7),), (Dropped(MORNING + 7, "bot", 2),))
    assert numbers(outbox.after(18, 10**9)) == [19, 20]
    assert numbers(outbox.after(3, 1)) == [4]
    outbox.close()
    again = Outbox(tmp_path)
    assert again.node == outbox.node
    put(again, read(20))
    assert numbers(again.after(0, 10**9)) == list(range(1, 22))


def test_reads_of_two_hours_are_two_records(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    put(outbox, read(0), read(0, MORNING + HOUR))
    assert [len(handed.reads) for handed in outbox.after(0, 10**9)] == [1, 1]


def test_what_the_nodes_own_log_could_not_take_is_told_to_nobody(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    put(outbox, read(0))
    with pytest.raises(OSError, match="full"), outbox.written([read(1)], []):
        raise OSError("full")
    assert numbers(outbox.after(0, 10**9)) == [1]
    put(outbox, read(2))
    outbox.close()
    told = Outbox(tmp_path).after(0, 10**9)
    assert [handed.reads[0] for handed in told] == [read(0), read(2)]
    assert numbers(told) == [1, 2]


@pytest.mark.parametrize("lost", [1, 5, 30])
def test_a_torn_end_was_not_answered_and_its_number_is_given_again(tmp_path: Path, lost: int) -> None:
    outbox = Outbox(tmp_path)
    put(outbox, read(0))
    put(outbox, read(1))
    outbox.close()
    (file,) = tmp_path.glob("*.out")
    file.write_bytes(file.read_bytes()[:-lost])
    again = Outbox(tmp_path)
    assert numbers(again.after(0, 10**9)) == [1]
    put(again, read(2))
    assert [handed.reads[0] for handed in again.after(0, 10**9)] == [read(0), read(2)]


def test_what_the_newsroom_has_is_let_go_of(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in range(6):
        put(outbox, read(number))
        outbox.close()  # a file each
    outbox.let_go(4)
    assert numbers(outbox.after(0, 10**9)) == [5, 6]
    outbox.let_go(6)
    assert Outbox(tmp_path).last == 6


def test_nobody_is_known_any_more_in_what_is_older_than_yesterday(tmp_path: Path) -> None:
    import os

    outbox = Outbox(tmp_path)
    put(outbox, read(0))
    os.utime(next(tmp_path.glob("*.out")), (MORNING, MORNING))
    outbox.forget(MORNING + DAY)
    assert outbox.after(0, 10**9)[0].reads[0].visitor == 1000
    outbox.forget(MORNING + 2 * DAY)
    (told,) = outbox.after(0, 10**9)
    assert told.reads[0] == Counted(MORNING, "story-0", 0, "direct", "phone")
    put(outbox, read(1))
    assert numbers(outbox.after(0, 10**9)) == [1, 2]


def handed(number: int, at: float = MORNING) -> Handed:
    return Handed(number, (read(number, at), read(number + 50, at)), (Dropped(at, "bot", 3),))


def recalled(directory: Path, now: float = MORNING) -> ReadLog:
    log = ReadLog(directory)
    log.take()
    log.recall_places()
    for segment in log.segments():
        for node, number in segment.places.items():
            log.places[node] = max(number, log.places.get(node, 0))
    return log


def test_what_is_handed_on_lies_in_the_log_with_its_place_and_stays_known_when_its_hour_is_packed(tmp_path: Path) -> None:
    log = ReadLog(tmp_path)
    log.append_handed("harbour", [handed(1), handed(2), handed(3, MORNING + HOUR)])
    log.append_handed("hill", [handed(1)])
    log.close()
    log = recalled(tmp_path)
    assert log.places == {"harbour": 3, "hill": 1}
    assert len(list(log.reads())) == 8
    assert [drop.count for segment in log.segments() for drop in segment.dropped()] == [3, 3, 3, 3]
    log.upkeep(MORNING + 3 * HOUR)
    log.upkeep(MORNING + 3 * DAY)
    log.close()
    log = recalled(tmp_path)
    assert log.places == {"harbour": 3, "hill": 1}
    assert {one.visitor for one in log.reads()} == {0}
    assert len(list(log.reads())) == 8


@pytest.mark.parametrize("lost", [1, 20, 60, 110])
def test_a_torn_write_loses_reads_and_place_together(tmp_path: Path, lost: int) -> None:
    log = ReadLog(tmp_path)
    log.append_handed("harbour", [handed(1)])
    log.append_handed("harbour", [handed(2)])
    log.close()
    (file,) = tmp_path.glob("*.reads")
    file.write_bytes(file.read_bytes()[:-lost])
    log = recalled(tmp_path)
    assert len(list(log.reads())) == 2 * log.places.get("harbour", 0)


# ------------------------------------------------------------------ the newsroom's end


def run_of(first: int, last: int) -> list[Handed]:
    return [Handed(number, (Counted(MORNING, f"s{number}", number, "direct", "phone"),), ()) for number in range(first, last + 1)]


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    sheets = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    publish(sheets, *[story(f"s{number}") for number in range(20)])
    collector = Collector(tmp_path / "reads", sheets.path)
    collector.ledger.recall(MORNING)
    yield collector
    collector.ledger.close()


def ranked(collector: Collector) -> set[str]:
    return {row.story for row in collector.ledger.snapshot(MORNING, collector.snapshot)[0].ranking("24h").rows if row.reads}


def test_what_is_being_written_when_the_bus_goes_is_counted_once(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    write = collector.ledger.write_handed
    written: list[int] = []

    def slowly(node: str, ones: Sequence[Handed]) -> None:
        time.sleep(0.1)
        write(node, ones)
        written.extend(numbers(list(ones)))

    monkeypatch.setattr(collector.ledger, "write_handed", slowly)

    async def play() -> int:
        gone = asyncio.create_task(collector.merge("node", run_of(1, 3)))
        await asyncio.sleep(0.02)
        gone.cancel()
        # It is there again before the disk has done.
        return await collector.merge("node", run_of(1, 4))

    assert asyncio.run(play()) == 4
    assert written == [1, 2, 3, 4]
    assert ranked(collector) == {"s1", "s2", "s3", "s4"}


def test_what_was_written_before_the_disk_failed_is_counted(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(node: str, ones: Sequence[Handed]) -> None:
        collector.ledger.log.append_handed(node, ones[:2])
        raise OSError("full")

    with monkeypatch.context() as patched:
        patched.setattr(collector.ledger, "write_handed", half)
        with pytest.raises(OSError, match="full"):
            asyncio.run(collector.merge("node", run_of(1, 3)))
    assert ranked(collector) == {"s1", "s2"}


def test_a_restored_newsroom_does_not_wait_for_what_nobody_has_any_more(collector: Collector) -> None:
    async def play() -> list[int]:
        await collector.merge("node", run_of(1, 2))
        return [await collector.merge("node", run_of(6, 7)), await collector.merge("node", run_of(6, 7), 5)]

    # The node still has 5; 3 and 4 are lost.
    assert asyncio.run(play()) == [2, 4]
    assert asyncio.run(collector.merge("node", run_of(5, 7), 5)) == 7
    assert ranked(collector) == {"s1", "s2", "s5", "s6", "s7"}
