"""The search process: follows the log's documents, keeps index and related stories, and answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import msgspec

from kawaraban.discovery import wire
from kawaraban.discovery.answers import Answers
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.rebuilding import followed
from kawaraban.discovery.shapes import Answer
from kawaraban.discovery.unwritten import why_unwritten
from kawaraban.language.words import is_panic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.discovery.archive import Together

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.05
# A disk that cannot be written to is tried again so often.
TRY_EVERY_SECONDS = 1.0
# The process looks at its memory after every answer and every story that it relates; and so often, for it may index meanwhile.
LOOK_AT_MEMORY_EVERY_SECONDS = 0.1
# The thread of what takes minutes (a first index, related stories of a whole archive) is so much nicer than those that answer readers.
PATIENCE = 10
_NICEST = 19
_NOTHING_FOUND = "Nothing is found until it can be"


async def run_search(
    socket_path: Path, sheet_log: Path, directory: Path, stop: asyncio.Event | None = None, *, together: Together | None = None
) -> None:
    """Run the search process until ``stop`` is set, or for ever."""
    stop = stop or asyncio.Event()
    socket_path.unlink(missing_ok=True)
    disk = _Disk(directory)
    disk.finds = followed(directory).is_whole

    def opened() -> Archive:
        archive = Archive(sheet_log, directory, together)
        archive.recall()
        archive.keep()
        return archive

    async with _Desk(socket_path) as desk:
        archive = await _opened(opened, lambda: Answers(sheet_log, directory, alone=True), desk, disk, stop)
        if archive is None:
            return
        # Who asks before the index is whole is told that the search is away: that nothing was found would not be true. But on a disk that
        # cannot be written to it will not be whole, and what stands there finds what it found before.
        patient = patient_thread()
        while not (stop.is_set() or (disk.is_full and disk.finds)) and await disk.written(archive, archive.follow, patient):
            pass
        disk.finds = True
        await desk.open(archive)
        follower = asyncio.create_task(_follow_forever(archive, disk, patient))
        thrifty = asyncio.create_task(_stay_small(archive))
        waiter = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([follower, waiter], return_when=asyncio.FIRST_COMPLETED)
        follower.cancel()
        waiter.cancel()
        thrifty.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(follower, waiter, thrifty)
    if follower in done:
        follower.result()


async def _opened(
    opened: Callable[[], Archive], standing: Callable[[], Answers], desk: _Desk, disk: _Disk, stop: asyncio.Event
) -> Archive | None:
    """Open the archive, which writes too; None if the process is stopped first. While the disk is full, what stands there answers."""
    answers: Answers | None = None
    while not stop.is_set():
        try:
            archive = await asyncio.to_thread(opened)
        except (OSError, sqlite3.Error, ValueError) as error:
            if answers is None and disk.finds and why_unwritten(error):
                answers = await asyncio.to_thread(_read_alone, standing)
                disk.finds = answers is not None
                if answers is not None:
                    await desk.open(answers)
            await disk.wait(error)
            if answers is not None:
                await asyncio.to_thread(answers.hear)
        else:
            disk.note_written()
            return archive
    return None


def _read_alone(standing: Callable[[], Answers]) -> Answers | None:
    try:
        answers = standing()
        answers.recall()
    except (OSError, sqlite3.Error, ValueError) as error:
        if not why_unwritten(error):
            raise
        return None
    return answers


def patient_thread() -> ThreadPoolExecutor:
    """Return a thread for what may take long, which gives way to all others."""
    return ThreadPoolExecutor(1, "patient", _be_patient)


def _be_patient() -> None:
    if sys.platform == "linux":  # elsewhere it would be the whole process, questions too
        own = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(own + PATIENCE, _NICEST))


async def _follow_forever(archive: Archive, disk: _Disk, patient: ThreadPoolExecutor) -> None:
    while True:
        # In a thread: questions are answered meanwhile.
        if await disk.written(archive, archive.work, patient if archive.has_much_to_do else None):
            continue
        if not await disk.written(archive, archive.relate_in_turn, patient):
            await asyncio.sleep(LOOK_EVERY_SECONDS)


class _Disk:
    """Waits for a disk that cannot be written to; says so once, and once that it can be."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.is_full = False
        self.finds = False  # whether what stands there can be searched meanwhile

    async def written(self, archive: Archive, work: Callable[[], bool], thread: ThreadPoolExecutor | None) -> bool:
        """Do a piece of work in a thread; say whether there was any. What could not be written is to be done again."""
        try:
            has_worked = await asyncio.get_running_loop().run_in_executor(thread, work)
        except (OSError, sqlite3.Error, ValueError) as error:
            await self.wait(error)
            archive.begin_again()
            return True
        if has_worked:
            self.note_written()
        return has_worked

    async def wait(self, error: Exception) -> None:
        """Wait before what failed is done again; raise an error of another kind."""
        why = why_unwritten(error)
        if not why:
            raise error
        if not self.is_full:
            meanwhile = "What is published is not found until it can be; what was found before still is"
            logger.error("%s cannot be written to: %s. %s", self._directory, why, meanwhile if self.finds else _NOTHING_FOUND)
        self.is_full = True
        await asyncio.sleep(TRY_EVERY_SECONDS)

    def note_written(self) -> None:
        """Note that it could be written to."""
        if self.is_full:
            logger.warning("%s can be written to again", self._directory)
        self.is_full = False


async def _stay_small(archive: Archive) -> None:
    while True:
        await asyncio.sleep(LOOK_AT_MEMORY_EVERY_SECONDS)
        archive.stay_small()


class _Desk:
    """Answers at the socket: from the archive, or, while that cannot be opened, from what can be read of it."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path
        self._answers: Answers | None = None
        self._server: asyncio.Server | None = None

    async def open(self, answers: Answers) -> None:
        """Answer from these, from now on."""
        self._answers = answers
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._serve, str(self._socket_path))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                message = await wire.next_message(reader)
                if not isinstance(message, wire.Question) or self._answers is None:
                    continue
                writer.write(wire.frame(_answered(self._answers, message)))
                self._answers.stay_small()
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, msgspec.DecodeError):
            return
        finally:
            writer.close()


def _answered(archive: Answers, message: wire.Question) -> wire.Message:
    try:
        if isinstance(message, wire.Ask):
            return wire.Told(message.number, archive.search(message.query))
        if isinstance(message, wire.AskBeginning):
            return wire.ToldBeginning(message.number, tuple(archive.suggest(message.typed, message.language, message.limit)))
        if isinstance(message, wire.AskTopics):
            return wire.ToldTopics(message.number, tuple(archive.topics_near(message.title, message.body, message.language)))
        return wire.ToldOften(message.number, tuple(archive.often(message.language, message.limit)))
    except BaseException as error:
        if not (isinstance(error, Exception) or is_panic(error)):
            raise
        # Whatever a query does to the index, its reader gets an answer.
        logger.exception("a search failed")
        if isinstance(message, wire.Ask):
            return wire.Told(message.number, Answer((), 0))
        if isinstance(message, wire.AskBeginning):
            return wire.ToldBeginning(message.number, ())
        return wire.ToldTopics(message.number, ()) if isinstance(message, wire.AskTopics) else wire.ToldOften(message.number, ())
