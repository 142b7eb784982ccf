"""Particles that cannot stand where they stand: 発表をよると, 橋をに, 来年へなる.

What the rules forbid was not to be found in a million and a half characters of published news, but for slips: see
docs/explanation/proofreading.md.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.words import kana_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.language.proof.grammar import Morpheme

_PARTICLES = frozenset("をがにはでとへ")
# Two of them side by side. Left out is what may be said: お礼にと, 支援をと, 海外へも, 誰にでも, 一端をになう.
_NEVER_BESIDE = {"を": "がはでへの", "が": "をにはでへもの", "に": "をがへの", "は": "をがにへも", "で": "をがにへ", "へ": "をがにで"}
# What follows only one particle, written in kana or not: the particle, and those that are nevertheless right (橋をわたって).
_FOLLOWS = {
    **dict.fromkeys(("よる", "よると", "よれば", "よって", "対し", "対して", "対する", "関し", "関して", "関する"), ("に", "")),
    **dict.fromkeys(("おける", "基づき", "基づく", "基づいて", "際し", "際して", "先立ち", "先立って"), ("に", "")),
    **dict.fromkeys(("おいて", "わたって", "わたり"), ("に", "を")),
    **dict.fromkeys(("めぐる", "めぐって"), ("を", "")),
    **dict.fromkeys(("除き", "除く"), ("を", "はに")),
}
# What stands before these words, as they are written here, is never one of these particles; and which of them is meant.
_WRONG_BEFORE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("於い", "於け", "つれて", "次ぐ", "次いで"), ("がはでへと", "に")),
    **dict.fromkeys(("従って", "従い", "沿って", "沿い", "反して", "反し", "先駆けて"), ("がをでへと", "に")),
    **dict.fromkeys(("伴い", "伴う", "伴って", "応えて", "比べて", "続いて", "至る"), ("でへ", "に")),
    **dict.fromkeys(("向けて",), ("がでと", "に")),
    **dict.fromkeys(("加えて", "備えて"), ("がでへと", "に")),
    **dict.fromkeys(("転じ", "陥っ"), ("がを", "に")),
    **dict.fromkeys(("通じて", "通して", "踏まえ", "踏まえて", "含めて"), ("でへと", "を")),
    **dict.fromkeys(("経て", "経た", "問わず", "除いて"), ("にでへと", "を")),
    **dict.fromkeys(("余儀",), ("がはにでへと", "を")),
    **dict.fromkeys(("上回る", "上回り", "上回っ", "下回る", "下回り", "下回っ", "超える", "超え", "目指し", "目指す"), ("とへ", "を")),
    **dict.fromkeys(("めどに", "めどと", "メドに", "メドと", "目途に", "目途と", "目処に", "目処と"), ("がはにでへと", "を")),
    **dict.fromkeys(("違いない", "違いなく", "違いなかっ"), ("がをはでへと", "に")),
}
_ABOUT = frozenset("はのも")
_CLOSED = "」』"
# Where something comes to be, no way leads to.
_NEVER_AFTER_HE = frozenset(("なる", "ある", "いる", "居る", "有る", "成る", "いう"))


def particles(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """Look at the particles of a sentence."""
    told = kana_told(text)
    for at, (left, right) in enumerate(pairwise(row)):
        if left.part[0] != "助詞" or left.surface not in _PARTICLES or at == 0 or left.start in told or right.start in told:
            continue
        if right.part[0] == "助詞" and right.surface in _NEVER_BESIDE.get(left.surface, ""):
            message = f"「{left.surface}」と「{right.surface}」は並びません。"
            yield Report("particle", Level.ERROR, left.start, right.end, text[left.start : right.end], message, None)
            continue
        after = row[at + 2] if at + 2 < len(row) else None
        proposed = _right(text, left, right, after) or _before_words(left, right, after) or _behind_words(row, at)
        if proposed is not None:
            message = f"「{left.surface}{right.surface}」は「{proposed}{right.surface}」ではありませんか。"
            yield Report("particle", Level.ERROR, left.start, left.end, left.surface, message, proposed)


def _right(text: str, left: Morpheme, right: Morpheme, after: Morpheme | None) -> str | None:
    """Return the particle that should stand before a word, if another does."""
    if right.part[0] not in {"動詞", "助動詞", "接続詞"}:
        return None
    together = right.surface + (after.surface if after is not None else "")
    only, also = _FOLLOWS.get(together) or _FOLLOWS.get(right.surface) or ("", "")
    if only and left.surface != only and left.surface not in also:
        return only
    if left.surface in "をでへ" and right.surface in {"いう", "いっ"} and text[left.start - 1] in _CLOSED:
        return "と"
    if left.surface == "へ" and right.base in _NEVER_AFTER_HE:
        return "と" if right.base == "いう" else "に"
    return None


def _before_words(left: Morpheme, right: Morpheme, after: Morpheme | None) -> str | None:
    """As in 川が沿って, 3月とメドに."""
    together = right.surface + (after.surface if after is not None else "")
    wrong, only = _WRONG_BEFORE.get(together) or _WRONG_BEFORE.get(right.surface) or ("", "")
    return only if left.surface in wrong else None


def _behind_words(row: Sequence[Morpheme], at: int) -> str | None:
    """As in 中止することがなった, 進むようを, 家族とともが, 橋はついては."""
    before, left, right = row[at - 1], row[at], row[at + 1]
    particle = left.surface
    if right.base in {"なる", "成る"} and right.surface[0] == "な":
        noun = before.part[0] in {"名詞", "接尾辞", "代名詞"}
        if (before.surface == "こと" and particle in "がではへ") or (noun and particle == "で"):
            return "に"
    if before.surface == "こと" and right.base in {"できる", "出来る"} and particle in "をでへと":
        return "が"
    if before.surface == "よう" and particle in "をがへは" and at > 1 and row[at - 2].part[0] in {"動詞", "助動詞"}:
        return "に"
    if before.surface == "明らか" and particle in "をがへ":
        return "に"
    if before.surface == "とも" and at > 1 and row[at - 2].surface == "と" and particle in "がはをでへ":
        return "に"
    stop = row[at + 3].surface if at + 3 < len(row) else ""
    if right.surface == "つい" and row[at + 2].surface == "て" and stop in _ABOUT and particle in "はへでと":
        return "に"
    if right.surface == "とっ" and row[at + 2].surface == "て" and stop in {"は", "の"} and particle in "はがへで":
        return "に"
    return None
