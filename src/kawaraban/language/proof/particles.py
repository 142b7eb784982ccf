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
        proposed = _right(text, left, right, after)
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
