"""Words: what a text is made of, in forms under which it is found however it was written."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kawaraban.language.variants import common_kanji

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKENS = re.compile(r"[가-힣]+|[a-z0-9][a-z0-9'’.&-]*|[^\W_]+", re.IGNORECASE)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〆]")
_HANGUL = re.compile(r"[가-힣]")
_CJK = r"[\u3040-\u30ff\u3400-\u9fff々〆가-힣]"
_IN_BETWEEN = re.compile(rf"[・･·]|(?<={_CJK})[ \t]+(?={_CJK})")
# Particles that cling to a Korean noun, longest first.
_PARTICLES = (
    "에서는", "으로는", "에게서", "까지는", "부터는", "이라고", "에서", "으로", "에게", "까지", "부터", "보다", "처럼", "이나", "라고",
    "하고", "이다", "은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만",
)  # fmt: skip
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_NOTHING = frozenset({"空白", "補助記号"})
_UNKNOWN_WORD = "名詞-普通名詞"
# Sudachi takes so many bytes at a time.
_LONGEST_BYTES = 40_000
_of_this_thread = threading.local()
# Two threads that need the dictionary at once would map it twice, and unmap one.
_mapping = threading.Lock()


class Word(NamedTuple):
    """A word in a text."""

    surface: str
    normalized: str
    part_of_speech: str  # Sudachi's first two levels, as 名詞-固有名詞
    reading: str = ""  # in hiragana


class Unit(NamedTuple):
    """A word as people think of it (選挙管理委員会), and the shortest words that it is made of (選挙, 管理, 委員, 会)."""

    whole: Word
    parts: tuple[Word, ...]


def normal(text: str) -> str:
    """Fold what is written in two ways: half and full width, capital and small, original and common kanji are one."""
    return common_kanji(unicodedata.normalize("NFKC", text).casefold())


def hiragana(text: str) -> str:
    """Write katakana as hiragana; all else stays."""
    return text.translate(_TO_HIRAGANA)


def language_of(text: str) -> str:
    """Tell a text's language by its script."""
    if _HANGUL.search(text):
        return "ko"
    return "ja" if _JAPANESE.search(text) else "en"


def words(text: str) -> list[Word]:
    """Cut a Japanese text into its shortest words."""
    return [part for unit in _cut(text, _shortest) for part in unit.parts]


def units(text: str) -> list[Unit]:
    """Cut a Japanese text into words, each with its parts."""
    return _cut(text, _longest)


def _cut(text: str, cut: Callable[[str], list[Unit]]) -> list[Unit]:
    found: list[Unit] = []
    for piece in _bite_sized(normal(text)):
        try:
            found.extend(cut(piece))
        except BaseException as error:
            if not is_panic(error):
                raise
            # The text keeps its letters, by which it is found; and the tokenizer that broke is used no more.
            _of_this_thread.tokenizer = None
            found.extend(Unit(word, (word,)) for token in re.findall(r"\w+", piece) for word in (Word(token, token, _UNKNOWN_WORD),))
    return found


def word_ends(text: str) -> tuple[set[int], set[int]]:
    """Return where words end in a Japanese text, in characters: words as people think of them, and the shortest words."""
    found: tuple[set[int], set[int]] = (set(), set())
    start = 0
    for piece in _bite_sized(text):
        # Cut twice: the parts of a word do not know their places.
        for ends, mode in zip(found, ("C", "A"), strict=True):
            try:
                ends.update(start + morpheme.end() for morpheme in _sudachi().tokenize(piece, _mode(mode)))
            except BaseException as error:
                if not is_panic(error):
                    raise
                # No word is known to be torn then; and the tokenizer that broke is used no more.
                _of_this_thread.tokenizer = None
                ends.update(range(start, start + len(piece) + 1))
        start += len(piece)
    return found


def _shortest(piece: str) -> list[Unit]:
    told = (morpheme for morpheme in _sudachi().tokenize(piece, _mode("A")) if morpheme.part_of_speech()[0] not in _NOTHING)
    return [Unit(word, (word,)) for word in map(_word, told)]


def _longest(piece: str) -> list[Unit]:
    found = []
    for morpheme in _sudachi().tokenize(piece, _mode("C")):
        if morpheme.part_of_speech()[0] in _NOTHING:
            continue
        whole = _word(morpheme)
        parts = morpheme.split(_mode("A"), add_single=False)
        found.append(Unit(whole, tuple(_word(part) for part in parts) or (whole,)))
    return found


def is_panic(error: BaseException) -> bool:
    """Whether an error is a panic in a library that is written in Rust: no ``Exception``, and its class can be imported from nowhere."""
    return type(error).__name__ == "PanicException" and not isinstance(error, Exception)


def _word(morpheme: Any) -> Word:
    kind = morpheme.part_of_speech()
    surface = morpheme.surface()
    # The normalised form of one kanji is often another's: 灯 would stand under 火.
    normalized = surface if len(surface) == 1 else common_kanji(morpheme.normalized_form().casefold())
    return Word(surface, normalized, f"{kind[0]}-{kind[1]}", hiragana(normal(morpheme.reading_form())))


def index_terms(text: str, language: str) -> list[str]:
    """Return the terms under which a text is found, in its order."""
    if language == "ja":
        return [word.normalized for word in words(text)]
    terms = []
    for token in _TOKENS.findall(normal(text)):
        if _HANGUL.match(token):
            terms.append(bare_korean(token))
        elif _JAPANESE.search(token):
            terms.extend(word.normalized for word in words(token))
        else:
            terms.append(stem(token))
    return terms


def grams(text: str) -> list[str]:
    """Return the text's letters in pairs, and each alone: by these a word is found inside a longer one.

    「米韓」 stands in 「米韓首脳会談」, 「核」 in 「核抑止」, a katakana name with ・ and without.
    """
    found: list[str] = []
    for run in runs(text):
        found.extend(run[at : at + 2] for at in range(len(run) - 1))
        if len(run) == 1:
            found.append(run)
    return found


def runs(text: str) -> list[str]:
    """Return what stands between marks, folded; ・ and spaces within Japanese or Korean are no mark (「학교 축제」 is 「학교축제」)."""
    return re.findall(r"\w+", _IN_BETWEEN.sub("", normal(text)))


def letters(text: str) -> set[str]:
    """Return the single kanji and syllables of a text: words of one letter are found by these."""
    return {letter for letter in text if "\u3400" <= letter <= "\u9fff" or "가" <= letter <= "힣"}


_NAME, _NOUN = "名詞-固有名詞", "名詞-普通名詞"


def told_words(text: str, language: str) -> list[tuple[str, bool]]:
    """Return the terms that tell what a text is about, and of each whether it is a name: nouns in Japanese, longer words elsewhere."""
    if language == "ja":
        kinds = [(word.normalized, word.part_of_speech) for paragraph in text.split("\n") for word in words(paragraph)]
        return [(term, kind == _NAME) for term, kind in kinds if kind in {_NAME, _NOUN} and len(term) > 1]
    shortest = 2 if language == "ko" else 4
    return [(term, False) for term in index_terms(text, language) if len(term) >= shortest and not term.isdigit()]


def bare_korean(token: str) -> str:
    """Take the particle off a Korean word."""
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
def stem(token: str) -> str:
    """Return an English word's stem; other words stay as they are."""
    import snowballstemmer

    return str(snowballstemmer.stemmer("english").stemWord(token))


def _sudachi() -> Any:
    # A tokenizer cuts one text at a time: a search asks while another thread indexes.
    tokenizer = getattr(_of_this_thread, "tokenizer", None)
    if tokenizer is None:
        with _mapping:
            tokenizer = _of_this_thread.tokenizer = _dictionary().tokenizer()
    return tokenizer


@cache
def _dictionary() -> Any:
    # Mapped into memory once a process, when the first Japanese text needs it, and never unmapped: the search process counts on that.
    from sudachipy import Dictionary

    return Dictionary(dict="core")


@cache
def _mode(name: str) -> Any:
    from sudachipy import SplitMode

    return getattr(SplitMode, name)
