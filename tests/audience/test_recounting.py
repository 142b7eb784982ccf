"""Stored reads judged again: who was found out later leaves every count, and nobody else does."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.cast import MORNING, story
from audience.crashing import Site
from kawaraban.audience.client import CollectorClient, SyncCollectorClient
from kawaraban.audience.days import days_of
from kawaraban.audience.ledger import Ledger
from kawaraban.audience.ranking import Rankings
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.recounting import Recount, recount
from kawaraban.audience.shapes import WINDOWS, Counted, Keeping
from kawaraban.audience.steps import REPEAT_SECONDS, VISITOR_A_MINUTE
from kawaraban.project.cli import cli

if TYPE_CHECKING:
    import pytest

    from audience.cast import Newspaper

HOUR = 3600


def read(second: float, name: str, visitor: int) -> Counted:
    return Counted(MORNING + second, name, visitor, "direct", "phone")


def judged(log: ReadLog, since: float = MORNING - HOUR) -> Recount:
    return recount(log, since, lambda hour, reads: len(log.withdraw(hour, reads)))


@settings(max_examples=300, deadline=None)
@given(
    reads=st.lists(
        st.tuples(
            st.one_of(st.integers(0, 2 * HOUR * 10), st.sampled_from([0, 9_000, 18_000, 36_000])), st.sampled_from("abc"), st.integers(0, 3)
        ),
        max_size=80,
    ),
    packed=st.booleans(),
)
def test_what_is_kept_is_what_the_rule_of_repeats_keeps(*, reads: list[tuple[int, str, int]], packed: bool) -> None:
    """Whatever was stored, in whatever order it came: held to the rule itself, read by read. Visitor 0 has been forgotten."""
    rows = [read(tenth / 10, name, visitor) for tenth, name, visitor in reads]
    kept, last = [], {}
    for row in sorted(rows, key=lambda row: row.at):
        key = row.visitor, row.story
        if row.visitor and key in last and row.at - last[key] < REPEAT_SECONDS:
            continue
        last[key] = row.at
        kept.append(row)
    with tempfile.TemporaryDirectory() as directory:
        log = ReadLog(Path(directory))
        log.append(rows, [])
        if packed:
            log.upkeep(MORNING + 4 * HOUR)
        outcome = judged(log)
        assert outcome.withdrawn.get("repeat", 0) == len(rows) - len(kept)
        assert sorted((row.at, row.story, row.visitor) for row in log.reads()) == sorted((row.at, row.story, row.visitor) for row in kept)
        # Asked again there is nothing left to find.
        assert judged(log).withdrawn == {}
        log.close()


def test_who_opened_more_than_forty_stories_a_minute_keeps_forty(tmp_path: Path) -> None:
    log = ReadLog(tmp_path)
    log.append([read(n / 2, f"s{n}", 7) for n in range(100)] + [read(n * 30, f"s{n}", 8) for n in range(100)], [])
    assert judged(log).withdrawn == {"too-fast": 100 - VISITOR_A_MINUTE}
    log.close()


def test_who_never_tires_leaves_altogether_also_from_hours_when_nobody_could_know(tmp_path: Path) -> None:
    log = ReadLog(tmp_path)
    begin = MORNING - MORNING % 86400 + HOUR
    for hour in range(20):
        at = begin + hour * HOUR
        log.append([Counted(at + n * 60, f"s{hour}-{n}", 7, "direct", "desktop") for n in range(30)], [])
        log.append([Counted(at + n * 60, f"s{hour}-{n}", 8, "direct", "phone") for n in range(20)], [])
    outcome = judged(log, begin)
    assert (outcome.withdrawn, outcome.hours, outcome.reads) == ({"tireless": 600}, 20, 1000)
    assert {row.visitor for row in log.reads()} == {8}
    log.close()


def test_a_crowd_behind_one_address_stays_as_it_was_judged(tmp_path: Path) -> None:
    dice = random.Random(4)
    names = [f"s{n}" for n in range(100)]
    weights = [1 / (n + 1) for n in range(100)]
    log = ReadLog(tmp_path)
    log.append([read(n * 0.9, dice.choices(names, weights)[0], 7) for n in range(3900)], [])
    assert judged(log).withdrawn == {}
    log.close()


def test_only_reads_from_the_moment_on_are_judged(tmp_path: Path) -> None:
    log = ReadLog(tmp_path)
    log.append([read(0, "a", 7), read(60, "a", 7), read(120, "a", 7)], [])
    assert judged(log, MORNING + 90).withdrawn == {"repeat": 1}
    assert [row.at - MORNING for row in log.reads()] == [0, 60]
    log.close()


def test_what_leaves_while_no_collector_runs_leaves_the_sums_by_the_day_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path))
    reads_dir, later = tmp_path / "reads", MORNING + 9 * 86400

    def summed(ledger: Ledger) -> int:
        return sum(day.reads for day in days_of(ledger.log, reads_dir, "a", timezone="Asia/Tokyo", now=later))

    reads_dir.mkdir()
    ledger = Ledger(reads_dir, None, keeping=Keeping(0, "Asia/Tokyo"))
    ledger.log.append([read(n, "a", 7) for n in range(20)], [])
    ledger.upkeep(MORNING + 3 * HOUR)
    assert summed(ledger) == 20
    ledger.close()
    told = CliRunner().invoke(cli, ["audience", "recount", "--since", "2025-11-25T00:00:00Z", "--json"])
    assert '"withdrawn": {"repeat": 19}' in told.output
    # Whoever goes on counting finds the hour to be summed anew.
    ledger = Ledger(reads_dir, None, keeping=Keeping(0, "Asia/Tokyo"))
    ledger.upkeep(MORNING + 3 * HOUR)
    assert (summed(ledger), len(list(ledger.log.reads()))) == (1, 1)
    ledger.close()


def test_what_leaves_the_log_leaves_every_window_at_once_as_a_count_from_the_log_says(newspaper: Newspaper) -> None:
    newspaper.publish(*(story(f"s{n}") for n in range(30)))
    for n in range(300):
        newspaper.read(f"s{n % 30}", at=MORNING + n * 20, address=f"203.0.{n % 7}.{n % 40}")
    ledger, now = newspaper.ledger, MORNING + 6100
    log = ledger.log
    extra = [Counted(MORNING + 5 + n / 10, f"s{n % 3}", 99, "social", "desktop") for n in range(200)]
    log.append(extra, [])
    for row in extra:
        ledger.rankings.add(row)
        ledger.tally.count(row)
    before = sum(ledger.rankings.reads(f"s{n}", "24h") for n in range(30))

    def withdraw(hour: int, reads: list) -> int:
        gone = log.withdraw(hour, reads)
        ledger.leave(gone, hour, reads)
        return len(gone)

    outcome = recount(log, MORNING, withdraw)
    left = sum(outcome.withdrawn.values())
    assert left > 190
    # The screen tells them among what was dropped, without a restart.
    assert {one.name: one.count for one in ledger.report(now).dropped} == dict(outcome.withdrawn)
    ledger.rankings.advance(now)
    fresh = Rankings()
    fresh.advance(now)
    for name, known in ledger.shelf.stories.items():
        fresh.stand(name, known)
    for segment in log.segments():
        fresh.add_segment(segment)
    for window in WINDOWS:
        for n in range(30):
            assert abs(ledger.rankings.score(f"s{n}", window, now) - fresh.score(f"s{n}", window, now)) < 0.002
    report = ledger.report(now)
    assert report.reads_day == before - left
    assert {one.name: one.count for one in report.sources}.get("social", 0) <= 3


def test_a_running_collector_lets_them_leave_and_goes_on(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.start()

    async def play() -> None:
        client = CollectorClient(site.socket)
        await client.start()
        while client.snapshot.version == 0:
            await asyncio.sleep(0.02)
        for number in range(120):
            await client.take(site.raw(number, f"s{number % 40}"))
        rows = list(ReadLog(site.reads / "log").reads())
        door = SyncCollectorClient(site.socket, timeout=20)

        def all_of_s1(hour: int, _: list) -> int:
            from kawaraban.audience.segments import hour_of
            from kawaraban.audience.shapes import Withdrawn

            ours = [
                Withdrawn(r.story, round((r.at - hour) * 1000), r.visitor, "tireless")
                for r in rows
                if r.story == "s1" and hour_of(r.at) == hour
            ]
            gone = door.withdraw(hour, ours)
            assert gone is not None
            return gone

        hours = sorted({int(row.at // HOUR) * HOUR for row in rows})
        assert sum([await asyncio.to_thread(all_of_s1, hour, []) for hour in hours]) == 3
        assert (await client.take(site.raw(500, "s2"))).kept
        for _ in range(200):
            shown = {row.story: row.reads for row in client.snapshot.ranking("24h").rows if not row.filled}
            if "s1" not in shown and shown.get("s2") == 4:
                break
            await asyncio.sleep(0.05)
        assert "s1" not in shown
        assert shown["s2"] == 4
        assert site.counted().get("s1") is None
        # Killed and started again it knows the same.
        await client.stop()

    try:
        asyncio.run(play())
    finally:
        site.kill()
