"""Asks the reader plane for addresses, as a reader would: the same code answers, without a network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec

from kawaraban.delivery.reader import Reader
from kawaraban.delivery.request import Request, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.delivery.settings import ReaderSettings

MOST_STEPS = 5
KEPT_BYTES = 4 * 1024 * 1024
MOVED = {301, 302, 307, 308}


@dataclass(frozen=True)
class Answered:
    """What the site says to an old address: the last answer, and where that was."""

    status: int
    path: str
    steps: int


class _Answer:
    """Takes an answer as a server does."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], _body: bytes) -> None:
        self.response_empty(status, headers)


def ask(settings: ReaderSettings, paths: Iterable[str]) -> dict[str, Answered]:
    """Ask for each path, follow where it leads, and return the answers."""
    # Each page is asked for once: none is worth keeping, beside an import that needs the memory.
    once = msgspec.structs.replace(settings, cache_bytes=KEPT_BYTES)

    async def all_of_them() -> dict[str, Answered]:
        reader = Reader(once)
        reader.__rsgi_init__(asyncio.get_running_loop())
        try:
            return {path: await _ask(reader, path) for path in paths}
        finally:
            await reader.close()

    return asyncio.run(all_of_them())


async def _ask(reader: Reader, path: str) -> Answered:
    steps = 0
    while True:
        answer: Any = _Answer()
        request = Request()
        request.method = b"HEAD"
        there, _, query = path.partition("?")
        request.target = (quote(there) + (f"?{query}" if query else "")).encode("ascii", "ignore")
        # As the server does: what is ready is given at once, and all else goes the longer way.
        ready = reader.ready(request.target, {}, head=True)
        if ready is not None:
            return Answered(ready[0], path, steps)
        await reader.__rsgi__(Scope(request, "127.0.0.1:0"), answer)
        if answer.status not in MOVED or steps >= MOST_STEPS:
            return Answered(answer.status, path, steps)
        parts = urlsplit(answer.headers.get("location", ""))
        path, steps = parts.path + (f"?{parts.query}" if parts.query else ""), steps + 1
