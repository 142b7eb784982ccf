"""The door by which reads come in: what an open page tells, and what the server sees of the request, go to the collector."""

from __future__ import annotations

import ipaddress
import time
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kawaraban.audience.shapes import MalformedReadError, NotDurableError, RawRead, parse_page_message
from kawaraban.audience.visitors import network_of
from kawaraban.delivery import http

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kawaraban.audience.client import CollectorClient
    from kawaraban.delivery.settings import ReaderSettings

LONGEST_READ = 16 * 1024
# What browsers say for readers who do not want to be counted, by the name that the setting has for it.
OPT_OUTS = {"gpc": "sec-gpc", "dnt": "dnt"}
_NO = frozenset({"", "0", "no", "false", "off"})
_DONE = http.Answer(204, b"", [("cache-control", http.NOT_KEPT)])


class ReadDoor:
    """Takes reads for a reader worker. ``on_read`` hears the story of every read that is counted."""

    def __init__(self, settings: ReaderSettings, collector: CollectorClient, on_read: Callable[[str], None]) -> None:
        self.outcomes: Counter[str] = Counter()  # what became of them
        self._collector = collector
        self._on_read = on_read
        self._opt_outs = tuple(OPT_OUTS[name] for name in settings.read_opt_out)
        self._bot_header = settings.bot_header.lower()
        self.is_trusted = _within(settings.trusted_proxies)
        self._is_staff = _within(settings.staff_networks)

    async def take(self, scope: Any, proto: Any) -> http.Answer:
        """Answer ``POST /read``: 204 when it is on disk or dropped, 400 for what is none, 503 when it could not be kept."""
        if scope.method != "POST":
            return http.text_answer(405, "Reads are sent by POST.", [("allow", "POST")])
        try:
            length = int(scope.headers.get("content-length", "0"))
        except ValueError:
            return self._malformed("Content-Length is no number.")
        if length > LONGEST_READ:
            return self._malformed(f"A read is shorter than {LONGEST_READ} bytes.")
        body = await proto()
        if len(body) > LONGEST_READ:
            return self._malformed(f"A read is shorter than {LONGEST_READ} bytes.")
        try:
            message = parse_page_message(body)
        except MalformedReadError as error:
            return self._malformed(str(error))
        connected = peer(scope)
        from_proxy = self.is_trusted(connected)
        address = self._address(scope, connected) if from_proxy else connected
        get = scope.headers.get
        read = RawRead(
            page=message,
            at=time.time(),
            address=address,
            user_agent=get("user-agent", "")[:500],
            accept_language=get("accept-language", "")[:200],
            purpose=(get("sec-purpose") or get("purpose") or "")[:100],
            staff=self._is_staff(address),
            opted_out=any(get(name, "").strip() == "1" for name in self._opt_outs),
            hint=self._hint(scope, from_proxy=from_proxy),
        )
        try:
            outcome = await self._collector.take(read)
        except NotDurableError as error:
            self.outcomes["failed"] += 1
            answer = http.problem(503, f"The read is not counted: {error}.")
            return http.Answer(503, answer.body, [*answer.headers, ("retry-after", "5")])
        if message.left:
            self.outcomes["left"] += 1
            return _DONE
        self.outcomes[outcome.reason or "counted"] += 1
        if outcome.kept:
            self._on_read(message.story)
        return _DONE

    def asker(self, scope: Any) -> str:
        """Return the network that asks, for the search process to count once (it keeps a hash of it in memory, for a day).

        The network alone: what a browser says of itself would make one machine as many askers as it likes. "" for who is not counted.
        """
        connected = peer(scope)
        address = self._address(scope, connected) if self.is_trusted(connected) else connected
        if self._is_staff(address) or any(scope.headers.get(name, "").strip() == "1" for name in self._opt_outs):
            return ""
        return network_of(address)

    def _malformed(self, why: str) -> http.Answer:
        self.outcomes["malformed"] += 1
        self._collector.note("malformed")
        return http.problem(400, why)

    def _address(self, scope: Any, address: str) -> str:
        """Return the reader's address, as our own proxies tell it."""
        forwarded = [part.strip() for part in (scope.headers.get("x-forwarded-for") or "").split(",") if part.strip()]
        # From the right: what the last trusted proxy saw is believed, what stands before it is anybody's invention.
        while forwarded and self.is_trusted(address):
            address = _without_port(forwarded.pop())
        return address

    def _hint(self, scope: Any, *, from_proxy: bool) -> str:
        """Say what in a request, beside the browser's name, tells of a machine; "" if nothing does."""
        get = scope.headers.get
        if get("sec-fetch-site") == "cross-site":
            # A page of another site had its readers tell: they have not had ours.
            return "another-site"
        if get("from"):
            # Crawlers tell so whom to write to; browsers have none.
            return "from"
        if self._bot_header and from_proxy and get(self._bot_header, "").strip().lower() not in _NO:
            return "proxy"
        return ""


def peer(scope: Any) -> str:
    """Return the address that a request came from directly."""
    return str(scope.client.rpartition(":")[0].strip("[]"))


def _without_port(address: str) -> str:
    """Return an address as some proxies write it, with a port behind, without it."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def _within(networks: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether an address is in one of these networks."""
    known = [ipaddress.ip_network(network, strict=False) for network in networks]

    @lru_cache(maxsize=1024)
    def inside(address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        plain = getattr(found, "ipv4_mapped", None) or found
        return any(plain in network for network in known)

    return inside if known else lambda _address: False
