"""A collector as a process of its own, which can be killed at any moment, and a client that remembers what was acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from audience.cast import PHONE, publish, story
from kawaraban.audience.client import CollectorClient
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import NotDurableError, PageMessage, RawRead
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import asyncio, sys; from pathlib import Path; from kawaraban.audience.collector import run_collector; asyncio.run(run_collector(*map(Path, sys.argv[1:4])))"
STORIES = [f"s{number}" for number in range(40)]


class Site:
    """The paths of a site, and its collector."""

    def __init__(self, directory: Path) -> None:
        self.socket, self.reads, self.sheets = directory / "c.sock", directory / "reads", directory / "sheets.sqlite3"
        log = SheetLog(self.sheets, writable=True)
        publish(log, *(story(name) for name in STORIES))
        log.close()
        self.key = load_or_make_key(self.reads / "token.key")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        arguments = [sys.executable, "-c", RUN, str(self.socket), str(self.reads), str(self.sheets)]
        self.process = subprocess.Popen(arguments, env=environment)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def raw(self, visitor: int, name: str) -> RawRead:
        # Private addresses, each its own network: nothing here is to be taken for a flood.
        address = f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}"
        return RawRead(page=PageMessage(story=name, token=read_token(self.key, name)), at=time.time(), address=address, user_agent=PHONE)

    def counted(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for read in ReadLog(self.reads / "log").reads():
            counts[read.story] = counts.get(read.story, 0) + 1
        return counts


async def acknowledged_until_killed(
    site: Site, dice: random.Random, first_visitor: int, seconds: float
) -> tuple[dict[int, str], dict[int, str]]:
    """Send reads, kill the collector under load; return the acknowledged reads and those that were refused, by visitor."""
    client = CollectorClient(site.socket)
    await client.start()
    while client.snapshot.version == 0:
        await asyncio.sleep(0.02)
    taken: dict[int, str] = {}
    refused: dict[int, str] = {}

    async def send(visitor: int) -> None:
        name = dice.choice(STORIES)
        try:
            outcome = await client.take(site.raw(visitor, name))
            assert outcome.kept, outcome
            taken[visitor] = name
        except NotDurableError:
            refused[visitor] = name
            await asyncio.sleep(0.01)

    async def reader(offset: int) -> None:
        visitor = first_visitor + offset
        while site.process is not None and site.process.poll() is None:
            await send(visitor)
            visitor += 64

    readers = [asyncio.create_task(reader(offset)) for offset in range(64)]
    await asyncio.sleep(seconds)
    await asyncio.to_thread(site.kill)
    await asyncio.gather(*readers)
    with contextlib.suppress(asyncio.CancelledError):
        await client.stop()
    return taken, refused


async def drill(directory: Path, rounds: int, seed: int) -> int:
    """Kill, restart and send again what was refused; return how many reads were acknowledged. Everything counts exactly once."""
    dice = random.Random(seed)
    site = Site(directory)
    taken: dict[int, str] = {}
    refused: dict[int, str] = {}
    for number in range(rounds):
        site.start()
        more, failed = await acknowledged_until_killed(site, dice, 1 + number * 1_000_000, dice.uniform(0.05, 0.4))
        assert not (taken.keys() | refused.keys()) & (more.keys() | failed.keys())
        taken |= more
        refused |= failed
    site.start()
    client = CollectorClient(site.socket)
    await client.start()
    while client.snapshot.version == 0:
        await asyncio.sleep(0.02)
    # What was written and not answered is a repeat now, what was not written is counted now: once each, either way.
    for visitor, name in refused.items():
        outcome = await client.take(site.raw(visitor, name))
        assert outcome.reason in {None, "repeat"}
        taken[visitor] = name
    expected: dict[str, int] = {}
    for name in taken.values():
        expected[name] = expected.get(name, 0) + 1
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        shown = {row.story: row.reads for row in client.snapshot.ranking("24h").rows if not row.filled}
        if shown == expected:
            break
        await asyncio.sleep(0.05)
    await client.stop()
    site.kill()
    on_disk = site.counted()
    assert on_disk == expected, {name: (on_disk.get(name), count) for name, count in expected.items() if on_disk.get(name) != count}
    assert shown == expected
    return len(taken)
