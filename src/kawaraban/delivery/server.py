"""What all connections of a reader process share: its places, its clock, and what is counted."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from kawaraban.delivery.request import KnownLines

if TYPE_CHECKING:
    from kawaraban.delivery.http1 import Connection
    from kawaraban.delivery.request import Exchange, Request, Scope

# An end that somebody waits for, and one that nobody does.
DRAIN_WITHIN_SECONDS = 6.0
LEAVE_WITHIN_SECONDS = 30.0
LINGER_SECONDS = 5.0
_LOOK_WHO_IS_LEFT_SECONDS = 0.02
_OLDEST_LOOKED_AT = 64
_TICK_SECONDS = 0.5
# Late is who was so late twice in a row, with so many connections: a machine that is busy with other things makes a few readers wait,
# and sending them away would gain nothing.
LATE_SECONDS = 0.5
LATE_FROM_CONNECTIONS = 100
MOST_UNSENT_BYTES = 256 * 1024 * 1024

# Called with the request, the status, and the pieces of head and body.
Answered = Callable[["Request", int, "tuple[bytes, ...]"], None]

_ENOUGH_OF_A_TARGET = 32
_KINDS = {
    b"read": "read",
    b"live": "live",
    b"search": "search",
    b"search.json": "search",
    b"media": "media",
    b"assets": "asset",
    b"healthz": "health",
    b"readyz": "health",
}


def kind_of(target: bytes) -> str:
    """Say what kind of thing a target asks for; "page" where it is nothing else."""
    # Its beginning says it. A target may be as long as a head, and a thousand of them are remembered.
    return _kind_of(target[:_ENOUGH_OF_A_TARGET])


@lru_cache(maxsize=1024)
def _kind_of(target: bytes) -> str:
    return _KINDS.get(target.partition(b"?")[0].split(b"/", 2)[1] if target.startswith(b"/") else b"", "page")


class Ready(Protocol):
    """The application behind the server."""

    # Set by the server: requests wait long for their turn.
    is_late: bool

    def ready(self, target: bytes, headers: dict[bytes, bytes], *, head: bool) -> tuple[int, tuple[bytes, ...]] | None:
        """Answer a GET or HEAD at once, with the status and the pieces of head and body, if that is a matter of looking up; else None."""

    def hand_on(self, request: Request, client: str, answered: Answered) -> bool:
        """Take a POST for which no task is needed, and call ``answered`` once, now or later; False if it is none, and nothing was done."""

    async def __rsgi__(self, scope: Scope, proto: Exchange) -> None:
        """Answer any request."""


class Server:
    """Listens, keeps the time, and bounds what readers can take."""

    def __init__(self, app: Ready, most_connections: int) -> None:
        self.app = app
        self.now = time.monotonic()
        self.date = b""
        self.at_work = 0
        # Answers: those of pages that were ready by status, the others by kind and status; and what was no request of ours.
        self.pages = [0] * (max(HTTPStatus) + 1)
        self.worked: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.refused: Counter[int] = Counter()
        # Hears of what was refused, as far as it was read.
        self.on_refused: Callable[[Request, int], None] = lambda _request, _status: None
        self.shed = 0
        self.unsent = 0  # bytes that wait in this process for readers who take them slowly
        self.lag = 0.0  # by how much the clock was late: how long a request waits for its turn, about
        self.connections_opened = 0
        self.gave_way = 0  # connections that were closed because all places were taken
        self.late = 0  # and those whose time was over
        self.draining = False
        self.connections: dict[Connection, None] = {}
        self.known = KnownLines()
        self._most = most_connections
        self._tick()

    def opened(self, connection: Connection) -> None:
        """Take a connection in. When all places are taken, one of the oldest gives way: an idle one, or the one whose time ends first."""
        self.connections[connection] = None
        self.connections_opened += 1
        if len(self.connections) > self._most:
            oldest = islice(self.connections, _OLDEST_LOOKED_AT)
            self._make_room(min(oldest, key=lambda other: (not other.idle, other.deadline)))

    def closed(self, connection: Connection) -> None:
        """Let a connection go."""
        self.connections.pop(connection, None)

    def slowed(self, connection: Connection, unsent: int) -> None:
        """Note that a reader takes an answer slowly. When too much waits for such readers, who has taken longest gives way."""
        self.unsent += unsent
        if self.unsent > MOST_UNSENT_BYTES:
            self._make_room(min((other for other in self.connections if other.is_slow), key=lambda other: other.deadline))

    def refuse(self, request: Request, status: int) -> None:
        """Note that a request was none of ours."""
        self.refused[status] += 1
        self.on_refused(request, status)

    def done(self, _task: asyncio.Task[None]) -> None:
        """Note that a task has ended, or was never begun."""
        self.at_work -= 1

    def _make_room(self, connection: Connection) -> None:
        self.gave_way += 1
        # At once, not when the loop comes to it: many may come before that.
        self.connections.pop(connection, None)
        connection.give_way()

    def _tick(self) -> None:
        self.now = time.monotonic()
        self.date = email.utils.formatdate(usegmt=True).encode() + b"\r\n"

    async def keep_time(self) -> None:
        """Twice a second: the date for all answers, an end for whoever is late, and a look at whether we are.

        When we are late, pages that are at hand are served on, and whoever asks for work is told to come back.
        """
        due = time.monotonic()
        while True:
            self._tick()
            before, self.lag = self.lag, max(0.0, self.now - due)
            self.app.is_late = min(before, self.lag) > LATE_SECONDS and len(self.connections) >= LATE_FROM_CONNECTIONS
            due = self.now + _TICK_SECONDS
            for connection in [each for each in self.connections if each.deadline < self.now and not each.gets_on()]:
                self.late += 1
                connection.give_way()
            await asyncio.sleep(_TICK_SECONDS)

    def tell(self) -> dict[str, Any]:
        """Tell the operator's metrics what was counted."""
        pages = [["page", status, count] for status, count in enumerate(self.pages) if count]
        return {
            "answers": [*pages, *[[kind, status, count] for (kind, status), count in self.worked.items()]],
            "refused": {str(int(status)): count for status, count in self.refused.items()},
            "shed": self.shed,
            "lag_seconds": self.lag,
            "connections": len(self.connections),
            "connections_opened": self.connections_opened,
            "connections_closed": {"full": self.gave_way, "late": self.late},
        }

    async def drain(self, *, hurry: asyncio.Event) -> None:
        """Answer what was asked, ask nobody to stay, and return when the last has gone or the time is over.

        Who is idle is left alone at first: hanging up on a reader who asks at that moment would cost an answer. The next answer closes
        the connection. When there is ``hurry``, the idle go at once.
        """
        self.draining = True
        started = time.monotonic()
        # Who was accepted a moment ago is among the connections then.
        await asyncio.sleep(_LOOK_WHO_IS_LEFT_SECONDS)
        while self.connections:
            late = time.monotonic() - started
            if late > (DRAIN_WITHIN_SECONDS if hurry.is_set() else LEAVE_WITHIN_SECONDS):
                return
            if hurry.is_set() or late > LINGER_SECONDS:
                for connection in list(self.connections):
                    connection.finish()
            await asyncio.sleep(_LOOK_WHO_IS_LEFT_SECONDS)
