"""Tallies for the newsroom's screen beside the rankings: where readers come from, with what, what was dropped and why, what is striking."""

from __future__ import annotations

from collections import Counter, deque
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from kawaraban.audience.origins import device_of, source_of
from kawaraban.audience.shapes import DEVICES, SOURCES, Alert, Named, Report, Ruled, Sample, StoryNow
from kawaraban.audience.steps import rule_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kawaraban.audience.ranking import Rankings
    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Counted, Device, Dropped, Reason
    from kawaraban.audience.steps import Read

MINUTE, HOUR, DAY = 60, 3600, 86400
NOW_SECONDS = 5 * MINUTE
STORIES_SHOWN = 100
NAMES_SHOWN = 20
SAMPLES_OF_A_REASON = 5
SAMPLE_EVERY_SECONDS = 1.0
RULES_KNOWN = 500
# A story is told of when it is read so many times more than expected, and often enough that it is no chance.
RISES_BY, RISES_FROM = 5.0, 20
# Reads have stopped when none came for so long, though so many came in the hour before.
SILENT_SECONDS, SILENT_AFTER_READS = 10 * MINUTE, 60

What = Literal["source", "device", "dropped"]


class Tally:
    """Counts of the last day by minute. A name of each kind a minute: small, whatever is read."""

    def __init__(self) -> None:
        self._minutes: dict[int, Counter[tuple[What, str]]] = {}
        self._day: Counter[tuple[What, str]] = Counter()  # all minutes together
        self._first = 0  # of what minute everything before has been let go
        self._visitors: dict[int, float] = {}
        self._rules: Counter[tuple[Reason, str]] = Counter()
        self._samples: dict[Reason, deque[Sample]] = {}
        self._sampled_at: dict[Reason, float] = {}

    def count(self, read: Counted) -> None:
        """Count a read."""
        self.count_each((read,))

    def count_each(self, reads: Sequence[Counted]) -> None:
        """Count reads: those of one minute together."""
        times = [read.at for read in reads]
        self._visitors.update(zip([read.visitor for read in reads], times, strict=True))
        minute = int(min(times)) // MINUTE
        if minute == int(max(times)) // MINUTE:
            # As nearly always.
            names = {minute: Counter([(read.source, read.device) for read in reads])}
        else:
            names = {}
            for read in reads:
                names.setdefault(int(read.at) // MINUTE, Counter())[read.source, read.device] += 1
        for minute, pairs in names.items():
            for (source, device), count in pairs.items():
                self._add(minute, ("source", source), count)
                self._add(minute, ("device", device), count)

    def remove(self, read: Counted) -> None:
        """Let a read leave that was withdrawn, if it is of the last day."""
        minute = int(read.at) // MINUTE
        if minute in self._minutes:
            self._add(minute, ("source", read.source), -1)
            self._add(minute, ("device", read.device), -1)

    def drop(self, drop: Dropped) -> None:
        """Count what was dropped."""
        self._add(int(drop.at) // MINUTE, ("dropped", drop.reason), drop.count)

    def sample(self, read: Read, reason: Reason, stories: Collection[str], own_hosts: Collection[str]) -> None:
        """Keep, in memory, what may be shown of a read that was dropped: its rule and its classes, nothing of who it was."""
        rule, raw = rule_of(read, reason), read.raw
        if self._is_to_be_kept(reason, rule, 1, raw.at):
            story = read.story if read.story in stories else ""
            one = Sample(raw.at // MINUTE * MINUTE, reason, rule, story, source_of(raw.page.referrer, own_hosts), device_of(raw.user_agent))
            self._samples[reason].append(one)

    def note(self, reason: Reason, rule: str, device: Device, count: int, at: float) -> None:
        """Keep likewise what is known of messages that were none: their rule, and with what they were sent."""
        if self._is_to_be_kept(reason, rule, count, at):
            self._samples[reason].append(Sample(at // MINUTE * MINUTE, reason, rule, "", "", device))

    def _is_to_be_kept(self, reason: Reason, rule: str, count: int, at: float) -> bool:
        if (reason, rule) in self._rules or len(self._rules) < RULES_KNOWN:
            self._rules[reason, rule] += count
        kept = self._samples.setdefault(reason, deque(maxlen=SAMPLES_OF_A_REASON))
        # In a flood one is like the other.
        is_alike = bool(kept) and kept[-1].rule == rule and at - self._sampled_at.get(reason, 0.0) < SAMPLE_EVERY_SECONDS
        if not is_alike:
            self._sampled_at[reason] = at
        return not is_alike

    def add_segment(self, segment: Segment, now: float) -> None:
        """Count an hour of the log."""
        keys = segment.reads["ms"].astype("u8") // (MINUTE * 1000) * 256 + segment.reads["marks"]
        for key, count in Counter(keys.tolist()).items():
            minute = segment.hour // MINUTE + key // 256
            self._add(minute, ("source", SOURCES[key & 15]), count)
            self._add(minute, ("device", DEVICES[key >> 4 & 15]), count)
        for drop in segment.dropped():
            self.drop(drop)
        recent = segment.reads[segment.times() > now - NOW_SECONDS]
        for visitor in recent["visitor"].tolist():
            self._visitors[visitor] = now

    def forget(self, now: float) -> None:
        """Let go of what is older than a day."""
        first = int(now - DAY) // MINUTE
        # Mostly one minute goes; after a long time, or at the start, all are looked at.
        near = first - self._first <= len(self._minutes)
        for minute in range(self._first, first) if near else [minute for minute in self._minutes if minute < first]:
            if minute in self._minutes:
                self._day.subtract(self._minutes.pop(minute))
        self._first = max(self._first, first)
        self._visitors = {who: at for who, at in self._visitors.items() if at > now - NOW_SECONDS}

    def report(self, now: float, rankings: Rankings, *, writing: bool = True) -> Report:
        """Return what the screen shows."""
        self.forget(now)
        shown = self._stories(rankings.most_read(STORIES_SHOWN), rankings, now)
        minutes = rankings.minutes.sums(now, DAY // MINUTE)
        seconds, told, finished = rankings.attention.of_site()
        return Report(
            at=now,
            readers_now=len(self._visitors),
            reads_hour=rankings.minutes.total("1h"),
            reads_day=rankings.minutes.total("24h"),
            stories=shown,
            sections=_largest_first(rankings.reads_by("section", "24h")),
            sources=_named(self._day, "source"),
            devices=_named(self._day, "device"),
            dropped=_named(self._day, "dropped"),
            hours=tuple(sum(minutes[first : first + 60]) for first in range(0, len(minutes), 60)),
            writing=writing,
            topics=_largest_first(rankings.reads_by("topic", "24h"))[:NAMES_SHOWN],
            bylines=_largest_first(rankings.reads_by("byline", "24h"))[:NAMES_SHOWN],
            week_ago=_until(now, rankings.hours.sums(now, 25, ago=7 * 24)),
            engaged=seconds / told if told else 0.0,
            told=told,
            finished=finished / told if told else 0.0,
            rules=tuple(Ruled(reason, rule, count) for (reason, rule), count in self._rules.most_common(STORIES_SHOWN)),
            samples=tuple(sample for kept in self._samples.values() for sample in reversed(kept)),
            alerts=_alerts(shown, minutes),
        )

    def _stories(self, numbers: NDArray[np.int64], rankings: Rankings, now: float) -> tuple[StoryNow, ...]:
        expected, series = rankings.expected(now, numbers), rankings.minutes.series_of(numbers, now, 60)
        found = []
        for number, reads, minutes in zip(numbers.tolist(), expected.tolist(), series.tolist(), strict=True):
            seconds, told, finished = rankings.attention.of_day(number)
            found.append(
                StoryNow(
                    rankings.name_of(number),
                    rankings.minutes.count("1h", number),
                    rankings.minutes.count("24h", number),
                    tuple(minutes),
                    round(reads, 1),
                    round(seconds / told, 1) if told else 0.0,
                    round(finished / told, 3) if told else 0.0,
                )
            )
        return tuple(found)

    def _add(self, minute: int, name: tuple[What, str], count: int) -> None:
        if minute < self._first:
            return
        counts = self._minutes.get(minute)
        if counts is None:
            counts = self._minutes[minute] = Counter()
        counts[name] += count
        self._day[name] += count


def _until(now: float, hours: tuple[int, ...]) -> tuple[int, ...]:
    """Return hours that end at this minute from hours of the clock: of each two, the parts that lie in it."""
    part = now % HOUR / HOUR
    return tuple(round(before * (1 - part) + after * part) for before, after in pairwise(hours))


def _alerts(stories: tuple[StoryNow, ...], minutes: tuple[int, ...]) -> tuple[Alert, ...]:
    alerts = [
        Alert("rising", story.story, story.hour, story.expected)
        for story in stories
        if story.hour >= RISES_FROM and story.hour >= RISES_BY * story.expected
    ]
    silence = next((ago for ago, count in enumerate(reversed(minutes)) if count), len(minutes))
    before = sum(minutes[len(minutes) - silence - HOUR // MINUTE : len(minutes) - silence])
    if silence * MINUTE > SILENT_SECONDS and before >= SILENT_AFTER_READS:
        alerts.insert(0, Alert("silent", "", silence, before))
    return tuple(alerts)


def _named(counts: Counter[tuple[What, str]], what: What) -> tuple[Named, ...]:
    return _largest_first({name: count for (kind, name), count in counts.items() if kind == what and count > 0})


def _largest_first(counts: Mapping[str, int]) -> tuple[Named, ...]:
    return tuple(Named(name, count) for name, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])))
