"""The methods that are compared on the sets of ``pairs``: ours, and plain ones."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from kawaraban.discovery.facts import Documents
from kawaraban.discovery.related import FRESH_DAYS, related_stories
from kawaraban.language.words import grams, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finding.pairs import Question
    from kawaraban.discovery.index import Index
    from kawaraban.sheetlog.shapes import Document

DEPTH = 24
# How much nearer what is of the same day may be: ours has 0.4.
STRENGTHS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 1.6, 2.4, 4.0, 6.0, 9.0)
_NOUNS = ("名詞-固有名詞", "名詞-普通名詞")
Finder = "Callable[[Document], list[str]]"


def judge(find: Callable[[Document], list[str]], asked: list[Question]) -> tuple[float, float]:
    """Return the mean reciprocal rank of the first right answer, and the share of the answers among the first six."""
    reciprocal = shared = 0.0
    for question in asked:
        found = [story for story in find(question.document) if story != question.document.id][:DEPTH]
        reciprocal += _reciprocal(found, question)
        shared += len(question.answers.intersection(found[:6])) / min(6, len(question.answers))
    return reciprocal / len(asked), shared / len(asked)


def _reciprocal(found: list[str], question: Question) -> float:
    return next((1 / place for place, story in enumerate(found, start=1) if story in question.answers), 0.0)


# ---------------------------------------------------------------------- plain methods


def bigram_terms(given: Document) -> list[str]:
    return grams(f"{given.title}\n{given.body}")


def noun_terms(given: Document) -> list[str]:
    return [word.normalized for word in words(f"{given.title}\n{given.body}") if word.part_of_speech.startswith(_NOUNS)]


class Cosine:
    """TF-IDF and the cosine, over any terms."""

    def __init__(self, documents: list[Document], terms: Callable[[Document], list[str]]) -> None:
        self._terms, self.ids = terms, [each.id for each in documents]
        counts = [Counter(terms(each)) for each in documents]
        frequency = Counter(term for count in counts for term in count)
        self._idf = {term: math.log(len(documents) / many) for term, many in frequency.items()}
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, count in enumerate(counts):
            weights = self._weights(count)
            for term, weight in weights.items():
                postings[term].append((number, weight))
        self._postings = {term: (np.array([n for n, _ in rows]), np.array([w for _, w in rows])) for term, rows in postings.items()}

    def _weights(self, count: Counter[str]) -> dict[str, float]:
        weights = {term: (1 + math.log(many)) * self._idf.get(term, 0.0) for term, many in count.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}

    def scores(self, given: Document) -> np.ndarray:
        """Return how near every document is."""
        scores = np.zeros(len(self.ids))
        for term, weight in self._weights(Counter(self._terms(given))).items():
            if term in self._postings:
                numbers, weights = self._postings[term]
                scores[numbers] += weight * weights
        return scores

    def __call__(self, given: Document) -> list[str]:
        return _best(self.ids, self.scores(given))


class WithDays:
    """Any of these, nearer to what is near in time, as ours is: by the same decay, and as strongly as is the best for it where weights are chosen."""

    def __init__(self, plain: Cosine, days: Mapping[str, float], chosen_on: list[Question]) -> None:
        self._plain, self._days = plain, days
        self._all_days = np.array([days.get(story, np.nan) for story in plain.ids])
        worth = dict.fromkeys(STRENGTHS, 0.0)
        for question in chosen_on:
            scores = plain.scores(question.document)
            for strength in STRENGTHS:
                found = [story for story in self._ranked(question.document, scores, strength) if story != question.document.id][:DEPTH]
                worth[strength] += _reciprocal(found, question)
        self.strength = max(STRENGTHS, key=lambda strength: worth[strength])

    def _ranked(self, given: Document, scores: np.ndarray, strength: float) -> list[str]:
        near_in_time = np.nan_to_num(np.exp(-np.abs(self._all_days - self._days.get(given.id, np.nan)) / FRESH_DAYS))
        return _best(self._plain.ids, scores * (1 + strength * near_in_time))

    def __call__(self, given: Document) -> list[str]:
        return self._ranked(given, self._plain.scores(given), self.strength)


class Bm25:
    """BM25 over the nouns, with the whole story as the question."""

    def __init__(self, documents: list[Document], terms: Callable[[Document], list[str]]) -> None:
        self._terms, self._ids = terms, [each.id for each in documents]
        counts = [Counter(terms(each)) for each in documents]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / len(lengths)
        frequency = Counter(term for count in counts for term in count)
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for term, many in count.items():
                idf = math.log(1 + (len(documents) - frequency[term] + 0.5) / (frequency[term] + 0.5))
                postings[term].append((number, idf * many * 2.2 / (many + 1.2 * (0.25 + 0.75 * lengths[number] / mean))))
        self._postings = {term: (np.array([n for n, _ in rows]), np.array([w for _, w in rows])) for term, rows in postings.items()}

    def __call__(self, given: Document) -> list[str]:
        scores = np.zeros(len(self._ids))
        for term in set(self._terms(given)):
            if term in self._postings:
                numbers, weights = self._postings[term]
                scores[numbers] += weights
        return _best(self._ids, scores)


def _best(ids: list[str], scores: np.ndarray) -> list[str]:
    return [ids[number] for number in np.argsort(-scores, kind="stable")[: DEPTH + 1] if scores[number] > 0]


def put(documents: list[Document], index: Index) -> None:
    """Put documents into an index that is empty yet."""
    if not index.count():
        for start in range(0, len(documents), 500):
            index.put(documents[start : start + 500])
            index.commit()


def ours(documents: list[Document], index: Index, days: Mapping[str, float]) -> Callable[[Document], list[str]]:
    """Return what the site does. ``days``: when stories were published, in days; without any, all are of one moment."""
    put(documents, index)
    known = Documents()
    dated = {each.id: _dated(each, number, days) for number, each in enumerate(documents)}
    for each in dated.values():
        known.put(each)
    return lambda given: related_stories(dated.get(given.id, given), index, known)


def _dated(document: Document, number: int, days: Mapping[str, float]) -> Document:
    if not days:
        return document
    # Of a story whose day is not known nothing is near.
    return msgspec.structs.replace(document, published_at=days.get(document.id, -1000.0 * (number + 1)) * 86400)
