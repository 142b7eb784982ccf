"""The index: tantivy over words that were cut beforehand, and over letter pairs for what stands inside longer words."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import tantivy

from kawaraban.discovery.analysis import analysed
from kawaraban.discovery.days import told_days
from kawaraban.discovery.names import Names
from kawaraban.discovery.questions import MUST, WEIGHTS, Asker, Question, boosted
from kawaraban.discovery.shapes import LARGEST_OFFSET, LONGEST_QUERY, Facets, Query
from kawaraban.discovery.starts import starts_of
from kawaraban.discovery.telling import TITLE_TIMES, packed, told_in, unpacked
from kawaraban.language.words import grams, letters, normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from kawaraban.discovery.telling import Told
    from kawaraban.sheetlog.shapes import Document

# A change of what is indexed, or of how, is another version: the index is then built anew from the documents.
VERSION = 7
# The first lines say what a story is about: so many characters of it count again.
LEAD = 260
# Of two stories that answer a question equally well, the newer one: so much better, while it is so young (days).
FRESH, FRESH_DAYS = 0.12, 30.0
# So many of the best are put into order by freshness too; what comes after them stays in the index's order.
REORDERED = 100
FACETED_TOPICS = 12
# In an archive of few stories every word is in many of them.
FEW = 12
RARITIES_KEPT = 100_000
# An archive that has grown by less is as large as before.
SAME_SIZE = 0.01
# The least that the index takes for what is not committed yet; a batch of documents needs a fifth of it.
HEAP_BYTES = 15_000_000
# What is mapped of a segment for as long as it is searched. What says which of it is gone is written anew with each commit.
_KINDS = (".idx", ".pos", ".term", ".fieldnorm", ".fast", ".store")
_LOOKS = 3
_DAY = 86400


class Held(NamedTuple):
    """A state of the index, and the files that are mapped as long as somebody has it."""

    searcher: Any
    files: frozenset[str]


class Found:
    """What the index found: ids with their scores, best first, and how many there are."""

    __slots__ = ("hits", "near", "total")

    def __init__(self, hits: list[tuple[float, str]], total: int, *, near: bool = False) -> None:
        self.hits, self.total, self.near = hits, total, near

    @property
    def stories(self) -> tuple[str, ...]:
        """The ids alone."""
        return tuple(story for _, story in self.hits)


class Alike(NamedTuple):
    """A document that is alike."""

    score: float
    story: str
    told: Told


class Rarities(dict[str, float]):
    """How rare words are among what documents tell; 0 for one that a third of them tell.

    Remembered while the archive is about as large: of a hundred candidates ten thousand words are asked for.
    """

    def __init__(self, frequency: Callable[[str], int], total: int) -> None:
        super().__init__()
        self._frequency, self.total = frequency, total
        self.rarest = math.log(max(2, total) / 2 + 1)  # of a word that two documents tell

    def __missing__(self, term: str) -> float:
        if len(self) >= RARITIES_KEPT:
            self.clear()
        total, frequency = max(2, self.total), self._frequency(term)
        self[term] = rarity = math.log(total / max(1, frequency) + 1) if frequency <= max(FEW, total // 3) else 0.0
        return rarity


class Index:
    """A search index in a directory. One process writes; it searches what it has committed."""

    def __init__(self, directory: Path, names: Names | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory.resolve()
        self._index = tantivy.Index(_schema(), path=str(directory))
        self._writer: Any = None
        self._held = self._present()
        self._searcher = self._held.searcher
        self.rarities = Rarities(self.frequency, self.count())
        self._asker = Asker(self._index.schema, self.frequency_in, self.count, names or Names())

    # ------------------------------------------------------------------ writing

    def put(self, documents: Iterable[Document], gone: Iterable[str] = ()) -> None:
        """Add documents, or replace those that are there, and take others away; found once ``commit`` has returned."""
        writer = self._open_writer()
        for story in gone:
            writer.delete_documents_by_term("id", story)
        for document in documents:
            writer.delete_documents_by_term("id", document.id)
            writer.add_document(_indexed(document))

    def commit(self) -> None:
        """Make what was put searchable, and durable."""
        if self._writer is not None:
            self._writer.commit()
            self._held = self._present()
            self._searcher = self._held.searcher
            if abs(self.count() - self.rarities.total) > self.rarities.total * SAME_SIZE:
                self.forget_rarities()

    def forget_rarities(self) -> None:
        """Learn anew how rare words are, from the archive as it is now."""
        self.rarities = Rarities(self.frequency, self.count())

    @property
    def held(self) -> Held:
        """The present state: as long as somebody has it, its files stay mapped at their places."""
        return self._held

    def forget(self) -> None:
        """Forget what was put and could not be committed."""
        self._writer = None

    def close(self) -> None:
        """Let go of the writer, so that another may write."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def count(self) -> int:
        """How many documents there are."""
        return int(self._searcher.num_docs)

    # ------------------------------------------------------------------ searching

    def question(self, query: Query) -> Question:
        """Read what was typed."""
        return self._asker.question(query.text[:LONGEST_QUERY])

    def search(self, query: Query) -> Found:
        """Find stories that have all that was asked for; if none has, those that have some of it."""
        question = self.question(query)
        if question.is_empty:
            return Found([], 0)
        found = self._run(question.whole(), query)
        if found.total or len(question.units) < 2:  # noqa: PLR2004 - of one word there is no part
            return found
        found = self._run(question.some(), query)
        return Found(found.hits, found.total, near=True)

    def facets(self, query: Query, *, near: bool) -> Facets:
        """Count what was found by what it is."""
        question = self.question(query)
        whole = self._filtered(question.some() if near else question.whole(), query)
        counted = self._searcher.aggregate(
            whole,
            {
                "section": {"terms": {"field": "section", "size": 50}},
                "language": {"terms": {"field": "language", "size": 3}},
                "topic": {"terms": {"field": "topic", "size": FACETED_TOPICS}},
                "year": {"terms": {"field": "year", "size": 100}},
            },
        )
        rows = {name: [(str(row["key"]), int(row["doc_count"])) for row in counted[name]["buckets"]] for name in counted}
        years = sorted(((str(int(float(year))), count) for year, count in rows["year"]), reverse=True)
        topics = tuple((slug, slug, count) for slug, count in rows["topic"])
        return Facets(tuple(rows["section"]), tuple(rows["language"]), topics, tuple(years))

    def starting(self, start: str, *, language: str, limit: int) -> list[str]:
        """Return the newest stories in whose headline a word, or its reading, begins so (``starts.folded_start``)."""
        clauses = [(MUST, self._flat("starts", start))]
        if language:
            clauses.append((MUST, self._flat("language", language)))
        return self._newest_of(tantivy.Query.boolean_query(clauses), limit)

    def titled(self, terms: Iterable[str], *, language: str, limit: int) -> list[str]:
        """Return the newest stories of an edition whose headline has all of these terms, in any order."""
        clauses = [(MUST, self._flat("title", term)) for term in terms]
        clauses.append((MUST, self._flat("language", language)))
        return self._newest_of(tantivy.Query.boolean_query(clauses), limit)

    def newest(self, *, language: str, section: str = "", topic: str = "", limit: int) -> list[str]:
        """Return the newest stories of an edition, or of a section or a topic of it."""
        bounds = (("language", language), ("section", section), ("topic", topic))
        clauses = [(MUST, self._flat(field, value)) for field, value in bounds if value]
        return self._newest_of(tantivy.Query.boolean_query(clauses), limit)

    def alike(self, terms: Sequence[tuple[str, float]], *, language: str, limit: int) -> list[Alike]:
        """Return the documents that tell what weighted terms say, best first."""
        if not terms:
            return []
        clauses = [(tantivy.Occur.Should, boosted(self._asker.term("told", term), weight)) for term, weight in terms]
        whole = [(MUST, tantivy.Query.boolean_query(clauses)), (MUST, self._flat("language", language))]
        searcher = self._searcher
        hits = searcher.search(tantivy.Query.boolean_query(whole), limit=limit, count=False).hits
        return [Alike(score, *_told(searcher, address)) for score, address in hits]

    def told(self, story: str) -> Told | None:
        """Return what a document tells; None if it is not in the index."""
        searcher = self._searcher
        hits = searcher.search(self._asker.term("id", story), limit=1, count=False).hits
        return _told(searcher, hits[0][1])[1] if hits else None

    def frequency(self, term: str) -> int:
        """How many documents tell of a word."""
        return self.frequency_in("told", term)

    def frequency_in(self, field: str, term: str) -> int:
        """In how many documents a term stands in a field."""
        return int(self._searcher.doc_freq(field, term))

    def reading(self, reading: str, *, language: str, limit: int) -> list[str]:
        """Return stories that have a word which is read so."""
        clauses = [(MUST, self._asker.term("readings", reading))]
        if language:
            clauses.append((MUST, self._flat("language", language)))
        return self._best_of(tantivy.Query.boolean_query(clauses), limit)

    def some_of(self, text: str, *, language: str, limit: int) -> list[str]:
        """Return the stories that share the most letter pairs with a text."""
        clauses = [(tantivy.Occur.Should, self._asker.term("grams", pair)) for pair in dict.fromkeys(grams(text)) if len(pair) > 1]
        if not clauses:
            return []
        whole = [(MUST, tantivy.Query.boolean_query(clauses))]
        if language:
            whole.append((MUST, self._flat("language", language)))
        return self._best_of(tantivy.Query.boolean_query(whole), limit)

    # An address is a place in one state of the index: another thread may commit while a question is answered.

    def _newest_of(self, wanted: Any, limit: int) -> list[str]:
        searcher = self._searcher
        hits = searcher.search(wanted, limit=limit, order_by_field="published_at", count=False).hits
        return [_id(searcher, address) for _, address in hits]

    def _best_of(self, wanted: Any, limit: int) -> list[str]:
        searcher = self._searcher
        return [_id(searcher, address) for _, address in searcher.search(wanted, limit=limit, count=False).hits]

    def _run(self, wanted: Any, query: Query) -> Found:
        searcher, whole = self._searcher, self._filtered(wanted, query)
        limit, offset = max(1, query.limit), min(max(0, query.offset), LARGEST_OFFSET)
        if query.newest:
            result = searcher.search(whole, limit=limit, offset=offset, count=True, order_by_field="published_at")
            return Found([(0.0, _id(searcher, address)) for _, address in result.hits], int(result.count or 0))
        # Pages turn over one order: the best are put into order together, whichever of them is asked for.
        result = searcher.search(whole, limit=max(REORDERED, offset + limit), count=True)
        hits = _ordered(searcher, result.hits[:REORDERED]) + result.hits[REORDERED:]
        # Only of those that are shown: an id stands in the index's store, which has to be unpacked for it.
        shown = [(score, _id(searcher, address)) for score, address in hits[offset : offset + limit]]
        return Found(shown, int(result.count or 0))

    def _filtered(self, wanted: Any, query: Query) -> Any:
        # Nested: beside a filter that must hold, words that only should would all be optional.
        clauses = [(MUST, wanted)]
        for field in ("language", "section", "topic", "byline"):
            value = getattr(query, field)
            if value:
                clauses.append((MUST, self._flat(field, normal(value) if field == "byline" else value)))
        if query.since or query.until:
            bounds = (_second(query.since) if query.since else None, _second(query.until) if query.until else None)
            dates = tantivy.Query.range_query(
                self._index.schema, "published_at", tantivy.FieldType.Integer, bounds[0], bounds[1], include_upper=not query.until
            )
            clauses.append((MUST, tantivy.Query.const_score_query(dates, 0.0)))
        return tantivy.Query.boolean_query(clauses)

    def _flat(self, field: str, value: str) -> Any:
        # A filter, not a merit: it adds nothing to the score.
        return tantivy.Query.const_score_query(self._asker.term(field, value), 0.0)

    def _present(self) -> Held:
        """Look at what is committed now."""
        for _ in range(_LOOKS):
            segments = self._segments()
            self._index.reload()
            searcher = self._index.searcher()
            # Segments are merged meanwhile, by threads of the index's own. One that is gone never comes back: these are those that are looked at.
            if segments == self._segments():
                return Held(searcher, frozenset(str(self._directory / f"{segment}{kind}") for segment in segments for kind in _KINDS))
        return Held(searcher, frozenset())

    def _segments(self) -> list[str]:
        meta = json.loads((self._directory / "meta.json").read_bytes())
        return sorted(segment["segment_id"].replace("-", "") for segment in meta["segments"])

    def _open_writer(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)
        return self._writer


def _ordered(searcher: Any, hits: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
    if not hits:
        return []
    published = searcher.fast_field_values("fresh_at", [address for _, address in hits])
    now = datetime.now(UTC).timestamp()
    fresh = [
        (score * (1 + FRESH * math.exp(-max(0.0, now - float(at or 0)) / _DAY / FRESH_DAYS)), address)
        for (score, address), at in zip(hits, published, strict=True)
    ]
    return sorted(fresh, key=lambda hit: -hit[0])


def _id(searcher: Any, address: Any) -> str:
    return str(searcher.doc(address)["id"][0])


def _told(searcher: Any, address: Any) -> tuple[str, Told]:
    stored = searcher.doc(address)
    return str(stored["id"][0]), unpacked(bytes(stored["vector"][0]))


def _second(moment: float) -> int:
    # The index keeps whole seconds in 64 bits.
    return int(min(max(moment, -(2.0**62)), 2.0**62))


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("language", "section", "topic"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("byline", tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("told", tokenizer_name="whitespace", index_option="freq")
    builder.add_bytes_field("vector", stored=True)
    builder.add_text_field("readings", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("letters", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("starts", tokenizer_name="whitespace", index_option="basic")
    builder.add_integer_field("published_at", fast=True, indexed=True)
    builder.add_integer_field("fresh_at", fast=True)
    builder.add_integer_field("year", fast=True)
    return builder.build()


def _indexed(document: Document) -> Any:
    named = "\n".join((*document.topic_names, *document.bylines))
    title, summary, names = analysed(document.title), analysed(document.summary), analysed(named)
    lead, rest = _cut_lead(document.body)
    first, body = analysed(lead), analysed(rest)
    texts = ((analysed("\n".join(document.topic_names)), TITLE_TIMES), (first, 1), (body, 1))
    told = told_in(title, texts, told_days(f"{document.title}\n{document.body}"))
    whole = f"{document.title}\n{document.summary}\n{named}\n{document.body}"
    return tantivy.Document(
        id=document.id,
        language=document.language,
        section=document.section,
        topic=list(document.topics),
        byline=[normal(name) for name in document.bylines],
        published_at=int(document.published_at),
        # A moment that was made up makes nothing fresh.
        fresh_at=int(document.published_at) if document.is_dated else 0,
        year=datetime.fromtimestamp(document.published_at, UTC).year,
        title=_joined(term.text for term in title.terms) + " " + " ".join(title.marks),
        summary=_joined(term.text for term in summary.terms),
        names=_joined(term.text for term in names.terms),
        lead=_joined(term.text for term in first.terms) + " " + " ".join(first.marks),
        body=_joined(term.text for term in (*first.terms, *body.terms)),
        told=_joined(word for term, times, _ in told.words() for word in [term] * times),
        vector=packed(told),
        readings=_joined((*title.readings, *summary.readings, *names.readings, *first.readings, *body.readings)),
        grams=" ".join(grams(whole)),
        letters=" ".join(sorted(letters(normal(whole)))),
        starts=" ".join(starts_of(document.title)),
    )


def _cut_lead(body: str) -> tuple[str, str]:
    if len(body) <= LEAD:
        return body, ""
    # At a sentence's end, so that no word is torn.
    end = max((at + 1 for at in range(LEAD) if body[at] in "。\n.!?！？"), default=0)
    return (body[:end], body[end:]) if end else ("", body)


def _joined(words: Iterable[str]) -> str:
    return " ".join(words)
