"""The index: tantivy over words that were cut beforehand, and over letter pairs for what stands inside longer words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import tantivy

from kawaraban.discovery.shapes import LONGEST_QUERY, Answer, Query
from kawaraban.language.words import grams, index_terms, language_of, letters, normal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kawaraban.sheetlog.shapes import Document

# A change of what is indexed, or of how, is another version: the index is then built anew from the documents.
VERSION = 1
WEIGHTS = {"title": 4.0, "summary": 2.0, "names": 3.0, "body": 1.0}
_PHRASES = re.compile(r"[「『\"“]([^「」『』\"“”]+)[」』\"”]")
_DAY = 86400


class Index:
    """A search index in a directory. One process writes; it searches what it has committed."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(directory))
        self._writer: Any = None

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
            self._index.reload()

    def count(self) -> int:
        """How many documents there are."""
        return int(self._index.searcher().num_docs)

    # ------------------------------------------------------------------ searching

    def search(self, query: Query) -> Answer:
        """Find stories: all words if any story has them all, else those that have some."""
        parts = self._parts(query.text[:LONGEST_QUERY])
        if not parts:
            return Answer((), 0)
        for occur in (tantivy.Occur.Must, tantivy.Occur.Should):
            found = self._run([(sign or occur, part) for sign, part in parts], query)
            if found.stories:
                return found
        return Answer((), 0)

    def alike(self, terms: list[tuple[str, float]], *, language: str, limit: int) -> list[tuple[float, str]]:
        """Return the documents that share weighted terms, with their scores, best first."""
        clauses = []
        for term, weight in terms:
            for field, boost in (("title", 2.0), ("body", 1.0)):
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(self._term(field, term), weight * boost)))
        if not clauses:
            return []
        whole = [(tantivy.Occur.Must, tantivy.Query.boolean_query(clauses)), (tantivy.Occur.Must, self._flat("language", language))]
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(whole), limit=limit).hits
        return [(score, str(searcher.doc(address)["id"][0])) for score, address in hits]

    def frequency(self, term: str) -> int:
        """In how many documents a word stands."""
        return int(self._index.searcher().doc_freq("body", term))

    def _run(self, wanted: list[tuple[Any, Any]], query: Query) -> Answer:
        # Nested: beside a filter that must hold, words that only should would all be optional.
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(wanted))]
        if query.language:
            clauses.append((tantivy.Occur.Must, self._flat("language", query.language)))
        if query.section:
            clauses.append((tantivy.Occur.Must, self._flat("section", query.section)))
        searcher = self._index.searcher()
        options = {"order_by_field": "published_at"} if query.newest else {}
        result = searcher.search(
            tantivy.Query.boolean_query(clauses), limit=max(1, query.limit), offset=max(0, query.offset), count=True, **options
        )
        return Answer(tuple(str(searcher.doc(address)["id"][0]) for _, address in result.hits), int(result.count or 0))

    def _parts(self, text: str) -> list[tuple[Any, Any]]:
        """Turn what was typed into clauses: phrases, words, and words that must not stand there (with a minus before them)."""
        parts: list[tuple[Any, Any]] = []
        for phrase in _PHRASES.findall(text):
            clause = self._inside(phrase)
            if clause is not None:
                parts.append((tantivy.Occur.Must, clause))
        rest = _PHRASES.sub(" ", text)
        for typed in normal(rest).split():
            unwanted = typed.startswith("-") and len(typed) > 1
            clause = self._word(typed.lstrip("-") if unwanted else typed)
            if clause is not None:
                parts.append((tantivy.Occur.MustNot if unwanted else None, clause))
        return parts

    def _word(self, typed: str) -> Any:
        """A word as it was typed: as its words in every field, or as a run of letters inside longer words."""
        choices = []
        terms = index_terms(typed, language_of(typed))
        if terms:
            for field, weight in WEIGHTS.items():
                every = [(tantivy.Occur.Must, self._term(field, term)) for term in terms]
                choices.append((tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.boolean_query(every), weight)))
        inside = self._inside(typed)
        if inside is not None:
            choices.append((tantivy.Occur.Should, inside))
        return tantivy.Query.boolean_query(choices) if choices else None

    def _inside(self, text: str) -> Any:
        pairs = grams(text)
        if not pairs:
            return None
        if len(pairs) == 1:
            return self._term("letters" if len(pairs[0]) == 1 else "grams", pairs[0])
        return tantivy.Query.phrase_query(self._index.schema, "grams", pairs)

    def _term(self, field: str, term: str) -> Any:
        return tantivy.Query.term_query(self._index.schema, field, term)

    def _flat(self, field: str, value: str) -> Any:
        # A filter, not a merit: it adds nothing to the score.
        return tantivy.Query.const_score_query(self._term(field, value), 0.0)

    def _open_writer(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=30_000_000, num_threads=1)
        return self._writer


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("language", "section"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("letters", tokenizer_name="whitespace", index_option="basic")
    builder.add_integer_field("published_at", fast=True, indexed=True)
    return builder.build()


def _indexed(document: Document) -> Any:
    names = (*document.topic_names, *document.bylines)
    texts = {"title": document.title, "summary": document.summary, "body": document.body, "names": " ".join(names)}
    whole = "\n".join((document.title, document.summary, *names, document.body))
    return tantivy.Document(
        id=document.id,
        language=document.language,
        section=document.section,
        published_at=int(document.published_at),
        grams=" ".join(grams(whole)),
        letters=" ".join(sorted(letters(normal(whole)))),
        **{field: " ".join(term.replace(" ", "") for term in index_terms(text, document.language)) for field, text in texts.items()},
    )
