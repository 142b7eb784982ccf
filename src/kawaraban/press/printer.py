"""The printer process: sleeps until it is woken, prints what the outbox holds, and does the newsroom's regular errands."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection

from kawaraban.press.printing import print_round, work_slowly

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.sheetlog.log import SheetLog

logger = logging.getLogger(__name__)

# A knock can be lost (a full socket buffer, a restart): the outbox is looked at so often anyway.
LOOK_EVERY_SECONDS = 1.0
# Killed in the middle, a piece of slow work is done again.
SLOW_WORK_ENDS_WITHIN_SECONDS = 3.0


@dataclass
class Errand:
    """Something done every so often beside printing: schedules, weather, rights that end."""

    name: str
    run: Callable[[SheetLog], None]
    every_seconds: float
    due_at: float = 0.0


_errands: list[Errand] = []


def register_errand(name: str, run: Callable[[SheetLog], None], *, every_seconds: float) -> None:
    """Have the printer process run something regularly. It must be quick or bounded: printing waits for it."""
    _errands.append(Errand(name, run, every_seconds))


def run_printer(socket_path: Path, log: SheetLog, stopped: Callable[[], bool]) -> None:
    """Print until ``stopped()``. Killed at any moment, it goes on with what the outbox still holds."""
    socket_path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    door.bind(str(socket_path))
    door.setblocking(False)
    waiter = selectors.DefaultSelector()
    waiter.register(door, selectors.EVENT_READ)
    # Pictures are encoded outside Python's lock: a publication does not notice.
    slow = threading.Thread(target=_work_slowly, args=(stopped,), name="slow work", daemon=True)
    slow.start()
    try:
        while not stopped():
            try:
                more = True
                while more and not stopped():
                    more = bool(print_round(log).jobs)
                    _run_errands(log)
            except Exception:
                # The disk may be full or the database locked: the jobs are still in the outbox.
                logger.exception("the printer could not print; it tries again")
                close_old_connections()
                time.sleep(LOOK_EVERY_SECONDS)
            if waiter.select(LOOK_EVERY_SECONDS):
                _drain(door)
    finally:
        slow.join(SLOW_WORK_ENDS_WITHIN_SECONDS)
        door.close()
        socket_path.unlink(missing_ok=True)


def _work_slowly(stopped: Callable[[], bool]) -> None:
    try:
        while not stopped():
            try:
                if work_slowly():
                    continue
            except Exception:
                logger.exception("slow work could not be done; it is tried again")
                close_old_connections()
            time.sleep(LOOK_EVERY_SECONDS)
    finally:
        connection.close()


def _run_errands(log: SheetLog) -> None:
    for errand in _errands:
        if time.monotonic() < errand.due_at:
            continue
        errand.due_at = time.monotonic() + errand.every_seconds
        try:
            errand.run(log)
        except Exception:
            logger.exception("the errand %r failed", errand.name)


def _drain(door: socket.socket) -> None:
    try:
        while True:
            door.recv(16)
    except BlockingIOError:
        return
