"""The HTTP/1 server as hostile, broken, slow and old clients see it: bytes over a socket."""

import contextlib
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kawaraban.delivery import http1
from kawaraban.delivery.settings import reader_settings
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Asset, Kind, Redirect, Sheet
from running import free_port, until

START = (
    "import sys, logging; logging.basicConfig(level='INFO'); from kawaraban.delivery.serving import serve_readers;"
    "from kawaraban.delivery.settings import handed_on; serve_readers(handed_on(), host='127.0.0.1', port=int(sys.argv[1]))"
)
HOST = b"Host: news.example\r\n"
LARGE = 6_000_000


def sheet(path: str, text: str, status: int = 200) -> Change:
    pieces = (f"<html>{text}</html>",)
    return Change(Kind.SHEET, path, Sheet(path=path, language="ja", kind="story", pieces=pieces, modified_at=1000.0, status=status))


class Server:
    """A reader server over a log of a few pages, and what it wrote to its log."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        log = SheetLog(root / "sheets.sqlite3", writable=True)
        log.append(
            [
                *[sheet(f"/p{number}", "文" * 2000) for number in range(300)],
                sheet("/_404/ja", "ない", status=404),
                sheet("/search", "検索"),
                Change(Kind.REDIRECT, "/old", Redirect("/p1")),
                Change(Kind.ASSET, "/assets/site.css", Asset("text/css", b"body{}" * 500)),
            ]
        )
        log.close()
        (root / "media").mkdir()
        (root / "media" / "large.jpg").write_bytes(os.urandom(LARGE))
        made = reader_settings(
            sheet_log=root / "sheets.sqlite3",
            media_dir=root / "media",
            related_store=root / "related.sqlite3",
            collector_socket=root / "none.sock",
            search_socket=root / "none.sock",
            base_url="http://127.0.0.1",
        )
        made.hand_on()
        self.log = root / "log"
        with self.log.open("wb") as log_file:
            self.process = subprocess.Popen([sys.executable, "-c", START, str(self.port)], stderr=log_file, env=os.environ)
        until(lambda: self.ask(b"GET /readyz HTTP/1.1\r\n" + HOST + b"\r\n")[:1] == [200])

    def open(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def exchange(self, *pieces: bytes, pause: float = 0.0, half_close: bool = True) -> bytes:
        """Send pieces, close our half, and return all that comes until the server closes its own."""
        with self.open() as connection:
            # It may have hung up before the last piece.
            with contextlib.suppress(OSError):
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(pause)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            return received(connection)

    def ask(self, *pieces: bytes, **how) -> list[int]:
        """Return the statuses of the answers to pieces; AssertionError if any of it is no HTTP."""
        return [status for status, _, _ in parsed(self.exchange(*pieces, **how))]

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


def received(connection: socket.socket) -> bytes:
    got = bytearray()
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(1 << 16):
            got += piece
    return bytes(got)


def parsed(stream: bytes, *, heads_only: bool = False) -> list[tuple[int, dict[bytes, bytes], bytes]]:
    """Cut a stream into answers by their own framing; what is left over at the end is a fault."""
    answers = []
    while stream:
        head, end, stream = stream.partition(b"\r\n\r\n")
        assert end, head[:200]
        first, *lines = head.split(b"\r\n")
        found = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [A-Za-z -]+", first)
        assert found, first
        status = int(found[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        length = 0 if heads_only or status in {100, 204, 304} else int(headers[b"content-length"])
        assert len(stream) >= length, (first, len(stream), length)
        answers.append((status, headers, stream[:length]))
        stream = stream[length:]
    return answers


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = Server(tmp_path_factory.mktemp("http1"))
    yield server
    server.process.terminate()
    assert server.process.wait(20) == 0
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "Traceback" not in server.logged()


PAGE = b"GET /p1 HTTP/1.1\r\n" + HOST + b"\r\n"
READ = b"POST /read HTTP/1.1\r\n" + HOST


# ------------------------------------------------------------------ what is no request


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # TLS
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /p1\r\n\r\n", 400),
        (b"GET /p1 HTTP/3.7\r\n" + HOST + b"\r\n", 400),
        (b"GET /p1 HTTP/1.1\r\n\r\n", 400),  # without Host
        (b"GET /p1 HTTP/1.1\r\nHost : news.example\r\n\r\n", 400),
        (b"GET /p1 HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", 400),
        (b"GET /p1 HTTP/1.1\r\n" + HOST + b"no colon\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /p1 HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /p1 HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 8000 + b"\r\n", 431),
        (READ + b"Content-Length: 30000\r\n\r\n" + b"a" * 30_000, 413),
        (READ + b"Transfer-Encoding: chunked\r\n\r\n" + b"7000\r\n" + b"a" * 0x7000 + b"\r\n0\r\n\r\n", 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_request_of_ours_is_refused_in_a_sentence(server, sent, status):
    ((got, headers, body),) = parsed(server.exchange(sent))
    assert got == status
    assert headers[b"connection"] == b"close"
    assert body.endswith(b".\n")


# ------------------------------------------------------------------ lines that came before


@pytest.mark.parametrize(
    "first_line",
    [
        b"GET /p1 HTTP/1.1",
        b"GET /p2 HTTP/1.1",
        b"HEAD /p2 HTTP/1.1",
        b"POST /p2 HTTP/1.1",
        b"GET /p2?from=mail HTTP/1.1",
        b"GET /p2#end HTTP/1.1",
        b"GET /p2 HTTP/1.0",
        b"GET /p2 HTTP/1.1 HTTP/1.1",
        b"GET  /p2 HTTP/1.1",
        b"GET /p2\tHTTP/1.1",
        b"GET /p\x002 HTTP/1.1",
        b"GET /missing HTTP/1.1",
        b"GET /_404/ja HTTP/1.1",
        b"GET /P2 HTTP/1.1",
        b"GET /old HTTP/1.1",
        b"GET /search HTTP/1.1",
        b"GET /assets/site.css HTTP/1.1",
        b"GET http://news.example/p2 HTTP/1.1",
        b"GET /p2 HTTP/1.1\nAccept-Encoding: gzip",
        b"get /p2 HTTP/1.1",
        b"",
    ],
)
@pytest.mark.parametrize("lines", [HOST, HOST + b"Accept-Encoding: gzip\r\n", HOST + b"Connection: close\r\n", b"X: no host\r\n"])
def test_lines_that_came_before_are_answered_as_new_ones_are(server, first_line, lines):
    def told(*pieces: bytes) -> bytes:
        return re.sub(rb"(date|x-request-id): .*?\r\n", b"", server.exchange(*pieces, pause=0.02))

    # Sent in two pieces, a request is the parser's.
    request = first_line + b"\r\n" + lines + b"\r\n"
    parsers = told(request[:3], request[3:])
    server.exchange(b"GET /p1 HTTP/1.1\r\n" + lines + b"\r\n")
    assert told(request) == parsers
    assert told(request) == parsers


def test_a_line_that_hides_behind_the_first_is_not_remembered(server):
    lines = b"Host: hidden.example\r\n\r\n"
    server.exchange(b"GET /p1 HTTP/1.1\nAccept-Encoding: gzip\r\n" + lines)
    ((_, headers, _),) = parsed(server.exchange(b"GET /p1 HTTP/1.1\r\n" + lines))
    assert b"content-encoding" not in headers


def test_who_asks_on_and_takes_nothing_is_not_answered_more(server):
    def resident_kb() -> int:
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.process.pid}/status").read_text())[1])

    before = resident_kb()
    with server.open() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(OSError):
            # Six kilobytes are answered to each of them; the last is worked for.
            connection.sendall(PAGE * 4000 + b"GET /missing HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.5)
        assert resident_kb() - before < 8000
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        # As many as were taken are answered, and it hangs up; what the client had sent in vain may cost it the end of the last.
        answers = received(connection)
    assert http1.MOST_PIPELINED <= answers.count(b"HTTP/1.1 200 OK") < 2000


def test_lines_of_a_request_with_a_body_are_never_answered_without_it(server):
    lines = HOST + b"Content-Length: 2\r\n\r\n"
    for _ in range(3):
        # The two bytes belong to the first request, not to a second one.
        assert server.ask(b"GET /p1 HTTP/1.1\r\n" + lines, b"GE", b"GET /p2 HTTP/1.1\r\n" + HOST + b"\r\n", pause=0.02) == [200, 200]


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"Content-Length: 5, 5\r\n\r\nhello",
        b"Content-Length: +5\r\n\r\nhello",
        b"Content-Length: 0x5\r\n\r\nhello",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5;\nhello\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_a_request_whose_end_could_be_read_in_two_ways_hides_no_other(server, framing):
    # Whatever is made of the first, the second is not answered as if a reader had sent it.
    hidden = b"GET /p2 HTTP/1.1\r\n" + HOST + b"\r\n"
    statuses = server.ask(READ + framing + hidden)
    assert statuses
    assert statuses[0] in {400, 413}
    assert 200 not in statuses


def test_a_head_without_an_end_is_not_gathered_for_ever(server):
    with server.open() as connection:
        connection.sendall(b"GET /p1 HTTP/1.1\r\n" + HOST + b"X: ")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 4_000_000 and not select.select([connection], [], [], 0)[0]:
                sent += connection.send(b"a" * 8192)
                time.sleep(0.001)
        assert sent < 4_000_000
        got = received(connection)
    assert not got or got.startswith(b"HTTP/1.1 431 ")


class _Wire:
    """What a connection answers when it is given pieces of exactly these lengths."""

    def __init__(self):
        self.sent, self.is_closed = b"", False

    def get_extra_info(self, name):
        return None

    def write(self, piece):
        self.sent += piece

    def close(self):
        self.is_closed = True


@pytest.mark.parametrize(
    "more",
    [b"X: abcde\r\n" * 800, b"".join(b"X%d: a\r\n" % number for number in range(800)), b"X: " + b"a" * 8000],
    ids=["of one name", "of many names", "without an end"],
)
def test_trailers_are_not_gathered_for_ever(more):
    wire, given = _Wire(), SimpleNamespace(app=None, now=0.0, date=b"\r\n", refuse=lambda *_of: None, opened=set().add)
    connection = http1.Connection(given)
    connection.connection_made(wire)
    connection.data_received(READ + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")
    pieces = 0
    while not wire.is_closed and pieces < 100:
        connection.data_received(more)
        pieces += 1
        more = more.removeprefix(b"X: " + b"a" * 8000) or b"a" * 8000
    assert wire.sent.startswith(b"HTTP/1.1 431 ")
    assert pieces <= 2 * http1.LONGEST_HEAD / len(more)


# ------------------------------------------------------------------ what is one


def test_trailers_are_read_over_whatever_they_name(server):
    head = b"GET /p1 HTTP/1.1\r\n" + HOST + b"X: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % (b"a" * 8000)
    # The head in pieces, and the body apart from its size: what is measured of one is not laid to the other.
    body = [b"3e80\r\n", b"a" * 16000, b"\r\n0\r\n", b"Accept-Encoding: gzip\r\nX: a\r\n", b"\r\n"]
    pieces = [head[:4000], head[4000:], *body]
    (first, second) = parsed(server.exchange(*pieces, *pieces, pause=0.01))
    assert [first[0], second[0]] == [200, 200]
    assert b"content-encoding" not in first[1]
    assert first[2].startswith(b"<html>")


def test_requests_that_come_together_are_answered_in_their_order(server):
    paths = [f"/p{number}".encode() for number in range(100)]
    stream = b"".join(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n" for path in paths)
    assert server.ask(stream) == [200] * 100
    # Pages that are ready wait behind one that is not.
    mixed = [b"/healthz", b"/p1", b"/live/ranking.json", b"/p2", b"/nothing", b"/p3"]
    answers = parsed(server.exchange(b"".join(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n" for path in mixed)))
    assert [status for status, _, _ in answers] == [200, 200, 200, 200, 404, 200]
    assert answers[0][2] == b"ok\n"


def test_more_requests_than_may_wait_are_answered_as_far_as_they_were_taken(server):
    answers = parsed(server.exchange((b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n") * 60))
    assert {status for status, _, _ in answers} == {200}
    assert 10 < len(answers) < 60
    assert answers[-1][1][b"connection"] == b"close"


def test_a_request_may_come_byte_by_byte(server):
    assert server.ask(*[bytes([byte]) for byte in PAGE], pause=0.001) == [200]


def test_head_and_not_modified_have_no_body_and_the_connection_goes_on(server):
    ((_, headers, body),) = parsed(server.exchange(PAGE))
    known = b"GET /p1 HTTP/1.1\r\n" + HOST + b"If-None-Match: " + headers[b"etag"] + b"\r\n\r\n"
    head = b"HEAD /p1 HTTP/1.1\r\n" + HOST + b"\r\n"
    with server.open() as connection:
        connection.sendall(head)
        first = connection.recv(1 << 16)
        assert first.endswith(b"\r\n\r\n")
        assert b"content-length: %d\r\n" % len(body) in first
        connection.sendall(known + PAGE)
        connection.shutdown(socket.SHUT_WR)
        assert [(status, len(got)) for status, _, got in parsed(received(connection))] == [(304, 0), (200, len(body))]
    for other in (b"/healthz", b"/nothing", b"/assets/site.css", b"/media/large.jpg", b"/live/ranking.json"):
        answer = parsed(server.exchange(b"HEAD " + other + b" HTTP/1.1\r\n" + HOST + b"\r\n"), heads_only=True)
        assert len(answer) == 1


def test_old_clients_are_served_and_let_go_or_kept_as_they_ask(server):
    ((status, headers, _),) = parsed(server.exchange(b"GET /p1 HTTP/1.0\r\n\r\n", half_close=False))
    assert (status, headers[b"connection"]) == (200, b"close")
    for asking in (b"Connection", b"Proxy-Connection"):
        answers = parsed(server.exchange(b"GET /p1 HTTP/1.0\r\n%s: keep-alive\r\n\r\n" % asking * 2))
        assert [(status, headers[b"connection"]) for status, headers, _ in answers] == [(200, b"keep-alive")] * 2


def test_whoever_asks_to_be_let_go_is_answered_once(server):
    closing = b"GET /p1 HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    assert server.ask(closing + PAGE, half_close=False) == [200]


def test_a_body_that_waits_for_a_word_gets_it_unless_it_is_too_long(server):
    expecting = READ + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with server.open() as connection:
        connection.sendall(expecting)
        assert connection.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        connection.shutdown(socket.SHUT_WR)
        assert [status for status, _, _ in parsed(received(connection))] == [400]
    assert server.ask(READ + b"Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n") == [413]
    assert server.ask(b"POST /read HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}") == [400]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET http://news.example/p1 HTTP/1.1", 200),
        (b"GET http://news.example HTTP/1.1", 404),
        (b"GET https://other.example/p1?x=http://y HTTP/1.1", 200),
        (b"OPTIONS * HTTP/1.1", 405),
        (b"CONNECT news.example:443 HTTP/1.1", 405),
        (b"DELETE /p1 HTTP/1.1", 405),
        (b"GET /P1 HTTP/1.1", 301),
        (b"GET /p1/ HTTP/1.1", 301),
        (b"GET //p1 HTTP/1.1", 301),
        (b"GET /%70%31 HTTP/1.1", 200),
        (b"GET /%00%ff%2e%2e HTTP/1.1", 404),
        (b"GET /media/..%2f..%2fetc/passwd HTTP/1.1", 404),
        (b"GET /old HTTP/1.1", 301),
    ],
)
def test_targets_in_all_their_forms(server, line, status):
    assert server.ask(line + b"\r\n" + HOST + b"\r\n") == [status]


def test_a_client_that_has_closed_its_half_gets_the_whole_of_a_large_answer(server):
    ((status, _, body),) = parsed(server.exchange(b"GET /media/large.jpg HTTP/1.1\r\n" + HOST + b"\r\n"))
    assert (status, len(body)) == (200, LARGE)


def test_an_upgrade_that_is_asked_for_is_answered_in_http1(server):
    asked = b"GET /p1 HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n" + HOST + b"\r\n"
    assert server.ask(asked, half_close=False) == [200]


# ------------------------------------------------------------------ many, slow, hostile


def test_ten_thousand_slow_connections_do_not_keep_a_fast_reader_waiting(server):
    slow = []
    try:
        for number in range(10_100):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            # Some say nothing, some begin a head, some were answered and stay.
            connection.sendall((b"", b"GET /p1 HTTP/1.1\r\nX", b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")[number % 3])
            slow.append(connection)
        slowest = 0.0
        for _ in range(50):
            started = time.monotonic()
            assert server.ask(PAGE) == [200]
            slowest = max(slowest, time.monotonic() - started)
        assert slowest < 5
        closed = sum(_is_closed(connection) for connection in slow)
        assert closed >= 100
    finally:
        for connection in slow:
            connection.close()


def _is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while piece := connection.recv(1 << 16):
            assert piece
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


def test_five_times_more_than_can_be_worked_for_is_shed_and_pages_are_served_meanwhile(server):
    asked = b"GET /live/page.json?path=/p%d HTTP/1.1\r\n" + HOST + b"\r\n"
    crowd = [server.open() for _ in range(2500)]
    assert server.ask(PAGE) == [200]  # who came before has been let in as well
    pages: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            pages.extend(server.ask(PAGE))

    reader = threading.Thread(target=look)
    reader.start()
    statuses: dict[int, int] = {}
    try:
        os.kill(server.process.pid, signal.SIGSTOP)  # while it stands still, all of them ask
        for number, connection in enumerate(crowd):
            connection.sendall(asked % (number % 300))
        os.kill(server.process.pid, signal.SIGCONT)
        for connection in crowd:
            connection.shutdown(socket.SHUT_WR)
            ((status, headers, _),) = parsed(received(connection))
            statuses[status] = statuses.get(status, 0) + 1
            assert status == 200 or (status == 503 and headers[b"retry-after"] == b"2")
    finally:
        stop.set()
        reader.join(30)
        for connection in crowd:
            connection.close()
    assert set(statuses) == {200, 503}
    assert set(pages) == {200}
    until(lambda: server.ask(asked % 1) == [200])


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1, max_size=12).map(str.encode)
KNOWN = st.sampled_from(
    b"Host Content-Length Transfer-Encoding Connection Expect Range If-None-Match Accept-Encoding Upgrade Cookie X-Forwarded-For "
    b"Available-Dictionary Content-Type X-Request-Id".split()
)
VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"chunked", b"close", b"gzip;q=0, br", b"bytes=0-0", b"bytes=-1", b"*", b"5", b'W/"x"', b"100-continue", b":abc=:"]),
)
STEMS = st.sampled_from(
    [b"/", b"/p1", b"/search?q=", b"/search.json?limit=", b"/live/page.json?path=", b"/live/ranking.json?window=", b"/media/"]
)
TARGETS = st.tuples(STEMS, st.one_of(st.binary(max_size=30), st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace"))))
METHODS = st.one_of(st.sampled_from([b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT", b"get"]), st.binary(max_size=8))
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\n "])


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=METHODS,
    target=TARGETS,
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b""]),
    headers=st.lists(st.tuples(st.one_of(KNOWN, NAMES), VALUES), max_size=6),
    end=ENDS,
    body=st.binary(max_size=50),
    host=st.booleans(),
)
def test_no_head_whatever_stands_in_it_brings_out_a_failure(server, method, target, version, headers, end, body, host):
    lines = [method + b" " + b"".join(target) + b" " + version, *[HOST.strip()] * host, *[name + b": " + value for name, value in headers]]
    got = server.exchange(end.join(lines) + end + end + body)
    for status in re.findall(rb"(?m)^HTTP/1\.1 (\d{3}) ", got):
        # 503 is what reads and searches get here: neither collector nor search process is there.
        assert status == b"503" or status < b"500", got[:300]
    assert server.process.poll() is None
