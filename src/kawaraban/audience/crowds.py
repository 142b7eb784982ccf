"""Many people behind one address: how much of a story such a crowd may read before it is a machine.

A carrier puts thousands of phones behind one address, and browsers tell the same name of all of them. What tells the crowd from one
machine that pushes a story is *what else it reads*. A crowd reads what everybody reads: if a story has a tenth of the site's other
reads, about a tenth of the crowd's reads are of it. So a story may take from a group as many reads as the group's reads of other
stories make likely, and a few more. A machine that pushes one story has no other reads; one that reads along everything in
proportion, to be believed, moves no story past another.
"""

from __future__ import annotations

import math
from typing import Generic, TypeVar

import msgspec

# What a group has read is remembered for so long, as repeats are.
MEMORY_SECONDS = 30 * 60
# Fewer reads than this by everybody else say nothing of what people read: then a story may have a fifth of a group's reads, as the
# most read one of a front page has.
ENOUGH_READS_ELSEWHERE = 50
LONELY_SHARE = 0.2
LARGEST_SHARE = 0.9
# Three standard deviations of a Poisson count: chance alone goes beyond them once in a thousand times.
LEEWAY = 3.0
# One person does not see eight different stories for three seconds each, with their loading, within a minute again and again.
STORIES_OF_A_CROWD, CROWD_WITHIN_SECONDS = 8, 60.0

# A group takes some hundred bytes: so many are remembered, twice over, and those that were not touched for longest are forgotten first.
MOST_GROUPS = 500_000

V = TypeVar("V")


class Fading(Generic[V]):
    """A dictionary that forgets what was not touched for one to two half hours, without ever walking through all of it.

    Whoever asks with every read looks at ``young`` first, where most of what is known stands, and calls nothing.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self.young: dict[int, V] = {}
        self.old: dict[int, V] = {}
        self._turned_at = 0.0

    def get(self, key: int) -> V | None:
        """Return what is known under a key."""
        value = self.young.get(key)
        return value if value is not None or not self.old else self.old.get(key)

    def touched(self, key: int) -> V | None:
        """Return what is known under a key, and know it for another half hour."""
        value = self.young.get(key)
        if value is None and self.old and (value := self.old.get(key)) is not None:
            self.put(key, value)
        return value

    def put(self, key: int, value: V) -> None:
        """Know something, for another half hour at least; or until ``most`` others have come."""
        if self._most is not None and len(self.young) >= self._most:
            self.old, self.young = self.young, {}
        self.young[key] = value

    def drop(self, key: int) -> None:
        """Know it no more."""
        self.young.pop(key, None)
        self.old.pop(key, None)

    def turn(self, now: float) -> bool:
        """Let the older half go when its time has come; say whether it went."""
        if not self._turned_at:
            # What was recalled at the start is young: the first turn comes half an hour from now.
            self._turned_at = now
        if now - self._turned_at < MEMORY_SECONDS:
            return False
        self.old = self.young if now - self._turned_at < 2 * MEMORY_SECONDS else {}
        self.young = {}
        self._turned_at = now
        return True

    def __len__(self) -> int:
        return len(self.young) + len(self.old)


class Group(msgspec.Struct, gc=False):
    """What came from one visitor's hash, or from one network, within the half hour since ``since``.

    Most ask for one story: a dictionary of their own would be twice as large as all the rest.
    """

    since: float = 0.0
    first: str = ""  # the story that was asked for first
    of_first: int = 0  # how many reads of it were counted
    others: dict[str, int] | None = None  # likewise of every other story that was asked for
    total: int = 0  # counted
    tries: int = 0  # asked for
    minute: float = 0.0
    minute_tries: int = 0
    minute_new: int = 0  # of them, stories that were not asked for before
    is_crowd: bool = False

    @property
    def meets_again(self) -> float:
        """How many of the tries were of a story that had been asked for before: 0 to 1."""
        stories = (1 if self.first else 0) + len(self.others or ())
        return 1 - stories / self.tries if self.tries else 0.0

    def ask(self, story: str) -> bool:
        """Note that a story is asked for; say whether it was not before."""
        if story == self.first:
            return False
        if not self.first:
            self.first = story
            return True
        if self.others is None:
            self.others = {story: 0}
            return True
        if story in self.others:
            return False
        self.others[story] = 0
        return True

    def counted(self, story: str) -> int:
        """Return how many reads of a story were counted."""
        if story == self.first:
            return self.of_first
        return self.others.get(story, 0) if self.others else 0

    def count(self, story: str, by: int) -> None:
        """Count reads of a story that was asked for. Never below nothing: what was forgotten meanwhile is not taken back."""
        self.total += by
        if story == self.first:
            self.of_first = self.of_first + by if by > 0 else max(0, self.of_first + by)
        else:
            self.others = self.others or {}
            self.others[story] = max(0, self.others.get(story, 0) + by)


class Site:
    """What everybody reads: the reads of each story that were counted lately, and before that."""

    def __init__(self) -> None:
        self.reads: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.total = self.total_before = 0

    def of(self, story: str) -> int:
        """Return how many reads of a story were counted."""
        return self.reads.get(story, 0) + self.before.get(story, 0)

    def count(self, story: str, by: int) -> None:
        """Count reads of a story. Never below nothing: what was forgotten meanwhile is not taken back."""
        known = self.reads.get(story, 0) + by
        self.reads[story] = known if by > 0 else max(0, known)
        self.total += by

    def turn(self) -> None:
        """Half an hour has passed."""
        self.before, self.total_before = self.reads, self.total
        self.reads, self.total = {}, 0


class Crowds:
    """The groups of one kind. ``site`` is what all groups of every kind together read, and is looked after by who made it."""

    def __init__(self, site: Site) -> None:
        self._groups: Fading[Group] = Fading(MOST_GROUPS)
        self._site = site

    def tried(self, who: int, story: str, at: float) -> Group:
        """Note that a group asks to have a story counted; return what is known of the group."""
        groups = self._groups
        group = groups.young.get(who)
        if group is None and groups.old:
            group = groups.touched(who)
        if group is None:
            # The first time that it is heard of, as of most: all at once.
            group = Group(at, story, 0, None, 0, 1, at, 1, 1)
            groups.put(who, group)
            return group
        if at - group.since >= MEMORY_SECONDS:
            # A crowd stays one from one half hour to the next: it is there all day.
            group = Group(at, is_crowd=group.is_crowd and at - group.since < 2 * MEMORY_SECONDS)
            self._groups.put(who, group)
        group.tries += 1
        if at - group.minute >= CROWD_WITHIN_SECONDS:
            group.minute, group.minute_tries, group.minute_new = at, 0, 0
        group.minute_tries += 1
        if group.ask(story):
            group.minute_new += 1
            group.is_crowd = group.is_crowd or group.minute_new >= STORIES_OF_A_CROWD
        return group

    def known(self, who: int) -> Group | None:
        """Return what is known of a group, if anything is."""
        return self._groups.get(who)

    def has_room(self, group: Group, story: str, free: int) -> bool:
        """Whether one more read of a story is likely from this group. ``free`` reads are, whatever else it reads."""
        have = group.counted(story)
        if have < free:
            return True
        site = self._site
        rest = group.total - have
        elsewhere = site.total + site.total_before - group.total
        share = LONELY_SHARE
        if elsewhere >= ENOUGH_READS_ELSEWHERE:
            # One more of both: a story that nobody else has read so far is not one that nobody reads.
            share = min((max(site.of(story) - have, 0) + 1) / (elsewhere + 1), LARGEST_SHARE)
        expected = rest * share / (1 - share)
        return have < free + expected + LEEWAY * math.sqrt(expected)

    def forget(self, now: float) -> bool:
        """Forget what is older than an hour; say whether half an hour has passed."""
        return self._groups.turn(now)
