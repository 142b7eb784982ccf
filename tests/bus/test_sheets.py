"""The sheet log and the photos on their way from the newsroom to reader nodes, over a real server."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kawaraban.bus import following
from kawaraban.bus.connection import BusAwayError, BusSettings, stay_connected
from kawaraban.bus.follower import Follower
from kawaraban.bus.following import batches
from kawaraban.bus.forwarder import Forwarder
from kawaraban.bus.media import Cabinet
from kawaraban.bus.publishing import Outgoing
from kawaraban.bus.streams import SITE, SITE_SUBJECTS, Piece, make_streams, piece_of, pieces, subject_of
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, StoryList

if TYPE_CHECKING:
    from pathlib import Path


class Machine:
    """A machine's directory, and what runs on it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.files = {
            "sheet_log": directory / "public/sheets.sqlite3",
            "media_dir": directory / "public/media",
            "token_key": directory / "token.key",
        }
        self.sent = directory / "sent.sqlite3"
        self.media = self.files["media_dir"]
        self.media.mkdir(parents=True, exist_ok=True)
        self.files["token_key"].parent.mkdir(exist_ok=True)

    def forwarder(self) -> Forwarder:
        return Forwarder(**self.files, sent=self.sent)

    def follower(self) -> Follower:
        return Follower(**self.files)

    @property
    def rows(self) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self.files["sheet_log"])) as db:
            return db.execute("SELECT seq, kind, key, payload FROM log ORDER BY seq").fetchall()

    @property
    def standing(self) -> dict[tuple[str, str], bytes]:
        return {(kind, key): payload for _, kind, key, payload in self.rows if payload is not None}

    @property
    def photos(self) -> dict[str, tuple[int, bytes]]:
        return {
            str(path.relative_to(self.media)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in self.media.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def newsroom(tmp_path):
    machine = Machine(tmp_path / "newsroom")
    machine.files["token_key"].write_bytes(b"k" * 32)
    (machine.media / "images").mkdir()
    (machine.media / "images/harbour.jpg").write_bytes(os.urandom(1_300_000))
    return machine


@pytest.fixture
def node(tmp_path):
    return Machine(tmp_path / "node")


@pytest.fixture
def log(newsroom):
    log = SheetLog(newsroom.files["sheet_log"], writable=True)
    yield log
    log.close()


@contextlib.asynccontextmanager
async def running(where, *carriers):
    """These work, until the block ends. ``where`` is the bus's address, or all that is needed to come in."""
    settings = BusSettings(url=where) if isinstance(where, str) else where
    tasks = [asyncio.create_task(stay_connected(settings, carrier.work)) for carrier in carriers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for carrier in carriers:
            carrier.close()


async def level(newsroom, *nodes, seconds=20.0):
    """Wait until the nodes have what the newsroom has."""
    async with asyncio.timeout(seconds):
        while any((node.rows, node.photos) != (newsroom.rows, newsroom.photos) for node in nodes):
            await asyncio.sleep(0.05)


def publish(log, number, names=("front", "story", "feed")):
    """Write one publication: several lists that say the same number."""
    log.append([Change(Kind.LIST, name, StoryList((str(number),))) for name in names])


def test_a_node_gets_what_is_printed_and_the_photos_and_the_key(bus, newsroom, node, log):
    async def run():
        for number in range(300):
            publish(log, number, (f"list-{number % 50}", "front"))
        log.append([Change(Kind.LIST, "large", StoryList(tuple(os.urandom(8).hex() for _ in range(90_000))))])
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            await level(newsroom, node)
            publish(log, 1000)
            (newsroom.media / "images/mayor.avif").write_bytes(b"a photo that came later")
            (newsroom.media / "images/harbour.jpg").unlink()
            log.append([Change(Kind.LIST, "list-7", None)])
            await level(newsroom, node)

    asyncio.run(run())
    assert node.files["token_key"].read_bytes() == b"k" * 32
    assert node.files["token_key"].stat().st_mode & 0o777 == 0o600
    assert list(node.photos) == ["images/mayor.avif"]


def test_a_node_that_was_away_sees_nothing_half_and_ends_level(bus, node, monkeypatch):
    """The stream drops what was printed again. A section's list comes with its story; stories are printed again later, sections are not:
    a node that showed what it has received so far would show sections whose stories have not come yet."""
    monkeypatch.setattr(following, "BATCH", 16)
    follower = node.follower()
    kept, half = [], []
    keep = follower._copy.keep

    def keep_and_look(**where):
        left = keep(**where)
        standing = {key for _, key in node.standing}
        kept.append(len(standing))
        half.extend(key for key in standing if key.startswith("section") and key.replace("section", "story") not in standing)
        return left

    monkeypatch.setattr(follower._copy, "keep", keep_and_look)

    async def run():
        dice = random.Random(5)
        numbers = itertools.count(1)

        def publication(*names):
            own = [next(numbers) for _ in names]
            wholes = [
                Piece("run", "log", number, own[-1], "sheet", "list", name, 0, 1, 0, str(number).encode())
                for number, name in zip(own, names, strict=True)
            ]
            return [Outgoing(*message) for whole in wholes for message in pieces(whole)]

        async def fill(connected):
            await make_streams(connected)
            sent = 0
            for turn in range(20):
                messages = []
                for place in range(30):
                    messages += publication(f"section-{turn}-{place}", f"story-{turn}-{place}")
                for _ in range(20):
                    messages += publication(f"story-{dice.randrange(turn + 1)}-{dice.randrange(30)}")
                sent = await connected.publisher.publish(messages, sent)
                # The node comes when half of it is there, and follows while the rest comes.
                if turn >= 10:
                    following_it.set()
                    await asyncio.sleep(0.1)
            filled.set()
            await asyncio.Event().wait()

        filled, following_it = asyncio.Event(), asyncio.Event()
        filling = asyncio.create_task(stay_connected(BusSettings(url=bus.url), fill))
        await following_it.wait()
        async with running(bus.url, follower), asyncio.timeout(20):
            await filled.wait()
            last = next(numbers) - 1
            while follower._copy.place.number != last or len(node.standing) != 1200:
                await asyncio.sleep(0.05)
        filling.cancel()

    asyncio.run(run())
    assert len(kept) > 3
    assert not half


def test_what_is_killed_goes_on_and_nothing_is_sent_twice(bus, newsroom, node, log):
    """The forwarder is killed while it sends, the bus too; the stream's numbers only ever grow."""
    words = (
        "import asyncio, sys; from pathlib import Path; from kawaraban.bus.connection import *; from kawaraban.bus.forwarder import *;"
        "url, log, media, key, sent = sys.argv[1:]; carrier = Forwarder(sheet_log=Path(log), media_dir=Path(media), token_key=Path(key),"
        " sent=Path(sent)); asyncio.run(stay_connected(BusSettings(url=url), carrier.work))"
    )
    arguments = [sys.executable, "-c", words, bus.url, *(str(path) for path in (*newsroom.files.values(), newsroom.sent))]

    async def run():
        dice = random.Random(3)
        numbers = []

        async def hear(connected):
            async for messages in batches(connected, SITE, SITE_SUBJECTS, 1):
                numbers.extend((message.metadata.sequence.stream, piece_of(message.data).number) for message in messages)

        for turn in range(3):
            forwarder = subprocess.Popen(arguments)
            for _ in range(60):
                publish(log, dice.random(), tuple(f"list-{dice.randrange(400)}" for _ in range(12)))
                await asyncio.sleep(0.004)
            await asyncio.sleep(dice.random() * 0.3)
            if turn % 2:
                bus.kill()
                bus.start()
            forwarder.kill()
            forwarder.wait()
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            await level(newsroom, node)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stay_connected(BusSettings(url=bus.url), hear), 2)
        return numbers

    heard = asyncio.run(run())
    entries = [number for _, number in heard]
    assert len(entries) > 200
    assert entries == sorted(entries)
    # Photos and the key bear the number before them; an entry stands once.
    assert len(entries) - len(set(entries)) <= 4


def test_a_bus_that_lost_its_disk_is_filled_anew_and_the_node_serves_on(bus, newsroom, node, log):
    async def run():
        for number in range(100):
            publish(log, number, (f"list-{number}", "front"))
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            await level(newsroom, node)
            before = node.rows
            bus.kill()
            shutil.rmtree(bus.directory)
            # While it is away: a photo's rights end, something is published.
            (newsroom.media / "images/harbour.jpg").unlink()
            publish(log, 100)
            assert node.rows == before
            bus.start()
            await level(newsroom, node)

    asyncio.run(run())
    assert not node.photos


def test_what_a_bus_has_lost_from_its_midst_is_published_again(bus, newsroom, node, log, tmp_path):
    """As a server does that was killed: messages that it had acknowledged are gone, its numbers go on."""
    away = Machine(tmp_path / "away")

    async def lose(connected):
        for what, kind, key in (("sheet", "list", "list-7"), ("sheet", "list", "list-30"), ("media", "", "images/harbour.jpg")):
            message = await connected.streams.get_last_msg(SITE, subject_of(what, kind, key))
            await connected.streams.delete_msg(SITE, message.seq)
        raise BusAwayError("done")

    async def run():
        for number in range(100):
            publish(log, number, (f"list-{number}", "front"))
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            await level(newsroom, node)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stay_connected(BusSettings(url=bus.url), lose), 0.4)
        async with running(bus.url, newsroom.forwarder(), node.follower(), away.follower()):
            publish(log, 100)
            await level(newsroom, node, away)

    asyncio.run(run())
    assert away.photos


def test_a_restored_newsroom_takes_its_nodes_with_it_and_their_numbers_still_grow(bus, newsroom, node, log, tmp_path):
    async def run():
        publish(log, 1)
        publish(log, 1, ("kept",))
        with contextlib.closing(sqlite3.connect(tmp_path / "older")) as older, contextlib.closing(sqlite3.connect(log.path)) as now:
            now.backup(older)
        for number in range(2, 30):
            publish(log, number, ("front", f"later-{number}"))
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            await level(newsroom, node)
        known = dict.fromkeys(node.standing)
        kept_at, last = next(row[0] for row in node.rows if row[2] == "kept"), node.rows[-1][0]
        log.close()
        for path in log.path.parent.glob("sheets.sqlite3*"):
            path.unlink()
        shutil.copy(tmp_path / "older", log.path)
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            restored = SheetLog(log.path, writable=True)
            publish(restored, 40)
            async with asyncio.timeout(20):
                while node.standing != newsroom.standing:
                    await asyncio.sleep(0.05)
        gone = [row for row in node.rows if row[3] is None]
        assert {("list", row[2]) for row in gone} == known.keys() - newsroom.standing.keys()
        changed = [row[0] for row in node.rows if row[2] in {"front", "later-7"}]
        assert min(changed) > last
        # What is the same in both keeps its number: its pages are not composed anew.
        assert next(row[0] for row in node.rows if row[2] == "kept") == kept_at
        publish(restored, 41)
        restored.close()
        async with running(bus.url, newsroom.forwarder(), node.follower()):
            async with asyncio.timeout(20):
                while node.standing != newsroom.standing:
                    await asyncio.sleep(0.05)
        assert node.rows[-1][0] > max(changed)

    asyncio.run(run())


@pytest.mark.parametrize("name", ["../outside.jpg", "/etc/passwd", "", "images/../../x", "a\x00b"])
def test_a_photo_is_written_nowhere_but_among_the_photos(tmp_path, name):
    with pytest.raises(ValueError, match="is no name of a photo"):
        Cabinet(tmp_path / "media", tmp_path / "key").put("media", name, b"", 0)
