"""Kana that nobody has converted: みやぎけんおきで is cut into みやぎけん, おき by the readings that the index knows."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_KANA_RUN = re.compile(r"[ぁ-ゖァ-ヺー]+")
_PIECES = re.compile(r"[ぁ-ゖァ-ヺー]+|[a-z0-9.]+|[^\sぁ-ゖァ-ヺーa-z0-9.]+")
# Words between words: they are passed over, and tell nothing.
_BETWEEN = {"は": 3.0, "が": 3.0, "を": 2.0, "に": 3.0, "の": 2.5, "で": 3.0, "と": 3.0, "も": 3.5, "へ": 4.0, "や": 4.0, "から": 4.0, "まで": 4.5,
            "より": 5.0, "など": 5.0, "した": 4.0, "して": 4.5, "する": 4.0, "され": 5.0, "さ": 5.0, "れる": 5.0, "た": 4.0, "て": 4.0, "か": 4.5, "な": 4.5}  # fmt: skip
_LONGEST = 14
# A kana that belongs to no known reading.
_UNKNOWN = 16.0
_A_WORD = 2.0
MOSTLY = 0.7
SHORTEST = 2


def is_mostly_kana(text: str) -> bool:
    """Whether a text is written in kana for the most part."""
    kana = sum(len(run) for run in _KANA_RUN.findall(text))
    return kana >= SHORTEST and kana >= MOSTLY * len(text)


def cut_by_readings(folded: str, frequency: Callable[[str], int]) -> list[str]:
    """Cut a text in hiragana into readings, in order; words between words and what belongs to none are left out.

    ``frequency`` says in how many documents a reading stands. The cut is the likeliest one, a word at a time.
    """
    found: list[str] = []
    for piece in _PIECES.findall(folded):
        found.extend(_cut(piece, frequency) if _KANA_RUN.fullmatch(piece) else [piece])
    return found


def _cut(kana: str, frequency: Callable[[str], int]) -> list[str]:
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    for end in range(1, len(kana) + 1):
        choices = [(best[end - 1][0] + _UNKNOWN, end - 1, "")]
        for start in range(max(0, end - _LONGEST), end):
            word = kana[start:end]
            if word in _BETWEEN:
                choices.append((best[start][0] + _BETWEEN[word], start, ""))
            if len(word) >= SHORTEST and (documents := frequency(word)):
                # Rare words cost more, by little: a long rare one is likelier than two short frequent ones.
                choices.append((best[start][0] + _A_WORD + 14.0 - math.log(documents + 1), start, word))
        best.append(min(choices))
    words: list[str] = []
    at = len(kana)
    while at:
        _, start, word = best[at]
        if word:
            words.append(word)
        at = start
    return words[::-1]
