"""Composition: a sheet and what its slots are filled with make one body, in which no story stands twice.

Slots choose in the order of their priority: a story placed by hand keeps its place, the ranking leaves it out of its rows and
gives it a badge with its rank, lower lists refill from their further candidates. What is chosen is a row of parts, compressed
before; composing is choosing, and costs some ten microseconds. A page that was composed before is composed from what it was: of
thousands of pages that show a ranking, each time it moves, only the ranking is put in anew.
"""

from __future__ import annotations

import html
from array import array
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

    __slots__ = ("ages", "by_priority", "dresses", "first_timed", "kept_bytes", "sheet", "sources", "steady_head", "timed", "watched")

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
        lists = dict.fromkeys(source for sources in self.sources.values() for source in sources)
        self.watched: tuple[Watched, ...] = (*lists, *dict.fromkeys(self.timed.values()))
        self.first_timed = len(lists)  # the parts of the clock stand behind the lists
        self.ages = any(slot.since for slot in sheet.slots)  # some of its rows leave when they are old enough
        self.steady_head = b""  # once it has been written
        # Slots, lists, rows of its own and versions come to as much beside the texts of a story's page: measured, not counted.
        self.kept_bytes = 19_000 + sum([len(text.deflated) for text in sheet.texts])

    def versions(self) -> list[int]:
        """Return the versions of everything that the page shows."""
        return [watched.version for watched in self.watched]


class Composed:
    """A composed body, and what it holds good for."""

    __slots__ = ("badges", "checksums", "choices", "parts", "size", "until", "versions")

    def __init__(
        self, parts: list[Part], choices: list[Choice], badges: dict[str, int], versions: list[int], until: float, size: int
    ) -> None:
        # As in the sheet, texts and what slots were filled with take turns; some are empty.
        self.parts = parts
        self.choices = choices  # of the slots that choose, in their order
        self.badges = badges  # the ranks of stories that stand above the ranking
        self.versions = versions  # of ``page.watched``, when it was composed
        self.until = until  # when it changes by the clock alone
        self.size = size  # of the plain body, in bytes
        self.checksums = array("I")  # as ``gzip_pieces`` has found them

    @property
    def filled(self) -> list[Part]:
        """What each slot of the sheet was filled with, in their order."""
        return self.parts[1::2]

    @property
    def text(self) -> str:
        """The whole body."""
        return b"".join([part.plain for part in self.parts]).decode()


def compose(sheet: Sheet, sources: Sources, now: float, found: Found | None = None) -> Composed:
    """Fill a sheet's slots as they stand at this moment, once, keeping nothing."""
    shelf = Shelf(sources)
    return fill(Page(press_sheet(sheet), shelf), shelf, now, found)


def fill(
    page: Page, shelf: Shelf, now: float, found: Found | None = None, versions: list[int] | None = None, before: Composed | None = None
) -> Composed:
    """Fill a page's slots as they stand at this moment.

    ``versions`` are the page's, if they were looked at just now. ``before`` is what this page came to last: what it would come to again
    is taken from there.
    """
    return _Filling(page, shelf, now, found, before).done(page.versions() if versions is None else versions)


class _Filling:
    __slots__ = ("_badges", "_before", "_found", "_now", "_page", "_shelf", "_standing", "_until")

    def __init__(self, page: Page, shelf: Shelf, now: float, found: Found | None, before: Composed | None) -> None:
        self._page, self._shelf, self._now, self._found, self._before = page, shelf, now, found, before
        self._standing = set(page.sheet.standing)
        if page.sheet.story:
            self._standing.add(page.sheet.story)
        self._badges: dict[str, int] = {}
        self._until = _FOR_EVER

    def done(self, versions: list[int]) -> Composed:
        # First who stands where, then how it is written: a badge may stand above the ranking that gives it.
        choices, before = self._choices(), self._before
        if before is not None and self._is_near(before, versions):
            return self._mended(before, choices, versions)
        page = self._page
        slots, texts = page.sheet.slots, page.sheet.texts
        chosen = dict(zip(page.by_priority, choices, strict=True))
        filled = [
            self._rows(number, slot, chosen[number]) if number in chosen else self._other(number, slot) for number, slot in enumerate(slots)
        ]
        parts = [NOTHING] * (len(texts) + len(slots))
        parts[::2], parts[1::2] = texts, filled
        return Composed(parts, choices, self._badges, versions, self._until, sum([part.size for part in parts]))

    def _is_near(self, before: Composed, versions: list[int]) -> bool:
        """Whether nothing but rows can have changed."""
        timed = self._page.first_timed
        return (
            self._now < before.until
            and not self._page.ages
            and self._found is None
            and self._badges == before.badges
            and versions[timed:] == before.versions[timed:]
        )

    def _mended(self, before: Composed, choices: list[Choice], versions: list[int]) -> Composed:
        """Put other rows in the place of those that were chosen before."""
        page, slots = self._page, self._page.sheet.slots
        parts, size = before.parts.copy(), before.size
        first = len(parts)
        for number, known, choice in zip(page.by_priority, before.choices, choices, strict=True):
            if choice is not known:
                place = 2 * number + 1
                part = self._rows(number, slots[number], choice)
                size += part.size - parts[place].size
                parts[place] = part
                first = min(first, place)
        composed = Composed(parts, choices, self._badges, versions, before.until, size)
        composed.checksums = before.checksums[:first]
        return composed

    # ------------------------------------------------------------------ who stands where

    def _choices(self) -> list[Choice]:
        page, before = self._page, self._before
        slots, sources = page.sheet.slots, page.sources
        if before is None:
            return [self._choose(slots[number], sources[number]) for number in page.by_priority]
        choices: list[Choice] = []
        moved: set[str] = set()  # stories that were taken before and are not now, or the other way round
        for number, known in zip(page.by_priority, before.choices, strict=True):
            if not slots[number].repeats and known.is_as_before(sources[number], moved):
                choice = known
                self._standing.update(known.chosen)
            else:
                choice = self._choose(slots[number], sources[number])
                if choice is not known and choice.chosen != known.chosen:
                    moved.update(set(choice.chosen).symmetric_difference(known.chosen))
            choices.append(choice)
        return choices

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
        versions: list[int] = []
        stories: list[str] = []
        if slot.fill == "results":
            sources = [self._results(slot)]
        for source in sources:
            versions.append(source.version)
            if isinstance(source, Ranked):
                numbers = self._choose_ranked(slot, source, taken, rows, reads)
                continue
            self._take(self._young_enough(slot, source) if slot.since else source.all(), taken, rows, slot.rows, stories)
            if numbers is not None:
                numbers += range(len(numbers) + 1, len(rows) + 1)
                reads += [""] * (len(rows) - len(reads))
            if len(rows) >= slot.rows:
                break
        # Who stands in a ranking from which others stand above, is found, or is young enough: there is more to it than the lists.
        is_plain = numbers is None and not slot.since and slot.fill != "results"
        return Choice(rows, numbers, stories, reads, versions if is_plain else None)

    def _take(self, candidates: Iterable[Candidate], taken: set[str], rows: list[Candidate], most: int, stories: list[str]) -> None:
        for candidate in candidates:
            if len(rows) >= most:
                return
            story = candidate.story
            stories.append(story)
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

    def _rows(self, number: int, slot: Slot, choice: Choice) -> Part:
        shelf, dress = self._shelf, self._page.dresses[number]
        if not choice.rows:
            return shelf.text(slot.empty)
        if slot.fill == "results" and self._found is not None and self._found.snippets:
            # In the place of a badge: results bear none.
            return shelf.rows(dress, choice, tuple([self._found.snippets.get(story, "") for story in choice.chosen]))
        if self._badges and not self._badges.keys().isdisjoint(choice.chosen):
            language = self._page.sheet.language
            return shelf.rows(dress, choice, tuple([badge(language, self._badges.get(story)) for story in choice.chosen]))
        return choice.written(dress, shelf)

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
