"""A sentence as the proofreader sees it: words with a class each, and what the dictionary says they cost together.

A class is what matters for what may stand beside what: of a noun its kind, of a verb its conjugation and form, of a particle or an
auxiliary the word itself. So a model of classes that was trained on one kind of text holds for others, whatever they tell of.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from itertools import count
from typing import Any, NamedTuple

_of_this_thread = threading.local()
# Nouns that stand for grammar more than for things.
_FORMAL = frozenset(("こと", "もの", "ため", "よう", "とき", "ところ", "ほう", "わけ", "はず", "まま", "うち", "中", "上", "者", "氏", "日", "人", "年", "月"))  # fmt: skip
_MARKS = frozenset("、。「」()（）・")
_KANA_BRACKETS = re.compile(r"[(（][ぁ-んー・\s　=＝]+[^()（）]{0,20}[)）]|[「『][ぁ-んァ-ヶー]{1,6}[」』]|[ぁ-ん]{1,12}・[ぁ-ん]{1,12}")
# Bounded, and without another beginning inside: else a text of nothing but 『 is read once for each of them.
_HEADLINES = re.compile(r"『[^『』\n]{0,200}』")
_LONGEST = 400  # characters at once: what is longer is no sentence


class Word(NamedTuple):
    """A word at its place in the sentence, in characters."""

    start: int
    end: int
    kind: str
    part: str  # Sudachi's first level: 名詞, 動詞 …
    known: bool  # it stands in the dictionary


class Sentence(NamedTuple):
    """Words and their cost in the dictionary's own measure: what is unlikely costs more."""

    words: tuple[Word, ...]
    cost: int


def cut(text: str) -> Sentence:
    """Cut a text into its shortest words."""
    morphemes = tokenizer().tokenize(text[:_LONGEST])
    words = []
    for morpheme in morphemes:
        number = morpheme.part_of_speech_id()
        fixed, part = _fixed(number)
        # A letter that the dictionary writes as several (㍍) gives words without a place of their own.
        if part == "空白" or morpheme.begin() == morpheme.end():
            continue
        kind = fixed or _own(number, morpheme.surface(), morpheme)
        words.append(Word(morpheme.begin(), morpheme.end(), kind, part, not morpheme.is_oov()))
    return Sentence(tuple(words), int(morphemes.get_internal_cost()))


def kana_told(text: str) -> set[int]:
    """Return the places where a name or a word is told in kana: (ふるかわ・のりこ), 「なは」."""
    return {at for found in _KANA_BRACKETS.finditer(text) for at in range(found.start(), found.end() + 1)}


def headlines(text: str) -> set[int]:
    """Return the places of others' headlines and titles: 『…』."""
    return {at for found in _HEADLINES.finditer(text) for at in range(*found.span())}


@cache
def _fixed(number: int) -> tuple[str, str]:
    """Return the class of all words with this part of speech, or nothing where each has its own; and its first level."""
    first, second, third, _, conjugation, form = _parts()[number]
    if first == "名詞" and second == "固有名詞":
        return f"固{third[:2]}", first
    if first == "名詞" and second == "数詞":
        return "数", first
    if first == "動詞" and second != "非自立可能":
        return f"動{conjugation[:2]}{form.split('-')[0][:3]}{'音' if '音便' in form else ''}", first
    if first == "形容詞":
        return f"形{form.split('-')[0][:3]}", first
    if first == "形状詞":
        return f"状{second[:2]}", first
    return "", first


@cache
def _parts() -> tuple[tuple[str, ...], ...]:
    dictionary = _dictionary()
    return tuple(tuple(parts) for parts in iter(map(dictionary.pos_of, count()).__next__, None))


def _own(number: int, surface: str, morpheme: Any) -> str:
    first, second, third, _, _conjugation, form = _parts()[number]
    if first in {"助詞", "助動詞"}:
        return f"{surface}/{first[1]}{form[:3] if form != '*' else second[:2]}"
    if first == "補助記号":
        return surface if surface in _MARKS else "記"
    if first == "動詞":
        return f"{morpheme.dictionary_form()}/動{form[:3]}{surface[-1] if form.startswith('未然') else ''}"
    if first == "名詞":
        return f"{surface}/名" if surface in _FORMAL else f"名{third[:2]}"
    if first == "接尾辞":
        return f"尾{second[:3]}/{surface if len(surface) == 1 else ''}"
    return f"{first[:3]}/{surface if first in {'接続詞', '接頭辞', '代名詞', '連体詞'} else second[:2]}"


def tokenizer() -> Any:
    """Return this thread's tokenizer, which cuts into the shortest words."""
    found = getattr(_of_this_thread, "tokenizer", None)
    if found is None:
        from sudachipy import SplitMode

        found = _of_this_thread.tokenizer = _dictionary().tokenizer(SplitMode.A)
    return found


@cache
def _dictionary() -> Any:
    # Mapped into memory once a process, when the first text needs it.
    from sudachipy import Dictionary

    return Dictionary(dict="core")
