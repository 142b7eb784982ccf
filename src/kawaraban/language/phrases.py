"""Phrases: where a line may break without tearing a thought.

Japanese by BudouX, with what a newspaper never tears joined again (numbers and their units, names with ・, brackets); Korean and
English break at their spaces, which browsers know by themselves. Where a headline's lines break, dictionary words are whole too, and a
phrase that a narrow column cannot hold may break between its words: a browser would break it anywhere, and begin a line with 「、」.
"""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from kawaraban.language.words import word_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

# So many letters stand in the narrowest column that shows headlines: two cards beside each other on a phone.
_NARROW = 10
_OPENING = "「『（(［[【〈《“‘"
_CLOSING = "」』）)］]】〉》”’、。，．・：；！？!?ー々"
_SMALL = "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
_DIGIT_END = re.compile(r"[0-9０-９.,]$")
_UNIT_START = re.compile(r"^[0-9０-９.,%％℃年月日時分秒円人件本台個回位億万千百兆度歳票隻戸棟校点勝敗号kmcgtKM]")


def phrases(text: str, language: str) -> list[str]:
    """Cut a text into phrases; joined, they are the text again."""
    if not text:
        return []
    if language != "ja":
        return re.findall(r"\S+\s*|\s+", text)
    return _mended(_japanese().parse(text))


# A story's headline stands in its page and in six cards, which are made one after the other.
@lru_cache(256)
def phrase_html(text: str, language: str) -> str:
    """Escape a text for HTML, with ``<wbr>`` where a Japanese line may break; to be shown with ``word-break: keep-all``."""
    if language != "ja":
        return html.escape(text)
    return "<wbr>".join(html.escape(phrase) for phrase in line_pieces(text))


def line_pieces(text: str) -> list[str]:
    """Cut a Japanese text where its lines may break, also in a narrow column; joined, the pieces are the text again."""
    if not text:
        return []
    whole, shortest = word_ends(text)
    pieces: list[str] = []
    start = at = 0
    for phrase in phrases(text, "ja"):
        at += len(phrase)
        # BudouX knows letters, not words: 急|死.
        if at in shortest or at == len(text):
            pieces.extend(_narrow(text, start, at, whole, shortest))
            start = at
    return pieces


def _narrow(text: str, start: int, end: int, whole: set[int], shortest: set[int]) -> Iterator[str]:
    """Cut a phrase that is too long for a narrow column: between words, else between their parts, behind a ・, or where it hurts least."""
    while end - start > _NARROW:
        # No piece of a single letter is left over.
        places = [at for at in range(start + 2, min(start + _NARROW, end - 2) + 1) if _may_break(text, at)]
        for ends in (whole, shortest):
            cuts = [at for at in places if at in ends and not _belong_together(text[start:at], text[at:end])]
            if cuts:
                cut = cuts[-1]
                break
        else:
            cuts = [at for at in places if text[at - 1] == "・"] or [at for at in places if not _DIGIT_END.search(text[start:at])]
            if not cuts:
                break
            cut = min(cuts, key=lambda at: abs(at - start - (end - start) / 2))
        yield text[start:cut]
        start = cut
    yield text[start:end]


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end here at all: no word of Latin letters is torn, and no line begins with a mark or a small kana."""
    before, after = text[at - 1], text[at]
    return after not in _CLOSING + _SMALL and before not in _OPENING and not (before.isascii() and after.isascii())


def _mended(parts: list[str]) -> list[str]:
    mended: list[str] = []
    for part in parts:
        if mended and _belong_together(mended[-1], part):
            mended[-1] += part
        else:
            mended.append(part)
    return mended


def _belong_together(before: str, after: str) -> bool:
    if before[-1] in _OPENING or before[-1] == "・" or after[0] in _CLOSING:
        return True
    return bool(_DIGIT_END.search(before) and _UNIT_START.match(after))


@cache
def _japanese() -> Any:
    # The model is read once a process, when the first headline needs it.
    import budoux

    return budoux.load_default_japanese_parser()
