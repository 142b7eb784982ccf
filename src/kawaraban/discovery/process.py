"""The search process: follows the log's documents, keeps index and related stories, and answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery import wire
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.memory import LOOK_EVERY_SECONDS as LOOK_AT_MEMORY_EVERY_SECONDS
from kawaraban.discovery.memory import MOST_RESIDENT_BYTES, give_back_if_much, resident_bytes
from kawaraban.discovery.shapes import Answer
from kawaraban.language.words import is_panic

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.discovery.archive import Together

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.05
# The thread of what takes minutes (a first index, related stories of a whole archive) is so much nicer than those that answer readers.
PATIENCE = 10
_NICEST = 19


async def run_search(
    socket_path: Path, sheet_log: Path, directory: Path, stop: asyncio.Event | None = None, *, together: Together | None = None
) -> None:
    """Run the search process until ``stop`` is set, or for ever."""
    archive = Archive(sheet_log, directory, together)
    archive.keep()
    archive.recall()
    stop = stop or asyncio.Event()
    socket_path.unlink(missing_ok=True)
    # Who asks before the index is whole is told that the search is away: that nothing was found would not be true.
    patient = patient_thread()
    while not stop.is_set() and await asyncio.get_running_loop().run_in_executor(patient, archive.follow):
        pass
    server = await asyncio.start_unix_server(lambda reader, writer: _serve(archive, reader, writer), str(socket_path))
    follower = asyncio.create_task(_follow_forever(archive, patient))
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


async def _follow_forever(archive: Archive, patient: ThreadPoolExecutor) -> None:
    loop = asyncio.get_running_loop()
    while True:
        # In a thread: questions are answered meanwhile.
        if not await loop.run_in_executor(patient if archive.has_much_to_do else None, archive.work):
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _stay_small(archive: Archive) -> None:
    while True:
        await asyncio.sleep(LOOK_AT_MEMORY_EVERY_SECONDS)
        # First the dictionary; if that is not enough, the thread that follows the log opens the index anew.
        archive.is_large = give_back_if_much() and resident_bytes() >= MOST_RESIDENT_BYTES


async def _serve(archive: Archive, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            message = await wire.next_message(reader)
            if not isinstance(message, wire.Question):
                continue
            writer.write(wire.frame(_answered(archive, message)))
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
