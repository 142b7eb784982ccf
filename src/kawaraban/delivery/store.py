"""The sheet store: the log as the reader server looks things up in it, with what is hot kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from kawaraban.discovery.related_store import RelatedStore
from kawaraban.sheetlog.log import SheetLog, T
from kawaraban.sheetlog.shapes import Asset, Card, Gone, Kind, Redirect, Sheet, Story, StoryList, TimedPart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kawaraban.audience.shapes import RankedStory, Snapshot
    from kawaraban.delivery.composition import Dependency

# Entries kept decoded: cards are small and shared by thousands of pages, sheets are kept as composed bodies instead.
KEPT_ENTRIES = 20_000
_NOT_KEPT = frozenset({Kind.SHEET, Kind.ASSET})


class SheetStore:
    """Everything that the reader plane serves from. It asks the file for what it does not hold, and forgets what changed."""

    def __init__(self, sheet_log: Path, related_store: Path, snapshot: Callable[[], Snapshot]) -> None:
        self._path = sheet_log
        self._log: SheetLog | None = None
        self._related = RelatedStore(related_store)
        self._snapshot = snapshot
        self._kept: OrderedDict[tuple[Kind, str], object] = OrderedDict()
        self._seq = 0
        self._version = -1
        self._related_number = 0

    def news(self) -> set[Dependency]:
        """Look whether the log or the related stories changed; forget and return what did. Costs microseconds if nothing did."""
        changed: set[Dependency] = set()
        if self._log is None:
            if not self._path.exists():
                return changed
            self._log = SheetLog(self._path)
            self._seq = self._log.last_seq()
        version = self._log.data_version()
        if version != self._version:
            self._version = version
            for entry in self._log.changed_keys(self._seq):
                self._seq = entry.seq
                self._kept.pop((entry.kind, entry.key), None)
                changed.add((entry.kind.value, entry.key))
        self._related_number, stories = self._related.changed_after(self._related_number)
        changed.update(("related", story) for story in stories)
        return changed

    # ------------------------------------------------------------------ what stands under an address

    def sheet(self, path: str) -> Sheet | None:
        """The printed page under a path."""
        return self._get(Kind.SHEET, path, Sheet)

    def asset(self, path: str) -> Asset | None:
        """The site's own file under a path."""
        return self._get(Kind.ASSET, path, Asset)

    def redirect(self, path: str) -> Redirect | None:
        """Where an old path leads."""
        return self._get(Kind.REDIRECT, path, Redirect)

    def gone(self, path: str) -> Gone | None:
        """Whether something was withdrawn from a path."""
        return self._get(Kind.GONE, path, Gone)

    # ------------------------------------------------------------------ what slots are filled with

    def story(self, story: str) -> Story | None:
        """What is known of a published story."""
        return self._get(Kind.STORY, story, Story)

    def card(self, story: str, shape: str) -> Card | None:
        """A story's small form."""
        return self._get(Kind.CARD, f"{story}/{shape}", Card)

    def listed(self, key: str) -> Sequence[str]:
        """The ids of a list."""
        found = self._get(Kind.LIST, key, StoryList)
        return found.stories if found else ()

    def part(self, key: str) -> TimedPart | None:
        """A part that changes with the clock."""
        return self._get(Kind.PART, key, TimedPart)

    def ranking(self, window: str, section: str, language: str) -> Sequence[RankedStory]:
        """A ranking's rows."""
        return self._snapshot().ranking(window, section, language).rows

    def related(self, story: str) -> Sequence[str]:
        """The stories related to a story, best first."""
        return self._related.related(story)

    def _get(self, kind: Kind, key: str, shape: type[T]) -> T | None:
        kept = self._kept.get((kind, key), self)
        if kept is not self:
            self._kept.move_to_end((kind, key))
            return kept  # type: ignore[return-value]
        if self._log is None:
            return None
        value = self._log.get(kind, key, shape)
        if kind not in _NOT_KEPT:
            self._kept[kind, key] = value
            if len(self._kept) > KEPT_ENTRIES:
                self._kept.popitem(last=False)
        return value
