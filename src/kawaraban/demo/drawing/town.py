"""Scenes of the town and its people."""

from __future__ import annotations

import math

from kawaraban.demo.drawing.block import (
    BROWN,
    GREY,
    INDIGO,
    LIGHT,
    MOSS,
    NIGHT,
    OCHRE,
    PALE_BLUE,
    PAPER,
    PINE,
    ROSE,
    SUMI,
    VERMILION,
    Block,
    ring,
    smooth,
)
from kawaraban.demo.drawing.motifs import bands, boat, crowd, ground, hills, house, lantern, person, pine, sky, tree

COATS = (INDIGO, BROWN, PINE, VERMILION, GREY, OCHRE)


def council_chamber(b: Block) -> None:
    """Half rounds of seats before a dais."""
    b.rect(-1, -1, b.width + 2, 102, OCHRE, alpha=0.55)
    b.rect(-1, -1, b.width + 2, 60, BROWN, alpha=0.9, fade=("y", 0, 62))
    for n in range(9):
        b.rect(8 + n * 17, 4, 9, 34, LIGHT if n % 2 else PALE_BLUE, alpha=0.75, line=0.3)
    b.rect(55, 30, 40, 22, BROWN, line=0.4)
    b.rect(64, 38, 22, 14, OCHRE, line=0.4)
    person(b, 75, 46, 16, coat=INDIGO)
    b.rect(62, 40, 26, 14, BROWN, line=0.4)
    for row in range(4):
        y, reach = 58 + row * 11, 46 + row * 15
        for n in range(9 + 2 * row):
            angle = math.pi * (0.12 + 0.76 * n / (8 + 2 * row))
            x = 75 - math.cos(angle) * reach
            at = y + math.sin(angle) * 9
            b.disc(x, at - 3.4, 1.7, SUMI)
            b.fill(ring(x, at + 1.2, 3.1, 3.6, 16), COATS[(n + row) % len(COATS)])
        desk = [
            (75 - math.cos(math.pi * (0.08 + 0.84 * n / 30)) * (reach + 3), y + 3 + math.sin(math.pi * (0.08 + 0.84 * n / 30)) * 9)
            for n in range(31)
        ]
        b.line(desk, 2.4, BROWN)


def ballot_box(b: Block) -> None:
    """A wooden box with a slot, a paper going in."""
    b.rect(-1, -1, b.width + 2, 102, PALE_BLUE, alpha=0.6)
    b.rect(-1, -1, b.width + 2, 50, INDIGO, alpha=0.8, fade=("y", 0, 60))
    ground(b, 72, BROWN)
    b.fill([(52, 40), (98, 40), (106, 48), (44, 48)], OCHRE, line=0.5)
    b.rect(44, 48, 62, 40, OCHRE, line=0.5)
    b.rect(44, 48, 62, 40, BROWN, alpha=0.4, fade=("y", 88, 50))
    b.rect(66, 43, 18, 1.6, SUMI)
    b.fill([(68, 22), (82, 20), (83, 43), (69, 44)], PAPER, line=0.4)
    b.line([(71, 27), (79, 26)], 0.5, INDIGO)
    b.line([(71, 31), (80, 30)], 0.5, INDIGO)
    b.disc(75, 68, 8, VERMILION, line=0.4)
    b.text(75, 67.6, "票", 9, PAPER)
    b.fill([(118, 84), (140, 66), (141.5, 68), (119.5, 86)], VERMILION, line=0.3)
    b.fill([(118, 84), (119.5, 86), (115.5, 86.6)], SUMI)


def town_hall(b: Block) -> None:
    """Three storeys and a clock tower."""
    sky(b, PALE_BLUE, 70, ROSE)
    bands(b, 24, 5)
    hills(b, 62, 14, MOSS, mist=16)
    ground(b, 82, OCHRE)
    b.rect(22, 46, 106, 38, PAPER, line=0.4)
    for row in range(3):
        for n in range(12):
            b.rect(26 + n * 8.4, 50 + row * 11, 4.4, 6.4, LIGHT if b.dice.random() < 0.15 else INDIGO, line=0.24)  # noqa: PLR2004
    b.fill([(18, 46), (132, 46), (126, 40), (24, 40)], INDIGO, line=0.4)
    b.rect(65, 10, 20, 36, PAPER, line=0.4)
    b.fill([(62, 11), (88, 11), (75, 1)], VERMILION, line=0.4)
    b.disc(75, 21, 6.4, PAPER, line=0.5)
    b.line([(75, 21), (75, 16.6)], 0.6)
    b.line([(75, 21), (78, 22.6)], 0.6)
    b.rect(68, 66, 14, 18, BROWN, line=0.4)
    for x, size in ((10, 22), (138, 24), (122, 15)):
        tree(b, x, 88, size, PINE)
    for x in (44, 54, 92, 104, 112):
        person(b, x, 92 + x % 4, 11, coat=COATS[x % len(COATS)])


def mayor_debate(b: Block) -> None:
    """Three lecterns under three lights."""
    b.rect(-1, -1, b.width + 2, 102, NIGHT)
    for x in (35, 75, 115):
        b.fill([(x - 5, -1), (x + 5, -1), (x + 21, 80), (x - 21, 80)], LIGHT, alpha=0.42, fade=("y", -5, 90))
    b.fill([(-1, 76), (b.width + 1, 76), (b.width + 1, 101), (-1, 101)], BROWN)
    for x, coat in ((35, INDIGO), (75, VERMILION), (115, PINE)):
        person(b, x, 76, 38, coat=coat)
        b.fill([(x - 9, 54), (x + 9, 54), (x + 7, 82), (x - 7, 82)], OCHRE, line=0.5)
        b.line([(x - 6, 60), (x + 6, 60)], 0.4)
        b.line([(x + 3, 54), (x + 2, 47)], 0.5)
    crowd(b, 90, 9, (SUMI, NIGHT, INDIGO), rows=1, step=0.9)


def shopping_arcade(b: Block) -> None:
    """A roofed street seen along its length."""
    b.rect(-1, -1, b.width + 2, 102, LIGHT, alpha=0.7)
    for n in range(7):
        t = (n / 7) ** 0.8
        left, top = 68 * t, 34 * t
        for x0, x1 in ((left, left + 9 * (1 - t)), (150 - left - 9 * (1 - t), 150 - left)):
            b.rect(x0, top + 10 * (1 - t), x1 - x0, 92 - 40 * t - top, COATS[n % len(COATS)], alpha=0.85, line=0.3)
            b.rect(x0, 44 - 2 * t, x1 - x0, 5 * (1 - t) + 0.6, PAPER, line=0.25)
    b.fill([(-1, 101), (151, 101), (86, 58), (64, 58)], GREY, alpha=0.75)
    for n in range(8):
        t = (n / 8) ** 0.7
        b.line(smooth([(68 * t, 34 * t + 8), (75, 30 * t - 6), (150 - 68 * t, 34 * t + 8)]), 0.9 * (1 - t) + 0.3, INDIGO)
    for n in range(5):
        lantern(b, 75 + (n - 2) * 21, 9 + abs(n - 2) * 4, 7)
    for x, base, height in ((60, 74, 16), (82, 70, 13), (96, 84, 24), (44, 90, 29), (72, 66, 9), (113, 96, 34)):
        person(b, x, base, height, coat=COATS[int(x) % len(COATS)])


def tea_field(b: Block) -> None:
    """Rows of tea along a slope, pickers in hats."""
    sky(b, PALE_BLUE, 40, LIGHT)
    hills(b, 36, 14, PALE_BLUE, mist=14)
    hills(b, 44, 10, PINE, bumps=4, mist=26)
    bands(b, 34, 3)
    for row in range(11):
        y = 40 + row * 5.8
        ridge = smooth([(-6, y + 10), (35, y + 1), (80, y + 5), (120, y - 3), (158, y + 2)])
        b.fill([*ridge, (158, y + 9), (-6, y + 18)], MOSS if row % 2 else PINE, line=0.3)
        b.fill([*ridge, (158, y + 4), (-6, y + 12)], LIGHT, alpha=0.16)
    for x, y, size in ((40, 66, 12), (70, 74, 15), (112, 72, 15), (98, 55, 9)):
        person(b, x, y, size, coat=INDIGO)
        b.fill([(x - size * 0.24, y - size * 0.88), (x + size * 0.24, y - size * 0.88), (x, y - size * 1.12)], OCHRE, line=0.25)
        b.fill(ring(x + size * 0.26, y - size * 0.42, size * 0.16, size * 0.18, 20), BROWN, line=0.2)


def sake_brewery(b: Block) -> None:
    """Great tubs in a dark hall, steam to the roof light."""
    b.rect(-1, -1, b.width + 2, 102, BROWN)
    b.rect(-1, -1, b.width + 2, 60, SUMI, alpha=0.8, fade=("y", -10, 70))
    b.fill([(58, -1), (92, -1), (120, 101), (30, 101)], LIGHT, alpha=0.35, fade=("y", -20, 90))
    for x in range(0, 160, 22):
        b.line([(x, -1), (x, 60)], 1.6, SUMI)
    for x, size in ((24, 30), (126, 30), (75, 38)):
        base, top = 94, 94 - size * 1.05
        b.fill([(x - size * 0.5, top), (x + size * 0.5, top), (x + size * 0.42, base), (x - size * 0.42, base)], OCHRE, line=0.5)
        for n in range(1, 9):
            b.line([(x - size * 0.5 + size * n / 9, top), (x - size * 0.42 + size * 0.84 * n / 9, base)], 0.22, alpha=0.6)
        for y in (0.2, 0.55, 0.85):
            b.rect(x - size * (0.5 - 0.08 * y), top + size * 1.05 * y, size * (1 - 0.16 * y), 1.6, BROWN, line=0.2)
        b.fill(ring(x, top, size * 0.5, size * 0.1, 40), PAPER, line=0.4)
        for side in (-1, 1):
            b.line(
                smooth([(x + side * 3, top - 2), (x + side * 6, top - 12), (x + side * 1, top - 20), (x + side * 5, top - 30)]),
                1.6,
                PAPER,
                alpha=0.5,
            )
    person(b, 100, 60, 26, coat=INDIGO, lean=-0.1)
    b.line([(96, 45), (80, 62)], 0.9, OCHRE)


def blue_tarps(b: Block) -> None:
    """A hill of houses, many roofs under blue sheets."""
    sky(b, GREY, 40, PAPER)
    hills(b, 36, 18, MOSS, mist=20)
    for row in range(5):
        for n in range(9 - row):
            size = 9 + row * 3.2
            x = -6 + n * (17 + row * 3.4) + (row % 2) * 7 + b.dice.uniform(-2, 2)
            base = 44 + row * 13
            house(b, x, base, size * 1.25, size * 0.72, lit=0.15)
            if b.dice.random() < 0.55:  # noqa: PLR2004
                top = base - size * 0.72
                sheet = [
                    (x - size * 0.06, top + size * 0.06),
                    (x + size * 1.22, top + size * 0.02),
                    (x + size * 1.05, top - size * 0.4),
                    (x + size * 0.15, top - size * 0.38),
                ]
                b.fill(sheet, (52, 110, 176), line=0.25)
                b.line([sheet[0], sheet[2]], 0.2, PAPER)
                b.line([sheet[1], sheet[3]], 0.2, PAPER)
    pine(b, 140, 100, 34)


def library(b: Block) -> None:
    """Shelves to the ceiling, lamps on a long table."""
    b.rect(-1, -1, b.width + 2, 102, BROWN)
    for row in range(5):
        y = 2 + row * 13
        b.rect(0, y + 11, b.width, 1.6, SUMI, alpha=0.8)
        x = 1.0
        while x < b.width:
            thick, tall = b.dice.uniform(1.2, 2.8), b.dice.uniform(7.5, 10.5)
            b.rect(x, y + 11 - tall, thick, tall, (*COATS, PAPER, ROSE)[int(b.dice.integers(8))], line=0.14)
            x += thick + (4 if b.dice.random() < 0.04 else 0.2)  # noqa: PLR2004
    b.rect(-1, -1, b.width + 2, 70, SUMI, alpha=0.35, fade=("y", -20, 70))
    b.fill([(10, 74), (140, 74), (156, 92), (-6, 92)], OCHRE, line=0.5)
    b.rect(-6, 92, 162, 10, BROWN)
    for x in (32, 75, 118):
        b.fill([(x - 12, 90), (x + 12, 90), (x + 5, 63), (x - 5, 63)], LIGHT, alpha=0.45)
        b.fill([(x - 6, 64), (x + 6, 64), (x + 3, 58), (x - 3, 58)], PINE, line=0.4)
        b.line([(x, 64), (x, 80)], 0.5)
        b.fill([(x - 5, 82), (x, 80.6), (x + 5, 82), (x + 5, 86), (x, 84.8), (x - 5, 86)], PAPER, line=0.3)
    for x in (20, 54, 98, 132):
        b.disc(x, 66, 3, SUMI)
        b.fill(ring(x, 75, 6, 7, 24), COATS[x % len(COATS)])


def bathhouse(b: Block) -> None:
    """A wide bath under a painted mountain."""
    b.rect(-1, -1, b.width + 2, 102, PALE_BLUE)
    b.rect(8, 4, 134, 50, LIGHT, line=0.5)
    b.rect(8, 4, 134, 26, INDIGO, fade=("y", 4, 34))
    b.fill(smooth([(30, 48), (52, 34), (68, 16), (75, 12), (82, 16), (100, 34), (122, 48)]), INDIGO, line=0.4)
    b.fill([(66, 18), (70, 23), (73, 19), (76, 24), (80, 19), (83, 22), (80, 14), (75, 11), (70, 14)], PAPER)
    b.rect(8, 46, 134, 8, PALE_BLUE)
    boat(b, 40, 52, 13, sail=PAPER)
    boat(b, 112, 51, 9)
    for n in range(16):
        b.line([(n * 10, 55), (n * 10, 68)], 0.2, PAPER)
    b.line([(0, 61), (150, 61)], 0.2, PAPER)
    b.fill([(14, 68), (136, 68), (150, 101), (0, 101)], PINE, alpha=0.75, line=0.5)
    b.fill([(14, 68), (136, 68), (150, 101), (0, 101)], PALE_BLUE, alpha=0.8, fade=("y", 68, 101))
    for x, y in ((44, 78), (72, 74), (104, 80)):
        b.disc(x, y - 5, 3.2, SUMI)
        b.fill([(x - 6.5, y + 3), (x + 6.5, y + 3), (x + 4, y - 2), (x - 4, y - 2)], ROSE)
        b.rect(x - 2.6, y - 9.2, 5.2, 1.8, PAPER, line=0.2)
        b.line(smooth([(x - 9, y + 3), (x, y + 4.4), (x + 9, y + 3)]), 0.4, PAPER)
    for x in (30, 60, 90, 120):
        b.line(smooth([(x, 66), (x + 4, 56), (x - 1, 47), (x + 3, 38)]), 1.5, PAPER, alpha=0.55)


def tram_hill(b: Block) -> None:
    """A tram on a steep street between houses, the bay behind."""
    sky(b, PALE_BLUE, 46, ROSE)
    b.rect(-1, 40, b.width + 2, 12, INDIGO, alpha=0.8)
    hills(b, 41, 6, PINE, mist=8)
    b.fill([(-1, 48), (60, 46), (95, 101), (-1, 101)], OCHRE)
    b.fill([(151, 40), (96, 46), (130, 101), (151, 101)], MOSS)
    b.fill([(66, 46), (90, 46), (140, 101), (20, 101)], GREY, alpha=0.85)
    for x, y, size in ((2, 66, 19), (22, 58, 13), (38, 53, 9), (0, 96, 30), (110, 58, 13), (124, 66, 18), (126, 98, 30), (100, 52, 8)):
        house(b, x, y, size, size * 0.72, wall=(PAPER, ROSE, OCHRE)[int(x) % 3])
    for x in (70, 86):
        b.line([(75 + (x - 78) * 0.5, 46), (78 + (x - 78) * 5, 101)], 0.6)
    b.rect(57, 48, 42, 34, VERMILION, line=0.5)
    b.rect(57, 66, 42, 9, PAPER, line=0.4)
    b.fill([(55, 49), (101, 49), (96, 43), (60, 43)], GREY, line=0.4)
    for x in (60, 73, 86):
        b.rect(x, 52, 10, 12, LIGHT, line=0.4)
    person(b, 78, 64, 11)
    b.disc(78, 78, 2.4, LIGHT, line=0.4)
    for x in (64, 92):
        b.disc(x, 83, 2.6, SUMI)
    b.line([(78, 43), (84, 30)], 0.5)
    b.line([(-1, 22), (84, 30), (151, 24)], 0.3)


def apple_orchard(b: Block) -> None:
    """Apple trees, a ladder, baskets."""
    sky(b, PALE_BLUE, 50, LIGHT)
    hills(b, 48, 16, PALE_BLUE, mist=14)
    ground(b, 62, MOSS)
    for x, base, size in ((24, 72, 40), (75, 70, 34), (128, 74, 42), (50, 84, 52), (104, 86, 54)):
        b.line(smooth([(x, base), (x + 1, base - size * 0.3), (x - 2, base - size * 0.5)]), size * 0.07, BROWN)
        for across, up, radius in ((-0.3, 0.55, 0.24), (0.3, 0.57, 0.24), (0, 0.76, 0.3), (-0.14, 0.5, 0.22), (0.16, 0.5, 0.22)):
            b.disc(x + size * across, base - size * up, size * radius, PINE if size > 45 else MOSS)  # noqa: PLR2004
        for _ in range(int(size / 2)):
            angle, reach = b.dice.uniform(0, 6.28), b.dice.uniform(0.05, 0.42)
            b.disc(
                x + size * reach * math.cos(angle), base - size * 0.62 + size * reach * 0.75 * math.sin(angle), 1.4, VERMILION, line=0.16
            )
    for x in (78, 86):
        b.line([(x, 96), (x + 6 - (x - 78) * 0.8, 46)], 0.7, OCHRE)
    for n in range(7):
        b.line([(79 + n * 0.6, 92 - n * 6.4), (86 - n * 0.1, 92 - n * 6.4)], 0.5, OCHRE)
    person(b, 84, 66, 20, coat=VERMILION)
    for x in (62, 104):
        b.fill([(x - 7, 88), (x + 7, 88), (x + 5, 97), (x - 5, 97)], OCHRE, line=0.4)
        for n in range(7):
            b.disc(x - 5 + n * 1.7, 87 - (n % 2) * 1.4, 1.6, VERMILION, line=0.16)


SCENES = {
    "council-chamber": council_chamber,
    "ballot-box": ballot_box,
    "town-hall": town_hall,
    "mayor-debate": mayor_debate,
    "shopping-arcade": shopping_arcade,
    "tea-field": tea_field,
    "sake-brewery": sake_brewery,
    "blue-tarp-roofs": blue_tarps,
    "library": library,
    "hot-spring": bathhouse,
    "tram-hill": tram_hill,
    "apple-orchard": apple_orchard,
}
