"""A site as its operator runs it: processes of their own, over a data directory of their own."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

import clusters
from kawaraban.project.env import read_environment
from kawaraban.project.supervision import Notice


@dataclass
class Site:
    """A running site."""

    data: Path
    port: int
    newsroom_port: int
    process: subprocess.Popen[bytes] | None = None
    role: str = "all"
    metrics_port: int = 0
    more: dict[str, str] = field(default_factory=dict)  # of the environment

    @classmethod
    def copy_of(cls, newspaper: Path, data: Path) -> Site:
        """Make a site, not yet started, over a copy of a newspaper that nobody serves."""
        site = cls(data, free_port(), free_port())
        shutil.copytree(newspaper, data)
        if clusters.is_asked_for():
            clusters.cluster().new_database(database_of(data), like=database_of(newspaper))
        return site

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def newsroom_url(self) -> str:
        return f"http://127.0.0.1:{self.newsroom_port}"

    @property
    def database(self) -> str:
        """The address of its own database, where the suite runs on PostgreSQL; else nothing."""
        if not clusters.is_asked_for():
            return ""
        return clusters.cluster().new_database(database_of(self.data))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "KAWARABAN_DATA": str(self.data),
            "KAWARABAN_DATABASE": self.database,
            "KAWARABAN_BASE_URL": self.url,
            "KAWARABAN_NEWSROOM_URL": self.newsroom_url,
            "KAWARABAN_WEATHER": "sample",
            "KAWARABAN_METRICS_PORT": str(self.metrics_port or ""),
            "PYTHONPATH": str(Path(__file__).parent.parent / "src"),
            **self.more,
        }

    def kawaraban(self, *arguments: str, check: bool = True, words: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command; ``words`` are its standard input."""
        command = [sys.executable, "-m", "kawaraban", *arguments]
        done = subprocess.run(command, env=self.environment, input=words, capture_output=True, text=True, check=False, timeout=300)
        assert not check or done.returncode == 0, done.stderr
        return done

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command, and do not wait for it."""
        command = [sys.executable, "-m", "kawaraban", *arguments]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, role: str = "all", *, newsroom: bool = True) -> None:
        """Start the site, and wait until its planes answer; for the newsroom only if told so."""
        self.role = role
        words = ["serve", "--port", str(self.port), "--newsroom-port", str(self.newsroom_port), "--role", role]
        self._notice.unlink(missing_ok=True)
        self.process = subprocess.Popen([sys.executable, "-m", "kawaraban", *words], env=self.environment)
        try:
            until(self._notice.exists, 120)
            if role != "newsroom":
                until(lambda: httpx.get(f"{self.url}/").status_code == 200, 120)
            if role != "reader" and newsroom:
                until(lambda: httpx.get(f"{self.newsroom_url}/admin/login/").status_code == 200, 120)
        except BaseException:
            self.stop()
            raise

    @property
    def _notice(self) -> Path:
        # Beside the sockets, which lie elsewhere when the data directory's path is long.
        return read_environment(self.environment).socket_dir / f"serve-{self.role}.json"

    def told(self) -> dict[str, Any]:
        """What the supervisor tells of itself and of its processes."""
        told = Notice(self._notice).read()
        assert told is not None
        return told

    def pids(self, name: str) -> list[int]:
        """The processes of this name, or whose name begins with it."""
        return [process["pid"] for post, process in self.told()["processes"].items() if post.startswith(name)]

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


def database_of(data: Path) -> str:
    """Name the database that belongs to a data directory."""
    return f"site_{hashlib.blake2b(str(data).encode(), digest_size=8).hexdigest()}"


def until(question, seconds: float = 60.0):
    """Ask until the answer is true, and return it; what fails on the way counts as not yet.

    How long that takes says more of the machine than of the code: the bound is far away, and figures are the benches' business.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = question()
        except (httpx.HTTPError, OSError):
            answer = None
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError("it did not come true in time")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
