"""Readers who take their time: to ask, to send a body, to take an answer."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

import pytest

from delivery.test_http1 import HOST, READ, Server, received
from kawaraban.delivery import http1

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("slow"))
    yield server
    server.process.terminate()
    server.process.wait(20)


def seconds_until_closed(connection: socket.socket, trickle: bytes, within: float) -> float:
    started = time.monotonic()
    with contextlib.suppress(ConnectionError, TimeoutError):
        connection.settimeout(0.5)
        while time.monotonic() - started < within:
            connection.sendall(trickle)
            with contextlib.suppress(TimeoutError):
                if not connection.recv(1 << 16):
                    break
    return time.monotonic() - started


@pytest.mark.parametrize(
    ("begun", "trickle", "within"),
    [
        (b"", b"", http1.HEAD_WITHIN_SECONDS),
        (b"GET /p1 HTTP/1.1\r\nX: ", b"a", http1.HEAD_WITHIN_SECONDS),
        (b"\r\n", b"\r\n", http1.HEAD_WITHIN_SECONDS),
        (READ + b"Content-Length: 10000\r\n\r\n", b"a", http1.BODY_WITHIN_SECONDS),
        (READ + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", http1.BODY_WITHIN_SECONDS),
    ],
    ids=["nothing", "head", "empty lines", "body", "chunks"],
)
def test_whoever_sends_too_slowly_is_let_go_on_time(server: Server, begun: bytes, trickle: bytes, within: float) -> None:
    with server.open() as connection:
        connection.sendall(begun)
        assert within - 1 < seconds_until_closed(connection, trickle, within + 10) < within + 2


def test_whoever_takes_an_answer_slowly_but_steadily_gets_it_and_who_takes_nothing_is_let_go(server: Server) -> None:
    asked = b"GET /media/large.jpg HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    with server.open() as stuck, server.open() as steady:
        for connection in (stuck, steady):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            connection.sendall(asked)
        started = time.monotonic()
        got = 0
        while piece := steady.recv(100_000):
            got += len(piece)
            time.sleep(0.6)
        assert got > 6_000_000
        assert time.monotonic() - started > http1.TAKE_WITHIN_SECONDS + 5
        # What the kernel still holds, and then no end of the answer.
        assert len(received(stuck)) < 6_000_000
