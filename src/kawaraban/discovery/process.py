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
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery import wire
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
    disk = _Disk(directory)
    stands = followed(directory).seq > 0
    archive = await disk.opened(lambda: Archive(sheet_log, directory, together))
    disk.finds = stands
    archive.keep()
    archive.recall()
    stop = stop or asyncio.Event()
    socket_path.unlink(missing_ok=True)
    # Who asks before the index is whole is told that the search is away: that nothing was found would not be true. But on a disk that
    # cannot be written to it will not be whole, and what stands there finds what it found before.
    patient = patient_thread()
    while not (stop.is_set() or (disk.is_full and disk.finds)) and await disk.written(archive, archive.follow, patient):
        pass
    disk.finds = True
    server = await asyncio.start_unix_server(lambda reader, writer: _serve(archive, reader, writer), str(socket_path))
    follower = asyncio.create_task(_follow_forever(archive, disk, patient))
    thrifty = asyncio.create_task(_stay_small(archive))
    waiter = asyncio.create_task(stop.wait())
    async with server:
        done, _ = await asyncio.wait([follower, waiter], return_when=asyncio.FIRST_COMPLETED)
        follower.cancel()
        waiter.cancel()
        thrifty.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(follower, waiter, thrifty)
    if follower in done:
        follower.result()


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
            await self._wait(error)
            archive.begin_again()
            return True
        if has_worked:
            self._is_written()
        return has_worked

    async def opened(self, make: Callable[[], Archive]) -> Archive:
        """Open the archive, which writes too."""
        while True:
            try:
                archive = make()
            except (OSError, sqlite3.Error, ValueError) as error:
                await self._wait(error)
            else:
                self._is_written()
                return archive

    async def _wait(self, error: Exception) -> None:
        why = why_unwritten(error)
        if not why:
            raise error
        if not self.is_full:
            meanwhile = "What is published is not found until it can be; what was found before still is"
            logger.error("%s cannot be written to: %s. %s", self._directory, why, meanwhile if self.finds else _NOTHING_FOUND)
        self.is_full = True
        await asyncio.sleep(TRY_EVERY_SECONDS)

    def _is_written(self) -> None:
        if self.is_full:
            logger.warning("%s can be written to again", self._directory)
        self.is_full = False


async def _stay_small(archive: Archive) -> None:
    while True:
        await asyncio.sleep(LOOK_AT_MEMORY_EVERY_SECONDS)
        archive.stay_small()


async def _serve(archive: Archive, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            message = await wire.next_message(reader)
            if not isinstance(message, wire.Question):
                continue
            writer.write(wire.frame(_answered(archive, message)))
            archive.stay_small()
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError, msgspec.DecodeError):
        return
    finally:
        writer.close()


def _answered(archive: Archive, message: wire.Question) -> wire.Message:
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
