"""A site of several machines: the bus, which can be killed and come back, and machines that meet on it."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from running import Site, free_port

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Server:
    """A nats-server with streams on disk."""

    directory: Path
    words: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://{self.host}:{self.port}"

    def start(self) -> Server:
        command = ["nats-server", "-a", self.host, "-p", str(self.port), "-js", "-sd", str(self.directory), *self.words]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "the bus does not start"
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with socket.socket() as door:
            return door.connect_ex((self.host, self.port)) == 0


@dataclass
class Machine(Site):
    """A newsroom or a reader node."""

    bus: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "KAWARABAN_BUS": self.bus}
