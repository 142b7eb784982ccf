"""How fast each story is being read at this moment: what "now" is in order of.

A read weighs half as much every half-life. What a story's reads weigh together, divided by the time in which it could have been read,
weighed likewise, is its pace: so a story of five minutes is not held to what others had an hour for.

Few reads say little of a pace, and the fewer there are the longer one must look back. So there are two half-lives. By the long one a
story's pace is calmed by a few minutes at the pace of the site's stories together: what one reader did in a story's first seconds is no
pace. By the short one it is calmed by a few reads at its own long pace: a story of many reads is told by what it is now, one of few by what
it has been.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.totals import room_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR = 3600.0
# docs/explanation/what-is-a-ranking.md says how these were chosen.
LONG = 3.0  # short half-lives
CALM_SECONDS, CALM_READS = 600.0, 5.0
# Paces are told to a quarter of a read an hour: what is less apart is chance.
LEAST = 0.25
# So many times its mean life ago, what a read weighs is nothing beside 1, as numbers are kept here.
FOR_EVER = 40.0
# A story whose reads weigh less than this, by the long half-life, is not being read any more.
FAINTEST = 0.1


class Pace:
    """The weights of all stories' reads, by story number. ``half_life``: in which time a read loses half of its weight, in seconds."""

    def __init__(self, half_life: float) -> None:
        self._short, self._long = _Weights(half_life), _Weights(LONG * half_life)
        self._first: NDArray[np.float64] = np.full(256, np.inf)  # when each was read first
        self._begun = math.inf  # when anything was read first

    def add(self, number: int, at: float, count: int) -> None:
        """Count reads of one story; fewer than none let them leave."""
        self._make_room(number)
        for weights in (self._short, self._long):
            weights.add(number, at, count)
        if at < self._first[number]:
            self._first[number] = at
            self._begun = min(self._begun, at)

    def add_each(self, numbers: NDArray[np.int64], times: NDArray[np.float64]) -> None:
        """Count one read each."""
        self._make_room(int(numbers.max()))
        for weights in (self._short, self._long):
            weights.add_each(numbers, times)
        np.minimum.at(self._first, numbers, times)
        self._begun = min(self._begun, float(times.min()))

    def an_hour(self, now: float, published: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many reads an hour each story has; ``published``: since when each stands, 0 where that is not known."""
        size = len(published)
        self._make_room(size - 1)
        # Arrays of all stories are written over: to be given new ones by the system each time takes longer than what is reckoned.
        # A story may bear a later day than that of its first read. One of which nothing is known has not been read for as long as any.
        since = np.where(published > 0, published, np.inf)
        np.minimum(since, self._first[:size], out=since)
        known = np.isfinite(since)
        np.copyto(since, 0.0, where=~known)
        np.maximum(since, self._begun, out=since)
        exposed = np.subtract(now, since, out=since)
        np.maximum(exposed, 0.0, out=exposed)
        weights, time = self._long.at(now, size), self._long.exposure(exposed)
        site = float(weights.sum()) / max(float(time[known].sum()), 1.0)
        if site <= 0.0:
            return np.zeros(size)
        weights += CALM_SECONDS * site
        time += CALM_SECONDS
        usual = np.divide(weights, time, out=weights)
        paces, calm = self._short.at(now, size), np.divide(CALM_READS, usual, out=usual)
        paces += CALM_READS
        calm += self._short.exposure(exposed)
        paces /= calm
        paces *= HOUR
        return paces

    def of_the_read(self, now: float, published: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same of the stories that are being read, told to a quarter of a read; 0 for the others."""
        told = as_told(self.an_hour(now, published))
        # Whatever is read at all, however slowly, stands before what is not.
        np.maximum(told, LEAST, out=told)
        told[~self.is_read(now, len(published))] = 0.0
        return told

    def is_read(self, now: float, size: int) -> NDArray[np.bool_]:
        """Say of the first ``size`` stories whether each is being read."""
        self._make_room(size - 1)
        return np.asarray(self._long.at(now, size) > FAINTEST)

    def _make_room(self, number: int) -> None:
        known = len(self._first)
        if number >= known:
            self._first = np.concatenate([self._first, np.full(max(number + 1 - known, known), np.inf)])
        for weights in (self._short, self._long):
            weights.values = room_for(weights.values, number)


class _Weights:
    """What reads weigh by one half-life: as they will at ``_base``, so that time passing changes nothing."""

    def __init__(self, half_life: float) -> None:
        self.values: NDArray[np.float64] = np.zeros(256)
        self._half_life = half_life
        self._base = 0.0

    def add(self, number: int, at: float, count: int) -> None:
        self._rebase(at)
        self.values[number] += count * 2.0 ** ((at - self._base) / self._half_life)

    def add_each(self, numbers: NDArray[np.int64], times: NDArray[np.float64]) -> None:
        self._rebase(float(times.max()))
        np.add.at(self.values, numbers, np.exp2((times - self._base) / self._half_life))

    def at(self, now: float, size: int) -> NDArray[np.float64]:
        # A read of the future weighs as one of now.
        faded = 2.0 ** (-max(0.0, now - self._base) / self._half_life) if self._base else 0.0
        return self.values[:size] * faded

    def exposure(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what so much time up to now weighs."""
        life = self._half_life / math.log(2)
        weights = np.full(len(seconds), life)
        # Of most stories all of it is long ago, and to reckon that for each takes longer than all the rest.
        short = np.flatnonzero(seconds < FOR_EVER * life)
        weights[short] = -life * np.expm1(-seconds[short] / life)
        return weights

    def _rebase(self, at: float) -> None:
        if not self._base:
            self._base = at
        elif at - self._base > 500 * self._half_life:  # 2^500 is still a float
            self.values *= 2.0 ** (-(at - self._base) / self._half_life)
            self._base = at


def as_told(paces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round paces, in their own place, to what they are told to."""
    paces /= LEAST
    np.rint(paces, out=paces)
    paces *= LEAST
    return paces
