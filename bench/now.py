"""How the half-life of "now" was chosen: logs simulated from a stated model of attention, replayed through the real steps.

    python bench/now.py [--hours 30] [--seeds 3]

The model. Stories are published all day, most in the morning and the early evening; what a story is worth is drawn from a heavy tail
(log-normal, sigma 1.6). Readers come in a day's rhythm (a trough at four in the morning, peaks at eight, noon and nine in the evening).
A reader takes a story with a chance proportional to its worth and to (1 + age/T)^-1.5, T drawn for each story between half an hour (what
happens now) and six hours (what is read in the evening). One story in thirty is carried by another site some hours after it appeared:
for two hours its worth is tenfold. A tenth of the reads goes to anything in the archive.

The question. Every ten minutes all stories of the last two days are scored by "kawaraban replay --probe" (its library, the same code)
from the reads before. Of the reads of the ten minutes that follow, which share goes to the five stories that stand first, measured
against the five that were read most in them? And how many of the five change from one ten minutes to the next?
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.clicks import Probe
from kawaraban.audience.replay import replay

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGIN = 1_764_000_000.0 - 1_764_000_000.0 % 86400 - 9 * 3600  # midnight in Tokyo
ROWS, EVERY = 5, 600
WARM_UP = 6 * 3600
HALF_LIVES = [2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 240]  # minutes
SITES = {"30 reads a minute": 30.0, "6 a minute": 6.0, "1 a minute": 1.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{'':>12}" + "".join(f"{name:>28}" for name in SITES))
    print(f"{'score':>12}" + f"{'caught   changes/10 min':>28}" * len(SITES) + "      worst")
    logs = {name: [simulated(rate, arguments.hours, seed) for seed in range(arguments.seeds)] for name, rate in SITES.items()}
    rows: dict[str, list[tuple[float, float]]] = {}
    for minutes in HALF_LIVES:
        rows[f"{minutes} min"] = [mean(judged(log, "now", minutes * 60.0) for log in those) for those in logs.values()]
    for window in ("1h", "24h"):
        rows[window] = [mean(judged(log, window, 60.0) for log in those) for those in logs.values()]
    best = [max(values[site][0] for values in rows.values()) for site in range(len(SITES))]
    for name, values in rows.items():
        worst = min(caught / most for (caught, _), most in zip(values, best, strict=True))
        print(f"{name:>12}" + "".join(f"{caught:>16.3f} {changes:>11.2f}" for caught, changes in values) + f"      {worst:.3f}")


def mean(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    caught, changes = zip(*pairs, strict=True)
    return float(np.mean(caught)), float(np.mean(changes))


def simulated(rate: float, hours: int, seed: int) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Return clicks as lines, their times and stories, and when each story was published. ``rate``: reads a minute, on average."""
    dice = np.random.default_rng(seed)
    length = hours * 3600
    # Sixty stories a day, and those of the two days before.
    published = np.sort(dice.uniform(-48 * 3600, length, int(60 * (hours + 48) / 24)))
    published = published[dice.random(len(published)) < rhythm(published + 3600)]
    worth = np.exp(dice.normal(0, 1.6, len(published)))
    fall = np.exp(dice.uniform(np.log(0.5), np.log(6), len(published))) * 3600
    carried = np.where(dice.random(len(published)) < 1 / 30, published + dice.uniform(3, 30, len(published)) * 3600, np.inf)
    seconds = np.sort(dice.uniform(0, length, int(rate / 60 * length * 1.6)))
    seconds = seconds[dice.random(len(seconds)) < rhythm(seconds)]
    stories = np.empty(len(seconds), np.int64)
    for first in range(0, length, 60):
        inside = slice(*np.searchsorted(seconds, [first, first + 60]))
        age = first - published
        pull = np.where(age >= 0, worth * (1 + np.maximum(age, 0) / fall) ** -1.5, 0)
        pull *= np.where((first >= carried) & (first < carried + 7200), 10, 1)
        archive = np.where(age >= 0, 1.0, 0.0)
        chance = 0.9 * pull / pull.sum() + 0.1 * archive / archive.sum()
        stories[inside] = dice.choice(len(published), inside.stop - inside.start, p=chance)
    visitors = dice.integers(0, max(50, len(seconds) // 3), len(seconds))
    lines = [
        json.dumps({"at": BEGIN + second, "story": f"s{story}", "visitor": f"v{visitor}"})
        for second, story, visitor in zip(seconds.tolist(), stories.tolist(), visitors.tolist(), strict=True)
    ]
    return lines, seconds, stories, published


def rhythm(seconds: np.ndarray) -> np.ndarray:
    """How many readers there are at a time of day, of the most."""
    hour = seconds / 3600 % 24
    peaks = sum(
        size * np.exp(-(((hour - at + 12) % 24 - 12) ** 2) / 2 / width**2)
        for at, size, width in ((8, 0.7, 1.2), (12.3, 0.6, 1), (21, 0.9, 2))
    )
    return np.minimum(1.0, 0.12 + 0.35 * ((hour > 6) & (hour < 24)) + peaks * 0.6)


def judged(log: tuple[list[str], np.ndarray, np.ndarray, np.ndarray], window: str, half_life: float) -> tuple[float, float]:
    lines, seconds, stories, published = log
    probes, moments = [], np.arange(WARM_UP, seconds[-1] - EVERY, EVERY)
    for place, moment in enumerate(moments):
        those = np.flatnonzero((published <= moment) & (published > moment - 48 * 3600))
        probes.append(Probe(BEGIN + moment, tuple(f"s{number}" for number in those), 0.0, place))
    with tempfile.TemporaryDirectory() as directory:
        outcome = replay(lines, reads_dir=Path(directory), sheet_log=None, probes=probes, window=window, half_life=half_life)
    caught = possible = 0
    changes, before = 0, set()
    for probe, scores, moment in zip(probes, outcome.scores, moments, strict=True):
        first = {probe.stories[place] for place in np.argsort(-np.array(scores.scores), kind="stable")[:ROWS]}
        changes += len(first - before) if before else 0
        before = first
        following = stories[slice(*np.searchsorted(seconds, [moment, moment + EVERY]))]
        names, counts = np.unique(following, return_counts=True)
        by_story = {f"s{name}": count for name, count in zip(names.tolist(), counts.tolist(), strict=True)}
        caught += sum(by_story.get(name, 0) for name in first)
        possible += sum(sorted(by_story.values())[-ROWS:])
    return caught / possible, changes / len(moments)


if __name__ == "__main__":
    main()
