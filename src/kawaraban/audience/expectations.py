"""How many reads a story's age lets expect, so that what rises can be told from what is merely large.

Attention falls with age as a power of it: a reader is as likely to come to a story of age ``t`` as (1 + t/T)^-β. So what a story got in
the three hours before says what it will get in this one; a story too young for that is held to what stories of this site get in their
first hour. The site's own rhythm is taken out: in the morning everything grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR = 3600.0
# Between the two a front page's story loses half of its readers an hour in the beginning, and a tenth after a day.
FALL_HOURS, FALL_POWER = 2.0, 1.5
BEFORE_HOURS = 3.0  # the hours that say what this one will be
# With less than this of a past a story is held to the site's other new stories.
LEAST_PAST_HOURS = 0.25
# Fewer reads than this in an hour are chance.
LEAST_READS = 5
# Nobody takes the rhythm of a site's few readers for more than it is.
RHYTHM_FROM, RHYTHM_TO, RHYTHM_CALM = 0.25, 4.0, 10.0


def expected_reads(
    before: NDArray[np.float64], ages: NDArray[np.float64], *, first_hour: float, rhythm: float, hour: float = 1.0
) -> NDArray[np.float64]:
    """Return the reads of the last hour that are to be expected of stories.

    Args:
        before: reads of each in the three hours before.
        ages: how old each is, in hours.
        first_hour: what a story of this site gets in its first hour.
        rhythm: how the whole site was read in this hour against the three before: 1 as much an hour.
        hour: how long the last hour is.
    """
    old = np.maximum(ages, 0.0)
    begun = np.maximum(old - hour, 0.0)  # how old it was when the hour began
    past = begun - np.maximum(begun - BEFORE_HOURS, 0.0)
    # A read more than there was: nothing is expected never to be read.
    from_past = (before + 1.0) * share(begun, old) / np.maximum(share(begun - past, begun), 1e-9)
    young = first_hour * share(np.zeros_like(old), np.minimum(old, hour)) / share(np.zeros(1), np.full(1, hour))
    return np.where(past >= LEAST_PAST_HOURS, from_past, np.maximum(young, 1.0)) * rhythm


def rhythm_of(hour: float, before: float) -> float:
    """Return how this hour's reads of the whole site stand to an hour of the three before."""
    return float(np.clip((hour + RHYTHM_CALM) / (before / BEFORE_HOURS + RHYTHM_CALM), RHYTHM_FROM, RHYTHM_TO))


def rise(reads: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how many standard deviations reads are above what was expected; 0 where they are not, or are too few to say."""
    return np.where((reads >= LEAST_READS) & (reads > expected), (reads - expected) / np.sqrt(expected + 1.0), 0.0)


def share(since: NDArray[np.float64], until: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the part of its readers that come to a story between two ages, in hours."""
    falls = 1.0 - FALL_POWER
    return np.asarray((1.0 + since / FALL_HOURS) ** falls - (1.0 + until / FALL_HOURS) ** falls)
