"""Judges stored reads again by today's rules, as far as what is stored lets tell: who was found out later leaves every count.

Of a read its story, time and, for two days, the hash of its visitor are known. So three rules can be applied again: repeats, forty
stories a minute, and one that only looking back can apply: more reads in a day than anybody makes. A crowd behind one address (eight
different stories within a minute, of which it meets many again) was judged by what the whole site read then, and stays as it was judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.columns import places_among
from kawaraban.audience.crowds import STORIES_OF_A_CROWD
from kawaraban.audience.segments import HOUR
from kawaraban.audience.shapes import Withdrawn
from kawaraban.audience.steps import CROWD_MEETS_AGAIN, REPEAT_SECONDS, VISITOR_A_MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from kawaraban.audience.readlog import ReadLog
    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Reason

DAY = 86400
# Nobody reads five hundred stories in a day. Who does must read so many in one of its hours at least.
READS_A_DAY = 500
WORTH_NOTING = READS_A_DAY // 24
MINUTE_MS = 60_000
# One number for a visitor and a story: two that fall together by chance, once in a day of 10^8 reads' 2^64, would be a repeat.
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class Recount:
    """What came of it."""

    reads: int = 0
    withdrawn: dict[Reason, int] = field(default_factory=dict)
    hours: int = 0


def recount(log: ReadLog, since: float, withdraw: Callable[[int, list[Withdrawn]], int]) -> Recount:
    """Judge all reads of the log from a moment on again; ``withdraw`` lets those of an hour leave, and says how many were there."""
    tireless = _tireless(log, since)
    outcome = Recount()
    before = np.zeros(0, np.uint64), np.zeros(0, np.float64)
    for segment in log.segments(since - HOUR):
        judged, before = _judged(segment, tireless, before)
        if segment.hour + HOUR <= since:
            continue
        leaving = [one for one in judged if segment.hour + one.ms / 1000 >= since]
        outcome.reads += len(segment.reads)
        if leaving and withdraw(segment.hour, leaving):
            outcome.hours += 1
            for one in leaving:
                outcome.withdrawn[one.reason] = outcome.withdrawn.get(one.reason, 0) + 1
    return outcome


def _tireless(log: ReadLog, since: float) -> set[int]:
    """Return the visitors who read more in a day than anybody does, and are no crowd."""
    counts: dict[int, int] = {}
    crowds: set[int] = set()
    for segment in log.segments(since // DAY * DAY):
        for visitor, rows in _many(segment, WORTH_NOTING):
            counts[visitor] = counts.get(visitor, 0) + len(rows)
            if _is_crowd(segment.reads[rows]):
                crowds.add(visitor)
    return {visitor for visitor, count in counts.items() if count > READS_A_DAY} - crowds


def _judged(
    segment: Segment, tireless: set[int], before: tuple[NDArray[np.uint64], NDArray[np.float64]]
) -> tuple[list[Withdrawn], tuple[NDArray[np.uint64], NDArray[np.float64]]]:
    """Judge an hour's reads; return those that leave, and what was read when in its last half hour."""
    rows = segment.reads
    reasons: dict[int, Reason] = {}
    crowds: dict[int, bool] = {}
    for visitor, places in _many(segment, VISITOR_A_MINUTE):
        own = rows[places]
        crowds[visitor] = _is_crowd(own)
        if visitor in tireless:
            reasons.update(dict.fromkeys(places.tolist(), "tireless"))
        elif not crowds[visitor]:
            starts = np.unique(own["ms"] // MINUTE_MS, return_index=True)[1]
            for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(places)], strict=True):
                reasons.update(dict.fromkeys(places[start:end][VISITOR_A_MINUTE:].tolist(), "too-fast"))
    if tireless:
        reasons.update(dict.fromkeys(places_among(rows["visitor"], tireless).tolist(), "tireless"))
    again = [place for place in _repeats(segment, before) if place not in reasons]
    crowds |= _crowds_among(segment, {int(visitor) for visitor in rows["visitor"][again].tolist()} - crowds.keys())
    reasons |= {place: "repeat" for place in again if not crowds[int(rows["visitor"][place])]}
    known = np.flatnonzero((rows["visitor"] > 0) & (rows["ms"] >= (HOUR - REPEAT_SECONDS) * 1000))
    known = known[~np.isin(known, np.fromiter(reasons, np.int64))]
    left = [
        Withdrawn(segment.names[story], ms, visitor, reasons[place])
        for place, (story, ms, visitor) in zip(sorted(reasons), rows[["story", "ms", "visitor"]][sorted(reasons)].tolist(), strict=True)
    ]
    return left, (_pairs(segment, known), segment.times()[known])


def _many(segment: Segment, least: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the visitors of an hour with more than ``least`` reads, and the places of these, in order of time."""
    near = _in_company(segment.reads["visitor"], least + 1)
    order = near[np.argsort(segment.reads["visitor"][near], kind="stable")]
    ordered = segment.reads["visitor"][order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else np.zeros(0, np.int64)
    ends = np.append(starts[1:], len(ordered))
    for start, end in zip(starts[ends - starts > least].tolist(), ends[ends - starts > least].tolist(), strict=True):
        if ordered[start]:
            places = order[start:end]
            yield int(ordered[start]), places[np.argsort(segment.reads["ms"][places], kind="stable")]


def _repeats(segment: Segment, before: tuple[NDArray[np.uint64], NDArray[np.float64]]) -> Iterator[int]:
    """Yield the places of reads whose visitor was counted with this story less than half an hour before."""
    places = np.flatnonzero(segment.reads["visitor"] > 0)
    pairs = np.concatenate([before[0], _pairs(segment, places)])
    times = np.concatenate([before[1], segment.times()[places]])
    near_to_another = _in_company(pairs, 2)
    order = near_to_another[np.lexsort((times[near_to_another], pairs[near_to_another]))]
    pairs, times = pairs[order], times[order]
    near = np.zeros(len(pairs), np.bool_)
    near[1:] = (pairs[1:] == pairs[:-1]) & (times[1:] - times[:-1] < REPEAT_SECONDS)
    counted_at = 0.0
    for place in np.flatnonzero(near).tolist():
        if not near[place - 1]:
            # The first of a run, or one that came long after the one before it: it was counted.
            counted_at = float(times[place - 1])
        if float(times[place]) - counted_at >= REPEAT_SECONDS:
            # What came between was a repeat itself: it is held to the last one that was counted.
            counted_at = float(times[place])
        elif order[place] >= len(before[0]):
            yield int(places[order[place] - len(before[0])])


def _pairs(segment: Segment, places: NDArray[np.int64]) -> NDArray[np.uint64]:
    visitors, stories = (segment.reads[column][places] for column in ("visitor", "story"))
    # Stories are numbered anew in each hour: their names' hashes are the same in all.
    names = np.array([hash(name) & 0xFFFFFFFFFFFFFFFF for name in segment.names] or [0], np.uint64)
    with np.errstate(over="ignore"):
        return np.asarray(visitors * _MIX ^ names[stories])


def _is_crowd(rows: NDArray[np.void]) -> bool:
    """Whether an hour's reads of one hash are many people's: eight different stories in a minute, and many of them met again."""
    if len(rows) < STORIES_OF_A_CROWD:
        return False
    minutes = np.unique(np.stack([rows["ms"] // MINUTE_MS, rows["story"]], axis=1), axis=0)[:, 0]
    _, different = np.unique(minutes, return_counts=True)
    halves = np.unique(np.stack([rows["ms"] // (REPEAT_SECONDS * 1000), rows["story"]], axis=1), axis=0)
    return bool(different.max() >= STORIES_OF_A_CROWD and 1 - len(halves) / len(rows) >= CROWD_MEETS_AGAIN)


def _crowds_among(segment: Segment, visitors: set[int]) -> dict[int, bool]:
    """Say of these visitors whether each is a crowd."""
    if not visitors:
        return {}
    own = segment.reads[places_among(segment.reads["visitor"], visitors)]
    own = own[np.argsort(own["visitor"], kind="stable")]
    names, starts = np.unique(own["visitor"], return_index=True)
    return {int(name): _is_crowd(rows) for name, rows in zip(names.tolist(), np.split(own, starts[1:]), strict=True)}


def _in_company(keys: NDArray[np.uint64], least: int) -> NDArray[np.int64]:
    """Return the places of the keys that stand there ``least`` times: most do not, and need not be put in order one by one."""
    ordered = np.sort(keys)
    ends = ordered[least - 1 :]
    many = ends[ends == ordered[: len(ends)]]
    return places_among(keys, many[np.flatnonzero(np.append(True, many[1:] != many[:-1]))]) if len(many) else np.zeros(0, np.int64)
