"""What a text is found by: the same for documents and for queries, or nothing would be found.

A text in any of the three languages becomes terms (words in their normalised form), readings (of Japanese words, in hiragana), and
marks (a number with what it counts: 台風5号 is not 台風15号). Terms carry a weight, which a query uses: a noun tells more than a verb;
and of those that tell what a text is about, whether they are names.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.words import Word, bare_korean, normal, stem, units

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

# Function words are in every text; a phrase of them is found by its letters.
_FUNCTIONS = ("助詞", "助動詞", "記号")
_TELL_LESS = ("動詞", "形容詞", "副詞", "接続詞", "感動詞", "連体詞", "代名詞")
_TELL_NOTHING = frozenset({"為る", "成る", "有る", "居る", "事", "物", "為", "等", "出来る", "言う", "因る"})
LESS, NEARLY_NOTHING = 0.6, 0.3
_LATIN_OR_DIGIT = re.compile(r"[a-z0-9][a-z0-9'’.,&-]*")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〆]")
_NUMBER = "名詞-数詞"
_COUNTED = ("名詞", "接尾辞", "接頭辞")
_LONGEST_TERM = 200
_NAME, _NOUN = "名詞-固有名詞", "名詞-普通名詞"
# A noun of one letter, and a Latin word of three, tell too little of what a text is about.
_SHORTEST_TOLD, _SHORTEST_LATIN = 2, 4
_CAPITALISED = re.compile(r"(?<=[a-z0-9,;:’'\"] )[A-Z][A-Za-z'’-]+")
_ENGLISH_FUNCTIONS = re.compile(
    "a|an|and|are|as|at|be|been|but|by|for|from|had|has|have|he|her|his|in|is|it|its|of|on|or|our|she|that|the|their|them|they|this|to|was|we"
    "|were|what|when|which|who|will|with|you"
)


# What stands at a name's end is read in several ways, and so are some words wherever they stand.
_READ_SO_TOO = {
    "山": ("やま", "さん", "ざん"), "川": ("かわ", "がわ"), "河": ("かわ", "がわ"), "島": ("しま", "じま", "とう"), "町": ("まち", "ちょう"),
    "村": ("むら", "そん"), "海": ("うみ", "かい"), "橋": ("はし", "ばし"), "沢": ("さわ", "ざわ"), "谷": ("たに", "だに", "や"), "岳": ("たけ", "だけ"),
    "寺": ("てら", "でら", "じ"), "城": ("しろ", "じょう"), "浜": ("はま", "ばま"), "原": ("はら", "ばら"), "崎": ("さき", "ざき"), "田": ("た", "だ"),
}  # fmt: skip
_READ_ANYWHERE = {
    "日本": ("にっぽん", "にほん"),
    "明日": ("あす", "あした"),
    "昨日": ("きのう", "さくじつ"),
    "今日": ("きょう", "こんにち"),
}


class Tells(IntEnum):
    """What a word tells of a text's subject."""

    NOTHING = 0
    NOUN = 1
    NAME = 2
    MARK = 3
    DAY = 4


class Term(NamedTuple):
    """A word as the index knows it."""

    text: str
    surface: str  # as it stands in the folded text
    weight: float  # of a query's word
    reading: str = ""
    tells: Tells = Tells.NOTHING


class Analysed(NamedTuple):
    """A text, cut."""

    terms: tuple[Term, ...]
    marks: tuple[str, ...]
    readings: tuple[str, ...]
    functions: int = 0  # how many particles and the like stand between


def analysed(text: str) -> Analysed:
    """Cut a text of any length. Paragraphs are cut one by one, so that other threads have their turn between two of them."""
    terms: list[Term] = []
    marks: list[str] = []
    readings: list[str] = []
    functions = 0
    for paragraph in text.split("\n"):
        if paragraph and not paragraph.isspace():
            found = _analysed(paragraph)
            terms.extend(found.terms)
            marks.extend(found.marks)
            readings.extend(found.readings)
            functions += found.functions
    return Analysed(tuple(terms), tuple(marks), tuple(readings), functions)


@lru_cache(256)
def analysed_query(text: str) -> Analysed:
    """Cut what was typed."""
    return analysed(text)


def _analysed(text: str) -> Analysed:
    folded = normal(text)
    names = {normal(name) for name in _CAPITALISED.findall(text)}
    terms: list[Term] = []
    marks: list[str] = []
    readings: list[str] = []
    functions = 0
    if _JAPANESE.search(folded):
        for piece in re.findall(r"[가-힣\s]+|[^가-힣]+", folded):
            if "가" <= piece.strip()[:1] <= "힣":
                terms.extend(_plain_terms(piece, names))
            elif piece.strip():
                functions += _japanese(piece, terms, marks, readings)
    else:
        terms.extend(_plain_terms(folded, names))
    return Analysed(tuple(terms), tuple(marks), tuple(readings), functions)


def _japanese(text: str, terms: list[Term], marks: list[str], readings: list[str]) -> int:
    """Cut a Japanese text; return how many function words it has."""
    functions = 0
    before: Word | None = None
    for unit in units(text):
        told = False
        for word in unit.parts:
            if before is not None and _NUMBER in {before.part_of_speech, word.part_of_speech} and _are_counted(before, word):
                marks.append(_whole(before.normalized + word.normalized))
            before = word
            if word.part_of_speech.startswith(_FUNCTIONS):
                functions += 1
                continue
            told = True
            terms.append(_term(word))
            if len(unit.parts) > 1 and word.reading and not word.part_of_speech.startswith(_NUMBER):
                readings.append(_whole(word.reading))
        if told and unit.whole.reading and not unit.whole.part_of_speech.startswith(_NUMBER):
            readings.append(_whole(unit.whole.reading))
            readings.extend(map(_whole, also_read(unit.whole)))
    return functions


def also_read(word: Word) -> Iterator[str]:
    """Yield other readings of a word: the dictionary gives one, and 富士山 ends there as mountains of other names do (ふじやま)."""
    ways = _READ_SO_TOO.get(word.surface[-1:], ()) if len(word.surface) > 1 else ()
    end = max((way for way in ways if word.reading.endswith(way)), key=len, default="")
    if end:
        yield from (word.reading.removesuffix(end) + way for way in ways if way != end)
    for part, readings in _READ_ANYWHERE.items():
        known = next((way for way in readings if way in word.reading), "") if part in word.surface else ""
        yield from (word.reading.replace(known, way, 1) for way in readings if known and way != known)


def _term(word: Word) -> Term:
    tells = Tells.NOTHING
    if word.part_of_speech in {_NAME, _NOUN} and len(word.normalized) >= _SHORTEST_TOLD:
        tells = Tells.NAME if word.part_of_speech == _NAME else Tells.NOUN
    if _LATIN_OR_DIGIT.fullmatch(word.surface):
        return Term(_whole(stem(word.surface)), word.surface, 1.0, tells=tells)
    weight = LESS if word.part_of_speech.startswith(_TELL_LESS) else 1.0
    if word.normalized in _TELL_NOTHING:
        weight = NEARLY_NOTHING
    return Term(_whole(word.normalized), word.surface, weight, word.reading, tells)


def _are_counted(before: Word, word: Word) -> bool:
    return before.part_of_speech.startswith(_COUNTED) and word.part_of_speech.startswith(_COUNTED)


def _plain_terms(folded: str, names: Container[str]) -> list[Term]:
    terms = []
    for token in re.findall(r"[가-힣]+|[a-z0-9][a-z0-9'’.&-]*|[^\W_]+", folded):
        if "가" <= token[0] <= "힣":
            bare = bare_korean(token)
            terms.append(Term(_whole(bare), token, 1.0, tells=Tells.NOUN if len(bare) >= _SHORTEST_TOLD else Tells.NOTHING))
        else:
            trimmed = token.strip("'’.&-")
            weight = NEARLY_NOTHING if _ENGLISH_FUNCTIONS.fullmatch(trimmed) else 1.0
            tells = Tells.NAME if trimmed in names else Tells.NOUN
            if len(trimmed) < _SHORTEST_LATIN or trimmed.isdigit() or weight < 1:
                tells = Tells.NOTHING
            terms.append(Term(_whole(stem(trimmed)), trimmed, weight, tells=tells))
    return terms


def _whole(text: str) -> str:
    # The index cuts its fields at spaces, and has no place for terms without end.
    return "".join(text.split())[:_LONGEST_TERM]


def analysed_units(text: str) -> list[tuple[str, str]]:
    """Return, for each word that tells something, how the text goes on from it: as it is written and as it is read."""
    cut = [(unit.whole.surface, unit.whole.reading, unit.whole.part_of_speech) for unit in units(text)]
    found = []
    for at, (_, _, kind) in enumerate(cut):
        if not kind.startswith(_FUNCTIONS):
            following = cut[at : at + 6]
            found.append(("".join(surface for surface, _, _ in following), "".join(reading for _, reading, _ in following)))
    return found
