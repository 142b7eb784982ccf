"""The doors to the collector: one for the reader workers, which never wait longer than they must, one for the newsroom."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from typing import TYPE_CHECKING

import msgspec

from kawaraban.audience import wire
from kawaraban.audience.shapes import NotDurableError, Outcome, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.audience.shapes import RawRead

logger = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS = 2.0
COME_BACK_AFTER_SECONDS = (0.05, 0.2, 0.5, 1.0)


class CollectorClient:
    """A worker's connection: reads go out, answers and rankings come in. It reconnects by itself."""

    def __init__(self, socket_path: Path, on_change: Callable[[set[str]], None] | None = None) -> None:
        self.snapshot = Snapshot(0, 0.0, {})
        self._path = socket_path
        self._on_change = on_change
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[Outcome | None]] = {}
        self._number = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, and stay connected, in the background."""
        self._task = asyncio.get_running_loop().create_task(self._stay_connected())

    async def stop(self) -> None:
        """Let go."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def take(self, read: RawRead) -> Outcome:
        """Hand over a read; NotDurableError unless the collector says that it is on disk or dropped."""
        if self._writer is None:
            raise NotDurableError("the collector is away")
        self._number += 1
        number = self._number
        answer: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.write(wire.frame(wire.Take(number, read)))
            outcome = await asyncio.wait_for(answer, ANSWER_WITHIN_SECONDS)
        except (TimeoutError, ConnectionError) as error:
            raise NotDurableError("the collector did not answer in time") from error
        finally:
            self._waiting.pop(number, None)
        if outcome is None:
            raise NotDurableError("the collector could not write")
        return outcome

    async def _stay_connected(self) -> None:
        tries = 0
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._path))
                tries = 0
                self._writer = writer
                writer.write(wire.frame(wire.Subscribe()))
                await self._listen(reader)
            except (OSError, asyncio.IncompleteReadError, ValueError, msgspec.DecodeError) as error:
                logger.debug("the collector is away: %s", error)
            finally:
                self._lost()
            await asyncio.sleep(COME_BACK_AFTER_SECONDS[min(tries, len(COME_BACK_AFTER_SECONDS) - 1)])
            tries += 1

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            message = await wire.next_message(reader)
            if isinstance(message, wire.Taken):
                answer = self._waiting.get(message.number)
                if answer is not None and not answer.done():
                    answer.set_result(message.outcome)
            elif isinstance(message, wire.Rankings):
                self.snapshot = Snapshot(message.version, message.at, {**self.snapshot.lists, **message.lists})
                if self._on_change is not None:
                    self._on_change(set(message.lists))

    def _lost(self) -> None:
        # Rankings stay: the last known ones are shown until the collector is back.
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(None)


def ask_report(socket_path: Path, timeout: float = 2.0) -> wire.Report | None:
    """Ask the collector for what the newsroom's screen shows; None when it is away. For processes without an event loop."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.settimeout(timeout)
            door.connect(str(socket_path))
            door.sendall(wire.frame(wire.AskReport()))
            with door.makefile("rb") as file:
                (size,) = struct.unpack("<I", file.read(4))
                report = msgspec.msgpack.decode(file.read(size), type=wire.Report)
    except (OSError, struct.error, msgspec.DecodeError):
        return None
    return report


def last_snapshot(reads_dir: Path) -> Snapshot | None:
    """Return the rankings that the collector left on disk; None if there are none yet."""
    try:
        return msgspec.msgpack.decode((reads_dir / "ranking.msgpack").read_bytes(), type=Snapshot)
    except (OSError, msgspec.DecodeError):
        return None
