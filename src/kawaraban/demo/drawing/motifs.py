"""What many pictures share: skies, water, hills, houses, boats, people, trees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kawaraban.demo.drawing.block import (
    BROWN,
    GREY,
    INDIGO,
    LIGHT,
    MOSS,
    PALE_BLUE,
    PAPER,
    PINE,
    SUMI,
    VERMILION,
    Block,
    Ink,
    Point,
    ring,
    smooth,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def sky(block: Block, top: Ink, horizon: float, glow: Ink | None = None) -> None:
    """A sky that fades from the top, and glows above the horizon if told."""
    block.rect(-1, -1, block.width + 2, horizon + 2, top, fade=("y", 0, horizon * 0.75))
    if glow is not None:
        block.rect(-1, horizon * 0.4, block.width + 2, horizon * 0.6 + 1, glow, alpha=0.85, fade=("y", horizon, horizon * 0.45))


def bands(block: Block, y: float, count: int, ink: Ink = PAPER, alpha: float = 0.85) -> None:
    """Bands of mist with round ends, as old prints have them."""
    for _ in range(count):
        x, length = block.dice.uniform(-20, block.width), block.dice.uniform(30, 80)
        at, thick = y + block.dice.uniform(-6, 6), block.dice.uniform(1.0, 2.2)
        body = [(x, at - thick), (x + length, at - thick), *_end(x + length, at, thick, 1), (x, at + thick), *_end(x, at, thick, -1)]
        block.fill(body, ink, alpha=alpha)


def _end(x: float, y: float, radius: float, side: int) -> list[Point]:
    return [(x + side * radius * math.sin(math.pi * n / 8), y - side * radius * math.cos(math.pi * n / 8)) for n in range(9)]


def water(block: Block, top: float, ink: Ink = INDIGO, bottom: float = 101, rows: int = 9, foam: Ink = PAPER) -> None:
    """Water from a line down: darkest near us, with short strokes that grow nearer."""
    block.rect(-1, top, block.width + 2, bottom - top, PALE_BLUE)
    block.rect(-1, top, block.width + 2, bottom - top, ink, alpha=0.9, fade=("y", bottom, top))
    block.rect(-1, top, block.width + 2, bottom - top, ink, alpha=0.5, fade=("y", top, top + (bottom - top) * 0.15))
    for row in range(rows):
        depth = ((row + 0.6) / rows) ** 1.5
        y = top + (bottom - top) * depth
        for _ in range(int(16 - 8 * depth)):
            x, length = block.dice.uniform(-4, block.width), 2.5 + 8 * depth
            sway = 0.15 + 0.8 * depth
            wave = smooth(
                [(x, y), (x + length * 0.3, y - sway), (x + length * 0.65, y + sway * 0.4), (x + length, y - sway * 0.2)], steps=5
            )
            block.line(wave, 0.12 + 0.4 * depth, foam if block.dice.random() < 0.6 else ink, alpha=0.7)  # noqa: PLR2004


def hills(block: Block, y: float, rise: float, ink: Ink, *, bumps: int = 6, mist: float = 0.0, line: float = 0.0) -> None:
    """A range of hills to the bottom of the picture; ``mist`` is how far below its ridge it fades out, 0 for never."""
    xs = [block.width * n / bumps for n in range(-1, bumps + 2)]
    ridge = smooth([(x, y - rise * block.dice.random()) for x in xs])
    fade = ("y", y - rise * 0.2, y + mist) if mist else None
    block.fill([*ridge, (block.width + 20, 101), (-20, 101)], ink, fade=fade)  # type: ignore[arg-type]
    if line:
        block.line(ridge, line)


def ground(block: Block, y: float, ink: Ink, *, slope: float = 0.0) -> None:
    """Flat ground from a line down, darker at the bottom."""
    shape = [(-1, y), (block.width + 1, y + slope), (block.width + 1, 101), (-1, 101)]
    block.fill(shape, ink)
    block.fill(shape, SUMI, alpha=0.35, fade=("y", 100, y + 5))


def house(
    block: Block, x: float, base: float, width: float, height: float, *, wall: Ink = PAPER, roof: Ink = GREY, lit: float = 0.3
) -> None:
    """A house with a tiled roof. ``lit`` is the share of its windows with light in them."""
    block.rect(x, base - height, width, height, wall, line=0.22)
    eave, ridge = height * 0.16, height * 0.55
    top = base - height
    shape = [
        (x - eave, top + eave * 0.6),
        (x + width + eave, top + eave * 0.6),
        (x + width * 0.86, top - ridge),
        (x + width * 0.14, top - ridge),
    ]
    block.fill(shape, roof, line=0.3)
    for n in range(1, int(width / 1.2)):
        share = n / (width / 1.2)
        block.line(
            [(x - eave + (width + 2 * eave) * share, top + eave * 0.5), (x + width * (0.14 + 0.72 * share), top - ridge)], 0.12, alpha=0.55
        )
    for n in range(max(1, int(width / 4))):
        left = x + width * (n + 0.28) / max(1, int(width / 4))
        ink = LIGHT if block.dice.random() < lit else INDIGO
        block.rect(left, base - height * 0.66, min(1.9, width * 0.3), height * 0.32, ink, line=0.16)


def tower(
    block: Block, x: float, base: float, width: float, height: float, *, wall: Ink = PAPER, lit: Ink = LIGHT, share: float = 0.3
) -> None:
    """A plain tall building with rows of windows."""
    block.rect(x, base - height, width, height, wall, line=0.24)
    columns, rows = max(1, int(width / 2)), max(1, int(height / 3.2))
    for row in range(rows):
        for column in range(columns):
            ink = lit if block.dice.random() < share else INDIGO
            block.rect(
                x + (column + 0.28) * width / columns,
                base - height + (row + 0.3) * height / rows,
                width / columns * 0.44,
                1.3,
                ink,
                alpha=0.85,
            )


def boat(block: Block, x: float, y: float, size: float, *, hull: Ink = BROWN, sail: Ink | None = None, cabin: bool = True) -> None:
    """A small boat whose keel is at (x, y); ``size`` is its length."""
    s = size
    body = smooth([(x - s * 0.52, y - s * 0.2), (x - s * 0.36, y), (x + s * 0.34, y), (x + s * 0.56, y - s * 0.26)], steps=6)
    block.fill([*body, (x + s * 0.4, y - s * 0.15), (x - s * 0.4, y - s * 0.13)], hull, line=0.3)
    if cabin:
        block.rect(x - s * 0.26, y - s * 0.31, s * 0.26, s * 0.17, PAPER, line=0.24)
        block.rect(x - s * 0.21, y - s * 0.27, s * 0.07, s * 0.06, INDIGO)
    block.line([(x + s * 0.1, y - s * 0.13), (x + s * 0.1, y - s * 0.7)], 0.35)
    if sail is not None:
        block.fill(
            smooth([(x + s * 0.12, y - s * 0.7), (x + s * 0.44, y - s * 0.42), (x + s * 0.12, y - s * 0.2)], steps=6), sail, line=0.24
        )
    block.line([(x - s * 0.6, y + 0.5), (x + s * 0.7, y + 0.3)], 0.5, PAPER, alpha=0.7)


def ship(block: Block, x: float, y: float, length: float, *, hull: Ink = INDIGO, boxes: Sequence[Ink] = ()) -> None:
    """A large ship: a ferry, or with boxes a container ship. Its waterline is at ``y``, its stern at ``x``."""
    s = length
    block.fill([(x, y - s * 0.14), (x + s * 1.02, y - s * 0.17), (x + s * 0.93, y), (x + s * 0.04, y)], hull, line=0.34)
    block.rect(x + s * 0.05, y - s * 0.03, s * 0.9, s * 0.03, VERMILION)
    if boxes:
        for column in range(int(s / 4.6)):
            for row in range(int(block.dice.integers(2, 5))):
                ink = boxes[int(block.dice.integers(len(boxes)))]
                block.rect(x + s * 0.2 + column * s * 0.105, y - s * 0.155 - (row + 1) * s * 0.045, s * 0.1, s * 0.043, ink, line=0.16)
        block.rect(x + s * 0.05, y - s * 0.42, s * 0.1, s * 0.28, PAPER, line=0.26)
    else:
        for deck, (left, right) in enumerate(((0.1, 0.82), (0.16, 0.72), (0.22, 0.6))):
            top = y - s * 0.2 - deck * s * 0.058
            block.rect(x + s * left, top, s * (right - left), s * 0.058, PAPER, line=0.24)
            for n in range(int((right - left) * 22)):
                block.rect(x + s * left + s * 0.012 + n * s * 0.044, top + s * 0.018, s * 0.022, s * 0.02, INDIGO)
        block.fill(
            [(x + s * 0.34, y - s * 0.316), (x + s * 0.36, y - s * 0.42), (x + s * 0.45, y - s * 0.42), (x + s * 0.46, y - s * 0.316)],
            VERMILION,
            line=0.24,
        )


def person(block: Block, x: float, base: float, height: float, ink: Ink = SUMI, *, lean: float = 0.0, coat: Ink | None = None) -> None:
    """Somebody who stands, in a coat: head, shoulders, two legs."""
    h, top = height, x + lean * height
    for side in (-1, 1):
        foot = x + side * h * 0.07
        block.fill(
            [
                (foot - h * 0.045, base),
                (foot + h * 0.045, base),
                (x + side * h * 0.06 + h * 0.05, base - h * 0.42),
                (x + side * h * 0.06 - h * 0.05, base - h * 0.42),
            ],
            ink,
        )
    body = smooth(
        [(top - h * 0.05, base - h * 0.8), (top - h * 0.16, base - h * 0.72), (x - h * 0.17, base - h * 0.42), (x - h * 0.15, base - h * 0.28),
         (x + h * 0.15, base - h * 0.28), (x + h * 0.17, base - h * 0.42), (top + h * 0.16, base - h * 0.72), (top + h * 0.05, base - h * 0.8)],
        closed=True, steps=5,
    )  # fmt: skip
    block.fill(body, coat or ink)
    block.fill(ring(top, base - h * 0.89, h * 0.085, h * 0.1, 24), ink)


def crowd(
    block: Block, y: float, size: float, inks: Sequence[Ink], *, rows: int = 1, step: float = 0.8, left: float = 0, right: float = 0
) -> None:
    """Many heads and shoulders in rows, the nearer the larger."""
    for row in range(rows):
        scale = size * (1 + 0.25 * row)
        x = left - scale * block.dice.random()
        while x < (right or block.width) + scale:
            at = y + row * size * 0.9 + block.dice.uniform(-0.1, 0.1) * scale
            ink = inks[int(block.dice.integers(len(inks)))]
            block.fill(ring(x, at + scale * 0.62, scale * 0.46, scale * 0.5, 18), ink)
            block.disc(x, at, scale * 0.23, SUMI)
            x += scale * step * block.dice.uniform(0.8, 1.2)


def pine(block: Block, x: float, base: float, size: float) -> None:
    """A pine of the shore: a crooked trunk and flat clouds of needles."""
    s = size
    trunk = smooth([(x, base), (x + s * 0.06, base - s * 0.35), (x - s * 0.05, base - s * 0.6), (x + s * 0.08, base - s * 0.95)])
    block.line(trunk, s * 0.07, BROWN)
    for across, up, wide in ((0.26, 0.42, 0.3), (-0.3, 0.56, 0.34), (0.24, 0.72, 0.28), (-0.12, 0.86, 0.26), (0.08, 1.0, 0.24)):
        cloud = smooth(
            [(x + s * (across - wide), base - s * up), (x + s * (across - wide * 0.5), base - s * (up + 0.1)), (x + s * across, base - s * (up + 0.07)),
             (x + s * (across + wide * 0.5), base - s * (up + 0.11)), (x + s * (across + wide), base - s * up), (x + s * across, base - s * (up - 0.045))],
            closed=True, steps=5,
        )  # fmt: skip
        block.fill(cloud, PINE, line=0.18)


def tree(block: Block, x: float, base: float, size: float, ink: Ink = MOSS) -> None:
    """A round tree."""
    block.line([(x, base), (x, base - size * 0.6)], size * 0.09, BROWN)
    for across, up, radius in ((-0.2, 0.62, 0.24), (0.2, 0.64, 0.24), (0, 0.82, 0.28)):
        block.disc(x + size * across, base - size * up, size * radius, ink)


def lantern(block: Block, x: float, y: float, size: float, ink: Ink = VERMILION) -> None:
    """A paper lantern that hangs from (x, y)."""
    block.line([(x, y - size * 0.4), (x, y)], 0.2)
    block.fill(ring(x, y + size * 0.6, size * 0.42, size * 0.6, 24), ink, line=0.2)
    for n in range(1, 5):
        block.line([(x - size * 0.38, y + size * 0.24 * n), (x + size * 0.38, y + size * 0.24 * n)], 0.1, alpha=0.5)
    block.rect(x - size * 0.2, y - size * 0.08, size * 0.4, size * 0.12, SUMI)
    block.rect(x - size * 0.2, y + size * 1.14, size * 0.4, size * 0.12, SUMI)


def crane(block: Block, x: float, base: float, height: float, ink: Ink = VERMILION, *, reach: float = 0.8) -> None:
    """A harbour crane on its legs, with its arm to the right."""
    h = height
    for leg in (0.0, 0.28):
        block.line([(x + h * leg, base), (x + h * (leg * 0.6 + 0.05), base - h * 0.62)], h * 0.035, ink)
    block.line([(x, base - h * 0.3), (x + h * 0.26, base - h * 0.3)], h * 0.025, ink)
    block.rect(x - h * 0.02, base - h * 0.66, h * 0.32, h * 0.06, ink, line=0.2)
    block.line([(x - h * 0.3, base - h * 0.64), (x + h * reach, base - h * 0.64)], h * 0.035, ink)
    block.line([(x + h * 0.13, base - h), (x + h * 0.13, base - h * 0.64)], h * 0.03, ink)
    for end in (-0.28, reach * 0.6, reach * 0.97):
        block.line([(x + h * 0.13, base - h), (x + h * end, base - h * 0.64)], 0.22, SUMI)
    block.line([(x + h * reach * 0.8, base - h * 0.64), (x + h * reach * 0.8, base - h * 0.4)], 0.2, SUMI)
