"""What may have been meant by a word that no story has: another word that is read the same, or written nearly the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kawaraban.discovery.analysis import analysed_query
from kawaraban.discovery.questions import wanted_chunks
from kawaraban.discovery.shapes import LONGEST_QUERY, Query
from kawaraban.language.words import hiragana, normal, units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kawaraban.discovery.index import Index

# So many of the nearest documents are looked through.
DOCUMENTS = 6
# A headline that somebody pasted is not mended word by word.
MOST_CHUNKS = 4
_LONGEST, _SHORTEST = 30, 2
_TEXT = 4000


def meant(query: Query, index: Index, text_of: Callable[[str], str]) -> str:
    """Return the query as it may have been meant, which then finds something; "" if nothing comes near.

    ``text_of`` gives a document's headline and text.
    """
    text = query.text[:LONGEST_QUERY]
    chunks = wanted_chunks(text)
    if len(chunks) > MOST_CHUNKS:
        return ""
    instead = text
    for chunk in chunks:
        if not _SHORTEST <= len(chunk) <= _LONGEST:
            continue
        found = index.search(Query(text=chunk, language=query.language, limit=1))
        if found.total and not found.near:
            continue
        better = _read_alike(chunk, query, index, text_of) or _written_alike(chunk, query, index, text_of)
        if not better:
            return ""
        instead = instead.replace(chunk, better)
    return instead if normal(instead) != normal(text) else ""


def _read_alike(chunk: str, query: Query, index: Index, text_of: Callable[[str], str]) -> str:
    """Return a word that is read as this one: a wrong choice at the conversion."""
    reading = (
        "".join(analysed_query(chunk).readings[-1:]) if len(units(chunk)) == 1 else "".join(unit.whole.reading for unit in units(chunk))
    )
    if not reading or not index.frequency_in("readings", reading):
        return ""
    for story in index.reading(reading, language=query.language, limit=2):
        for unit in units(text_of(story)[:_TEXT]):
            if unit.whole.reading == reading and unit.whole.surface != normal(chunk):
                return unit.whole.surface
    return ""


def _written_alike(chunk: str, query: Query, index: Index, text_of: Callable[[str], str]) -> str:
    """Return the part of a near document that differs from this in the fewest letters."""
    wanted = normal(chunk)
    most = max(1, len(wanted) // 4)
    best = (most + 1, 0, "")
    for story in index.some_of(wanted, language=query.language, limit=DOCUMENTS):
        for candidate in _candidates(wanted, normal(text_of(story)[:_TEXT])):
            if candidate and (candidate[0] == wanted[0] or candidate[-1] == wanted[-1]):
                # A wrong letter is likelier than one too many.
                distance = _distance(wanted, candidate, best[0] + 1)
                best = min(best, (distance, abs(len(candidate) - len(wanted)), candidate), key=lambda one: one[:2])
    return best[2] if best[0] <= most else ""


def _candidates(wanted: str, text: str) -> Iterable[str]:
    if wanted.isascii() or "가" <= wanted[0] <= "힣":
        return {word for word in re.findall(r"[a-z0-9'-]+|[가-힣]+", text) if abs(len(word) - len(wanted)) <= 1 + len(wanted) // 4}
    script = _script_of(wanted)
    if script:
        # A katakana word ends where its letters do.
        return {word for word in re.findall(script, text) if abs(len(word) - len(wanted)) <= 1}
    return {
        text[at : at + length]
        for pair in {wanted[:2], wanted[-2:]}
        for found in re.finditer(re.escape(pair), text)
        for length in range(max(_SHORTEST, len(wanted) - 1), len(wanted) + 2)
        for at in ((found.start(),) if pair == wanted[:2] else (max(0, found.end() - length),))
        if text[at : at + length].isalnum()
    }


def _script_of(word: str) -> str:
    if re.fullmatch(r"[ァ-ヺー・]+", word):
        return r"[ァ-ヺー・]+"
    return ""


def _distance(one: str, other: str, bound: int) -> int:
    """Return how many letters differ; two that changed places are one mistake. ``bound`` or more if it is not less."""
    if abs(len(one) - len(other)) >= bound or hiragana(one) == hiragana(other):
        return bound if hiragana(one) != hiragana(other) else 0
    last: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        second_last, last, row = last, row, [at]
        for place, against in enumerate(other, start=1):
            least = min(last[place] + 1, row[place - 1] + 1, last[place - 1] + (letter != against))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == against:
                least = min(least, second_last[place - 2] + 1)
            row.append(least)
        # Two that changed places may yet make up for what differs in this row.
        if min(*row, *last) >= bound:
            return bound
    return row[-1]
