"""Marks and widths: brackets, punctuation, digits, katakana."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report, Width
from kawaraban.language.proof.words import headlines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof.shapes import Style

_PAIRS = {"「": "」", "『": "』", "(": ")", "（": "）", "【": "】", "〈": "〉", "《": "》", "｢": "｣"}
_CLOSING = {end: start for start, end in _PAIRS.items()}
_FACES = re.compile(
    r"[:;]['\-^]?[()]|[注註][0-9０-９]*[)）]|\([\^;:_][^()\n]{0,6}\)|\([\^;:_]"
    r"|(?:^|(?<=[、。\s\u3000]))[(（]?[0-9０-９a-zA-Zア-ン一二三四五六七八九十가나다라마바사아자차카타파하]{1,3}[)）]",
    re.MULTILINE,
)  # :) and (^_^) and 1)
_DOUBLED = re.compile(r"。。+|、、+|[。、][、。]|(?<![・…])・・(?![・…])")
_NEVER_TWICE = re.compile(r"([ッンャュョゃゅょ])\1")
_WESTERN = re.compile(r"(?<=[ぁ-んァ-ヶー一-鿿])(?:,(?![0-9A-Za-z])|\.(?![0-9A-Za-z.]))")
_HALF_WIDTH_KANA = re.compile(r"[ｦ-ﾟ]+")
_FULL_DIGITS, _HALF_DIGITS = re.compile(r"[０-９]+(?:[.．,，][０-９]+)*"), re.compile(r"[0-9]")
_FULL_LATIN, _HALF_LATIN = re.compile(r"[Ａ-Ｚａ-ｚ]{2,}"), re.compile(r"[A-Za-z]{2,}")
_BLANK = re.compile(r"(?<=[ぁ-んァ-ヶー一-鿿、。])[ \u3000]+(?=[、。」』）)])")
_COUNTED = "人|件|回|日間|カ月|年間|時間|カ国|台|隻|校|社|歳"
_KANJI_NUMBER = re.compile(rf"(?<![一二三四五六七八九十百千万第数何])(?!一人|二人)([一二三四五六七八九])({_COUNTED})(?![一-鿿ァ-ヶ])")
_NUMBERS = str.maketrans("一二三四五六七八九", "123456789")


def brackets(text: str, style: Style) -> Iterator[Report]:
    """Brackets that are opened and never closed, or closed and never opened. A quotation may run over several paragraphs.

    Of a line the first is told: what else does not fit in it follows from that one.
    """
    others = headlines(text)
    for at, mark in unpaired(text):
        message = f"「{mark}」が閉じられていません。" if mark in _PAIRS else f"「{mark}」に対応する開きかっこがありません。"
        # What others called theirs is theirs: 『(上』.
        level = Level.WARN if at in others and mark not in "『』" else Level.ERROR
        yield Report("brackets", level, at, at + 1, mark, message)


def unpaired(text: str) -> Iterator[tuple[int, str]]:
    """Yield the brackets that have no other half, of each line the first."""
    faces = {at for found in _FACES.finditer(text) for at in range(found.start(), found.end())}
    opened: list[tuple[int, str]] = []
    alone: list[tuple[int, str]] = []
    for at, letter in enumerate(text):
        if at in faces:
            continue
        if letter in _PAIRS:
            opened.append((at, letter))
        elif letter in _CLOSING:
            if opened and _fits(opened[-1][1], letter):
                opened.pop()
            else:
                alone.append((at, letter))
    told: set[int] = set()
    for at, letter in sorted(alone + opened):
        line = text.rfind("\n", 0, at)
        if line not in told:
            told.add(line)
            yield at, letter


def _fits(opening: str, closing: str) -> bool:
    return unicodedata.normalize("NFKC", opening) == unicodedata.normalize("NFKC", _CLOSING[closing])


def doubled_marks(text: str, style: Style) -> Iterator[Report]:
    """A mark that is written twice."""
    for found in _DOUBLED.finditer(text):
        # Of two different marks, one is often what a link or a name has left behind.
        level = Level.ERROR if len(set(found[0])) == 1 else Level.WARN
        yield Report("doubled-mark", level, *found.span(), found[0], "句読点が重なっています。", found[0][-1])


def doubled_small_kana(text: str, style: Style) -> Iterator[Report]:
    """What no Japanese word has twice."""
    for found in _NEVER_TWICE.finditer(text):
        yield Report("doubled", Level.ERROR, *found.span(), found[0], f"「{found[1]}」が重なっています。", found[1])


def western_marks(text: str, style: Style) -> Iterator[Report]:
    """A comma or full stop of Latin script behind a Japanese letter."""
    for found in _WESTERN.finditer(text):
        mark = (style.comma or "、") if found[0] == "," else "。"
        yield Report("western-mark", Level.WARN, *found.span(), found[0], f"和文では「{mark}」を使います。", mark)


def half_width_kana(text: str, style: Style) -> Iterator[Report]:
    """Katakana in half width."""
    for found in _HALF_WIDTH_KANA.finditer(text):
        right = unicodedata.normalize("NFKC", found[0])
        yield Report("half-width-kana", Level.ERROR, *found.span(), found[0], "半角カナは使いません。", right)


def widths(text: str, style: Style) -> Iterator[Report]:
    """Digits and Latin letters in both widths in one text, where the house style has not chosen: those in full width are shown."""
    for chosen, full, half, what in (
        (style.digits, _FULL_DIGITS, _HALF_DIGITS, "数字"),
        (style.latin, _FULL_LATIN, _HALF_LATIN, "英字"),
    ):
        wide, narrow = list(full.finditer(text)), half.findall(text)
        if chosen is not Width.ANY or not narrow or not wide:
            continue
        for found in wide:
            right = unicodedata.normalize("NFKC", found[0])
            message = f"この記事には半角の{what}もあります。幅をそろえてください。"
            yield Report("widths", Level.WARN, *found.span(), found[0], message, right)


def blanks(text: str, style: Style) -> Iterator[Report]:
    """A blank before a mark that no blank stands before."""
    for found in _BLANK.finditer(text):
        yield Report("blank", Level.WARN, *found.span(), found[0], "句読点やかっこの前に空白があります。", "")


def number_styles(text: str, style: Style) -> Iterator[Report]:
    """三人 in a text that counts 3人 elsewhere."""
    for found in _KANJI_NUMBER.finditer(text):
        if re.search(rf"[0-9０-９]{found[2]}", text):
            right = found[1].translate(_NUMBERS) + found[2]
            message = f"ほかでは算用数字で「{found[2]}」を数えています。書き方をそろえてください。"
            yield Report("number-style", Level.HINT, *found.span(), found[0], message, right)
