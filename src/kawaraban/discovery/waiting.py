"""Whose related stories are to be worked out: those of what came, of what stands near it, and, while there is time, everybody's in turn."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# A new story enters the lists of so many neighbours: nothing is reprinted, their pages take it up by themselves. When more stories come than a
# flood has, those of older neighbours are worked out after it, each once.
NEIGHBOURS, FLOOD = 8, 200
# Every story that comes or goes changes a little how near all others are. Lists are worked out anew in turn, in so much of a core's time: a
# thousand in a few minutes, a hundred thousand in half a day.
SHARE_IN_TURN = 0.05


class Waiting:
    """Stories that wait for their lists. What is fresh comes before what is outdated; the turns are taken when nothing else waits."""

    def __init__(self) -> None:
        self._fresh: list[str] = []
        self._flood: set[str] = set()  # stories that came together: all of them are in the index when their lists are worked out
        self._outdated: set[str] = set()  # older stories, into whose lists some of a flood belong
        self._turn: list[str] = []
        # A restart leaves over some that were outdated, and nothing on disk tells of them.
        self._is_another_turn_due = True
        self._turns_from = 0.0

    def __len__(self) -> int:
        return len(self._fresh) + len(self._outdated)

    @property
    def fresh(self) -> int:
        """How many have no list yet, or one of another text."""
        return len(self._fresh)

    def note_fresh(self, stories: list[str]) -> None:
        """Take down what came, in the order in which it came."""
        self._fresh.extend(stories)
        if self._flood or len(self._fresh) > FLOOD:
            self._flood.update(self._fresh)

    def note_all(self, stories: list[str]) -> None:
        """Take down that all are to be worked out."""
        self._fresh = []
        self.note_fresh(stories)

    def note_outdated(self, stories: Iterable[str]) -> None:
        """Take down older stories, near which something changed."""
        self._outdated.update(stories)

    def note_change(self) -> None:
        """Take down that something came or went: everybody gets another turn after it."""
        self._is_another_turn_due = True

    def next(self, limit: int) -> tuple[list[str], list[str]]:
        """Take out up to so many that are fresh, newest first; if there are none, as many that are outdated. Both are empty when nothing waits."""
        if not self:
            self._flood.clear()
        fresh = [self._fresh.pop() for _ in range(min(limit, len(self._fresh)))]
        outdated = [] if fresh else [self._outdated.pop() for _ in range(min(limit, len(self._outdated)))]
        return fresh, outdated

    def put_back(self, fresh: list[str], outdated: list[str]) -> None:
        """Wait again for what could not be written."""
        self._outdated.update(outdated)
        self._fresh.extend(reversed(fresh))

    def neighbours(self, story: str, related: list[str]) -> Iterator[str]:
        """Return the neighbours of a fresh story whose lists it enters at once; of one of a flood the older ones wait."""
        for neighbour in related[:NEIGHBOURS]:
            if story not in self._flood:
                yield neighbour
            elif neighbour not in self._flood:
                self._outdated.add(neighbour)

    def is_next_turn_due(self) -> bool:
        """Say whether somebody's turn is now."""
        return time.monotonic() >= self._turns_from and bool(self._turn or self._is_another_turn_due)

    def next_turn(self, stories: Callable[[], list[str]], begin: Callable[[], None]) -> str | None:
        """Return whose turn it is, the last of all first. Where a round begins, ``begin`` is called before it."""
        if not self._turn and self._is_another_turn_due:
            self._is_another_turn_due = False
            self._turn = stories()
            begin()
        return self._turn.pop() if self._turn else None

    def note_turn(self, seconds: float) -> None:
        """Take down how much of a core's time a turn took."""
        self._turns_from = time.monotonic() + seconds * (1 / SHARE_IN_TURN - 1)
