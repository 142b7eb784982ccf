"""Reads taken durably through the collector's socket, against an UPDATE in SQL for each view, in one run on one disk.

    python bench/audience.py [--reads 100000] [--stories 2000] [--large]

The collector is a process of its own and its CPU time is its own; the client's share, which in a site is the reader worker's, is
told apart. ``--large`` adds the ranking of 100,000 stories and the memory that it takes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from kawaraban.audience.client import CollectorClient
from kawaraban.audience.ranking import Rankings
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.segments import READ_ROW, Segment, hour_of
from kawaraban.audience.shapes import PageMessage, RawRead, Snapshot
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Story

RUN = (
    "import asyncio, sys; from pathlib import Path; from kawaraban.audience.collector import run_collector; "
    "asyncio.run(run_collector(*map(Path, sys.argv[1:4])))"
)
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Mobile Safari/537.36"
# So many reads are on their way at once, as from several reader workers.
AT_ONCE = 512
SQL_SECONDS = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reads", type=int, default=100_000)
    parser.add_argument("--stories", type=int, default=2000)
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        sync = sync_seconds(Path(directory))
        print(f"fdatasync of a small write on this disk: {sync * 1000:.2f} ms")
        sql, sql_cpu = update_per_view(Path(directory), arguments.stories)
        print(f"UPDATE per view, SQLite FULL: {sql:8,.0f} reads/s   {sql_cpu * 1e6:6.1f} µs CPU a read")
        rate, cpu, client_cpu, waited = asyncio.run(through_the_socket(Path(directory), arguments.reads, arguments.stories))
        print(
            f"collector, all steps, durable: {rate:7,.0f} reads/s   {cpu * 1e6:6.1f} µs CPU a read, and {client_cpu * 1e6:.1f} in the client"
        )
        print(f"answered within: p50 {waited[0] * 1000:.1f} ms, p99 {waited[1] * 1000:.1f} ms with {AT_ONCE} on their way")
        print(f"ratio: {rate / sql:.1f} in reads/s, {sql_cpu / cpu:.1f} in CPU time")
    if arguments.large:
        large()


def sync_seconds(directory: Path) -> float:
    number = os.open(directory / "sync", os.O_WRONLY | os.O_CREAT)
    started = time.perf_counter()
    for _ in range(200):
        os.write(number, b"x" * 200)
        os.fdatasync(number)
    os.close(number)
    return (time.perf_counter() - started) / 200


def update_per_view(directory: Path, stories: int) -> tuple[float, float]:
    """Return views/s and CPU seconds a view of the way in which a blog's counter is usually kept."""
    db = sqlite3.connect(directory / "views.sqlite3", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE views (story TEXT PRIMARY KEY, views INTEGER NOT NULL DEFAULT 0)")
    db.executemany("INSERT INTO views (story) VALUES (?)", [(f"s{number}",) for number in range(stories)])
    dice = random.Random(1)
    started, cpu, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - started < SQL_SECONDS:
        db.execute("UPDATE views SET views = views + 1 WHERE story = ?", (f"s{dice.randrange(stories)}",))
        count += 1
    passed, cpu = time.perf_counter() - started, time.process_time() - cpu
    db.close()
    return count / passed, cpu / count


async def through_the_socket(directory: Path, reads: int, stories: int) -> tuple[float, float, float, tuple[float, float]]:
    """Return reads/s, CPU seconds a read of the collector and of the client, and how long answers took (p50, p99)."""
    socket, reads_dir, sheets = directory / "c.sock", directory / "reads", directory / "sheets.sqlite3"
    log = SheetLog(sheets, writable=True)
    log.append(Change(Kind.STORY, f"s{number}", a_story(number)) for number in range(stories))
    log.close()
    key = load_or_make_key(reads_dir / "token.key")
    process = subprocess.Popen([sys.executable, "-c", RUN, str(socket), str(reads_dir), str(sheets)])  # noqa: ASYNC220 - nothing is measured yet
    client = CollectorClient(socket)
    client.start()
    while client.snapshot.version == 0:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    raws = iter(made_reads(reads, stories, key))
    waited: list[float] = []
    kept = 0

    async def reader() -> None:
        nonlocal kept
        for raw in raws:
            begun = time.perf_counter()
            outcome = await client.take(raw)
            waited.append(time.perf_counter() - begun)
            kept += outcome.kept

    before, own_before, started = cpu_seconds(process.pid), time.process_time(), time.perf_counter()
    await asyncio.gather(*(reader() for _ in range(AT_ONCE)))
    passed, cpu, own = time.perf_counter() - started, cpu_seconds(process.pid) - before, time.process_time() - own_before
    await client.stop()
    process.kill()
    process.wait()
    on_disk = sum(1 for _ in ReadLog(reads_dir / "log").reads())
    assert on_disk == kept, (on_disk, kept)
    print(
        f"({kept:,} of {reads:,} counted, the others dropped as repeats; {size_of(reads_dir / 'log') / kept:.1f} bytes a read before packing)"
    )
    return reads / passed, cpu / reads, own / reads, (float(np.percentile(waited, 50)), float(np.percentile(waited, 99)))


def made_reads(reads: int, stories: int, key: bytes) -> list[RawRead]:
    """Readers all over the network, a heavy tail of stories."""
    dice = np.random.default_rng(1)
    chosen = np.minimum(dice.pareto(0.8, reads) * 3, stories - 1).astype(int)
    tokens = {number: read_token(key, f"s{number}") for number in range(stories)}
    return [
        RawRead(
            page=PageMessage(story=f"s{story}", token=tokens[story], referrer="https://www.google.com/", visible_ms=4000),
            at=time.time(),
            address=f"{1 + number % 200}.{number // 200 % 250}.{number // 50_000 % 250}.7",
            user_agent=PHONE.format(100 + number % 50),
            accept_language="ja",
        )
        for number, story in enumerate(chosen.tolist())
    ]


def large() -> None:
    """100,000 stories, 10^8 reads in 30 days: what ranking costs, and what it takes in memory."""
    stories, reads = 100_000, 100_000_000
    now = float(hour_of(time.time())) + 1800
    before = resident()
    rankings = Rankings()
    for number in range(stories):
        rankings.stand(f"s{number}", a_story(number, published_at=now - number * 26))
    rankings.advance(now)
    names = [f"s{number}" for number in range(stories)]
    dice = np.random.default_rng(2)
    started = time.perf_counter()
    hours = 30 * 24
    for hour in range(hours - 1, -1, -1):
        rows = np.zeros(reads // hours, READ_ROW)
        # Half of the reads go to the two thousand newest, the others to anything.
        rows["story"] = np.where(
            dice.random(len(rows)) < 0.5,
            np.minimum(dice.pareto(0.8, len(rows)) * 3, 2000).astype(int) + hour * 138,
            dice.integers(0, stories, len(rows)),
        ).clip(0, stories - 1)
        rows["ms"] = dice.integers(0, 3_600_000 if hour else 1_800_000, len(rows))
        rankings.add_segment(Segment(hour_of(now) - hour * 3600, b"2", names, rows, np.zeros(0)))
    rankings.advance(now)
    print(f"{reads:,} reads of {stories:,} stories entered in {time.perf_counter() - started:.0f} s; {resident() - before:.0f} MB")
    took = []
    for second in range(20):
        started = time.perf_counter()
        rankings.advance(now + second)
        snapshot = Snapshot(1, now, {})
        lists = dict(rankings.lists(now + second))
        took.append(time.perf_counter() - started)
        assert len(lists["24h/all/all"]) == 100
    print(f"all {len(lists)} lists of 100 rows: {np.median(took) * 1000:.0f} ms (at most once a second); {snapshot.version} snapshot")


def a_story(number: int, published_at: float = 0.0) -> Story:
    return Story(
        id=f"s{number}",
        url=f"/s{number}",
        title="題",
        section=f"section{number % 10}",
        section_name="",
        language=("ja", "ja", "ja", "ko", "en")[number % 5],  # type: ignore[arg-type]
        published_at=published_at or 1.7e9 + number,
        updated_at=0.0,
    )


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def size_of(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.glob("*.reads"))


if __name__ == "__main__":
    main()
