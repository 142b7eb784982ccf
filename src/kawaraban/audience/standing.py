"""Which stories may be ranked, newest first: all of them, and those of a section, of a language, or of both.

Equal times stand in the order of a hash of the story, so that every process and every restart tells the same. When a story changes, it
alone is put in its place: to put a hundred thousand in order anew would keep who asks waiting.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.shapes import ALL
from kawaraban.audience.totals import room_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kawaraban.audience.shelf import Shelved

# More than these at once cost less when all are put in order anew.
MANY = 1000
_SHORT = 2**16


class Standing:
    """What the rankings know of each story, by its number, and the order of those that stand. Times are seconds since 1970."""

    def __init__(self) -> None:
        self.stands: NDArray[np.bool_] = np.zeros(256, np.bool_)
        self.sections: NDArray[np.int32] = np.zeros(256, np.int32)
        self.languages: NDArray[np.int32] = np.zeros(256, np.int32)
        self.published: NDArray[np.float64] = np.zeros(256, np.float64)
        self.leaves: NDArray[np.float64] = np.zeros(256, np.float64)  # when a story leaves the rankings; 0: never
        self.ties: NDArray[np.uint64] = np.zeros(256, np.uint64)
        self.names: dict[str, int] = {}  # sections and languages, by number
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._moved: set[int] = set()  # whose place in it is to be looked for
        self._groups: dict[tuple[str, str], NDArray[np.int64]] = {}  # those that were asked for in this order
        self._all: dict[tuple[str, str], NDArray[np.int64]] | None = None

    def make_room(self, number: int, story: str) -> None:
        """Have a place for a story that is new here."""
        for name in ("stands", "sections", "languages", "published", "leaves", "ties"):
            setattr(self, name, room_for(getattr(self, name), number))
        digest = hashlib.blake2b(story.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self.ties[number] = int.from_bytes(digest, "little")

    def put(self, number: int, story: Shelved | None) -> None:
        """A story stands as it is told here; None: it stands no more."""
        self._moved.add(number)
        self.stands[number] = story is not None
        if story is not None:
            self.sections[number] = self.names.setdefault(story.section, len(self.names))
            self.languages[number] = self.names.setdefault(story.language, len(self.names))
            self.published[number] = story.published_at
            self.leaves[number] = story.leaves_ranking_at

    def look_again(self) -> None:
        """The time has come at which some story leaves."""
        self._moved.update(np.flatnonzero(self.leaves > 0).tolist())

    def newest(self, now: float) -> NDArray[np.int64]:
        """Return the numbers of all that may be ranked now, newest first."""
        if self._moved:
            moved = np.fromiter(self._moved, np.int64, len(self._moved))
            self._moved = set()
            gone = np.zeros(len(self.stands), np.bool_)
            gone[moved] = True
            self._order = self._merged(self._order[~gone[self._order]], self.in_order(moved, now))
            # Others, and not emptied: who goes through the ones of before goes on doing so.
            self._groups, self._all = {}, None
        return self._order

    def in_order(self, those: NDArray[np.int64], now: float) -> NDArray[np.int64]:
        """Return those of some stories that may be ranked now, newest first."""
        leaves = self.leaves[those]
        standing = those[self.stands[those] & ~((leaves > 0) & (leaves <= now))]
        return standing[np.lexsort((self.ties[standing], -self.published[standing]))]

    def group(self, section: str, language: str, now: float) -> NDArray[np.int64]:
        """Return the stories of a section, a language, or both, newest first; "" stands for every one."""
        order, key = self.newest(now), (section or ALL, language or ALL)
        known = self._groups.get(key)
        if known is None:
            known = self._groups[key] = self.among(order, section, language)
        return known

    def among(self, those: NDArray[np.int64], section: str, language: str) -> NDArray[np.int64]:
        """Return those of some stories that are of a section, a language, or both, in their order."""
        for name, of_each in ((section, self.sections), (language, self.languages)):
            if name and name != ALL:
                those = those[of_each[those] == self.names.get(name, -1)]
        return those

    def groups(self, now: float) -> dict[tuple[str, str], NDArray[np.int64]]:
        """Return every group that has a story, by the names of its section and language, "all" for every one.

        Where a section is of one language, or all are, both groups are one object.
        """
        order = self.newest(now)
        if self._all is None:
            words = {number: name for name, number in self.names.items()}
            sections, languages = self.sections[order].astype(np.int64), self.languages[order].astype(np.int64)
            found = {(ALL, ALL): order} if len(order) else {}
            found |= {(words[number], ALL): those for number, those in _split(order, sections)}
            found |= {(ALL, words[number]): those if len(those) < len(order) else order for number, those in _split(order, languages)}
            for both, those in _split(order, sections * len(words) + languages):
                section = words[both // len(words)]
                whole = found[section, ALL]
                found[section, words[both % len(words)]] = those if len(those) < len(whole) else whole
            self._all = dict(sorted(found.items()))
            self._groups.update(self._all)
        return self._all

    def _merged(self, rest: NDArray[np.int64], fresh: NDArray[np.int64]) -> NDArray[np.int64]:
        """Join two runs of stories, each of them newest first."""
        if not len(rest) or not len(fresh):
            return rest if len(rest) else fresh
        if len(fresh) > MANY:
            both = np.concatenate([rest, fresh])
            return np.asarray(both[np.lexsort((self.ties[both], -self.published[both]))])
        times = -self.published[rest]
        places = np.searchsorted(times, -self.published[fresh], "left")
        ends = np.searchsorted(times, -self.published[fresh], "right")
        for at in np.flatnonzero(ends > places).tolist():
            equal = rest[places[at] : ends[at]]
            places[at] += np.searchsorted(self.ties[equal], self.ties[fresh[at]])
        return np.insert(rest, places, fresh)


def _split(order: NDArray[np.int64], keys: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each key and the stories that have it, in their order."""
    if not len(order):
        return
    # As short numbers, which are put in order in one go, if they are.
    by_key = np.argsort(keys.astype(np.uint16) if keys.max() < _SHORT else keys, kind="stable")
    ordered = keys[by_key]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    yield from zip(ordered[begins].tolist(), np.split(order[by_key], begins[1:]), strict=True)
