"""The collector: one process a machine that owns repeats, the read log, its sync, and the rankings.

Reads that come while one write is being synced are written together by the next: one sync serves them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from kawaraban.audience import wire
from kawaraban.audience.asking import AskedRankings, among
from kawaraban.audience.ledger import FUTURE_SECONDS, Batch, Ledger, snapshot_of
from kawaraban.audience.shapes import ALL_FOR_EVER, RankedList, Snapshot
from kawaraban.audience.upkeep import UPKEEP_EVERY_SECONDS, keep_in_order, short_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Sequence
    from pathlib import Path

    from kawaraban.audience.outbox import Outbox
    from kawaraban.audience.shapes import Asked, Handed, Keeping, RankedStory

logger = logging.getLogger(__name__)

LOOK_AT_LOG_SECONDS = 0.05
PUBLISH_EVERY_SECONDS = 1.0
LEAVE_ON_DISK_EVERY_SECONDS = 10.0
# Ranking gives way to reads and questions after so long: all lists of a large site take a tenth of a second.
TURN_SECONDS = 0.001
# A write waits for company: so long, or for so many reads. Those that come singly then share a sync, and none is answered noticeably later.
GATHER_SECONDS, ENOUGH_READS = 0.003, 128
# More than this waiting to be written: the disk does not keep up, and pages are told to come again.
MOST_PENDING = 100_000
# A subscriber that lets so much lie unread is stuck: it is let go, and comes back when it can.
MOST_UNREAD_BYTES = 64 * 1024 * 1024

SNAPSHOT_FILE, REPORT_FILE = "ranking.msgpack", "report.msgpack"


class ClockSetBackError(Exception):
    """The clock was set back by more than a clock is that is kept in time."""


class _Pending(NamedTuple):
    batch: Batch
    client: wire.Line | None  # nobody waits for what was noted
    first: int


class Collector:
    """Takes reads, answers when they are on disk, and ranks."""

    def __init__(
        self,
        reads_dir: Path,
        sheet_log: Path,
        *,
        own_hosts: Collection[str] = (),
        outbox: Outbox | None = None,
        keeping: Keeping = ALL_FOR_EVER,
    ) -> None:
        self.ledger = Ledger(reads_dir, sheet_log, own_hosts=own_hosts, outbox=outbox, keeping=keeping)
        self.snapshot = Snapshot(0, 0.0, {})
        self._reads_dir = reads_dir
        self._pending: list[_Pending] = []
        self._pending_reads = 0
        self._alarm: asyncio.TimerHandle | None = None
        self._work, self._changed = asyncio.Event(), asyncio.Event()
        self._writing = True
        # One thread: the log is written, packed and forgotten in one order.
        self._disk = ThreadPoolExecutor(1, "reads")
        self._merging: set[asyncio.Future[Any]] = set()
        self._one_merges = asyncio.Lock()
        self._subscribers, self._clients = set[wire.Line](), set[wire.Line]()
        self.asked = AskedRankings(lambda: self.ledger.rankings)
        self._left_at, self._told = 0.0, False  # told: the newsroom ranks, of all nodes' reads, and tells us
        # Hears of every ranking that changed, from the thread of the event loop.
        self.on_rankings: Callable[[dict[str, RankedList]], None] = lambda _lists: None

    # ------------------------------------------------------------------ taking

    def line(self) -> wire.Line:
        """Return our end of a client's connection, to be served until the client goes."""
        line = wire.Line(self._hear, self._let_go)
        self._clients.add(line)
        return line

    def _let_go(self, client: wire.Line) -> None:
        self._subscribers.discard(client)
        self._clients.discard(client)

    def _hear(self, message: wire.Message, client: wire.Line) -> None:
        if isinstance(message, wire.Take):
            self._take(message, client)
        elif isinstance(message, wire.Note):
            self._wait_for_disk(_Pending(self.ledger.note(message, time.time()), None, 0))
        elif isinstance(message, wire.Withdraw):
            self._keep(asyncio.ensure_future(self._withdraw(message, client)))
        elif isinstance(message, wire.AskRanking):
            self._answer_ranking(message, client)
        elif isinstance(message, wire.Subscribe):
            self._subscribers.add(client)
            client.write(wire.frame(wire.Rankings(self.snapshot.version, self.snapshot.at, self.snapshot.lists)))
        elif isinstance(message, wire.AskReport):
            client.write(wire.frame(wire.Told(report=self.ledger.report(time.time(), writing=self._writing))))
        elif isinstance(message, wire.AskSnapshot):
            client.write(wire.frame(wire.Told(snapshot=self.snapshot)))

    def _take(self, message: wire.Take, client: wire.Line) -> None:
        if self._pending_reads + len(message.reads) > MOST_PENDING:
            client.write(wire.frame(wire.Taken(message.first, len(message.reads), None)))
            return
        try:
            batch = self.ledger.judge(message.reads)
        except OSError as error:
            logger.error("reads could not be judged: %s", error)  # noqa: TRY400 - the sentence says all
            client.write(wire.frame(wire.Taken(message.first, len(message.reads), None)))
            return
        self._wait_for_disk(_Pending(batch, client, message.first))

    def _wait_for_disk(self, pending: _Pending) -> None:
        if not self._pending:
            # What comes while a write is on its way has waited already when that is done.
            self._alarm = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._work.set)
        self._pending.append(pending)
        self._pending_reads += len(pending.batch.reasons)
        if self._pending_reads >= ENOUGH_READS:
            self._work.set()

    async def write_forever(self) -> None:
        """Write what is pending, enter it, answer."""
        while True:
            await self._work.wait()
            await self.write_pending()

    async def write_pending(self) -> None:
        """Write what is pending now. A failure is answered, not raised."""
        self._work.clear()
        if self._alarm is not None:
            self._alarm.cancel()
        group, self._pending, self._pending_reads = self._pending, [], 0
        batches = [pending.batch for pending in group]
        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, self.ledger.write, batches)
        except OSError as error:
            if self._writing:
                logger.error("reads could not be written: %s", error)  # noqa: TRY400
            self._writing = False
            self.ledger.take_back(batches)
        else:
            self._writing = True
            self.ledger.enter(batches)
            self._changed.set()
        for pending in group:
            if pending.client is not None:
                reasons = pending.batch.reasons
                pending.client.write(wire.frame(wire.Taken(pending.first, len(reasons), reasons if self._writing else None)))

    async def merge(self, node: str, handed: Sequence[Handed], first: int = 1) -> int:
        """Count what a node has judged, each number once; return the number up to which all of it is on disk. OSError if it is not.

        ``first`` is the lowest number that the node still has: what is missing before it will not come any more.
        """
        # Whoever asks may go meanwhile, as when the bus is lost: what is written is entered all the same, before others are looked at.
        merging = asyncio.ensure_future(self._merge(node, handed, first))
        self._keep(merging)
        return await asyncio.shield(merging)

    def _keep(self, work: asyncio.Future[Any]) -> None:
        self._merging.add(work)
        work.add_done_callback(self._merged)

    async def _merge(self, node: str, handed: Sequence[Handed], first: int) -> int:
        async with self._one_merges:
            places = self.ledger.log.places
            place = places.get(node, 0)
            if first > place + 1:
                logger.error("reads %d to %d of node %s are lost: they are neither here nor there any more", place + 1, first - 1, node)
                place = places[node] = first - 1
            fresh: list[Handed] = []
            for one in handed:
                if one.number == place + len(fresh) + 1:
                    fresh.append(self.ledger.judge_handed(node, one))
            if not fresh:
                return place
            try:
                await asyncio.get_running_loop().run_in_executor(self._disk, self.ledger.write_handed, node, fresh)
            finally:
                # Also those that were written before the disk failed.
                self.ledger.enter_handed([one for one in fresh if one.number <= places.get(node, 0)])
                self._changed.set()
            return fresh[-1].number

    async def _withdraw(self, message: wire.Withdraw, client: wire.Line) -> None:
        try:
            with short_turns():
                gone = await asyncio.get_running_loop().run_in_executor(self._disk, self.ledger.log.withdraw, message.hour, message.reads)
        except OSError as error:
            logger.error("reads could not be withdrawn: %s", error)  # noqa: TRY400
            client.write(wire.frame(wire.Told()))
            return
        self.ledger.leave(gone, message.hour, message.reads)
        self._changed.set()
        client.write(wire.frame(wire.Told(withdrawn=len(gone))))

    def _merged(self, merging: asyncio.Future[Any]) -> None:
        self._merging.discard(merging)
        if not merging.cancelled() and (error := merging.exception()) is not None:
            # Where nobody waits for it any more, it is said here alone.
            logger.debug("what a node handed on, a recount, or a question to the newsroom came to nothing: %s", error)

    # ------------------------------------------------------------------ ranking

    def ranking(self, asked: Asked, now: float) -> tuple[RankedStory, ...]:
        """Return one ranking. On a node, what the newsroom told: of topics and bylines what stands in those lists, in no other order."""
        rows = self.snapshot.ranking(asked.window, asked.section, asked.language).rows
        if asked.is_kept:
            return rows
        if self._told:
            return among(rows, asked, self.ledger.shelf.stories) if asked.order == "reads" else ()
        return self.asked.made(asked, now)

    def _answer_ranking(self, message: wire.AskRanking, client: wire.Line) -> None:
        now = time.time()
        if self._told and not message.asked.is_kept and self.asked.kept(message.asked, now) is None:
            self._keep(asyncio.ensure_future(self._ask_newsroom(message, client)))
            return
        rows = (self.asked.kept(message.asked, now) if self._told else None) or self.ranking(message.asked, now)
        client.write(wire.frame(wire.Ranked(message.number, rows)))

    async def _ask_newsroom(self, message: wire.AskRanking, client: wire.Line) -> None:
        try:
            rows = await self.asked.told(message.asked)
        except OSError as error:
            logger.debug("a ranking could not be asked for: %s", error)
            rows = self.ranking(message.asked, time.time())
        client.write(wire.frame(wire.Ranked(message.number, rows)))

    async def publish_forever(self) -> None:
        """Rank when something changed, at most each second, and tell the subscribers."""
        now = time.time()
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it may swallow that we are cancelled, and the process would not end.
                async with asyncio.timeout(PUBLISH_EVERY_SECONDS):
                    await self._changed.wait()
            before, now = now, time.time()
            if now < before - FUTURE_SECONDS:
                # Windows and repeats have gone on to a time that is not yet: whoever is started next counts anew from the log.
                raise ClockSetBackError(f"the clock was set back by {before - now:.0f} s: everything is counted anew")
            if self.ledger.rankings.advance(now) or self._changed.is_set():
                self._changed.clear()
                await self.publish(now)
                await asyncio.sleep(PUBLISH_EVERY_SECONDS)

    def hear_rankings(self, lists: dict[str, RankedList]) -> None:
        """Take rankings that the newsroom made of all nodes' reads; from now on our own are not shown."""
        known = self.snapshot.lists if self._told else {}
        changed = {name: ranked for name, ranked in lists.items() if known.get(name) != ranked}
        if not self._told:
            changed |= {name: RankedList(0, ()) for name in self.snapshot.lists.keys() - lists.keys()}
        self._told = True
        if not changed:
            return
        merged = {name: ranked for name, ranked in {**known, **lists}.items() if ranked.rows}
        self.snapshot = Snapshot(max(self.snapshot.version + 1, int(time.time() * 1000)), time.time(), merged)
        self._tell(changed)

    def recall_told(self) -> None:
        """Show the rankings that the newsroom told last, before this process was started, until it tells others."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            self.snapshot = msgspec.msgpack.decode((self._reads_dir / SNAPSHOT_FILE).read_bytes(), type=Snapshot)
            self._told = True

    async def publish(self, now: float) -> None:
        """Rank, and tell the subscribers what changed."""
        if not self._told:
            ranked, began = [], time.monotonic()
            for one in self.ledger.rankings.lists(now):
                ranked.append(one)
                if time.monotonic() - began > TURN_SECONDS:
                    await asyncio.sleep(0)
                    began = time.monotonic()
            await asyncio.sleep(0)
            # Meanwhile the newsroom may have told its own, which count.
            if not self._told:
                self.snapshot, changed = snapshot_of(ranked, now, self.snapshot)
                self._tell(changed)
        if now - self._left_at >= LEAVE_ON_DISK_EVERY_SECONDS:
            self.leave_on_disk(now)

    def _tell(self, changed: dict[str, RankedList]) -> None:
        if changed:
            self.on_rankings(changed)
            news = wire.frame(wire.Rankings(self.snapshot.version, self.snapshot.at, changed)) if self._subscribers else b""
            for client in list(self._subscribers):
                if client.unread_bytes > MOST_UNREAD_BYTES:
                    client.abort()
                    continue
                client.write(news)

    def leave_on_disk(self, now: float) -> None:
        """Leave the rankings and the report as files, for who asks while no collector runs."""
        self._left_at = now
        report = self.ledger.report(now, writing=self._writing)
        try:
            for name, content in ((SNAPSHOT_FILE, self.snapshot), (REPORT_FILE, report)):
                temporary = self._reads_dir / f"{name}.new"
                temporary.write_bytes(msgspec.msgpack.encode(content))
                temporary.replace(self._reads_dir / name)
        except OSError as error:
            logger.warning("the rankings could not be left on disk: %s", error)

    # ------------------------------------------------------------------ keeping up

    async def follow_forever(self) -> None:
        """Keep up with the sheet log: what is published is counted, what is withdrawn leaves."""
        while True:
            if self.ledger.shelf.follow():
                self._changed.set()
            await asyncio.sleep(LOOK_AT_LOG_SECONDS)

    async def keep_up_forever(self) -> None:
        """Forget what is over, in memory and on disk."""
        while True:
            self._changed.set()  # "now" fades by itself
            due = time.monotonic() + UPKEEP_EVERY_SECONDS
            try:
                self.ledger.forget(time.time())
                await keep_in_order(self.ledger, self._disk, due)
            except OSError as error:
                logger.warning("the log of reads could not be kept in order: %s", error)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def end(self) -> None:
        """Write what is still pending, leave the rankings on disk, and let everybody go."""
        await self.write_pending()
        await asyncio.gather(*self._merging, return_exceptions=True)
        self.leave_on_disk(time.time())
        for client in list(self._clients):
            client.close()
        self._disk.shutdown()
        self.ledger.close()


async def run_collector(
    socket_path: Path,
    reads_dir: Path,
    sheet_log_path: Path,
    stop: asyncio.Event | None = None,
    *,
    own_hosts: Collection[str] = (),
    outbox: Outbox | None = None,
    keeping: Keeping = ALL_FOR_EVER,
    beside: Callable[[Collector], Sequence[Coroutine[Any, Any, None]]] = lambda _collector: (),
) -> None:
    """Run the collector until ``stop`` is set, or for ever. ``own_hosts`` are the site's own names: a referrer there is internal.

    On a reader node, ``outbox`` takes what the newsroom is to count. ``beside`` gives what else is to run in this process.

    Raises:
        LogIsTakenError: a collector, or a replay, already writes these reads.
    """
    collector = Collector(reads_dir, sheet_log_path, own_hosts=own_hosts, outbox=outbox, keeping=keeping)
    if outbox is not None:
        collector.recall_told()
    collector.ledger.recall(time.time())
    await collector.publish(time.time())  # whoever asks first is told something
    # Only after the log is ours: no other collector can be listening there.
    socket_path.unlink(missing_ok=True)
    server = await asyncio.get_running_loop().create_unix_server(collector.line, str(socket_path))
    socket_path.chmod(0o660)
    work = (
        collector.write_forever(),
        collector.publish_forever(),
        collector.follow_forever(),
        collector.keep_up_forever(),
        *beside(collector),
    )
    jobs = [asyncio.create_task(job) for job in work]
    stopped = asyncio.create_task((stop or asyncio.Event()).wait())
    try:
        done, _ = await asyncio.wait([*jobs, stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.close()
        for job in (*jobs, stopped):
            job.cancel()
        await asyncio.gather(*jobs, stopped, return_exceptions=True)
        await collector.end()
        socket_path.unlink(missing_ok=True)
    for job in done:
        # A job that failed takes the process with it: the supervisor starts it anew, and it recalls.
        job.result()
