"""The collector by its door: a read is answered when it is on disk, and the rankings come to whoever listens."""

from __future__ import annotations

import asyncio
import random
import resource
import socket
import struct
import time
from typing import TYPE_CHECKING

import pytest

from audience.cast import PHONE, publish, story, withdraw
from audience.crashing import STORIES, Site, drill
from kawaraban.audience import client, collector, queries
from kawaraban.audience.client import CollectorClient, SyncCollectorClient
from kawaraban.audience.collector import Collector, run_collector
from kawaraban.audience.readlog import LogIsTakenError, ReadLog
from kawaraban.audience.shapes import NotDurableError, Outcome
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from types import ModuleType


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def with_collector(site: Site, story_of: Callable[[CollectorClient, list[set[str]]], Awaitable[None]]) -> None:
    """Run a collector in this process, and a client that notes what it is told, for as long as the story lasts."""

    async def play() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(run_collector(site.socket, site.reads, site.sheets, stop, own_hosts=["news.example.com"]))
        heard: list[set[str]] = []
        client = CollectorClient(site.socket, heard.append)
        try:
            await asyncio.wait_for(client.start(), 5)
            await until(lambda: client.snapshot.version > 0)
            await story_of(client, heard)
        finally:
            await client.stop()
            stop.set()
            await asyncio.wait_for(running, 5)

    asyncio.run(play())


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def test_a_read_that_is_answered_is_on_disk(site: Site) -> None:
    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        assert await client.take(site.raw(1, "s3")) == Outcome()
        assert site.counted() == {"s3": 1}
        assert await client.take(site.raw(1, "s3")) == Outcome("repeat")

    with_collector(site, play)


def test_what_was_no_read_is_told_of_by_rule_with_a_sample_and_stays_counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kawaraban.audience.client.NOTE_AFTER_SECONDS", 0.01)

    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        for rule, device in (("no-json", "phone"), ("no-json", "desktop"), ("no-json", "phone"), ("too-long", "tablet")):
            client.note("malformed", rule, device)
        await until(lambda: sum(segment.drops["count"].sum() for segment in ReadLog(site.reads / "log").segments()) == 4)
        report = SyncCollectorClient(site.socket)
        # What is on disk is entered a moment later.
        while not (told := await asyncio.to_thread(report.report)) or not told.dropped:
            await asyncio.sleep(0.01)
        assert {(one.reason, one.rule): one.count for one in told.rules} == {("malformed", "no-json"): 3, ("malformed", "too-long"): 1}
        assert [(one.name, one.count) for one in told.dropped] == [("malformed", 4)]
        assert {(one.rule, one.story, one.source, one.device) for one in told.samples} == {
            ("no-json", "", "", "phone"),
            ("too-long", "", "", "tablet"),
        }

    with_collector(site, play)


def test_many_reads_share_one_connection_and_each_gets_its_own_answer(site: Site) -> None:
    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        names = [STORIES[visitor % 40] if visitor % 5 else "nothing" for visitor in range(2000)]
        outcomes = await asyncio.gather(*(client.take(site.raw(visitor, name)) for visitor, name in enumerate(names)))
        assert [outcome.reason for outcome in outcomes] == [None if name != "nothing" else "unknown-story" for name in names]
        assert sum(site.counted().values()) == 1600

    with_collector(site, play)


@pytest.mark.parametrize("door", [client, collector])
def test_enough_reads_wait_for_no_company(site: Site, monkeypatch: pytest.MonkeyPatch, door: ModuleType) -> None:
    monkeypatch.setattr(door, "GATHER_SECONDS", 60.0)

    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        taken = (client.take(site.raw(visitor, STORIES[visitor % 40])) for visitor in range(door.ENOUGH_READS))
        outcomes = await asyncio.wait_for(asyncio.gather(*taken), 1.9)
        assert outcomes == [Outcome()] * door.ENOUGH_READS

    with_collector(site, play)


def test_a_read_is_in_the_ranking_within_two_seconds(site: Site) -> None:
    async def play(client: CollectorClient, heard: list[set[str]]) -> None:
        heard.clear()
        begun = time.monotonic()
        await client.take(site.raw(1, "s7"))
        await until(lambda: client.snapshot.ranking("24h").rows[0].reads == 1)
        assert time.monotonic() - begun < 2
        assert client.snapshot.ranking("now", "politics", "ja").rows[0].story == "s7"
        assert "24h/all/all" in heard[-1]

    with_collector(site, play)


def test_counts_alone_do_not_make_pages_be_composed_anew(site: Site) -> None:
    async def play(client: CollectorClient, heard: list[set[str]]) -> None:
        await client.take(site.raw(1, "s7"))
        await until(lambda: client.snapshot.ranking("24h").rows[0].reads == 1)
        heard.clear()
        await client.take(site.raw(2, "s7"))
        await until(lambda: client.snapshot.ranking("24h").rows[0].reads == 2)
        assert heard == []

    with_collector(site, play)


def test_what_is_withdrawn_leaves_and_what_is_published_comes_while_it_runs(site: Site) -> None:
    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        await client.take(site.raw(1, "s7"))
        await until(lambda: client.snapshot.ranking("24h").rows[0].story == "s7")
        log = SheetLog(site.sheets, writable=True)
        withdraw(log, "s7")
        await until(lambda: all(row.story != "s7" for row in client.snapshot.ranking("24h").rows), 2)
        publish(log, story("flash"))
        log.close()
        assert await client.take(site.raw(1, "flash")) == Outcome()

    with_collector(site, play)


def test_a_client_comes_back_by_itself_and_keeps_the_last_rankings_meanwhile(site: Site) -> None:
    async def play() -> None:
        client = CollectorClient(site.socket)
        await client.start()
        with pytest.raises(NotDurableError, match="away"):
            await client.take(site.raw(1, "s1"))
        for visitor in (1, 2):
            stop = asyncio.Event()
            running = asyncio.create_task(run_collector(site.socket, site.reads, site.sheets, stop))
            before = client.snapshot.version
            await until(lambda: client.snapshot.version > before)  # noqa: B023 - asked within the round
            assert (await client.take(site.raw(visitor, "s1"))).kept
            await until(lambda: client.snapshot.ranking("24h").rows[0].reads == visitor)  # noqa: B023
            stop.set()
            await running
        assert client.snapshot.ranking("24h").rows[0].reads == 2
        await client.stop()

    asyncio.run(play())


def test_a_collector_that_does_not_answer_is_not_believed_to_have_counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kawaraban.audience.client.ANSWER_WITHIN_SECONDS", 0.1)

    async def play() -> None:
        server = await asyncio.start_unix_server(lambda *_: asyncio.sleep(60), str(site.socket))
        client = CollectorClient(site.socket)
        client.start()
        await until(lambda: client._writer)
        with pytest.raises(NotDurableError, match="in time"):
            await client.take(site.raw(1, "s1"))
        await client.stop()
        server.close()

    asyncio.run(play())


def test_a_second_collector_is_refused_and_the_first_goes_on(site: Site) -> None:
    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        with pytest.raises(LogIsTakenError):
            await run_collector(site.socket, site.reads, site.sheets)
        assert (await client.take(site.raw(1, "s1"))).kept

    with_collector(site, play)


def test_who_talks_nonsense_is_let_go_and_nobody_else_notices(site: Site) -> None:
    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        for nonsense in (b"\xff\xff\xff\xff", struct.pack("<I", 5) + b"hello", b"\x01"):
            with socket.socket(socket.AF_UNIX) as door:
                door.connect(str(site.socket))
                door.sendall(nonsense)
        assert (await client.take(site.raw(1, "s1"))).kept

    with_collector(site, play)


def test_a_full_disk_is_said_and_nothing_is_counted_until_there_is_room(site: Site) -> None:
    """The collector's process may write no file beyond a few kilobytes, as on a full disk; then its limit is lifted."""
    site.start()

    async def play() -> None:
        client = CollectorClient(site.socket)
        await client.start()
        await until(lambda: client.snapshot.version > 0)
        assert site.process is not None
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        taken, refused = [], []
        for visitor in range(200):
            try:
                await client.take(site.raw(visitor, STORIES[visitor % 40]))
                taken.append(visitor)
            except NotDurableError:
                refused.append(visitor)
        assert taken
        assert refused
        assert sum(site.counted().values()) == len(taken)
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        # What was refused was not counted: the page tells again, and that is no repeat.
        for visitor in refused:
            assert await client.take(site.raw(visitor, STORIES[visitor % 40])) == Outcome()
        assert sum(site.counted().values()) == 200
        await client.stop()

    try:
        asyncio.run(play())
    finally:
        site.kill()


def test_killed_under_load_everything_acknowledged_is_counted_exactly_once(tmp_path: Path) -> None:
    assert asyncio.run(drill(tmp_path, rounds=3, seed=5)) > 100


def test_the_newsroom_asks_the_collector_and_when_it_is_away_what_it_left(site: Site) -> None:
    def ask() -> queries.Readership:
        return queries.readership(socket_path=site.socket, reads_dir=site.reads)

    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        from_search = site.raw(1, "s1")
        assert not ask_now_is_away
        await client.take(from_search)
        await client.take(site.raw(2, "s1"))
        await client.take(site.raw(2, "s1"))
        await until(lambda: client.snapshot.ranking("24h").rows[0].reads == 2)
        known = await asyncio.to_thread(ask)
        assert known.fresh
        assert SyncCollectorClient(site.socket)._path == site.socket
        (now,) = queries.now_reading(known)
        assert (now.story, now.hour, now.day, sum(now.minutes)) == ("s1", 2, 2, 2)
        assert known.report.readers_now == 2

    ask_now_is_away = ask().fresh
    with_collector(site, play)
    left = ask()
    assert not left.fresh
    assert [(row.story, row.reads) for row in queries.ranking(left, window="24h", limit=1)] == [("s1", 2)]
    assert [(one.name, one.count) for one in queries.by_source(left)] == [("direct", 2)]
    assert [(one.name, one.count) for one in queries.by_device(left)] == [("phone", 2)]
    assert [(one.name, one.count) for one in queries.by_section(left)] == [("politics", 2)]
    assert [(one.name, one.count) for one in queries.dropped(left)] == [("repeat", 1)]
    series = queries.per_story_series(site.reads, "s1", since=time.time() - 7200, until=time.time(), grain="hour")
    assert (sum(series.counts), [(one.name, one.count) for one in series.sources]) == (2, [("direct", 2)])


def test_no_address_and_no_browsers_name_reaches_the_disk(site: Site) -> None:
    async def play(client: CollectorClient, _heard: list[set[str]]) -> None:
        for visitor in range(50):
            await client.take(site.raw(visitor, "s1"))
        await until(lambda: client.snapshot.ranking("24h").rows[0].reads > 0)

    with_collector(site, play)
    for path in site.reads.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert PHONE.encode() not in content
            assert b"10.0.0." not in content
            assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".msgpack"


def test_reads_of_random_bytes_never_end_the_parser() -> None:
    from kawaraban.audience.shapes import MalformedReadError, parse_page_message

    dice = random.Random(3)
    for body in [
        b"",
        b"{}",
        b"[]",
        b'{"story":1,"token":"x"}',
        b'{"story":"","token":"x"}',
        b'{"story":"a","token":"' + b"x" * 3000 + b'"}',
        b"[" * 9000,
        b'{"story":"a","token":"b","visible_ms":99999999999999999999}',
        b'{"story":"a","token":"b","engaged_ms":-1}',
    ]:
        with pytest.raises(MalformedReadError) as refused:
            parse_page_message(body)
        assert str(refused.value)[-1] in ".…"
    for _ in range(300):
        with pytest.raises(MalformedReadError):
            parse_page_message(dice.randbytes(dice.randrange(60)))


def test_ranking_ends_when_it_is_told_to_even_while_it_is_woken(site: Site) -> None:
    async def play() -> None:
        for turns in range(6):
            collector = Collector(site.reads, site.sheets)
            ranking = asyncio.create_task(collector.publish_forever())
            await asyncio.sleep(0.01)
            collector._changed.set()
            for _ in range(turns):
                await asyncio.sleep(0)
            ranking.cancel()
            await asyncio.wait([ranking], timeout=5)
            assert ranking.cancelled()
            await collector.end()

    asyncio.run(play())
