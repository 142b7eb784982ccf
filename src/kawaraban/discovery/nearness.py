"""How near two stories are, by what both tell.

The index finds candidates by their rarest words and scores them (BM25); this compares each with the story in full. Four scales are added up:
the index's score, the cosine over all telling words, the cosine over names alone with rarity weighing more, and the cosine over numbers
with what they count (26日, 台風5号, 震度6), which two reports of one event have in common. Their worths were chosen on the earlier half of a
corpus of real news and are reported on its later half (``bench/discovery.py``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kawaraban.discovery.analysis import Tells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kawaraban.discovery.telling import Told

INDEXS_SCORE, ALL_WORDS, NAMES, NUMBERS = 0.3, 0.37, 0.17, 0.25
# Numbers count as far as words agree too: any two stories may have happened on a 27日.
BY_WORDS = 2.0
# One rare name in common may be chance: with so many words in common the index's score counts by half.
BY_MANY = 4
# What is said ten times tells more than what is said once, by little.
_OFTEN = [0.0, *(1 + math.log(times) for times in range(1, 256))]
_NAME, _MARK = int(Tells.NAME), int(Tells.MARK)


class Nearness:
    """Compares stories with one. ``rarities`` say how rare every word is: 0 for one that tells nothing."""

    def __init__(self, told: Told, rarities: Mapping[str, float]) -> None:
        self._rarities = rarities
        self._words: dict[str, float] = {}
        self._names: dict[str, float] = {}
        self._numbers: dict[str, float] = {}
        for term, times, kind in told.words():
            rare = rarities[term]
            weight = _OFTEN[times] * rare
            if kind == _MARK:
                self._numbers[term] = weight
            else:
                self._words[term] = weight
                if kind == _NAME:
                    self._names[term] = weight * math.sqrt(rare)
        self._lengths = [_length(weights) for weights in (self._words, self._names, self._numbers)]

    def of(self, other: Told, share: float) -> float:
        """Return how near another story is, 0 or more; about 1 if both say the same.

        ``share``: the index's score, as a part of what the story has for its own words.
        """
        # One loop, written out: it runs over ten thousand words for every story.
        rarities, often = self._rarities, _OFTEN
        words, names, numbers = self._words.get, self._names.get, self._numbers.get
        all_words = all_names = all_numbers = same_words = same_names = same_numbers = 0.0
        many = 0
        for term, times, kind in zip(other.terms, other.times, other.kinds, strict=True):
            rare = rarities[term]
            weight = often[times] * rare
            square = weight * weight
            if kind == _MARK:
                all_numbers += square
                same_numbers += weight * numbers(term, 0.0)
                continue
            all_words += square
            own = words(term)
            if own:
                same_words += weight * own
                many += 1
            if kind == _NAME:
                all_names += square * rare
                own = names(term)
                if own:
                    same_names += weight * math.sqrt(rare) * own
        of_words, of_names, of_numbers = self._lengths
        in_words = _cosine(same_words, of_words, all_words)
        in_numbers = min(_cosine(same_numbers, of_numbers, all_numbers), BY_WORDS * in_words)
        in_names = _cosine(same_names, of_names, all_names)
        return ALL_WORDS * in_words + NAMES * in_names + NUMBERS * in_numbers + INDEXS_SCORE * share * many / (many + BY_MANY)


def _cosine(shared: float, length: float, square: float) -> float:
    return shared / (length * math.sqrt(square)) if shared else 0.0


def _length(weights: dict[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights.values()))
