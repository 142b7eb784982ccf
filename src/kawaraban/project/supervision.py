"""Starts the processes of a site, starts again what ends, and stops all of them together.

A process that keeps ending is started less and less often, so that a broken disk does not become a busy loop; the others run
on meanwhile: that is the point of having planes.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
# A process that ran so long was well: its next end is forgiven at once.
WELL_AFTER_SECONDS = 20.0
STOP_WITHIN_SECONDS = 8.0


@dataclass
class Post:
    """A process that is to be running."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    starts: int = field(default=0)


class Supervisor:
    """Keeps posts manned until it is told to stop."""

    def __init__(self, posts: Sequence[tuple[str, Sequence[str]]]) -> None:
        self.posts = [Post(name, arguments) for name, arguments in posts]
        self._stopping = False

    def run(self, each_round: Callable[[], None] | None = None) -> None:
        """Start everything and stay until SIGINT or SIGTERM; then stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            while not self._stopping:
                self._look_after()
                if each_round is not None:
                    each_round()
                time.sleep(0.1)
        finally:
            self._end_all()

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _look_after(self) -> None:
        now = time.monotonic()
        for post in self.posts:
            if post.process is not None and post.process.poll() is not None:
                logger.warning("%s ended with status %s; it is started again", post.name, post.process.returncode)
                post.pause = (
                    FIRST_PAUSE_SECONDS if now - post.started_at > WELL_AFTER_SECONDS else min(post.pause * 2, LONGEST_PAUSE_SECONDS)
                )
                post.start_at = now + post.pause
                post.process = None
            if post.process is None and now >= post.start_at:
                # A process group of its own: Ctrl-C in the terminal reaches us alone, and we stop them in order.
                post.process = subprocess.Popen(post.arguments, env=os.environ, stdin=subprocess.DEVNULL, start_new_session=True)
                post.started_at = now
                post.starts += 1

    def _end_all(self) -> None:
        for post in self.posts:
            if post.process is not None and post.process.poll() is None:
                post.process.terminate()
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        for post in self.posts:
            if post.process is None:
                continue
            try:
                post.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(post.process.pid, signal.SIGKILL)
                post.process.wait()


def kawaraban_run(*words: str) -> list[str]:
    """Return the arguments that start one of our own processes with this same Python."""
    return [sys.executable, "-m", "kawaraban", "run", *words]
