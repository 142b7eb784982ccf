"""The doors to the collector: one for the reader workers, which never wait longer than they must, one for the newsroom."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from kawaraban.audience import wire
from kawaraban.audience.shapes import NotDurableError, Outcome, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.audience.shapes import Asked, RankedList, RankedStory, RawRead, Reason, Report, Withdrawn

logger = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS = 2.0
NOTE_AFTER_SECONDS = 1.0
COME_BACK_AFTER_SECONDS = (0.05, 0.2, 0.5, 1.0)
# More reads than this on their way: the collector is not keeping up, and a page that is told so now tries again later.
MOST_WAITING = 50_000

# Most reads end alike: one object a reason serves them all.
_OUTCOMES: dict[Reason | None, Outcome] = {None: Outcome()}


_NOBODY: tuple[asyncio.Future[Outcome] | None, float] = (None, 0.0)


class CollectorClient:
    """A worker's connection: reads go out, answers and rankings come in. It reconnects by itself.

    ``snapshot`` holds the last known rankings, also while the collector is away. ``on_change`` is called with the names of the lists
    that now show other stories or another order; counts alone, which change all the time, do not call it.
    """

    def __init__(self, socket_path: Path, on_change: Callable[[set[str]], None] | None = None) -> None:
        self.snapshot = Snapshot(0, 0.0, {})
        self._path = socket_path
        self._on_change = on_change
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, tuple[asyncio.Future[Outcome], float]] = {}  # in order of time: until when each is waited for
        self._alarm: asyncio.TimerHandle | None = None
        self._take_number = self._first_unsent = 0  # of reads; those of one message follow each other
        self._unsent: list[RawRead] = []
        self._number = 0  # of questions
        self._asked: dict[int, asyncio.Future[tuple[RankedStory, ...]]] = {}
        self._noted: Counter[Reason] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._tried: asyncio.Future[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the collector is there to take reads."""
        return self._writer is not None

    def start(self) -> asyncio.Future[None]:
        """Connect, and stay connected, in the background. Who awaits the answer waits for the first try, however it ends."""
        loop = asyncio.get_running_loop()
        self._tried = loop.create_future()
        self._task = loop.create_task(self._stay_connected())
        return self._tried

    async def stop(self) -> None:
        """Let go."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def take(self, read: RawRead) -> Outcome:
        """Hand over a read; NotDurableError unless the collector says, within two seconds, that it is on disk or dropped."""
        if self._writer is None:
            raise NotDurableError("the collector is away")
        if len(self._waiting) >= MOST_WAITING:
            raise NotDurableError("too many reads are waiting")
        loop = asyncio.get_running_loop()
        if not self._unsent:
            # Reads that come within one round of the event loop travel, and are written, together.
            loop.call_soon(self._send)
        self._take_number += 1
        number = self._take_number
        if not self._unsent:
            self._first_unsent = number
        self._unsent.append(read)
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._waiting[number] = answer, loop.time() + ANSWER_WITHIN_SECONDS
        # One timer for all: one a read would cost more than all the rest of its way through here.
        if self._alarm is None:
            self._alarm = loop.call_later(ANSWER_WITHIN_SECONDS, self._refuse_late)
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    def _refuse_late(self) -> None:
        loop = asyncio.get_running_loop()
        self._alarm, now = None, loop.time()
        for answer, until in list(self._waiting.values()):
            if until > now:
                self._alarm = loop.call_at(until, self._refuse_late)
                return
            _refuse(answer, "the collector did not answer in time")

    def note(self, reason: Reason) -> None:
        """Have it noted that a message was dropped here. What the collector does not hear is not told of; nobody waits for it."""
        if not self._noted:
            asyncio.get_running_loop().call_later(NOTE_AFTER_SECONDS, self._send_notes)
        self._noted[reason] += 1

    async def ranking(self, asked: Asked) -> tuple[RankedStory, ...]:
        """Ask for a ranking. While the collector is away, and for those that are kept, the last known one is told."""
        if asked.is_kept or self._writer is None:
            return self.snapshot.ranking(asked.window, asked.section, asked.language).rows if asked.is_kept else ()
        loop = asyncio.get_running_loop()
        self._number += 1
        number = self._number
        answer: asyncio.Future[tuple[RankedStory, ...]] = loop.create_future()
        self._asked[number] = answer
        self._writer.write(wire.frame(wire.AskRanking(number, asked)))
        alarm = loop.call_later(ANSWER_WITHIN_SECONDS, _leave_empty, answer)
        try:
            return await answer
        finally:
            alarm.cancel()
            self._asked.pop(number, None)

    def _send_notes(self) -> None:
        noted, self._noted = self._noted, Counter()
        if self._writer is not None:
            self._writer.write(b"".join(wire.frame(wire.Note(reason, count)) for reason, count in noted.items()))

    def _send(self) -> None:
        reads, self._unsent = self._unsent, []
        if self._writer is not None and reads:
            self._writer.write(wire.frame(wire.Take(self._first_unsent, reads)))

    async def _stay_connected(self) -> None:
        tries = 0
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._path))
                writer.write(wire.frame(wire.Subscribe()))
                self._writer = writer
                while True:
                    self._hear(await wire.next_message(reader))
                    self._has_tried()
                    tries = 0
            except (OSError, asyncio.IncompleteReadError, ValueError, msgspec.DecodeError) as error:
                logger.debug("the collector is away: %s", error)
            finally:
                self._lost()
                self._has_tried()
            await asyncio.sleep(COME_BACK_AFTER_SECONDS[min(tries, len(COME_BACK_AFTER_SECONDS) - 1)])
            tries += 1

    def _hear(self, message: wire.Message) -> None:
        if isinstance(message, wire.Taken):
            reasons = message.reasons
            for place in range(message.count):
                answer, _ = self._waiting.get(message.first + place, _NOBODY)
                if answer is None or answer.done():
                    continue
                if reasons is None:
                    _refuse(answer, "the collector could not write")
                else:
                    answer.set_result(_outcome(reasons[place]))
        elif isinstance(message, wire.Ranked):
            asked = self._asked.get(message.number)
            if asked is not None and not asked.done():
                asked.set_result(message.rows)
        elif isinstance(message, wire.Rankings):
            known = self.snapshot.lists
            shown = {name for name, ranked in message.lists.items() if not ranked.shows_as(known.get(name))}
            self.snapshot = Snapshot(message.version, message.at, _merged(known, message.lists))
            if shown and self._on_change is not None:
                try:
                    self._on_change(shown)
                except Exception:
                    # A listener's fault must not cost the worker its line to the collector.
                    logger.exception("a change of the rankings could not be followed")

    def _lost(self) -> None:
        # Rankings stay: the last known ones are shown until the collector is back.
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._unsent = []
        for answer, _ in list(self._waiting.values()):
            _refuse(answer, "the collector went away")
        for asked in self._asked.values():
            _leave_empty(asked)

    def _has_tried(self) -> None:
        if self._tried is not None and not self._tried.done():
            self._tried.set_result(None)


class SyncCollectorClient:
    """The newsroom's and the command line's door: one connection a question, nothing kept."""

    def __init__(self, socket_path: Path, timeout: float = ANSWER_WITHIN_SECONDS) -> None:
        self._path = socket_path
        self._timeout = timeout

    def take(self, reads: list[RawRead]) -> list[Outcome]:
        """Hand over reads; NotDurableError unless all of them are on disk or dropped."""
        answer = self._ask(wire.Take(0, reads))
        if not isinstance(answer, wire.Taken):
            raise NotDurableError("the collector is away")
        if answer.reasons is None:
            raise NotDurableError("the collector could not write")
        return [_outcome(reason) for reason in answer.reasons]

    def report(self) -> Report | None:
        """Return what the newsroom's screen shows; None when the collector is away."""
        answer = self._ask(wire.AskReport())
        return answer.report if isinstance(answer, wire.Told) else None

    def snapshot(self) -> Snapshot | None:
        """Return all rankings; None when the collector is away."""
        answer = self._ask(wire.AskSnapshot())
        return answer.snapshot if isinstance(answer, wire.Told) else None

    def ranking(self, asked: Asked) -> tuple[RankedStory, ...] | None:
        """Return one ranking; None when the collector is away."""
        answer = self._ask(wire.AskRanking(0, asked))
        return answer.rows if isinstance(answer, wire.Ranked) else None

    def withdraw(self, hour: int, reads: list[Withdrawn]) -> int | None:
        """Let reads of an hour leave; return how many were there, None when the collector is away. NotDurableError if it cannot be done."""
        answer = self._ask(wire.Withdraw(hour, reads))
        if not isinstance(answer, wire.Told):
            return None
        if answer.withdrawn is None:
            raise NotDurableError("the collector could not write")
        return answer.withdrawn

    def _ask(self, question: wire.Message) -> wire.Message | None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
                door.settimeout(self._timeout)
                door.connect(str(self._path))
                door.sendall(wire.frame(question))
                with door.makefile("rb") as file:
                    (size,) = wire.HEAD.unpack(file.read(wire.HEAD.size))
                    return wire.decode(file.read(size))
        except (OSError, struct.error, msgspec.DecodeError):
            return None


def _outcome(reason: Reason | None) -> Outcome:
    outcome = _OUTCOMES.get(reason)
    if outcome is None:
        outcome = _OUTCOMES[reason] = Outcome(reason)
    return outcome


def _refuse(answer: asyncio.Future[Outcome], why: str) -> None:
    if not answer.done():
        answer.set_exception(NotDurableError(why))


def _leave_empty(answer: asyncio.Future[tuple[RankedStory, ...]]) -> None:
    if not answer.done():
        answer.set_result(())


def _merged(known: dict[str, RankedList], news: dict[str, RankedList]) -> dict[str, RankedList]:
    """Join rankings: a list that has become empty is let go of, as its section has no story any more."""
    return {name: ranked for name, ranked in {**known, **news}.items() if ranked.rows}
