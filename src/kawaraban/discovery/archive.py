"""The archive as search knows it: the log's documents, their index, their related stories, kept current in one directory."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from kawaraban.discovery.answers import FOLLOWED_KINDS, Answers
from kawaraban.discovery.index import Index
from kawaraban.discovery.rebuilding import clear, index_directory, note_followed, taken_over
from kawaraban.discovery.related import NOTHING, relations
from kawaraban.discovery.related_store import RelatedWriter, event_key
from kawaraban.discovery.searches import SEARCHES_FILE, Searches
from kawaraban.discovery.waiting import NEIGHBOURS, Waiting
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

# So many documents are indexed between two commits: a publication is one, an archive's thousands go in such steps.
BATCH = 200
# So often it is looked whether others are read together.
TOGETHER_SECONDS = 10.0

Tell = Callable[[int, int, int], None]


class Together(Protocol):
    """Which stories are read together, where that is known; somebody else counts it."""

    def of(self, story: str) -> Mapping[str, float]:
        """Return what each story that is read together with one is nearer by."""

    def changed(self) -> Collection[str]:
        """Return the stories of which others are read together than the last time; cheap when nothing changed."""


class Archive(Answers):
    """Index, related stories and the documents that they are made of, in one directory."""

    def __init__(self, sheet_log: Path, directory: Path, together: Together | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__(sheet_log, directory)
        self._together = together
        self._asked_together = 0.0
        self._version = -1  # of the log, when nothing in it was left to follow
        self._lock = -1
        self._related = RelatedWriter(directory / "related.sqlite3")
        self._searches = Searches(directory / SEARCHES_FILE)
        self._waiting = Waiting()

    @classmethod
    def current(
        cls, sheet_log: Path, directory: Path, together: Together | None = None, tell: Tell | None = None, *, relates: bool = True
    ) -> Archive:
        """Return it as it stands at this moment, for a command: followed to the end of the log.

        While the search process runs, that one keeps the index current; this one only reads. ``tell`` is told, again and again, how many
        documents are indexed, how many are related, and how many there are. Who only searches need not wait for related stories.
        """
        archive = cls(sheet_log, directory, together)
        keeps = archive.keep()
        archive.recall()
        total = archive._log.count(Kind.DOCUMENT) if archive._log is not None else 0
        while keeps and (archive.work() if relates else archive._take_rebuilt() or archive.follow()):
            if tell is not None:
                indexed = len(archive._documents)
                tell(indexed, indexed - archive._waiting.fresh, max(total, indexed))
        return archive

    def keep(self) -> bool:
        """Become the one who writes here, until the process ends; False if another process is."""
        if self._lock < 0:
            lock = os.open(self._directory / "keeper.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            self._lock = lock
            clear(self._directory)
        return True

    # ------------------------------------------------------------------ following the log

    def recall(self) -> None:
        """Know again what every document is about, and which of them wait for their lists."""
        super().recall()
        # Those that were indexed before a restart and not yet related.
        related = self._related.stories()
        self._waiting.note_fresh([story for story in self._documents.ids() if not {story, event_key(story)} <= related])

    @property
    def has_much_to_do(self) -> bool:
        """Whether the related stories of more are to be worked out than a publication or two bring."""
        return len(self._waiting) > NEIGHBOURS

    def work(self) -> bool:
        """Do a piece of what is to be done, if there is any; say whether there was."""
        self._hear_what_is_read_together()
        return self._take_rebuilt() or self.follow() or self.relate_some()

    def _hear_what_is_read_together(self) -> None:
        if self._together is not None and time.monotonic() >= self._asked_together + TOGETHER_SECONDS:
            self._asked_together = time.monotonic()
            self._waiting.note_outdated(story for story in self._together.changed() if story in self._documents)

    def follow(self) -> bool:
        """Take up to a batch of what changed; say whether there was any."""
        if not self._open() or self._log is None:
            return False
        version = self._log.data_version()
        if version == self._version:
            return False
        entries = self._log.after(self._followed.seq, FOLLOWED_KINDS, limit=BATCH)
        if not entries:
            if not self._followed.is_whole:
                self._followed = note_followed(self._directory, self._followed.as_whole(), self._followed.seq)
            self._version = version
            return False
        fresh = [document for entry in entries if (document := self._remember(entry)) is not None]
        gone = [entry.key for entry in entries if entry.kind is Kind.DOCUMENT and entry.payload is None]
        self._index.put(self._sparing(fresh), gone)
        self._index.commit()
        self._related.write({}, [*gone, *map(event_key, gone)])
        # After all that: what is followed twice, because the process or the disk failed, replaces itself.
        self._followed = note_followed(self._directory, self._followed, entries[-1].seq)
        self._waiting.note_fresh([document.id for document in fresh])
        if fresh or gone:
            self._waiting.note_change()
        return True

    def _sparing(self, documents: list[Document]) -> Iterator[Document]:
        for document in documents:
            yield document
            self.stay_small()

    def relate_some(self, limit: int = 20) -> bool:
        """Work out the related stories of some that have none yet, newest first; say whether there were any."""
        fresh, outdated = self._waiting.next(limit)
        if not (fresh or outdated):
            return False
        lists: dict[str, list[str]] = {}
        for story in outdated:
            self._relate(story, lists)
        for story in fresh:
            self._relate(story, lists)
            for neighbour in self._waiting.neighbours(story, lists.get(story, [])):
                self._relate(neighbour, lists)
        try:
            self._related.write(lists)
        except sqlite3.Error:
            self._waiting.put_back(fresh, outdated)
            raise
        return True

    def relate_in_turn(self) -> bool:
        """Work out the related stories of whose turn it is, for when nothing else is to be done; say whether it was anybody's."""
        if not self._waiting.is_next_turn_due():
            return False
        began = time.thread_time()
        story = self._waiting.next_turn(self._documents.ids, self._index.forget_rarities)
        if story is None:
            return False
        lists: dict[str, list[str]] = {}
        self._relate(story, lists)
        try:
            self._related.write(lists)
        except sqlite3.Error:
            self._waiting.note_change()
            raise
        self._waiting.note_turn(time.thread_time() - began)
        return True

    def begin_again(self) -> None:
        """Forget what could not be written: it is followed once more."""
        self._index.forget()

    def _relate(self, story: str, lists: dict[str, list[str]]) -> None:
        if story in lists or story not in self._documents or self._log is None:
            return
        document = self._log.get(Kind.DOCUMENT, story, Document)
        if document is not None:
            together = self._together.of(story) if self._together is not None else NOTHING
            found = relations(document, self._index, self._documents, together)
            lists[story] = found.stories
            lists[event_key(story)] = found.event
            self.stay_small()

    def _take_rebuilt(self) -> bool:
        """Take over an index that was made anew beside this one."""
        with taken_over(self._directory, self._followed) as made:
            if made is None:
                return False
            self._index.close()
            new = Index(index_directory(self._directory, made), self._names)
            try:
                # What came since it was made is followed at once; until then the old one answers. It may go further than that one did.
                at, rebuilt = min(self._followed.seq, made.seq), made
                while self._log is not None and (entries := self._log.after(at, FOLLOWED_KINDS, limit=BATCH)):
                    fresh = [document for entry in entries if (document := self._remember(entry)) is not None]
                    at = entries[-1].seq
                    if at > rebuilt.seq:
                        new.put(fresh, [entry.key for entry in entries if entry.kind is Kind.DOCUMENT and entry.payload is None])
                        new.commit()
                        rebuilt = rebuilt.at(at)
                # Noted first: if that fails, the old one goes on.
                self._followed = note_followed(self._directory, rebuilt, rebuilt.seq)
                self._index = new
            finally:
                new.forget()  # a writer that stays would keep the next one out
        self._waiting.note_all(self._documents.ids())
        return True

    # ------------------------------------------------------------------ answering
