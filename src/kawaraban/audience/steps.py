"""The steps that a read takes: each passes it on, or drops it with a reason.

They are tried in order; the first that objects decides. What they need to know of the world stands in ``Gate``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import crawleruseragents
import msgspec

from kawaraban.audience.crowds import MEMORY_SECONDS, Crowds, Fading, Group, Site
from kawaraban.audience.shapes import Attended, RawRead
from kawaraban.audience.tokens import Tokens
from kawaraban.audience.visitors import DAY_SECONDS, Visitor

if TYPE_CHECKING:
    from kawaraban.audience.shapes import Counted, Reason
    from kawaraban.audience.shelf import Shelf
    from kawaraban.audience.visitors import Salts

REPEAT_SECONDS = MEMORY_SECONDS
# Visible for so long before it counts; scrolling counts at once.
SEEN_MS = 3000
# More stories than a person opens within a minute.
VISITOR_A_MINUTE = 40
# A crowd that goes beyond that meets the same stories again and again: a fifth of its reads at least. A machine that takes every
# story once does not.
CROWD_MEETS_AGAIN = 0.2
# So many reads of one story by one network (a /24, or a /48 in IPv6) in half an hour are believed whatever else the network reads:
# a household, an office, a school class.
NETWORK_FREE = 30
# A private address is a proxy's that nobody told us to trust, and then everybody's: far more is believed of it. See the docs.
SHARED_FREE = 300
# What one page view can add to its story at most, and how long it may have been visible before it told that it is read.
LONGEST_SECONDS, SEEN_BEFORE_SECONDS = 1800, 5
END_OF_STORY = 0.95
# From one network, whatever it reads: three hundred a second for a minute are a machine's.
NETWORK_A_MINUTE = 18_000


class Gate:
    """What the steps know: the stories that stand, the key of their tokens, and who read what lately. Memory only."""

    def __init__(self, key: bytes, salts: Salts, shelf: Shelf) -> None:
        self.salts = salts
        self.tokens = Tokens(key)
        self.shelf = shelf
        self.seen: Fading[float] = Fading()  # by visitor and story: when it was counted
        self.told: Fading[int] = Fading()  # by visitor and story: how many of the counted reads have told how they went on
        self.attention: Fading[tuple[int, int]] = Fading()  # by visitor, story and view: the seconds and the depth that it told
        self.site = Site()
        self.visitors, self.networks = Crowds(self.site), Crowds(self.site)

    def forget(self, now: float) -> None:
        """Forget what no step asks for any more."""
        self.seen.turn(now)
        self.told.turn(now)
        self.attention.turn(now)
        self.networks.forget(now)
        if self.visitors.forget(now):
            self.site.turn()
        self.salts.forget(now)

    def remember(self, read: Counted) -> None:
        """Know again, after a restart, a read that the log holds: a repeat of it stays one."""
        self.seen.put(pair(read.visitor, read.story), read.at)
        self.visitors.tried(read.visitor, read.story, read.at).count(read.story, 1)
        self.site.count(read.story, 1)

    def remember_attention(self, one: Attended) -> None:
        """Know again, after a restart, what a page view has told: it is not added a second time."""
        seconds, depth = self.attention.get(one.key) or (0, 0)
        self.attention.put(one.key, (seconds + one.seconds, max(depth, one.depth)))


# One for all that are not known yet: nobody counts there.
NO_GROUP = Group()


class Read(msgspec.Struct, gc=False):
    """A read on its way: what came in, which story that is, and, once it is worth knowing, which visitor and network."""

    raw: RawRead
    story: str
    visitor: Visitor
    group: Group
    network: Group | None = None
    pair: int = 0  # the visitor and the story; of a leaving, those whose read it goes on from
    view: int = 0  # of a leaving: the view of the page


Step = Callable[[Read, Gate], "Reason | None"]


def not_opted_out(read: Read, gate: Gate) -> Reason | None:
    """Who asks not to be counted is not, where the site honours that; nothing else is looked at."""
    return "opted-out" if read.raw.opted_out else None


def known_story(read: Read, gate: Gate) -> Reason | None:
    """Only what is published now counts."""
    story, shelf = read.story, gate.shelf
    return None if story in shelf.stories or shelf.knows(story) else "unknown-story"


def true_token(read: Read, gate: Gate) -> Reason | None:
    """Whoever counts has had the page."""
    return None if gate.tokens.is_of(read.story, read.raw.page.token) else "forged"


def not_staff(read: Read, gate: Gate) -> Reason | None:
    """The newsroom's own looking does not count."""
    return "staff" if read.raw.staff else None


def not_a_bot(read: Read, gate: Gate) -> Reason | None:
    """Who says of itself that it is a bot, or says nothing at all, is believed; so is what the request's other lines say of it."""
    raw = read.raw
    return "bot" if raw.hint or is_bot(raw.user_agent) else None


def not_prefetched(read: Read, gate: Gate) -> Reason | None:
    """A page that a browser fetched ahead was not read."""
    page = read.raw.page
    if page.prerendered or page.prefetched or page.visibility == "prerender":
        return "prefetch"
    if not read.raw.purpose:
        return None
    purpose = read.raw.purpose.lower()
    return "prefetch" if "prefetch" in purpose or "prerender" in purpose else None


def seen(read: Read, gate: Gate) -> Reason | None:
    """A page in the background was not seen; one that says how long it was visible must say three seconds, or have been scrolled."""
    page = read.raw.page
    if page.visibility == "hidden":
        return "not-seen"
    return "not-seen" if page.visible_ms is not None and page.visible_ms < SEEN_MS and not page.scrolled else None


def recognised(read: Read, gate: Gate) -> Reason | None:
    """Find out which visitor it is, and what is known of what comes from there. OSError if a salt cannot be made.

    Beyond three hundred reads a second a network is a machine, whatever it reads: nothing is remembered of visitors that it makes up.
    """
    story, at = read.story, read.raw.at
    visitor = read.visitor = gate.salts.visitor(read.raw)
    if visitor.network:
        network = read.network = gate.networks.tried(visitor.network, story, at)
        if network.minute_tries > NETWORK_A_MINUTE:
            return "flood"
    read.group = gate.visitors.tried(visitor.today, story, at)
    return None


def at_a_persons_pace(read: Read, gate: Gate) -> Reason | None:
    """Nobody opens forty stories a minute. A crowd behind one address does, and meets the same stories again and again."""
    group = read.group
    if group.minute_tries <= VISITOR_A_MINUTE:
        return None
    return None if group.is_crowd and group.meets_again >= CROWD_MEETS_AGAIN else "too-fast"


def first_in_half_an_hour(read: Read, gate: Gate) -> Reason | None:
    """One read a visitor and story in thirty minutes; midnight, when salts change, makes no second one.

    A crowd is many visitors under one hash: it may read a story again as often as its other reads make likely.
    """
    at, seen = read.raw.at, gate.seen
    key = read.pair = pair(read.visitor.today, read.story)
    last = seen.young.get(key)
    if last is None and seen.old:
        last = seen.get(key)
    if last is None and at % DAY_SECONDS < REPEAT_SECONDS:
        last = seen.get(pair(read.visitor.yesterday, read.story))
    if last is None or abs(at - last) >= REPEAT_SECONDS:
        return None
    return None if read.group.is_crowd and gate.visitors.has_room(read.group, read.story, 1) else "repeat"


def no_flood(read: Read, gate: Gate) -> Reason | None:
    """A network's reads of a story must fit what else it reads."""
    network = read.network
    # So few that were asked for cannot be too many that were counted.
    if network is None or network.tries <= NETWORK_FREE:
        return None
    free = SHARED_FREE if read.visitor.shared else NETWORK_FREE
    return None if gate.networks.has_room(network, read.story, free) else "flood"


def goes_on_from_a_read(read: Read, gate: Gate) -> Reason | None:
    """How long a page was read is told of a read that was counted lately, once by each of them and as much more as it tells again."""
    visitor, story, view = gate.salts.visitor(read.raw), read.story, read.raw.page.view
    known_by = (visitor.today, visitor.yesterday) if read.raw.at % DAY_SECONDS < 2 * REPEAT_SECONDS else (visitor.today,)
    for who in known_by:
        read.pair = pair(who, story)
        if gate.seen.get(read.pair) is not None:
            read.visitor, read.view = visitor, _lasting(who, story, view)
            read.group = gate.visitors.known(who) or read.group
            reads = max(1, read.group.counted(story))
            is_new = gate.attention.get(read.view) is None
            return "repeat" if is_new and (gate.told.get(read.pair) or 0) >= reads else None
    return "unread"


# In an order in which what is cheap to tell, and says most, comes first.
STEPS: tuple[Step, ...] = (
    not_opted_out,
    known_story,
    true_token,
    not_staff,
    not_a_bot,
    not_prefetched,
    seen,
    recognised,
    at_a_persons_pace,
    first_in_half_an_hour,
    no_flood,
)
# A recorded click bears no token: the recording is believed to be of pages that were had.
STEPS_OF_A_LEAVING: tuple[Step, ...] = (not_opted_out, known_story, true_token, not_staff, not_a_bot, goes_on_from_a_read)
STEPS_OF_A_REPLAY: tuple[Step, ...] = tuple(step for step in STEPS if step is not true_token)


def judge(read: Read, gate: Gate, steps: tuple[Step, ...] = STEPS) -> Reason | None:
    """Take a read through all steps; return why it is dropped, or None."""
    for step in steps:
        reason = step(read, gate)
        if reason is not None:
            return reason
    return None


def pass_on(read: Read, gate: Gate) -> None:
    """A read passed all steps: from here on a second one is a repeat, also while this one is still being written."""
    gate.seen.put(read.pair, read.raw.at)
    _enter(read, gate, 1)


def take_back(read: Read, gate: Gate) -> None:
    """A read that passed could not be written: when the page tells again, that is no repeat."""
    gate.seen.drop(read.pair)
    _enter(read, gate, -1)


def attend(read: Read, gate: Gate) -> Attended | None:
    """Return what a leaving adds to its read; None if it tells nothing new. Nobody reads for longer than time has passed."""
    page, raw = read.raw.page, read.raw
    known = gate.attention.get(read.view)
    seconds_before, depth_before = known or (0, 0)
    # Of a crowd nobody knows which of its reads this one goes on from.
    passed = LONGEST_SECONDS if read.group.is_crowd else int(raw.at - (gate.seen.get(read.pair) or raw.at)) + SEEN_BEFORE_SECONDS
    most = max(0, min(LONGEST_SECONDS, passed))
    seconds = max(seconds_before, min(most, (page.engaged_ms or 0) // 1000))
    depth = max(depth_before, quarters(page.scroll))
    if known == (seconds, depth):
        return None
    if known is None:
        gate.told.put(read.pair, (gate.told.get(read.pair) or 0) + 1)
    gate.attention.put(read.view, (seconds, depth))
    return Attended(int(raw.at * 1000) / 1000, read.story, read.view, seconds - seconds_before, depth_before, depth, known is None)


def unattend(read: Read, told: Attended, gate: Gate) -> None:
    """What a leaving added could not be written: when the page tells again, it is new."""
    if told.first:
        gate.attention.drop(read.view)
        gate.told.put(read.pair, max(0, (gate.told.get(read.pair) or 0) - 1))
        return
    seconds, _ = gate.attention.get(read.view) or (0, 0)
    gate.attention.put(read.view, (max(0, seconds - told.seconds), told.depth_before))


def quarters(scroll: float | None) -> int:
    """Return how many quarters of a story were read, 0 to 4. Its end counts as seen a few lines before it."""
    if scroll is None or not scroll > 0:
        return 0
    return 4 if scroll >= END_OF_STORY else int(scroll * 4)


def rule_of(read: Read, reason: Reason) -> str:
    """Say which rule within a step dropped a read, in words that tell nothing of who it was."""
    raw, page = read.raw, read.raw.page
    if reason == "bot":
        return raw.hint or (bot_named_by(raw.user_agent) if raw.user_agent.strip() else "nameless")
    if reason == "not-seen":
        return "hidden" if page.visibility == "hidden" else "under-three-seconds"
    if reason == "prefetch":
        return "page" if page.prerendered or page.prefetched or page.visibility == "prerender" else "request"
    if reason == "flood" and read.network is not None:
        return "network-a-minute" if read.network.minute_tries > NETWORK_A_MINUTE else "story-by-network"
    return ""


def pair(visitor: int, story: str) -> int:
    """Return one number for a visitor and a story: the repeats' table is the largest in memory, and whole tuples would double it.

    It is this process's alone: texts are hashed anew in each.
    """
    return hash((visitor, story))


def _lasting(visitor: int, story: str, view: str) -> int:
    """Return one number for a visitor, a story and a view of its page, the same in every process."""
    text = f"{story}\n{view}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, key=visitor.to_bytes(8, "little"), digest_size=8).digest(), "little")


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Whether a browser's name is a crawler's, or none. The list is some 600 patterns: asked once per distinct name."""
    return not user_agent.strip() or bool(crawleruseragents.is_crawler(user_agent))


@lru_cache(maxsize=4096)
def bot_named_by(user_agent: str) -> str:
    """Return the first pattern of the list that a crawler's name meets: it names the crawler, and nobody else."""
    found = crawleruseragents.matching_crawlers(user_agent)
    return str(crawleruseragents.CRAWLER_USER_AGENTS_DATA[found[0]]["pattern"]) if found else ""


def _enter(read: Read, gate: Gate, by: int) -> None:
    story = read.story
    gate.site.count(story, by)
    read.group.count(story, by)
    if read.network is not None:
        read.network.count(story, by)
