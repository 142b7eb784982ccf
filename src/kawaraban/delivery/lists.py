"""What slots choose from: lists of stories, rankings, parts of the clock. The shelf keeps them.

A list knows its version, which grows whenever it would give something else: what was chosen from it remembers that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from kawaraban.sheetlog.parts import NOTHING, pressed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.audience.shapes import RankedStory
    from kawaraban.sheetlog.parts import Part
    from kawaraban.sheetlog.shapes import Slot, TimedPart

# What changes: a kind and a key of the log, or ("ranking", list), ("related", story).
Dependency = tuple[str, str]
# In a row's markup: how often it was read; with the element that it stands in, which a row that was not read does without.
READS = "{reads}"
_NONE: frozenset[str] = frozenset()
_TOLD = re.compile(r"<span>[^<]*\{reads\}[^<]*</span>")


class Rows(Protocol):
    """Where the lists find their rows: the shelf."""

    def candidate(self, story: str, shape: str) -> Candidate | None:
        """A story with its card; None if it has none in this shape."""

    def foresee(self, stories: Sequence[str], shape: str) -> None:
        """Look up the cards of stories that are about to be asked for."""

    def rows(self, dress: Dress, choice: Choice, badges: tuple[str, ...] | None) -> Part:
        """A slot's rows as a part."""


class Candidate:
    """A story that has a card in a shape. Another one is made when the card changes: it is compared by identity.

    The card itself is not kept: it is wanted once, when rows are compressed, and would be a third of all memory.
    """

    __slots__ = ("__weakref__", "shape", "story")

    def __init__(self, story: str, shape: str) -> None:
        self.story = story
        self.shape = shape


class Choice:
    """The rows of a slot, and their numbers where these are not simply 1, 2, 3.

    ``stories`` were looked at for it; ``versions`` are those of the lists that they came from, if it depends on nothing but these and
    on which of its stories stand elsewhere. While none of them stands elsewhere, every page chooses the same rows from a list: one object
    serves them all (it ``is_whole``), and knows how it was written last, and how it differs from the one before.
    """

    __slots__ = ("_before", "_beside", "_dress", "_part", "chosen", "is_whole", "numbers", "reads", "rows", "stories", "versions")

    def __init__(
        self,
        rows: Sequence[Candidate],
        numbers: Sequence[int] | None = None,
        stories: Sequence[str] | None = None,
        reads: Sequence[str] | None = None,
        versions: list[int] | None = None,
        *,
        is_whole: bool = False,
    ) -> None:
        self.rows = tuple(rows)
        self.numbers = tuple(numbers) if numbers else None
        self.reads = tuple(reads) if reads else None  # how often each was read, as it is told
        self.chosen = tuple([row.story for row in rows])
        self.stories = self.chosen if stories is None else tuple(stories)
        self.versions = versions
        self.is_whole = is_whole
        self._dress: Dress | None = None
        self._part = NOTHING
        self._before: Choice | None = None
        self._beside = _NONE, _NONE

    def is_as_before(self, lists: Sequence[Candidates | Ranked], moved: set[str]) -> bool:
        """Whether it would be chosen again, where these stories stand elsewhere now or do not any more."""
        versions = self.versions
        if versions is None or not moved.isdisjoint(self.stories):
            return False
        # Of the lists those that were looked at, which are the first; nearly always it is one.
        if len(versions) == 1:
            return lists[0].version == versions[0]
        return [known.version for known in lists[: len(versions)]] == versions

    def beside(self, before: Choice) -> tuple[frozenset[str], frozenset[str]]:
        """Return the stories that were looked at for it and not for another one, and those the other way round."""
        if self._before is before:
            return self._beside
        ours, theirs = frozenset(self.stories), frozenset(before.stories)
        beside = ours - theirs, theirs - ours
        if self.is_whole and before.is_whole:
            # Every page asks this. Of those that were before, no more than one is held on to.
            before._before = None
            self._before, self._beside = before, beside
        return beside

    def written(self, dress: Dress, shelf: Rows) -> Part:
        """Return the rows as a part, without badges."""
        if self._dress is not dress:
            self._dress, self._part = dress, shelf.rows(dress, self, None)
        return self._part


class Candidates:
    """A list's stories in their order, those without a card left out; ``ready`` as far as slots have asked."""

    __slots__ = ("__weakref__", "_first", "_looked_at", "_shelf", "changed_at", "ids", "ready", "shape", "source", "version")

    def __init__(self, shelf: Rows, source: Dependency, shape: str, ids: Sequence[str]) -> None:
        self.source = source
        self.changed_at = 0  # the shelf's epoch
        self.shape = shape
        self.version = 0
        self.ids = tuple(ids)
        self.ready: list[Candidate] = []
        self._looked_at = 0
        self._shelf = shelf
        self._first: dict[int, Choice] = {}

    def first(self, most: int) -> Choice:
        """Return the rows of a slot that takes so many, if nothing of them stands elsewhere."""
        choice = self._first.get(most)
        if choice is None:
            rows: dict[str, Candidate] = {}
            self._shelf.foresee(self.ids[self._looked_at : most], self.shape)
            for candidate in self.all():
                if len(rows) >= most:
                    break
                rows.setdefault(candidate.story, candidate)
            choice = self._first[most] = Choice(tuple(rows.values()), versions=[self.version], is_whole=True)
        return choice

    def all(self) -> Iterator[Candidate]:
        """Yield those that were looked up before, then the others as they are asked for."""
        yield from tuple(self.ready)
        yield from self.more()

    def more(self) -> Iterator[Candidate]:
        """Look up those that follow the ``ready`` ones, as they are asked for."""
        while self._looked_at < len(self.ids):
            candidate = self._shelf.candidate(self.ids[self._looked_at], self.shape)
            self._looked_at += 1
            if candidate is not None:
                self.ready.append(candidate)
                yield candidate

    def shows_one_of(self, stories: set[str]) -> bool:
        """Whether one of these was looked at, be it that it had no card."""
        return not stories.isdisjoint(self.ids[: self._looked_at])

    def renew(self, ids: Sequence[str]) -> None:
        """Begin again with other ids, or with the same whose cards have changed."""
        self.ids = tuple(ids)
        self.ready = []
        self._looked_at = 0
        self._first = {}
        self.version += 1


class Ranked:
    """A ranking's rows with their cards. A story without a card keeps its rank, so that ranks stay true."""

    __slots__ = ("__weakref__", "_first", "_looked_up", "_shelf", "changed_at", "rows", "shape", "source", "version")

    def __init__(self, shelf: Rows, source: Dependency, shape: str, rows: Sequence[RankedStory]) -> None:
        self.source = source
        self.changed_at = 0  # the shelf's epoch
        self.shape = shape
        self.version = 0
        self.rows = rows
        self._looked_up: list[tuple[RankedStory, Candidate | None]] = []
        self._shelf = shelf
        self._first: dict[int, Choice] = {}

    def first(self, most: int) -> Choice:
        """Return the rows of a slot that takes so many, if nothing of them stands elsewhere."""
        choice = self._first.get(most)
        if choice is None:
            rows: list[Candidate] = []
            ranks: list[int] = []
            reads: list[str] = []
            stories: list[str] = []
            self._shelf.foresee([row.story for row in self.rows[len(self._looked_up) : most]], self.shape)
            for row, candidate in self:
                if len(rows) >= most:
                    break
                stories.append(row.story)
                if candidate is not None:
                    rows.append(candidate)
                    ranks.append(row.rank)
                    reads.append(told_reads(row))
            choice = self._first[most] = Choice(rows, ranks, stories, reads, [self.version], is_whole=True)
        return choice

    def __iter__(self) -> Iterator[tuple[RankedStory, Candidate | None]]:
        """Yield rows with their cards: those known at once, the others as they are asked for."""
        yield from self._looked_up
        while len(self._looked_up) < len(self.rows):
            row = self.rows[len(self._looked_up)]
            found = (row, self._shelf.candidate(row.story, self.shape))
            self._looked_up.append(found)
            yield found

    def shows_one_of(self, stories: set[str]) -> bool:
        """Whether one of these was looked at."""
        return any(row.story in stories for row, _ in self._looked_up)

    def renew(self, rows: Sequence[RankedStory]) -> None:
        """Begin again with other rows, or with the same whose cards have changed."""
        self.rows = rows
        self._looked_up = []
        self._first = {}
        self.version += 1


def told_reads(row: RankedStory) -> str:
    """Write how often a story was read, as pages show it."""
    return f"{row.shown_reads:,}" if row.reads else ""


class Timed:
    """A part that changes with the clock alone, its variants compressed."""

    __slots__ = ("__weakref__", "changed_at", "source", "variants")

    def __init__(self, source: Dependency, part: TimedPart | None) -> None:
        self.source = source
        self.changed_at = 0  # the shelf's epoch
        self.variants: list[tuple[float, Part]] = []
        self.renew(part)

    def renew(self, part: TimedPart | None) -> None:
        """Begin again."""
        self.variants = [(variant.since, pressed(variant.html)) for variant in part.variants] if part else []

    def at(self, now: float) -> tuple[Part, float]:
        """Return what is shown at a moment, and until when."""
        shown = NOTHING
        for since, part in self.variants:
            if since > now:
                return shown, since
            shown = part
        return shown, float("inf")


class Dress:
    """The markup around a slot's rows. One object for all slots that are dressed alike: it is compared by identity."""

    __slots__ = ("__weakref__", "between", "closing", "opening", "row_closing", "row_opening", "tells_reads", "unread_closing")

    def __init__(self, slot: Slot) -> None:
        self.opening = slot.opening
        self.closing = slot.closing
        self.row_opening = slot.row_opening
        self.row_closing = slot.row_closing
        self.between = slot.between
        self.tells_reads = READS in slot.row_closing
        self.unread_closing = _TOLD.sub("", slot.row_closing)

    def closing_of(self, reads: str) -> str:
        """Return what ends a row, with how often it was read where that is told: of what was not read, nothing."""
        if not self.tells_reads:
            return self.row_closing
        return self.row_closing.replace(READS, reads) if reads else self.unread_closing


Watched = Candidates | Ranked | Timed
Numbers = tuple[int, ...] | None
