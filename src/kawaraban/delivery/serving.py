"""Starts one process of the reader server: our own HTTP/1 server, or Granian."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
from typing import TYPE_CHECKING

from kawaraban.delivery.http1 import BACKLOG, Connection, Server
from kawaraban.delivery.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.delivery.settings import ReaderSettings

logger = logging.getLogger(__name__)

# The number of a listening socket that the process was started with; systemd's way of handing one on counts from 3.
LISTEN_VARIABLE = "KAWARABAN_LISTEN_FD"
# Files of our own beside the connections: databases, media, sockets.
_OWN_FILES = 200


def serve_readers(settings: ReaderSettings, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; then answer what was asked, and end."""
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
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    reader = Reader(settings)
    reader.__rsgi_init__(loop)
    server = Server(reader, min(settings.most_connections, _most_files() - _OWN_FILES))
    with _listening(host, port) as door:
        listener = await loop.create_server(lambda: Connection(server), sock=door, backlog=BACKLOG)
        clock = loop.create_task(server.keep_time())
        await stop.wait()
        listener.close()
        await server.drain()
        clock.cancel()
        await reader.close()


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Give the socket that we were started with, or one of our own. One that was given is not ours to shut."""
    number = os.environ.get(LISTEN_VARIABLE)
    if number is not None:
        yield socket.socket(fileno=os.dup(int(number)))
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=True) as door:
        yield door


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
