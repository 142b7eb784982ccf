"""Slips of the hand: a kana that was left out, a letter or a particle that stands twice, a particle in another's place.

What stands is compared with what would stand if the slip were mended. Two witnesses say how much likelier that is: the dictionary's own
costs (made from a large balanced corpus of Japanese; they know words) and the counts of ``likely`` (they know what may follow what).
How much each kind of slip must gain before it is told was set on text that was published: see docs/explanation/proofreading.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.proof.likely import EDGE, UNKNOWN, Likely, folded, likely, packed
from kawaraban.language.proof.words import Sentence, cut, kana_told

if TYPE_CHECKING:
    from collections.abc import Iterator

DROPPED, DOUBLED, PARTICLE = "dropped", "doubled", "particle"
# Doubled letters in katakana are weighed otherwise.
KATAKANA = "katakana"
# も and へ may stand in many a place of another: they are put in, and never doubted.
_PARTICLES, _DOUBTED = "をがにはでと", "をがにはでと"
# So many words on each side of a slip are looked at: what is further away says the same of both.
_AROUND = 3
# The dictionary's costs, put on the scale of the counts (natural logarithms).
_COST = 1000.0
_MOST = 100.0
# Kinds of words of which more than so many were counted are common: if two of them never stood side by side, they hardly can.
_COMMON = 100
# Before anything is weighed: how much likelier a particle's class, or letters with one more kana, must look.
_CLASSES_SAY, _LETTERS_SAY = 2.0, -1.0
_KANA_TRIED = 2
# Two slips are hardly so near each other: of two mendings, one is meant.
_APART = 3


class Slip(NamedTuple):
    """``text[start:end]`` would be ``mended``; ``costs`` and ``counts`` say how much likelier the sentence would be."""

    kind: str
    start: int
    end: int
    mended: str
    costs: float = 0.0
    counts: float = 0.0
    broken: int = 0  # so many pairs of words stand side by side that never do in the counts, and would not any more

    @property
    def gain(self) -> float:
        """Both witnesses together."""
        return self.costs + self.counts


class _Place(NamedTuple):
    """A part of the sentence around a slip, and how likely it is as it stands."""

    start: int
    end: int
    before: list[int]  # classes of the three words before it
    after: list[int]
    cost: int
    likely: float
    broken: int


def slips(text: str) -> list[Slip]:
    """Return for each place of a sentence the mending that gains most, if it gains anything, the greatest gain first."""
    sentence, model = cut(text), likely()
    weigh = _Scales(text, sentence, model)
    found = [weighed for slip in _mendings(text, sentence, model) if (weighed := weigh(slip)).gain > 0]
    taken: list[Slip] = []
    for slip in sorted(found, key=lambda slip: -slip.gain):
        if all(abs(slip.start - other.start) > _APART for other in taken):
            taken.append(slip)
    return taken


def _mendings(text: str, sentence: Sentence, model: Likely) -> Iterator[Slip]:
    yield from _doubled(text, sentence)
    yield from _particles(text, sentence, model)
    yield from _dropped(text, sentence, model)


# ---------------------------------------------------------------------- what stands twice

# Of one kanji twice, ``twice`` tells.


def _doubled(text: str, sentence: Sentence) -> Iterator[Slip]:
    own = set(_words_of_their_own(text, sentence)) | kana_told(text) | {found.start() + 1 for found in _LONG.finditer(text)}
    parts = {word.start: word for word in sentence.words}
    for at in range(len(text) - 1):
        if text[at] == text[at + 1] and _is_kana(text[at]) and at + 1 not in own:
            yield Slip(KATAKANA if "ァ" <= text[at] <= "ヺ" else DOUBLED, at, at + 2, text[at])
        elif text[at : at + 2] == text[at + 2 : at + 4] and len(text) >= at + 4 and text[at] != text[at + 1]:
            first, second = parts.get(at), parts.get(at + 2)
            # Twice the same particle, or the same noun; not あるある, いろいろ.
            if first and second and first.end == second.start and first.part == second.part and first.kind == second.kind:
                third = parts.get(second.end)
                goes_on = third is not None and third.part in {"名詞", "接尾辞"}
                if first.part in {"助詞", "助動詞"} or (first.part == "名詞" and text[at] >= "\u3400" and not goes_on):
                    yield Slip(DOUBLED, at, at + 4, text[at : at + 2])


_KANJI = re.compile(r"[\u3400-\u9fff]")
# A long vowel at the beginning of a word in kana: おおまち; and what is humbly done: お返しし.
_LONG = re.compile(r"(?<![ぁ-ん])(?:おお|ああ|いい|ええ|うう)|(?<=[おご][一-鿿])しし|(?<=[おご][一-鿿][ぁ-ん])しし|つつ(?=[もあ、])")


def _is_kana(letter: str) -> bool:
    return "ぁ" <= letter <= "ん" or "ァ" <= letter <= "ヺ"


def _words_of_their_own(text: str, sentence: Sentence) -> Iterator[int]:
    """Yield where a letter may follow itself: within a word of the dictionary, or where a word begins as the one before ends."""
    for word in sentence.words:
        if word.known and word.part not in {"助詞", "助動詞"}:
            yield from range(word.start + 1, word.end)
    for left, right in pairwise(sentence.words):
        letter, longer = text[right.start], right.end - right.start > 1
        if text[left.end - 1] != letter:
            continue
        if letter == "し" and right.part == "動詞" and (left.part == "名詞" or _KANJI.search(text[left.start : left.end])):
            yield right.start  # 指差し|し: a verb that has become a noun
        elif longer and left.part in {"助詞", "助動詞"} and right.part in {"名詞", "動詞", "副詞", "接続詞", "形容詞", "代名詞"}:
            yield right.start  # と|ともに, た|ため
        elif left.end - left.start > 1 and left.part in {"助詞", "名詞", "代名詞"} and right.part == "助詞":
            yield right.start  # まで|で, こと|と


# ---------------------------------------------------------------------- a particle in another's place

# The classes of each particle alone, as ``words`` names them.
_AS_PARTICLE = {other: tuple(f"{other}/詞{sort}" for sort in ("格助", "係助", "接続", "副助")) for other in _PARTICLES}


def _particles(text: str, sentence: Sentence, model: Likely) -> Iterator[Slip]:
    kinds = model.kinds([word.kind for word in sentence.words])
    closed = kana_told(text)
    for at, word in enumerate(sentence.words):
        if word.start in closed:
            continue
        if word.part != "助詞" or text[word.start : word.end] not in _DOUBTED or at == 0:
            continue
        row = kinds[max(0, at - 3) : at + 4]
        begin = min(at, 3)
        now = model.of_row(row, begin)
        for other in _PARTICLES:
            if other != text[word.start]:
                row[begin] = _most_common(other)
                if model.of_row(row, begin) - now > _CLASSES_SAY:
                    yield Slip(PARTICLE, word.start, word.end, other)
        row[begin] = kinds[at]


@lru_cache
def _most_common(particle: str) -> int:
    model = likely()
    return max(model.kinds(_AS_PARTICLE[particle]), key=lambda kind: model.rows[0].get(kind, 0))


# ---------------------------------------------------------------------- a kana that was left out

# Before these, what is left out would be another word's: 選手(か)ら, 求めるよう(に)要請した, 見(え)ている.
_NEVER_BEFORE_RA = "かすさなばた"
_JOINING = frozenset(("て/詞接続", "で/詞接続", "と/詞格助"))
_PAUSES = frozenset("しれせべえけめてりきちいみびぎにじ")


def _dropped(text: str, sentence: Sentence, model: Likely) -> Iterator[Slip]:
    letters = folded(text)
    closed = kana_told(text)
    closed |= {at for word in sentence.words if word.part == "名詞" and word.end - word.start > 2 for at in range(word.start + 1, word.end)}  # noqa: PLR2004
    for at in range(1, len(text)):
        left, right = letters[at - 1], letters[at]
        if at in closed or not ("ぁ" <= left <= "ん" or "ぁ" <= right <= "ん") or left in "。、「」" or "カ" in left + right:
            continue
        near, split = letters[max(0, at - 2) : at + 2], min(at, 2)
        now = model.of_letters(near)
        tried = [(model.of_letters(near[:split] + kana + near[split:]) - now, kana) for kana in model.between.get(left + right, ())]
        for gained, kana in sorted(tried, reverse=True)[:_KANA_TRIED]:
            if gained > _LETTERS_SAY and not _may_be_left_out(text, at, kana):
                yield Slip(DROPPED, at, at, kana)


# Between two letters, what stands there in one right way and does not in another: して(い)る, に(つ)いて, 関係(し)ない, 諸説(で)ある.
_BOTH_WAYS = tuple(
    re.compile(pattern)
    for pattern in ("[てで][いくきみ].", "につい", ".しな", ".であ", "なされ", ".まし", "くるの", "やめる", "やはり", "[らか]さ?れ[ずるた]", "ならさ", "あたり", "[はも]なく", ".てか", ".です")
)  # fmt: skip


def _may_be_left_out(text: str, at: int, kana: str) -> bool:
    """Whether it is no slip, but another way to say it, if this kana does not stand here."""
    left, right = text[at - 1], text[at]
    if any(pattern.fullmatch(left + kana + right) for pattern in _BOTH_WAYS):
        return True
    if right == "ら" and kana in _NEVER_BEFORE_RA:
        return True
    if kana in "にな" and text[at - 2 : at] in {"よう", "ため"}:
        return True
    if (kana == "え" and left == "見") or right == "』":
        return True
    # 呼んでる, 不安がって: spoken, and another word.
    if kana == "あ" and (text[at - 2 : at] == "んで" or (left == "が" and text[at : at + 2] == "って")):
        return True
    # 作動し(て)停止した: a clause may end in this form, before what is no grammar.
    return kana in "たてる" and left in _PAUSES and not "ぁ" <= right <= "ん" and right != "。"


# ---------------------------------------------------------------------- weighing


class _Scales:
    """Weighs the mendings of one sentence."""

    def __init__(self, text: str, sentence: Sentence, model: Likely) -> None:
        self._text, self._sentence, self._model = text, sentence, model
        self._places: dict[tuple[int, int], _Place] = {}
        self._words_before = [0] * (len(text) + 1)  # how many words have ended here
        for number, word in enumerate(sentence.words, start=1):
            for at in range(word.end, len(text) + 1):
                self._words_before[at] = number

    def __call__(self, slip: Slip) -> Slip:
        place = self._place(slip.start, slip.end)
        mended = self._text[place.start : slip.start] + slip.mended + self._text[slip.end : place.end]
        changed = cut(mended)
        if slip.kind == DROPPED and not _is_inflected(changed, slip.start - place.start):
            return slip
        if slip.kind == KATAKANA and not _is_known(mended, slip.start - place.start):
            return slip
        row = [*place.before, *self._model.kinds([word.kind for word in changed.words]), *place.after]
        costs = (place.cost - changed.cost) / _COST
        if abs(costs) > _MOST:  # a part that the dictionary finds no way through
            return slip
        if slip.kind == KATAKANA:  # what may follow what knows of no katakana
            return slip._replace(costs=costs)
        return slip._replace(
            costs=costs,
            counts=self._model.of_row(row, len(place.before)) - place.likely,
            broken=place.broken - _unseen(self._model, row),
        )

    def _place(self, start: int, end: int) -> _Place:
        words = self._sentence.words
        first = max(0, self._words_before[start - 1] if start else 0)
        last = next((at for at in range(first, len(words)) if words[at].start >= end), len(words))
        low, high = max(0, first - _AROUND), min(len(words), last + _AROUND)
        if (low, high) not in self._places:
            self._places[low, high] = self._looked_at(low, high)
        return self._places[low, high]

    def _looked_at(self, low: int, high: int) -> _Place:
        words, kinds = self._sentence.words, self._model.kinds
        begin, stop = words[low].start, words[high - 1].end
        # The part alone is cut as the changed one will be: at its ends both are torn in the same way.
        part = cut(self._text[begin:stop])
        before = kinds([word.kind for word in words[max(0, low - 3) : low]]) if low > 0 else [EDGE, EDGE]
        after = kinds([word.kind for word in words[high : high + 3]]) if high < len(words) else [EDGE]
        row = [*before, *kinds([word.kind for word in part.words]), *after]
        return _Place(begin, stop, before, after, part.cost, self._model.of_row(row, len(before)), _unseen(self._model, row))


def _unseen(model: Likely, row: list[int]) -> int:
    single, pairs = model.rows[0], model.rows[1]
    return sum(
        packed(pair) not in pairs and all(single.get(kind, 0) > _COMMON for kind in pair) for pair in pairwise(row) if UNKNOWN not in pair
    )


_LONG_WORD, _LONG_PART = 4, 3  # a shorter one may be anybody's name


def _is_known(text: str, at: int) -> bool:
    """Whether the katakana around this place are words of the dictionary."""
    start, end = at, at
    while start > 0 and _is_katakana(text[start - 1]):
        start -= 1
    while end < len(text) and _is_katakana(text[end]):
        end += 1
    words = cut(text[start:end]).words
    return end - start >= _LONG_WORD and all(word.known and (len(words) == 1 or word.end - word.start >= _LONG_PART) for word in words)


def _is_katakana(letter: str) -> bool:
    return "ァ" <= letter <= "ヺ" or letter in "ー・"


def _is_inflected(changed: Sentence, at: int) -> bool:
    """Whether a kana that was put in belongs to a verb, an adjective, an auxiliary, or to the と of what is said."""
    word = next((word for word in changed.words if word.start <= at < word.end), None)
    return word is not None and (word.part in {"動詞", "形容詞", "助動詞"} or word.kind in _JOINING)
