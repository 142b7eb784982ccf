"""Korean: particles that fit the syllable before them, and how a name in Hangul could be written in Latin letters and in kana.

Romanised by the Revised Romanisation of 2000, syllable by syllable, as it asks for names; family names as it spells them, not as people may
spell their own (Lee, Park). Kana as Japanese newspapers write Korean names: voiced between vowels, finals run into the vowel that follows.
Both are proposals: only the bearer of a name knows.
"""

from __future__ import annotations

from typing import NamedTuple

_FIRST, _LAST = 0xAC00, 0xD7A3
_FINALS, _VOWELS = 28, 21
_NO_FINAL, _RIEUL = 0, 8
_INITIAL_RR = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWEL_RR = ["a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"]
_FINAL_RR = (
    "",
    *[
        "k",
        "k",
        "k",
        "n",
        "n",
        "n",
        "t",
        "l",
        "k",
        "m",
        "l",
        "l",
        "l",
        "p",
        "l",
        "m",
        "p",
        "p",
        "t",
        "t",
        "ng",
        "t",
        "t",
        "k",
        "t",
        "p",
        "t",
    ],
)
# How digits end when they are read in Korean: 영 일 이 삼 사 오 육 칠 팔 구. ㄹ counts as open before 로.
_DIGIT_FINALS = dict(zip("0123456789", (21, 8, 0, 16, 0, 0, 1, 8, 8, 0), strict=True))
_LATIN_OPEN = frozenset("aeiouywcdfghjkpqstvxzb")  # read as Korean names of letters, l m n r alone end in a consonant
_LATIN_FINALS = {"l": _RIEUL, "r": _RIEUL, "m": 16, "n": 4}

# Kana by initial and vowel: plain initials are voiced between sounds that are voiced.
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "n": "ナニヌネノ", "t": ("タ", "ティ", "トゥ", "テ", "ト"),
    "d": ("ダ", "ディ", "ドゥ", "デ", "ド"), "r": "ラリルレロ", "m": "マミムメモ", "p": "パピプペポ", "b": "バビブベボ", "s": "サシスセソ",
    "ch": ("チャ", "チ", "チュ", "チェ", "チョ"), "j": ("ジャ", "ジ", "ジュ", "ジェ", "ジョ"), "h": ("ハ", "ヒ", "フ", "ヘ", "ホ"),
}  # fmt: skip
_INITIALS = ("k", "k", "n", "t", "t", "r", "m", "p", "p", "s", "s", "", "ch", "ch", "ch", "k", "t", "p", "h")
_VOICED = {0: "g", 3: "d", 7: "b", 12: "j"}  # ㄱ ㄷ ㅂ ㅈ
# For each vowel: which of アイウエオ, and what glides before it.
_GLIDES = (
    (0, ""), (3, ""), (0, "y"), (3, "y"), (4, ""), (3, ""), (4, "y"), (3, "y"), (4, ""), (0, "w"), (3, "w"), (3, "w"), (4, "y"), (2, ""),
    (4, "w"), (3, "w"), (1, "w"), (2, "y"), (2, ""), (1, "u"), (1, ""),
)  # fmt: skip
_SMALL_Y = {0: "ャ", 2: "ュ", 4: "ョ", 3: "ェ"}
_WIDE_Y = {0: "ヤ", 2: "ユ", 4: "ヨ", 3: "イェ"}
_WIDE_W = {0: "ワ", 1: "ウィ", 3: "ウェ", 4: "ウォ"}
_KANA_FINALS = (
    "",
    *[
        "ク",
        "ク",
        "ク",
        "ン",
        "ン",
        "ン",
        "ッ",
        "ル",
        "ク",
        "ム",
        "ル",
        "ル",
        "ル",
        "プ",
        "ル",
        "ム",
        "プ",
        "プ",
        "ッ",
        "ッ",
        "ン",
        "ッ",
        "ッ",
        "ク",
        "ッ",
        "プ",
        "ッ",
    ],
)
_VOICED_FINALS = frozenset((_NO_FINAL, 4, 5, 6, _RIEUL, 16, 21))  # none, ㄴ, ㄹ, ㅁ, ㅇ
_SILENT = 11  # ㅇ as an initial
# A final that runs into the vowel that follows, as the initial that it becomes.
_RUNS_ON = {1: 0, 4: 2, 7: 3, _RIEUL: 5, 16: 6, 17: 7, 19: 9, 22: 12}


class _Syllable(NamedTuple):
    initial: int
    vowel: int
    final: int


def with_particle(word: str, pair: str) -> str:
    """Put the particle of a pair behind a word that fits how it ends: 은/는, 이/가, 을/를, 과/와, 으로/로, 이라/라.

    The first of a pair stands behind a consonant. What is neither Hangul, digit nor Latin letter is left with both: 은(는).
    """
    closed, _, opened = pair.partition("/")
    final = _final(word)
    if final is None:
        return f"{word}{closed}({opened})"
    open_ended = final == _NO_FINAL or (opened == "로" and final == _RIEUL)
    return word + (opened if open_ended else closed)


def romanised(name: str) -> str:
    """Write a Korean person's name in Latin letters, family name first: 한세진 becomes Han Sejin. Empty if it is not all Hangul."""
    syllables = _syllables(name)
    if not syllables:
        return ""
    parts = [_INITIAL_RR[each.initial] + _VOWEL_RR[each.vowel] + _FINAL_RR[each.final] for each in syllables]
    family = 2 if len(parts) > 3 else 1  # noqa: PLR2004 - 남궁, 황보: four syllables are two and two
    return " ".join(part.capitalize() for part in ("".join(parts[:family]), "".join(parts[family:])) if part)


def in_kana(name: str) -> str:
    """Write a Korean person's name in katakana: 한세진 becomes ハン・セジン. Empty if it is not all Hangul."""
    syllables = _syllables(name)
    if not syllables:
        return ""
    family = 2 if len(syllables) > 3 else 1  # noqa: PLR2004
    # The given name is voiced as it is spoken behind the family name: キム・デジュン, パク・チソン.
    parts = [_read(syllables[:family], -1), _read(syllables[family:], syllables[family - 1].final)]
    return "・".join(part for part in parts if part)


def _read(syllables: list[_Syllable], before: int) -> str:
    kana = ""
    for at, syllable in enumerate(syllables):
        follows = syllables[at + 1].initial if at + 1 < len(syllables) else -1
        initial = syllable.initial
        runs_on = at > 0 and initial == _SILENT and before in _RUNS_ON
        if runs_on:
            initial = _RUNS_ON[before]
        voiced = runs_on or before in _VOICED_FINALS
        kana += _sound(_VOICED[initial] if voiced and initial in _VOICED else _INITIALS[initial], syllable.vowel)
        if not (follows == _SILENT and syllable.final in _RUNS_ON):
            kana += _KANA_FINALS[syllable.final]
        before = syllable.final
    return kana


def _sound(row: str, vowel: int) -> str:
    at, glide = _GLIDES[vowel]
    if glide == "u":  # 의
        return _ROWS[row][2] + "イ" if not row else _ROWS[row][1]
    if glide == "w":
        return _WIDE_W[at] if not row else _ROWS[row][2] + {0: "ァ", 1: "ィ", 3: "ェ", 4: "ォ"}[at]
    if glide == "y" and row not in {"s", "ch", "j"}:
        return _WIDE_Y[at] if not row else _ROWS[row][1] + _SMALL_Y[at]
    if glide == "y":
        return _ROWS[row][at] if row != "s" else "シ" + _SMALL_Y[at]
    return _ROWS[row][at]


def _final(word: str) -> int | None:
    for letter in reversed(word.rstrip(")）」』”’\"' ")):
        if "가" <= letter <= "힣":
            return (ord(letter) - _FIRST) % _FINALS
        if letter in _DIGIT_FINALS:
            return _DIGIT_FINALS[letter]
        lower = letter.lower()
        if lower in _LATIN_FINALS:
            return _LATIN_FINALS[lower]
        return _NO_FINAL if lower in _LATIN_OPEN else None
    return None


def _syllables(text: str) -> list[_Syllable]:
    found = []
    for letter in text.replace(" ", ""):
        if not _FIRST <= ord(letter) <= _LAST:
            return []
        number = ord(letter) - _FIRST
        found.append(_Syllable(number // (_VOWELS * _FINALS), number // _FINALS % _VOWELS, number % _FINALS))
    return found
