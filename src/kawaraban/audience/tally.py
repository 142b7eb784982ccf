"""Tallies for the newsroom's screen beside the rankings: where readers come from, with what, and what was dropped and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from kawaraban.audience.shapes import DEVICES, SOURCES, Named, Report, StoryNow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kawaraban.audience.ranking import Rankings
    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Counted, Dropped
    from kawaraban.sheetlog.shapes import Story

MINUTE, HOUR, DAY = 60, 3600, 86400
NOW_SECONDS = 5 * MINUTE
STORIES_SHOWN = 100

What = Literal["source", "device", "dropped"]


class Tally:
    """Counts of the last day by minute. A name of each kind a minute: small, whatever is read."""

    def __init__(self) -> None:
        self._minutes: dict[int, Counter[tuple[What, str]]] = {}
        self._visitors: dict[int, float] = {}

    def count(self, read: Counted) -> None:
        """Count a read."""
        counts = self._at(read.at)
        counts["source", read.source] += 1
        counts["device", read.device] += 1
        self._visitors[read.visitor] = read.at

    def drop(self, drop: Dropped) -> None:
        """Count what was dropped."""
        self._at(drop.at)["dropped", drop.reason] += drop.count

    def add_segment(self, segment: Segment, now: float) -> None:
        """Count an hour of the log."""
        keys = segment.reads["ms"].astype("u8") // (MINUTE * 1000) * 256 + segment.reads["marks"]
        for key, count in Counter(keys.tolist()).items():
            counts = self._at(segment.hour + key // 256 * MINUTE)
            counts["source", SOURCES[key & 15]] += count
            counts["device", DEVICES[key >> 4 & 15]] += count
        for drop in segment.dropped():
            self.drop(drop)
        recent = segment.reads[segment.times() > now - NOW_SECONDS]
        for visitor in recent["visitor"].tolist():
            self._visitors[visitor] = now

    def forget(self, now: float) -> None:
        """Let go of what is older than a day."""
        first = int(now - DAY) // MINUTE
        for minute in [minute for minute in self._minutes if minute < first]:
            del self._minutes[minute]
        self._visitors = {who: at for who, at in self._visitors.items() if at > now - NOW_SECONDS}

    def report(self, now: float, rankings: Rankings, stories: Mapping[str, Story], *, writing: bool = True) -> Report:
        """Return what the screen shows."""
        self.forget(now)
        day: Counter[tuple[What, str]] = Counter()
        for counts in self._minutes.values():
            day.update(counts)
        read_today = dict(rankings.read_stories("24h"))
        read_now = dict(rankings.read_stories("1h"))
        sections: Counter[str] = Counter()
        for name, count in read_today.items():
            if name in stories:
                sections[stories[name].section] += count
        top = sorted(read_today, key=lambda name: (-read_now.get(name, 0), -read_today[name], name))[:STORIES_SHOWN]
        minutes = rankings.minutes.sums(now, DAY // MINUTE)
        return Report(
            at=now,
            readers_now=len(self._visitors),
            reads_hour=sum(read_now.values()),
            reads_day=sum(read_today.values()),
            stories=tuple(
                StoryNow(name, read_now.get(name, 0), read_today[name], rankings.minutes.series(number, now, 60))
                for name in top
                if (number := rankings.number_of(name)) is not None
            ),
            sections=_largest_first(sections),
            sources=_named(day, "source"),
            devices=_named(day, "device"),
            dropped=_named(day, "dropped"),
            hours=tuple(sum(minutes[first : first + 60]) for first in range(0, len(minutes), 60)),
            writing=writing,
        )

    def _at(self, at: float) -> Counter[tuple[What, str]]:
        return self._minutes.setdefault(int(at) // MINUTE, Counter())


def _named(counts: Counter[tuple[What, str]], what: What) -> tuple[Named, ...]:
    return _largest_first({name: count for (kind, name), count in counts.items() if kind == what})


def _largest_first(counts: Mapping[str, int]) -> tuple[Named, ...]:
    return tuple(Named(name, count) for name, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])))
