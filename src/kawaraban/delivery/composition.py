"""Composition: a sheet and what its slots are filled with make one body, in which no story stands twice.

Slots choose in the order of their priority: a story placed by hand keeps its place, the ranking leaves it out of its rows and
gives it a badge with its rank, lower lists refill from their further candidates.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kawaraban.sheetlog.shapes import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kawaraban.audience.shapes import RankedStory
    from kawaraban.sheetlog.shapes import Card, Sheet, Story, TimedPart

BADGE_WORDS = {"ja": "ランキング{}位", "ko": "랭킹 {}위", "en": "No. {} most read"}

# What a body depends on: a kind and a key of the log, or ("ranking", list), ("related", story).
Dependency = tuple[str, str]


class Sources(Protocol):
    """Where slots are filled from."""

    def story(self, story: str) -> Story | None:
        """What is known of a published story."""

    def card(self, story: str, shape: str) -> Card | None:
        """A story's small form."""

    def listed(self, key: str) -> Sequence[str]:
        """The ids of a list."""

    def part(self, key: str) -> TimedPart | None:
        """A part that changes with the clock."""

    def ranking(self, window: str, section: str, language: str) -> Sequence[RankedStory]:
        """A ranking's rows."""

    def related(self, story: str) -> Sequence[str]:
        """The stories related to a story, best first."""


@dataclass(frozen=True)
class Found:
    """What a search found, for the page that shows it."""

    query: str
    stories: Sequence[str] = ()
    total: int | None = None  # None: the search is away


@dataclass(frozen=True)
class Row:
    """A story in a slot, with the number it bears there."""

    story: str
    number: int
    card: Card


@dataclass
class Composed:
    """A body in the making, and what it depends on."""

    pieces: list[str]
    slots: list[tuple[Slot, str]]
    depends_on: set[Dependency] = field(default_factory=set)
    stories: set[str] = field(default_factory=set)
    until: float = float("inf")  # when a part changes by the clock alone

    @property
    def text(self) -> str:
        """The whole body."""
        return "".join(self.pieces)


def compose(sheet: Sheet, sources: Sources, now: float, found: Found | None = None) -> Composed:
    """Fill a sheet's slots as they stand at this moment."""
    composition = _Composition(sheet, sources, now, found)
    composition.choose()
    return composition.written()


class _Composition:
    def __init__(self, sheet: Sheet, sources: Sources, now: float, found: Found | None) -> None:
        self._sheet, self._sources, self._now, self._found = sheet, sources, now, found
        self._slots = [piece for piece in sheet.pieces if isinstance(piece, Slot)]
        self._rows: dict[int, list[Row]] = {}
        self._badges: dict[str, int] = {}
        self._standing: set[str] = {*sheet.standing, sheet.story} - {""}
        self._result = Composed([], [])

    # ------------------------------------------------------------------ who stands where

    def choose(self) -> None:
        order = sorted(range(len(self._slots)), key=lambda number: (self._slots[number].priority, number))
        for number in order:
            slot = self._slots[number]
            if slot.fill not in {"stories", "results"}:
                continue
            rows = list(self._chosen(slot))
            self._rows[number] = rows
            if not slot.repeats:
                if "ranking" in slot.sources and rows:
                    self._give_badges(slot, rows[-1].number)
                self._standing.update(row.story for row in rows)

    def _chosen(self, slot: Slot) -> Iterator[Row]:
        taken: set[str] = set()
        count = 0
        for story, rank in self._candidates(slot):
            if count >= slot.rows:
                return
            if story in taken or (not slot.repeats and story in self._standing):
                continue
            card = self._eligible_card(slot, story)
            if card is None:
                continue
            taken.add(story)
            count += 1
            yield Row(story, rank or count, card)

    def _candidates(self, slot: Slot) -> Iterator[tuple[str, int]]:
        """Yield stories and, in rankings, their true ranks."""
        if slot.fill == "results":
            for story in self._found.stories if self._found else ():
                yield story, 0
            return
        for source in slot.sources:
            kind, _, key = source.partition(":")
            if kind == "ids":
                stories: Iterable[str] = slot.stories
            elif kind == "ranking":
                for ranked in self._ranking(slot):
                    yield ranked.story, ranked.rank
                continue
            elif kind == "related":
                self._depends("related", key)
                stories = self._sources.related(key)
            else:
                self._depends("list", key)
                stories = self._sources.listed(key)
            for story in stories:
                yield story, 0

    def _eligible_card(self, slot: Slot, story: str) -> Card | None:
        """A story may stand here while readers may see it, in this form, and if it is young enough for the slot."""
        self._depends("card", f"{story}/{slot.shape}")
        if slot.since:
            self._depends("story", story)
            facts = self._sources.story(story)
            if facts is None or facts.published_at < self._now - slot.since:
                return None
            self._result.until = min(self._result.until, facts.published_at + slot.since)
        return self._sources.card(story, slot.shape)

    def _ranking(self, slot: Slot) -> Sequence[RankedStory]:
        self._depends("ranking", f"{slot.window}/{slot.section or 'all'}/{slot.language or 'all'}")
        return self._sources.ranking(slot.window, slot.section, slot.language)

    def _give_badges(self, slot: Slot, last_rank: int) -> None:
        for ranked in self._ranking(slot):
            if ranked.rank > last_rank:
                return
            if ranked.story in self._standing and not ranked.filled:
                self._badges[ranked.story] = ranked.rank

    # ------------------------------------------------------------------ writing

    def written(self) -> Composed:
        number = 0
        for piece in self._sheet.pieces:
            if isinstance(piece, str):
                self._result.pieces.append(piece)
                continue
            text = self._filled(number, piece)
            self._result.pieces.append(text)
            self._result.slots.append((piece, text))
            number += 1
        self._result.stories = self._standing
        return self._result

    def _filled(self, number: int, slot: Slot) -> str:
        match slot.fill:
            case "stories" | "results":
                return self._listed(slot, self._rows[number])
            case "part":
                return self._part(slot.key)
            case "badge":
                return self._badge(slot.key)
            case "query":
                return html.escape(self._found.query) if self._found else ""
            case "sentence":
                return self._sentence(slot)

    def _listed(self, slot: Slot, rows: Sequence[Row]) -> str:
        if not rows:
            return slot.empty
        written = [
            slot.row_opening.replace("{rank}", str(row.number))
            + row.card.html
            + self._badge(row.story)
            + row.card.html_after_badge
            + slot.row_closing
            for row in rows
        ]
        return slot.opening + slot.between.join(written) + slot.closing

    def _part(self, key: str) -> str:
        self._depends("part", key)
        part = self._sources.part(key)
        shown = ""
        for variant in part.variants if part else ():
            if variant.since > self._now:
                self._result.until = min(self._result.until, variant.since)
                break
            shown = variant.html
        return shown

    def _badge(self, story: str) -> str:
        rank = self._badges.get(story)
        if rank is None:
            return ""
        words = BADGE_WORDS[self._sheet.language].format(rank)
        return f'<span class="badge" data-rank="{rank}">{words}</span>'

    def _sentence(self, slot: Slot) -> str:
        if self._found is None or not self._found.query:
            return ""
        total = self._found.total
        if total is None:
            return slot.empty
        return slot.sentences[min(total, 2)].replace("{count}", str(total))

    def _depends(self, kind: str, key: str) -> None:
        self._result.depends_on.add((kind, key))
