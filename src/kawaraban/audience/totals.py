"""Running totals: reads by story in buckets of a minute or an hour, and in windows over them.

A window's totals are an array by story number that grows by a read and shrinks when a bucket leaves. So a ranking costs one look at
an array however many reads there were, and memory follows what is read, not what was ever published.

A bucket leaves a window when all of it is older than the window: at 12:34:20 the last hour holds the reads since 11:34:00. Nothing
jumps at the full hour or at midnight, and no clock of any time zone is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Counts = tuple["NDArray[np.uint32]", "NDArray[np.uint32]"]  # numbers of stories, and how often each was read


@dataclass
class _Window:
    length: int
    edge: int = 0  # the first bucket that is inside
    totals: NDArray[np.int32] = field(default_factory=lambda: np.zeros(256, np.int32))


class Totals:
    """Buckets of one length, and the totals of the windows that are made of them. Lengths in seconds."""

    def __init__(self, grain: int, windows: Mapping[str, int]) -> None:
        self.grain = grain
        self._windows = {name: _Window(length) for name, length in windows.items()}
        self._longest = max(self._windows.values(), key=lambda window: window.length)
        # The bucket that is being filled is a dictionary; one that is over is two arrays, at a tenth of the memory.
        self._buckets: dict[int, dict[int, int] | Counts] = {}

    def add(self, number: int, at: float) -> None:
        """Count a read of the story with this number; one that is older than a window does not enter it."""
        self._add_counts(int(at // self.grain), {number: 1})

    def add_many(self, numbers: NDArray[Any], times: NDArray[np.float64]) -> None:
        """Count many reads, as after a restart."""
        buckets = (times // self.grain).astype(np.int64)
        for bucket in np.unique(buckets).tolist():
            stories, counts = np.unique(numbers[buckets == bucket], return_counts=True)
            self._add_counts(bucket, dict(zip(stories.tolist(), counts.tolist(), strict=True)))

    def advance(self, now: float) -> bool:
        """Let the buckets leave that are older than a window; say whether that changed any total."""
        changed = False
        for window in self._windows.values():
            edge = int((now - window.length) // self.grain)
            if edge <= window.edge:
                continue
            leaving = [bucket for bucket in self._buckets if window.edge <= bucket < edge]
            for bucket in leaving:
                numbers, counts = self._closed(bucket)
                window.totals[numbers] -= counts.astype(np.int32)
                changed = True
            window.edge = edge
        for bucket in [bucket for bucket in self._buckets if bucket < self._longest.edge]:
            del self._buckets[bucket]
        current = int(now // self.grain)
        for bucket, counts_ in self._buckets.items():
            # The last one stays open: reads that were on their way at the turn of the minute still come.
            if bucket < current - 1 and isinstance(counts_, dict):
                self._closed(bucket)
        return changed

    def window(self, name: str, size: int) -> NDArray[np.int32]:
        """Return a window's totals by story number, at least ``size`` long. Not to be written to."""
        window = self._windows[name]
        window.totals = room_for(window.totals, size - 1)
        return window.totals

    def count(self, name: str, number: int) -> int:
        """Return a story's reads within a window."""
        totals = self._windows[name].totals
        return int(totals[number]) if number < len(totals) else 0

    def series(self, number: int, now: float, length: int) -> tuple[int, ...]:
        """Return a story's reads in each of the last ``length`` buckets, the one of now last."""
        current = int(now // self.grain)
        return tuple(self._of(current - ago, number) for ago in range(length - 1, -1, -1))

    def sums(self, now: float, length: int) -> tuple[int, ...]:
        """Return all reads in each of the last ``length`` buckets, the one of now last."""
        current = int(now // self.grain)
        return tuple(self._sum(current - ago) for ago in range(length - 1, -1, -1))

    def _add_counts(self, bucket: int, counts: dict[int, int]) -> None:
        if bucket < self._longest.edge:
            return
        own = self._opened(bucket)
        for number, count in counts.items():
            own[number] = own.get(number, 0) + count
            for window in self._windows.values():
                if bucket >= window.edge:
                    if number >= len(window.totals):
                        window.totals = room_for(window.totals, number)
                    window.totals[number] += count

    def _opened(self, bucket: int) -> dict[int, int]:
        known = self._buckets.get(bucket)
        if not isinstance(known, dict):
            known = {} if known is None else dict(zip(known[0].tolist(), known[1].tolist(), strict=True))
            self._buckets[bucket] = known
        return known

    def _closed(self, bucket: int) -> Counts:
        known = self._buckets[bucket]
        if isinstance(known, dict):
            numbers = np.fromiter(sorted(known), np.uint32, len(known))
            known = numbers, np.fromiter((known[number] for number in sorted(known)), np.uint32, len(known))
            self._buckets[bucket] = known
        return known

    def _of(self, bucket: int, number: int) -> int:
        known = self._buckets.get(bucket)
        if known is None:
            return 0
        if isinstance(known, dict):
            return known.get(number, 0)
        place = int(np.searchsorted(known[0], number))
        return int(known[1][place]) if place < len(known[0]) and known[0][place] == number else 0

    def _sum(self, bucket: int) -> int:
        known = self._buckets.get(bucket)
        if known is None:
            return 0
        return sum(known.values()) if isinstance(known, dict) else int(known[1].sum())


def room_for(array: NDArray[Any], number: int) -> NDArray[Any]:
    """Return an array in which this number has a place: the same, or a longer one with zeros behind."""
    if number < len(array):
        return array
    larger = np.zeros(max(number + 1, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger
