"""Proofreading: what is certainly wrong in a Japanese text, or at least two ways in one.

Only rules that hardly ever cry wolf stand here: a desk that is warned of what is right stops reading warnings.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAIRS = {"「": "」", "『": "』", "(": ")", "（": "）", "【": "】", "〈": "〉", "《": "》"}
_NOT_WITHIN_ITSELF = "「『"
_DOUBLED = re.compile(r"[。、]{2,}|をを|がが")
_WESTERN = re.compile(r"(?<=[ぁ-んァ-ヶ一-鿿])[,.](?![0-9A-Za-z])")
_HALF_WIDTH_KANA = re.compile(r"[ｦ-ﾟ]+")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日[(（]([月火水木金土日])(?:曜日?)?[)）]")
_WEEKDAYS = "月火水木金土日"
_FULL_DIGITS, _HALF_DIGITS = re.compile(r"[０-９]+"), re.compile(r"[0-9]")
_SHORTEST_VARIANT = 2


class Remark(NamedTuple):
    """Something to look at: which rule, where in the text (in characters), what stands there, what to do."""

    rule: str
    at: int
    text: str
    advice: str


def remarks_on(text: str) -> list[Remark]:
    """Return what is to be looked at in a Japanese text, in its order."""
    return sorted((remark for rule in RULES for remark in rule(text)), key=lambda remark: (remark.at, remark.rule))


def brackets(text: str) -> Iterator[Remark]:
    """Brackets that are opened and never closed, or closed and never opened. A quotation may run over several paragraphs."""
    opened: list[tuple[str, int]] = []
    closing = {end: start for start, end in _PAIRS.items()}
    for at, letter in enumerate(text):
        if letter in _PAIRS:
            if letter in _NOT_WITHIN_ITSELF and letter in (mark for mark, _ in opened):
                # A quotation within one is written 『』: the one before was not closed.
                yield from (_unclosed(mark, where) for mark, where in opened)
                opened = []
            opened.append((letter, at))
        elif letter in closing:
            if opened and opened[-1][0] == closing[letter]:
                opened.pop()
            else:
                yield Remark("bracket", at, letter, f"{letter} closes nothing")
    yield from (_unclosed(mark, where) for mark, where in opened)


def _unclosed(mark: str, at: int) -> Remark:
    return Remark("bracket", at, mark, f"{mark} is never closed")


def doubled(text: str) -> Iterator[Remark]:
    """A mark or a particle written twice."""
    for found in _DOUBLED.finditer(text):
        yield Remark("doubled", found.start(), found[0], f"write {found[0][0]} once")


def western_marks(text: str) -> Iterator[Remark]:
    """A comma or full stop of Latin script behind a Japanese letter."""
    for found in _WESTERN.finditer(text):
        yield Remark("mark", found.start(), found[0], f"write {'、' if found[0] == ',' else '。'}")


def half_width_kana(text: str) -> Iterator[Remark]:
    """Katakana in half width."""
    for found in _HALF_WIDTH_KANA.finditer(text):
        yield Remark("half-width", found.start(), found[0], "write katakana in full width")


def weekdays(text: str) -> Iterator[Remark]:
    """A date whose weekday is another's, or that is in no calendar."""
    for found in _DATE.finditer(text):
        try:
            true = _WEEKDAYS[date(int(found[1]), int(found[2]), int(found[3])).weekday()]
        except ValueError:
            yield Remark("date", found.start(), found[0], "there is no such day")
            continue
        if true != found[4]:
            yield Remark("date", found.start(), found[0], f"that day is a {true}曜日")


def digits(text: str) -> Iterator[Remark]:
    """Digits in both widths in one text."""
    if _HALF_DIGITS.search(text):
        for found in _FULL_DIGITS.finditer(text):
            yield Remark("digits", found.start(), found[0], "other digits of this text are in half width")


def variants(text: str) -> Iterator[Remark]:
    """One noun written in two ways: サーバ and サーバー, 打合せ and 打ち合わせ. The rarer way is shown."""
    ways: dict[str, dict[str, int]] = {}
    for word in words(text):
        if word.part_of_speech.startswith("名詞-普通名詞") and len(word.surface) >= _SHORTEST_VARIANT and not word.surface.isascii():
            counts = ways.setdefault(word.normalized, {})
            counts[word.surface] = counts.get(word.surface, 0) + 1
    for counts in ways.values():
        usual = max(counts, key=lambda way: counts[way])
        for way in counts.keys() - {usual}:
            at = text.find(way)
            if at >= 0:
                yield Remark("variant", at, way, f"elsewhere in this text it is {usual}")


RULES: tuple[Callable[[str], Iterator[Remark]], ...] = (brackets, doubled, western_marks, half_width_kana, weekdays, digits, variants)
