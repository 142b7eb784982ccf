"""What cannot stand behind what: 経過していと, 攻略対象とて, 兆しがあと, 京都によば, 声を受て.

Each rule looks at two neighbours (and, where it must, at those around them). All of them were counted before they were let in: in a
million and a quarter characters of published news none was met more than three times, and then mostly as a slip.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.words import headlines, kana_told, tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kawaraban.language.proof.grammar import Morpheme

_INFLECTED = frozenset(("動詞", "形容詞", "助動詞"))
_NOUNS = frozenset(("名詞", "代名詞", "接頭辞", "形状詞"))
_APART = frozenset(("名詞", "代名詞", "接頭辞", "形状詞", "補助記号", "助詞", "連体詞"))
_COMMON = frozenset("はがをにでもの")
# Forms that stand before た and て, and what these begin with.
_BEFORE_TA = {"連用形-促音便": "たちてとだで", "連用形-撥音便": "だでじどち", "連用形-イ音便": "たてだでちとど"}
_BARE = frozenset(("名詞", "代名詞", "接頭辞", "接尾辞"))
_KANJI = re.compile(r"[\u3400-\u9fff]")
_ONE_KANJI = re.compile(r"[\u3400-\u9fff]")
# Verbs whose whole stem is one kanji: 見て, 得た. All others show a kana: 受けて, 求めた.
_STEM_OF_ONE = frozenset("見出得経寝着似居来煮干射診獲観視看為鋳")
# With た, て or a passive behind it, a noun is half a verb.
_OF_VERBS = frozenset(("て", "ては", "ても", "た", "たら", "ず", "れ", "れる", "られ", "られる", "せ", "せる", "させ", "なかっ", "ます", "まし", "たり", "らる"))  # fmt: skip
# Nouns that a verb stands before in its full form; a clause hardly begins with them.
_LEANING = frozenset(("際", "場合", "うえ", "ところ", "まま", "以前", "疑い", "見込み", "恐れ", "おそれ", "可能性", "最中", "とき", "こと", "意向", "方針", "予定"))  # fmt: skip
# To these です and である belong; なにかが「見通しある」 nowhere.
_NEVER_HAD = frozenset(("見通し", "予定", "方針", "見込み", "状態", "模様", "意向"))
_CONJUGATED_IN_ONE_STEP = ("下一段", "上一段", "サ行変格", "助動詞-レル", "助動詞-マス")
# What only に leads to, when nothing but its first kanji is there: に対始末書, に関お知らせ.
_LED_BY_NI = {"対": "対する", "関": "関する", "伴": "伴う", "基": "基づく"}
_ADJECTIVES = frozenset("高低多強弱長短早遅近遠深浅広狭重軽良悪少")
_NEVER_BEFORE_OBJECTS = frozenset(("やむ", "ざる"))


# Kanji that are half a verb, and no noun behind を: 督促を行。.
_STEMS = frozenset("行組加問知失示執交損忘受務認求決続始進述伝届設含抑迎抜訴挙逃避招誘襲狙撃殴蹴刺断果増減開閉")
_ENDS_OF_STEMS = "えけげせぜてでねべめれいきぎしじちにびみりっん"


class Near(NamedTuple):
    """Two neighbours, and those around them."""

    before: Morpheme | None
    left: Morpheme
    right: Morpheme
    after: Morpheme | None


def joins(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """Look at what stands side by side in a sentence. Names that are told in kana are left alone."""
    closed, titles = kana_told(text), headlines(text)
    for at in range(len(row) - 1):
        if row[at].part[0] in _BARE and (row[at + 1].part[0] in _BARE or row[at + 1].surface in _COMMON):
            continue  # a noun and its particle, and nothing for any rule
        near = Near(row[at - 1] if at else None, row[at], row[at + 1], row[at + 2] if at + 2 < len(row) else None)
        if near.left.start in closed or near.right.start in closed or near.left.end != near.right.start:
            continue
        for rule in _RULES:
            if near.left.start in titles and rule in _NOT_IN_HEADLINES:
                continue
            if (mended := rule(near)) is not None:
                start, end = near.left.start, near.right.end
                message = f"「{text[start:end]}」はつながらない形です。文字が抜けていませんか。"
                yield Report("conjugation", Level.ERROR, start, end, text[start:end], message, mended or None)
                break


# Each rule returns None where it has nothing to say, and otherwise what would stand there, empty where that is not sure.


def _i_before_noun(near: Near) -> str | None:
    """As in 流通してい千円札, 経過していと."""
    left, right = near.left, near.right
    is_i = left.surface == "い" and left.base == "いる" and left.form.startswith("連用形")
    goes_on = near.before is not None and near.before.surface in {"て", "で"}
    return "" if is_i and goes_on and (right.part[0] in _NOUNS or right.surface in {"と", "の", "が", "。"}) else None


def _before_particle(near: Near) -> str | None:
    """As in 供述しという, 運ばれのは."""
    left, right = near.left, near.right
    if left.part[0] not in {"動詞", "助動詞"} or left.form != "連用形-一般" or right.part[0] != "助詞":
        return None
    if right.part[1] == "準体助詞" and right.surface == "の":
        return "" if left.part[4].startswith(_CONJUGATED_IN_ONE_STEP) else None
    # 大駆け, 打ち上げ: the form of a verb in one step may be a noun, but not right behind a particle.
    clause = not left.part[4].startswith(("下一段", "上一段")) or (near.before is not None and near.before.part[0] == "助詞")
    if right.surface == "と" and left.part[4].startswith(_CONJUGATED_IN_ONE_STEP) and clause:
        return f"{left.surface}たと"
    return "" if right.surface in {"が", "を"} and left.part[4].startswith(("サ行変格", "助動詞-レル")) else None


def _before_leaning(near: Near) -> str | None:
    """As in 逮捕され際, 殺害しようとし疑い."""
    left, right = near.left, near.right
    if left.part[0] not in {"動詞", "助動詞"} or left.form != "連用形-一般" or right.surface not in _LEANING:
        return None
    return "" if left.part[4].startswith(("サ行変格", "助動詞-レル")) or (near.before is not None and near.before.surface == "を") else None


def _changed_for_ta(near: Near) -> str | None:
    """As in 行っ点検, 並んものの, 書いと: forms that stand before た and て only."""
    left, right = near.left, near.right
    allowed = _BEFORE_TA.get(left.form)
    if allowed is None or left.part[0] not in _INFLECTED or right.part[0] not in _APART or right.surface == "ぷた":
        return None
    if left.form == "連用形-イ音便" and right.surface == "の":  # 結いの党
        return None
    if not _KANJI.search(left.surface):
        # ふなっしー: of kana alone nobody knows whether they are a verb, but before a noun, a mark or a particle of case.
        clear = left.form == "連用形-促音便" and (right.part[0] in {"補助記号", "名詞"} or right.part[1] in {"格助詞", "係助詞"})
        return "" if clear and right.surface[0] not in allowed else None
    # 入り込んと話した: behind the nasal comes だ, and と is another word.
    return "" if right.surface[0] not in allowed or (left.form == "連用形-撥音便" and right.surface == "と") else None


def _interjection(near: Near) -> str | None:
    """As in 恐れがあ国, シンボルであ旧市民球場: あ is half of ある."""
    left, right = near.left, near.right
    half = right.surface == "あ" and right.part[0] == "感動詞" and left.part[0] == "助詞" and left.surface in {"が", "で", "も", "に", "は"}
    goes_on = near.after is not None and "ぁ" <= near.after.surface[0] <= "ん"  # あたご
    return f"{left.surface}ある" if half and not goes_on else None


def _yo(near: Near) -> str | None:
    """As in 発表によば, 報道によと."""
    left, right = near.left, near.right
    led = near.before is not None and near.before.surface == "に"
    return "" if led and left.surface == "よ" and right.surface[0] in "ば、と" else None


def _tote(near: Near) -> str | None:
    """As in 歌手とて活動した."""
    left, right = near.left, near.right
    if right.surface != "とて" or left.part[0] not in {"名詞", "接尾辞"} or not _KANJI.search(left.surface):
        return None
    return None if near.after is None or near.after.surface == "も" else f"{left.surface}として"


def _half_a_verb(near: Near) -> str | None:
    """As in 声を受て, 会議を開た, 要請を認ず: a noun before what belongs to verbs."""
    left, right = near.left, near.right
    if (
        right.surface not in _OF_VERBS
        or right.part[0] not in {"助詞", "助動詞"}
        or (right.part[0] == "助詞" and right.surface in {"れ", "せ"})
    ):
        return None
    if left.part[0] == "動詞":
        alone = _ONE_KANJI.fullmatch(left.surface) and left.surface not in _STEM_OF_ONE
        apart = near.before is None or not _KANJI.search(near.before.surface[-1])
        return _completed(left.surface, right.surface) if alone and apart else None
    if left.part[0] not in _BARE or left.form.startswith("連用形") or not _KANJI.search(left.surface[-1]):
        return None
    if left.part[2] == "サ変可能" and right.surface in {"て", "た", "ず"}:
        return f"{left.surface}{'せ' if right.surface == 'ず' else 'し'}{right.surface}"
    return _completed(left.surface, right.surface) if _ONE_KANJI.fullmatch(left.surface) else ""


@lru_cache(1000)
def _completed(kanji: str, ending: str) -> str:
    """Return the one verb that a kanji may be the beginning of: 述べた for 述た; empty if there are none or several."""
    found = []
    for kana in _ENDS_OF_STEMS:
        words = tokenizer().tokenize(kanji + kana + ending)
        verb = len(words) > 1 and words[0].surface() == kanji + kana and words[0].part_of_speech()[0] == "動詞" and not words[0].is_oov()
        if verb and words[1].surface() == ending and words[0].part_of_speech()[5].startswith(("連用形", "未然形")):
            found.append(kanji + kana + ending)
    return found[0] if len(found) == 1 else ""


def _toru(near: Near) -> str | None:
    """As in 通行止めとっている, 過去最多とる: とる has an object, and と belongs to なる."""
    left, right = near.left, near.right
    if left.part[0] not in {"名詞", "接尾辞"} or right.surface not in {"とる", "とり", "とっ"} or right.part[0] != "動詞":
        return None
    return f"{left.surface}とな{right.surface[1:]}"


def _after_object(near: Near) -> str | None:
    """As in 督促を行。, 特集を組、: what is done with an object."""
    left, right, after = near.left, near.right, near.after
    alone = left.surface == "を" and right.surface in _STEMS and right.part[0] != "動詞"
    return "" if alone and after is not None and after.surface in {"、", "。"} else None


def _after_ni(near: Near) -> str | None:
    """As in 全員に対始末書を."""
    left, right, after = near.left, near.right, near.after
    if left.surface != "に" or right.surface not in _LED_BY_NI or right.part[0] == "動詞" or after is None:
        return None
    return f"に{_LED_BY_NI[right.surface]}" if after.part[0] == "名詞" else ""


def _plain_before_ta(near: Near) -> str | None:
    """As in 首都に限るた, いただた: た stands behind another form."""
    left, right = near.left, near.right
    if left.part[0] not in _INFLECTED or not left.form.startswith("終止形") or right.surface not in {"た", "て"}:
        return None
    sure = (left.part[0] == "助動詞" and left.surface != "まい") or _KANJI.search(left.surface)
    return "" if sure and right.part[0] in {"助詞", "助動詞"} and right.part[1] != "終助詞" else None


def _ru_alone(near: Near) -> str | None:
    """As in みらる雲, 知らるアメリカ."""
    left, right = near.left, near.right
    return "" if right.part[0] == "助動詞" and right.surface in {"る", "らる"} and left.form.startswith("未然形") else None


def _na_before_comma(near: Near) -> str | None:
    """As in のみとな、: な is half of なり."""
    left, right = near.left, near.right
    led = near.before is not None and near.before.surface in {"と", "に"}
    return "なり、" if led and left.surface == "な" and right.surface == "、" else None


def _tou(near: Near) -> str | None:
    """As in 設立されたとう。."""
    left, right = near.left, near.right
    said = near.before is not None and near.before.part[0] in _INFLECTED
    return "という。" if said and left.surface == "とう" and right.surface == "。" else None


def _su_before_noun(near: Near) -> str | None:
    """As in 引退す選手, 問題に対す見解."""
    left, right = near.left, near.right
    if left.part[0] != "動詞" or right.part[0] not in {"名詞", "代名詞", "接頭辞"} or not left.form.startswith("終止形"):
        return None
    classic = left.part[4].startswith("文語サ行") or (left.surface == "す" and left.base in {"す", "する"})
    led = left.surface in {"対す", "関す"} and near.before is not None and near.before.surface == "に"
    return f"{left.surface}る{right.surface}" if (classic and near.before is not None) or led else None


def _had(near: Near) -> str | None:
    """As in 下がる見通しある。."""
    left, right = near.left, near.right
    return f"{left.surface}で{right.surface}" if left.surface in _NEVER_HAD and right.base == "ある" and right.surface[0] == "あ" else None


def _polite(near: Near) -> str | None:
    """As in ありませんでし」."""
    left, right = near.left, near.right
    stem = left.part[0] == "助動詞" and left.surface in {"でし", "まし"}
    return (
        f"{left.surface}た" + right.surface
        if stem and right.part[0] in {"補助記号", "助詞", "名詞"} and right.surface[0] not in "たて"
        else None
    )


def _adjective_before_to(near: Near) -> str | None:
    """As in 可能性が高との見方."""
    left, right, after = near.left, near.right, near.after
    if left.surface not in {"が", "は", "も"} or right.surface not in _ADJECTIVES or after is None or after.surface not in {"と", "との"}:
        return None
    return f"{left.surface}{right.surface}い"


def _not_left_out(near: Near) -> str | None:
    """As in 出せかった, 始めり、: half of a denial, and an ending of another verb."""
    left, right = near.left, near.right
    if left.form == "命令形" and right.surface == "かっ" and right.part[0] == "動詞":
        return f"{left.surface}なかっ"
    classic = right.surface == "り" and right.part[0] == "助動詞"
    return "" if classic and left.form == "連用形-一般" and left.part[4].startswith(("下一段", "上一段")) else None


def _object_of_no_verb(near: Near) -> str | None:
    """As in 報告書を。."""
    left, right = near.left, near.right
    return "" if left.surface in {"を", "の"} and left.part[1] == "格助詞" and right.surface == "。" and near.before is not None else None


def _sentence_before_object(near: Near) -> str | None:
    """As in 進めるを説明した: what is said stands with と, what is done with の."""
    left, right = near.left, near.right
    if left.part[0] not in _INFLECTED or not left.form.startswith(("終止形", "連体形")) or left.surface in _NEVER_BEFORE_OBJECTS:
        return None
    return "" if right.surface in {"を", "へ"} and right.part[1] == "格助詞" and left.part[0] != "形容詞" else None


def _stem_before_other(near: Near) -> str | None:
    """As in 食べれ駅: of a verb's condition without its ば."""
    left, right = near.left, near.right
    alone = left.form.startswith("仮定形") and left.part[0] == "動詞"
    return f"{left.surface}ば" if alone and right.surface == "、" and left.part[4].startswith(("サ行", "下一段", "上一段")) else None


_RULES: tuple[Callable[[Near], str | None], ...] = (
    *(_i_before_noun, _before_particle, _before_leaning, _changed_for_ta, _interjection, _yo, _tote, _half_a_verb, _toru, _after_object),
    *(_after_ni, _plain_before_ta, _ru_alone, _na_before_comma, _tou, _su_before_noun, _had, _polite, _adjective_before_to),
    *(_sentence_before_object, _stem_before_other, _not_left_out, _object_of_no_verb),
)
# 名馬死す春の天皇賞, 責任とる: headlines have a grammar of their own.
_NOT_IN_HEADLINES = frozenset((_su_before_noun, _toru, _half_a_verb, _before_particle, _had))
