"""Reads of two nodes on their way to the newsroom, and its rankings on their way to the nodes, over a real server."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

import pytest

from audience.cast import PHONE, publish, story
from kawaraban.audience.client import CollectorClient
from kawaraban.audience.collector import run_collector
from kawaraban.audience.outbox import Outbox
from kawaraban.audience.shapes import Asked, NotDurableError, PageMessage, RawRead
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.bus.connection import BusSettings, _connected, stay_connected
from kawaraban.bus.reads import Newsroom, Node
from kawaraban.bus.streams import SALTS, make_streams
from kawaraban.sheetlog.log import SheetLog

STORIES = ("bridge", "market", "harbour")
KEY = b"k" * 32


class Machine:
    """A machine with a collector, a client of it, and a sheet log on which three stories stand."""

    def __init__(self, directory: Path, url: str, *, is_node: bool) -> None:
        self.reads = directory / "reads"
        self.reads.mkdir(parents=True)
        (self.reads / "token.key").write_bytes(KEY)
        self.sheets = directory / "sheets.sqlite3"
        # Short: a socket's path may not be long.
        self.socket = Path(tempfile.mkdtemp(prefix="kwb-")) / "collector.sock"
        with contextlib.closing(SheetLog(self.sheets, writable=True)) as log:
            publish(log, *(story(name, published_at=time.time() - 3600) for name in STORIES))
        self.settings = BusSettings(url=url)
        self.is_node = is_node
        self.client = CollectorClient(self.socket)

    @contextlib.asynccontextmanager
    async def running(self):
        stop = asyncio.Event()
        start = partial(run_collector, self.socket, self.reads, self.sheets, stop)
        if self.is_node:
            outbox = Outbox(self.reads / "outbox")
            start = partial(start, outbox=outbox, beside=lambda ours: [stay_connected(self.settings, Node(ours, outbox).work)])
        else:
            start = partial(start, beside=lambda ours: [stay_connected(self.settings, Newsroom(ours).work)])
        collecting = asyncio.create_task(start())
        self.client = CollectorClient(self.socket)
        await self.client.start()
        try:
            yield self
        finally:
            await self.client.stop()
            stop.set()
            await collecting

    async def read(self, name: str, reader: int) -> bool:
        """A reader reads; say whether it was counted."""
        page = PageMessage(story=name, token=read_token(load_or_make_key(self.reads / "token.key"), name))
        address = f"198.{reader // 250}.{reader % 250}.7"  # each in a network of its own
        raw = RawRead(page=page, at=time.time(), address=address, user_agent=PHONE, accept_language="ja")
        while True:
            with contextlib.suppress(NotDurableError):
                return (await self.client.take(raw)).kept
            await asyncio.sleep(0.05)

    def counts(self) -> dict[str, int]:
        return {row.story: row.reads for row in self.client.snapshot.ranking("24h").rows if row.reads}


@pytest.fixture
def machines(tmp_path, bus):
    made = [Machine(tmp_path / name, bus.url, is_node=name != "newsroom") for name in ("newsroom", "harbour", "hill")]
    yield made
    for machine in made:
        shutil.rmtree(machine.socket.parent, ignore_errors=True)


async def until(question, seconds=60.0):
    async with asyncio.timeout(seconds):
        while not question():
            await asyncio.sleep(0.02)


def test_reads_of_all_nodes_make_one_ranking_that_all_show(machines):
    newsroom, harbour, hill = machines

    async def run():
        async with newsroom.running(), harbour.running(), hill.running():
            await until(lambda: same_salt(harbour, hill))
            for reader in range(30):
                assert await harbour.read("bridge" if reader % 3 else "market", reader)
                assert await hill.read("market", 1000 + reader)
            expected = {"bridge": 20, "market": 40}
            await until(lambda: all(machine.counts() == expected for machine in machines))
            # A reader of both nodes is one reader: dropped where it is found out.
            assert not await harbour.read("bridge", 1)
            await hill.read("bridge", 1)
            await hill.read("bridge", 2000)
            await until(lambda: newsroom.counts() == {"bridge": 21, "market": 40})
            await asyncio.sleep(0.3)
            assert newsroom.counts() == {"bridge": 21, "market": 40}
            # What is not told to all is asked of the newsroom, which alone knows all reads.
            rising = Asked("1h", "rising")
            rows = await newsroom.client.ranking(rising)
            assert [(row.story, row.reads) for row in rows if not row.filled] == [("market", 40), ("bridge", 21)]
            assert [await node.client.ranking(rising) for node in (harbour, hill)] == [rows, rows]
            assert await hill.client.ranking(Asked("24h", "engaged")) == await newsroom.client.ranking(Asked("24h", "engaged"))
        async with harbour.running():
            # Nobody to ask: no other order is made up, and no other ranking is told than the last one.
            assert await harbour.client.ranking(rising) == ()

    asyncio.run(run())


def same_salt(*nodes):
    today = int(time.time() // 86400)
    salts = [node.reads / "salts" / f"salt-{today}" for node in nodes]
    return all(salt.exists() for salt in salts) and len({salt.read_bytes() for salt in salts}) == 1


def test_nodes_that_come_before_there_is_a_place_for_salts_agree_soon_after(machines):
    newsroom, harbour, hill = machines

    async def run():
        async with _connected(newsroom.settings) as line:
            await make_streams(line)
            await line.streams.delete_stream(SALTS)
        async with harbour.running(), hill.running():
            await asyncio.sleep(1)
            assert not same_salt(harbour, hill)
            async with newsroom.running():
                await until(lambda: same_salt(harbour, hill), 20)

    asyncio.run(run())


def test_nothing_is_lost_or_counted_twice_whatever_is_away(machines, bus):
    """The bus is killed and loses its disk, the newsroom is away, a node is restarted: what was answered is counted once."""
    newsroom, harbour, hill = machines
    read = {"bridge": 0, "market": 0}

    async def readers(machine, name, first, count):
        for reader in range(first, first + count):
            read[name] += await machine.read(name, reader)

    async def run():
        async with hill.running():
            async with newsroom.running():
                async with harbour.running():
                    await asyncio.gather(readers(harbour, "bridge", 0, 40), readers(hill, "market", 1000, 40))
                    await until(harbour.counts)
                    bus.kill()
                    await asyncio.gather(readers(harbour, "bridge", 100, 40), readers(hill, "market", 1100, 40))
                    bus.start()
                    await readers(harbour, "bridge", 200, 20)
                # The node's process is away; what it had answered goes on when it is back.
                await readers(hill, "market", 1200, 20)
            # The newsroom is away, and the bus loses what it had for it.
            async with harbour.running():
                await asyncio.gather(readers(harbour, "bridge", 300, 30), readers(hill, "market", 1300, 30))
                await asyncio.sleep(0.5)
                assert harbour.counts()
                bus.kill()
                shutil.rmtree(bus.directory)
                bus.start()
                await readers(hill, "market", 1400, 20)
                async with newsroom.running():
                    await until(lambda: all(machine.counts() == read for machine in machines), 40)
                async with newsroom.running():
                    await until(lambda: newsroom.counts() == read)

    asyncio.run(run())
    assert read == {"bridge": 130, "market": 150}
