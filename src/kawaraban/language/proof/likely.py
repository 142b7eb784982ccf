"""How likely a row of words, or of letters, is: counts from open text, shipped beside this file.

``make proof-model`` makes the counts again; what they were made from is told in docs/explanation/proofreading.md. Classes of words are
counted in rows of up to four, letters in rows of up to three with every kanji, every katakana and every Latin letter taken for one.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import zstandard

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "counts.msgpack.zst"
ORDERS = 4
_KIND_BITS = 11  # up to 2,047 classes, four of them in one number
EDGE, UNKNOWN = 1, 0
# What it costs, in natural logarithms, to fall back on a shorter row.
_SHORTER = -0.9
# A longer row that was counted once may be somebody's slip.
_SEEN = 2
# So many kana are tried between two letters.
_MOST_BETWEEN = 8
# So many answers are kept: some ten megabytes.
_MOST_KEPT = 60_000


class Counts(msgspec.Struct, frozen=True):
    """What is in the file: for each order, rows as numbers (sorted) and how often each was counted."""

    kinds: tuple[str, ...]  # the first stands for what is not known, the second for an edge
    rows: tuple[bytes, ...]  # int64, little-endian
    times: tuple[bytes, ...]  # int32
    letters: str  # rows of three, without anything between them
    letter_times: bytes  # int32


class Likely(NamedTuple):
    """The counts, ready to be asked."""

    numbers: dict[str, int]
    rows: tuple[dict[int, int], ...]
    total: int
    letters: dict[str, int]
    pairs: dict[str, int]
    asked: dict[int, float]  # what was answered before: a text asks the same again and again
    spelt: dict[str, float]
    between: dict[str, tuple[str, ...]]  # two letters → the kana that stand between them most often

    def kinds(self, names: Sequence[str]) -> list[int]:
        """Return the numbers of classes."""
        return [self.numbers.get(name, UNKNOWN) for name in names]

    def of_row(self, kinds: Sequence[int], start: int = 0) -> float:
        """Return the logarithm of how likely these classes follow each other, counted from ``start`` on."""
        return sum(self.of_next(kinds[max(0, at - ORDERS + 1) : at], kinds[at]) for at in range(start, len(kinds)))

    def of_next(self, before: Sequence[int], kind: int) -> float:
        """Return the logarithm of how likely a class is behind others."""
        key = packed((*before, kind)) << 2 | len(before)
        if (known := self.asked.get(key)) is None:
            _make_room(self.asked)
            known = self.asked[key] = self._of_next(before, kind)
        return known

    def _of_next(self, before: Sequence[int], kind: int) -> float:
        penalty = 0.0
        for order in range(len(before) + 1, 1, -1):
            context = packed(before[len(before) - order + 1 :])
            times = self.rows[order - 1].get(context << _KIND_BITS | kind, 0)
            known = self.rows[order - 2].get(context, 0)
            if known and times >= (_SEEN if order > 2 else 1):  # noqa: PLR2004
                return penalty + math.log(times / known)
            if known:
                penalty += _SHORTER
        return penalty + math.log((self.rows[0].get(kind, 0) + 0.5) / self.total)

    def of_letters(self, text: str) -> float:
        """Return the logarithm of how likely the letters of a text are, from its third on."""
        if (known := self.spelt.get(text)) is None:
            letters, pairs = self.letters, self.pairs
            _make_room(self.spelt)
            known = self.spelt[text] = sum(
                math.log((letters.get(text[at : at + 3], 0) + 0.2) / (pairs.get(text[at : at + 2], 0) + 20.0))
                for at in range(len(text) - 2)
            )
        return known


def _make_room(answers: dict[Any, float]) -> None:
    if len(answers) >= _MOST_KEPT:
        answers.clear()


def packed(kinds: Sequence[int]) -> int:
    """Return a row of classes as one number."""
    row = 0
    for kind in kinds:
        row = row << _KIND_BITS | kind
    return row


def folded(text: str) -> str:
    """Take every kanji, katakana, Latin letter and digit for one of its kind."""
    return "".join(map(_fold, text))


def _fold(letter: str) -> str:
    if "ぁ" <= letter <= "ん" or letter in "、。「」":
        return letter
    if "\u3400" <= letter <= "\u9fff" or letter in "々〆":
        return "漢"
    if "ァ" <= letter <= "ヺ" or letter == "ー":
        return "カ"
    return "a" if letter.isalnum() else "."


@cache
def likely() -> Likely:
    """Return the counts that the package ships, read once a process."""
    packed = resources.files("kawaraban.language.proof").joinpath(FILE).read_bytes()
    return made_ready(msgspec.msgpack.decode(zstandard.decompress(packed), type=Counts))


def made_ready(counts: Counts) -> Likely:
    """Make counts ready to be asked."""
    rows = tuple(
        dict(zip(memoryview(row).cast("q").tolist(), memoryview(times).cast("i").tolist(), strict=True))
        for row, times in zip(counts.rows, counts.times, strict=True)
    )
    triples = [counts.letters[at : at + 3] for at in range(0, len(counts.letters), 3)]
    letters = dict(zip(triples, memoryview(counts.letter_times).cast("i").tolist(), strict=True))
    pairs: dict[str, int] = {}
    between: dict[str, list[tuple[int, str]]] = {}
    for triple, times in letters.items():
        pairs[triple[:2]] = pairs.get(triple[:2], 0) + times
        if "ぁ" <= triple[1] <= "ん":
            between.setdefault(triple[0] + triple[2], []).append((-times, triple[1]))
    return Likely(
        numbers={kind: number for number, kind in enumerate(counts.kinds)},
        rows=rows,
        total=sum(rows[0].values()),
        letters=letters,
        pairs=pairs,
        asked={},
        spelt={},
        between={key: tuple(letter for _, letter in sorted(found)[:_MOST_BETWEEN]) for key, found in between.items()},
    )
