"""Segments of the read log written anew: packed when their hour is over, forgetful when the day's salt is gone, summed up when they are old."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.columns import counted, distinct, in_order_of, places_among, squeezed
from kawaraban.audience.segments import (
    ATTENDED_ROW,
    FORGOTTEN,
    HALF_AN_HOUR_MS,
    LARGEST_BLOCK,
    MARK,
    OPEN,
    PACKED,
    START_BYTES,
    SUM_ROW,
    SUMMED,
    BlockKind,
    block,
    drop_blocks,
    name_blocks,
)
from kawaraban.audience.shapes import REASONS, Dropped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Counted, Reason, Withdrawn

_MOST_SECONDS = 65_535


def packed(segment: Segment, *, keep_visitors: bool) -> bytes:
    """Write a whole segment anew: in order of time, its columns compressed, drops by the minute, with or without the visitors."""
    reads, attended = in_order_of(segment.reads, "ms"), in_order_of(segment.attended, "ms")
    if not keep_visitors:
        reads["visitor"] = 0
    # What a page view told before is asked for within the hour only; and its minute is enough.
    attended["key"], attended["ms"] = 0, attended["ms"] // 60_000 * 60_000
    return b"".join(
        [
            MARK,
            PACKED if keep_visitors else FORGOTTEN,
            name_blocks(segment.names),
            *_squeezed_blocks(BlockKind.SQUEEZED_READS, reads),
            *_squeezed_blocks(BlockKind.SQUEEZED_ATTENDED, attended),
            drop_blocks(segment.hour, _drops_by_the_minute(segment)),
        ]
    )


def summed(segment: Segment) -> bytes:
    """Write a segment anew as sums: no single read is told any more, only how many a story had, from where and with what, in the hour."""
    keys, counts = counted(segment.reads["story"].astype(np.uint64) << 8 | segment.reads["marks"])
    sums = np.zeros(len(keys), SUM_ROW)
    sums["story"], sums["marks"], sums["count"] = keys >> 8, keys & 255, counts
    stories = distinct(segment.attended["story"])
    seconds = np.zeros(len(stories), np.uint64)
    np.add.at(seconds, np.searchsorted(stories, segment.attended["story"]), segment.attended["seconds"])
    # A row holds so many seconds at most: more take several. What a depth was told from and to is kept row by row.
    attended = segment.attended.copy()
    attended["key"], attended["ms"], attended["seconds"] = 0, HALF_AN_HOUR_MS, 0
    attended = attended[np.argsort(attended["story"], kind="stable")]
    rests = [(story, int(rest)) for story, total in zip(stories.tolist(), seconds.tolist(), strict=True) for rest in _pieces(total)]
    rows = np.zeros(len(rests), ATTENDED_ROW)
    rows["ms"] = HALF_AN_HOUR_MS
    if rests:
        rows["story"], rows["seconds"] = zip(*rests, strict=True)
    drops: dict[str, int] = {}
    for drop in segment.dropped():
        drops[drop.reason] = drops.get(drop.reason, 0) + drop.count
    return b"".join(
        [
            MARK,
            SUMMED,
            name_blocks(segment.names),
            *_squeezed_blocks(BlockKind.SUMS, sums),
            *_squeezed_blocks(BlockKind.SQUEEZED_ATTENDED, np.concatenate([attended[attended["depth"] > 0], rows])),
            drop_blocks(segment.hour, [Dropped(segment.hour, reason, count) for reason, count in sorted(drops.items())]),  # type: ignore[arg-type]
        ]
    )


def as_it_was(segment: Segment) -> bytes:
    """Write a segment anew in the state that it is in."""
    if segment.state == SUMMED:
        return summed(segment)
    content = packed(segment, keep_visitors=segment.state != FORGOTTEN)
    # One that is open goes on being written, and is packed when its hour is over.
    return MARK + OPEN + content[START_BYTES:] if segment.state == OPEN else content


def without(segment: Segment, withdrawn: Sequence[Withdrawn]) -> tuple[Segment, list[Counted]]:
    """Return a segment without these reads, which are among what was dropped now, and those of them that stood in it."""
    numbers = {name: number for number, name in enumerate(segment.names)}
    wanted: dict[tuple[int, int, int], list[Reason]] = {}
    for one in withdrawn:
        if one.story in numbers:
            wanted.setdefault((numbers[one.story], one.ms, one.visitor), []).append(one.reason)
    reasons: Counter[Reason] = Counter()
    keep = np.ones(len(segment.reads), np.bool_)
    # Most of an hour's reads are of nobody who is looked for.
    near = places_among(segment.reads["visitor"], {one.visitor for one in withdrawn})
    for place, key in zip(near.tolist(), segment.reads[["story", "ms", "visitor"]][near].tolist(), strict=True):
        if wanted.get(key):
            keep[place] = False
            reasons[wanted[key].pop()] += 1
    gone = list(replace(segment, reads=segment.reads[~keep]).counted())
    drops = np.zeros(len(reasons), segment.drops.dtype)
    for place, (reason, count) in enumerate(reasons.items()):
        drops[place] = (0, REASONS.index(reason), count)
    return replace(segment, reads=segment.reads[keep], drops=np.concatenate([segment.drops, drops])), gone


def _squeezed_blocks(kind: BlockKind, rows: NDArray[np.void]) -> Iterator[bytes]:
    for at in range(0, len(rows), LARGEST_BLOCK):
        part = rows[at : at + LARGEST_BLOCK]
        yield block(kind, len(part), squeezed(part))


def _drops_by_the_minute(segment: Segment) -> list[Dropped]:
    minutes: dict[tuple[int, int], int] = {}
    for ms, reason, count in segment.drops.tolist():
        key = (ms // 60_000, reason)
        minutes[key] = minutes.get(key, 0) + count
    return [Dropped(segment.hour + minute * 60.0, REASONS[reason], count) for (minute, reason), count in sorted(minutes.items())]


def _pieces(total: int) -> Iterator[int]:
    while total > 0:
        yield min(total, _MOST_SECONDS)
        total -= _MOST_SECONDS
