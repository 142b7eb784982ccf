"""Composition: a sheet and what its slots are filled with make one body, in which no story stands twice.

Slots choose in the order of their priority: a story placed by hand keeps its place, the ranking leaves it out of its rows and
gives it a badge with its rank, lower lists refill from their further candidates. What is chosen is a row of parts, compressed
before; composing is choosing. A page that was composed before becomes what it comes to now: of thousands of pages that show a ranking,
each time it moves, only the ranking is put in anew, and who has looked at none of what came or went is not asked.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.delivery.joined import Joined
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
_ALL_LISTS = 1000


@dataclass(frozen=True)
class Found:
    """What a search found, for the page that shows it."""

    query: str
    stories: Sequence[str] = ()
    total: int | None = None  # None: the search is away
    near: bool = False  # none of them has all that was asked for
    snippets: Mapping[str, str] = field(default_factory=dict)  # where each story was found, as HTML
    notes: Callable[[Slot], str] | None = None  # what the page says of the request


class Chooser(NamedTuple):
    """A slot that chooses: its number in the sheet, the lists that it chooses from, and how its rows are dressed."""

    number: int
    slot: Slot
    lists: tuple[Candidates | Ranked, ...]
    dress: Dress

    def all_from_first(self) -> Choice | None:
        """Return the rows that its first list gives while none of them stands elsewhere; None if they are not enough."""
        first = self.lists[0].first(self.slot.rows)
        return first if len(first.rows) >= self.slot.rows or len(self.lists) == 1 else None

    def written(self, choice: Choice, shelf: Shelf) -> Part:
        """Return its rows as a part, without badges."""
        return choice.written(self.dress, shelf) if choice.rows else shelf.text(self.slot.empty)


class Page:
    """A sheet made ready for composition: the slots that choose, in the order in which they do, and what each chooses from."""

    __slots__ = ("ages", "choosers", "kept_bytes", "sheet", "steady_head", "timed", "users")

    def __init__(self, sheet: PressedSheet, shelf: Shelf) -> None:
        self.sheet = sheet
        self.timed: dict[int, Timed] = {}
        choosers: list[Chooser] = []
        for number, slot in enumerate(sheet.slots):
            if slot.fill in {"stories", "results"}:
                sources = slot.sources if slot.fill == "stories" else ()
                lists = [shelf.ranked(slot) if source == "ranking" else shelf.candidates(source, slot) for source in sources]
                choosers.append(Chooser(number, slot, tuple(lists), shelf.dress(slot)))
            elif slot.fill == "part":
                self.timed[number] = shelf.timed(slot.key)
        choosers.sort(key=lambda chooser: (chooser.slot.priority, chooser.number))
        self.choosers = tuple(choosers)
        # Who chooses from a list, and at which place of his lists it stands; of the parts of the clock, nobody.
        users: dict[Watched, list[tuple[int, int]]] = {timed: [] for timed in self.timed.values()}
        for index, chooser in enumerate(choosers):
            for position, watched in enumerate(chooser.lists):
                users.setdefault(watched, []).append((index, position))
        self.users = {watched: shelf.one_for_all(tuple(places)) for watched, places in users.items()}
        self.ages = any(slot.since for slot in sheet.slots)  # some of its rows leave when they are old enough
        self.steady_head = b""  # once it has been written
        # Slots, lists, rows of its own and what is known of them come to as much beside the texts of a story's page: measured, not counted.
        self.kept_bytes = 28_000 + sum([len(text.deflated) for text in sheet.texts])


class Composed:
    """A composed body, and what it holds good for."""

    __slots__ = ("_depths", "_often", "_page", "_seen", "badges", "choices", "joined", "until")

    def __init__(self, page: Page, joined: Joined, choices: list[Choice], badges: dict[str, int], until: float) -> None:
        self.joined = joined  # as in the sheet, texts and what slots were filled with take turns; some are empty
        self.choices = choices  # of the slots that choose, in their order
        self.badges = badges  # the ranks of stories that stand above the ranking
        self.until = until  # when it changes by the clock alone
        self._page = page
        self._look()

    @property
    def filled(self) -> list[Part]:
        """What each slot of the sheet was filled with, in their order."""
        return self.joined.parts[1::2]

    @property
    def text(self) -> str:
        """The whole body."""
        return self.joined.plain.decode()

    def renew(self, shelf: Shelf, now: float, touched: frozenset[Watched] | None) -> None:
        """Become what the page comes to now, after these of its lists and parts have changed; None: nobody knows which have."""
        page = self._page
        only_rows = touched is not None and now < self.until and not page.ages and touched.isdisjoint(page.timed.values())
        if not (only_rows and touched and self._takes_up(shelf, now, touched)):
            self._fill_anew(shelf, now, only_rows=only_rows)

    def _takes_up(self, shelf: Shelf, now: float, touched: frozenset[Watched]) -> bool:
        """Put other rows in the place of those of lists that have changed, if there is no more to it; return whether there is not."""
        if self.badges:
            return False
        choosers, users, depths, last = self._page.choosers, self._page.users, self._depths, len(self.choices) - 1
        taken_up: dict[int, Choice] = {}
        last_again = False
        # Who had enough before he came to a list that has changed is not asked.
        for index in {index for watched in touched for index, position in users[watched] if position < depths[index]}:
            # If it was all from the first list, nobody above had taken any of it.
            choice = choosers[index].all_from_first() if self.choices[index].is_whole else None
            if choice is not None:
                taken_up[index] = choice
            elif index == last:
                # Nobody depends on what it takes.
                last_again = True
            else:
                return False
        if not self._are_apart(taken_up):
            return False
        if last_again:
            filling = _Filling(self._page, shelf, now, None)
            taken_up[last] = filling.last_choice([taken_up.get(index, choice) for index, choice in enumerate(self.choices)])
            if filling.badges:
                return False
        self._exchange(shelf, taken_up)
        return True

    def _are_apart(self, taken_up: dict[int, Choice]) -> bool:
        """Whether no other slot has looked at what comes or goes."""
        coming: set[str] = set()
        for index, choice in taken_up.items():
            comes, goes = choice.beside(self.choices[index])
            if not (self._seen.isdisjoint(comes) and coming.isdisjoint(comes) and self._often.isdisjoint(goes)):
                return False
            coming |= comes
        return True

    def _exchange(self, shelf: Shelf, taken_up: dict[int, Choice]) -> None:
        choosers = self._page.choosers
        parts = {2 * choosers[index].number + 1: choosers[index].written(choice, shelf) for index, choice in taken_up.items()}
        # From here on nothing can fail: what is looked up has been.
        for index, choice in taken_up.items():
            comes, goes = choice.beside(self.choices[index])
            self._seen.difference_update(goes - self._often if self._often else goes)
            self._often.update(self._seen.intersection(comes))
            self._seen.update(comes)
            self.choices[index] = choice
            self._depths[index] = _depth(choice)
        self._put(parts)

    def _fill_anew(self, shelf: Shelf, now: float, *, only_rows: bool) -> None:
        filling = _Filling(self._page, shelf, now, None)
        choices = filling.choices(self.choices)
        if only_rows and filling.badges == self.badges:
            several = zip(self._page.choosers, self.choices, choices, strict=True)
            parts = {2 * chooser.number + 1: filling.rows(chooser, choice) for chooser, known, choice in several if choice is not known}
        else:
            parts = {2 * number + 1: part for number, part in enumerate(filling.filled(choices))}
            self.until = filling.until
        self.choices, self.badges = choices, filling.badges
        self._look()
        self._put(parts)

    def _put(self, parts: dict[int, Part]) -> None:
        others = {place: part for place, part in parts.items() if part is not self.joined.parts[place]}
        if others:
            self.joined.exchange(others)

    def _look(self) -> None:
        """See which stories were looked at, and which of them more than once: by two slots, or where they stand anyway."""
        sheet = self._page.sheet
        self._depths = [_depth(choice) for choice in self.choices]
        self._seen: set[str] = {*sheet.standing, sheet.story}
        self._often: set[str] = set()
        for choice in self.choices:
            self._often.update(self._seen.intersection(choice.stories))
            self._seen.update(choice.stories)


def _depth(choice: Choice) -> int:
    """Return how many of its lists a slot has looked at; more than there are, if there is more to its choice than the lists."""
    return _ALL_LISTS if choice.versions is None else len(choice.versions)


def compose(sheet: Sheet, sources: Sources, now: float, found: Found | None = None) -> Composed:
    """Fill a sheet's slots as they stand at this moment, once, keeping nothing."""
    shelf = Shelf(sources)
    return fill(Page(press_sheet(sheet), shelf), shelf, now, found)


def fill(page: Page, shelf: Shelf, now: float, found: Found | None = None) -> Composed:
    """Fill a page's slots as they stand at this moment."""
    # First who stands where, then how it is written: a badge may stand above the ranking that gives it.
    filling = _Filling(page, shelf, now, found)
    choices = filling.choices()
    slots, texts = page.sheet.slots, page.sheet.texts
    parts = [NOTHING] * (len(texts) + len(slots))
    parts[::2], parts[1::2] = texts, filling.filled(choices)
    return Composed(page, Joined(parts), choices, filling.badges, filling.until)


class _Filling:
    __slots__ = ("_found", "_now", "_page", "_shelf", "_standing", "badges", "until")

    def __init__(self, page: Page, shelf: Shelf, now: float, found: Found | None) -> None:
        self._page, self._shelf, self._now, self._found = page, shelf, now, found
        self._standing = set(page.sheet.standing)
        if page.sheet.story:
            self._standing.add(page.sheet.story)
        self.badges: dict[str, int] = {}
        self.until = _FOR_EVER

    # ------------------------------------------------------------------ who stands where

    def choices(self, before: Sequence[Choice] = ()) -> list[Choice]:
        """Choose for each slot that does; what would be chosen as before is taken from there."""
        page = self._page
        if not before:
            return [self._choose(chooser) for chooser in page.choosers]
        choices: list[Choice] = []
        moved: set[str] = set()  # stories that were taken before and are not now, or the other way round
        for chooser, known in zip(page.choosers, before, strict=True):
            if not chooser.slot.repeats and known.is_as_before(chooser.lists, moved):
                choice = known
                self._standing.update(known.chosen)
            else:
                choice = self._choose(chooser)
                if choice is not known and choice.chosen != known.chosen:
                    moved.update(set(choice.chosen).symmetric_difference(known.chosen))
            choices.append(choice)
        return choices

    def last_choice(self, choices: Sequence[Choice]) -> Choice:
        """Choose for the slot that chooses last, where all others chose this."""
        choosers = self._page.choosers
        for chooser, choice in zip(choosers[:-1], choices[:-1], strict=True):
            if not chooser.slot.repeats:
                self._standing.update(choice.chosen)
        return self._choose(choosers[-1])

    def _choose(self, chooser: Chooser) -> Choice:
        slot = chooser.slot
        taken: set[str] = set() if slot.repeats else self._standing
        first = chooser.all_from_first() if chooser.lists and not slot.since else None
        # Nearly always nothing of it stands elsewhere.
        if first is not None and taken.isdisjoint(first.stories):
            taken.update(first.chosen)
            return first
        return self._chosen_singly(slot, chooser.lists, taken)

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
                numbers = self._choose_ranked(slot, source, taken, rows, reads, stories)
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

    def _choose_ranked(
        self, slot: Slot, ranking: Ranked, taken: set[str], rows: list[Candidate], reads: list[str], stories: list[str]
    ) -> list[int]:
        ranks = list(range(1, len(rows) + 1))
        reads += [""] * len(rows)
        above: list[tuple[str, int]] = []
        for row, candidate in ranking:
            if len(rows) >= slot.rows:
                break
            stories.append(row.story)
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
            self.badges.update((story, rank) for story, rank in above if rank < ranks[-1])
        return ranks

    def _young_enough(self, slot: Slot, source: Candidates) -> Iterator[Candidate]:
        for candidate in source.all():
            facts = self._shelf.story(candidate.story)
            if facts is not None and facts.published_at >= self._now - slot.since:
                self.until = min(self.until, facts.published_at + slot.since)
                yield candidate

    def _results(self, slot: Slot) -> Candidates:
        return Candidates(self._shelf, ("results", ""), slot.shape, self._found.stories if self._found else ())

    # ------------------------------------------------------------------ writing

    def filled(self, choices: Sequence[Choice]) -> list[Part]:
        """Write what each slot is filled with, in their order in the sheet."""
        written = {chooser.number: self.rows(chooser, choice) for chooser, choice in zip(self._page.choosers, choices, strict=True)}
        slots = self._page.sheet.slots
        return [written[number] if number in written else self._other(number, slot) for number, slot in enumerate(slots)]

    def rows(self, chooser: Chooser, choice: Choice) -> Part:
        """Write a slot's rows, with their badges."""
        if choice.rows and chooser.slot.fill == "results" and self._found is not None and self._found.snippets:
            # In the place of a badge: results bear none.
            snippets = tuple([self._found.snippets.get(story, "") for story in choice.chosen])
            return self._shelf.rows(chooser.dress, choice, snippets)
        if self.badges and not self.badges.keys().isdisjoint(choice.chosen):
            language = self._page.sheet.language
            badges = tuple([badge(language, self.badges.get(story)) for story in choice.chosen])
            return self._shelf.rows(chooser.dress, choice, badges)
        return chooser.written(choice, self._shelf)

    def _other(self, number: int, slot: Slot) -> Part:
        if slot.fill == "part":
            part, until = self._page.timed[number].at(self._now)
            self.until = min(self.until, until)
            return part
        if slot.fill == "badge":
            rank = self.badges.get(slot.key)
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
