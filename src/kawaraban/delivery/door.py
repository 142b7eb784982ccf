"""The reader plane's door: a listening socket that outlives the processes which serve behind it."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The number of a listening socket that a process was started with.
LISTEN_VARIABLE = "KAWARABAN_LISTEN_FD"
BACKLOG = 4096


def open_door(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Listen on an address; OSError if it is taken. A shared door may be opened by several processes, each with a queue of its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)


@contextlib.contextmanager
def our_door(host: str, port: int) -> Iterator[socket.socket]:
    """Give the door that we were started with, or one of our own.

    One that was given is held by who started us: readers who knock while we are being replaced stand in its queue and lose nothing.
    """
    number = os.environ.get(LISTEN_VARIABLE)
    with socket.socket(fileno=os.dup(int(number))) if number is not None else open_door(host, port, shared=True) as door:
        yield door
