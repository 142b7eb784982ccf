"""Scenes of the harbour and the sea."""

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
    Ink,
    ring,
    smooth,
)
from kawaraban.demo.drawing.motifs import bands, boat, crane, crowd, ground, hills, house, lantern, person, pine, ship, sky, tower, water

BOXES: tuple[Ink, ...] = (VERMILION, INDIGO, OCHRE, MOSS, GREY)


def swing_bridge(b: Block) -> None:
    """An iron bridge half turned at dawn."""
    sky(b, INDIGO, 56, ROSE)
    b.disc(108, 50, 9, VERMILION)
    hills(b, 54, 9, PALE_BLUE, mist=10)
    bands(b, 44, 4)
    water(b, 57)
    for x, width in ((-4, 40), (118, 40)):
        b.rect(x, 62, width, 5, BROWN, line=0.5)
        b.rect(x + width * 0.3, 67, width * 0.24, 22, GREY, line=0.5)
    b.fill([(66, 68), (84, 68), (87, 92), (63, 92)], GREY, line=0.6)
    b.rect(60, 64, 30, 4.6, BROWN, line=0.5)
    # The span stands askew: it turns.
    left, right = (40, 70), (116, 54)
    b.fill([left, right, (116, 58), (40, 75)], VERMILION, line=0.5)
    arch = smooth([(40, 68), (58, 50), (77, 42), (97, 44), (116, 53)])
    b.line(arch, 1.4, VERMILION)
    for n in range(1, 10):
        t = n / 10
        at = 40 + 76 * t
        top = arch[int(t * (len(arch) - 1))]
        b.line([(at, 70 - 16 * t), (top[0] * 0.2 + at * 0.8, top[1])], 0.6, VERMILION)
        b.line([(at, 70 - 16 * t), (min(116, at + 7.6), top[1] + 1)], 0.4, VERMILION)
    house(b, 70, 62, 9, 7, wall=PAPER, roof=INDIGO, lit=1)
    boat(b, 30, 88, 26)
    person(b, 12, 62, 11)
    person(b, 132, 62, 11, coat=INDIGO)


def fish_market(b: Block) -> None:
    """Boxes on a wet floor, buyers around a seller."""
    b.rect(-1, -1, b.width + 2, 102, PALE_BLUE, alpha=0.8)
    b.rect(-1, -1, b.width + 2, 40, INDIGO, fade=("y", 0, 46))
    for x in range(10, 150, 26):
        b.rect(x, 0, 2.4, 52, BROWN, line=0.3)
        lantern(b, x + 13, 8, 8, LIGHT)
    b.fill([(-1, 48), (151, 48), (151, 101), (-1, 101)], GREY)
    b.fill([(-1, 48), (151, 48), (151, 101), (-1, 101)], INDIGO, alpha=0.5, fade=("y", 101, 48))
    for x, coat in ((38, INDIGO), (48, PINE), (58, BROWN), (94, OCHRE), (104, INDIGO), (114, VERMILION)):
        person(b, x, 68 + x % 3, 26, coat=coat)
    person(b, 76, 64, 27, coat=VERMILION)
    b.line([(79, 45), (88, 38)], 1.2, VERMILION)
    for row in range(2):
        for n in range(5 - row):
            x, y = 14 + n * 27 + row * 14, 78 + row * 12
            b.fill([(x, y - 4), (x + 20, y - 4), (x + 22, y), (x - 2, y)], PAPER, line=0.3)
            b.rect(x - 2, y, 24, 6.4, OCHRE, line=0.4)
            for fish in range(4 if (n + row) % 3 else 1):
                fx = x + 2.4 + fish * 4.6
                b.fill(
                    smooth([(fx, y - 1.8), (fx + 2, y - 3.2), (fx + 5, y - 2), (fx + 2, y - 0.8)], closed=True, steps=4), INDIGO, line=0.14
                )


def container_port(b: Block) -> None:
    """A loaded ship under cranes."""
    sky(b, PALE_BLUE, 56, LIGHT)
    bands(b, 26, 4)
    hills(b, 58, 8, PALE_BLUE, mist=8)
    water(b, 70, rows=7)
    ship(b, 16, 78, 116, boxes=BOXES)
    for x in (20, 62, 104):
        crane(b, x, 72, 52, VERMILION, reach=0.5)
    b.rect(-1, 88, 152, 14, GREY, line=0.5)
    for n in range(9):
        b.rect(2 + n * 17, 82 - (n % 3) * 3, 14, 9 + (n % 3) * 3, BOXES[n % 5], line=0.3)
    boat(b, 136, 84, 15, hull=PINE)


def shipyard(b: Block) -> None:
    """A hull on the slip, sparks."""
    sky(b, OCHRE, 66, ROSE)
    hills(b, 60, 8, BROWN, mist=14)
    crane(b, 6, 78, 58, INDIGO, reach=0.6)
    crane(b, 112, 78, 62, INDIGO, reach=-0.4)
    ground(b, 78, BROWN)
    b.fill(smooth([(22, 40), (30, 70), (46, 80), (104, 80), (120, 66), (130, 36)]), VERMILION, line=0.6)
    b.fill([(22, 40), (130, 36), (126, 52), (26, 54)], INDIGO, line=0.5)
    for x in range(34, 126, 12):
        b.line([(x, 41), (x + (76 - x) * 0.06, 79)], 0.3)
    for y in (60, 70):
        b.line([(29, y), (122, y - 2)], 0.3)
    for x in range(30, 130, 16):
        b.line([(x, 92), (x + 4, 78)], 1, OCHRE)
        b.line([(x + 8, 92), (x + 4, 78)], 1, OCHRE)
    b.fill([(74, 38), (98, 37), (96, 2), (80, 4)], PAPER, line=0.5)
    for n in range(1, 6):
        b.line([(76 + n * 0.6, 38 - n * 6), (98 - n * 0.3, 37 - n * 6)], 0.3)
    person(b, 60, 92, 13)
    for n in range(18):
        angle = n * 0.35
        b.line([(64, 82), (64 + 8 * math.cos(angle) * b.dice.random(), 82 + 8 * math.sin(angle) * b.dice.random())], 0.3, LIGHT)
    b.disc(64, 82, 1.6, LIGHT)


def ferry_pier(b: Block) -> None:
    """A pier that ends in bare piles."""
    sky(b, GREY, 44, PAPER)
    bands(b, 20, 5, GREY, 0.5)
    hills(b, 46, 10, PALE_BLUE, mist=8)
    water(b, 47, GREY)
    b.fill([(-1, 62), (62, 58), (66, 63), (-1, 70)], BROWN, line=0.5)
    for n in range(7):
        b.line([(4 + n * 9, 64), (4 + n * 9, 82)], 1.6, BROWN)
    for n in range(8):
        x = 72 + n * 8
        b.line([(x, 58 - n * 0.5 + (n % 3) * 2), (x + b.dice.uniform(-1, 1), 76 - n)], 1.4, SUMI)
    b.line([(62, 58), (70, 66)], 1.6, BROWN)
    boat(b, 112, 86, 30)
    boat(b, 60, 90, 13, cabin=False)
    person(b, 57, 88, 10, coat=OCHRE)
    for x, coat in ((20, INDIGO), (30, VERMILION), (42, BROWN)):
        person(b, x, 62, 14, coat=coat)
    b.rect(46, 54, 7, 7, OCHRE, line=0.3)


def lighthouse(b: Block) -> None:
    """A white tower on a cape, its beam across the night."""
    w = b.width
    b.rect(-1, -1, w + 2, 102, NIGHT)
    b.rect(-1, 30, w + 2, 40, INDIGO, fade=("y", 70, 26))
    for _ in range(60):
        b.disc(b.dice.uniform(0, w), b.dice.uniform(0, 50), b.dice.uniform(0.12, 0.34), PAPER)
    b.fill([(43, 24), (-2, 8), (-2, 34)], LIGHT, alpha=0.55)
    b.fill([(43, 24), (w + 2, 14), (w + 2, 38)], LIGHT, alpha=0.55)
    water(b, 70, NIGHT, rows=7)
    b.fill(smooth([(10, 101), (18, 84), (32, 76), (52, 74), (66, 80), (84, 101)]), BROWN, line=0.5)
    b.fill(smooth([(18, 84), (32, 76), (52, 74), (62, 79), (48, 80), (34, 83)], closed=True), MOSS)
    b.fill([(37, 76), (49, 76), (46.4, 30), (39.6, 30)], PAPER, line=0.5)
    for y in (38, 50, 62):
        b.rect(42, y, 2, 3.4, INDIGO, line=0.2)
    b.rect(37.4, 28.4, 11.2, 2, SUMI)
    b.rect(39.6, 21, 6.8, 7.4, LIGHT, line=0.4)
    b.fill([(38.4, 21), (47.6, 21), (43, 16)], VERMILION, line=0.4)
    house(b, 50, 78, 13, 6, lit=1)
    pine(b, 28, 78, 12)
    boat(b, 16, 93, 14)


def haeon_ferry(b: Block) -> None:
    """A ferry leaving port."""
    sky(b, PALE_BLUE, 52, ROSE)
    bands(b, 22, 4)
    hills(b, 50, 18, PALE_BLUE, mist=16)
    for n in range(12):
        tower(b, 2 + n * 8, 56, 6, 8 + 12 * abs(math.sin(n * 1.7)), wall=(PAPER, ROSE, OCHRE)[n % 3], share=0.4)
    water(b, 56)
    ship(b, 36, 76, 84, hull=INDIGO)
    b.line(smooth([(34, 76), (20, 79), (2, 78), (-4, 82)]), 1.6, PAPER, alpha=0.8)
    for x, y in ((116, 26), (126, 20), (134, 30), (104, 16)):
        b.line(smooth([(x - 4, y - 1.4), (x - 2, y - 2.6), (x, y), (x + 2, y - 2.6), (x + 4, y - 1.4)]), 0.6)


def haeon_skyline(b: Block) -> None:
    """Towers over a harbour in the evening."""
    sky(b, VERMILION, 66, LIGHT)
    b.rect(-1, -1, b.width + 2, 30, INDIGO, fade=("y", -6, 34))
    b.disc(40, 52, 10, OCHRE)
    b.dots(-1, -1, b.width + 2, 52, INDIGO, pitch=1.5, weight=lambda _x, y: (46 - y) / 90)
    hills(b, 60, 20, BROWN, bumps=4, mist=20)
    for n in range(17):
        tower(b, -4 + n * 9.4, 68, 8, 12 + 30 * abs(math.sin(n * 2.3)), wall=(INDIGO, SUMI, PINE)[n % 3], lit=LIGHT, share=0.5)
    water(b, 68, INDIGO, rows=7)
    for n in range(15):
        b.line([(3 + n * 10, 70), (3 + n * 10 + b.dice.uniform(-1, 1), 76 + b.dice.uniform(0, 8))], 0.8, LIGHT, alpha=0.6)
    boat(b, 52, 88, 22)
    boat(b, 112, 82, 14)


def wave_print(b: Block) -> None:
    """A great wave over a small boat."""
    w = b.width
    b.rect(-1, -1, w + 2, 102, PAPER)
    b.rect(-1, -1, w + 2, 40, OCHRE, alpha=0.5, fade=("y", 0, 40))
    b.disc(54, 18, 6, VERMILION)
    b.rect(-1, 60, w + 2, 42, INDIGO)
    back = smooth([(-4, 74), (12, 58), (30, 62), (48, 70), (62, 62), (80, 66)])
    b.fill([*back, (80, 101), (-4, 101)], PALE_BLUE, line=0.5)
    crest = smooth(
        [
            (-6, 98),
            (-4, 62),
            (6, 34),
            (22, 20),
            (38, 22),
            (46, 32),
            (42, 36),
            (34, 33),
            (27, 38),
            (26, 50),
            (34, 66),
            (50, 80),
            (80, 86),
            (82, 101),
        ]
    )
    b.fill(crest, INDIGO, line=0.7)
    for n in range(7):
        t = n / 7
        b.line(
            smooth([(-4 + 5 * t, 90 - 4 * n), (2 + 3 * n, 60 - 3 * n), (14 + 2 * n, 36 - n * 0.6), (26 + 1.6 * n, 27 + n * 0.6)]),
            0.8,
            PALE_BLUE,
        )
    for n in range(16):
        t = n / 15
        x, y = 22 + 24 * t, 20 + 4 * t + 10 * t * t
        b.disc(x, y, 2.4 - t, PAPER, line=0.3)
        b.line(smooth([(x, y), (x + 2.4, y + 3), (x + 1.4, y + 6)]), 0.7, PAPER)
    for _ in range(36):
        b.disc(b.dice.uniform(20, 60), b.dice.uniform(6, 44), b.dice.uniform(0.25, 0.7), PAPER, line=0.12)
    boat(b, 52, 76, 20, sail=None, cabin=False)
    for n in range(4):
        person(b, 46 + n * 4, 74, 6, coat=BROWN)
    front = smooth([(-4, 96), (20, 88), (44, 94), (62, 88), (80, 93)])
    b.fill([*front, (80, 101), (-4, 101)], PALE_BLUE, line=0.5)
    b.rect(68.6, 6, 4.6, 14, VERMILION, line=0.3)
    b.text(70.9, 10, "浪", 3.4, PAPER)
    b.text(70.9, 15.6, "図", 3.4, PAPER)


def marathon(b: Block) -> None:
    """Runners on a harbour bridge."""
    sky(b, PALE_BLUE, 48, LIGHT)
    hills(b, 46, 12, PINE, mist=14)
    water(b, 47, rows=6)
    boat(b, 26, 62, 14)
    b.fill([(-1, 74), (151, 60), (151, 101), (-1, 101)], GREY, line=0.5)
    for n in range(12):
        b.line([(n * 14, 73 - n * 1.3), (n * 14, 62 - n * 1.3)], 1, VERMILION)
    b.line([(-1, 63), (151, 49)], 1, VERMILION)
    b.line([(-1, 68), (151, 54)], 0.6, VERMILION)
    for n, ink in enumerate((VERMILION, INDIGO, OCHRE, PINE, PAPER, ROSE)):
        x, base = 124 - n * 21, 82 + n * 2.2
        s = 25 + n * 1.4
        b.disc(x + s * 0.1, base - s * 0.9, s * 0.085, SUMI)
        b.fill(
            smooth(
                [
                    (x - s * 0.06, base - s * 0.76),
                    (x + s * 0.16, base - s * 0.76),
                    (x + s * 0.1, base - s * 0.42),
                    (x - s * 0.1, base - s * 0.42),
                ],
                closed=True,
                steps=4,
            ),
            ink,
            line=0.24,
        )
        b.line(smooth([(x, base - s * 0.44), (x + s * 0.2, base - s * 0.26), (x + s * 0.16, base - s * 0.02)]), s * 0.085)
        b.line(smooth([(x - s * 0.04, base - s * 0.44), (x - s * 0.14, base - s * 0.22), (x - s * 0.36, base - s * 0.16)]), s * 0.085)
        b.line([(x + s * 0.14, base - s * 0.7), (x + s * 0.26, base - s * 0.54), (x + s * 0.36, base - s * 0.66)], s * 0.06)
        b.line([(x - s * 0.04, base - s * 0.7), (x - s * 0.18, base - s * 0.56), (x - s * 0.1, base - s * 0.46)], s * 0.06)
        b.rect(x - s * 0.04, base - s * 0.66, s * 0.14, s * 0.1, PAPER, line=0.14)


def swimmer(b: Block) -> None:
    """A swimmer in her lane, from above the water."""
    water(b, -1, INDIGO, rows=12)
    for y in (22, 74):
        for n in range(38):
            b.disc(n * 4.1, y + 0.4 * math.sin(n), 1.6, (VERMILION, PAPER)[n % 2], line=0.16)
    b.fill(smooth([(52, 48), (70, 42), (92, 43), (98, 48), (92, 54), (70, 54)], closed=True), ROSE, line=0.4)
    b.fill(smooth([(54, 46), (74, 42), (86, 44), (86, 53), (74, 54), (54, 51)], closed=True), SUMI)
    b.fill(ring(104, 48, 6, 5.6), VERMILION, line=0.4)
    b.fill(ring(108, 49.4, 2.4, 1.8), INDIGO, line=0.3)
    for side in (-1, 1):
        b.line(smooth([(92, 48 + side * 5), (104, 48 + side * 15), (118, 48 + side * 12), (122, 48 + side * 8)]), 3.2, ROSE)
        b.line(smooth([(54, 48 + side * 2), (42, 48 + side * 10), (30, 48 + side * 12), (26, 48 + side * 8)]), 3, ROSE)
    for radius in (10, 16, 23):
        b.line([(104 + radius * math.cos(a / 10), 48 + radius * 0.9 * math.sin(a / 10)) for a in range(-14, 15)], 0.9, PAPER, alpha=0.8)
    for _ in range(50):
        b.disc(b.dice.uniform(14, 60), 48 + b.dice.standard_normal() * 8, b.dice.uniform(0.3, 1), PAPER, alpha=0.8)


def concert(b: Block) -> None:
    """A lit stage on a pier, the sea behind."""
    b.rect(-1, -1, b.width + 2, 102, NIGHT)
    b.rect(-1, 20, b.width + 2, 36, INDIGO, fade=("y", 56, 16))
    water(b, 50, NIGHT, 72, rows=4)
    for x, length in ((4, 30), (112, 36)):
        ship(b, x, 57, length, hull=SUMI)
    for n in range(5):
        x = 45 + n * 15
        b.fill([(x, 6), (x + (n - 2) * 9 - 7, 66), (x + (n - 2) * 9 + 7, 66)], (LIGHT, ROSE, PALE_BLUE)[n % 3], alpha=0.4)
    b.line([(38, 6), (112, 6)], 1.2, GREY)
    for x in (38, 112):
        b.line([(x, 6), (x, 68)], 1.4, GREY)
    b.fill([(30, 66), (120, 66), (126, 76), (24, 76)], VERMILION, line=0.5)
    for n, ink in enumerate((PAPER, LIGHT, ROSE, LIGHT, PAPER)):
        x = 51 + n * 12
        person(b, x, 68, 22, SUMI, coat=ink)
        b.line([(x + 2.6, 52), (x + 7, 44 + (n % 2) * 4)], 1.2, ink)
    crowd(b, 78, 7, (SUMI, NIGHT, INDIGO), rows=3, step=0.85)
    for _ in range(46):
        at, up = b.dice.uniform(0, 150), b.dice.uniform(74, 94)
        b.line([(at, up + 5), (at + 0.6, up)], 0.7, SUMI)
        b.disc(at + 0.6, up - 0.4, 0.9, LIGHT)
    house(b, -12, 70, 9, 5)


SCENES = {
    "swing-bridge-dawn": swing_bridge,
    "fish-market": fish_market,
    "container-port": container_port,
    "shipyard": shipyard,
    "ferry-pier": ferry_pier,
    "lighthouse": lighthouse,
    "haeon-ferry": haeon_ferry,
    "haeon-skyline": haeon_skyline,
    "wave-print": wave_print,
    "marathon": marathon,
    "swimmer": swimmer,
    "idol-concert": concert,
}
