"""Starts the processes of a site, starts again what ends, and stops all of them together.

A process that keeps ending is started less and less often, so that a broken disk does not become a busy loop; the others run
on meanwhile: that is the point of having planes.

A post with a door is relieved without a gap: its successor starts beside it behind the same door, and only when that one is ready is the
old one asked to let its readers go.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kawaraban.delivery.door import LISTEN_VARIABLE

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
# A process that ran so long was well: its next end is forgiven at once.
WELL_AFTER_SECONDS = 20.0
STOP_WITHIN_SECONDS = 8.0
READY_WITHIN_SECONDS = 60.0
# Somewhat longer than a reader process takes to let its readers go.
LEAVE_WITHIN_SECONDS = 40.0
NOTICES = ("all", "newsroom", "reader")
SUPERVISOR_VARIABLE = "KAWARABAN_SUPERVISOR"
_PR_SET_PDEATHSIG = 1


class AlreadyRunningError(Exception):
    """A site is run by another supervisor; the message says by which."""


@dataclass
class Post:
    """A process that is to be running."""

    name: str
    arguments: Sequence[str]
    # The listening socket that whoever stands here serves behind. It is ours, so that nobody's end closes it.
    door: socket.socket | None = None
    # Whether a process that was started for this post is ready; only such a post can be relieved.
    is_ready: Callable[[int], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    successor: subprocess.Popen[bytes] | None = None
    successor_until: float = 0.0
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    starts: int = 0

    def start(self) -> subprocess.Popen[bytes]:
        """Start a process. In a group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops all in order."""
        environment = {**os.environ, SUPERVISOR_VARIABLE: str(os.getpid())}
        kept: tuple[int, ...] = ()
        if self.door is not None:
            environment[LISTEN_VARIABLE] = str(self.door.fileno())
            kept = (self.door.fileno(),)
        self.starts += 1
        return subprocess.Popen(self.arguments, env=environment, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=kept)


class Supervisor:
    """Keeps posts manned until it is told to stop. ``notice`` is a file in which it tells who runs; its lock says that it is true."""

    def __init__(self, posts: Sequence[Post], notice: Notice) -> None:
        self.posts = list(posts)
        self._notice = notice
        self._stopping = False
        self._reload_asked = False
        self._reloads = 0
        self._reload_failed = ""
        self._leaving: list[tuple[str, subprocess.Popen[bytes], float]] = []
        self._had_terminal = os.isatty(0)

    def run(self) -> None:
        """Start everything and stay until SIGINT or SIGTERM; then stop everything. SIGHUP relieves the posts that have a door."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._hang_up)
        try:
            while not self._stopping:
                self._look_after()
                self._notice.write(self._told())
                time.sleep(0.1)
        finally:
            self._end_all()

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _hang_up(self, _number: int, _frame: object) -> None:
        # A terminal that is closed says the same thing, and means that nobody is there any more.
        if self._had_terminal and not _terminal_is_there():
            self._stopping = True
        self._reload_asked = True

    # ------------------------------------------------------------------ a round

    def _look_after(self) -> None:
        now = time.monotonic()
        if self._reload_asked and not self._reloading:
            self._reload_asked = False
            self._begin_reload(now)
        for post in self.posts:
            if post.successor is not None:
                self._look_after_successor(post, post.successor, now)
            if post.process is not None and post.process.poll() is not None:
                logger.warning("%s ended with status %s; it is started again", post.name, post.process.returncode)
                post.pause = (
                    FIRST_PAUSE_SECONDS if now - post.started_at > WELL_AFTER_SECONDS else min(post.pause * 2, LONGEST_PAUSE_SECONDS)
                )
                post.start_at = now + post.pause
                post.process = None
            if post.process is None and post.successor is None and now >= post.start_at:
                post.process = post.start()
                post.started_at = now
        for name, process, until in list(self._leaving):
            if process.poll() is not None:
                self._leaving.remove((name, process, until))
            elif now > until:
                logger.warning("the old %s did not leave within %d s; it is killed", name, LEAVE_WITHIN_SECONDS)
                process.kill()

    # ------------------------------------------------------------------ relief

    @property
    def _reloading(self) -> bool:
        return any(post.successor is not None for post in self.posts)

    def _begin_reload(self, now: float) -> None:
        self._reload_failed = ""
        relieved = [post for post in self.posts if post.is_ready is not None]
        for post in relieved:
            post.successor = post.start()
            post.successor_until = now + READY_WITHIN_SECONDS
        if not relieved:
            self._end_reload("no process here can be relieved")

    def _look_after_successor(self, post: Post, successor: subprocess.Popen[bytes], now: float) -> None:
        if successor.poll() is not None:
            self._give_up_successor(post, f"the new {post.name} ended with status {successor.returncode} before it was ready")
        elif post.is_ready is not None and post.is_ready(successor.pid):
            if post.process is not None and post.process.poll() is None:
                post.process.send_signal(signal.SIGHUP)
                self._leaving.append((post.name, post.process, now + LEAVE_WITHIN_SECONDS))
            post.process, post.successor, post.started_at = successor, None, now
            logger.info("%s was relieved", post.name)
            self._end_reload()
        elif now > post.successor_until:
            successor.kill()
            successor.wait()
            self._give_up_successor(post, f"the new {post.name} was not ready within {READY_WITHIN_SECONDS:.0f} s")

    def _give_up_successor(self, post: Post, why: str) -> None:
        logger.error("%s; the old one stays", why)
        post.successor = None
        self._end_reload(why)

    def _end_reload(self, problem: str = "") -> None:
        self._reload_failed = self._reload_failed or problem
        if not self._reloading:
            self._reloads += 1

    # ------------------------------------------------------------------ telling, ending

    def _told(self) -> dict[str, Any]:
        processes = {post.name: {"pid": post.process.pid, "starts": post.starts} for post in self.posts if post.process is not None}
        return {"pid": os.getpid(), "reloads": self._reloads, "reload_failed": self._reload_failed, "processes": processes}

    def _end_all(self) -> None:
        successors = [post.successor for post in self.posts if post.successor is not None]
        running = [*[post.process for post in self.posts if post.process is not None], *successors, *[each[1] for each in self._leaving]]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Notice:
    """A file that says who runs which processes of a site, and a lock that says whether that is still so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock_path = path.with_suffix(".lock")
        self._lock: int | None = None
        self._written = ""

    @classmethod
    def of(cls, directory: Path, role: str) -> Notice:
        """Return the notice of who runs a role."""
        return cls(directory / f"serve-{role}.json")

    def take(self) -> None:
        """Be the one who runs this; AlreadyRunningError if another does. The lock goes with the process, however it ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise AlreadyRunningError(self.who) from None
        self._lock = lock

    def write(self, told: dict[str, Any]) -> None:
        """Tell, if it is news. A full disk is no reason to stop a site: then the notice stays behind."""
        text = json.dumps(told)
        if text == self._written:
            return
        temporary = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            temporary.write_text(text, encoding="ascii")
            temporary.replace(self._path)
            self._written = text

    def read(self) -> dict[str, Any] | None:
        """Return what was told last; None if nothing was."""
        try:
            told: dict[str, Any] = json.loads(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return told

    @property
    def who(self) -> str:
        """Say in a sentence who runs this."""
        return f"this site is running already, by process {(self.read() or {}).get('pid', 'unknown')}: stop that first"

    def holds(self) -> bool:
        """Whether who wrote the notice still runs."""
        try:
            lock = os.open(self._lock_path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(lock)
        return False


def ask_to_reload(notice: Notice, within_seconds: float) -> str:
    """Have the running supervisor relieve its readers, and wait until that is done; return what went wrong, "" if nothing did."""
    told = notice.read()
    if told is None or not notice.holds():
        return "this site is not running"
    os.kill(told["pid"], signal.SIGHUP)
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        now = notice.read()
        if now is not None and now["reloads"] != told["reloads"]:
            return str(now["reload_failed"])
        if not notice.holds():
            return "the site ended meanwhile"
        time.sleep(0.1)
    return f"nothing was heard within {within_seconds:.0f} s"


def end_with_supervisor() -> None:
    """Have this process end when its supervisor does, even if that was killed: else readers would be served by nobody's processes."""
    supervisor = os.environ.get(SUPERVISOR_VARIABLE)
    if supervisor is None:
        return
    with contextlib.suppress(AttributeError):  # Linux alone has this
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor has gone")


def kawaraban_run(*words: str) -> list[str]:
    """Return the arguments that start one of our own processes with this same Python."""
    return [sys.executable, "-m", "kawaraban", "run", *words]


def _terminal_is_there() -> bool:
    try:
        os.tcgetpgrp(0)
    except OSError:
        return False
    return True
