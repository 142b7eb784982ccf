"""A way to the site that notes what a browser asks for, and gives one page rules by which the browser renders another one ahead."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

import httpx

# Chromium renders nothing ahead while somebody drives it from outside: so the page itself goes on, by its own script.
GOES_ON = """<!doctype html><title>Ahead</title>
<script type="speculationrules">{"prerender": [{"urls": ["%s"], "eagerness": "immediate"}]}</script>
<script>setTimeout(() => { location.href = "%s"; }, %d);</script>"""
# Of an answer, what the browser must know of; its lengths are those of the text as it was unpacked.
_HEADERS = ("content-type", "cache-control", "location")


class Noted(NamedTuple):
    """A request: when it came, what it was for, its Sec-Purpose, and what it sent."""

    at: float
    what: str
    purpose: str
    body: dict[str, object] | None


class Way:
    """Listens on a port of its own and asks the site. ``path`` is opened ahead of time, and ``after`` seconds later for good."""

    def __init__(self, site_url: str, path: str, after: float) -> None:
        self.noted: list[Noted] = []
        self.path = path
        start = (GOES_ON % (path, path, after * 1000)).encode()
        noted = self.noted

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                noted.append(Noted(time.monotonic(), self.path, self.headers.get("sec-purpose", ""), None))
                if self.path == "/start":
                    self._tell(200, {"content-type": "text/html"}, start)
                    return
                answer = httpx.get(f"{site_url}{self.path}", headers={"accept-encoding": "identity"})
                self._tell(answer.status_code, answer.headers, answer.content)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                noted.append(Noted(time.monotonic(), self.path, self.headers.get("sec-purpose", ""), json.loads(body)))
                self._tell(204, {}, b"")

            def _tell(self, status: int, headers: object, body: bytes) -> None:
                self.send_response(status)
                for name in _HEADERS:
                    if value := headers.get(name):  # type: ignore[attr-defined]
                        self.send_header(name, value)
                if status != 204:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def of(self, what: str) -> list[Noted]:
        """What was asked for under a path so far."""
        return [one for one in self.noted if one.what == what]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
