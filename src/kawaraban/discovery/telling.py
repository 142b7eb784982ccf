"""What tells a story from others: its names, its other nouns, its numbers with what they count, how often it says them, and the days that it names.

It is taken from the cut text when a story is indexed, and stands in the index beside it: whoever compares two stories cuts neither again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kawaraban.discovery.analysis import Tells, analysed
from kawaraban.discovery.days import told_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kawaraban.discovery.analysis import Analysed
    from kawaraban.sheetlog.shapes import Document

# A headline and a topic name what a story is about: their words count so many times.
TITLE_TIMES = 2
# Added to a word's kind if the headline has it.
IN_HEADLINE = 8
# More words than these are in no story that is one; it keeps those that it says first.
MOST_TERMS = 1500
_MOST_OFTEN = 255


class Told(NamedTuple):
    """What a story tells: each word once, beside it how often it is said, and what kind of word it is (``Tells``) and whether it is in the headline."""

    terms: list[str]
    times: bytes
    kinds: bytes

    def words(self) -> Iterator[tuple[str, int, int]]:
        """Return every word with how often it is said and its kind."""
        return zip(self.terms, self.times, (kind % IN_HEADLINE for kind in self.kinds), strict=True)

    def headline(self) -> Iterator[str]:
        """Return the words of the headline."""
        return (term for term, kind in zip(self.terms, self.kinds, strict=True) if kind >= IN_HEADLINE)


_decoder = msgspec.msgpack.Decoder(tuple[str, bytes, bytes])


def told_in(title: Analysed, texts: Iterable[tuple[Analysed, int]], days: Iterable[str] = ()) -> Told:
    """Count what a headline and other cut texts tell, each of these so many times, and take down the days that they name."""
    said: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for cut, times in ((title, TITLE_TIMES), *texts):
        found = [(term.text, int(term.tells)) for term in cut.terms if term.tells] + [(mark, int(Tells.MARK)) for mark in cut.marks]
        for term, kind in found:
            if term in said:
                said[term] = min(said[term] + times, _MOST_OFTEN)
                kinds[term] = max(kinds[term], kind)
            elif term and len(said) < MOST_TERMS:
                said[term], kinds[term] = times, kind
    for day in days:
        if day not in said and len(said) < MOST_TERMS:
            said[day], kinds[day] = 1, int(Tells.DAY)
    headline = {*(term.text for term in title.terms), *title.marks}
    marked = bytes(kind + IN_HEADLINE if term in headline else kind for term, kind in kinds.items())
    return Told(list(said), bytes(said.values()), marked)


def told_of(document: Document) -> Told:
    """Return what a document tells that is in no index."""
    topics = analysed("\n".join(document.topic_names))
    return told_in(
        analysed(document.title), ((topics, TITLE_TIMES), (analysed(document.body), 1)), told_days(f"{document.title}\n{document.body}")
    )


def packed(told: Told) -> bytes:
    """Write it as small as the index keeps it."""
    return msgspec.msgpack.encode((" ".join(told.terms), told.times, told.kinds))


def unpacked(content: bytes) -> Told:
    """Read what was packed."""
    terms, times, kinds = _decoder.decode(content)
    return Told(terms.split(" ") if terms else [], times, kinds)
