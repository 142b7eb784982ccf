"""A request as it comes in, as RSGI gives it to the application, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from kawaraban.delivery.http import pieces

if TYPE_CHECKING:
    from kawaraban.delivery.http import Headers as Lines
    from kawaraban.delivery.http1 import Connection

MOST_LINES_KNOWN = 1000
LONGEST_LINES_KNOWN = 2048
LAST_OF_FIRST_LINE = b" HTTP/1.1"
# Who has these has a body, wants more than an answer, or comes from one reader alone.
_NEVER_KNOWN = (b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"x-forwarded-for", b"forwarded")


# Of all requests that have let go of theirs: no line is added to these any more.
_NO_LINES: dict[bytes, bytes] = {}


class Request:
    """A request as it comes in."""

    __slots__ = ("body", "head_bytes", "headers", "keep_alive", "method", "target", "version")

    def __init__(self) -> None:
        self.target = b""
        self.headers: dict[bytes, bytes] = {}
        self.method = b""
        self.version = "1.1"
        self.keep_alive = True
        self.body: bytes | bytearray = bytearray()
        self.head_bytes = 0

    def let_go(self) -> None:
        """Keep only what an answer asks for. Hundreds of reads wait for theirs: what they hold meanwhile pushes others out of the processor's memory."""
        headers = self.headers
        self.headers = {b"x-request-id": headers[b"x-request-id"]} if b"x-request-id" in headers else _NO_LINES
        self.body = b""


class Headers:
    """A request's headers, as RSGI gives them."""

    def __init__(self, headers: dict[bytes, bytes]) -> None:
        self._headers = headers

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return a header by its lower-case name."""
        value = self._headers.get(name.encode("latin-1"))
        return default if value is None else value.decode("latin-1")


class Scope:
    """A request, as RSGI gives it."""

    proto = "http"

    def __init__(self, request: Request, client: str) -> None:
        target = request.target
        if not target.startswith(b"/") and b"://" in target:
            # The absolute form, as proxies are asked: RFC 9112, 3.2.2.
            target = b"/" + target.partition(b"://")[2].partition(b"/")[2]
        path, _, query = target.partition(b"?")
        self.method = request.method.decode("latin-1")
        self.path = unquote(path.decode("latin-1")) if b"%" in path or not path.isascii() else path.decode("ascii")
        self.query_string = query.decode("latin-1")
        self.headers = Headers(request.headers)
        self.http_version = request.version
        self.client = client


class Exchange:
    """The way back, as RSGI gives it: the body comes from here, the answer goes here."""

    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection = connection
        self._request = request
        self.answered = False

    async def __call__(self) -> bytes:
        """Return the request's body."""
        return bytes(self._request.body)

    def response_empty(self, status: int, headers: Lines) -> None:
        """Answer without a body."""
        self._send(status, headers, b"")

    def response_bytes(self, status: int, headers: Lines, body: bytes) -> None:
        """Answer with a body."""
        self._send(status, headers, body)

    def _send(self, status: int, headers: Lines, body: bytes) -> None:
        self.answered = True
        self._connection.count(self._request.target, status)
        self._connection.write(self._request, status, pieces(status, headers, body))


class KnownLines(dict[bytes, Request]):
    """What the lines of a head came to, all but the first: browsers and proxies send the same ones with every request."""

    def remember(self, first_line: bytes, lines: bytes, request: Request) -> None:
        """Remember what a whole request's lines came to, if they alone say it, in the place of those that were remembered first."""
        if len(lines) > LONGEST_LINES_KNOWN or any(name in request.headers for name in _NEVER_KNOWN):
            return
        # A first line that ends in another way hides another one behind it.
        if first_line != b"%s %s%s" % (request.method, request.target, LAST_OF_FIRST_LINE):
            return
        while len(self) >= MOST_LINES_KNOWN:
            del self[next(iter(self))]
        known = self[lines] = Request()
        known.method = b"GET"
        known.headers, known.keep_alive = request.headers, request.keep_alive
