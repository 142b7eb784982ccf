"""The printing block: paper, inks laid one over another a hair out of register, key lines, and the grain of the wood.

Lengths are in hundredths of the picture's height; x runs to the right, y down.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

Point = tuple[float, float]
Ink = tuple[int, int, int]
Fade = tuple[Literal["x", "y"], float, float]

SUMI: Ink = (34, 32, 38)
INDIGO: Ink = (38, 62, 108)
NIGHT: Ink = (22, 32, 60)
PALE_BLUE: Ink = (134, 172, 186)
VERMILION: Ink = (199, 68, 43)
OCHRE: Ink = (211, 162, 78)
MOSS: Ink = (94, 114, 74)
PINE: Ink = (48, 74, 62)
BROWN: Ink = (128, 90, 62)
ROSE: Ink = (222, 160, 148)
GREY: Ink = (152, 150, 148)
PAPER: Ink = (244, 237, 221)
LIGHT: Ink = (252, 226, 150)

SUPERSAMPLE = 2
SERIF = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"
QUALITY = 80


class Block:
    """A picture on its way."""

    def __init__(self, name: str, width: int = 1600, height: int = 1067, paper: Ink = PAPER) -> None:
        self.dice = np.random.default_rng(zlib.crc32(name.encode()))
        self.unit = height / 100
        self.width = width / self.unit
        self.height = 100.0
        self._size = (width, height)
        self._rgb: NDArray[np.float32] = np.ones((height, width, 3), np.float32) * np.array(paper, np.float32)
        self._grain = self._wood(width, height)

    # ------------------------------------------------------------------ laying ink

    def fill(self, points: Sequence[Point], ink: Ink, *, alpha: float = 1.0, fade: Fade | None = None, line: float = 0.0) -> None:
        """Print a flat shape. ``fade`` lets the ink run out from one coordinate to another; ``line`` adds its key line."""
        slip = self.dice.uniform(-0.12, 0.12, 2)
        moved = [(x + slip[0], y + slip[1]) for x, y in points]
        self._print(moved, lambda pen, at: pen.polygon(at, fill=255), ink, alpha, fade)
        if line:
            self.line([*points, points[0]], line)

    def disc(self, x: float, y: float, radius: float, ink: Ink, *, alpha: float = 1.0, fade: Fade | None = None, line: float = 0.0) -> None:
        """Print a disc."""
        self.fill(ring(x, y, radius, radius), ink, alpha=alpha, fade=fade, line=line)

    def rect(self, x: float, y: float, width: float, height: float, ink: Ink, **style: Any) -> None:
        """Print a rectangle by its upper left corner."""
        self.fill([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], ink, **style)

    def line(self, points: Sequence[Point], width: float, ink: Ink = SUMI, *, alpha: float = 0.92) -> None:
        """Print a key line: it swells and thins as a knife follows a brush."""
        path = np.array(points, float)
        if len(path) < 2:  # noqa: PLR2004
            return
        path = _even(path, max(0.6, width))
        step = np.gradient(path, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / np.maximum(length, 1e-9)[:, None]
        swell = 0.5 + 0.22 * np.sin(np.arange(len(path)) * 0.11 + self.dice.uniform(0, 6)) + 0.08 * self.dice.standard_normal(len(path))
        half = width * np.clip(swell, 0.25, 0.9)[:, None]
        edge = np.concatenate([path + normal * half, (path - normal * half)[::-1]])
        self._print([(float(x), float(y)) for x, y in edge], lambda pen, at: pen.polygon(at, fill=255), ink, alpha, None)

    def text(self, x: float, y: float, words: str, size: float, ink: Ink = SUMI, anchor: str = "mm") -> None:
        """Print a few words."""
        font = ImageFont.truetype(SERIF, round(size * self.unit * SUPERSAMPLE))
        reach = size * (len(words) + 2)
        corners = [(x - reach, y - size * 2), (x + reach, y + size * 2)]
        left, top = (corners[0][0] * self.unit, corners[0][1] * self.unit)

        def write(pen: ImageDraw.ImageDraw, _: Any) -> None:
            pen.text(((x * self.unit - left) * SUPERSAMPLE, (y * self.unit - top) * SUPERSAMPLE), words, fill=255, font=font, anchor=anchor)

        self._print(corners, write, ink, 0.95, None, origin=(left, top))

    def dots(
        self, x: float, y: float, width: float, height: float, ink: Ink, *, pitch: float = 1.1, weight: Callable[[float, float], float]
    ) -> None:
        """Print a halftone: dots whose size (0 to 1) is asked for at each place."""
        rows = math.ceil(height / pitch)
        for row in range(rows):
            shift = pitch / 2 if row % 2 else 0.0
            for column in range(math.ceil(width / pitch)):
                at = (x + column * pitch + shift, y + row * pitch)
                radius = pitch * 0.62 * math.sqrt(max(0.0, min(1.0, weight(*at))))
                if radius > 0.12:  # noqa: PLR2004 - smaller ones do not print
                    self._print(ring(*at, radius, radius, 10), lambda pen, on: pen.polygon(on, fill=255), ink, 0.9, None)

    # ------------------------------------------------------------------ finishing

    def save(self, path: Path) -> None:
        """Put grain and paper on the picture, and keep it as JPEG."""
        height, width = self._rgb.shape[:2]
        fibre = self.dice.standard_normal((height, width, 1)).astype(np.float32) * 2.2
        lit = self._rgb * (0.955 + 0.06 * self._grain[:, :, None]) + fibre
        Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).save(path, quality=QUALITY, optimize=True, progressive=True)

    def _wood(self, width: int, height: int) -> NDArray[np.float32]:
        """Long fibres along the block, from 0 to 1."""
        coarse = self.dice.random((height // 3, max(4, width // 160))).astype(np.float32)
        image = Image.fromarray((coarse * 255).astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
        return np.asarray(image, np.float32) / np.float32(255)

    def _print(
        self,
        points: Sequence[Point],
        draw: Callable[[ImageDraw.ImageDraw, list[Point]], None],
        ink: Ink,
        alpha: float,
        fade: Fade | None,
        origin: Point | None = None,
    ) -> None:
        width, height = self._size
        xs, ys = [x * self.unit for x, _ in points], [y * self.unit for _, y in points]
        left, top = max(0, math.floor(min(xs)) - 1), max(0, math.floor(min(ys)) - 1)
        right, bottom = min(width, math.ceil(max(xs)) + 1), min(height, math.ceil(max(ys)) + 1)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", ((right - left) * SUPERSAMPLE, (bottom - top) * SUPERSAMPLE))
        if origin is None:
            draw(ImageDraw.Draw(mask), [((x - left) * SUPERSAMPLE, (y - top) * SUPERSAMPLE) for x, y in zip(xs, ys, strict=True)])
        else:
            whole = Image.new("L", (math.ceil(max(xs) - origin[0]) * SUPERSAMPLE, math.ceil(max(ys) - origin[1]) * SUPERSAMPLE))
            draw(ImageDraw.Draw(whole), [])
            mask.paste(whole, (round((origin[0] - left) * SUPERSAMPLE), round((origin[1] - top) * SUPERSAMPLE)))
        small = mask.resize((right - left, bottom - top), Image.Resampling.BOX)
        cover = np.asarray(small, np.float32)[:, :, None] / 255 * alpha
        if fade is not None:
            axis, begin, end = fade
            scale = np.arange(top, bottom) / self.unit if axis == "y" else np.arange(left, right) / self.unit
            amount = np.clip((end - scale) / (end - begin if end != begin else 1e-6), 0, 1).astype(np.float32)
            # A brush of water leaves no straight edge: the middle of the fading is the steepest.
            amount = amount * amount * (3 - 2 * amount)
            cover = cover * (amount[:, None, None] if axis == "y" else amount[None, :, None])
        # Ink takes less where the wood is hard.
        cover = cover * (0.93 + 0.07 * self._grain[top:bottom, left:right, None])
        part = self._rgb[top:bottom, left:right]
        self._rgb[top:bottom, left:right] = part * (1 - cover) + np.array(ink, np.float32) * cover


# ---------------------------------------------------------------------- shapes


def ring(x: float, y: float, across: float, down: float, count: int = 48) -> list[Point]:
    """Return the points of an ellipse."""
    return [(x + across * math.cos(2 * math.pi * n / count), y + down * math.sin(2 * math.pi * n / count)) for n in range(count)]


def smooth(points: Sequence[Point], *, closed: bool = False, steps: int = 10) -> list[Point]:
    """Return a curve through points (Catmull-Rom)."""
    knots = list(points)
    knots = [knots[-1], *knots, knots[0], knots[1]] if closed else [knots[0], *knots, knots[-1]]
    found: list[Point] = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        for n in range(steps):
            t = n / steps
            found.append(tuple(_between(before[k], start[k], end[k], after[k], t) for k in (0, 1)))  # type: ignore[arg-type]
    if not closed:
        found.append(knots[-1])
    return found


def _between(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start + (end - before) * t + (2 * before - 5 * start + 4 * end - after) * t**2 + (3 * start - before - 3 * end + after) * t**3
    )


def _even(path: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return a path's points at even distances."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    count = max(2, int(lengths[-1] / step))
    at = np.linspace(0, lengths[-1], count)
    return np.stack([np.interp(at, lengths, path[:, 0]), np.interp(at, lengths, path[:, 1])], axis=1)
