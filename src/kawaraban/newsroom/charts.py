"""Charts of the newsroom's screens: lines of numbers as points of an SVG, and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True)
class Chart:
    """One or two lines over the same steps. ``rows``: what each step is called, and its numbers, for the table behind."""

    id: str
    title: str
    names: tuple[str, ...]
    lines: tuple[str, ...]  # points of each
    top: int  # the largest number
    rows: tuple[tuple[Any, ...], ...]


def chart(id_: str, title: str, steps: Sequence[Any], series: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Draw series over steps, all to one scale."""
    top = max([count for _, counts in series for count in counts], default=0)
    lines = tuple(points(counts, WIDTH, HEIGHT, top) for _, counts in series)
    rows = tuple(zip(steps, *(counts for _, counts in series), strict=True))
    return Chart(id_, title, tuple(name for name, _ in series), lines, top, rows)


def points(counts: Sequence[int], width: int = 120, height: int = 24, top: int = 0) -> str:
    """Return the points of a line over counts, for an SVG of this size in pixels."""
    largest, step = top or max(counts, default=0) or 1, width / max(1, len(counts) - 1)
    return " ".join(f"{number * step:.1f},{height - 1 - count / largest * (height - 2):.1f}" for number, count in enumerate(counts))
