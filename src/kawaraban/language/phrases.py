"""Phrases: where a line may break without tearing a thought.

Japanese by BudouX, with what a newspaper never tears joined again (numbers and their units, names with ・, brackets); Korean and
English break at their spaces, which browsers know by themselves.
"""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from typing import Any

_OPENING = "「『（(［[【〈《“‘"
_CLOSING = "」』）)］]】〉》”’、。，．・：；！？!?ー々"
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
    return "<wbr>".join(html.escape(phrase) for phrase in phrases(text, language))


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
