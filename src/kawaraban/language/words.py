"""Words: what a text is made of, in forms under which it is found however it was written."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any, NamedTuple

_TOKENS = re.compile(r"[가-힣]+|[a-z0-9][a-z0-9'’.&-]*|[^\W_]+", re.IGNORECASE)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〆]")
_HANGUL = re.compile(r"[가-힣]")
# Particles that cling to a Korean noun, longest first.
_PARTICLES = (
    "에서는", "으로는", "에게서", "까지는", "부터는", "이라고", "에서", "으로", "에게", "까지", "부터", "보다", "처럼", "이나", "라고",
    "하고", "이다", "은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만",
)  # fmt: skip
# Sudachi takes so many bytes at a time.
_LONGEST_BYTES = 40_000
_of_this_thread = threading.local()


class Word(NamedTuple):
    """A word in a text."""

    surface: str
    normalized: str
    part_of_speech: str  # Sudachi's first two levels, as 名詞-固有名詞


def normal(text: str) -> str:
    """Fold widths and case: half and full width, capital and small are one."""
    return unicodedata.normalize("NFKC", text).casefold()


def language_of(text: str) -> str:
    """Tell a text's language by its script."""
    if _HANGUL.search(text):
        return "ko"
    return "ja" if _JAPANESE.search(text) else "en"


def words(text: str) -> list[Word]:
    """Cut a Japanese text into its shortest words."""
    found = []
    for piece in _bite_sized(normal(text)):
        for morpheme in _sudachi().tokenize(piece, _mode("A")):
            kind = morpheme.part_of_speech()
            if kind[0] not in {"空白", "補助記号"}:
                found.append(Word(morpheme.surface(), morpheme.normalized_form().casefold(), f"{kind[0]}-{kind[1]}"))
    return found


def index_terms(text: str, language: str) -> list[str]:
    """Return the terms under which a text is found, in its order."""
    if language == "ja":
        return [word.normalized for word in words(text)]
    terms = []
    for token in _TOKENS.findall(normal(text)):
        if _HANGUL.match(token):
            terms.append(_without_particle(token))
        elif _JAPANESE.search(token):
            terms.extend(word.normalized for word in words(token))
        else:
            terms.append(_stem(token))
    return terms


def grams(text: str) -> list[str]:
    """Return the text's letters in pairs, and each alone: by these a word is found inside a longer one.

    「米韓」 stands in 「米韓首脳会談」, 「核」 in 「核抑止」, a katakana name with ・ and without.
    """
    found: list[str] = []
    for run in re.findall(r"\w+", normal(text).replace("・", "").replace("･", "")):
        found.extend(run[at : at + 2] for at in range(len(run) - 1))
        if len(run) == 1:
            found.append(run)
    return found


def letters(text: str) -> set[str]:
    """Return the single kanji of a text: words of one letter are found by these."""
    return {letter for letter in text if "\u3400" <= letter <= "\u9fff"}


_CONTENT = ("名詞-固有名詞", "名詞-普通名詞")


def content_terms(text: str, language: str) -> list[str]:
    """Return the terms that tell what a text is about: nouns and names in Japanese, longer words elsewhere."""
    if language == "ja":
        return [word.normalized for word in words(text) if word.part_of_speech in _CONTENT and len(word.normalized) > 1]
    shortest = 2 if language == "ko" else 4
    return [term for term in index_terms(text, language) if len(term) >= shortest and not term.isdigit()]


def _without_particle(token: str) -> str:
    for particle in _PARTICLES:
        if token.endswith(particle) and len(token) - len(particle) >= 2:  # noqa: PLR2004 - a noun of one syllable is left alone
            return token[: -len(particle)]
    return token


def _bite_sized(text: str) -> list[str]:
    if len(text.encode()) <= _LONGEST_BYTES:
        return [text]
    # Cut at sentence ends; a "sentence" that is still too long is cut by length.
    pieces, piece = [], ""
    for sentence in re.findall(r"[^。\n]{1,4000}[。\n]?|[。\n]", text):
        if len((piece + sentence).encode()) > _LONGEST_BYTES:
            pieces.append(piece)
            piece = ""
        piece += sentence
    return [*pieces, piece]


@lru_cache(50_000)
def _stem(token: str) -> str:
    import snowballstemmer

    return str(snowballstemmer.stemmer("english").stemWord(token))


def _sudachi() -> Any:
    # A tokenizer cuts one text at a time: a search asks while another thread indexes.
    tokenizer = getattr(_of_this_thread, "tokenizer", None)
    if tokenizer is None:
        tokenizer = _of_this_thread.tokenizer = _dictionary().tokenizer()
    return tokenizer


@cache
def _dictionary() -> Any:
    # Mapped into memory once a process, when the first Japanese text needs it.
    from sudachipy import Dictionary

    return Dictionary(dict="core")


@cache
def _mode(name: str) -> Any:
    from sudachipy import SplitMode

    return getattr(SplitMode, name)
