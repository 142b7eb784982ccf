"""An HTTP/1 server for pages that are ready: one look-up, one write.

The parser (httptools, which is Node's llhttp) and the event loop (uvloop, which is libuv) are the field's; here stands only what
lies between them. A page that is ready is answered within the callback in which its request was read, and the lines of a head that
came before, byte for byte, are not parsed again: browsers and proxies send the same ones with every request. Everything else goes to
the application as RSGI does it, in a task of its own, and the connection's further requests wait until it is answered.

Nobody can hold the server up: connections, heads, bodies and the time for each of them are bounded, and who is late gives way.
"""

from __future__ import annotations

import asyncio
import logging
import select
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING

import httptools

from kawaraban.delivery.request import LAST_OF_FIRST_LINE, Exchange, Request, Scope
from kawaraban.delivery.server import kind_of

if TYPE_CHECKING:
    from kawaraban.delivery.server import Server

logger = logging.getLogger(__name__)
access_logger = logging.getLogger("kawaraban.access")

LONGEST_HEAD = 32 * 1024
LONGEST_TARGET = 8 * 1024
# The longest that we take is a read: http1's bound lies above it, so that it is told in words what is wrong.
LONGEST_BODY = 20 * 1024
# So many requests of one connection may wait behind one that is being answered.
MOST_PIPELINED = 16
# So many requests may be answered by tasks at once; more are told to come back, and pages that are ready are served on.
MOST_AT_WORK = 512
HEAD_WITHIN_SECONDS = 10.0
BODY_WITHIN_SECONDS = 10.0
IDLE_SECONDS, NEVER = 75.0, float("inf")
# An answer is taken at least so fast: a mobile network takes a photo at twice that, and who holds up memory is let go.
TAKE_WITHIN_SECONDS = 30.0
LEAST_TAKEN_BYTES = 64 * 1024

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\ndate: ".encode() for status in HTTPStatus}
_END = b"\r\n"
_PAGES_ANSWER = (b"GET", b"HEAD")
_COME_BACK = b"retry-after: 2\r\ncache-control: no-store\r\ncontent-length: 0\r\n\r\n"
_CLOSE = b"connection: close\r\n"
_KEEP = b"connection: keep-alive\r\n"


class Connection(asyncio.Protocol):
    """One reader's connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._app = server.app
        self._parser = httptools.HttpRequestParser(self)
        self._request = Request()
        self._waiting: deque[Request] = deque()
        # What is being answered: a task that works for it, or a request that was handed on.
        self._task: asyncio.Task[None] | Request | None = None
        self._transport: asyncio.Transport = None  # type: ignore[assignment] # from connection_made on
        self._in_head = False  # or in trailers, which are measured as a head is
        self._head_bytes = 0  # of a head that came in pieces
        self._is_long = False  # it came in pieces, or with so much else that it may be too long
        self._begun = 0  # requests that began in what was read last
        self._between = True  # nothing of a next request was read yet
        self._unsent = self._still_unsent = 0
        self._client = ""
        self._closing = False
        self._refusal: HTTPStatus | None = None
        # Between requests; a connection that is idle gives way first.
        self.idle = True
        self.deadline = server.now + HEAD_WITHIN_SECONDS

    # ------------------------------------------------------------------ the transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport  # type: ignore[assignment]
        peer = transport.get_extra_info("peername")
        self._client = f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else "unix:0"
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End. What a task is still doing for this connection is done for nobody."""
        self._closing = True
        self._server.unsent -= self._unsent
        if isinstance(self._task, asyncio.Task):
            self._task.cancel()
        else:
            self._task = None
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._closing:
            return
        if self.idle:
            self.idle = False
            self.deadline = self._server.now + HEAD_WITHIN_SECONDS
        # What is posted comes once: its lines are neither looked up nor remembered.
        if not self._between or data.startswith(b"POST "):
            self._parse(data)
            return
        first_line, _, lines = data.partition(_END)
        known = self._server.known.get(lines)
        if known is not None and self._answer_known(first_line, known):
            return
        self._begun = 0
        self._parse(data)
        if self._between and self._begun == 1 and not self._closing:
            self._server.known.remember(first_line, lines, self._request)

    def _parse(self, data: bytes) -> None:
        # The parser hands a header on when it is whole: one without an end would be gathered there for ever.
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > LONGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        # A head that came whole, and is short, need not be measured line by line.
        self._is_long = self._in_head or len(data) > LONGEST_HEAD
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # It was answered in HTTP/1, or is being answered: nobody has to be upgraded.
            pass
        except httptools.HttpParserError:
            self._refuse(self._refusal or HTTPStatus.BAD_REQUEST)

    def eof_received(self) -> bool:
        """The reader sends no more; what was asked is still answered."""
        if not self._is_answering:
            return False
        self._closing = True
        return True

    def pause_writing(self) -> None:
        """The reader takes the answer slowly: it may take so long, and asks for no more meanwhile."""
        self.deadline = self._server.now + TAKE_WITHIN_SECONDS
        self.idle = False
        self._unsent = self._transport.get_write_buffer_size()
        self._still_unsent = self._unsent
        self._server.slowed(self, self._unsent)
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The answer has gone: what was asked meanwhile is answered."""
        self._server.unsent -= self._unsent
        self._unsent = self._still_unsent = 0
        self._rest()
        self._go_on()
        if not self._transport.is_closing() and not self._unsent:
            self._transport.resume_reading()

    # ------------------------------------------------------------------ the parser's calls

    def on_message_begin(self) -> None:
        """A request begins."""
        self._request = Request()
        self._in_head = True
        self._between = False
        self._begun += 1

    def on_url(self, part: bytes) -> None:
        """Part of the target."""
        self._request.target += part
        if len(self._request.target) > LONGEST_TARGET:
            self._give_up(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. A repeated one is joined, as if it had been sent as a list."""
        request = self._request
        # A trailer says nothing that we ask for, and must not say anew what the head has said.
        if not request.method:
            headers, name = request.headers, name.lower()
            headers[name] = headers[name] + b", " + value if name in headers else value
            if not self._is_long:
                return
        request.head_bytes += len(name) + len(value) + 4
        if request.head_bytes > LONGEST_HEAD:
            self._give_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """All headers are there."""
        self._in_head = False
        request, parser, headers = self._request, self._parser, self._request.headers
        request.method = method = parser.get_method()
        # Behind a tunnel or another protocol that was asked for, nothing of ours follows. What is kept without a word is of HTTP/1.1.
        request.keep_alive = parser.should_keep_alive() and b"upgrade" not in headers and method != b"CONNECT"
        is_asked = b"connection" in headers or b"proxy-connection" in headers
        request.version = version = parser.get_http_version() if is_asked or not request.keep_alive else "1.1"
        if self._is_long and sum(len(name) + len(value) + 4 for name, value in headers.items()) > LONGEST_HEAD:
            # What came in pieces is measured as a whole.
            self._give_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if b"host" not in headers and version != "1.0":
            self._give_up(HTTPStatus.BAD_REQUEST)
        if b"content-length" in headers and int(headers[b"content-length"]) > LONGEST_BODY:  # the parser has seen that it is a number
            self._give_up(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self._is_answering:
            return
        if b"expect" in headers and headers[b"expect"].lower() == b"100-continue" and version == "1.1":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.deadline = self._server.now + BODY_WITHIN_SECONDS

    def on_chunk_header(self) -> None:
        """The size of a piece of the body. Behind the last of them come trailers: until a body is seen, these may be they."""
        self._in_head, self._head_bytes = True, 0

    def on_body(self, part: bytes) -> None:
        """Part of the body."""
        self._in_head = False
        self._request.body += part
        if len(self._request.body) > LONGEST_BODY:
            self._give_up(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """A request is whole: answer it, or let it wait for its turn."""
        request = self._request
        self._between, self._in_head = True, False
        if self._closing:
            # It follows on an answer that closes the connection.
            return
        if not self._is_answering:
            self._answer(request)
        elif len(self._waiting) < MOST_PIPELINED:
            self._waiting.append(request)
        else:
            # As many as we took are answered; the others are asked again on another connection.
            self._waiting[-1].keep_alive = False
            self._closing = True

    # ------------------------------------------------------------------ what came before

    def _answer_known(self, first_line: bytes, known: Request) -> bool:
        """Answer a request whose lines came before, if it is for a page that is ready; what is odd in its first line is the parser's."""
        if self._is_answering or not (first_line.startswith(b"GET /") and first_line.endswith(LAST_OF_FIRST_LINE)):
            return False
        # No page has a space or a query in its path, or anything else that a parser would refuse.
        known.target = first_line[4 : -len(LAST_OF_FIRST_LINE)]
        return b"?" not in known.target and self._answer_ready(known)

    # ------------------------------------------------------------------ answers

    @property
    def _is_answering(self) -> bool:
        # Who does not take what was asked first is not answered more: it would be gathered here.
        return self._task is not None or bool(self._waiting) or self._unsent > 0

    def _answer_ready(self, request: Request) -> bool:
        try:
            ready = self._app.ready(request.target, request.headers, head=request.method == b"HEAD")
        except Exception:
            logger.exception("a page could not be looked up")
            ready = 500, (b"content-length: 0\r\n\r\n",)
        if ready is None:
            return False
        # This counting is all that a page costs the metrics: an index into a list.
        self._server.pages[ready[0]] += 1
        self.write(request, *ready)
        self._rest()
        return True

    def _answer(self, request: Request) -> None:
        if request.method in _PAGES_ANSWER and self._answer_ready(request):
            return
        server = self._server
        if (server.at_work >= MOST_AT_WORK or self._app.is_late) and kind_of(request.target) != "health":
            server.shed += 1
            self.write(request, HTTPStatus.SERVICE_UNAVAILABLE, (_COME_BACK,))
            self._rest()
            return
        self.deadline = NEVER
        if request.method == b"POST" and self._hand_on(request):
            return
        # Counted here and not in the task: hundreds may be asked for before the first of them runs.
        server.at_work += 1
        self._task = asyncio.get_running_loop().create_task(self._work(request))
        self._task.add_done_callback(server.done)

    def _hand_on(self, request: Request) -> bool:
        self._task = request
        try:
            if self._app.hand_on(request, self._client, self.answered):
                return True
        except Exception:
            logger.exception("a request failed")
            self.answered(request, HTTPStatus.INTERNAL_SERVER_ERROR, (b"content-length: 0\r\n\r\n",))
            return True
        self._task = None
        return False

    def answered(self, request: Request, status: int, pieces: tuple[bytes, ...]) -> None:
        """Answer a request that was handed on; who has hung up meanwhile is not told."""
        if self._task is not request:
            return
        self._task = None
        self.count(request.target, status)
        self.write(request, status, pieces)
        self._rest()
        self._go_on()

    async def _work(self, request: Request) -> None:
        exchange = Exchange(self, request)
        try:
            await self._app.__rsgi__(Scope(request, self._client), exchange)
        except Exception:
            logger.exception("a request failed")
        finally:
            self._task = None
        if not exchange.answered:
            exchange.response_empty(HTTPStatus.INTERNAL_SERVER_ERROR, [])
        self._rest()
        self._go_on()

    def _go_on(self) -> None:
        """Answer what waits, until the next that has to be worked for or that is not taken, which then goes on from here."""
        while self._waiting and self._task is None and not self._unsent and not self._transport.is_closing():
            self._answer(self._waiting.popleft())
        if self._closing and self._task is None and not self._waiting:
            self._transport.close()

    def write(self, request: Request, status: int, pieces: tuple[bytes, ...]) -> None:
        """Send an answer: the status line, the date, and the pieces of head and body, in one write."""
        keep = request.keep_alive and not self._server.draining
        connection = _CLOSE if not keep else _KEEP if request.version == "1.0" else b""
        self._transport.write(b"".join((_STATUS_LINES[status], self._server.date, connection, *pieces)))
        if not keep:
            self._closing = True
            self._transport.close()

    def count(self, target: bytes, status: int) -> None:
        """Count an answer that was worked for."""
        self._server.worked[kind_of(target), status] += 1

    def _rest(self) -> None:
        if self._unsent == 0:
            self.idle = True
            self.deadline = self._server.now + IDLE_SECONDS

    def _give_up(self, status: HTTPStatus) -> None:
        """Stop parsing, from within one of the parser's calls."""
        self._refusal = status
        raise ValueError(status.phrase)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer what is no request of ours with a sentence, and hang up."""
        self._closing = True
        self._server.refuse(self._request, status)
        if self._task is None:
            body = f"{status.phrase}.\n".encode()
            block = f"content-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            self._transport.write(b"".join((_STATUS_LINES[status], self._server.date, _CLOSE, block, body)))
        self._transport.close()

    def gets_on(self) -> bool:
        """Whether a reader who is slow has taken enough of the answer since the last deadline to be given another."""
        left = self._transport.get_write_buffer_size() if self._unsent else 0
        if self._still_unsent - left < LEAST_TAKEN_BYTES:
            return False
        self._still_unsent = left
        self.deadline = self._server.now + TAKE_WITHIN_SECONDS
        return True

    @property
    def is_slow(self) -> bool:
        """Whether an answer waits for this reader."""
        return self._unsent > 0

    def give_way(self) -> None:
        """Hang up: another needs the place, or the time is over."""
        self._closing = True
        self._transport.abort()

    def finish(self) -> None:
        """Hang up when what was asked is answered; what has come and was not yet read is asked too."""
        if self.idle and self._task is None and not self._has_unread():
            self._closing = True
            self._transport.close()

    def _has_unread(self) -> bool:
        look = select.poll()
        look.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(look.poll(0))


class LoggedConnection(Connection):
    """A connection whose answers are written to the log, each of them. Without addresses and queries: readers are nobody's business."""

    def write(self, request: Request, status: int, pieces: tuple[bytes, ...]) -> None:
        """Send an answer, and log it."""
        path = request.target.partition(b"?")[0].decode("latin-1")
        method = request.method.decode("latin-1")
        fields = {"method": method, "path": path, "status": int(status), "bytes": sum(map(len, pieces))}
        access_logger.info("%s %s %d", method, path, status, extra={"fields": fields})
        super().write(request, status, pieces)
