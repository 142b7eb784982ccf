"""Where a story was found: its headline and the place in its text, with what was looked for marked, cut at phrases.

A text is not cut into words again for this: twenty stories would take a tenth of a second. Patterns that allow for the usual ways to
write a word find nearly all of it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kawaraban.discovery.analysis import NEARLY_NOTHING, analysed_query
from kawaraban.discovery.questions import wanted_chunks, wanted_days
from kawaraban.discovery.shapes import LONGEST_QUERY, Snippet
from kawaraban.language.phrases import phrases
from kawaraban.language.words import language_of, normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.discovery.names import Names
    from kawaraban.discovery.shapes import Marked
    from kawaraban.sheetlog.shapes import Document

# Characters; Latin letters are half as wide.
LENGTH, LENGTH_LATIN = 110, 200
# Where it was found stands not at the very start: so much of what comes before is shown.
BEFORE = 24
# So many letters around a place are cut into phrases, to find where one ends.
AROUND = 24
_MOST_PATTERNS = 40
_KANJI = r"\u3400-\u9fff々"
_ENDS = "。．.!?！？\n"


def pattern_of(text: str, names: Names) -> re.Pattern[str] | None:
    """Return what finds the words of a query in a folded text; None if there is nothing to find."""
    wanted: dict[str, None] = dict.fromkeys(pattern for day in wanted_days(text[:LONGEST_QUERY]) for pattern in day.patterns)
    for chunk in wanted_chunks(text[:LONGEST_QUERY]):
        for form in (chunk, *names.other_forms(chunk)):
            wanted[_loosely(normal(form))] = None
        for term in analysed_query(chunk).terms:
            if term.weight > NEARLY_NOTHING:
                for form in (term.surface, term.text):
                    # One letter of a longer word would be marked all over the text.
                    if len(form) > 1 or len(chunk) == 1:
                        wanted[_loosely(form)] = None
    patterns = sorted(filter(None, wanted), key=lambda pattern: -len(pattern))[:_MOST_PATTERNS]
    return re.compile("|".join(patterns)) if patterns else None


def snippet(document: Document, pattern: re.Pattern[str] | None) -> Snippet:
    """Return where a document has what a pattern finds; the beginning of its text if it stands in none."""
    title = _marked(document.title, pattern)
    for text in (document.body, document.summary):
        places = _places(text, pattern)
        if places:
            start, end = _window(text, places, document.language)
            return Snippet(title, _cut(text, start, end, places))
    text = document.summary or document.body
    start, end = _window(text, [(0, 0)], document.language)
    return Snippet(title, _cut(text, start, end, []))


def _loosely(form: str) -> str:
    """Write a form as a pattern: ・ and spaces may stand in it, kana may stand between kanji, ー at its end."""
    letters = [letter for letter in form.rstrip("ー") if not letter.isspace() and letter not in "・･"]
    if not letters or (len(letters) == 1 and language_of(letters[0]) == "en"):
        return ""
    if all(letter.isascii() for letter in letters):
        return rf"(?<![a-z0-9]){re.escape(form)}[a-z]{{0,4}}(?![a-z0-9])"
    written = []
    for at, letter in enumerate(letters):
        written.append(re.escape(letter))
        following = letters[at + 1] if at + 1 < len(letters) else ""
        if "ァ" <= letter <= "ー" and "ァ" <= following <= "ー":
            written.append("[・ ]?")
        elif re.match(f"[{_KANJI}]", letter) and following and re.match(f"[{_KANJI}ぁ-ん]", following):
            written.append("[ぁ-ん]?" if re.search("[ぁ-ん]", form) else "[ 　]?")
        elif "가" <= letter <= "힣" and "가" <= following <= "힣":
            written.append(" ?")
    if "ァ" <= letters[-1] <= "ヺ":
        written.append("ー?")
    return "".join(written)


def _places(text: str, pattern: re.Pattern[str] | None) -> list[tuple[int, int]]:
    """Return where a text has what a pattern finds, in places of the text as it is."""
    if pattern is None or not text:
        return []
    folded = normal(text)
    if len(folded) == len(text):
        return [found.span() for found in pattern.finditer(folded)]
    # A letter that folds into several (㍻, ﾊﾞ): places are counted letter by letter.
    origin: list[int] = []
    pieces = []
    for at, letter in enumerate(text):
        piece = _folded(letter)
        pieces.append(piece)
        origin.extend([at] * len(piece))
    origin.append(len(text))
    return [(origin[found.start()], max(origin[found.end()], origin[found.start()] + 1)) for found in pattern.finditer("".join(pieces))]


@lru_cache(10_000)
def _folded(letter: str) -> str:
    return normal(letter)


def _window(text: str, places: list[tuple[int, int]], language: str) -> tuple[int, int]:
    """Choose the part of a text that shows the most different words, cut where phrases end."""
    length = LENGTH if language in {"ja", "ko"} else LENGTH_LATIN
    best = max(
        range(min(len(places), 50)),
        key=lambda at: (len({text[start:end] for start, end in places[at:] if end <= places[at][0] + length - BEFORE}), -at),
    )
    first = places[best][0]
    before = text[max(0, first - length // 2) : first]
    sentence = max(first - len(before) + at + 1 for at in range(-1, len(before)) if at < 0 or before[at] in _ENDS)
    if first - sentence > BEFORE or (sentence and text[sentence - 1] not in _ENDS):
        sentence = _phrase_start(text, max(0, first - length // 2), first, language)
    while sentence < first and text[sentence].isspace():
        sentence += 1
    return sentence, _phrase_end(text, sentence, length, language)


def _phrase_start(text: str, start: int, first: int, language: str) -> int:
    # Where phrases end is told by the letters around: of a long text the last ones before the place are enough.
    at = max(start, first - BEFORE - AROUND)
    for phrase in phrases(text[at:first], language)[:-1]:
        if first - at <= BEFORE:
            break
        at += len(phrase)
    return at


def _phrase_end(text: str, start: int, length: int, language: str) -> int:
    end = start + length
    if len(text) <= end:
        return len(text)
    at = max(start, end - AROUND)
    best = 0
    for phrase in phrases(text[at : end + BEFORE], language):
        at += len(phrase)
        if at > end:
            break
        best = at
    return best or end


def _cut(text: str, start: int, end: int, places: Iterable[tuple[int, int]]) -> Marked:
    within = [(max(a, start) - start, min(b, end) - start) for a, b in places if a < end and b > start]
    pieces = _pieces(text[start:end], within)
    first = "…" if start and text[start - 1] not in _ENDS else ""
    last = "…" if end < len(text) and text[end - 1] not in _ENDS else ""
    pieces[0] = first + pieces[0].lstrip()
    pieces[-1] = pieces[-1].rstrip() + last
    return tuple(" ".join(piece.split("\n")) for piece in pieces)


def _marked(text: str, pattern: re.Pattern[str] | None) -> Marked:
    return tuple(_pieces(text, _places(text, pattern)))


def _pieces(text: str, places: Iterable[tuple[int, int]]) -> list[str]:
    pieces: list[str] = [""]
    at = 0
    for start, end in places:
        if start < at or end <= start:
            continue
        if start == at and len(pieces) > 1:
            # Two words that stand side by side are marked as one.
            pieces[-2] += text[start:end]
        else:
            pieces[-1] += text[at:start]
            pieces += [text[start:end], ""]
        at = end
    pieces[-1] += text[at:]
    return pieces
