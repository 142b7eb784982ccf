"""The steps that a read takes: each passes it on, or drops it with a reason.

They are tried in order; the first that objects decides. What they need to know of the world stands in ``Gate``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import crawleruseragents

from kawaraban.audience.tokens import is_token_of

if TYPE_CHECKING:
    from kawaraban.audience.shapes import RawRead, Reason
    from kawaraban.audience.visitors import Salts
    from kawaraban.sheetlog.shapes import Story

REPEAT_SECONDS = 30 * 60
# Visible for so long before it counts; scrolling counts at once.
SEEN_MS = 3000
# More stories than a person opens: of one visitor in a minute, and of one network (a /24 or /48) in ten seconds. A carrier's
# shared address stays far below the second: 600 reads in ten seconds from one /24 are a machine's.
VISITOR_A_MINUTE = 40
NETWORK_IN_TEN_SECONDS = 600


@dataclass
class Gate:
    """What the steps know: the stories that stand, the key of their tokens, and who read what lately."""

    key: bytes
    salts: Salts
    stories: dict[str, Story] = field(default_factory=dict)
    by_source: dict[str, str] = field(default_factory=dict)  # "source:source_id" → id
    seen: dict[tuple[bytes, str], float] = field(default_factory=dict)
    visitors: dict[bytes, deque[float]] = field(default_factory=dict)
    networks: dict[bytes, deque[float]] = field(default_factory=dict)

    def forget(self, now: float) -> None:
        """Forget what no step asks for any more."""
        self.seen = {key: at for key, at in self.seen.items() if at > now - REPEAT_SECONDS}
        self.visitors = {who: times for who, times in self.visitors.items() if times and times[-1] > now - 60}
        self.networks = {who: times for who, times in self.networks.items() if times and times[-1] > now - 60}
        self.salts.forget(now)


@dataclass(frozen=True)
class Read:
    """A read on its way: what came in, and which story and visitor that is."""

    raw: RawRead
    story: str
    visitor: bytes
    visitor_yesterday: bytes
    network: bytes


Step = Callable[[Read, Gate], "Reason | None"]


def identify(raw: RawRead, gate: Gate) -> Read:
    """Find out which story and which visitor a read is about."""
    story = gate.by_source.get(raw.page.story, raw.page.story) if ":" in raw.page.story else raw.page.story
    visitor, yesterday = gate.salts.hashes(raw)
    return Read(raw, story, visitor, yesterday, gate.salts.network_hash(raw))


def known_story(read: Read, gate: Gate) -> Reason | None:
    """Only what is published now counts."""
    return None if read.story in gate.stories else "unknown-story"


def true_token(read: Read, gate: Gate) -> Reason | None:
    """Whoever counts has had the page."""
    return None if is_token_of(gate.key, read.story, read.raw.page.token) else "forged"


def not_staff(read: Read, gate: Gate) -> Reason | None:
    """The newsroom's own looking does not count."""
    return "staff" if read.raw.staff else None


def not_a_bot(read: Read, gate: Gate) -> Reason | None:
    """Who says of itself that it is a bot, or says nothing at all, is believed."""
    return "bot" if not read.raw.user_agent or _is_bot(read.raw.user_agent) else None


def not_prefetched(read: Read, gate: Gate) -> Reason | None:
    """A page that a browser fetched ahead was not read."""
    return "prefetch" if read.raw.page.prerendered or "prefetch" in read.raw.purpose or "prerender" in read.raw.purpose else None


def seen(read: Read, gate: Gate) -> Reason | None:
    """A page that says for how long it was visible must have been so for three seconds, or have been scrolled."""
    page = read.raw.page
    return "not-seen" if page.visible_ms is not None and page.visible_ms < SEEN_MS and not page.scrolled else None


def first_in_half_an_hour(read: Read, gate: Gate) -> Reason | None:
    """One read a visitor and story in thirty minutes; midnight, when salts change, makes no second one."""
    last = max(gate.seen.get((read.visitor, read.story), 0.0), gate.seen.get((read.visitor_yesterday, read.story), 0.0))
    return "repeat" if read.raw.at - last < REPEAT_SECONDS else None


def no_flood(read: Read, gate: Gate) -> Reason | None:
    """Nobody opens forty stories a minute."""
    if _too_many(gate.visitors.setdefault(read.visitor, deque()), read.raw.at, 60, VISITOR_A_MINUTE):
        return "flood"
    if _too_many(gate.networks.setdefault(read.network, deque()), read.raw.at, 10, NETWORK_IN_TEN_SECONDS):
        return "flood"
    return None


STEPS: tuple[Step, ...] = (known_story, true_token, not_staff, not_a_bot, not_prefetched, seen, first_in_half_an_hour, no_flood)


def judge(read: Read, gate: Gate) -> Reason | None:
    """Take a read through all steps; return why it is dropped, or None."""
    for step in STEPS:
        reason = step(read, gate)
        if reason is not None:
            return reason
    return None


_SEARCH = ("google.", "bing.", "yahoo.", "duckduckgo.", "baidu.", "naver.", "daum.", "ecosia.", "yandex.")
_SOCIAL = (
    "t.co",
    "x.com",
    "twitter.",
    "facebook.",
    "instagram.",
    "line.me",
    "threads.",
    "bsky.",
    "mastodon",
    "kakao",
    "reddit.",
    "youtube.",
)
_PORTAL = ("news.yahoo.", "smartnews.", "news.google.", "gunosy.", "news.line.me", "antenna.", "newspicks.")


def source_of(referrer: str, own_host: str = "") -> str:
    """Tell where a reader came from, as a class: the address itself is not kept."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return "other"
    host = (parts.hostname or "").lower()
    if not host:
        return "direct"
    if own_host and host == own_host:
        return "internal"
    if "utm_medium=email" in parts.query:
        return "newsletter"
    # Portals first: news.yahoo.co.jp is one, though its host contains a search engine's name.
    for name, marks in (("portal", _PORTAL), ("social", _SOCIAL), ("search", _SEARCH)):
        if any(host.startswith(mark) or f".{mark}" in f".{host}" for mark in marks):
            return name
    return "other"


def device_of(user_agent: str) -> str:
    """Tell the class of device: phone, tablet or desktop."""
    if "iPad" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return "tablet"
    return "phone" if "Mobi" in user_agent or "iPhone" in user_agent else "desktop"


def _too_many(times: deque[float], now: float, seconds: float, limit: int) -> bool:
    while times and times[0] <= now - seconds:
        times.popleft()
    if len(times) >= limit:
        return True
    times.append(now)
    return False


@lru_cache(maxsize=4096)
def _is_bot(user_agent: str) -> bool:
    # The list is some 600 patterns: asked once per distinct name.
    return bool(crawleruseragents.is_crawler(user_agent))
