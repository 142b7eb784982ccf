"""The rankings: by window, section and language, of the stories that stand.

A list with fewer read stories than rows is filled with the newest ones, which say of themselves that they fill. Equal scores stand
newest first; equal times by a hash of the story, so that every process and every restart ranks alike.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.shapes import ALL, WINDOWS, RankedStory, Window, list_key
from kawaraban.audience.totals import Totals, room_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Counted
    from kawaraban.sheetlog.shapes import Story

MINUTE, HOUR, DAY = 60, 3600, 86400
MINUTE_WINDOWS = {"1h": HOUR, "24h": DAY}
HOUR_WINDOWS = {"7d": 7 * DAY, "30d": 30 * DAY}
KEEP_SECONDS = 30 * DAY + HOUR
# "now" forgets half of a read in this time: long enough that a small site's list does not flicker from read to read, short enough
# that a story which readers have left is overtaken within the hour (an eighth of its score is left).
HALF_LIFE_SECONDS = 20 * MINUTE
# A score of "now" below this is not reading any more: one read is as faint as this after two hours and a quarter.
FAINTEST = 0.01
ROWS = 100
_REBASE_AFTER = 500 * HALF_LIFE_SECONDS  # 2^500 is still a float

_Order = "NDArray[np.int64]"


class Rankings:
    """All windows of a site."""

    def __init__(self) -> None:
        self.minutes = Totals(MINUTE, MINUTE_WINDOWS)
        self.hours = Totals(HOUR, HOUR_WINDOWS)
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._names: dict[str, int] = {}  # sections and languages, by number
        self._stands: NDArray[np.bool_] = np.zeros(256, np.bool_)
        self._section: NDArray[np.int32] = np.zeros(256, np.int32)
        self._language: NDArray[np.int32] = np.zeros(256, np.int32)
        self._published: NDArray[np.float64] = np.zeros(256, np.float64)
        self._tie: NDArray[np.uint64] = np.zeros(256, np.uint64)
        self._decaying: NDArray[np.float64] = np.zeros(256, np.float64)
        self._base = 0.0
        self._newest: dict[tuple[str, str], list[str]] | None = None

    # ------------------------------------------------------------------ what is known

    def stand(self, name: str, story: Story | None) -> None:
        """A story stands from now on as it is told here; None: it is ranked and fills no more."""
        number = self._number(name)
        self._newest = None
        self._stands[number] = story is not None
        if story is not None:
            self._section[number] = self._names.setdefault(story.section, len(self._names))
            self._language[number] = self._names.setdefault(story.language, len(self._names))
            self._published[number] = story.published_at

    def add(self, read: Counted) -> None:
        """Count a read; one older than a window does not enter it."""
        number = self._number(read.story)
        self.minutes.add(number, read.at)
        self.hours.add(number, read.at)
        self._decay(number, read.at, 1.0)

    def add_all(self, reads: Iterable[Counted]) -> None:
        """Count reads in any order."""
        for read in reads:
            self.add(read)

    def add_segment(self, segment: Segment, until: float = float("inf")) -> None:
        """Count an hour of the log, up to a moment."""
        if not len(segment.reads):
            return
        numbers = np.array([self._number(name) for name in segment.names], np.int64)[segment.reads["story"]]
        times = segment.times()
        if times.max() > until:
            numbers, times = numbers[times <= until], times[times <= until]
        if not len(times):
            return
        self.minutes.add_many(numbers, times)
        self.hours.add_many(numbers, times)
        self._rebase(float(times.max()))
        np.add.at(self._decaying, numbers, np.exp2((times - self._base) / HALF_LIFE_SECONDS))

    def advance(self, now: float) -> bool:
        """Let minutes and hours leave their windows; say whether that changed anything."""
        # Both must be asked: no "or", which would stop at the first.
        return any([self.minutes.advance(now), self.hours.advance(now)])

    # ------------------------------------------------------------------ asking

    def reads(self, story: str, window: str) -> int:
        """Return how often a story was read within a window; "now" counts the last hour."""
        number = self._numbers.get(story)
        if number is None:
            return 0
        totals = self.hours if window in HOUR_WINDOWS else self.minutes
        return totals.count("1h" if window == "now" else window, number)

    def score(self, story: str, window: str, now: float) -> float:
        """Return what a story is ranked by."""
        if window != "now":
            return float(self.reads(story, window))
        number = self._numbers.get(story)
        return 0.0 if number is None else round(float(self._decaying[number]) * self._faded(now), 3)

    def number_of(self, story: str) -> int | None:
        """Return a story's number in ``minutes`` and ``hours``."""
        return self._numbers.get(story)

    def read_stories(self, window: str) -> list[tuple[str, int]]:
        """Return all stories that were read in a window of reads, and how often, whether they still stand or not."""
        totals = self._totals(window)
        return [(self._ids[number], int(totals[number])) for number in np.flatnonzero(totals > 0).tolist()]

    def lists(self, now: float) -> Iterator[tuple[str, tuple[RankedStory, ...]]]:
        """Yield every ranking by its name."""
        newest = self._fillers()
        for window in WINDOWS:
            scores, reads, least = self._scores(window, now)
            size = len(self._ids)
            read = np.flatnonzero(self._stands[:size] & (scores > least))
            order = read[np.lexsort((self._tie[read], -self._published[read], -scores[read]))]
            for (section, language), fillers in newest.items():
                rows = self._of_group(order, section, language)
                yield list_key(window, section, language), self._ranked(rows, scores, reads, fillers)

    # ------------------------------------------------------------------ within

    def _scores(self, window: Window, now: float) -> tuple[NDArray[np.float64], NDArray[np.int32], float]:
        """Return scores and reads by story number, and the score above which a story was read."""
        reads = self._totals(window)
        if window == "now":
            return np.round(self._decaying[: len(self._ids)] * self._faded(now), 3), reads, FAINTEST
        return reads.astype(np.float64), reads, 0.0

    def _totals(self, window: str) -> NDArray[np.int32]:
        size = len(self._ids)
        totals = self.hours if window in HOUR_WINDOWS else self.minutes
        return totals.window("1h" if window == "now" else window, size)[:size]

    def _of_group(self, order: NDArray[np.int64], section: str, language: str) -> list[int]:
        """Return the first rows of an order that belong to a section and a language."""
        # Most groups have their rows among the first: only who has not is looked for in all.
        for part in (order[: 20 * ROWS], order):
            inside = np.ones(len(part), np.bool_)
            if section != ALL:
                inside &= self._section[part] == self._names[section]
            if language != ALL:
                inside &= self._language[part] == self._names[language]
            found = part[inside][:ROWS]
            if len(found) == ROWS:
                break
        return found.tolist()  # type: ignore[no-any-return]

    def _ranked(
        self, order: list[int], scores: NDArray[np.float64], reads: NDArray[np.int32], fillers: list[str]
    ) -> tuple[RankedStory, ...]:
        values, counts = scores[order].tolist(), reads[order].tolist()
        rows = [
            RankedStory(self._ids[number], rank, count, score, filled=False)
            for rank, (number, count, score) in enumerate(zip(order, counts, values, strict=True), start=1)
        ]
        if len(rows) < ROWS:
            standing = {row.story for row in rows}
            rest = [story for story in fillers if story not in standing][: ROWS - len(rows)]
            rows.extend(RankedStory(story, rank, 0, 0.0, filled=True) for rank, story in enumerate(rest, start=len(rows) + 1))
        return tuple(rows)

    def _fillers(self) -> dict[tuple[str, str], list[str]]:
        """Return the newest stories of every section and language of which any stands."""
        if self._newest is None:
            standing = np.flatnonzero(self._stands[: len(self._ids)])
            order = standing[np.lexsort((self._tie[standing], -self._published[standing]))]
            words = {number: name for name, number in self._names.items()}
            pairs = np.unique(np.stack([self._section[standing], self._language[standing]], axis=1), axis=0).tolist()
            groups = {(ALL, ALL)}
            for section, language in pairs:
                groups |= {(words[section], words[language]), (words[section], ALL), (ALL, words[language])}
            self._newest = {group: [self._ids[number] for number in self._of_group(order, *group)] for group in sorted(groups)}
        return self._newest

    def _number(self, story: str) -> int:
        number = self._numbers.get(story)
        if number is None:
            number = self._numbers[story] = len(self._ids)
            self._ids.append(story)
            for name in ("_stands", "_section", "_language", "_published", "_tie", "_decaying"):
                setattr(self, name, room_for(getattr(self, name), number))
            digest = hashlib.blake2b(story.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._tie[number] = int.from_bytes(digest, "little")
        return number

    def _decay(self, number: int, at: float, weight: float) -> None:
        self._rebase(at)
        self._decaying[number] += weight * 2.0 ** ((at - self._base) / HALF_LIFE_SECONDS)

    def _rebase(self, at: float) -> None:
        if not self._base:
            self._base = at
        elif at - self._base > _REBASE_AFTER:
            self._decaying *= 2.0 ** (-(at - self._base) / HALF_LIFE_SECONDS)
            self._base = at

    def _faded(self, now: float) -> float:
        # A read of the future weighs as one of now.
        return float(2.0 ** (-max(0.0, now - self._base) / HALF_LIFE_SECONDS)) if self._base else 0.0


def recount(segments: Iterable[Segment], window: str, now: float) -> dict[str, float]:
    """Count a window anew from the log, read by read: what the running totals are held to.

    Returns the score of every story that was read in the window and not after ``now``; for "now" the decayed sum.
    """
    grain = HOUR if window in HOUR_WINDOWS else MINUTE
    length = {**MINUTE_WINDOWS, **HOUR_WINDOWS}.get(window, 0)
    scores: dict[str, float] = {}
    for segment in segments:
        for read in segment.counted():
            if read.at > now:
                continue
            if window == "now":
                scores[read.story] = scores.get(read.story, 0.0) + 2.0 ** ((read.at - now) / HALF_LIFE_SECONDS)
            elif read.at // grain >= (now - length) // grain:
                scores[read.story] = scores.get(read.story, 0.0) + 1
    return scores
