"""How long stories are read by whoever reads them, and whether to the end: running totals of what pages tell when they are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.segments import FIRST
from kawaraban.audience.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Attended

MINUTE, HOUR, DAY = 60, 3600, 86400
TO_THE_END = 4


class Attention:
    """Seconds by story in every window; of the last day also how many reads told, and how many of these came to the end."""

    def __init__(self, minute_windows: Mapping[str, int], hour_windows: Mapping[str, int]) -> None:
        self._minutes = Totals(MINUTE, minute_windows)
        self._hours = Totals(HOUR, hour_windows)
        self._told = Totals(MINUTE, {"24h": DAY})
        self._finished = Totals(MINUTE, {"24h": DAY})
        self._hour_windows = hour_windows

    def add(self, number: int, told: Attended) -> None:
        """Add what one leaving told."""
        if told.seconds:
            self._minutes.add(number, told.at, told.seconds)
            self._hours.add(number, told.at, told.seconds)
        if told.first:
            self._told.add(number, told.at)
        if told.depth_before < TO_THE_END <= told.depth:
            self._finished.add(number, told.at)

    def add_segment(self, by_name: NDArray[np.int64], segment: Segment, until: float) -> None:
        """Add an hour of the log, up to a moment. ``by_name``: the numbers of its stories."""
        rows = segment.attended
        times = segment.hour + rows["ms"] / 1000.0
        rows, times = rows[times <= until], times[times <= until]
        if not len(rows):
            return
        numbers, depth = by_name[rows["story"]], rows["depth"]
        self._minutes.add_many(numbers, times, rows["seconds"])
        self._hours.add_many(numbers, times, rows["seconds"])
        first = depth & FIRST > 0
        self._told.add_many(numbers[first], times[first])
        ended = (depth & 7 < TO_THE_END) & (depth >> 3 & 7 >= TO_THE_END)
        self._finished.add_many(numbers[ended], times[ended])

    def advance(self, now: float) -> bool:
        """Let minutes and hours leave their windows; say whether that changed anything."""
        # All must be asked: no generator, which would stop at the first.
        return True in [totals.advance(now) for totals in (self._minutes, self._hours, self._told, self._finished)]

    def by_reader(self, window: str, reads: NDArray[np.int32], calm: float) -> NDArray[np.float64]:
        """Return the seconds a read, by story number; ``calm`` reads at the site's average are added to each that told anything."""
        totals = self._hours if window in self._hour_windows else self._minutes
        size = len(reads)
        seconds = totals.window("1h" if window == "now" else window, size)[:size].astype(np.float64)
        told = seconds > 0
        average = seconds.sum() / max(1.0, float(reads[told].sum()))
        return np.where(told, (seconds + calm * average) / (np.maximum(reads, 1) + calm), 0.0)

    def of_day(self, number: int) -> tuple[int, int, int]:
        """Return a story's seconds of the last 24 hours, how many reads told, and how many came to the end."""
        return self._minutes.count("24h", number), self._told.count("24h", number), self._finished.count("24h", number)

    def of_site(self) -> tuple[int, int, int]:
        """Return the same of all stories together."""
        return self._minutes.total("24h"), self._told.total("24h"), self._finished.total("24h")
