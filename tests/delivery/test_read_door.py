"""The door by which reads come in: what of a request reaches the collector, and what is believed of it."""

from __future__ import annotations

import asyncio
import json
import tracemalloc

import pytest
from msgspec import structs

from kawaraban.audience.client import COUNTED
from kawaraban.audience.shapes import NotDurableError, Outcome
from kawaraban.delivery.http import pieces
from kawaraban.delivery.reader import Reader
from kawaraban.delivery.reads import ReadDoor, all_headers
from kawaraban.delivery.request import Headers, Request, Scope
from kawaraban.delivery.server import kind_of
from kawaraban.delivery.settings import ReaderSettings

MESSAGE = {"story": "a", "token": "t"}
PATHS = dict.fromkeys(("sheet_log", "media_dir", "related_store", "collector_socket", "search_socket", "base_url"), "")


class Collector:
    """Remembers what it is given."""

    def __init__(self, outcome=COUNTED) -> None:
        self.taken, self.noted, self.outcome = [], [], outcome

    async def take(self, read):
        if read.page.story == "full":
            raise NotDurableError("the collector could not write")
        self.taken.append(read)
        return self.outcome

    def hand(self, read, waiting):
        if read.page.story == "away":
            raise NotDurableError("the collector is away")
        self.taken.append(read)
        waiting.hear(NotDurableError("the collector could not write") if read.page.story == "full" else self.outcome)

    def note(self, reason, rule, device):
        self.noted.append((reason, rule, device))


def send(settings=None, body=MESSAGE, client="203.0.113.7:5000", method="POST", outcome=COUNTED, heard=None, **headers):
    """Send a read; return the answer, the collector and the door."""
    collector, heard = Collector(outcome), [] if heard is None else heard
    door = ReadDoor(ReaderSettings(**PATHS, **(settings or {})), collector, heard.append)
    scope = Scope.__new__(Scope)
    scope.method, scope.client = method, client
    scope.headers = Headers({name.replace("_", "-").encode(): value.encode() for name, value in headers.items()})

    async def proto():
        return body if isinstance(body, bytes) else json.dumps(body).encode()

    return asyncio.run(door.take(scope, proto)), collector, door


def seen(**more):
    return send(**more)[1].taken[0]


def test_what_was_taken_is_answered_when_it_is_on_disk():
    answer, collector, door = send()
    assert (answer.status, len(collector.taken), door.outcomes) == (204, 1, {"counted": 1})
    answer, _, door = send(body=MESSAGE | {"story": "full"})
    assert (answer.status, door.outcomes, dict(answer.headers)["retry-after"]) == (503, {"failed": 1}, "5")


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "no-json"),
        (b"\xff{", "no-json"),
        (b"{}", "wrong-field"),
        (b'{"story": "a"}', "wrong-field"),
        (b'{"story": "a", "token": ""}', "wrong-field"),
        (b'{"story": "a", "token": 7}', "wrong-field"),
        (b"x" * 20_000, "too-long"),
        (json.dumps(MESSAGE | {"referrer": "x" * 3000}).encode(), "too-long"),
    ],
)
def test_what_is_no_read_is_refused_and_noted_by_what_is_wrong_with_it(body, rule):
    answer, collector, door = send(body=body, user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)")
    noted = [("malformed", rule, "phone")]
    assert (answer.status, collector.taken, collector.noted, door.outcomes) == (400, [], noted, {"malformed": 1})


def handed(settings=None, body=MESSAGE, client="203.0.113.7:5000", outcome=COUNTED, heard=None, **headers):
    """Send a read for which no task works; return whether it was taken, the answers, the collector and the door."""
    collector, heard, answers = Collector(outcome), [] if heard is None else heard, []
    door = ReadDoor(ReaderSettings(**PATHS, **(settings or {})), collector, heard.append)
    request = Request()
    request.body = bytearray(body if isinstance(body, bytes) else json.dumps(body).encode())
    request.headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return door.hand(request, client, lambda _request, status, given: answers.append((status, b"".join(given)))), answers, collector, door


def as_sent(answer, request_id=""):
    """Return what of an answer the server is given."""
    return answer.status, b"".join(pieces(answer.status, all_headers(answer, request_id), answer.body))


def test_what_no_task_works_for_is_seen_and_answered_as_what_one_does():
    settings = {"trusted_proxies": ("203.0.113.0/24",), "read_opt_out": ("gpc",), "bot_header": "x-bot"}
    headers = {
        "user_agent": "Mozilla",
        "accept_language": "ja",
        "sec_purpose": "prefetch",
        "x_forwarded_for": "198.51.100.9",
        "sec_gpc": "1",
    }
    for more in ({}, {"from": "x@example.com"}, {"x_bot": "yes"}, {"sec_fetch_site": "cross-site"}):
        taken, answers, collector, door = handed(settings, **headers, **more)
        answer, other, other_door = send(settings, **headers, **more)
        assert taken
        assert (answers, door.outcomes) == ([as_sent(answer)], other_door.outcomes)
        assert structs.replace(collector.taken[0], at=0) == structs.replace(other.taken[0], at=0)
    for story in ("full", "away"):
        taken, ((status, told),), _, door = handed(body=MESSAGE | {"story": story})
        assert (taken, status, b"\r\nretry-after: 5\r\n" in told, door.outcomes) == (True, 503, True, {"failed": 1})


@pytest.mark.parametrize("outcome", [COUNTED, Outcome(), Outcome("repeat"), Outcome("bot")])
@pytest.mark.parametrize("left", [False, True])
def test_what_became_of_a_read_is_noted_alike_whoever_waits(outcome, left):
    heard, other_heard = [], []
    message = MESSAGE | ({"left": True} if left else {})
    _, answers, _, door = handed(body=message, outcome=outcome, heard=heard)
    answer, _, other = send(body=message, outcome=outcome, heard=other_heard)
    assert (answers, door.outcomes, heard) == ([as_sent(answer)], other.outcomes, other_heard)
    assert heard == (["a"] if outcome.kept and not left else [])


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 20_000, b'{"story": "a"}'])
def test_what_is_no_read_is_left_to_who_says_why(body):
    taken, answers, collector, door = handed(body=body)
    assert (taken, answers, collector.taken, collector.noted, door.outcomes) == (False, [], [], [], {})


def test_what_the_server_refused_as_too_long_is_noted_if_it_was_a_read():
    reader, collector = Reader(ReaderSettings(**PATHS)), Collector()
    reader._reads._collector = collector
    for target, method, status in ((b"/read", b"POST", 431), (b"/search", b"POST", 413), (b"/read", b"GET", 413), (b"/read", b"POST", 413)):
        assert collector.noted == []
        request = Request()
        request.target, request.method = target, method
        request.headers = {b"user-agent": b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}
        reader.was_refused(request, status)
    assert (collector.noted, reader.tell()["reads"]) == ([("malformed", "too-long", "phone")], {"malformed": 1})


def test_an_unknown_proxy_is_not_believed():
    assert seen(x_forwarded_for="198.51.100.9").address == "203.0.113.7"


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("10.0.0.1:80", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1:80", "6.6.6.6, 198.51.100.9", "198.51.100.9"),  # what stands before it is anybody's invention
        ("10.0.0.1:80", "198.51.100.9, 192.0.2.44", "198.51.100.9"),  # two proxies of ours
        ("10.0.0.1:80", "198.51.100.9:51234", "198.51.100.9"),
        ("10.0.0.1:80", "[2001:db8::7]:51234", "2001:db8::7"),
        ("10.0.0.1:80", "2001:db8::7", "2001:db8::7"),
        ("[::ffff:10.0.0.1]:80", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1:80", "", "10.0.0.1"),
        ("10.0.0.1:80", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
    ],
)
def test_trusted_proxies_tell_the_readers_address(client, forwarded, address):
    assert seen(settings={"trusted_proxies": ("10.0.0.0/8", "192.0.2.0/24")}, client=client, x_forwarded_for=forwarded).address == address


def test_who_does_not_want_to_be_counted_is_heard_where_the_site_honours_it():
    assert not seen(sec_gpc="1", dnt="1").opted_out
    honours = {"read_opt_out": ("gpc",)}
    assert seen(settings=honours, sec_gpc="1").opted_out
    assert not seen(settings=honours, dnt="1").opted_out
    assert not seen(settings=honours, sec_gpc="0").opted_out
    assert seen(settings={"read_opt_out": ("gpc", "dnt")}, dnt="1").opted_out


def test_the_newsrooms_own_networks_are_staff_also_behind_a_proxy():
    ours = {"staff_networks": ("198.51.100.0/24",), "trusted_proxies": ("10.0.0.0/8",)}
    assert seen(settings=ours, client="198.51.100.3:1").staff
    assert seen(settings=ours, client="10.0.0.1:1", x_forwarded_for="198.51.100.3").staff
    assert not seen(settings=ours, client="203.0.113.7:1", x_forwarded_for="198.51.100.3").staff


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({}, ""),
        ({"from": "crawler@example.com"}, "from"),
        ({"sec_fetch_site": "cross-site"}, "another-site"),
        ({"sec_fetch_site": "same-origin"}, ""),
        ({"x_bot": "1"}, "proxy"),
        ({"x_bot": "0"}, ""),
    ],
)
def test_what_tells_of_a_machine_beside_its_name(headers, hint):
    settings = {"bot_header": "x-bot", "trusted_proxies": ("203.0.113.0/24",)}
    assert seen(settings=settings, **headers).hint == hint


def test_only_our_own_proxy_says_who_is_a_machine():
    assert seen(settings={"bot_header": "x-bot"}, x_bot="1").hint == ""


def test_a_leaving_is_told_apart():
    assert send(body=MESSAGE | {"left": True, "engaged_ms": 10})[2].outcomes == {"left": 1}
    assert send(method="GET")[0].status == 405


def asker(client, settings=None, **headers):
    """Who is counted for a search from an address."""
    door = ReadDoor(ReaderSettings(**PATHS, **(settings or {})), Collector(), lambda _story: None)
    scope = Scope.__new__(Scope)
    scope.method, scope.client = "GET", client
    scope.headers = Headers({name.replace("_", "-").encode(): value.encode() for name, value in headers.items()})
    return door.asker(scope)


def test_who_searches_is_a_network_whatever_its_browsers_call_themselves():
    askers = {asker(f"203.0.113.{at}:5000", user_agent=f"browser {at}", accept_language=f"l{at}") for at in range(1, 9)}
    assert len(askers) == 1
    assert asker("[::ffff:203.0.113.7]:5000") in askers
    assert asker("203.0.114.1:5000") not in askers
    assert asker("[2001:db8:1:1::1]:5000") == asker("[2001:db8:1:ffff::2]:5000") != asker("[2001:db8:2:1::1]:5000")


def test_who_searches_is_told_by_trusted_proxies_alone_and_those_who_are_not_counted_are_nobody():
    assert asker("203.0.113.7:1", x_forwarded_for="198.51.100.1") == asker("203.0.113.7:1")
    proxied = {"trusted_proxies": ("127.0.0.1",), "staff_networks": ("198.51.100.0/24",), "read_opt_out": ("gpc",)}
    assert asker("127.0.0.1:1", proxied, x_forwarded_for="8.8.8.8, 203.0.113.9") == asker("203.0.113.7:1")
    assert asker("127.0.0.1:1", proxied, x_forwarded_for="nobody's address") == ""
    assert asker("127.0.0.1:1", proxied, x_forwarded_for="198.51.100.1") == ""
    assert asker("203.0.113.7:1", proxied, sec_gpc="1") == ""


def test_a_read_that_waits_for_its_answer_holds_only_what_that_asks_for():
    request = Request()
    request.headers = {b"user-agent": b"Mozilla", b"x-forwarded-for": b"198.51.100.9", b"x-request-id": b"of-a-proxy"}
    request.body = bytearray(b"{}")
    request.let_go()
    assert (request.headers, request.body) == ({b"x-request-id": b"of-a-proxy"}, b"")


def test_a_worker_lets_go_of_a_read_that_waits_and_of_nothing_that_is_none(tmp_path, monkeypatch):
    waiting, answers = [], []
    paths = dict.fromkeys(PATHS, str(tmp_path / "none"))
    reader = Reader(ReaderSettings(**paths))
    monkeypatch.setattr(reader._collector, "hand", lambda _read, who: waiting.append(who))
    for body in (json.dumps(MESSAGE).encode(), b"{}"):
        request = Request()
        request.method, request.target, request.body = b"POST", b"/read", body
        request.headers = {b"user-agent": b"Mozilla"}
        is_taken = reader.hand_on(request, "203.0.113.7:5000", lambda _request, status, _pieces: answers.append(status))
        left = ({}, b"") if is_taken else ({b"user-agent": b"Mozilla"}, body)
        assert (is_taken, request.headers, request.body) == (body != b"{}", *left)
    (who,) = waiting
    who.hear(Outcome())
    assert answers == [204]
    asyncio.run(reader.close())


BEHIND_A_PROXY = ReadDoor(ReaderSettings(**PATHS, trusted_proxies=("10.0.0.1",), staff_networks=("10.0.0.9",)), None, None)


def told_by_a_proxy(forwarded):
    scope = Scope.__new__(Scope)
    scope.client, scope.headers = "10.0.0.1:80", Headers({b"x-forwarded-for": forwarded.encode()})
    return BEHIND_A_PROXY.asker(scope)


@pytest.mark.parametrize(
    "tell",
    [
        lambda long: send(body=b"{}", user_agent=long),
        lambda long: send(user_agent=long, accept_language=long, sec_purpose=long),
        told_by_a_proxy,
        lambda long: kind_of(b"/" + long.encode()),
    ],
)
def test_of_what_anybody_writes_into_a_head_little_is_remembered(tell):
    tell("x")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(100):
            tell(f"{number:05}" + "x" * 30_000)
        assert tracemalloc.get_traced_memory()[0] - before < 500_000
    finally:
        tracemalloc.stop()
