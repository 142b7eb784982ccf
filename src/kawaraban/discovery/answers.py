"""What the archive answers with: the index, what every document is about, and their texts. Nothing is written here."""

from __future__ import annotations

import logging
import sqlite3
import time
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery.facts import Documents, Facts
from kawaraban.discovery.index import Index
from kawaraban.discovery.memory import LEAST_BYTES, MOST_RESIDENT_BYTES, ROOM_BYTES, Mapped, resident_bytes
from kawaraban.discovery.names import Names
from kawaraban.discovery.nearby import meant
from kawaraban.discovery.ours import Ours
from kawaraban.discovery.rebuilding import Followed, followed, index_directory
from kawaraban.discovery.related import near_topics
from kawaraban.discovery.related_store import RelatedStore
from kawaraban.discovery.shapes import Answer, Facets, Query, Snippet, Suggestion
from kawaraban.discovery.snippets import pattern_of, snippet
from kawaraban.discovery.starts import SHORTEST, folded_start
from kawaraban.discovery.suggesting import MOST, Suggester
from kawaraban.language.names import Name
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kawaraban.discovery.searches import Searches
    from kawaraban.sheetlog.shapes import Entry, Language

logger = logging.getLogger(__name__)

RECALLED = 1000
# So many related stories a page shows; with fewer, it fills up.
SHOWN = 6
# What is searched for often is worked out anew after so long, and looked for in so many headlines.
OFTEN_SECONDS, HEADLINES = 10, 20
UNCOUNTED_SAID_SECONDS = 60.0
FOLLOWED_KINDS = (Kind.DOCUMENT, Kind.NAME)


class ReplacedLogError(Exception):
    """Another log is to be followed: whoever is started next makes the index anew from it."""


class Answers:
    """Answers from one directory, as far as its index goes. ``alone``: also where a full disk has no room to open files that others write to."""

    def __init__(self, sheet_log: Path, directory: Path, *, alone: bool = False) -> None:
        self._path, self._directory, self._alone = sheet_log, directory, alone
        self._heard = 0  # how far the log is known, beyond what is indexed
        self._log: SheetLog | None = None
        self._texts: SheetLog | None = None  # for answering, while another thread follows
        self._followed: Followed = followed(directory)
        self._names = Names()
        self._documents = Documents()
        self._index = Index(index_directory(directory, self._followed), self._names)
        self._shown = RelatedStore(directory / "related.sqlite3")
        self._searches: Searches | None = None
        self._often: dict[str, tuple[object, list[str]]] = {}  # by edition: of which state, and what
        self._suggester = Suggester(self._names, self._documents)
        self._say_uncounted = 0.0
        self._mapped = Mapped()
        self._most_resident = MOST_RESIDENT_BYTES

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

    # ------------------------------------------------------------------ knowing

    @property
    def is_whole(self) -> bool:
        """Whether the index ever went to the log's end; one that is still being made finds some of what there is."""
        return self._followed.is_whole

    def count(self) -> int:
        """How many documents are indexed."""
        return self._index.count()

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
        self._heard = max(at, self._followed.seq)

    def hear(self) -> None:
        """Know what came since, though it cannot be written to the index: what was withdrawn is not found."""
        while self._log is not None and (entries := self._log.after(self._heard, FOLLOWED_KINDS, limit=RECALLED)):
            self._heard = entries[-1].seq
            for entry in entries:
                self._remember(entry)

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

    def _open(self) -> bool:
        if self._log is None and self._path.exists():
            self._log, self._texts = self._opened(), self._opened()
            if self._followed.seq > self._log.last_seq():
                # Numbers of another log, such as that before a restored backup: what is indexed by them is begun anew.
                raise ReplacedLogError(self._forget("the index goes beyond the log"))
        if self._log is not None and self._log.is_replaced():
            raise ReplacedLogError(self._forget("another log stands where it stood"))
        return self._log is not None

    def _opened(self) -> SheetLog:
        try:
            return SheetLog(self._path)
        except sqlite3.OperationalError:
            # What SQLite keeps beside a file that several processes share cannot be made. One that was closed in order needs none of it, as long
            # as nobody writes to it.
            rest = self._path.with_name(f"{self._path.name}-wal")
            if not self._alone or (rest.exists() and rest.stat().st_size):
                raise
            return SheetLog(self._path, alone=True)

    def _forget(self, why: str) -> str:
        self._followed.forget(self._directory)
        return f"{why}: the index is made anew"

    # ------------------------------------------------------------------ answering

    def search(self, query: Query) -> Answer:
        """Find what stands now: a story withdrawn a moment ago is left out though the index still has it."""
        found = self._index.search(query)
        stories = tuple(story for _, story in found.hits if story in self._documents)
        total = found.total - (len(found.hits) - len(stories))
        if self._searches is not None and query.asker and not query.offset and not query.is_bounded:
            self._count(self._searches, query, 0 if found.near else total)
        return Answer(
            stories,
            total,
            near=found.near and bool(stories),
            instead=meant(query, self._index, self._text) if (found.near or not total) and query.text.strip() else "",
            snippets=tuple(self._snippets(query, stories)) if query.snippets else (),
            facets=self._facets(query, near=found.near) if query.facets and total else None,
        )

    def _count(self, searches: Searches, query: Query, found: int) -> None:
        try:
            searches.note(query.text, language=query.language, asker=query.asker, found=found, now=time.time())
        except sqlite3.Error as error:
            # Whoever searches is answered, whether or not it can be written down. Said once a minute, however many search.
            if time.monotonic() >= self._say_uncounted:
                self._say_uncounted = time.monotonic() + UNCOUNTED_SAID_SECONDS
                logger.warning("searches are not counted: %s", error)

    def often(self, language: str, limit: int) -> list[str]:
        """Return what many search for now, as far as the words are the paper's own; worked out every few seconds, and when anything changes."""
        if self._searches is None:
            return []
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
