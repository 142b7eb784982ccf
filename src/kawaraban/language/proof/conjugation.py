"""Forms that ask for another word behind them, which does not come: 発表し。, 語っ。, 運営る, 掛け合わた."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.words import kana_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.language.proof.grammar import Morpheme

_INFLECTED = frozenset(("動詞", "形容詞", "助動詞"))
_AUXILIARIES = frozenset(("れる", "られる", "せる", "させる", "ます"))
_ONE_STEP = ("下一段", "上一段", "サ行変格", "カ行変格", "助動詞-レル", "助動詞-マス")
_CAN = tuple("えけげせてねべめれ")
_AFTER_SMALL_TSU = "たちてとだで"  # 語った, 語っちゃう, 語って, 語っとく
_KANJI = re.compile(r"[\u3400-\u9fff]")
_QUOTED = re.compile(r"「[^」\n]*」|『[^』\n]*』")


def cut_short(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """Look at a sentence for words whose other half is missing; names and words that are told in kana are none."""
    told = kana_told(text)
    quoted = {at for found in _QUOTED.finditer(text) for at in range(*found.span())}
    for left, right in pairwise(row):
        if left.start in told or right.start in told:
            continue
        for rule in (_sentence_end, _small_tsu, _bare_ru, _to_te, _before_ta, _no_verb_before_ta, _stem_alone, _if_alone):
            if (mended := rule(left, right)) is not None:
                end = left.end if right.part[0] == "補助記号" else right.end
                message = f"「{text[left.start : right.end]}」はつながらない形です。文字が抜けていませんか。"
                yield Report("conjugation", Level.ERROR, left.start, end, text[left.start : end], message, mended or None)
                break
        else:
            # 決まってる: people speak so, newspapers do not write so.
            if right.base == "てる" and right.start not in quoted and left.part[0] in _INFLECTED:
                message = "「い」抜き言葉です。"
                yield Report(
                    "i-left-out", Level.WARN, right.start, right.end, right.surface, message, right.surface[0] + "い" + right.surface[1:]
                )


# Each rule returns None where it has nothing to say, and otherwise what would stand there, empty where that is not sure.


def _sentence_end(left: Morpheme, right: Morpheme) -> str | None:
    """As in 発表し。, 述べ。."""
    ends = left.part[0] == "動詞" or (left.part[0] == "助動詞" and left.base in _AUXILIARIES)
    if right.surface != "。" or not ends or not left.form.startswith("連用形-一般"):
        return None
    # 包丁を研げ: what can be done, says the dictionary; here it is a command.
    if left.base[-2:-1] in _CAN and left.plain[-2:] != left.base[-2:]:
        return None
    return f"{left.surface}た" if left.part[4].startswith(_ONE_STEP) else ""


def _small_tsu(left: Morpheme, right: Morpheme) -> str | None:
    """As in 語っ。, 夢であっ160キロ."""
    if left.part[0] not in _INFLECTED or left.form != "連用形-促音便" or right.surface[0] in _AFTER_SMALL_TSU:
        return None
    # 乗っ取り, 酔っ払い, ふなっしー: with a verb or a name behind it, it may be half of a longer one.
    if right.part[0] != "補助記号" and right.part[1] not in {"格助詞", "係助詞", "数詞"}:
        return None
    return f"{left.surface}た" + ("" if right.part[0] == "補助記号" else right.surface)


def _bare_ru(left: Morpheme, right: Morpheme) -> str | None:
    """As in 運営る."""
    return f"{left.surface}する" if left.part[2] == "サ変可能" and right.surface == "る" else None


def _to_te(left: Morpheme, right: Morpheme) -> str | None:
    """As in などとている."""
    both = left.part[0] == right.part[0] == "助詞" and (left.surface, right.surface) == ("と", "て")
    return "として" if both else None


def _before_ta(left: Morpheme, right: Morpheme) -> str | None:
    """As in 発表さた, 掛け合わて."""
    past = right.base == "た" and right.part[0] == "助動詞"
    if (
        left.part[0] not in _INFLECTED
        or not left.form.startswith("未然形")
        or not (past or (right.surface == "て" and right.part[0] == "助詞"))
    ):
        return None
    return f"され{right.surface}" if left.surface == "さ" else ""


def _no_verb_before_ta(left: Morpheme, right: Morpheme) -> str | None:
    """となた: た belongs to no noun and to no particle."""
    bare = left.part[0] in {"名詞", "代名詞", "副詞", "接尾辞", "助詞"} and not left.form.startswith("連用形")
    return "" if bare and right.surface == "た" and right.part[0] == "助動詞" else None


def _stem_alone(left: Morpheme, right: Morpheme) -> str | None:
    """書か、書類: what begins a negation or a passive, and goes on with neither."""
    apart = right.part[0] in {"名詞", "代名詞"} or right.surface in {"。", "、"}
    # Of a verb in kana alone nobody knows whether it is a verb, or a name: さがら草.
    verb = left.part[0] == "助動詞" or (left.part[0] == "動詞" and _KANJI.search(left.surface))
    return "" if apart and verb and left.form.startswith("未然形") else None


def _if_alone(left: Morpheme, right: Morpheme) -> str | None:
    """食べれ、: of verbs whose command is another form."""
    alone = left.part[0] == "動詞" and left.form.startswith("仮定形") and not left.part[4].startswith("五段")
    return "" if alone and right.part[0] in {"名詞", "補助記号"} else None
