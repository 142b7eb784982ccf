"""The stories that stand now, as the sheet log tells: only they are counted and ranked."""

from __future__ import annotations

import logging
import sqlite3
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec

from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Kind, Language, Redirect, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kawaraban.sheetlog.shapes import Entry

ENTRIES_AT_ONCE = 2000
logger = logging.getLogger(__name__)


class Shelved(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is kept here of a story that stands: a large archive has a hundred thousand, and of the rest nothing is asked."""

    id: str
    url: str  # "" where nobody asks for it
    section: str
    language: Language
    published_at: float
    topics: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    source: str = ""
    source_id: str = ""
    pinned_until: float = 0.0
    leaves_ranking_at: float = 0.0


class Shelf:
    """Follows the sheet log. ``on_change`` hears of every story that now stands, or (None) stands no more.

    ``with_urls``: stories are to be found by their address too, and by those of before, as a server's log names them.
    """

    def __init__(self, sheet_log: Path | None, *, with_urls: bool = False) -> None:
        self.stories: dict[str, Shelved] = {}
        self.by_source: dict[str, str] = {}  # "source:source_id" → id
        self._by_url: dict[str, str] = {}
        self._moved: dict[str, str] = {}  # old addresses, and where they lead
        self.on_change: Callable[[str, Shelved | None], None] = lambda _name, _story: None
        self._tuples: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._path = sheet_log
        self._with_urls = with_urls
        self._log: SheetLog | None = None
        self._file = (0, 0)
        self._seq = 0
        self._version = -1
        self._trouble = ""

    def follow(self) -> bool:
        """Learn what changed; say whether anything did. Costs microseconds if not.

        A log that is not there yet, is just being made, or is replaced by a restored one is asked again the next time: meanwhile what
        is known stands.
        """
        if self._path is None:
            return False
        try:
            return self._follow(self._path)
        except (OSError, sqlite3.Error) as error:
            # Asked twenty times a second: said once.
            if str(error) != self._trouble:
                logger.warning("the sheet log could not be followed: %s", error)
            self._trouble = str(error)
            self.close()
            return False

    def knows(self, story: str) -> bool:
        """Whether a story stands. One that is asked for and unknown may have been published this moment: the log is asked again."""
        return story in self.stories or (self.follow() and story in self.stories)

    def resolve(self, name: str) -> str:
        """Return the id of what is named by id or by ``source:source_id``: of a story that stands, the one text that it has here.

        What is remembered of thousands of reads holds that, and no text of each read's own.
        """
        if ":" in name:
            name = self.by_source.get(name, name)
        known = self.stories.get(name)
        return name if known is None else known.id

    def at_address(self, target: str) -> str | None:
        """Return the story whose page a request asked for, by its path and query, as they stand in a log; ValueError if that is none.

        An old address that leads to a story is the story's too: the log may be of the system that the site had before.
        """
        parts = urlsplit(target)
        path, asked = unquote(parts.path), f"?{parts.query}" if parts.query else ""
        plain = "/" + path.strip("/").lower()
        for known in (path, plain):
            if known in self._by_url:
                return self._by_url[known]
        for old in (f"{path}{asked}", path, path.rstrip("/"), plain):
            if old in self._moved:
                return self._by_url.get(self._moved[old])
        return None

    def close(self) -> None:
        """Let go of the log."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def stand(self, story: Story) -> None:
        """A story stands from now on, in this form. What only pages show of it is not kept: there may be a hundred thousand."""
        known = self._known(story)
        self._leave(known.id)
        self.stories[known.id] = known
        if self._with_urls:
            self._by_url[known.url] = known.id
        if known.source:
            self.by_source[f"{known.source}:{known.source_id}"] = known.id
        self.on_change(known.id, known)

    def withdraw(self, name: str) -> None:
        """A story stands no more."""
        if self._leave(name):
            self.on_change(name, None)

    def _follow(self, path: Path) -> bool:
        if not path.exists():
            return False
        status = path.stat()
        file = (status.st_dev, status.st_ino)
        started = self._log is None or file != self._file
        if self._log is None or file != self._file:
            self.close()
            self._log, self._file, self._seq, self._version = SheetLog(path), file, 0, -1
            self._moved.clear()
        version = self._log.data_version()
        if version == self._version:
            return False
        gone = set(self.stories) if started else set()
        changed = False
        for entry in self._entries(self._log):
            changed = True
            value = None if entry.payload is None else decode(entry.kind, entry.payload)
            if entry.kind == Kind.REDIRECT:
                self._moved.pop(entry.key, None)
                if isinstance(value, Redirect):
                    self._moved[entry.key] = urlsplit(value.to).path
            elif isinstance(value, Story):
                gone.discard(value.id)
                if self.stories.get(value.id) != self._known(value):
                    self.stand(value)
            else:
                self.withdraw(entry.key)
            self._seq = entry.seq
        for name in gone:
            # Known of a log that was here before, and not in this one.
            self.withdraw(name)
        self._version, self._trouble = version, ""
        return changed or bool(gone)

    def _entries(self, log: SheetLog) -> Iterator[Entry]:
        kinds = (Kind.STORY, Kind.REDIRECT) if self._with_urls else (Kind.STORY,)
        # In portions: all of a large archive at once would take memory that this process keeps.
        while entries := log.after(self._seq, kinds, limit=ENTRIES_AT_ONCE):
            yield from entries

    def _leave(self, name: str) -> bool:
        old = self.stories.pop(name, None)
        if old is None:
            return False
        if self._by_url.get(old.url) == name:
            del self._by_url[old.url]
        if old.source and self.by_source.get(f"{old.source}:{old.source_id}") == name:
            del self.by_source[f"{old.source}:{old.source_id}"]
        return True

    def _known(self, story: Story) -> Shelved:
        """Return what is kept of a story: names that many share are one text in memory."""
        return Shelved(
            id=story.id,
            url=story.url if self._with_urls else "",
            section=sys.intern(story.section),
            language=story.language,
            published_at=story.published_at,
            topics=self._shared(story.topics),
            bylines=self._shared(story.bylines),
            source=sys.intern(story.source),
            source_id=story.source_id,
            pinned_until=story.pinned_until,
            leaves_ranking_at=story.leaves_ranking_at,
        )

    def _shared(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the one tuple of these names that all stories bear: many have the same person's, and the same topics."""
        known = self._tuples.get(names)
        if known is None:
            known = tuple(map(sys.intern, names))
            self._tuples[known] = known
        return known
