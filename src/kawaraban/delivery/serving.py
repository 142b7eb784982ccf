"""Starts one process of the reader server: our own HTTP/1 server, or Granian."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from kawaraban.delivery.door import BACKLOG, our_door
from kawaraban.delivery.http1 import Connection, LoggedConnection
from kawaraban.delivery.reader import Reader
from kawaraban.delivery.server import Server
from kawaraban.delivery.vitals import Vitals, own_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kawaraban.delivery.settings import ReaderSettings

logger = logging.getLogger(__name__)

# Files of our own beside the connections: databases, media, sockets.
_OWN_FILES = 200
_MOST_OPERATORS = 50
# Objects made, rounds of the young, rounds of the middle: Python looks through all that lives at the end of them.
_SELDOM_COLLECTED = (50_000, 20, 100)


def serve_readers(settings: ReaderSettings, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then answer what was asked and end; until SIGHUP, then let readers go one by one and end."""
    # Bodies are hundreds of objects each, and in no cycles: a walk over those of thousands of pages takes tenths of a second.
    gc.set_threshold(*_SELDOM_COLLECTED)
    with asyncio.Runner(loop_factory=_event_loop()) as runner:
        runner.run(_serve(settings, host, port))


def serve_with_granian(settings: ReaderSettings, *, host: str, port: int) -> None:
    """Serve the same application with Granian, which also speaks HTTP/2."""
    from granian import Granian
    from granian.constants import Interfaces, Loops

    settings.hand_on()
    Granian(
        "kawaraban.delivery.app:app",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        loop=Loops.auto,
        log_access=False,
        websockets=False,
        respawn_failed_workers=True,
    ).serve()


async def _serve(settings: ReaderSettings, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    stop, leave = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # A successor has taken over the door: readers are let go one by one, as it suits them.
    loop.add_signal_handler(signal.SIGHUP, leave.set)
    reader = Reader(settings)
    reader.__rsgi_init__(loop)
    served_by = LoggedConnection if settings.access_log else Connection
    server = Server(reader, min(settings.most_connections, _most_files() - _OWN_FILES))
    server.on_refused = reader.was_refused
    async with _operators_door(reader, server, settings):
        with our_door(host, port) as door:
            listener = await loop.create_server(lambda: served_by(server), sock=door, backlog=BACKLOG)
            clock = loop.create_task(server.keep_time())
            ends = [asyncio.ensure_future(event.wait()) for event in (stop, leave)]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            listener.close()
            await server.drain(hurry=stop)
        for task in (*ends, clock):
            task.cancel()
        await reader.close()


@contextlib.asynccontextmanager
async def _operators_door(reader: Reader, server: Server, settings: ReaderSettings) -> AsyncIterator[None]:
    """Answer the supervisor's questions on a socket of this process's own: on the readers' door anybody of us may answer."""
    if not settings.processes_dir:
        yield
        return
    path = own_socket(Path(settings.processes_dir), os.getpid())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    own = Server(Vitals(reader, server), _MOST_OPERATORS)
    listener = await asyncio.get_running_loop().create_unix_server(lambda: Connection(own), str(path))
    try:
        yield
    finally:
        listener.close()
        path.unlink(missing_ok=True)


def _most_files() -> int:
    """Ask for as many open files as we may have, and return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return soft if soft > 0 else 1_000_000


def _event_loop() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not to be had on this platform
        return None
    return uvloop.Loop
