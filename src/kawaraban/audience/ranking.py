"""The rankings: by window, section and language, of the stories that stand; and, when asked for, by topic and byline and in other orders.

A list with fewer read stories than rows is filled with the newest ones, which say of themselves that they fill. Equal scores stand
newest first; equal times by a hash of the story, so that every process and every restart ranks alike. What an editor pinned stands
first, what an editor took out, or whose time has ended, is neither ranked nor fills.
"""

from __future__ import annotations

from array import array
from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kawaraban.audience.attention import Attention
from kawaraban.audience.expectations import LEAST_READS, expected_reads, rhythm_of, rise
from kawaraban.audience.pace import Pace
from kawaraban.audience.shapes import WINDOWS, Asked, RankedStory, Window, list_key
from kawaraban.audience.standing import Standing
from kawaraban.audience.totals import Totals, room_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Attended, Counted
    from kawaraban.audience.shelf import Shelved

MINUTE, HOUR, DAY = 60, 3600, 86400
MINUTE_WINDOWS = {"1h": HOUR, "24h": DAY}
HOUR_WINDOWS = {"7d": 7 * DAY, "30d": 30 * DAY}
KEEP_SECONDS = 30 * DAY + HOUR
# What a story's rise is held to: the hour, and the three before it.
_FOUR_HOURS = "4h"
# "now" forgets half of a read in this time. docs/explanation/what-is-a-ranking.md says how it was chosen.
HALF_LIFE_SECONDS = 20 * MINUTE
ROWS = 100
# How many stories say what a site's stories get in their first hour, and for how long after.
_FIRST_HOURS_FROM = 7 * DAY
# So many reads at the site's average are added to a story's own: what two readers did is no story's way of being read.
CALM_READS = 20
# So few reads cost less one by one than as arrays.
FEW = 8

Numbers = "NDArray[np.int64]"


class Rankings:
    """All windows of a site. ``half_life``: that of "now", in seconds."""

    def __init__(self, half_life: float = HALF_LIFE_SECONDS) -> None:
        self.minutes = Totals(MINUTE, {**MINUTE_WINDOWS, _FOUR_HOURS: 4 * HOUR}, keep_plain=70)
        self.hours = Totals(HOUR, HOUR_WINDOWS)
        self.attention = Attention(MINUTE_WINDOWS, HOUR_WINDOWS)
        self.pace = Pace(half_life)
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._standing = Standing()
        self._first_hour: NDArray[np.int32] = np.zeros(256, np.int32)
        self._pinned: dict[int, float] = {}  # until when
        # "topic/…" and "byline/…": the numbers of their stories. Sets of them would take twenty times the memory.
        self._tags: dict[str, array[int]] = {}
        self._tagged: list[Shelved | None] = []  # what each story was when it was tagged
        self._next_change = float("inf")  # when an editor's act begins or ends to hold

    # ------------------------------------------------------------------ what is known

    def stand(self, name: str, story: Shelved | None) -> None:
        """A story stands from now on as it is told here; None: it is ranked and fills no more."""
        number = self._number(name)
        self._standing.put(number, story)
        self._pinned.pop(number, None)
        for tag in _tags_of(self._tagged[number]):
            self._tags[tag].remove(number)
        self._tagged[number] = story
        if story is None:
            return
        if story.pinned_until:
            self._pinned[number] = story.pinned_until
        for moment in (story.pinned_until, story.leaves_ranking_at):
            if moment:
                self._next_change = min(self._next_change, moment)
        for tag in _tags_of(story):
            self._tags.setdefault(tag, array("I")).append(number)

    def add(self, read: Counted, count: int = 1) -> None:
        """Count a read; one older than a window does not enter it."""
        number = self._number(read.story)
        self.minutes.add(number, read.at, count)
        self.hours.add(number, read.at, count)
        if 0 <= read.at - self._standing.published[number] < HOUR:
            self._first_hour[number] += count
        self.pace.add(number, read.at, count)

    def add_each(self, reads: Sequence[Counted]) -> None:
        """Count reads as they come: together, which costs less than one by one."""
        if len(reads) < FEW:
            self.add_all(reads)
            return
        stories, times = [read.story for read in reads], [read.at for read in reads]
        numbers = [known for known in map(self._numbers.get, stories) if known is not None]
        if len(numbers) < len(stories):
            numbers = list(map(self._number, stories))
        ats = np.array(times)
        # Of one minute, as nearly always, each story is counted once, and not each read.
        counts, first, last = Counter(numbers), float(ats.min()), float(ats.max())
        for totals in (self.minutes, self.hours):
            if not totals.add_together(counts, first, last):
                totals.add_each(numbers, times)
        self._add_scores(np.array(numbers, np.int64), ats)

    def remove(self, read: Counted) -> None:
        """Let a read leave every window that it is in."""
        self.add(read, -1)

    def attend(self, told: Attended) -> None:
        """Add to the attention that a story had."""
        self.attention.add(self._number(told.story), told)

    def add_all(self, reads: Iterable[Counted]) -> None:
        """Count reads in any order."""
        for read in reads:
            self.add(read)

    def add_segment(self, segment: Segment, until: float = float("inf")) -> None:
        """Count an hour of the log, up to a moment."""
        known: list[int | None] = list(map(self._numbers.get, segment.names))
        by_name = np.array(
            [self._number(name) if number is None else number for name, number in zip(segment.names, known, strict=True)]
            if None in known
            else known,
            np.int64,
        )
        numbers, times = by_name[segment.reads["story"]], segment.times()
        self.attention.add_segment(by_name, segment, until)
        if len(times) and times.max() > until:
            numbers, times = numbers[times <= until], times[times <= until]
        if not len(times):
            return
        self.minutes.add_many(numbers, times)
        self.hours.add_many(numbers, times)
        self._add_scores(numbers, times)

    def advance(self, now: float) -> bool:
        """Let minutes and hours leave their windows; say whether that changed anything."""
        acts = now >= self._next_change
        if acts:
            self._standing.look_again()
            self._next_change = self._change_after(now)
        # All must be asked: no "or", which would stop at the first.
        return any([acts, self.minutes.advance(now), self.hours.advance(now), self.attention.advance(now)])

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
        return float(self.scores([story], window, now)[0])

    def scores(self, stories: Sequence[str], window: str, now: float) -> list[float]:
        """Return what stories are ranked by: reads in a window, or the reads an hour that each has now, unrounded."""
        if window != "now":
            return [float(self.reads(story, window)) for story in stories]
        # The last stands for what nobody has named: it is held for a story that has not been read for as long as any.
        paces = self.pace.an_hour(now, np.append(self._standing.published[: len(self._ids)], 0.0))
        return [float(paces[self._numbers.get(story, -1)]) for story in stories]

    def was_read(self, story: str, asked: Asked, now: float) -> bool:
        """Whether a story was read within what a ranking is of."""
        if asked.window != "now" or asked.order != "reads":
            return self.reads(story, "1h" if asked.order == "rising" else asked.window) > 0
        number = self._numbers.get(story)
        return number is not None and bool(self.pace.is_read(now, len(self._ids))[number])

    def number_of(self, story: str) -> int | None:
        """Return a story's number in ``minutes`` and ``hours``."""
        return self._numbers.get(story)

    def name_of(self, number: int) -> str:
        """Return the story that has a number."""
        return self._ids[number]

    def most_read(self, limit: int) -> NDArray[np.int64]:
        """Return the numbers of the stories that were read most in this hour, then in this day, whether they still stand or not."""
        hour, day = self._totals("1h"), self._totals("24h")
        read = np.flatnonzero(day > 0)
        if len(read) > 4 * limit:
            # Only what can come among the first is put in order. A story's reads of an hour are among those of its day.
            keys = hour[read].astype(np.int64) << 32 | day[read]
            read = read[keys >= np.partition(keys, len(read) - limit)[len(read) - limit]]
        return read[np.lexsort((self._standing.ties[read], -day[read], -hour[read]))][:limit]

    def reads_by(self, kind: Literal["section", "topic", "byline"], window: str) -> dict[str, int]:
        """Return the reads of a window by section, topic or byline, of the stories that stand."""
        totals = self._totals(window) * self._standing.stands[: len(self._ids)]
        if kind == "section":
            # Languages are numbered along, and no story is in them.
            counts = np.bincount(self._standing.sections[: len(totals)], totals, minlength=len(self._standing.names)).astype(np.int64)
            return {name: count for name, number in self._standing.names.items() if (count := int(counts[number]))}
        prefix = f"{kind}/"
        sums = {
            tag.removeprefix(prefix): int(totals[np.array(those, np.int64)].sum())
            for tag, those in self._tags.items()
            if tag.startswith(prefix)
        }
        return {name: count for name, count in sums.items() if count}

    def expected(self, now: float, numbers: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Return the reads of the last hour that are to be expected of these stories, or of all, in the order of their numbers."""
        size = len(self._ids)
        those = np.arange(size) if numbers is None else numbers
        hour, four = self.minutes.window("1h", size)[those], self.minutes.window(_FOUR_HOURS, size)[those]
        sums = self.minutes.total("1h"), self.minutes.total(_FOUR_HOURS)
        return expected_reads(
            (four - hour).astype(np.float64),
            (now - self._standing.published[those]) / HOUR,
            first_hour=self._usual_first_hour(now),
            rhythm=rhythm_of(sums[0], sums[1] - sums[0]),
        )

    def lists(self, now: float) -> Iterator[tuple[str, tuple[RankedStory, ...]]]:
        """Yield every ranking that pages show, by its name."""
        groups = self._standing.groups(now)
        for window in WINDOWS:
            scores, reads = self._scores(Asked(window), now)
            # Of this moment: while lists are made of it, reads come in.
            own = reads.copy()
            scores, reads = own if scores is reads else scores, own
            # Most sites have one language: then every list of it is one of all languages too.
            made: dict[int, tuple[RankedStory, ...]] = {}
            for (section, language), members in groups.items():
                rows = made.get(id(members))
                if rows is None:
                    rows = made[id(members)] = self._ranked(members, scores, reads, now)
                yield list_key(window, section, language), rows

    def one(self, asked: Asked, now: float) -> tuple[RankedStory, ...]:
        """Make one ranking. Nothing is known of a section, topic or language of which no story stands: then it is empty."""
        tags = [*([f"topic/{asked.topic}"] if asked.topic else []), *([f"byline/{asked.byline}"] if asked.byline else [])]
        if tags:
            # A topic's stories are few: they are put in order, instead of being looked for among all.
            those = reduce(_both, (np.array(self._tags.get(tag, ()), np.int64) for tag in tags))
            members = self._standing.among(self._standing.in_order(those, now), asked.section, asked.language)
        else:
            members = self._standing.group(asked.section, asked.language, now)
        if not len(members):
            return ()
        scores, reads = self._scores(asked, now)
        return self._ranked(members, scores, reads, now)

    # ------------------------------------------------------------------ within

    def _add_scores(self, numbers: NDArray[np.int64], times: NDArray[np.float64]) -> None:
        ages = times - self._standing.published[numbers]
        np.add.at(self._first_hour, numbers[(ages >= 0) & (ages < HOUR)], 1)
        self.pace.add_each(numbers, times)

    def _scores(self, asked: Asked, now: float) -> tuple[NDArray[Any], NDArray[np.int32]]:
        """Return scores and reads by story number; a story whose score is 0 is not ranked. They are not to be written to."""
        window: Window = "1h" if asked.order == "rising" else asked.window
        reads = self._totals(window)
        if asked.order == "rising":
            scores, enough = np.zeros(len(reads)), np.flatnonzero(reads >= LEAST_READS)
            scores[enough] = np.round(rise(reads[enough].astype(np.float64), self.expected(now, enough)), 3)
            return scores, reads
        if asked.order == "engaged":
            return np.round(self.attention.by_reader(window, reads, CALM_READS), 3), reads
        if window == "now":
            return self.pace.of_the_read(now, self._standing.published[: len(self._ids)]), reads
        return reads, reads

    def _totals(self, window: str) -> NDArray[np.int32]:
        size = len(self._ids)
        totals = self.hours if window in HOUR_WINDOWS else self.minutes
        return totals.window("1h" if window == "now" else window, size)[:size]

    def _ranked(self, members: NDArray[np.int64], scores: NDArray[Any], reads: NDArray[np.int32], now: float) -> tuple[RankedStory, ...]:
        """Rank the members of a group, which come newest first."""
        own = scores[members]
        read = np.flatnonzero(own > 0)
        own = own[read]
        # Only what can come among the first is put in order. Thousands have the same small score, with which a partition is slow.
        while len(read) > 4 * ROWS and np.count_nonzero(above := own > own.mean()) >= ROWS:
            read, own = read[above], own[above]
        if len(read) > 4 * ROWS:
            above = own >= np.partition(own, len(own) - ROWS)[len(own) - ROWS]
            read, own = read[above], own[above]
        # Of equal scores the newest stays first, as the members come.
        rows = members[read[np.argsort(-own, kind="stable")][:ROWS]].tolist()
        pinned = [number for number, until in self._pinned.items() if until > now]
        if pinned:
            first = sorted(
                _both(members, np.array(pinned, np.int64)).tolist(),
                key=lambda number: (-scores[number], -self._standing.published[number], self._standing.ties[number]),
            )
            rows = [*first, *(number for number in rows if number not in set(first))][:ROWS]
            pinned = first
        values, counts = scores[rows].tolist(), reads[rows].tolist()
        ranked = [
            RankedStory(self._ids[number], rank, count, float(score), filled=False, pinned=rank <= len(pinned))
            for rank, (number, count, score) in enumerate(zip(rows, counts, values, strict=True), start=1)
        ]
        if len(ranked) < ROWS:
            standing = set(rows)
            rest = [number for number in members[: 2 * ROWS].tolist() if number not in standing][: ROWS - len(ranked)]
            ranked.extend(RankedStory(self._ids[number], rank, 0, 0.0, filled=True) for rank, number in enumerate(rest, len(ranked) + 1))
        return tuple(ranked)

    def _usual_first_hour(self, now: float) -> float:
        """Return the reads that a story of this site gets in its first hour, of those of the last week."""
        size = len(self._ids)
        ages = now - self._standing.published[:size]
        lately = self._first_hour[:size][(ages >= HOUR) & (ages < _FIRST_HOURS_FROM) & self._standing.stands[:size]]
        return float(lately.mean()) if len(lately) else 1.0

    def _change_after(self, now: float) -> float:
        moments = [until for until in self._pinned.values() if until > now]
        leaves = self._standing.leaves[: len(self._ids)]
        later = leaves[leaves > now]
        return min([*moments, *([float(later.min())] if len(later) else []), float("inf")])

    def _number(self, story: str) -> int:
        number = self._numbers.get(story)
        if number is None:
            number = self._numbers[story] = len(self._ids)
            self._ids.append(story)
            self._tagged.append(None)
            self._first_hour = room_for(self._first_hour, number)
            self._standing.make_room(number, story)
        return number


def _both(some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those numbers of the first that are among the second too, in their order."""
    return some[np.isin(some, others)]


def _tags_of(story: Shelved | None) -> Iterator[str]:
    # A topic that is named twice is one.
    if story is not None:
        yield from (f"topic/{topic}" for topic in dict.fromkeys(story.topics))
        yield from (f"byline/{person}" for person in dict.fromkeys(story.bylines))
