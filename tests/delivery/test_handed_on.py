"""Requests that are answered later without a task: each once, in their order, and nobody else's."""

from __future__ import annotations

import pytest

from kawaraban.delivery.http1 import Connection
from kawaraban.delivery.server import Server

POST = b"POST /read HTTP/1.1\r\nHost: news.example\r\nContent-Length: 1\r\n\r\n%d"
PAGE = b"GET /p%d HTTP/1.1\r\nHost: news.example\r\n\r\n"
EMPTY = (b"content-length: 0\r\n\r\n",)


class Later:
    """Takes every POST, and answers when it is told to; pages are ready."""

    is_late = False

    def __init__(self):
        self.taken = []

    def ready(self, target, headers, *, head):
        return 200, (b"x-path: " + target + b"\r\n", *EMPTY)

    def hand_on(self, request, client, answered):
        if request.body == b"9":
            raise RuntimeError("a fault of ours")
        self.taken.append((request, answered))
        return True

    def answer(self, place, status=204):
        request, answered = self.taken[place]
        answered(request, status, EMPTY)


class Wire:
    """What a reader's machine sees."""

    def __init__(self):
        self.sent, self.closed = b"", False

    def get_extra_info(self, name):
        return ("203.0.113.7", 5000)

    def write(self, content):
        self.sent += content

    def is_closing(self):
        return self.closed

    def get_write_buffer_size(self):
        return 0

    def close(self):
        self.closed = True

    @property
    def statuses(self):
        return [int(line.split()[1]) for line in self.sent.split(b"\r\n") if line.startswith(b"HTTP/1.1")]


@pytest.fixture
def reader():
    app, wire = Later(), Wire()
    server = Server(app, 10)
    connection = Connection(server)
    connection.connection_made(wire)
    return app, wire, connection, server


def test_what_is_too_long_is_told_of_as_far_as_it_was_read(reader):
    _, wire, connection, server = reader
    heard = []
    server.on_refused = lambda request, status: heard.append((request.method, request.target, request.headers[b"host"], status))
    connection.data_received(b"POST /read HTTP/1.1\r\nHost: news.example\r\nContent-Length: 30000\r\n\r\n")
    assert (wire.statuses, heard, server.refused) == ([413], [(b"POST", b"/read", b"news.example", 413)], {413: 1})


def test_what_follows_waits_until_the_first_is_answered(reader):
    app, wire, connection, server = reader
    connection.data_received(POST % 1 + PAGE % 1 + POST % 2 + PAGE % 2)
    assert (wire.statuses, len(app.taken), connection.idle) == ([], 1, False)
    app.answer(0)
    assert wire.statuses == [204, 200]
    app.answer(1)
    assert wire.statuses == [204, 200, 204, 200]
    assert connection.idle
    assert server.worked == {("read", 204): 2}


def test_an_answer_is_given_once_and_to_nobody_else(reader):
    app, wire, connection, _ = reader
    connection.data_received(POST % 1)
    app.answer(0)
    connection.data_received(POST % 2)
    app.answer(0)
    assert wire.statuses == [204]
    app.answer(1, 503)
    assert wire.statuses == [204, 503]


def test_who_has_hung_up_is_told_nothing(reader):
    app, wire, connection, server = reader
    connection.data_received(POST % 1)
    connection.connection_lost(None)
    app.answer(0)
    assert (wire.sent, len(server.connections)) == (b"", 0)


def test_a_fault_of_ours_is_a_500_and_the_connection_goes_on(reader):
    _, wire, connection, _ = reader
    connection.data_received(POST % 9 + PAGE % 1)
    assert wire.statuses == [500, 200]


def test_who_sends_no_more_is_still_answered(reader):
    app, wire, connection, _ = reader
    connection.data_received(POST % 1)
    assert connection.eof_received()
    app.answer(0)
    assert (wire.statuses, wire.closed) == ([204], True)
