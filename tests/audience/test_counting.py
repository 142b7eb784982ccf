"""Counting: what was acknowledged is on disk and counted once, whatever is killed; totals equal a recount."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from audience.test_steps import PHONE
from conftest import until
from delivery.world import story_facts
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.audience.client import CollectorClient, ask_report, last_snapshot
from kawaraban.audience.ranking import SPANS, Rankings
from kawaraban.audience.readlog import ReadLog, total
from kawaraban.audience.shapes import Counted, Dropped, NotDurableError, PageMessage, RawRead
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind

RUN = "import sys, asyncio; from pathlib import Path; from kawaraban.audience.collector import run_collector;"
RUN += "asyncio.run(run_collector(*(Path(word) for word in sys.argv[1:4])))"


@pytest.fixture
def place(tmp_path):
    """A sheet log with twenty stories, and where the collector works."""
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    stories = [story_facts(f"s{number}", published_at=time.time() - number * 60) for number in range(20)]
    log.append(Change(Kind.STORY, facts.id, facts) for facts in stories)
    log.close()
    return tmp_path


def start(place: Path, limit_bytes: int | None = None) -> subprocess.Popen:
    def bound() -> None:
        if limit_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    arguments = [sys.executable, "-c", RUN, str(place / "c.sock"), str(place / "reads"), str(place / "sheets.sqlite3")]
    process = subprocess.Popen(arguments, env=os.environ, preexec_fn=bound)  # noqa: PLW1509 - a single thread
    until(lambda: ask_report(place / "c.sock"), 20)
    return process


def raw(place: Path, story: str, visitor: int) -> RawRead:
    key = load_or_make_key(place / "reads" / "token.key")
    page = PageMessage(story=story, token=read_token(key, story))
    address = f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}"
    return RawRead(page=page, at=time.time(), address=address, user_agent=f"{PHONE} {visitor}", accept_language="ja")


async def send(place: Path, reads) -> list[str]:
    """Send reads over one connection; return which stories were acknowledged as counted."""
    client = CollectorClient(place / "c.sock")
    client.start()
    await asyncio.sleep(0.1)
    acknowledged: list[str] = []

    async def one(read: RawRead) -> None:
        try:
            outcome = await client.take(read)
        except NotDurableError:
            return
        if outcome.reason is None:
            acknowledged.append(read.page.story)

    await asyncio.gather(*(one(read) for read in reads))
    await client.stop()
    return acknowledged


def test_kill_nine_under_load_loses_and_doubles_nothing(place):
    counted: list[str] = []
    for round_ in range(3):
        process = start(place)
        reads = [raw(place, f"s{number % 20}", round_ * 100_000 + number) for number in range(6000)]

        async def load(process=process, reads=reads) -> list[str]:
            asyncio.get_running_loop().call_later(0.5, process.kill)
            return await send(place, reads)

        counted += asyncio.run(load())
        process.wait(10)
    on_disk = total(ReadLog(place / "reads" / "log").reads())
    acknowledged = {name: counted.count(name) for name in set(counted)}
    # What was written but not acknowledged may be there too; what was acknowledged must.
    assert counted
    assert all(on_disk.get(name, 0) >= count for name, count in acknowledged.items())
    keys = [(read.visitor, read.story) for read in ReadLog(place / "reads" / "log").reads()]
    assert len(keys) == len(set(keys))


def test_repeats_and_rankings_hold_across_a_restart(place):
    process = start(place)
    assert len(asyncio.run(send(place, [raw(place, "s3", 1), raw(place, "s3", 2), raw(place, "s5", 1)]))) == 3
    process.kill()
    process.wait(10)
    process = start(place)
    try:
        assert asyncio.run(send(place, [raw(place, "s3", 1)])) == []
        snapshot = until(lambda: (found := last_snapshot(place / "reads")) and found.ranking("1h").rows and found, 5)
        assert [(row.story, row.score) for row in snapshot.ranking("24h", "politics", "ja").rows[:2]] == [("s3", 2.0), ("s5", 1.0)]
        report = ask_report(place / "c.sock")
        assert report is not None
        assert (report.reads_hour, dict(report.dropped)) == (3, {"repeat": 1})
    finally:
        process.kill()
        process.wait(10)


def test_a_list_that_is_short_of_reads_is_filled_with_the_newest_and_says_so(place):
    process = start(place)
    try:
        snapshot = until(lambda: last_snapshot(place / "reads"), 5)
        rows = snapshot.ranking("24h").rows
        assert len(rows) == 20
        assert all(row.filled for row in rows)
        assert rows[0].story == "s0"
    finally:
        process.kill()
        process.wait(10)


def test_a_full_disk_is_told_and_counts_nothing(place):
    load_or_make_key(place / "reads" / "token.key")
    process = start(place, limit_bytes=70_000)
    try:
        reads = [raw(place, f"s{number % 20}", number) for number in range(3000)]
        acknowledged = asyncio.run(send(place, reads))
        on_disk = sum(total(ReadLog(place / "reads" / "log").reads()).values())
        assert 0 < len(acknowledged) < 3000
        assert on_disk == len(acknowledged)
    finally:
        process.kill()
        process.wait(10)


def test_a_torn_tail_is_cut_off_and_the_rest_stays(tmp_path):
    log = ReadLog(tmp_path)
    log.append([Counted(1000.0, "a", b"v", "direct", "phone")], [Dropped(1000.0, "bot", 3)], 1000.0)
    log.close()
    (file,) = tmp_path.glob("*.reads")
    whole = file.read_bytes()
    for cut in range(1, 20):
        file.write_bytes(whole + whole[:cut])
        again = ReadLog(tmp_path)
        again.append([Counted(1001.0, "b", b"w", "direct", "phone")], [], 1000.0)
        again.close()
        assert [read.story for read in again.reads()] == ["a", "b"]


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 40 * 86400.0)), max_size=60), st.floats(31 * 86400.0, 41 * 86400.0))
def test_running_totals_equal_a_recount(reads, now):
    rankings = Rankings()
    rankings.set_stories({f"s{number}": story_facts(f"s{number}") for number in range(5)})
    records = [Counted(at, f"s{number}", b"", "direct", "phone") for number, at in reads if at <= now]
    rankings.add_all(records, now)
    rankings.expire(now)
    for window, (length, grain) in SPANS.items():
        for story in range(5):
            # A minute or an hour leaves as a whole, when its last second has left the window.
            exact = sum(
                record.story == f"s{story}" and (int(record.at) // grain + 1) * grain > now - length and record.at > now - length
                for record in records
            )
            assert rankings.count(f"s{story}", window) == exact
