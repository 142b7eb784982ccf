"""Rankings counted anew from the log, read by read: what the running totals are held to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kawaraban.audience.pace import CALM_READS, CALM_SECONDS, LONG
from kawaraban.audience.ranking import HALF_LIFE_SECONDS, HOUR_WINDOWS, MINUTE_WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Counted

MINUTE, HOUR = 60, 3600


def recount(segments: Iterable[Segment], window: str, now: float, published: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the score of every story that was read in the window and not after ``now``; of "now", of all that were ever read."""
    reads = [read for segment in segments for read in segment.counted() if read.at <= now]
    if window == "now":
        return paces(reads, now, published or {})
    grain = HOUR if window in HOUR_WINDOWS else MINUTE
    length = {**MINUTE_WINDOWS, **HOUR_WINDOWS}[window]
    scores: dict[str, float] = {}
    for read in reads:
        if read.at // grain >= (now - length) // grain:
            scores[read.story] = scores.get(read.story, 0.0) + 1
    return scores


def paces(reads: Iterable[Counted], now: float, published: Mapping[str, float]) -> dict[str, float]:
    """Return the reads an hour of every story that was read or is named; ``published``: infinite where it is not known when."""
    short, long = dict.fromkeys(published, 0.0), dict.fromkeys(published, 0.0)
    since, begun = dict(published), math.inf
    for read in reads:
        for weights, half_life in ((short, HALF_LIFE_SECONDS), (long, LONG * HALF_LIFE_SECONDS)):
            weights[read.story] = weights.get(read.story, 0.0) + 2.0 ** ((read.at - now) / half_life)
        since[read.story] = min(read.at, since.get(read.story, math.inf))
        begun = min(begun, read.at)

    def time(story: str, half_life: float) -> float:
        life = half_life / math.log(2)
        known = since[story] if since[story] < math.inf else 0.0
        return life * (1 - math.exp(-max(0.0, now - max(begun, known)) / life))

    site = sum(long.values()) / max(1.0, sum(time(story, LONG * HALF_LIFE_SECONDS) for story, at in since.items() if at < math.inf))
    if not site:
        return {}
    usual = {story: (long[story] + CALM_SECONDS * site) / (time(story, LONG * HALF_LIFE_SECONDS) + CALM_SECONDS) for story in long}
    return {story: (short[story] + CALM_READS) / (time(story, HALF_LIFE_SECONDS) + CALM_READS / usual[story]) * HOUR for story in usual}
