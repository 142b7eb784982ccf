"""Long work that a process of its own does beside the one that began it: it gives way to everybody, and ends with that.

Who begins it tells its own number. A process that asked for its parent's would learn it only after Python had started, and by then that
may be the one that takes in orphans.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

LOOK_EVERY_SECONDS = 0.2


def command(module: str, *words: str) -> list[str]:
    """Return the words by which this process has a module's ``main`` work beside it."""
    return [sys.executable, "-m", module, str(os.getpid()), *words]


def work_for(began_by: int) -> None:
    """Give way to everybody from now on, and end as if killed soon after the process that began this one has ended."""
    os.nice(10)
    # Ctrl-C is told to who began this process, and that ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(began_by,), daemon=True).start()


def is_wanted(began_by: int) -> bool:
    """Whether the process that began this one is still there."""
    return os.getppid() == began_by


def _end_with(began_by: int) -> None:
    while is_wanted(began_by):
        time.sleep(LOOK_EVERY_SECONDS)
    os._exit(1)
