"""What tells a story from others: its names, its other nouns, its numbers with what they count, and how often it says them.

It is taken from the cut text when a story is indexed, and stands in the index beside it: whoever compares two stories cuts neither again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kawaraban.discovery.analysis import Tells, analysed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kawaraban.discovery.analysis import Analysed
    from kawaraban.sheetlog.shapes import Document

# A headline and a topic name what a story is about: their words count so many times.
TITLE_TIMES = 2
# More words than these are in no story that is one; it keeps those that it says first.
MOST_TERMS = 1500
_MOST_OFTEN = 255


class Told(NamedTuple):
    """What a story tells: each word once, beside it how often it is said and what kind of word it is (``Tells``)."""

    terms: list[str]
    times: bytes
    kinds: bytes

    def words(self) -> Iterator[tuple[str, int, int]]:
        """Return every word with how often it is said and its kind."""
        return zip(self.terms, self.times, self.kinds, strict=True)


_decoder = msgspec.msgpack.Decoder(tuple[str, bytes, bytes])


def told_in(texts: Iterable[tuple[Analysed, int]]) -> Told:
    """Count what several cut texts tell, each so many times."""
    said: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for cut, times in texts:
        found = [(term.text, int(term.tells)) for term in cut.terms if term.tells] + [(mark, int(Tells.MARK)) for mark in cut.marks]
        for term, kind in found:
            if term in said:
                said[term] = min(said[term] + times, _MOST_OFTEN)
                kinds[term] = max(kinds[term], kind)
            elif term and len(said) < MOST_TERMS:
                said[term], kinds[term] = times, kind
    return Told(list(said), bytes(said.values()), bytes(kinds.values()))


def told_of(document: Document) -> Told:
    """Return what a document tells that is in no index."""
    topics = analysed("\n".join(document.topic_names))
    return told_in(((analysed(document.title), TITLE_TIMES), (topics, TITLE_TIMES), (analysed(document.body), 1)))


def packed(told: Told) -> bytes:
    """Write it as small as the index keeps it."""
    return msgspec.msgpack.encode((" ".join(told.terms), told.times, told.kinds))


def unpacked(content: bytes) -> Told:
    """Read what was packed."""
    terms, times, kinds = _decoder.decode(content)
    return Told(terms.split(" ") if terms else [], times, kinds)
