"""Charts of the newsroom's screens: lines and bars of numbers as shapes of an SVG, and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH, HEIGHT = 600, 120
# So many parts of a chart's length are named below it: the first that cuts between steps, or nearly between some of many.
PARTS = (4, 3, 5, 2)


@dataclass(frozen=True)
class Chart:
    """One or two lines over the same steps. ``rows``: what each step is called, and its numbers, for the table behind."""

    id: str
    title: str
    step: str  # what the steps are
    names: tuple[str, ...]
    lines: tuple[str, ...]  # points of each
    area: str  # what lies below the first
    top: int  # the largest number
    scale: int  # where the scale ends: a round number that is not below it
    half: int
    ticks: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Bar:
    """A number beside others: its part of the whole in hundredths, and of the largest, which is drawn."""

    name: Any
    count: int
    share: int
    length: float


def chart(id_: str, title: str, step: str, steps: Sequence[Any], series: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Draw series over steps, all to one scale."""
    top = max([count for _, counts in series for count in counts], default=0)
    scale = round_above(top)
    lines = tuple(points(counts, WIDTH, HEIGHT, scale) for _, counts in series)
    area = f"0,{HEIGHT} {lines[0]} {WIDTH},{HEIGHT}" if lines else ""
    rows = tuple(zip(steps, *(counts for _, counts in series), strict=True))
    last = len(steps) - 1
    parts = next((parts for parts in PARTS if last > 0 and last % parts == 0), min(PARTS[0], max(last, 1)))
    ticks = tuple(steps[round(place * last / parts)] for place in range(parts + 1)) if last > 0 else tuple(steps)
    return Chart(id_, title, step, tuple(name for name, _ in series), lines, area, top, scale, scale // 2, ticks, rows)


def points(counts: Sequence[int], width: int = 120, height: int = 24, top: int = 0) -> str:
    """Return the points of a line over counts, for an SVG of this size in pixels."""
    largest, step = top or max(counts, default=0) or 1, width / max(1, len(counts) - 1)
    return " ".join(f"{number * step:.1f},{height - 1 - count / largest * (height - 2):.1f}" for number, count in enumerate(counts))


def bars(rows: Iterable[tuple[Any, int]], whole: int | None = None) -> list[Bar]:
    """Draw numbers beside each other; ``whole``: what all of them are parts of, if it is not their sum."""
    known = list(rows)
    all_of_them = whole or sum(count for _, count in known)
    largest = max((count for _, count in known), default=0)
    return [Bar(name, count, round(100 * count / (all_of_them or 1)), round(100 * count / (largest or 1), 1)) for name, count in known]


def round_above(number: int) -> int:
    """Return the next number that is read at a glance, and half of which is one too: 2, 4, 6, 8, 10, 20, 30 and so on."""
    unit = 1
    while number > 10 * unit:
        unit *= 10
    return next(first * unit for first in ((2, 4, 6, 8, 10) if unit == 1 else (2, 3, 4, 5, 6, 8, 10)) if number <= first * unit)
