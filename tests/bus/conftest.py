"""A bus of its own: a real nats-server over a directory of its own, which can be killed and come back."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from running import free_port

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Server:
    """A nats-server with streams on disk."""

    directory: Path
    words: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    before: tuple[str, ...] = ()  # a command that runs it elsewhere, such as in another network
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://{self.host}:{self.port}"

    def start(self) -> Server:
        command = ["nats-server", "-a", self.host, "-p", str(self.port), "-js", "-sd", str(self.directory), *self.words]
        self.process = subprocess.Popen([*self.before, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not self.before:
            deadline = time.monotonic() + 10
            while socket.socket().connect_ex((self.host, self.port)):
                assert time.monotonic() < deadline, "the bus does not start"
                time.sleep(0.02)
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def start_bus(tmp_path):
    """Starts a bus, with further words if given."""
    if shutil.which("nats-server") is None:
        pytest.skip("nats-server is not on this machine: tests/servers.sh installs it on Debian")
    started: list[Server] = []

    def start(*words: str) -> Server:
        started.append(Server(tmp_path / f"bus-{len(started)}", words).start())
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def bus(start_bus):
    return start_bus()
