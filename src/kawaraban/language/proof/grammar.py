"""Grammar: forms that cannot stand where they stand.

Rules that name what is wrong. What no rule names is looked for by ``slips``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.proof.cases import cases, sources
from kawaraban.language.proof.conjugation import cut_short
from kawaraban.language.proof.joins import joins
from kawaraban.language.proof.particles import particles
from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.twice import twice
from kawaraban.language.proof.words import tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.language.proof.shapes import Style

# Nouns of grammar, before which a verb stands in the form that it has before nouns; never as the end of a clause.
_GRAMMAR_NOUNS = frozenset(("こと", "ため", "わけ", "はず", "とき", "ところ", "もの", "よう", "まま"))
_SURE_NOUNS = frozenset(("こと", "ため", "わけ", "はず"))
# Saying and thinking: what is said or thought stands before them with と.
_SAYING = frozenset(
    (
        *("直感", "予想", "予測", "推測", "推定", "確信", "判断", "期待", "指摘", "説明", "強調", "主張", "発言", "述懐", "認識", "想像", "懸念"),
        *("断言", "明言", "言明", "宣言", "回答", "返答", "反論", "批判", "分析", "警告", "報道", "発表", "予言", "約束", "提案", "示唆", "告白"),
        *("証言", "実感", "痛感", "解説", "補足", "語る", "述べる", "話す", "言う", "思う", "考える", "答える", "訴える", "感じる", "信じる"),
        *("見る", "伝える", "報じる", "明かす", "振り返る", "語る", "見込む", "見通し", "確認", "表明", "公表", "反省", "理解", "評価", "見積もる"),
        *("認める", "断じる", "論じる", "説く", "漏らす", "打ち明ける", "記す", "見なす", "捉える", "受け止める", "評する", "嘆く", "悔やむ", "疑う"),
        *("誓う", "決める", "決意", "決心", "呼びかける", "呼び掛ける", "促す", "誘う", "試みる", "企てる", "狙う", "判明", "付け加える", "言い切る"),
        *("断定", "推察", "結論", "釈明", "弁明", "供述", "力説", "提言", "提唱", "通知", "謝罪", "弁解", "忠告", "助言", "称賛", "絶賛", "抗議"),
    )
)  # fmt: skip
# Of these 的 makes what stands before nouns; none of them does without it: 圧倒し決定的な.
_JOINS = frozenset(("かつ", "且つ"))


class Morpheme(NamedTuple):
    """A word with what the dictionary knows of it."""

    start: int
    end: int
    surface: str
    part: tuple[str, ...]
    base: str  # as the dictionary lists it
    plain: str  # however it was written

    @property
    def form(self) -> str:
        """The conjugated form."""
        return self.part[5]


def morphemes(text: str) -> list[Morpheme]:
    """Cut a sentence into words with all that the dictionary knows of them."""
    return [
        Morpheme(word.begin(), word.end(), word.surface(), tuple(word.part_of_speech()), word.dictionary_form(), word.normalized_form())
        for word in tokenizer().tokenize(text)
        if word.part_of_speech()[0] != "空白" and word.begin() < word.end()
    ]


def grammar(text: str, style: Style) -> Iterator[Report]:
    """Look at one sentence; places count from its beginning."""
    row = morphemes(text)
    for rule in (
        _before_nouns,
        _without_to,
        _without_teki,
        _ra_left_out,
        _sa_put_in,
        _object_twice,
        cut_short,
        joins,
        particles,
        sources,
        cases,
        twice,
    ):
        yield from rule(text, row)


def _before_nouns(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """連携されことで, 参加しため: a verb that ends a clause stands before a noun of grammar."""
    for left, right in pairwise(row):
        if right.part[0] != "名詞" or right.surface not in _GRAMMAR_NOUNS or not left.form.startswith("連用形-一般"):
            continue
        auxiliary = left.part[0] == "助動詞" and left.base in {"れる", "られる", "せる", "させる"}
        verb = left.part[0] == "動詞" and right.surface in _SURE_NOUNS and left.start > 0
        if auxiliary or verb:
            one_step = auxiliary or left.part[4].startswith(("下一段", "上一段"))
            mended = text[left.start : left.end] + "る" + right.surface if one_step else None
            message = f"「{left.surface}」は「{right.surface}」の前に置けない活用形です。送りがなが抜けていませんか。"
            yield _report("conjugation", Level.ERROR, text, left.start, right.end, message, mended)


def _without_to(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """だろう直感した, 再開する見込んでいる: what is thought or said, without its と."""
    for at, (left, right) in enumerate(pairwise(row)):
        if left.part[0] not in {"動詞", "形容詞", "助動詞"} or not left.form.startswith(("意志推量形", "終止形", "連体形")):
            continue
        follows = row[at + 2] if at + 2 < len(row) else None
        ends = left.form.startswith("意志推量形") or (left.base in {"だ", "です", "ます"} and left.form.startswith("終止形"))
        if _is_said(right, follows) if ends else _is_only_said(left, right, follows):
            mended = f"{left.surface}と{right.surface}"
            yield _report("missing-to", Level.ERROR, text, left.start, right.end, "引用の「と」が抜けています。", mended)


def _is_said(word: Morpheme, follows: Morpheme | None) -> bool:
    if word.plain not in _SAYING:
        return False
    return word.part[0] == "動詞" or (word.part[2] == "サ変可能" and follows is not None and follows.base in {"する", "できる"})


def _is_only_said(left: Morpheme, word: Morpheme, follows: Morpheme | None) -> bool:
    """Whether a word can stand behind a verb in this form with と alone: before a noun a verb may stand so, before another verb never."""
    if follows is None or left.base in {"だ", "よる", "いう"}:  # 調査による確認された…, という説明している: another slip, if one
        return False
    if word.surface == "見":
        return follows.base in {"られる", "込む"}
    is_noun = word.part[2] == "サ変可能" and follows.base == "する"
    # 語り口, 考え方: the beginning of a noun.
    is_verb = word.part[0] == "動詞" and follows.part[0] in {"助動詞", "助詞", "動詞"} and follows.surface not in {"の", "は", "も"}
    return word.plain in _SAYING and (is_noun or is_verb)


def _without_teki(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """圧倒し決定的な: two of a kind before a noun, and one lacks its 的."""
    for at in range(len(row) - 4):
        noun, verb, second, suffix, ending = row[at : at + 5]
        if not (noun.part[:2] == ("名詞", "普通名詞") and verb.surface == "し" and verb.base == "する" and verb.form.startswith("連用形")):
            continue
        if suffix.surface != "的" or second.part[0] != "名詞" or ending.surface not in {"な", "で", "に"}:
            continue
        before = row[at - 1] if at else None
        # 抜本し: what is no verb stands so behind かつ alone; 安定し may be a clause of its own (公平かつ安定し).
        if noun.part[2] != "サ変可能" and (before is None or before.plain not in _JOINS):
            continue
        if before is not None and before.part[0] in {"助詞", "名詞", "接尾辞"} and before.surface not in _JOINS:
            continue  # it has an object, or is the end of a longer noun: a clause of its own
        sure = before is not None and before.plain in _JOINS and noun.part[2] != "サ変形状詞可能"
        message = f"「{noun.surface}し」は「{second.surface}的」と並びません。「{noun.surface}的」ではありませんか。"
        mended = f"{noun.surface}的で{second.surface}的"
        yield _report("missing-teki", Level.ERROR if sure else Level.WARN, text, noun.start, suffix.end, message, mended)


def _ra_left_out(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """食べれる for 食べられる."""
    for left, right in pairwise(row):
        one_step = left.part[0] == "動詞" and left.part[4].startswith(("下一段", "上一段", "カ行変格"))
        if one_step and left.form.startswith("未然形") and right.base == "れる":
            mended = f"{left.surface}ら{right.surface}"
            yield _report("ra-left-out", Level.WARN, text, left.start, right.end, "「ら」抜き言葉です。", mended)
    for word in row:
        if word.part[0] != "動詞" or not word.base.endswith("れる") or word.plain == word.base:
            continue
        stem = word.base[:-2]
        if _is_one_step(stem + "る", word.plain) and word.surface.startswith(stem + "れ"):
            mended = f"{stem}られ{word.surface[len(stem) + 1 :]}"
            yield _report("ra-left-out", Level.WARN, text, word.start, word.end, "「ら」抜き言葉です。", mended)


@lru_cache(1000)
def _is_one_step(verb: str, plain: str) -> bool:
    """Whether a verb conjugates in one step (食べる), or is 来る."""
    found = tokenizer().tokenize(verb)
    return (
        len(found) == 1
        and found[0].normalized_form() == plain
        and found[0].part_of_speech()[4].startswith(("上一段", "下一段", "カ行変格"))
    )


def _sa_put_in(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """読まさせていただく for 読ませていただく."""
    for left, right in pairwise(row):
        if left.part[0] == "動詞" and left.part[4].startswith("五段") and left.form.startswith("未然形") and right.base == "させる":
            mended = left.surface + right.surface[1:]
            yield _report("sa-put-in", Level.WARN, text, left.start, right.end, "「さ」入れ言葉です。", mended)


# をめどに, を機に: this を tells when and how.
_SETTING = re.compile(r"めど|目安|目標|機|前|期|皮切り|契機|はじめ|始め|中心|除|含|経|通|めぐ|巡|もっ|以って|持っ|境|最後|控え")


def _object_twice(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """市長を会議を開いた: を twice, and nothing between that could take the first."""
    last: Morpheme | None = None
    for word in row:
        if word.part[0] == "助詞" and word.surface == "を":
            if last is not None and word.start > last.end and not any(_SETTING.match(text, each.end) for each in (last, word)):
                message = "一つの述語に「を」が二つあります。"
                yield _report("object-twice", Level.WARN, text, last.start, word.end, message, None)
            last = word
        elif word.part[0] in {"動詞", "形容詞", "助動詞", "補助記号", "形状詞", "記号"} or word.surface in {
            "と",
            "や",
            "て",
            "か",
            "中心",
            "除き",
            "はじめ",
        }:
            last = None
        elif word.part[2] == "サ変可能" or word.part[2] == "副詞可能":
            last = None  # 〜を開催、…: a noun that does a verb's work; を this year


def _report(rule: str, level: Level, text: str, start: int, end: int, message: str, suggestion: str | None) -> Report:
    return Report(rule, level, start, end, text[start:end], message, suggestion)
