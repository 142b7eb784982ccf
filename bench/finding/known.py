"""Known item: somebody asks for a story by its headline, or by what is left of it in memory. The headline is not in the index."""

from __future__ import annotations

import random
import unicodedata
from typing import TYPE_CHECKING

from finding.corpus import News, document
from kawaraban.discovery.index import Index
from kawaraban.discovery.shapes import Query
from kawaraban.language.words import units

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.language.words import Unit

_FUNCTIONS = ("助詞", "助動詞", "記号")
_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_VOICED = {"\u3099": "ﾞ", "\u309a": "ﾟ"}


def known_item(corpus: list[News], directory: Path, *, every: int = 1) -> list[tuple[str, float, float, float]]:
    """Return for each kind of question: its name, recall@1, recall@10, MRR."""
    index = Index(directory)
    for start in range(0, len(corpus), 500):
        index.put(document(news, title="") for news in corpus[start : start + 500])
        index.commit()
    dice = random.Random(7)
    rows = []
    asked = corpus[::every]
    for name, change in KINDS:
        first = within = 0
        reciprocal = 0.0
        for news in asked:
            found = [story for _, story in index.search(Query(text=change(news.title, dice), limit=10)).hits]
            if news.id in found:
                place = found.index(news.id)
                first += place == 0
                within += 1
                reciprocal += 1 / (place + 1)
        rows.append((name, first / len(asked), within / len(asked), reciprocal / len(asked)))
    return rows


def as_it_is(title: str, dice: random.Random) -> str:
    return title


def in_kana(title: str, dice: random.Random) -> str:
    """Nothing is converted."""
    return "".join(_read(unit) for unit in _cut(title))


def one_word_in_kana(title: str, dice: random.Random) -> str:
    """The longest word is not converted."""
    cut = _cut(title)
    longest = max(range(len(cut)), key=lambda at: len(cut[at].whole.reading) if _told(cut[at]) else 0)
    return "".join(_read(unit) if at == longest else unit.whole.surface for at, unit in enumerate(cut))


def half_width(title: str, dice: random.Random) -> str:
    """Katakana and digits as some terminals write them."""
    written = []
    for letter in title:
        parts = unicodedata.normalize("NFD", letter)
        if parts[0] in _HALF and "ァ" <= parts[0] <= "ヶ":
            written.append(_HALF[parts[0]] + "".join(_VOICED.get(mark, mark) for mark in parts[1:]))
        else:
            written.append(_HALF.get(letter, letter) if "ァ" <= letter <= "ー" else letter)
    return "".join(written)


def without_particles(title: str, dice: random.Random) -> str:
    return "".join(unit.whole.surface for unit in _cut(title) if not unit.whole.part_of_speech.startswith("助詞"))


def one_word_dropped(title: str, dice: random.Random) -> str:
    cut = _cut(title)
    told = [at for at, unit in enumerate(cut) if _told(unit)]
    dropped = dice.choice(told) if len(told) > 1 else -1
    return "".join(unit.whole.surface for at, unit in enumerate(cut) if at != dropped)


def two_words(title: str, dice: random.Random) -> str:
    told = list(dict.fromkeys(unit.whole.surface for unit in _cut(title) if _told(unit) and unit.whole.part_of_speech.startswith("名詞")))
    return " ".join(dice.sample(told, min(2, len(told)))) or title


KINDS: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
    ("the headline", as_it_is),
    ("half width", half_width),
    ("without particles", without_particles),
    ("one word dropped", one_word_dropped),
    ("one word in kana", one_word_in_kana),
    ("all in kana", in_kana),
    ("two words only", two_words),
)


def _cut(title: str) -> list[Unit]:
    return units(title)


def _told(unit: Unit) -> bool:
    return not unit.whole.part_of_speech.startswith(_FUNCTIONS)


def _read(unit: Unit) -> str:
    # Numbers and Latin letters are typed as they are.
    return unit.whole.surface if unit.whole.surface.isascii() else (unit.whole.reading or unit.whole.surface)
