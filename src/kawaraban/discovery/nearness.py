"""How near two stories are, by what both tell.

The index finds candidates by their rarest words and scores them (BM25); this compares each with the story in full. Six scales are added up:
the index's score, the cosine over all telling words, the cosine over names alone with rarity weighing more, names so rare that hardly any
other story has them, the cosine over numbers with what they count (26日, 台風5号, 震度6), and, which two reports of one event have in common, such rare
names together with the days that the texts name. Their worths were chosen on the earlier half of a corpus of real news and are reported on its later
half (``bench/discovery.py``).

Beside that it tells how far two stories are of one kind, whatever they are about: by the nouns of both texts and of both headlines.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.discovery.analysis import Tells
from kawaraban.discovery.telling import IN_HEADLINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kawaraban.discovery.telling import Told

INDEXS_SCORE, ALL_WORDS, NAMES, RARE_NAMES, NUMBERS, ONE_EVENT = 0.15, 0.29, 0.36, 0.08, 0.235, 0.8
# Numbers count as far as words agree too: any two stories may have happened on a 27日.
BY_WORDS = 2.0
# One rare name in common may be chance: with so many words in common the index's score counts by half. So may one noun of two headlines.
BY_MANY, BY_HEADLINE = 4, 0.5
# Rare names count as far as nouns agree: two stories of one small town need have nothing else in common. What is shared of them weighs by how
# rare it is, to this power; so much of it counts by half.
BY_NOUNS, VERY_RARE, HALF_RARE = 5.0, 12, 1.0
# Either of them, rare names or days, may be chance: both together are of one event. To this power, so that a little of both counts for little.
BOTH = 0.75
# Two stories whose only name is 大阪 do not agree in all of their names: cosines are taken as if each told so many of the rarest names, days, or nouns of
# a headline, that the other does not.
MORE_NAMES, MORE_DAYS, MORE_NOUNS = 5, 1.6, 0.5
# What is said ten times tells more than what is said once, by little.
_OFTEN = [0.0, *(1 + math.log(times) for times in range(1, 256))]
_NAME, _MARK, _DAY = int(Tells.NAME), int(Tells.MARK), int(Tells.DAY)
_NAMES, _NO_WORDS = (_NAME, _NAME + IN_HEADLINE), (_MARK, _MARK + IN_HEADLINE, _DAY)


class Compared(NamedTuple):
    """What two stories have in common: how near they are, about 1 if both say the same, and how far nouns agree in headlines and texts, 0 to 1."""

    near: float
    in_headlines: float
    in_nouns: float


class Nearness:
    """Compares stories with one. ``rarities`` say how rare every word is: 0 for one that tells nothing; ``rarest``: of one that two stories tell."""

    def __init__(self, told: Told, rarities: Mapping[str, float], rarest: float) -> None:
        self._rarities, self._rarest = rarities, rarest
        self._nouns: dict[str, float] = {}
        self._names: dict[str, float] = {}
        self._numbers: dict[str, float] = {}
        self._days: dict[str, float] = {}
        kinds = {int(Tells.NOUN): self._nouns, _NAME: self._names, _MARK: self._numbers, _DAY: self._days}
        for term, times, kind in told.words():
            kinds[kind][term] = _OFTEN[times] * rarities[term]
        self._headline = {term for term in told.headline() if term in self._nouns}
        self._nouns_square, self._numbers_square = _square(self._nouns), _square(self._numbers)
        self._words = self._nouns | self._names
        self._words_square = _square(self._words)
        self._more_names, self._more_days, self._more_nouns = MORE_NAMES * rarest**3, MORE_DAYS * rarest**2, MORE_NOUNS * rarest**2
        self._days_square = _square(self._days) + self._more_days
        self._names_square = sum(weight * weight * rarities[term] for term, weight in self._names.items()) + self._more_names
        self._headline_square = sum(rarities[term] ** 2 for term in self._headline) + self._more_nouns

    def of(self, other: Told, share: float) -> Compared:
        """Compare another story.

        ``share``: the index's score, as a part of what the story has for its own words.
        """
        # One loop, written out: it runs over ten thousand words for every story.
        rarities, rarest, often, headline = self._rarities, self._rarest, _OFTEN, self._headline
        words, nouns, names, numbers, days = self._words.get, self._nouns, self._names, self._numbers.get, self._days.get
        all_nouns = all_names = by_rarity = all_numbers = all_days = all_headline = 0.0
        same_words = same_nouns = same_names = same_numbers = same_days = same_headline = rare_names = 0.0
        many = many_in_headline = 0
        for term, times, kind in zip(other.terms, other.times, other.kinds, strict=True):
            rare = rarities[term]
            if not rare:
                continue
            weight = often[times] * rare
            square = weight * weight
            if kind in _NO_WORDS:
                if kind == _DAY:
                    all_days += square
                    same_days += weight * days(term, 0.0)
                else:
                    all_numbers += square
                    same_numbers += weight * numbers(term, 0.0)
                continue
            own = words(term, 0.0)
            many += own > 0
            same_words += weight * own
            if kind in _NAMES:
                all_names += square
                by_rarity += square * rare
                if own and term in names:
                    same_names += weight * own * rare
                    rare_names += (rare / rarest) ** VERY_RARE
            else:
                all_nouns += square
                if own and term in nouns:
                    same_nouns += weight * own
                if kind > IN_HEADLINE:
                    all_headline += rare * rare
                    if term in headline:
                        many_in_headline += 1
                        same_headline += rare * rare
        in_nouns = _cosine(same_nouns, self._nouns_square, all_nouns)
        in_words = _cosine(same_words, self._words_square, all_nouns + all_names)
        in_names = _cosine(same_names, self._names_square, by_rarity + self._more_names)
        in_numbers = _cosine(same_numbers, self._numbers_square, all_numbers)
        in_days = _cosine(same_days, self._days_square, all_days + self._more_days)
        in_rare_names = rare_names / (rare_names + HALF_RARE)
        in_headline = _cosine(same_headline, self._headline_square, all_headline + self._more_nouns)
        near = (
            INDEXS_SCORE * share * many / (many + BY_MANY)
            + ALL_WORDS * in_words
            + NAMES * in_names
            + RARE_NAMES * min(in_rare_names, BY_NOUNS * in_nouns)
            + NUMBERS * min(in_numbers, BY_WORDS * in_words)
            + ONE_EVENT * (in_rare_names * in_days) ** BOTH
        )
        return Compared(near, in_headline * many_in_headline / (many_in_headline + BY_HEADLINE), in_nouns)


def _cosine(shared: float, one_square: float, other_square: float) -> float:
    return shared / math.sqrt(one_square * other_square) if shared else 0.0


def _square(weights: Mapping[str, float]) -> float:
    return sum(weight * weight for weight in weights.values())
