"""Letters that stand twice, where no word of the language would have them so: 幹幹線, 乗員員は, ドイイツ, 大統領はは、.

What these rules do not name is weighed by ``slips``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.words import kana_told, tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.language.proof.grammar import Morpheme

_PARTICLE_TWICE = re.compile(
    r"(?<=[\u3400-\u9fff々ァ-ヶーA-Za-z0-9」』）)])(はは|がが|をを|にに|のの|へへ|でで|とと)(?=[\u3400-\u9fffァ-ヶA-Za-z0-9「『、])"
)
_KATAKANA = re.compile(r"[ァ-ヶー]{4,}")
_KATAKANA_TWICE = re.compile(r"([ァ-ヶ])\1")
# A letter alone that ends one word and begins the next, after a noun: 理事会会長, 10時時点, 頭蓋骨骨折. To each, what may follow it.
_BODIES = frozenset("会社党市国館店隊団組局部課院校省州県都区町村駅港線所場室署庁軍派法園塁艦湖学車機車道府郡司寺城山川島橋裁教時年骨議")
_OF_BODIES = frozenset("長員首内外立民議主側名旗章歌有営務畔審境道路掌則約籍家判点明始末頭初体案折会政知児庁舎大")
_OF_COUNTED = frozenset("大")  # 三大大会
# In front of a number or a noun these are words of their own: 契約約5億円, 拡大大麻.
_IN_FRONT = frozenset("約大新前元全同各本故第計総副再")
# 北北西, 北北海道, 民主主義; of 日日 a pattern of its own tells: 22日日本時間 is right, 24日日午後 is not.
_ROWS = {"北": "西東海", "南": "東西", "東": "京", "西": "", "主": "主義婦"}
_DAY_TWICE = re.compile(
    r"(?<=[0-9０-９])日日(?![本曜中没付程常米韓朝露英仏独ソ伊豪銀])|(?<=毎)日日(?=新聞)|(?<![0-9０-９\u3400-\u9fff])日日(?=[本刊])"
)
# Behind a number these go on counting or telling when: 3日日間, 24日日ごろ. What else begins with 日 there is a word: 24日日経平均.
_OF_A_DAY = frozenset(("日間", "日ごろ", "日頃", "日夜", "日後", "日目", "日前", "日内"))
_NEVER_A_WORD = re.compile(r"([\u3400-\u9fff])\1")  # 様様, 努努: newspapers write 様々
_SHORT = 2
_BACK = 3  # so many words are looked at for one that a letter ends: 我|が|国
_BEFORE_A_LETTER = re.compile(r"[\u3400-\u9fff々0-9０-９]$")
_REALLY_TWICE = frozenset("日電市町村道")
_WORDS = frozenset((("都", "市"), ("骨", "折"), ("弟", "子"), ("警", "部"), ("業", "者"), ("着", "用")))  # 東京都都市整備局, ろっ骨骨折
_PLACES = frozenset("市町村")  # 今市市
_LONG, _LONG_PART = 3, 3
# Twice the same of these, side by side.
_NEVER_TWICE = frozenset(("られ", "られる", "れる", "ます", "まし", "です", "でし", "ない", "なかっ", "たい", "た", "だ"))


def twice(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """Look at a sentence for what stands twice."""
    closed = kana_told(text)
    for start, end in (*_of_particles(text), *_of_kanji(text, row), *_of_katakana(text), *_of_words(row)):
        if start not in closed and end - 1 not in closed:
            half = text[start : start + (end - start) // 2]
            yield Report("doubled", Level.ERROR, start, end, text[start:end], f"「{half}」が重なっていませんか。", half)
    for word in (word for at, word in enumerate(row) if _is_doubled_word(word) and _standing(row, at) is _MARKED):
        marked = f"{word.surface[0]}々"
        yield Report("doubled", Level.WARN, word.start, word.end, word.surface, f"「{word.surface}」は「{marked}」と書きます。", marked)


def _of_particles(text: str) -> Iterator[tuple[int, int]]:
    for found in _PARTICLE_TWICE.finditer(text):
        yield found.span(1)


def _of_kanji(text: str, row: Sequence[Morpheme]) -> Iterator[tuple[int, int]]:
    begun = {word.start: word for word in row}
    yield from (found.span() for found in _DAY_TWICE.finditer(text) if not _begins_a_word(begun.get(found.end() - 1)))
    yield from ((word.start, word.end) for at, word in enumerate(row) if _is_doubled_word(word) and _standing(row, at) is _SLIP)
    for at, (left, right) in enumerate(pairwise(row)):
        letter = text[right.start]
        if left.end != right.start or text[left.end - 1] != letter or not "\u3400" <= letter <= "\u9fff" or letter == "日":
            continue
        before = row[at - 1] if at and row[at - 1].end == left.start else None
        # は握 of は握握手 is no word: its last letter is. 我が国 of 我が国国民 is one.
        length = left.end - left.start
        long_left, long_right = (
            length > _SHORT or (length == _SHORT and not "ぁ" <= text[left.end - 2] <= "ん"),
            right.end - right.start > 1,
        )
        if not (long_left and long_right) and not _may_stand_twice(letter, text[right.start + 1 : right.start + 2], before, left, right):
            yield left.end - 1, right.start + 1


def _begins_a_word(word: Morpheme | None) -> bool:
    """Whether what stands behind a day of the month is a word of its own: 24日|日経, 26日|日弁連."""
    return word is not None and len(word.surface) > 1 and word.surface not in _OF_A_DAY and _ends_a_word(word.surface)


_SLIP, _MARKED, _TWO_WORDS = "slip", "marked", "two words"


def _is_doubled_word(word: Morpheme) -> bool:
    return word.surface[0] not in _REALLY_TWICE and bool(_NEVER_A_WORD.fullmatch(word.surface))


def _standing(row: Sequence[Morpheme], at: int) -> str:
    """Say what a word is that is a letter twice: a slip, what is written with 々 (段段畑, 人人), or two words of which each has one (我が国国民)."""
    letter = row[at].surface[0]
    before = [row[begin].surface for begin in range(max(0, at - _BACK), at) if _touch(row[begin : at + 1])]
    after = row[at + 1] if _touch(row[at : at + 2]) and at + 1 < len(row) else None
    goes_on = after.surface if after and after.part[0] in {"名詞", "接尾辞"} and after.surface[0] >= "\u3400" else ""
    begins = bool(goes_on) and _ends_a_word(f"{letter}{goes_on}")
    if begins and any(_ends_a_word(f"{''.join(before[number:])}{letter}") for number in range(len(before))):
        return _TWO_WORDS
    # 王様様, 5人人: the letter has its word already. 様様子: it begins one, where 段々畑 is one.
    is_led_up_to = bool(before) and bool(_BEFORE_A_LETTER.search(before[-1]))
    if is_led_up_to or not _ends_a_word(f"{letter}々") or (begins and not _ends_a_word(f"{letter}々{goes_on}")):
        return _SLIP
    return _MARKED


def _touch(row: Sequence[Morpheme]) -> bool:
    return all(left.end == right.start for left, right in pairwise(row))


def _may_stand_twice(letter: str, follows: str, before: Morpheme | None, left: Morpheme, right: Morpheme) -> bool:
    """Whether a letter ends a word, or is one, and begins the next. One of the two words is that letter alone."""
    if (letter, follows) in _WORDS:
        return True
    if right.end - right.start == 1:
        is_own = letter in _IN_FRONT or right.part[0] == "接頭辞" or (letter in _PLACES and left.part[1] in {"固有名詞", "名詞的"})
        return is_own or (letter in _BODIES and follows in _OF_BODIES)
    if before is not None and before.part[0] == "連体詞" and _ends_a_word(f"{before.surface}{left.surface}"):
        return True  # その後後任
    if before is not None and _is_called_so(letter, before) and _ends_a_word(right.surface):
        return True
    if before is None or before.part[0] not in {"名詞", "接尾辞", "接頭辞"}:
        return letter in _ROWS and bool(follows) and follows in _ROWS[letter]
    counted = before.part[1] == "数詞" and (left.part[2] == "助数詞可能" or left.part[0] == "接尾辞")  # 6回回る, 2発発砲
    if counted or _ends_a_word(f"{before.surface}{left.surface}"):
        return True
    if letter in _ROWS:
        return bool(follows) and follows in _ROWS[letter]
    return before.part[1] == "数詞" if letter in _OF_COUNTED else letter in _BODIES and follows in _OF_BODIES


def _is_called_so(letter: str, before: Morpheme) -> bool:
    """Whether a letter makes a name or a word, which no dictionary has, of what stands before it: 父母の会, 海を守る会, 出入り口."""
    if letter == "会":
        return before.surface == "の" or (before.part[0] == "動詞" and before.form.startswith(("連体形", "終止形")))
    return letter == "口" and before.part[0] == "名詞" and "ぁ" <= before.surface[-1] <= "ん"


@lru_cache(1000)
def _ends_a_word(letters: str) -> bool:
    """Whether letters are a word as people think of them: 保育園, 県警, 水着, but not 日本代."""
    from sudachipy import SplitMode

    words = tokenizer().tokenize(letters, SplitMode.C)
    return len(words) == 1 and not words[0].is_oov()


def _of_katakana(text: str) -> Iterator[tuple[int, int]]:
    for run in _KATAKANA.finditer(text):
        for found in _KATAKANA_TWICE.finditer(run[0]):
            once = run[0][: found.start()] + run[0][found.start() + 1 :]
            if _is_made_of_words(once) and not _is_made_of_words(run[0]):
                yield run.start() + found.start(), run.start() + found.end()


@lru_cache(10_000)
def _is_made_of_words(katakana: str) -> bool:
    """Whether letters are a word of the dictionary, or several that are not too short."""
    words = tokenizer().tokenize(katakana)
    if any(word.is_oov() for word in words):
        return False
    if len(words) == 1:
        return len(katakana) >= _LONG
    return all(word.end() - word.begin() >= _LONG_PART for word in words)


def _of_words(row: Sequence[Morpheme]) -> Iterator[tuple[int, int]]:
    for left, right in pairwise(row):
        if left.surface == right.surface in _NEVER_TWICE and left.part[0] == right.part[0] == "助動詞" and left.end == right.start:
            yield left.start, right.end
        elif left.part[2] == "サ変可能" and right.surface.startswith("すす") and right.part[0] == "動詞":
            yield right.start, right.start + 2
