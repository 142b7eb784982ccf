"""A bus of its own: a real nats-server over a directory of its own."""

from __future__ import annotations

import shutil

import pytest

from bus.nodes import Server


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
