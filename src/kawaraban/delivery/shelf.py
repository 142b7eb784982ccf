"""What slots are filled from, kept ready for composition: the lists that they choose from, and rows and texts as compressed parts.

Whether a body is still right is a question of which lists have changed since; while nothing at all has, a comparison of one number
(``Shelf.epoch``). Everything is held weakly: bodies hold what they show, and what no body shows is forgotten.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from kawaraban.audience.shapes import list_key
from kawaraban.delivery.lists import READS, Candidate, Candidates, Dress, Ranked, Timed
from kawaraban.sheetlog.parts import NOTHING, Part, pressed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kawaraban.audience.shapes import RankedStory
    from kawaraban.delivery.lists import Choice, Dependency, Watched
    from kawaraban.sheetlog.shapes import Card, Slot, Story, TimedPart

# Slots of a page, and at which place of the lists that each chooses from.
Places = tuple[tuple[int, int], ...]
_CARDS_KEPT = 500
# So many changes are remembered one by one, of those that touch no more lists than this. Who looked before them asks each of its lists.
_CHANGES_KEPT, _MOST_CHANGED = 64, 1000
BADGE_WORDS = {"ja": "ランキング{}位", "ko": "랭킹 {}위", "en": "No. {} most read"}


class Sources(Protocol):
    """Where slots are filled from."""

    def story(self, story: str) -> Story | None:
        """What is known of a published story."""

    def cards(self, stories: Sequence[str], shape: str) -> dict[str, Card]:
        """The small forms of several stories, of those that have one in this shape."""

    def listed(self, key: str) -> Sequence[str]:
        """The ids of a list."""

    def part(self, key: str) -> TimedPart | None:
        """A part that changes with the clock."""

    def ranking(self, window: str, section: str, language: str) -> Sequence[RankedStory]:
        """A ranking's rows."""

    def related(self, story: str) -> Sequence[str]:
        """The stories related to a story, best first."""


class Shelf:
    """All that bodies are composed from, shared by all of them.

    ``epoch`` grows with every change; ``urgent`` with those that must be seen at once: a card that is shown was corrected or taken
    away, or breaking news came. What merely moved on, as a ranking or a list that has a new story, may wait a moment.
    """

    def __init__(self, sources: Sources, changes_kept: int = _CHANGES_KEPT) -> None:
        self.epoch = self.urgent = 0
        self._sources = sources
        self._candidates: WeakValueDictionary[tuple[str, str], Candidate] = WeakValueDictionary()
        self._watched: WeakValueDictionary[tuple[str, str, str], Watched] = WeakValueDictionary()
        self._dresses: WeakValueDictionary[tuple[str, ...], Dress] = WeakValueDictionary()
        self._parts: WeakValueDictionary[object, Part] = WeakValueDictionary()
        # Cards that were looked up a moment ago: their rows are about to be written.
        self._cards: OrderedDict[tuple[str, str], Card | None] = OrderedDict()
        self._places: dict[Places, Places] = {}
        self._shapes = {""}
        self.tells_reads = False  # a page shows how often stories were read
        self._without_card: set[str] = set()
        self._changes: deque[tuple[Watched, ...]] = deque(maxlen=changes_kept)  # of the last epochs
        self._changed_since: dict[int, frozenset[Watched]] = {}
        self._begun_at = 0  # the epoch before which everything may have changed

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
        self.tells_reads = self.tells_reads or READS in slot.row_closing
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

    def one_for_all(self, places: Places) -> Places:
        """Return the same object for the same places in a page: pages are built alike."""
        return self._places.setdefault(places, places)

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

    def foresee(self, stories: Sequence[str], shape: str) -> None:
        """Look up the cards of stories that are about to be asked for, in one go."""
        self._look_up([story for story in stories if (story, shape) not in self._candidates], shape)

    def _card(self, story: str, shape: str) -> Card | None:
        if (story, shape) not in self._cards:
            self._look_up([story], shape)
        return self._cards[story, shape]

    def _look_up(self, stories: Sequence[str], shape: str) -> None:
        unknown = [story for story in stories if (story, shape) not in self._cards]
        found = self._sources.cards(unknown, shape) if unknown else {}
        for story in unknown:
            self._cards[story, shape] = found.get(story)
        while len(self._cards) > _CARDS_KEPT:
            self._cards.popitem(last=False)

    # ------------------------------------------------------------------ compressed texts

    def text(self, text: str) -> Part:
        """Return a short text as a part."""
        if not text:
            return NOTHING
        found = self._parts.get(text)
        if found is None:
            found = self._parts[text] = pressed(text)
        return found

    def rows(self, dress: Dress, choice: Choice, badges: tuple[str, ...] | None) -> Part:
        """Return a slot's rows as a part, compressed once for every page that shows the same."""
        rows, numbers, reads = choice.rows, choice.numbers, choice.reads if dress.tells_reads else None
        key = (dress, rows, numbers, badges, reads)
        found = self._parts.get(key)
        if found is None:
            if rows:
                self._look_up([row.story for row in rows], rows[0].shape)
            cards = [self._card(row.story, row.shape) for row in rows]
            written = [
                dress.row_opening.replace("{rank}", str(numbers[place] if numbers else place + 1))
                + card.html
                + (badges[place] if badges else "")
                + card.html_after_badge
                + dress.closing_of(reads[place] if reads else "")
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
        try:
            for watched in renewed:
                self._renew(watched)
        finally:
            # Whoever fails here begins again with everything; until then, what was renewed must be seen.
            self._note(renewed)
        if shown or any(isinstance(watched, Timed) for watched in renewed):
            self.urgent += 1

    def forget_all(self) -> None:
        """Let go of everything: another log stands where this one stood."""
        self._candidates.clear()
        self._cards.clear()
        self._without_card.clear()
        self._changes.clear()
        self._changed_since.clear()
        for watched in list(self._watched.values()):
            self._renew(watched)
        self.epoch += 1
        self.urgent += 1
        self._begun_at = self.epoch

    def touched_since(self, epoch: int, users: Mapping[Watched, object]) -> frozenset[Watched] | None:
        """Return which of these lists and parts have changed since an epoch; None: nobody knows any more."""
        if epoch < self._begun_at:
            return None
        changed = self._changed_since.get(epoch)
        if changed is None:
            if self.epoch - epoch > len(self._changes):
                return frozenset([watched for watched in users if watched.changed_at > epoch])
            later = list(self._changes)[len(self._changes) - (self.epoch - epoch) :]
            changed = self._changed_since[epoch] = frozenset(watched for change in later for watched in change)
        return changed.intersection(users)

    def _note(self, renewed: dict[Watched, None]) -> None:
        self.epoch += 1
        self._changed_since.clear()
        for watched in renewed:
            watched.changed_at = self.epoch
        if len(renewed) > _MOST_CHANGED:
            self._changes.clear()
        else:
            self._changes.append(tuple(renewed))

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
