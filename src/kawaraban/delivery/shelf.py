"""What slots are filled from, kept ready for composition: lists of cards, ranked cards, parts of the clock, compressed rows.

Each kept list knows its version. A body remembers the versions that it was composed from, so "is it still right?" is a comparison of
numbers; and while nothing at all has changed, of one number (``Shelf.epoch``). Everything here is held weakly: bodies hold what they
show, and what no body shows is forgotten.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from kawaraban.audience.shapes import list_key
from kawaraban.sheetlog.parts import NOTHING, Part, pressed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.audience.shapes import RankedStory
    from kawaraban.sheetlog.shapes import Card, Slot, Story, TimedPart

_CARDS_KEPT = 500
BADGE_WORDS = {"ja": "ランキング{}位", "ko": "랭킹 {}위", "en": "No. {} most read"}

# What changes: a kind and a key of the log, or ("ranking", list), ("related", story).
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


class Candidate:
    """A story that has a card in a shape. Another one is made when the card changes: it is compared by identity.

    The card itself is not kept: it is wanted once, when rows are compressed, and would be a third of all memory.
    """

    __slots__ = ("__weakref__", "shape", "story")

    def __init__(self, story: str, shape: str) -> None:
        self.story = story
        self.shape = shape


class Candidates:
    """A list's stories in their order, those without a card left out; ``ready`` as far as slots have asked."""

    __slots__ = ("__weakref__", "_looked_at", "_shelf", "ids", "ready", "shape", "source", "version")

    def __init__(self, shelf: Shelf, source: Dependency, shape: str, ids: Sequence[str]) -> None:
        self.source = source
        self.shape = shape
        self.version = 0
        self.ids = tuple(ids)
        self.ready: list[Candidate] = []
        self._looked_at = 0
        self._shelf = shelf

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
        self.version += 1


class Ranked:
    """A ranking's rows with their cards. A story without a card keeps its rank, so that ranks stay true."""

    __slots__ = ("__weakref__", "_looked_up", "_shelf", "rows", "shape", "source", "version")

    def __init__(self, shelf: Shelf, source: Dependency, shape: str, rows: Sequence[RankedStory]) -> None:
        self.source = source
        self.shape = shape
        self.version = 0
        self.rows = rows
        self._looked_up: list[tuple[RankedStory, Candidate | None]] = []
        self._shelf = shelf

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
        self.version += 1


class Timed:
    """A part that changes with the clock alone, its variants compressed."""

    __slots__ = ("__weakref__", "source", "variants", "version")

    def __init__(self, source: Dependency, part: TimedPart | None) -> None:
        self.source = source
        self.version = -1
        self.variants: list[tuple[float, Part]] = []
        self.renew(part)

    def renew(self, part: TimedPart | None) -> None:
        """Begin again."""
        self.variants = [(variant.since, pressed(variant.html)) for variant in part.variants] if part else []
        self.version += 1

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

    __slots__ = ("__weakref__", "between", "closing", "opening", "row_closing", "row_opening")

    def __init__(self, slot: Slot) -> None:
        self.opening = slot.opening
        self.closing = slot.closing
        self.row_opening = slot.row_opening
        self.row_closing = slot.row_closing
        self.between = slot.between


Watched = Candidates | Ranked | Timed
Numbers = tuple[int, ...] | None


class Shelf:
    """All that bodies are composed from, shared by all of them."""

    def __init__(self, sources: Sources) -> None:
        self.epoch = 0
        self._sources = sources
        self._candidates: WeakValueDictionary[tuple[str, str], Candidate] = WeakValueDictionary()
        self._watched: WeakValueDictionary[tuple[str, str, str], Watched] = WeakValueDictionary()
        self._dresses: WeakValueDictionary[tuple[str, ...], Dress] = WeakValueDictionary()
        self._parts: WeakValueDictionary[object, Part] = WeakValueDictionary()
        # Cards that were looked up a moment ago: their rows are about to be written.
        self._cards: OrderedDict[tuple[str, str], Card | None] = OrderedDict()
        self._shapes = {""}
        self._without_card: set[str] = set()

    # ------------------------------------------------------------------ what a page asks for when it is made ready

    def candidates(self, source: str, slot: Slot) -> Candidates:
        """Return the candidates of one of a slot's sources (all but "ranking")."""
        kind, _, key = source.partition(":")
        if kind == "ids":
            # Fixed when the page was printed; their cards may change.
            key = " ".join(slot.stories)
        self._shapes.add(slot.shape)
        found = self._watched.get((kind, key, slot.shape))
        if not isinstance(found, Candidates):
            ids = slot.stories if kind == "ids" else self._ids((kind, key))
            found = self._watched[kind, key, slot.shape] = Candidates(self, (kind, key), slot.shape, ids)
        return found

    def ranked(self, slot: Slot) -> Ranked:
        """Return the ranking that a slot shows."""
        key = list_key(slot.window, slot.section, slot.language)
        self._shapes.add(slot.shape)
        found = self._watched.get(("ranking", key, slot.shape))
        if not isinstance(found, Ranked):
            found = self._watched["ranking", key, slot.shape] = Ranked(self, ("ranking", key), slot.shape, self._ranking(key))
        return found

    def timed(self, key: str) -> Timed:
        """Return a part that changes with the clock."""
        name = ("part", key, "")
        found = self._watched.get(name)
        if not isinstance(found, Timed):
            found = self._watched[name] = Timed(("part", key), self._sources.part(key))
        return found

    def dress(self, slot: Slot) -> Dress:
        """Return the markup around a slot's rows."""
        key = (slot.opening, slot.closing, slot.row_opening, slot.row_closing, slot.between)
        found = self._dresses.get(key)
        if found is None:
            found = self._dresses[key] = Dress(slot)
        return found

    def story(self, story: str) -> Story | None:
        """What is known of a published story."""
        return self._sources.story(story)

    def candidate(self, story: str, shape: str) -> Candidate | None:
        """Return a story with its card; None if it has none in this shape."""
        found = self._candidates.get((story, shape))
        if found is None:
            if self._card(story, shape) is None:
                self._without_card.add(story)
                return None
            found = self._candidates[story, shape] = Candidate(story, shape)
        return found

    def _card(self, story: str, shape: str) -> Card | None:
        key = (story, shape)
        if key in self._cards:
            return self._cards[key]
        card = self._cards[key] = self._sources.card(story, shape)
        if len(self._cards) > _CARDS_KEPT:
            self._cards.popitem(last=False)
        return card

    # ------------------------------------------------------------------ compressed texts

    def text(self, text: str) -> Part:
        """Return a short text as a part."""
        if not text:
            return NOTHING
        found = self._parts.get(text)
        if found is None:
            found = self._parts[text] = pressed(text)
        return found

    def rows(self, dress: Dress, rows: tuple[Candidate, ...], numbers: Numbers, badges: tuple[str, ...] | None) -> Part:
        """Return a slot's rows as a part, compressed once for every page that shows the same."""
        key = (dress, rows, numbers, badges)
        found = self._parts.get(key)
        if found is None:
            cards = [self._card(row.story, row.shape) for row in rows]
            written = [
                dress.row_opening.replace("{rank}", str(numbers[place] if numbers else place + 1))
                + card.html
                + (badges[place] if badges else "")
                + card.html_after_badge
                + dress.row_closing
                for place, card in enumerate(cards)
                # One that was taken away a moment ago: the body is composed again as soon as that is told.
                if card is not None
            ]
            found = self._parts[key] = pressed(dress.opening + dress.between.join(written) + dress.closing)
        return found

    # ------------------------------------------------------------------ what changed

    def forget(self, changed: set[Dependency]) -> None:
        """Let go of what changed: every body that was composed from it is composed anew when it is asked for next."""
        renewed: dict[Watched, None] = {}
        shown: set[str] = set()
        for kind, key in changed:
            if kind == "card":
                story, _, shape = key.rpartition("/")
                self._cards.pop((story, shape), None)
                if self._candidates.pop((story, shape), None) is not None or story in self._without_card:
                    shown.add(story)
            elif kind == "story" and any((key, shape) in self._candidates for shape in self._shapes):
                shown.add(key)
            else:
                found = [self._watched.get((kind, key, shape)) for shape in self._shapes]
                renewed.update((watched, None) for watched in found if watched is not None)
        if shown:
            # A story that no list has looked at yet, as a new one, is in none: the walk over all lists is saved.
            self._without_card -= shown
            lists = [watched for watched in list(self._watched.values()) if not isinstance(watched, Timed)]
            renewed.update((watched, None) for watched in lists if watched.shows_one_of(shown))
        for watched in renewed:
            self._renew(watched)
        self.epoch += 1

    def forget_all(self) -> None:
        """Let go of everything: another log stands where this one stood."""
        self._candidates.clear()
        self._cards.clear()
        self._without_card.clear()
        for watched in list(self._watched.values()):
            self._renew(watched)
        self.epoch += 1

    def _renew(self, watched: Watched) -> None:
        if isinstance(watched, Timed):
            watched.renew(self._sources.part(watched.source[1]))
        elif isinstance(watched, Ranked):
            watched.renew(self._ranking(watched.source[1]))
        else:
            watched.renew(watched.ids if watched.source[0] == "ids" else self._ids(watched.source))

    def _ids(self, source: Dependency) -> Sequence[str]:
        kind, key = source
        return self._sources.related(key) if kind == "related" else self._sources.listed(key)

    def _ranking(self, key: str) -> Sequence[RankedStory]:
        window, section, language = key.split("/")
        return self._sources.ranking(window, section, language)


def badge(language: str, rank: int | None) -> str:
    """Write a rank as a badge; nothing for none."""
    if rank is None:
        return ""
    return f'<span class="badge" data-rank="{rank}">{BADGE_WORDS[language].format(rank)}</span>'
