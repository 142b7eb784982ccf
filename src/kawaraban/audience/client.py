"""The doors to the collector: one for the reader workers, which never wait longer than they must, one for the newsroom."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from kawaraban.audience import wire
from kawaraban.audience.shapes import NotDurableError, Outcome, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.audience.shapes import Asked, Device, RankedList, RankedStory, RawRead, Reason, Report, Withdrawn

logger = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS = 2.0
NOTE_AFTER_SECONDS = 1.0
# A message waits for company: so long, or for so many reads. Each that is sent has the collector take its turn on the processor.
GATHER_SECONDS, ENOUGH_READS = 0.002, 128
COME_BACK_AFTER_SECONDS = (0.05, 0.2, 0.5, 1.0)
# More reads than this on their way: the collector is not keeping up, and a page that is told so now tries again later.
MOST_WAITING = 50_000

# Most reads end alike: one object a reason serves them all.
COUNTED = Outcome()
_OUTCOMES: dict[Reason | None, Outcome] = {None: COUNTED}


class Waiting(Protocol):
    """Who waits for what becomes of a read."""

    def hear(self, outcome: Outcome | NotDurableError) -> None:
        """Be told once what became of it, or that nobody knows. What was counted is told as ``COUNTED``, that very object."""


class _Frame(NamedTuple):
    """Reads that are on their way together: who waits for each, and until when."""

    waiting: list[Waiting]
    until: float


class CollectorClient:
    """A worker's connection: reads go out, answers and rankings come in. It reconnects by itself.

    ``snapshot`` holds the last known rankings, also while the collector is away. ``on_change`` is called with the names of the lists
    that now show other stories or another order; counts alone, which change all the time, do not call it.
    """

    def __init__(self, socket_path: Path, on_change: Callable[[set[str]], None] | None = None) -> None:
        self.snapshot = Snapshot(0, 0.0, {})
        self._path = socket_path
        self._on_change = on_change
        self.reads_are_shown: Callable[[], bool] = lambda: False  # then counts that change call ``on_change`` too
        self._writer: wire.Line | None = None
        self._frames: dict[int, _Frame] = {}  # by the number of their first read, in order of time
        self._waiting = 0  # reads that are not answered
        self._alarm: asyncio.TimerHandle | None = None
        self._take_number = 0  # of reads; those of one message follow each other
        self._unsent: list[RawRead] = []
        self._unheard: list[Waiting] = []  # of those that are unsent
        self._departs: asyncio.TimerHandle | None = None  # when they are sent at the latest
        self._number = 0  # of questions
        self._asked: dict[int, asyncio.Future[tuple[RankedStory, ...]]] = {}
        self._noted: Counter[tuple[Reason, str, Device]] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._tried: asyncio.Future[None] | None = None
        self._tries = 0  # to connect, since it last said something

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
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.hand(read, _Awaited(answer))
        return await answer

    def hand(self, read: RawRead, waiting: Waiting) -> None:
        """Hand over a read; ``waiting`` is told what the collector says, or after two seconds that it said nothing.

        Raises:
            NotDurableError: it cannot be handed over; then ``waiting`` is told nothing.
        """
        if self._writer is None:
            raise NotDurableError("the collector is away")
        if self._waiting >= MOST_WAITING:
            raise NotDurableError("too many reads are waiting")
        unsent = self._unsent
        if not unsent:
            self._departs = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._send)
        self._waiting += 1
        unsent.append(read)
        self._unheard.append(waiting)
        if len(unsent) >= ENOUGH_READS:
            self._send()

    def _refuse_late(self) -> None:
        loop = asyncio.get_running_loop()
        self._alarm, now = None, loop.time()
        for first, frame in list(self._frames.items()):
            if frame.until > now:
                self._alarm = loop.call_at(frame.until, self._refuse_late)
                return
            del self._frames[first]
            self._refuse(frame.waiting, "the collector did not answer in time")

    def note(self, reason: Reason, rule: str, device: Device) -> None:
        """Have it noted that a message was dropped here, by a rule, and with what it was sent. What the collector does not hear is not told of; nobody waits for it."""
        if not self._noted:
            asyncio.get_running_loop().call_later(NOTE_AFTER_SECONDS, self._send_notes)
        self._noted[reason, rule, device] += 1

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
            notes = (wire.Note(reason, count, rule, device) for (reason, rule, device), count in noted.items())
            self._writer.write(b"".join(map(wire.frame, notes)))

    def _send(self) -> None:
        if self._departs is not None:
            self._departs.cancel()
        reads, self._unsent = self._unsent, []
        waiting, self._unheard = self._unheard, []
        if self._writer is None or not reads:
            return
        loop, first = asyncio.get_running_loop(), self._take_number + 1
        self._take_number += len(reads)
        self._frames[first] = _Frame(waiting, loop.time() + ANSWER_WITHIN_SECONDS)
        # One timer for all: one a read would cost more than all the rest of its way through here.
        if self._alarm is None:
            self._alarm = loop.call_later(ANSWER_WITHIN_SECONDS, self._refuse_late)
        self._writer.write(wire.frame(wire.Take(first, reads)))

    async def _stay_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            gone: asyncio.Future[None] = loop.create_future()
            try:
                _, line = await loop.create_unix_connection(partial(wire.Line, self._hear, partial(_end, gone)), str(self._path))
                line.write(wire.frame(wire.Subscribe()))
                self._writer = line
                await gone
            except OSError as error:
                logger.debug("the collector is away: %s", error)
            finally:
                self._lost()
                self._has_tried()
            await asyncio.sleep(COME_BACK_AFTER_SECONDS[min(self._tries, len(COME_BACK_AFTER_SECONDS) - 1)])
            self._tries += 1

    def _hear(self, message: wire.Message, _line: wire.Line) -> None:
        self._has_tried()
        self._tries = 0
        if isinstance(message, wire.Taken):
            self._hear_taken(message)
        elif isinstance(message, wire.Ranked):
            asked = self._asked.get(message.number)
            if asked is not None and not asked.done():
                asked.set_result(message.rows)
        elif isinstance(message, wire.Rankings):
            known = self.snapshot.lists
            exact = self.reads_are_shown()
            shown = {name for name, ranked in message.lists.items() if not ranked.shows_as(known.get(name), with_reads=exact)}
            self.snapshot = Snapshot(message.version, message.at, _merged(known, message.lists))
            if shown and self._on_change is not None:
                try:
                    self._on_change(shown)
                except Exception:
                    # A listener's fault must not cost the worker its line to the collector.
                    logger.exception("a change of the rankings could not be followed")

    def _hear_taken(self, message: wire.Taken) -> None:
        frame = self._frames.pop(message.first, None)
        if frame is None:
            # It came too late: who waited has been told so.
            return
        if message.reasons is None:
            self._refuse(frame.waiting, "the collector could not write")
            return
        self._waiting -= len(frame.waiting)
        for waiting, reason in zip(frame.waiting, message.reasons, strict=True):
            try:
                waiting.hear(COUNTED if reason is None else _outcome(reason))
            except Exception:
                # One listener's fault must cost neither the others their answers nor the worker its line to the collector.
                logger.exception("what became of a read could not be told")

    def _refuse(self, those: list[Waiting], why: str) -> None:
        self._waiting -= len(those)
        for waiting in those:
            _tell(waiting, NotDurableError(why))

    def _lost(self) -> None:
        # Rankings stay: the last known ones are shown until the collector is back.
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        frames, self._frames = self._frames, {}
        unheard, self._unsent, self._unheard = self._unheard, [], []
        for waiting in (*(frame.waiting for frame in frames.values()), unheard):
            self._refuse(waiting, "the collector went away")
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


def _tell(waiting: Waiting, outcome: Outcome | NotDurableError) -> None:
    try:
        waiting.hear(outcome)
    except Exception:
        logger.exception("what became of a read could not be told")


class _Awaited:
    """A task waits."""

    def __init__(self, answer: asyncio.Future[Outcome]) -> None:
        self._answer = answer

    def hear(self, outcome: Outcome | NotDurableError) -> None:
        if self._answer.done():
            return
        if isinstance(outcome, Outcome):
            self._answer.set_result(outcome)
        else:
            self._answer.set_exception(outcome)


def _end(gone: asyncio.Future[None], _line: wire.Line) -> None:
    if not gone.done():
        gone.set_result(None)


def _leave_empty(answer: asyncio.Future[tuple[RankedStory, ...]]) -> None:
    if not answer.done():
        answer.set_result(())


def _merged(known: dict[str, RankedList], news: dict[str, RankedList]) -> dict[str, RankedList]:
    """Join rankings: a list that has become empty is let go of, as its section has no story any more."""
    return {name: ranked for name, ranked in {**known, **news}.items() if ranked.rows}
