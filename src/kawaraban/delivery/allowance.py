"""A bounded part of one core's time, for work that makes answers smaller or newer but that nobody waits for."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Allowance:
    """So many seconds of CPU time a second; what is not used is kept up to ``most`` seconds, for a burst.

    Of what is spent beyond it, up to ``most_debt`` seconds are made good: so long after a time of much work there is none at will.
    """

    def __init__(
        self, share: float, most: float = 1.0, clock: Callable[[], float] = time.monotonic, *, most_debt: float = math.inf
    ) -> None:
        self._share = share
        self._most = most
        self._most_debt = most_debt
        self._clock = clock
        self._left = most
        self._counted_at = clock()

    def is_left(self) -> bool:
        """Whether any of it is left at this moment."""
        if self._left <= 0:
            self._refill()
        return self._left > 0

    def is_plenty(self) -> bool:
        """Whether more than half of what can be kept is left."""
        self._refill()
        return self._left > self._most / 2

    def spend(self, seconds: float) -> None:
        """Take away what was used, be it more than was left: then nothing is done until that is made good."""
        self._refill()
        self._left = max(-self._most_debt, self._left - seconds)

    def _refill(self) -> None:
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._counted_at) * self._share)
        self._counted_at = now
