"""Running totals of reads, and the rankings made of them.

Minutes are kept for a day, hours for thirty days, each as the few stories that were read in it; totals per window are arrays that
grow by a read and shrink when a minute or an hour leaves. So memory follows what is read, not what was ever published.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.shapes import ALL, WINDOWS, RankedStory, list_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kawaraban.audience.shapes import Counted
    from kawaraban.sheetlog.shapes import Story

MINUTE, HOUR = 60, 3600
# Length and grain of each window, in seconds.
SPANS = {"1h": (HOUR, MINUTE), "24h": (24 * HOUR, MINUTE), "7d": (7 * 24 * HOUR, HOUR), "30d": (30 * 24 * HOUR, HOUR)}
# "now" forgets half of a read in this time: long enough that a small site's list does not flicker, short enough that a story which
# readers have left is overtaken within the hour.
HALF_LIFE_SECONDS = 20 * MINUTE
# Rankings hold this many rows: pages show ten, and leave out what already stands on them.
ROWS = 60
_REBASE_AFTER = 500 * HALF_LIFE_SECONDS  # 2^500 is still a float


class _Window:
    """Totals of one window, by story number."""

    def __init__(self, length: int, grain: int) -> None:
        self.length, self.grain = length, grain
        self.totals: NDArray[np.int64] = np.zeros(1024, np.int64)
        self._buckets: deque[tuple[int, dict[int, int]]] = deque()  # (end of the bucket, reads by story), oldest first

    def add(self, number: int, at: float, now: float) -> None:
        if at <= now - self.length:
            return
        self.totals = _room_for(self.totals, number)
        end = (int(at) // self.grain + 1) * self.grain
        bucket = self._bucket(end)
        bucket[number] = bucket.get(number, 0) + 1
        self.totals[number] += 1

    def expire(self, now: float) -> bool:
        """Let go of what has left the window; say whether anything did."""
        left = False
        while self._buckets and self._buckets[0][0] <= now - self.length:
            for number, count in self._buckets.popleft()[1].items():
                self.totals[number] -= count
                left = True
        return left

    def _bucket(self, end: int) -> dict[int, int]:
        # Reads come nearly in order: the newest bucket is nearly always the one.
        fresh: dict[int, int] = {}
        for position in range(len(self._buckets) - 1, -1, -1):
            other = self._buckets[position][0]
            if other == end:
                return self._buckets[position][1]
            if other < end:
                self._buckets.insert(position + 1, (end, fresh))
                return fresh
        self._buckets.appendleft((end, fresh))
        return fresh


class Rankings:
    """All windows of a site."""

    def __init__(self) -> None:
        self._windows = {name: _Window(*span) for name, span in SPANS.items()}
        self._decaying: NDArray[np.float64] = np.zeros(1024, np.float64)
        self._base = 0.0
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._stories: dict[str, Story] = {}
        self._groups: dict[tuple[str, str], list[str]] | None = None

    # ------------------------------------------------------------------ what is known

    def set_stories(self, stories: dict[str, Story]) -> None:
        """Say which stories are published now: only these are ranked, and the newest of them fill what is short."""
        self._stories = stories
        self._groups = None

    def add(self, read: Counted, now: float) -> None:
        """Count a read; one older than a window does not enter it."""
        number = self._number(read.story)
        for window in self._windows.values():
            window.add(number, read.at, now)
        self._decay_add(number, read.at)

    def add_all(self, reads: Iterable[Counted], now: float) -> None:
        """Count what a log holds, as after a restart."""
        for read in reads:
            self.add(read, now)

    def expire(self, now: float) -> bool:
        """Let minutes and hours leave their windows; say whether any did."""
        left = False
        for window in self._windows.values():
            left = window.expire(now) or left
        return left

    def count(self, story: str, window: str) -> int:
        """Return how often a story was read within a window."""
        number = self._numbers.get(story)
        totals = self._windows[window].totals
        return int(totals[number]) if number is not None and number < len(totals) else 0

    # ------------------------------------------------------------------ rankings

    def lists(self, now: float) -> Iterator[tuple[str, tuple[RankedStory, ...]]]:
        """Yield every ranking by its name."""
        for window in WINDOWS:
            scores = self._scores(window, now)
            ordered = sorted(scores.items(), key=lambda item: (-item[1], -self._stories[item[0]].published_at, item[0]))
            rows: dict[tuple[str, str], list[tuple[str, float]]] = {}
            for story, score in ordered:
                facts = self._stories[story]
                for section in (ALL, facts.section):
                    for language in (ALL, facts.language):
                        found = rows.setdefault((section, language), [])
                        if len(found) < ROWS:
                            found.append((story, score))
            for (section, language), newest in self._newest().items():
                yield list_key(window, section, language), _ranked(rows.get((section, language), []), newest)

    def _scores(self, window: str, now: float) -> dict[str, float]:
        if window == "now":
            factor = 2.0 ** (-(now - self._base) / HALF_LIFE_SECONDS)
            values = self._decaying * factor
            least = 0.01  # what has decayed below this is noise, not reading
        else:
            values = self._windows[window].totals.astype(np.float64)
            least = 0.5
        return {
            story: round(float(values[number]), 3)
            for number in np.flatnonzero(values > least).tolist()
            if number < len(self._ids) and (story := self._ids[number]) in self._stories
        }

    def _newest(self) -> dict[tuple[str, str], list[str]]:
        if self._groups is None:
            groups: dict[tuple[str, str], list[str]] = {}
            for facts in sorted(self._stories.values(), key=lambda facts: (-facts.published_at, facts.id)):
                for section in (ALL, facts.section):
                    for language in (ALL, facts.language):
                        found = groups.setdefault((section, language), [])
                        if len(found) < ROWS:
                            found.append(facts.id)
            self._groups = groups
        return self._groups

    def _number(self, story: str) -> int:
        number = self._numbers.get(story)
        if number is None:
            number = self._numbers[story] = len(self._ids)
            self._ids.append(story)
        return number

    def _decay_add(self, number: int, at: float) -> None:
        if not self._base:
            self._base = at
        if at - self._base > _REBASE_AFTER:
            self._decaying *= 2.0 ** (-(at - self._base) / HALF_LIFE_SECONDS)
            self._base = at
        self._decaying = _room_for(self._decaying, number)
        self._decaying[number] += 2.0 ** ((at - self._base) / HALF_LIFE_SECONDS)


def _ranked(read: list[tuple[str, float]], newest: list[str]) -> tuple[RankedStory, ...]:
    rows = [RankedStory(story, rank, score, filled=False) for rank, (story, score) in enumerate(read, start=1)]
    standing = {story for story, _ in read}
    for story in newest:
        if len(rows) >= ROWS:
            break
        if story not in standing:
            rows.append(RankedStory(story, len(rows) + 1, 0.0, filled=True))
    return tuple(rows)


def _room_for(array: NDArray, number: int) -> NDArray:  # type: ignore[type-arg]
    if number < len(array):
        return array
    larger = np.zeros(max(number + 1, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger
