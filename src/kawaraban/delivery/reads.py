"""The door by which reads come in: what an open page tells, and what the server sees of the request, go to the collector."""

from __future__ import annotations

import contextvars
import ipaddress
import time
from collections import defaultdict
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from kawaraban.audience.client import COUNTED
from kawaraban.audience.origins import device_of
from kawaraban.audience.shapes import MalformedReadError, NotDurableError, RawRead, parse_page_message
from kawaraban.audience.visitors import network_of
from kawaraban.delivery import http
from kawaraban.delivery.asked import SLOW_SECONDS, Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kawaraban.audience.client import CollectorClient
    from kawaraban.audience.shapes import Fault, Outcome, PageMessage
    from kawaraban.delivery.request import Request
    from kawaraban.delivery.server import Answered
    from kawaraban.delivery.settings import ReaderSettings

LONGEST_READ = 16 * 1024
# Of what anybody may write into a head no more is held, for it is remembered.
LONGEST_USER_AGENT, LONGEST_ADDRESS = 500, 64
# What browsers say for readers who do not want to be counted, by the name that the setting has for it.
OPT_OUTS = {"gpc": "sec-gpc", "dnt": "dnt"}
# What of a request's head is looked at.
_HEADERS = ("user-agent", "accept-language", "sec-purpose", "purpose", "x-forwarded-for", "sec-fetch-site", "from")
_NO = frozenset({b"", b"0", b"no", b"false", b"off"})
DONE = http.Answer(204, b"", [("cache-control", http.NOT_KEPT)])


class ReadDoor:
    """Takes reads for a reader worker. ``on_read`` hears the story of every read that is counted."""

    def __init__(self, settings: ReaderSettings, collector: CollectorClient, on_read: Callable[[str], None]) -> None:
        self.outcomes: defaultdict[str, int] = defaultdict(int)  # what became of them
        self._collector = collector
        self.on_read = on_read
        self._opt_outs = tuple(OPT_OUTS[name].encode() for name in settings.read_opt_out)
        self._bot_header = settings.bot_header.lower().encode("latin-1")
        self._headers = {*_HEADERS, *OPT_OUTS.values(), settings.bot_header.lower()} - {""}
        self.done = (b"".join(http.pieces(DONE.status, all_headers(DONE), DONE.body)),)
        self.is_trusted = _within(settings.trusted_proxies)
        self._from = lru_cache(maxsize=1024)(self._came_from)
        self._is_staff = _within(settings.staff_networks)

    async def take(self, scope: Any, proto: Any) -> http.Answer:
        """Answer ``POST /read``: 204 when it is on disk or dropped, 400 for what is none, 503 when it could not be kept."""
        if scope.method != "POST":
            return http.text_answer(405, "Reads are sent by POST.", [("allow", "POST")])
        try:
            length = int(scope.headers.get("content-length", "0"))
        except ValueError:
            return self._malformed(scope, "Content-Length is no number.", "wrong-field")
        if length > LONGEST_READ:
            return self._malformed(scope, f"A read is shorter than {LONGEST_READ} bytes.", "too-long")
        body = await proto()
        if len(body) > LONGEST_READ:
            return self._malformed(scope, f"A read is shorter than {LONGEST_READ} bytes.", "too-long")
        try:
            message = parse_page_message(body)
        except MalformedReadError as error:
            return self._malformed(scope, str(error), error.fault)
        headers = self._headers_of(scope)
        try:
            outcome = await self._collector.take(self._read(message, headers, scope.client))
        except NotDurableError as error:
            return self.answer(message.story, message.left, error)
        return self.answer(message.story, message.left, outcome)

    def hand(self, request: Request, client: str, answered: Answered) -> bool:
        """Take a ``POST /read`` without a task: ``answered`` is called once. False where ``take`` has to say what is wrong with it."""
        body = request.body
        if len(body) > LONGEST_READ:
            return False
        try:
            message = parse_page_message(body)
        except MalformedReadError:
            return False
        read = self._read(message, request.headers, client)
        request.let_go()
        waiting = _Waiting(self, request, client, answered, message.story, message.left, time.monotonic())
        try:
            self._collector.hand(read, waiting)
        except NotDurableError as error:
            waiting.hear(error)
        return True

    def was_too_long(self, headers: Mapping[bytes, bytes]) -> None:
        """Note a read that was not read to its end."""
        self._note("too-long", headers.get(b"user-agent", b"").decode("latin-1"))

    def answer(self, story: str, left: bool, outcome: Outcome | NotDurableError) -> http.Answer:  # noqa: FBT001
        """Note what became of a read, and return the answer to it."""
        if isinstance(outcome, NotDurableError):
            self.outcomes["failed"] += 1
            answer = http.problem(503, f"The read is not counted: {outcome}.")
            return http.Answer(503, answer.body, [*answer.headers, ("retry-after", "5")])
        if left:
            self.outcomes["left"] += 1
            return DONE
        reason = outcome.reason
        if reason is None:
            self.outcomes["counted"] += 1
            self.on_read(story)
        else:
            self.outcomes[reason] += 1
        return DONE

    def asker(self, scope: Any) -> str:
        """Return the network that asks, for the search process to count once (it keeps a hash of it in memory, for a day).

        The network alone: what a browser says of itself would make one machine as many askers as it likes. "" for who is not counted.
        """
        connected, headers = peer(scope.client), self._headers_of(scope)
        address = self._address(headers, connected) if self.is_trusted(connected) else connected
        if self._is_staff(address) or self._has_opted_out(headers):
            return ""
        return network_of(address)

    def _malformed(self, scope: Any, why: str, fault: Fault) -> http.Answer:
        self._note(fault, scope.headers.get("user-agent") or "")
        return http.problem(400, why)

    def _note(self, fault: Fault, user_agent: str) -> None:
        self.outcomes["malformed"] += 1
        self._collector.note("malformed", fault, device_of(user_agent[:LONGEST_USER_AGENT]))

    def _headers_of(self, scope: Any) -> dict[bytes, bytes]:
        """Return what is looked at of a head that comes as RSGI gives it."""
        found = {name: scope.headers.get(name) for name in self._headers}
        return {name.encode("latin-1"): value.encode("latin-1") for name, value in found.items() if value is not None}

    def _came_from(self, client: str) -> tuple[str, bool]:
        """Return the address that a request came from directly, and whether that is a proxy of ours."""
        connected = peer(client)
        return connected, self.is_trusted(connected)

    def _read(self, page: PageMessage, headers: Mapping[bytes, bytes], client: str) -> RawRead:
        get, (connected, from_proxy) = headers.get, self._from(client)
        address = self._address(headers, connected) if from_proxy else connected
        purpose = get(b"sec-purpose") or get(b"purpose")
        return RawRead(
            page=page,
            at=time.time(),
            address=address,
            user_agent=str(get(b"user-agent", b"")[:LONGEST_USER_AGENT], "latin-1"),
            accept_language=str(get(b"accept-language", b"")[:200], "latin-1"),
            purpose=purpose[:100].decode("latin-1") if purpose else "",
            staff=self._is_staff(address),
            opted_out=self._has_opted_out(headers) if self._opt_outs else False,
            hint=self._hint(headers, from_proxy=from_proxy),
        )

    def _has_opted_out(self, headers: Mapping[bytes, bytes]) -> bool:
        return any(headers.get(name, b"").strip() == b"1" for name in self._opt_outs)

    def _address(self, headers: Mapping[bytes, bytes], address: str) -> str:
        """Return the reader's address, as our own proxies tell it."""
        lines = headers.get(b"x-forwarded-for", b"")
        told = lines.decode("latin-1").strip()
        if b"," not in lines:
            return _without_port(told) if told and self.is_trusted(address) else address
        forwarded = [part for each in told.split(",") if (part := each.strip())]
        # From the right: what the last trusted proxy saw is believed, what stands before it is anybody's invention.
        while forwarded and self.is_trusted(address):
            address = _without_port(forwarded.pop())
        return address

    def _hint(self, headers: Mapping[bytes, bytes], *, from_proxy: bool) -> str:
        """Say what in a request, beside the browser's name, tells of a machine; "" if nothing does."""
        if headers.get(b"sec-fetch-site") == b"cross-site":
            # A page of another site had its readers tell: they have not had ours.
            return "another-site"
        if headers.get(b"from"):
            # Crawlers tell so whom to write to; browsers have none.
            return "from"
        if self._bot_header and from_proxy and headers.get(self._bot_header, b"").strip().lower() not in _NO:
            return "proxy"
        return ""


class _Waiting:
    """A read that waits for its answer: only what that asks for, in as few objects as can be, for hundreds wait."""

    __slots__ = ("_door", "answered", "began", "client", "left", "request", "story")

    def __init__(
        self,
        door: ReadDoor,
        request: Request,
        client: str,
        answered: Answered,
        story: str,
        left: bool,  # noqa: FBT001 - called once, with every read
        began: float,
    ) -> None:
        self._door, self.request, self.client, self.answered = door, request, client, answered
        self.story, self.left, self.began = story, left, began

    def hear(self, outcome: Outcome | NotDurableError) -> None:
        door, request = self._door, self.request
        if outcome is COUNTED and not self.left:
            # As nearly all are: what ``answer`` does with them.
            door.outcomes["counted"] += 1
            door.on_read(self.story)
            answer = DONE
        else:
            answer = door.answer(self.story, self.left, outcome)
        if answer is DONE and time.monotonic() - self.began < SLOW_SECONDS:
            self.answered(request, 204, door.done)
            return
        given_id = request.headers.get(b"x-request-id") if door.is_trusted(peer(self.client)) else None
        # In a context of its own: this is the collector's line, on which others are answered too.
        contextvars.copy_context().run(self._answer_noted, given_id, answer)

    def _answer_noted(self, given_id: bytes | None, answer: http.Answer) -> None:
        asked = Asked("POST", "/read", None if given_id is None else given_id.decode("latin-1"), self.began)
        asked.answered(answer.status)
        self.answered(self.request, answer.status, http.pieces(answer.status, all_headers(answer, asked.id), answer.body))


def all_headers(answer: http.Answer, request_id: str = "") -> http.Headers:
    """Return an answer's headers with those that protect readers; an error's with the id by which the log knows it."""
    headers = answer.headers if answer.status < HTTPStatus.BAD_REQUEST else [*answer.headers, ("x-request-id", request_id)]
    return headers if any(name == "content-security-policy" for name, _ in headers) else [*headers, *http.SAFE_HEADERS]


@lru_cache(maxsize=1024)
def peer(client: str) -> str:
    """Return the address that a request came from directly."""
    return client.rpartition(":")[0].strip("[]")


def _without_port(address: str) -> str:
    """Return an address as some proxies write it, with a port behind, without it; of what is longer than any, the beginning."""
    if ":" not in address:
        return address[:LONGEST_ADDRESS]
    address = address[:LONGEST_ADDRESS]
    if address[:1] == "[":
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
