"""How "now" was chosen: logs simulated from three stated models of attention, replayed through the real steps.

    python bench/now.py [--hours 30] [--seeds 1] [--only falling|pushed|placed]

All models. Stories are published all day, most in the morning and the early evening; a tenth to a quarter of the reads goes to anything in
the archive; readers come in a day's rhythm.

*Falling.* What a story is worth is drawn from a heavy tail (log-normal, sigma 1.6). A reader takes a story with a chance proportional to
its worth and to (1 + age/T)^-1.5, T drawn for each story between half an hour (what happens now) and six hours (what is read in the
evening). One story in thirty is carried by another site some hours after it appeared: for two hours its worth is tenfold.

*Pushed.* Worth comes from a Pareto tail (1.3). Attention first grows (search and social find the story within two to forty minutes), then
falls exponentially, in twenty minutes to ten hours. One story in ten is pushed to phones: for twenty minutes its worth is sixfold. One in
twelve is of use for days, and is read as much at any age.

*Placed.* An editor sets 25 places of a front page anew every twenty minutes, by a story's value, its freshness and taste; a place gets
clicks by 1/(place+1)^1.1, times the headline's own appeal. Beside that each read of a story may bring others along, by word of mouth,
within the next twenty minutes: up to 0.85 of one on average.

The question. Every ten minutes all stories of the last two days are scored by "kawaraban replay --probe" (its library, the same code)
from the reads before. *Caught*: of the reads of the ten minutes that follow, which share goes to the five stories that stand first,
measured against the five that were read most in them? *Order*: how do scores and reads of the following hour, of all those stories,
correlate by rank? *Changes*: how many of the five are others ten minutes later? *Worst*: the smallest part of what the best row caught.
"Weights alone" is what a score would be that only lets reads fade: it knows neither how new a story is, nor how little a read says.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kawaraban.audience.clicks import Probe
from kawaraban.audience.replay import replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

BEGIN = 1_764_000_000.0 - 1_764_000_000.0 % 86400 - 9 * 3600  # midnight in Tokyo
ROWS, EVERY, HOUR = 5, 600, 3600
WARM_UP = 6 * HOUR
HALF_LIVES = [5, 10, 15, 20, 30, 60, 120]  # minutes
SITES = {"30 a minute": 30.0, "6 a minute": 6.0, "1 a minute": 1.0}
STORIES_A_DAY = 60


class Log(NamedTuple):
    """Reads as lines, their seconds since the log begins and their stories, and when each story was published."""

    lines: list[str]
    seconds: NDArray[np.float64]
    stories: NDArray[np.int64]
    published: NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", choices=list(MODELS))
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else MODELS:
        of_a_model(name, arguments.hours, arguments.seeds)


def of_a_model(model: str, hours: int, seeds: int) -> None:
    print(f"{model:>22}" + "".join(f"{name:>32}" for name in SITES))
    print(f"{'score':>22}" + f"{'caught  order  changes':>32}" * len(SITES) + "      worst")
    logs = [[MODELS[model](rate, hours, np.random.default_rng(seed)) for seed in range(seeds)] for rate in SITES.values()]
    asked: dict[str, Callable[[Log, list[Probe]], list[tuple[float, ...]]]] = {
        **{f"{minutes} min": partial(replayed, window="now", half_life=minutes * 60.0) for minutes in HALF_LIVES},
        **{f"weights alone, {minutes} min": partial(weighed, half_life=minutes * 60.0) for minutes in (20, 30)},
        **{window: partial(replayed, window=window, half_life=60.0) for window in ("1h", "24h")},
    }
    rows = {name: [mean(judged(log, scores) for log in those) for those in logs] for name, scores in asked.items()}
    best = [max(values[site][0] for values in rows.values()) for site in range(len(SITES))]
    for name, values in rows.items():
        worst = min(value[0] / most for value, most in zip(values, best, strict=True))
        told = "".join(f"{caught:>18.3f} {order:>6.3f} {changes:>6.2f}" for caught, order, changes in values)
        print(f"{name:>22}{told}      {worst:.3f}")


def mean(rows: Iterable[tuple[float, float, float]]) -> tuple[float, float, float]:
    caught, order, changes = np.mean(list(rows), axis=0)
    return float(caught), float(order), float(changes)


# ---------------------------------------------------------------------- the models


def falling(rate: float, hours: int, dice: np.random.Generator) -> Log:
    """Attention falls as a power of age. ``rate``: reads a minute, on average."""
    published = publications(hours, dice)
    worth = np.exp(dice.normal(0, 1.6, len(published)))
    fall = np.exp(dice.uniform(np.log(0.5), np.log(6), len(published))) * HOUR
    carried = np.where(dice.random(len(published)) < 1 / 30, published + dice.uniform(3, 30, len(published)) * HOUR, np.inf)

    def pull(first: int, age: NDArray[np.float64]) -> NDArray[np.float64]:
        own = worth * (1 + age / fall) ** -1.5
        return np.asarray(own * np.where((first >= carried) & (first < carried + 7200), 10, 1))

    return drawn(rate * 1.6, hours, published, pull, 0.1, dice)


def pushed(rate: float, hours: int, dice: np.random.Generator) -> Log:
    """Attention grows, then falls exponentially; some stories are pushed, some are of use for days."""
    published = publications(hours, dice)
    size = len(published)
    worth = dice.pareto(1.3, size) + 0.05
    fall = np.exp(dice.normal(np.log(2.0), 0.9, size)) * HOUR
    growth = dice.uniform(0.03, 0.6, size) * HOUR
    lasting = dice.random(size) < 1 / 12
    told = np.where(dice.random(size) < 0.1, published + dice.uniform(0, 2, size) * HOUR, np.inf)

    def pull(first: int, age: NDArray[np.float64]) -> NDArray[np.float64]:
        own = worth * (1 - np.exp(-age / growth)) * np.exp(-age / fall) / np.sqrt(fall / 7200)
        own = np.where(lasting, worth * 0.08, own)
        return np.asarray(own * np.where((first >= told) & (first < told + 1200), 6, 1))

    return drawn(rate * 1.6, hours, published, pull, 0.1, dice)


def placed(rate: float, hours: int, dice: np.random.Generator) -> Log:
    """An editor's front page, and word of mouth."""
    published = publications(hours, dice)
    size = len(published)
    value, appeal = dice.normal(0, 1, size), np.exp(dice.normal(0, 0.8, size))
    mouth = np.exp(dice.normal(-1.5, 0.7, size)).clip(0, 0.85)
    places, front, heat = 1 / np.arange(2, 27) ** 1.1, np.zeros(0, np.int64), np.zeros(size)
    seconds, stories = [np.zeros(0)], [np.zeros(0, np.int64)]
    for first in range(0, hours * HOUR, 60):
        age = (first - published) / HOUR
        if first % 1200 == 0:
            standing = np.flatnonzero((age > 0) & (age < 30))
            worth = value[standing] - 0.22 * age[standing] + dice.normal(0, 0.3, len(standing))
            front = standing[np.argsort(-worth)][: len(places)]
        chance = np.where(age > 0, 0.05 / max(1, np.count_nonzero(age > 0)), 0.0)
        clicks = places[: len(front)] * appeal[front]
        chance[front] += 0.75 * clicks / max(clicks.sum(), 1e-9)
        came = dice.poisson(rate * float(rhythm(np.array(first))) * chance + 0.05 * mouth * heat)
        # What was read in the last twenty minutes, fading.
        heat = 0.95 * heat + came
        stories.append(np.repeat(np.arange(size), came))
        seconds.append(first + dice.uniform(0, 60, int(came.sum())))
    return as_log(np.concatenate(seconds), np.concatenate(stories), published, dice)


MODELS: dict[str, Callable[[float, int, np.random.Generator], Log]] = {"falling": falling, "pushed": pushed, "placed": placed}


def publications(hours: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """When stories are published, of these hours and of the two days before them."""
    published = np.sort(dice.uniform(-48 * HOUR, hours * HOUR, int(STORIES_A_DAY * (hours + 48) / 24)))
    return published[dice.random(len(published)) < rhythm(published + HOUR)]


def rhythm(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many readers there are at a time of day, of the most."""
    hour = seconds / HOUR % 24
    peaks = sum(
        size * np.exp(-(((hour - at + 12) % 24 - 12) ** 2) / 2 / width**2)
        for at, size, width in ((8, 0.7, 1.2), (12.3, 0.6, 1), (21, 0.9, 2))
    )
    return np.asarray(np.minimum(1.0, 0.12 + 0.35 * ((hour > 6) & (hour < 24)) + peaks * 0.6))


def drawn(
    rate: float,
    hours: int,
    published: NDArray[np.float64],
    pull: Callable[[int, NDArray[np.float64]], NDArray[np.float64]],
    of_archive: float,
    dice: np.random.Generator,
) -> Log:
    """Let readers come in the day's rhythm, and each take a story by how it pulls at that minute, or any one at all."""
    seconds = np.sort(dice.uniform(0, hours * HOUR, int(rate / 60 * hours * HOUR)))
    seconds = seconds[dice.random(len(seconds)) < rhythm(seconds)]
    stories = np.empty(len(seconds), np.int64)
    for first in range(0, hours * HOUR, 60):
        inside = slice(*np.searchsorted(seconds, [first, first + 60]))
        stands = first >= published
        own = np.where(stands, pull(first, np.maximum(first - published, 0.0)), 0.0)
        chance = (1 - of_archive) * own / own.sum() + of_archive * stands / stands.sum()
        stories[inside] = dice.choice(len(published), inside.stop - inside.start, p=chance)
    return as_log(seconds, stories, published, dice)


def as_log(seconds: NDArray[np.float64], stories: NDArray[np.int64], published: NDArray[np.float64], dice: np.random.Generator) -> Log:
    order = np.argsort(seconds, kind="stable")
    seconds, stories = seconds[order], stories[order]
    visitors = dice.integers(0, max(50, len(seconds) // 3), len(seconds))
    lines = [
        json.dumps({"at": BEGIN + second, "story": f"s{story}", "visitor": f"v{visitor}"})
        for second, story, visitor in zip(seconds.tolist(), stories.tolist(), visitors.tolist(), strict=True)
    ]
    return Log(lines, seconds, stories, published)


# ---------------------------------------------------------------------- the question


def judged(log: Log, scores: Callable[[Log, list[Probe]], list[tuple[float, ...]]]) -> tuple[float, float, float]:
    probes, moments = [], np.arange(WARM_UP, log.seconds[-1] - HOUR, EVERY)
    for place, moment in enumerate(moments):
        those = np.flatnonzero((log.published <= moment) & (log.published > moment - 48 * HOUR))
        probes.append(Probe(BEGIN + moment, tuple(f"s{number}" for number in those), 0.0, place))
    caught = possible = changes = 0
    order, before = [], set()
    for probe, told, moment in zip(probes, scores(log, probes), moments, strict=True):
        own, numbers = np.array(told), numbers_in(probe)
        soon, hour = (following(log, moment, numbers, length) for length in (EVERY, HOUR))
        first = np.argsort(-own, kind="stable")[:ROWS]
        caught += int(soon[first].sum())
        possible += int(np.sort(soon)[-ROWS:].sum())
        names = set(numbers[first].tolist())
        changes += len(names - before) if before else 0
        before = names
        ranks = ranked(own), ranked(hour)
        if min(rank.std() for rank in ranks) > 0:
            order.append(np.corrcoef(*ranks)[0, 1])
    return caught / possible, float(np.mean(order)), changes / len(moments)


def replayed(log: Log, probes: list[Probe], *, window: str, half_life: float) -> list[tuple[float, ...]]:
    with tempfile.TemporaryDirectory() as directory:
        outcome = replay(log.lines, reads_dir=Path(directory), sheet_log=None, probes=probes, window=window, half_life=half_life)
    return [one.scores for one in outcome.scores]


def weighed(log: Log, probes: list[Probe], *, half_life: float) -> list[tuple[float, ...]]:
    weights, scores, done, last = np.zeros(len(log.published)), [], 0, 0.0
    for probe in probes:
        moment = probe.at - BEGIN
        until = int(np.searchsorted(log.seconds, moment))
        weights *= 2.0 ** ((last - moment) / half_life)
        np.add.at(weights, log.stories[done:until], 2.0 ** ((log.seconds[done:until] - moment) / half_life))
        scores.append(tuple(weights[numbers_in(probe)].round(3).tolist()))
        done, last = until, moment
    return scores


def numbers_in(probe: Probe) -> NDArray[np.int64]:
    return np.array([int(name[1:]) for name in probe.stories])


def following(log: Log, moment: float, numbers: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """How often these stories are read in so many seconds from a moment on."""
    those = log.stories[slice(*np.searchsorted(log.seconds, [moment, moment + length]))]
    return np.bincount(those, minlength=len(log.published))[numbers]


def ranked(values: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
    """The rank of each value; what is equal shares the middle of its ranks."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places])


if __name__ == "__main__":
    main()
