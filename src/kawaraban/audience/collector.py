"""The collector: one process a machine that owns repeats, the read log, its sync, and the rankings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

import msgspec

from kawaraban.audience import steps, wire
from kawaraban.audience.ranking import Rankings
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.report import Tally
from kawaraban.audience.shapes import Counted, Dropped, Outcome, RankedList, Snapshot
from kawaraban.audience.tokens import load_or_make_key
from kawaraban.audience.visitors import Salts
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Kind, Story

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.audience.shapes import RawRead

logger = logging.getLogger(__name__)

LOOK_AT_LOG_SECONDS = 0.05
PUBLISH_EVERY_SECONDS = 1.0
FORGET_EVERY_SECONDS = 60.0
KEEP_SECONDS = 30 * 86400


class Collector:
    """Takes reads, answers when they are on disk, and ranks."""

    def __init__(self, reads_dir: Path, sheet_log: Path) -> None:
        self._log = ReadLog(reads_dir / "log")
        self._snapshot_file = reads_dir / "ranking.msgpack"
        self._sheet_log_path = sheet_log
        self.gate = steps.Gate(load_or_make_key(reads_dir / "token.key"), Salts(reads_dir / "salts"))
        self.rankings = Rankings()
        self.tally = Tally()
        self.snapshot = Snapshot(0, 0.0, {})
        self._pending: list[tuple[steps.Read | None, Counted | None, str, asyncio.Future[Outcome | None]]] = []
        self._work = asyncio.Event()
        self._subscribers: set[asyncio.StreamWriter] = set()
        self._changed = True
        self._sheets: SheetLog | None = None
        self._sheets_seq = 0
        self._sheets_version = -1

    # ------------------------------------------------------------------ starting

    def recall(self) -> None:
        """Know again what the log and the sheet log hold; nothing that was acknowledged is missing after this."""
        self.follow_sheets()
        now = time.time()
        for record in self._log.records(now - KEEP_SECONDS):
            if isinstance(record, Dropped):
                self.tally.drop(record)
                continue
            self.rankings.add(record, now)
            self.tally.count(record)
            if record.at > now - steps.REPEAT_SECONDS:
                self.gate.seen[record.visitor, record.story] = record.at

    def follow_sheets(self) -> None:
        """Learn which stories stand now."""
        if self._sheets is None:
            if not self._sheet_log_path.exists():
                return
            self._sheets = SheetLog(self._sheet_log_path)
        version = self._sheets.data_version()
        if version == self._sheets_version:
            return
        self._sheets_version = version
        entries = self._sheets.after(self._sheets_seq, (Kind.STORY,))
        if not entries:
            return
        stories = self.gate.stories
        for entry in entries:
            old = stories.pop(entry.key, None)
            if old is not None and old.source:
                self.gate.by_source.pop(f"{old.source}:{old.source_id}", None)
            if entry.payload is not None:
                story = decode(Kind.STORY, entry.payload)
                if not isinstance(story, Story):
                    raise TypeError(entry.key)
                stories[story.id] = story
                if story.source:
                    self.gate.by_source[f"{story.source}:{story.source_id}"] = story.id
        self._sheets_seq = entries[-1].seq
        self.rankings.set_stories(stories)
        self._changed = True

    # ------------------------------------------------------------------ taking

    async def take(self, raw: RawRead) -> Outcome | None:
        """Judge a read and put it on disk; None if that failed."""
        read = steps.identify(raw, self.gate)
        reason = steps.judge(read, self.gate)
        counted = None
        if reason is None:
            # From here on a second one is a repeat, also while this one is still being written.
            self.gate.seen[read.visitor, read.story] = raw.at
            source = steps.source_of(raw.page.referrer)
            counted = Counted(raw.at, read.story, read.visitor, source, steps.device_of(raw.user_agent))
        answer: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._pending.append((read, counted, reason or "", answer))
        self._work.set()
        return await answer

    async def write_forever(self) -> None:
        """Write what is pending in groups: one sync serves all reads that came while the last one ran."""
        loop = asyncio.get_running_loop()
        while True:
            await self._work.wait()
            self._work.clear()
            group, self._pending = self._pending, []
            now = time.time()
            reads = [counted for _, counted, _, _ in group if counted is not None]
            reasons: dict[str, int] = {}
            for _, counted, reason, _ in group:
                if counted is None:
                    reasons[reason] = reasons.get(reason, 0) + 1
            drops = [Dropped(now, reason, count) for reason, count in reasons.items()]
            try:
                await loop.run_in_executor(None, self._log.append, reads, drops, now)
            except OSError as error:
                logger.error("reads could not be written: %s", error)  # noqa: TRY400 - the sentence says all
                self._log.close()
                self._not_written(group)
                continue
            for counted in reads:
                self.rankings.add(counted, now)
                self.tally.count(counted)
            for drop in drops:
                self.tally.drop(drop)
            self._changed = self._changed or bool(reads)
            for _, counted, reason, answer in group:
                if not answer.done():
                    answer.set_result(Outcome() if counted is not None else Outcome(reason))  # type: ignore[arg-type]

    def _not_written(self, group: list[tuple[steps.Read | None, Counted | None, str, asyncio.Future[Outcome | None]]]) -> None:
        for read, counted, _, answer in group:
            if counted is not None and read is not None:
                # It was not counted: when the page tells again, that is no repeat.
                self.gate.seen.pop((read.visitor, read.story), None)
            if not answer.done():
                answer.set_result(None)

    # ------------------------------------------------------------------ telling

    async def publish_forever(self) -> None:
        """Rank when something changed, tell subscribers, and leave the rankings on disk for who comes later."""
        forget_at = 0.0
        while True:
            now = time.time()
            if now >= forget_at:
                self.gate.forget(now)
                self.tally.forget(now)
                forget_at = now + FORGET_EVERY_SECONDS
                self._changed = True  # "now" decays by itself
            if self.rankings.expire(now) or self._changed:
                self._changed = False
                self._rank(now)
            await asyncio.sleep(PUBLISH_EVERY_SECONDS)

    def _rank(self, now: float) -> None:
        version = self.snapshot.version + 1 if self.snapshot.version else int(now * 1000)
        lists, changed = {}, {}
        for key, rows in self.rankings.lists(now):
            old = self.snapshot.lists.get(key)
            lists[key] = old if old is not None and old.rows == rows else RankedList(version, rows)
            if lists[key] is not old:
                changed[key] = lists[key]
        for key in self.snapshot.lists.keys() - lists.keys():
            lists[key] = changed[key] = RankedList(version, ())
        if not changed:
            return
        self.snapshot = Snapshot(version, now, lists)
        news = wire.frame(wire.Rankings(version, now, changed))
        for writer in list(self._subscribers):
            writer.write(news)
        temporary = self._snapshot_file.with_suffix(".new")
        try:
            temporary.write_bytes(msgspec.msgpack.encode(self.snapshot))
            temporary.replace(self._snapshot_file)
        except OSError as error:
            logger.warning("the rankings could not be left on disk: %s", error)

    async def follow_forever(self) -> None:
        """Keep up with the sheet log."""
        while True:
            self.follow_sheets()
            await asyncio.sleep(LOOK_AT_LOG_SECONDS)

    # ------------------------------------------------------------------ serving

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it goes."""
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                message = await wire.next_message(reader)
                if isinstance(message, wire.Take):
                    task = asyncio.create_task(self._answer(message, writer))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                elif isinstance(message, wire.Subscribe):
                    self._subscribers.add(writer)
                    snapshot = self.snapshot
                    writer.write(wire.frame(wire.Rankings(snapshot.version, snapshot.at, snapshot.lists)))
                elif isinstance(message, wire.AskReport):
                    writer.write(wire.frame(self.tally.report(time.time(), self.gate.stories)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, msgspec.DecodeError):
            return
        finally:
            self._subscribers.discard(writer)
            writer.close()

    async def _answer(self, message: wire.Take, writer: asyncio.StreamWriter) -> None:
        outcome = await self.take(message.read)
        if not writer.is_closing():
            writer.write(wire.frame(wire.Taken(message.number, outcome)))


async def run_collector(socket_path: Path, reads_dir: Path, sheet_log: Path, stop: asyncio.Event | None = None) -> None:
    """Run the collector until ``stop`` is set, or for ever."""
    collector = Collector(reads_dir, sheet_log)
    collector.recall()
    socket_path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(collector.serve, str(socket_path))
    socket_path.chmod(0o660)
    jobs = [asyncio.create_task(job) for job in (collector.write_forever(), collector.publish_forever(), collector.follow_forever())]
    waiter = asyncio.create_task((stop or asyncio.Event()).wait())
    async with server:
        done, _ = await asyncio.wait([*jobs, waiter], return_when=asyncio.FIRST_COMPLETED)
        for job in (*jobs, waiter):
            job.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*jobs, waiter)
    for job in done:
        # A job that failed takes the process with it: the supervisor starts it anew, and it recalls.
        if job is not waiter:
            job.result()
