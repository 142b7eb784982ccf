"""How the words of a headline begin, in every way in which somebody may type them: 汐見, しおみ, Korean syllables half typed."""

from __future__ import annotations

import re
import unicodedata

from kawaraban.discovery.analysis import analysed_units
from kawaraban.language.words import hiragana, normal

SHORTEST, LONGEST = 2, 8
# Korean is compared by its letters, of which a syllable has two or three.
LONGEST_KOREAN = 12
# Nobody marks where a Korean compound's words begin (한미정상회담): any syllable may, once two of them are typed.
SHORTEST_INSIDE = 2  # syllables
_KOREAN = re.compile(r"[ᄀ-ᇿㄱ-ㆎ가-힣]")
_COMPOUNDS = re.compile(r"[가-힣]{4,20}")
_TYPING = re.compile(r"(?<=[ぁ-ゖー])[a-z]{1,2}$")
_JAMO = {**{chr(0x3131 + at): chr(code) for at, code in enumerate((
    0x1100, 0x1101, 0, 0x1102, 0, 0, 0x1103, 0x1104, 0x1105, 0, 0, 0, 0, 0, 0, 0, 0x1106, 0x1107, 0x1108, 0, 0x1109, 0x110A, 0x110B, 0x110C,
    0x110D, 0x110E, 0x110F, 0x1110, 0x1111, 0x1112)) if code}}  # fmt: skip


def starts_of(headline: str) -> set[str]:
    """Return the beginnings of every word of a headline, with what follows the word, as they are and as they are read."""
    found: set[str] = set()
    folded = normal(headline)
    if _KOREAN.search(folded) or not re.search(r"[\u3040-\u30ff\u3400-\u9fff]", folded):
        for word in re.finditer(r"\w+", folded):
            found.update(_beginnings(folded_start(folded[word.start() : word.start() + 40])))
        for compound in _COMPOUNDS.finditer(folded):
            for at in range(compound.start() + 1, compound.end() - SHORTEST_INSIDE + 1):
                shortest = len(folded_start(folded[at : at + SHORTEST_INSIDE]))
                found.update(_beginnings(folded_start(folded[at : compound.end()]), shortest))
        return found
    for surfaces, readings in analysed_units(folded):
        found.update(_beginnings(folded_start(surfaces)))
        found.update(_beginnings(readings))
    return found


def folded_start(typed: str) -> str:
    """Fold what was typed so far as the index keeps beginnings: no spaces or marks, kana as hiragana, Korean in letters, not too long."""
    text = _TYPING.sub("", hiragana(normal(typed)))
    text = re.sub(r"[\W_]+", "", text)
    if _KOREAN.search(text):
        return unicodedata.normalize("NFD", "".join(_JAMO.get(letter, letter) for letter in text))[:LONGEST_KOREAN]
    return text[:LONGEST]


def _beginnings(start: str, shortest: int = SHORTEST) -> list[str]:
    longest = LONGEST_KOREAN if _KOREAN.search(start) else LONGEST
    return [start[:length] for length in range(shortest, min(len(start), longest) + 1)]
