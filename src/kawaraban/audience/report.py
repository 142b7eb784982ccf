"""Tallies for the newsroom's screen: who reads what now, where they come from, what was dropped."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from kawaraban.audience.wire import Report

if TYPE_CHECKING:
    from kawaraban.audience.shapes import Counted, Dropped
    from kawaraban.sheetlog.shapes import Story

MINUTE, HOUR, DAY = 60, 3600, 86400
NOW_SECONDS = 5 * MINUTE
STORIES_SHOWN = 50


class Tally:
    """Counts of the last day, by minute."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, Counter[tuple[str, str]]]] = deque()  # (minute, counts by (what, name))
        self._visitors: dict[bytes, float] = {}

    def count(self, read: Counted) -> None:
        """Count a read."""
        counts = self._at(read.at)
        for key in (("story", read.story), ("source", read.source), ("device", read.device), ("all", "")):
            counts[key] += 1
        self._visitors[read.visitor] = max(read.at, self._visitors.get(read.visitor, 0.0))

    def drop(self, drop: Dropped) -> None:
        """Count what was dropped."""
        self._at(drop.at)["dropped", drop.reason] += drop.count

    def forget(self, now: float) -> None:
        """Let go of what is older than a day."""
        while self._minutes and self._minutes[0][0] * MINUTE <= now - DAY:
            self._minutes.popleft()
        self._visitors = {who: at for who, at in self._visitors.items() if at > now - NOW_SECONDS}

    def report(self, now: float, stories: dict[str, Story]) -> Report:
        """Return what the screen shows."""
        self.forget(now)
        day: Counter[tuple[str, str]] = Counter()
        hour: Counter[tuple[str, str]] = Counter()
        hours = [0] * 24
        series: dict[str, list[int]] = {}
        this_minute = int(now) // MINUTE
        for minute, counts in self._minutes:
            day.update(counts)
            hours[max(0, 23 - int(now - minute * MINUTE) // HOUR)] += counts["all", ""]
            ago = this_minute - minute
            if ago < MINUTE:
                hour.update(counts)
                for (what, name), count in counts.items():
                    if what == "story":
                        series.setdefault(name, [0] * 60)[59 - max(0, ago)] += count
        sections: Counter[str] = Counter()
        for (what, name), count in day.items():
            if what == "story" and name in stories:
                sections[stories[name].section] += count
        top = sorted((name for what, name in day if what == "story"), key=lambda name: (-hour["story", name], -day["story", name], name))
        return Report(
            at=now,
            readers_now=len(self._visitors),
            reads_hour=hour["all", ""],
            reads_day=day["all", ""],
            by_story=[(name, hour["story", name], day["story", name], series.get(name, [0] * 60)) for name in top[:STORIES_SHOWN]],
            by_section=sections.most_common(),
            by_source=_named(day, "source"),
            by_device=_named(day, "device"),
            dropped=_named(day, "dropped"),
            by_hour=hours,
        )

    def _at(self, at: float) -> Counter[tuple[str, str]]:
        minute = int(at) // MINUTE
        # Reads come nearly in order: look from the newest on.
        fresh: Counter[tuple[str, str]] = Counter()
        for position in range(len(self._minutes) - 1, -1, -1):
            known, counts = self._minutes[position]
            if known == minute:
                return counts
            if known < minute:
                self._minutes.insert(position + 1, (minute, fresh))
                return fresh
        self._minutes.appendleft((minute, fresh))
        return fresh


def _named(counts: Counter[tuple[str, str]], what: str) -> list[tuple[str, int]]:
    return sorted(((name, count) for (kind, name), count in counts.items() if kind == what), key=lambda row: (-row[1], row[0]))
