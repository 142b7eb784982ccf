"""The archive as search knows it: the log's documents, their index, their related stories, kept current in one directory."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from kawaraban.discovery.facts import Documents, Facts
from kawaraban.discovery.index import Index
from kawaraban.discovery.memory import LEAST_BYTES, MOST_RESIDENT_BYTES, ROOM_BYTES, Mapped, resident_bytes
from kawaraban.discovery.names import Names
from kawaraban.discovery.nearby import meant
from kawaraban.discovery.ours import Ours
from kawaraban.discovery.rebuilding import Followed, clear, followed, index_directory, note_followed, taken_over
from kawaraban.discovery.related import NOTHING, near_topics, relations
from kawaraban.discovery.related_store import RelatedStore, RelatedWriter, event_key
from kawaraban.discovery.searches import SEARCHES_FILE, Searches
from kawaraban.discovery.shapes import Answer, Facets, Query, Snippet, Suggestion
from kawaraban.discovery.snippets import pattern_of, snippet
from kawaraban.discovery.starts import SHORTEST, folded_start
from kawaraban.discovery.suggesting import MOST, Suggester
from kawaraban.discovery.waiting import NEIGHBOURS, Waiting
from kawaraban.language.names import Name
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from kawaraban.sheetlog.shapes import Entry, Language

logger = logging.getLogger(__name__)

# So many documents are indexed between two commits: a publication is one, an archive's thousands go in such steps.
BATCH = 200
RECALLED = 1000
# So many related stories a page shows; with fewer, it fills up.
SHOWN = 6
# What is searched for often is worked out anew after so long, and looked for in so many headlines.
OFTEN_SECONDS, HEADLINES = 10, 20
UNCOUNTED_SAID_SECONDS = 60.0
# So often it is looked whether others are read together.
TOGETHER_SECONDS = 10.0
FOLLOWED_KINDS = (Kind.DOCUMENT, Kind.NAME)


class ReplacedLogError(Exception):
    """Another log is to be followed: whoever is started next makes the index anew from it."""


Tell = Callable[[int, int, int], None]


class Together(Protocol):
    """Which stories are read together, where that is known; somebody else counts it."""

    def of(self, story: str) -> Mapping[str, float]:
        """Return what each story that is read together with one is nearer by."""

    def changed(self) -> Collection[str]:
        """Return the stories of which others are read together than the last time; cheap when nothing changed."""


class Archive:
    """Index, related stories and the documents that they are made of, in one directory."""

    def __init__(self, sheet_log: Path, directory: Path, together: Together | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = sheet_log
        self._together = together
        self._asked_together = 0.0
        self._directory = directory
        self._log: SheetLog | None = None
        self._texts: SheetLog | None = None  # for answering, while another thread follows
        self._version = -1  # of the log, when nothing in it was left to follow
        self._lock = -1
        self._followed: Followed = followed(directory)
        self._names = Names()
        self._documents = Documents()
        self._index = Index(index_directory(directory, self._followed), self._names)
        self._related = RelatedWriter(directory / "related.sqlite3")
        self._shown = RelatedStore(directory / "related.sqlite3")
        self._searches = Searches(directory / SEARCHES_FILE)
        self._often: dict[str, tuple[object, list[str]]] = {}  # by edition: of which state, and what
        self._suggester = Suggester(self._names, self._documents)
        self._say_uncounted = 0.0
        self._mapped = Mapped()
        self._most_resident = MOST_RESIDENT_BYTES
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

    def documents(self) -> dict[str, Facts]:
        """Return the facts of all documents that stand, by id."""
        return {story: facts for story in self._documents.ids() if (facts := self._documents.get(story)) is not None}

    def related(self, story: str, limit: int = SHOWN) -> list[str]:
        """Return the related stories as the pages show them: where too little is related, its topics', its section's and the newest follow."""
        # A withdrawn one stands in lists until they are worked out anew; pages have no card of it.
        found = dict.fromkeys(other for other in self._shown.related(story) if other in self._documents)
        facts = self._documents.get(story)
        if facts is None or len(found) >= limit:
            return list(found)[:limit]
        bounds = [{"topic": topic} for topic in facts.topics] + [{"section": facts.section}, {}]
        for bound in bounds:
            if len(found) >= limit:
                break
            further = self._index.newest(language=facts.language, limit=limit * 2, **bound)
            found |= dict.fromkeys(
                other for other in further if other != story and other not in facts.translations and other in self._documents
            )
        return list(found)[:limit]

    def stay_small(self) -> None:
        """Give back what is mapped, if the process has become large; to be called after everything that looks at much."""
        if resident_bytes() >= self._most_resident:
            held = self._index.held
            is_enough = self._mapped.give_back(held.files, self._most_resident - LEAST_BYTES)
            del held  # until here it had to be held
            # What is left after all was given back is the process's own: not after every answer again. Nor for ever, should that become less.
            self._most_resident = max(
                MOST_RESIDENT_BYTES, self._most_resident - LEAST_BYTES if is_enough else resident_bytes() + ROOM_BYTES
            )

    # ------------------------------------------------------------------ following the log

    def recall(self) -> None:
        """Know again what every document is about; the index itself is on disk."""
        if not self._open() or self._log is None:
            return
        at = 0
        # Piece by piece: texts of a whole archive at once would be memory that the process never gives back.
        while entries := self._log.after(at, FOLLOWED_KINDS, limit=RECALLED):
            at = entries[-1].seq
            for entry in entries:
                if entry.seq <= self._followed.seq and entry.payload is not None:
                    self._remember(entry)
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

    def _remember(self, entry: Entry) -> Document | None:
        """Know what an entry says; return its document, if it is one."""
        value = decode(entry.kind, entry.payload) if entry.payload is not None else None
        if isinstance(value, Document):
            self._documents.put(value)
            return value
        if isinstance(value, Name):
            self._names.put(value)
        elif entry.kind is Kind.NAME:
            self._names.drop(entry.key)
        else:
            self._documents.drop(entry.key)
        return None

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

    def _open(self) -> bool:
        if self._log is None and self._path.exists():
            self._log, self._texts = SheetLog(self._path), SheetLog(self._path)
            if self._followed.seq > self._log.last_seq():
                # Numbers of another log, such as that before a restored backup: what is indexed by them is begun anew.
                raise ReplacedLogError(self._forget("the index goes beyond the log"))
        if self._log is not None and self._log.is_replaced():
            raise ReplacedLogError(self._forget("another log stands where it stood"))
        return self._log is not None

    def _forget(self, why: str) -> str:
        self._followed.forget(self._directory)
        return f"{why}: the index is made anew"

    # ------------------------------------------------------------------ answering

    def search(self, query: Query) -> Answer:
        """Find what stands now: a story withdrawn a moment ago is left out though the index still has it."""
        found = self._index.search(query)
        stories = tuple(story for _, story in found.hits if story in self._documents)
        total = found.total - (len(found.hits) - len(stories))
        if query.asker and not query.offset and not query.is_bounded:
            self._count(query, 0 if found.near else total)
        return Answer(
            stories,
            total,
            near=found.near and bool(stories),
            instead=meant(query, self._index, self._text) if (found.near or not total) and query.text.strip() else "",
            snippets=tuple(self._snippets(query, stories)) if query.snippets else (),
            facets=self._facets(query, near=found.near) if query.facets and total else None,
        )

    def _count(self, query: Query, found: int) -> None:
        try:
            self._searches.note(query.text, language=query.language, asker=query.asker, found=found, now=time.time())
        except sqlite3.Error as error:
            # Whoever searches is answered, whether or not it can be written down. Said once a minute, however many search.
            if time.monotonic() >= self._say_uncounted:
                self._say_uncounted = time.monotonic() + UNCOUNTED_SAID_SECONDS
                logger.warning("searches are not counted: %s", error)

    def often(self, language: str, limit: int) -> list[str]:
        """Return what many search for now, as far as the words are the paper's own; worked out every few seconds, and when anything changes."""
        now = time.time()
        state = (self._followed.seq, now // OFTEN_SECONDS, limit)
        known = self._often.get(language)
        if known is None or known[0] != state:
            ours = Ours(self._names, self._documents, lambda terms: self._headlines(terms, language), language)
            known = self._often[language] = (state, self._searches.often(language, limit, now, ours.has))
        return known[1]

    def _headlines(self, terms: Iterable[str], language: str) -> list[str]:
        found = self._index.titled(terms, language=language, limit=HEADLINES)
        return [self._title(story) for story in found if story in self._documents]

    def topics_near(self, title: str, body: str, language: Language) -> list[str]:
        """Return the topics that the stories nearest to a text have, the likeliest first."""
        return near_topics(title, body, language, self._index, self._documents)

    def _facets(self, query: Query, *, near: bool) -> Facets:
        facets = self._index.facets(query, near=near)
        named = tuple((slug, self._documents.topic_name(query.language, slug) or slug, count) for slug, _, count in facets.topics)
        return msgspec.structs.replace(facets, topics=named)

    def suggest(self, typed: str, language: str, limit: int = MOST) -> list[Suggestion]:
        """Return what may be meant by what was typed so far: names, topics, then headlines, newest first."""
        found = self._suggester.begin_with(typed, language)[:limit]
        start = folded_start(typed)
        if len(start) >= SHORTEST and len(found) < limit:
            stories = self._index.starting(start, language=language, limit=limit)
            found += [Suggestion("story", title, story) for story in stories if story in self._documents and (title := self._title(story))]
        return found[:limit]

    def _snippets(self, query: Query, stories: tuple[str, ...]) -> list[Snippet]:
        pattern = pattern_of(query.text, self._names)
        return [snippet(document, pattern) if (document := self._document(story)) else Snippet(("",), ("",)) for story in stories]

    def _document(self, story: str) -> Document | None:
        return self._texts.get(Kind.DOCUMENT, story, Document) if self._texts is not None else None

    def _title(self, story: str) -> str:
        document = self._document(story)
        return document.title if document else ""

    def _text(self, story: str) -> str:
        document = self._document(story)
        return f"{document.title}\n{document.summary}\n{document.body}" if document else ""
