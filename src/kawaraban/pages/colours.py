"""Makes a colour that a newsroom chose readable on the paper's grounds (WCAG 2.2: 4.5 to 1)."""

from __future__ import annotations

import colorsys

CONTRAST = 4.5
_STEP = 0.01
_LOW, _SLOPE, _OFFSET, _POWER = 0.04045, 12.92, 0.055, 2.4  # of sRGB


def readable_on(ground: str, colour: str) -> str:
    """Return the colour, darker on a light ground or lighter on a dark one, as far as it must be. Both as #rrggbb."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    step = -_STEP if _luminance(ground) > _luminance("#767676") else _STEP
    found = colour
    while contrast(ground, found) < CONTRAST and 0 <= lightness <= 1:
        lightness += step
        found = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness)), saturation))
    return found


def contrast(one: str, other: str) -> float:
    """Return how far two colours stand apart, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (part / _SLOPE if part <= _LOW else ((part + _OFFSET) / (1 + _OFFSET)) ** _POWER for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255
