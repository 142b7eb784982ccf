"""The house style of widths and marks: what a newsroom has chosen is proposed for all that stands otherwise. Nothing is changed unasked."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report, Width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kawaraban.language.proof.shapes import Style

# Reports about form alone, whose proposals may all be taken at one touch.
OF_FORM = frozenset(("blank", "doubled-mark", "half-width-kana", "house-style", "western-mark", "widths"))

_DIGITS, _LETTERS = "0-9０-９", "A-Za-zＡ-Ｚａ-ｚ"
# Addresses stay as they are, and so do model numbers and names that mix letters and digits (COVID-19, F15). Each begins where nothing
# of its kind stands before, so that a long row of letters is not read again from each of them.
_ADDRESS = re.compile(
    r"(?<![a-z])[a-z]+://[^\s「」、。]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.-])(?=[\d.-]*[a-z])[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(rf"(?<![{_DIGITS}{_LETTERS}.．,，_-])[{_DIGITS}]+(?:[.．,，][{_DIGITS}]+)*(?![{_LETTERS}{_DIGITS}_-])")
_LATIN = re.compile(rf"(?<![{_DIGITS}{_LETTERS}_-])[{_LETTERS}]+(?![{_DIGITS}{_LETTERS}_-])")
_BRACKET = re.compile(r"[()（）]")
_COMMA = re.compile(r"(?<=[ぁ-んァ-ヶー一-鿿）」』])[、，]")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def house_style(text: str, style: Style) -> Iterator[Report]:
    """Digits, Latin letters, brackets and commas that are not as the newsroom has chosen."""
    chosen: tuple[tuple[Width, re.Pattern[str], str], ...] = (
        (style.digits, _NUMBER, "数字"),
        (style.latin, _LATIN, "英字"),
        (style.brackets, _BRACKET, "かっこ"),
    )
    closed: set[int] = set()
    if any(width is not Width.ANY for width, _, _ in chosen):
        closed = {at for found in _ADDRESS.finditer(text) for at in range(*found.span())}
    for width, pattern, what in chosen:
        if width is not Width.ANY:
            yield from _other_widths(text, pattern, width, what, closed)
    if style.comma:
        for found in _COMMA.finditer(text):
            if found[0] != style.comma:
                yield Report("house-style", Level.WARN, *found.span(), found[0], f"この新聞の読点は「{style.comma}」です。", style.comma)


def _other_widths(text: str, pattern: re.Pattern[str], width: Width, what: str, closed: set[int]) -> Iterator[Report]:
    for found in pattern.finditer(text):
        start, end = found.span()
        right = _AS[width](found[0])
        if right != found[0] and start not in closed and end - 1 not in closed:
            yield Report("house-style", Level.WARN, start, end, found[0], f"この新聞の{what}は{_SAID[width]}です。", right)


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _wide(text: str) -> str:
    return text.translate(_WIDE)


def _single_wide(text: str) -> str:
    return _wide(text) if len(text) == 1 else _narrow(text)


_AS: dict[Width, Callable[[str], str]] = {Width.HALF: _narrow, Width.FULL: _wide, Width.SINGLE_FULL: _single_wide}
_SAID = {Width.HALF: "半角", Width.FULL: "全角", Width.SINGLE_FULL: "1文字なら全角、2文字以上なら半角"}
