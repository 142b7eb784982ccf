"""Which stories belong together, told by what the methods are not shown.

Nobody has marked this corpus, so each set takes its answers from something that is then hidden, or that no method looks at.

*Pointed to*: its writer named the headline of another story below a text (関連記事). Paragraphs that name one are taken out of every text. Of
long lists, which a template put under hundreds of stories, nothing is asked.
*Headlines*: two headlines share a name or a compound that stands in at most six headlines. No headline is shown.
*Events*: two texts share a name that stands in at most six stories, and the first days that they name lie within two weeks.
*Halves*: the first half of each story stands in the index, and its second half looks for it.
*Flashes*: the first two sentences of each story stand in the index, and its last two look for them; no headline is shown. Two sentences are what
a newsroom files first, and what comes after them is said in other words. Of stories of less than six sentences nothing is asked. What does not
end as a sentence does, in kana and 。, is none: a headline within the text, a source.

Weights are chosen on the *earlier* half of the corpus, by the days that the texts name, and reported on the *later* one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from finding.corpus import News, document
from kawaraban.language.words import normal, units, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.sheetlog.shapes import Document

RARE, WITHIN_DAYS = 6, 14.0
# A headline of so many letters is told from other words; a paragraph that names more of them is a template's.
TELLING, POINTED = 9, 3
_START = 6
FLASH, FEWEST_SENTENCES = 2, 6
_SENTENCE = re.compile(r"[^。！？\n]*[ぁ-ん][。！？]")
_NAME, _LONG = "名詞-固有名詞", 3


class Question(NamedTuple):
    """What is asked, and what is right."""

    document: Document
    answers: set[str]
    is_held_out: bool


class Questions(NamedTuple):
    """A set: what stands in the index, and what is asked of it."""

    name: str
    indexed: list[Document]
    asked: list[Question]


def all_sets(corpus: list[News], only: str = "") -> Iterator[Questions]:
    """Make every set of a corpus, or one, one after the other."""
    later = _later(corpus)
    yield from (make(corpus, later) for name, make in SETS.items() if only in {"", name})


def _later(corpus: list[News]) -> set[str]:
    """Return the ids of the later half. A text that names no day belongs to the earlier one."""
    days = sorted(news.day for news in corpus if news.day is not None)
    middle = days[len(days) // 2] if days else 0.0
    return {news.id for news in corpus if news.day is not None and news.day >= middle}


def pointed_to(corpus: list[News], later: set[str]) -> Questions:
    """Make the set of what writers pointed to."""
    starts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, news in enumerate(corpus):
        headline = _letters(news.title)
        if len(headline) >= TELLING:
            starts[headline[:_START]].append((headline, number))
    answers: dict[int, set[int]] = defaultdict(set)
    indexed = []
    for number, news in enumerate(corpus):
        kept = []
        for paragraph in news.body.split("\n\n"):
            named = _named(paragraph, starts) - {number}
            if not named:
                kept.append(paragraph)
            elif len(named) <= POINTED:
                for other in named:
                    answers[number].add(other)
                    answers[other].add(number)
        indexed.append(document(news, body="\n\n".join(kept)))
    return Questions("pointed to", indexed, _questions(answers, indexed, later))


def _named(paragraph: str, starts: dict[str, list[tuple[str, int]]]) -> set[int]:
    text = _letters(paragraph)
    return {
        number
        for at in range(len(text) - _START + 1)
        for headline, number in starts.get(text[at : at + _START], ())
        if text.startswith(headline, at)
    }


def _letters(text: str) -> str:
    return re.sub(r"\W", "", normal(text))


def headlines(corpus: list[News], later: set[str]) -> Questions:
    """Make the set of headlines that share a rare word."""
    sharing: dict[str, set[int]] = defaultdict(set)
    for number, news in enumerate(corpus):
        for unit in units(news.title):
            if len(unit.parts) > 1 and unit.whole.part_of_speech.startswith("名詞") and len(unit.whole.surface) > _LONG:
                sharing[unit.whole.normalized].add(number)
            for word in unit.parts:
                if word.part_of_speech == _NAME and len(word.surface) > 1:
                    sharing[word.normalized].add(number)
    answers: dict[int, set[int]] = defaultdict(set)
    for numbers in _rare(sharing):
        for one in numbers:
            answers[one] |= numbers - {one}
    indexed = [document(news, title="") for news in corpus]
    return Questions("headlines", indexed, _questions(answers, indexed, later))


def events(corpus: list[News], later: set[str]) -> Questions:
    """Make the set of stories of one event."""
    sharing: dict[str, set[int]] = defaultdict(set)
    for number, news in enumerate(corpus):
        for word in words(f"{news.title}\n{news.body}"):
            if word.part_of_speech == _NAME and len(word.surface) > 1:
                sharing[word.normalized].add(number)
    answers: dict[int, set[int]] = defaultdict(set)
    for numbers in _rare(sharing):
        for one in numbers:
            for other in numbers - {one}:
                a, b = corpus[one].day, corpus[other].day
                if a is not None and b is not None and abs(a - b) <= WITHIN_DAYS:
                    answers[one].add(other)
    indexed = [document(news) for news in corpus]
    return Questions("events", indexed, _questions(answers, indexed, later))


def _rare(sharing: dict[str, set[int]]) -> Iterator[set[int]]:
    return (numbers for numbers in sharing.values() if 1 < len(numbers) <= RARE)


def _questions(answers: dict[int, set[int]], indexed: list[Document], later: set[str]) -> list[Question]:
    return [
        Question(indexed[one], {indexed[other].id for other in others}, indexed[one].id in later)
        for one, others in sorted(answers.items())
        if indexed[one].body.strip()
    ]


def halves(corpus: list[News], later: set[str]) -> Questions:
    """Make the set of stories that were cut in two."""
    first, asked = [], []
    for news in corpus:
        paragraphs = [paragraph for paragraph in news.body.split("\n\n") if paragraph.strip()]
        if len(paragraphs) < 4:
            continue
        middle = len(paragraphs) // 2
        first.append(document(news, title="", body="\n\n".join(paragraphs[:middle])))
        other = document(news, title="", body="\n\n".join(paragraphs[middle:]))
        asked.append(Question(msgspec.structs.replace(other, id=f"{news.id}-second"), {news.id}, news.id in later))
    return Questions("halves", first, asked)


def flashes(corpus: list[News], later: set[str]) -> Questions:
    """Make the set of stories of which two sentences at either end are left."""
    first, asked = [], []
    for news in corpus:
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(news.body)]
        if len(sentences) < FEWEST_SENTENCES:
            continue
        first.append(document(news, title="", body="".join(sentences[:FLASH])))
        other = document(news, title="", body="".join(sentences[-FLASH:]))
        asked.append(Question(msgspec.structs.replace(other, id=f"{news.id}-last"), {news.id}, news.id in later))
    return Questions("flashes", first, asked)


SETS = {"pointed": pointed_to, "headlines": headlines, "events": events, "halves": halves, "flashes": flashes}
