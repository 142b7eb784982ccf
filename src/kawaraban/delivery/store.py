"""The sheet store: the log as the reader server looks things up in it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from msgspec.structs import replace

from kawaraban.discovery.related_store import RelatedStore
from kawaraban.sheetlog.log import SheetLog, T
from kawaraban.sheetlog.shapes import Asset, Card, Document, Gone, Kind, Partner, PressedSheet, Redirect, Slot, Story, StoryList, TimedPart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kawaraban.audience.shapes import RankedStory, Snapshot
    from kawaraban.delivery.lists import Dependency
    from kawaraban.sheetlog.parts import Part

Value = TypeVar("Value", bound=Hashable)

# Facts of stories that are kept decoded; all else is kept by the bodies that show it.
KEPT_STORIES = 5_000
# Short texts and slots stand in thousands of pages alike: one object serves them all.
_SHARED_UP_TO_BYTES = 4096


class Shared(Generic[Value]):
    """Equal objects become one, as long as somebody holds it."""

    def __init__(self) -> None:
        # Not by WeakValueDictionary: there the key, which is the object itself, would hold it for ever.
        self._known: WeakKeyDictionary[Value, ref[Value]] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._known)

    def one(self, value: Value) -> Value:
        """Return the object that stands for all that are equal to this one."""
        known = self._known.get(value)
        found = known() if known else None
        if found is None:
            self._known[value] = ref(value)
            return value
        return found


class SheetStore:
    """Everything that the reader plane serves from. It asks the file for what it does not hold, and forgets what changed."""

    def __init__(self, sheet_log: Path, related_store: Path, snapshot: Callable[[], Snapshot]) -> None:
        self._path = sheet_log
        self._log: SheetLog | None = None
        self._file = 0  # the log's inode
        self._related_path = related_store
        self._related = RelatedStore(related_store)
        self._snapshot = snapshot
        self._stories: OrderedDict[str, Story | None] = OrderedDict()
        self._slots: Shared[Slot] = Shared()
        self._texts: Shared[Part] = Shared()
        self._version = -1
        self._related_number: int | None = None
        self.seq = 0  # of the last entry that was followed

    @property
    def is_open(self) -> bool:
        """Whether there is a log to serve from."""
        return self._log is not None

    def news(self) -> set[Dependency] | None:
        """Look whether the log or the related stories changed; forget and return what did. Costs microseconds if nothing did.

        None: another log stands where this one stood (a restored backup), and everything may have changed.
        """
        changed: set[Dependency] = set()
        try:
            file = self._path.stat().st_ino
        except FileNotFoundError:
            # Not there yet; or taken away: what is open is served on.
            return changed
        if self._log is None or file != self._file:
            return self._open(file)
        version = self._log.data_version()
        if version != self._version:
            self._version = version
            for entry in self._log.changed_keys(self.seq):
                self.seq = entry.seq
                if entry.kind is Kind.STORY:
                    self._stories.pop(entry.key, None)
                changed.add((entry.kind.value, entry.key))
        self._related_number, stories = self._related.changed_after(self._related_number)
        changed.update(("related", story) for story in stories)
        return changed

    def _open(self, file: int) -> set[Dependency] | None:
        known = self._log
        self._log = SheetLog(self._path)
        self._file = file
        # First the version: what is written meanwhile is looked for once more, not missed.
        self._version = self._log.data_version()
        self.seq = self._log.last_seq()
        self._stories.clear()
        self._related.close()
        self._related, self._related_number = RelatedStore(self._related_path), None
        if known is not None:
            known.close()
        return None

    def close(self) -> None:
        """Let go of the files."""
        self._related.close()
        if self._log is not None:
            self._log.close()
            self._log = None

    # ------------------------------------------------------------------ what stands under an address

    def sheet(self, path: str) -> PressedSheet | None:
        """The printed page under a path."""
        sheet = self._get(Kind.SHEET, path, PressedSheet)
        if sheet is None:
            return None
        slots = tuple([self._slots.one(slot) for slot in sheet.slots])
        texts = [self._texts.one(text) if len(text.deflated) < _SHARED_UP_TO_BYTES and text.size else text for text in sheet.texts]
        return replace(sheet, slots=slots, texts=tuple(texts))

    def asset(self, path: str) -> Asset | None:
        """The site's own file under a path."""
        return self._get(Kind.ASSET, path, Asset)

    def redirect(self, path: str) -> Redirect | None:
        """Where an old path leads."""
        return self._get(Kind.REDIRECT, path, Redirect)

    def gone(self, path: str) -> Gone | None:
        """Whether something was withdrawn from a path."""
        return self._get(Kind.GONE, path, Gone)

    def partner(self, token: str) -> Partner | None:
        """Who has a token."""
        return self._get(Kind.PARTNER, hashlib.sha256(token.encode()).hexdigest(), Partner)

    # ------------------------------------------------------------------ what slots are filled with

    def story(self, story: str) -> Story | None:
        """What is known of a published story."""
        if story in self._stories:
            self._stories.move_to_end(story)
            return self._stories[story]
        found = self._stories[story] = self._get(Kind.STORY, story, Story)
        if len(self._stories) > KEPT_STORIES:
            self._stories.popitem(last=False)
        return found

    def document(self, story: str) -> Document | None:
        """A story's text."""
        return self._get(Kind.DOCUMENT, story, Document)

    def cards(self, stories: Sequence[str], shape: str) -> dict[str, Card]:
        """The small forms of several stories, of those that have one in this shape."""
        if self._log is None:
            return {}
        found = self._log.get_all(Kind.CARD, [f"{story}/{shape}" for story in stories], Card)
        return {key.rpartition("/")[0]: card for key, card in found.items()}

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
        return None if self._log is None else self._log.get(kind, key, shape)
