"""All published stories in order, so that a page of them can be cut at any place. Made when the API is first asked, and then kept up."""

from __future__ import annotations

import asyncio
import sys
from bisect import bisect_right, insort
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.sheetlog.log import SheetLog
from kawaraban.sheetlog.shapes import Kind, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

# So many stories are taken out of the log at once.
_AT_ONCE = 500
# So many changes are put in one by one, which takes some 25 ms of all readers' time; of more, everything is read anew beside them.
MOST_PUT = 500


class Row(NamedTuple):
    """A story's place: newest first, and two of one moment by their ids."""

    order: float  # seconds since 1970 at which it was published, negative
    id: str
    language: str
    section: str
    topics: tuple[str, ...]
    bylines: tuple[str, ...]
    source: str


class Filter(NamedTuple):
    """Which stories are wanted; "" and 0.0 bound nothing."""

    language: str = ""
    section: str = ""
    topic: str = ""
    byline: str = ""
    source: str = ""
    since: float = 0.0
    until: float = 0.0

    def takes(self, row: Row) -> bool:
        """Whether a story is one of those; its moment was looked at already."""
        return (
            (not self.language or row.language == self.language)
            and (not self.section or row.section == self.section)
            and (not self.topic or self.topic in row.topics)
            and (not self.byline or self.byline in row.bylines)
            and (not self.source or row.source == self.source)
        )


_NONE = Row(0.0, "", "", "", (), (), "")


class Catalogue:
    """The stories of a sheet log. ``story`` tells what stands now under an id; it is told of changes, and looks at them when it is asked."""

    def __init__(self, sheet_log: Path, story: Callable[[str], Story | None]) -> None:
        self._path = sheet_log
        self._story = story
        self._making: asyncio.Task[_Made] | None = None
        self._changed: set[str] = set()

    def changed(self, keys: Iterable[tuple[str, str]] | None) -> None:
        """Note which stories changed; None: all may have."""
        if self._making is None:
            return
        if keys is None:
            self._give_up()
            return
        self._changed.update(key for kind, key in keys if kind == Kind.STORY)
        if len(self._changed) > MOST_PUT and self._making.done():
            self._give_up()

    def _give_up(self) -> None:
        self._making = None
        self._changed.clear()

    async def made(self) -> _Made:
        """Return what stands now; FileNotFoundError where there is no log yet.

        Where so much changed while it was read that it has to be read anew, it is what stood then: one reading at a time is enough.
        """
        if self._making is None:
            self._making = asyncio.create_task(asyncio.to_thread(_read, self._path))
        making = self._making
        try:
            made = await asyncio.shield(making)
        except BaseException:
            if self._making is making and making.done():
                self._making = None
            raise
        if self._making is not making:
            # It was given up meanwhile: what changed since is for what is read anew.
            return made
        if len(self._changed) > MOST_PUT:
            self._give_up()
            return made
        changed, self._changed = self._changed, set()
        for name in changed:
            made.put(name, self._story(name))
        return made


class _Made:
    """Stories in order, and how many stand in each section and under each topic."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._rows: list[Row] = []
        self._by_id: dict[str, Row] = {}
        self._by_source: dict[str, str] = {}
        self._named: dict[str, str] = {}  # id → "source:source_id"
        self.sections: Counter[tuple[str, str]] = Counter()  # (language, slug)
        self.section_names: dict[tuple[str, str], str] = {}
        self.topics: Counter[tuple[str, str]] = Counter()
        self._under: dict[tuple[str, str], str] = {}  # (language, topic) → some story's id
        for story in stories:
            self._add(story)
        self._rows = sorted(self._by_id.values())

    def put(self, name: str, story: Story | None) -> None:
        """Have a story stand as it does now, or not any more."""
        known = self._by_id.pop(name, None)
        if known is not None:
            del self._rows[bisect_right(self._rows, known) - 1]
            self._by_source.pop(self._named.pop(name, ""), None)
            self.sections[known.language, known.section] -= 1
            self.topics.subtract((known.language, topic) for topic in known.topics)
        if story is not None:
            insort(self._rows, self._add(story))

    def _add(self, story: Story) -> Row:
        row = Row(
            -story.published_at,
            story.id,
            sys.intern(story.language),
            sys.intern(story.section),
            tuple(map(sys.intern, story.topics)),
            tuple(map(sys.intern, story.bylines)),
            sys.intern(story.source),
        )
        self._by_id[row.id] = row
        if story.source:
            self._named[row.id] = f"{story.source}:{story.source_id}"
            self._by_source[self._named[row.id]] = row.id
        self.sections[row.language, row.section] += 1
        self.section_names[row.language, row.section] = story.section_name
        self.topics.update((row.language, topic) for topic in row.topics)
        self._under.update(((row.language, topic), row.id) for topic in row.topics)
        return row

    def id_of(self, named: str) -> str:
        """Return the id of what is named by its id or as ``source:source_id``; "" where no such story stands."""
        return named if named in self._by_id else self._by_source.get(named, "")

    def under(self, language: str, topic: str) -> str:
        """Return the id of a story that stands under a topic; there is one."""
        name = self._under[language, topic]
        if topic not in self._by_id.get(name, _NONE).topics:
            name = self._under[language, topic] = next(self.after(None, Filter(language=language, topic=topic))).id
        return name

    def after(self, place: tuple[float, str] | None, wanted: Filter) -> Iterator[Row]:
        """Yield the wanted stories behind a place, newest first."""
        first = place or (-wanted.until if wanted.until else float("-inf"), "")
        if place is not None and wanted.until:
            first = max(first, (-wanted.until, ""))
        for at in range(bisect_right(self._rows, first), len(self._rows)):
            row = self._rows[at]
            if wanted.since and -row.order < wanted.since:
                return
            if wanted.takes(row) and (place is None or (row.order, row.id) > place):
                yield row


def _read(path: Path) -> _Made:
    """Take all stories out of the log, in a thread."""
    if not path.exists():
        raise FileNotFoundError(path)
    with closing(SheetLog(path)) as log:
        return _Made(_stories(log))


def _stories(log: SheetLog) -> Iterator[Story]:
    names = list(log.keys(Kind.STORY))
    for at in range(0, len(names), _AT_ONCE):
        yield from log.get_all(Kind.STORY, names[at : at + _AT_ONCE], Story).values()
