"""Composition: a sheet and what its slots are filled with make one body, in which no story stands twice.

Slots choose in the order of their priority: a story placed by hand keeps its place, the ranking leaves it out of its rows and
gives it a badge with its rank, lower lists refill from their further candidates. What is chosen is a row of parts, compressed
before; composing is choosing, and costs some ten microseconds.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kawaraban.delivery.lists import Candidates, Choice, Ranked, told_reads
from kawaraban.delivery.shelf import Shelf, badge
from kawaraban.sheetlog.parts import NOTHING, pressed
from kawaraban.sheetlog.shapes import PressedSheet, press_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kawaraban.delivery.lists import Candidate, Dress, Timed, Watched
    from kawaraban.delivery.shelf import Sources
    from kawaraban.sheetlog.parts import Part
    from kawaraban.sheetlog.shapes import Sheet, Slot

_FOR_EVER = float("inf")


@dataclass(frozen=True)
class Found:
    """What a search found, for the page that shows it."""

    query: str
    stories: Sequence[str] = ()
    total: int | None = None  # None: the search is away
    near: bool = False  # none of them has all that was asked for
    snippets: Mapping[str, str] = field(default_factory=dict)  # where each story was found, as HTML
    notes: Callable[[Slot], str] | None = None  # what the page says of the request


class Page:
    """A sheet made ready for composition: its slots in the order in which they choose, and the lists that each chooses from."""

    __slots__ = ("by_priority", "dresses", "kept_bytes", "sheet", "sources", "steady_head", "timed", "watched")

    def __init__(self, sheet: PressedSheet, shelf: Shelf) -> None:
        self.sheet = sheet
        self.by_priority: list[int] = []
        self.sources: dict[int, list[Candidates | Ranked]] = {}
        self.dresses: dict[int, Dress] = {}
        self.timed: dict[int, Timed] = {}
        for number, slot in enumerate(sheet.slots):
            if slot.fill in {"stories", "results"}:
                self.by_priority.append(number)
                self.dresses[number] = shelf.dress(slot)
                self.sources[number] = [
                    shelf.ranked(slot) if source == "ranking" else shelf.candidates(source, slot)
                    for source in (slot.sources if slot.fill == "stories" else ())
                ]
            elif slot.fill == "part":
                self.timed[number] = shelf.timed(slot.key)
        self.by_priority.sort(key=lambda number: (sheet.slots[number].priority, number))
        self.watched: tuple[Watched, ...] = tuple(
            dict.fromkeys([*(source for sources in self.sources.values() for source in sources), *self.timed.values()])
        )
        self.steady_head = b""  # once it has been written
        # Slots, lists, rows of its own and versions come to as much beside the texts of a story's page: measured, not counted.
        self.kept_bytes = 18_000 + sum([len(text.deflated) for text in sheet.texts])

    def versions(self) -> list[int]:
        """Return the versions of everything that the page shows."""
        return [watched.version for watched in self.watched]


class Composed:
    """A composed body, and what it holds good for."""

    __slots__ = ("filled", "parts", "until", "versions")

    def __init__(self, parts: list[Part], filled: list[Part], versions: list[int], until: float) -> None:
        self.parts = parts  # none of them empty
        self.filled = filled  # what each slot of the sheet was filled with, in their order
        self.versions = versions  # of ``page.watched``, when it was composed
        self.until = until  # when it changes by the clock alone

    @property
    def text(self) -> str:
        """The whole body."""
        return b"".join([part.plain for part in self.parts]).decode()


def compose(sheet: Sheet, sources: Sources, now: float, found: Found | None = None) -> Composed:
    """Fill a sheet's slots as they stand at this moment, once, keeping nothing."""
    shelf = Shelf(sources)
    return fill(Page(press_sheet(sheet), shelf), shelf, now, found)


def fill(page: Page, shelf: Shelf, now: float, found: Found | None = None, versions: list[int] | None = None) -> Composed:
    """Fill a page's slots as they stand at this moment; ``versions`` are the page's, if they were looked at just now."""
    return _Filling(page, shelf, now, found).done(page.versions() if versions is None else versions)


class _Filling:
    __slots__ = ("_badges", "_found", "_now", "_page", "_shelf", "_standing", "_until")

    def __init__(self, page: Page, shelf: Shelf, now: float, found: Found | None) -> None:
        self._page, self._shelf, self._now, self._found = page, shelf, now, found
        self._standing = set(page.sheet.standing)
        if page.sheet.story:
            self._standing.add(page.sheet.story)
        self._badges: dict[str, int] = {}
        self._until = _FOR_EVER

    def done(self, versions: list[int]) -> Composed:
        page, shelf = self._page, self._shelf
        slots, texts = page.sheet.slots, page.sheet.texts
        # First who stands where, then how it is written: a badge may stand above the ranking that gives it.
        chosen = {number: self._choose(slots[number], page.sources[number]) for number in page.by_priority}
        filled: list[Part] = []
        parts = [texts[0]] if texts[0].size else []
        for number, slot in enumerate(slots):
            choice = chosen.get(number)
            if choice is None:
                part = self._other(number, slot)
            elif not choice.rows:
                part = shelf.text(slot.empty)
            elif slot.fill == "results" and self._found is not None and self._found.snippets:
                # In the place of a badge: results bear none.
                shown = tuple([self._found.snippets.get(story, "") for story in choice.chosen])
                part = shelf.rows(page.dresses[number], choice, shown)
            elif self._badges and not self._badges.keys().isdisjoint(choice.chosen):
                badges = tuple([badge(page.sheet.language, self._badges.get(story)) for story in choice.chosen])
                part = shelf.rows(page.dresses[number], choice, badges)
            else:
                part = choice.written(page.dresses[number], shelf)
            filled.append(part)
            if part.size:
                parts.append(part)
            text = texts[number + 1]
            if text.size:
                parts.append(text)
        return Composed(parts, filled, versions, self._until)

    # ------------------------------------------------------------------ who stands where

    def _choose(self, slot: Slot, sources: Sequence[Candidates | Ranked]) -> Choice:
        taken: set[str] = set() if slot.repeats else self._standing
        most = slot.rows
        if sources and not slot.since:
            first = sources[0].first(most)
            # Nearly always nothing of it stands elsewhere, and it is enough.
            if (len(first.rows) >= most or len(sources) == 1) and taken.isdisjoint(first.stories):
                taken.update(first.chosen)
                return first
        return self._chosen_singly(slot, sources, taken)

    def _chosen_singly(self, slot: Slot, sources: Sequence[Candidates | Ranked], taken: set[str]) -> Choice:
        rows: list[Candidate] = []
        numbers: list[int] | None = None
        reads: list[str] = []
        if slot.fill == "results":
            sources = [self._results(slot)]
        for source in sources:
            if isinstance(source, Ranked):
                numbers = self._choose_ranked(slot, source, taken, rows, reads)
                continue
            self._take(self._young_enough(slot, source) if slot.since else source.all(), taken, rows, slot.rows)
            if numbers is not None:
                numbers += range(len(numbers) + 1, len(rows) + 1)
                reads += [""] * (len(rows) - len(reads))
            if len(rows) >= slot.rows:
                break
        return Choice(rows, numbers, None, reads)

    def _take(self, candidates: Iterable[Candidate], taken: set[str], rows: list[Candidate], most: int) -> None:
        for candidate in candidates:
            if len(rows) >= most:
                return
            story = candidate.story
            if story not in taken:
                taken.add(story)
                rows.append(candidate)

    def _choose_ranked(self, slot: Slot, ranking: Ranked, taken: set[str], rows: list[Candidate], reads: list[str]) -> list[int]:
        ranks = list(range(1, len(rows) + 1))
        reads += [""] * len(rows)
        above: list[tuple[str, int]] = []
        for row, candidate in ranking:
            if len(rows) >= slot.rows:
                break
            if row.story in taken:
                if not row.filled:
                    above.append((row.story, row.rank))
            elif candidate is not None:
                taken.add(row.story)
                rows.append(candidate)
                ranks.append(row.rank)
                reads.append(told_reads(row))
        if above and ranks and not slot.repeats:
            # What stands higher on the page, and would stand in these rows, bears its rank there.
            self._badges.update((story, rank) for story, rank in above if rank < ranks[-1])
        return ranks

    def _young_enough(self, slot: Slot, source: Candidates) -> Iterator[Candidate]:
        for candidate in source.all():
            facts = self._shelf.story(candidate.story)
            if facts is not None and facts.published_at >= self._now - slot.since:
                self._until = min(self._until, facts.published_at + slot.since)
                yield candidate

    def _results(self, slot: Slot) -> Candidates:
        return Candidates(self._shelf, ("results", ""), slot.shape, self._found.stories if self._found else ())

    # ------------------------------------------------------------------ writing

    def _other(self, number: int, slot: Slot) -> Part:
        if slot.fill == "part":
            part, until = self._page.timed[number].at(self._now)
            self._until = min(self._until, until)
            return part
        if slot.fill == "badge":
            rank = self._badges.get(slot.key)
            return NOTHING if rank is None else self._shelf.text(badge(self._page.sheet.language, rank))
        if slot.fill == "query":
            return pressed(html.escape(self._found.query)) if self._found else NOTHING
        if slot.fill == "asked":
            return pressed(self._found.notes(slot)) if self._found and self._found.notes else NOTHING
        return self._sentence(slot)

    def _sentence(self, slot: Slot) -> Part:
        if self._found is None or not self._found.query:
            return NOTHING
        total = self._found.total
        if total is None:
            return pressed(slot.empty)
        sentence = slot.sentences[3] if self._found.near and total and len(slot.sentences) > 3 else slot.sentences[min(total, 2)]  # noqa: PLR2004
        return pressed(sentence.replace("{count}", str(total)))
