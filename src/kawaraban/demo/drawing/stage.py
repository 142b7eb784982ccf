"""Scenes of culture and sports."""

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
from kawaraban.demo.drawing.motifs import bands, boat, crowd, ground, hills, lantern, person, pine, sky, tree


def woodcut_hands(b: Block) -> None:
    """Two hands and a knife on a block of wood."""
    b.rect(-1, -1, b.width + 2, 102, OCHRE, alpha=0.55)
    b.rect(-1, -1, b.width + 2, 102, BROWN, alpha=0.6, fade=("y", 0, 80))
    b.fill([(20, 40), (128, 34), (140, 88), (12, 94)], OCHRE, line=0.6)
    b.fill([(12, 94), (140, 88), (140, 95), (12, 101)], BROWN, line=0.5)
    for n in range(9):
        y = 48 + n * 4.4
        b.line(smooth([(26, y + 2), (50, y - 1), (76, y + 1.5), (104, y - 2), (128, y)]), 0.5, BROWN, alpha=0.6)
    wave = smooth([(30, 80), (44, 62), (58, 56), (68, 62), (62, 68), (54, 66), (50, 76), (62, 84)])
    b.line(wave, 1.8, SUMI)
    for n in range(6):
        b.line(smooth([(72 + n * 5, 82), (76 + n * 5, 78), (80 + n * 5, 83)]), 1, SUMI)
    b.line([(122, 22), (84, 66)], 2.2, BROWN)
    b.fill([(85, 63), (88, 66), (79, 73)], GREY, line=0.3)
    right = smooth(
        [
            (150, 20),
            (128, 26),
            (112, 32),
            (100, 42),
            (94, 54),
            (98, 58),
            (104, 54),
            (106, 60),
            (112, 58),
            (114, 62),
            (120, 58),
            (128, 56),
            (140, 50),
            (152, 48),
        ]
    )
    b.fill([*right, (152, 20)], ROSE, line=0.6)
    for x, y in ((104, 54), (112, 57), (120, 57)):
        b.line(smooth([(x, y), (x + 5, y - 7), (x + 12, y - 10)]), 0.5)
    b.fill([(130, 10), (152, 6), (152, 54), (136, 54), (128, 30)], INDIGO, line=0.5)
    left = smooth(
        [(-2, 60), (18, 62), (36, 66), (50, 72), (58, 76), (56, 80), (46, 79), (52, 84), (46, 87), (34, 84), (36, 89), (20, 88), (-2, 86)]
    )
    b.fill([*left, (-2, 60)], ROSE, line=0.6)
    b.fill([(-2, 54), (14, 58), (12, 92), (-2, 94)], INDIGO, line=0.5)
    for _ in range(16):
        at, down = b.dice.uniform(60, 124), b.dice.uniform(68, 90)
        b.line(smooth([(at, down), (at + 1.4, down - 1.6), (at + 3, down - 0.4)]), 0.6, PAPER)


def _sunrise(b: Block, x: float, y: float) -> None:
    b.disc(x + 12, y + 9, 4, VERMILION)
    b.line(smooth([(x + 3, y + 18), (x + 8, y + 15), (x + 17, y + 19)]), 1.4, INDIGO)


def _mountain(b: Block, x: float, y: float) -> None:
    b.fill([(x + 3, y + 22), (x + 10, y + 7), (x + 17, y + 22)], INDIGO, line=0.3)


def _ledger(b: Block, x: float, y: float) -> None:
    for k in range(9):
        b.line([(x + 4 + (k % 3) * 0.6, y + 5 + k * 2), (x + 12 + (k * 7 % 5), y + 5 + k * 2)], 0.5)


def _sail(b: Block, x: float, y: float) -> None:
    boat(b, x + 10, y + 19, 11, sail=PAPER)


def _leaf(b: Block, x: float, y: float) -> None:
    b.fill(smooth([(x + 4, y + 14), (x + 9, y + 9), (x + 15, y + 13), (x + 9, y + 17)], closed=True), VERMILION, line=0.3)


MINIATURES = (_sunrise, _mountain, _ledger, _sail, _leaf)


def print_gallery(b: Block) -> None:
    """Prints on a warehouse wall."""
    b.rect(-1, -1, b.width + 2, 102, BROWN, alpha=0.85)
    for y in range(0, 72, 6):
        for n in range(13):
            b.rect(n * 13 - (y // 6 % 2) * 6, y, 12.6, 5.6, (BROWN, OCHRE, BROWN)[(n + y) % 3], alpha=0.4)
    b.fill([(-1, 72), (151, 72), (151, 101), (-1, 101)], GREY)
    grounds = (PAPER, OCHRE, PALE_BLUE, ROSE)
    for n in range(5):
        for row in range(2):
            x, y, ink = 10 + n * 28, 8 + row * 32, grounds[(n + row) % 4]
            b.rect(x, y, 20, 26, PAPER, line=0.5)
            b.rect(x + 2, y + 2, 16, 22, ink)
            MINIATURES[(n * 2 + row) % 5](b, x, y)
    for x, coat in ((28, INDIGO), (38, VERMILION), (88, PINE), (122, OCHRE)):
        person(b, x, 94, 34, coat=coat)
    for x in (56, 64, 72):
        b.fill([(x, 88), (x + 7, 87), (x + 8, 92), (x + 1, 93)], PAPER, line=0.3)


def cinema(b: Block) -> None:
    """Heads before a screen, one beam of light."""
    b.rect(-1, -1, b.width + 2, 102, SUMI)
    b.rect(28, 8, 94, 50, LIGHT, line=0.4)
    b.rect(30, 10, 90, 46, PALE_BLUE)
    b.rect(30, 40, 90, 16, INDIGO)
    boat(b, 62, 48, 22, sail=PAPER)
    b.disc(98, 24, 6, VERMILION)
    b.fill([(150, 2), (120, 12), (120, 54)], LIGHT, alpha=0.35)
    b.fill([(14, 4), (26, 4), (26, 64), (14, 64)], VERMILION, line=0.4)
    b.fill([(124, 4), (136, 4), (136, 64), (124, 64)], VERMILION, line=0.4)
    for x in (16, 19, 22, 126.5, 129.5, 132.5):
        b.line([(x, 5), (x, 63)], 0.4)
    for row in range(4):
        y, size = 68 + row * 9, 7 + row * 2
        x = -4 + row * 3.0
        while x < 156:  # noqa: PLR2004
            b.fill(ring(x, y + size * 0.9, size * 0.62, size * 0.6, 20), (NIGHT, BROWN)[row % 2])
            if b.dice.random() < 0.8:  # noqa: PLR2004
                b.disc(x, y, size * 0.3, (INDIGO, SUMI, BROWN)[int(x) % 3])
            x += size * 1.5


def bookshop(b: Block) -> None:
    """A small shop with books to the ceiling, its keeper on a ladder."""
    b.rect(-1, -1, b.width + 2, 102, OCHRE, alpha=0.8)
    inks = (INDIGO, VERMILION, PINE, PAPER, BROWN, ROSE, MOSS, GREY)
    for left, right in ((2, 52), (98, 148)):
        for row in range(8):
            y = 4 + row * 11.4
            b.rect(left, y + 9.6, right - left, 1.4, BROWN, line=0.2)
            x = left + 0.6
            while x < right - 2:
                thick, tall = b.dice.uniform(1.0, 2.4), b.dice.uniform(6.4, 9.2)
                b.rect(x, y + 9.6 - tall, thick, tall, inks[int(b.dice.integers(8))], line=0.12)
                x += thick + 0.1
    b.rect(54, 30, 42, 62, LIGHT, line=0.5)
    b.rect(57, 33, 17, 40, PALE_BLUE, line=0.4)
    b.rect(76, 33, 17, 40, PALE_BLUE, line=0.4)
    b.rect(52, 14, 46, 13, INDIGO, line=0.5)
    b.text(75, 20, "既読書店", 7.4, PAPER)
    lantern(b, 75, 2, 7)
    b.fill([(-1, 94), (151, 94), (151, 101), (-1, 101)], BROWN)
    for x in (106, 114):
        b.line([(x, 98), (x + 4, 26)], 0.9, SUMI)
    for n in range(9):
        b.line([(106.4 + n * 0.4, 92 - n * 7.4), (114.4 + n * 0.4, 92 - n * 7.4)], 0.6)
    person(b, 112, 58, 26, coat=VERMILION)
    person(b, 66, 96, 30, coat=INDIGO)
    for n in range(6):
        b.rect(84 - n * 0.3, 92 - n * 3, 12, 2.8, inks[n], line=0.2)


def kabuki(b: Block) -> None:
    """A pose on the stage before the striped curtain."""
    for n in range(12):
        b.rect(-1 + n * 13, -1, 13.2, 80, (SUMI, (196, 120, 60), PINE)[n % 3])
    b.rect(-1, -1, b.width + 2, 9, BROWN, line=0.4)
    for n in range(10):
        lantern(b, 8 + n * 15, 9, 5, PAPER)
    b.fill([(-1, 76), (151, 76), (151, 101), (-1, 101)], OCHRE, line=0.5)
    for n in range(7):
        b.line([(-10 + n * 28, 101), (12 + n * 21, 76)], 0.3, BROWN)
    robe = smooth([(64, 40), (40, 54), (30, 86), (52, 90), (75, 92), (100, 90), (122, 86), (110, 54), (86, 40)], closed=True)
    b.fill(robe, VERMILION, line=0.7)
    b.fill(smooth([(62, 44), (22, 50), (14, 72), (34, 74), (56, 62)], closed=True), INDIGO, line=0.6)
    b.fill(smooth([(88, 44), (124, 40), (138, 58), (122, 66), (96, 62)], closed=True), INDIGO, line=0.6)
    for x, y in ((28, 60), (124, 52)):
        for radius in (7, 5, 3):
            b.disc(x, y, radius, (PAPER, INDIGO, PAPER)[radius % 3], line=0.3)
    b.fill([(66, 40), (84, 40), (78, 66), (72, 66)], PAPER, line=0.4)
    b.rect(52, 66, 46, 5, SUMI)
    b.fill(ring(75, 29, 10.5, 12.5), PAPER, line=0.6)
    b.fill(smooth([(63, 26), (64, 14), (75, 10), (86, 14), (87, 26), (82, 19), (75, 17), (68, 19)], closed=True), SUMI)
    b.fill(ring(75, 10, 4, 4.6), SUMI)
    for side in (-1, 1):
        b.line(smooth([(75 + side * 2, 24), (75 + side * 5, 22), (75 + side * 9, 18)]), 1.3, VERMILION)
        b.line(smooth([(75 + side * 3, 32), (75 + side * 6, 33), (75 + side * 9, 38)]), 1.3, VERMILION)
        b.line([(75 + side * 2, 26.4), (75 + side * 6.6, 25.4)], 1.1)
        b.disc(75 + side * 4.4, 28, 1, SUMI)
    b.line([(72, 36.4), (78, 36.4)], 0.9, VERMILION)
    b.line([(75, 28), (74.4, 32.4)], 0.5)
    b.fill(ring(137, 56, 4, 4), PAPER, line=0.4)
    b.line([(112, 84), (136, 94)], 1.4, SUMI)


def festival_float(b: Block) -> None:
    """A great float with lanterns, pulled by many."""
    sky(b, NIGHT, 80, VERMILION)
    for x, height in ((-4, 40), (18, 34), (112, 36), (132, 44)):
        b.rect(x, 82 - height, 22, height, SUMI)
        for n in range(3):
            b.rect(x + 3 + n * 6, 82 - height * 0.7, 3.4, 4.6, LIGHT)
    ground(b, 82, BROWN)
    for x in (60, 90):
        b.disc(x, 82, 9, BROWN, line=0.7)
        b.disc(x, 82, 2.4, OCHRE, line=0.4)
        for n in range(8):
            b.line([(x, 82), (x + 8.6 * math.cos(n * math.pi / 4), 82 + 8.6 * math.sin(n * math.pi / 4))], 0.5)
    b.rect(48, 60, 54, 16, VERMILION, line=0.6)
    b.rect(48, 66, 54, 3, OCHRE)
    for x in (51, 74, 97):
        b.rect(x, 28, 2.4, 33, BROWN, line=0.3)
    b.fill([(40, 30), (110, 30), (98, 18), (84, 14), (75, 6), (66, 14), (52, 18)], INDIGO, line=0.6)
    b.fill([(44, 30), (106, 30), (106, 33), (44, 33)], OCHRE, line=0.3)
    for row in range(3):
        for n in range(7 - row):
            lantern(b, 52 + n * 7.6 + row * 3.8, 35 + row * 8, 4.6, (LIGHT, VERMILION)[n % 2])
    person(b, 66, 60, 13, coat=PAPER)
    person(b, 86, 60, 13, coat=PAPER)
    b.line(smooth([(48, 78), (30, 84), (8, 90)]), 1, OCHRE)
    for n in range(7):
        person(b, 4 + n * 7, 94 - n * 1.2, 19, coat=(INDIGO, PAPER)[n % 2], lean=-0.12)
    crowd(b, 94, 7, (INDIGO, SUMI, BROWN), left=104, right=150)


def football(b: Block) -> None:
    """Two men and a ball in the fog."""
    b.rect(-1, -1, b.width + 2, 102, PALE_BLUE, alpha=0.6)
    hills(b, 44, 8, GREY, mist=8)
    for x in range(4, 150, 18):
        tree(b, x, 52, 12, GREY)
    b.fill([(-1, 52), (151, 52), (151, 101), (-1, 101)], MOSS)
    for n in range(4):
        b.fill([(-1 + n * 44, 52), (20 + n * 38, 52), (10 + n * 50, 101), (-30 + n * 56, 101)], PINE, alpha=0.35)
    b.line([(100, 32), (100, 54)], 0.8, PAPER)
    b.line([(132, 32), (132, 56)], 0.8, PAPER)
    b.line([(100, 32), (132, 32)], 0.8, PAPER)
    for n in range(9):
        b.line([(100 + n * 4, 32), (101 + n * 4, 54)], 0.16, PAPER)
    bands(b, 50, 7, PAPER, 0.7)
    b.dots(-1, 34, b.width + 2, 34, PAPER, pitch=1.4, weight=lambda _x, y: 0.6 - abs(y - 50) / 26)
    for x, ink, side in ((58, VERMILION, 1), (88, INDIGO, -1)):
        s = 42
        b.disc(x + side * 2, 44, 3.8, SUMI)
        b.fill(smooth([(x - 6, 49), (x + 6 + side * 2, 48), (x + 5, 66), (x - 6, 66)], closed=True, steps=5), ink, line=0.5)
        b.line([(x - 4, 52), (x - 12 * side - 2, 60), (x - 15 * side, 54)], 2, ink)
        b.line([(x + 4 * side, 52), (x + 11 * side, 58), (x + 15 * side, 53)], 2, ink)
        b.rect(x - 6, 64, 11, 7, PAPER, line=0.4)
        b.line(smooth([(x + 3 * side, 70), (x + 8 * side, 78), (x + 14 * side, 84 - s * 0.02)]), 2.8)
        b.line(smooth([(x - 3 * side, 70), (x - 5 * side, 80), (x - 12 * side, 88)]), 2.8)
    b.disc(74, 86, 4.4, PAPER, line=0.5)
    b.fill(ring(74, 86, 1.5, 1.5, 5), SUMI)
    for n in range(5):
        b.line(
            [
                (74 + 1.6 * math.cos(n * 1.257), 86 + 1.6 * math.sin(n * 1.257)),
                (74 + 4 * math.cos(n * 1.257), 86 + 4 * math.sin(n * 1.257)),
            ],
            0.4,
        )
    bands(b, 92, 4, PAPER, 0.5)


def baseball(b: Block) -> None:
    """A diamond under odd green lamps at night."""
    b.rect(-1, -1, b.width + 2, 102, NIGHT)
    crowd(b, 36, 4.4, (INDIGO, SUMI, BROWN, VERMILION), rows=2, step=0.9)
    for n in range(9):
        x = 8 + n * 17
        b.line([(x, 14), (x, 40)], 0.8, GREY)
        b.disc(x, 12, 7, (198, 232, 190), alpha=0.35)
        b.disc(x, 12, 2.6, (220, 244, 206), line=0.3)
    b.fill([(-1, 46), (151, 46), (151, 101), (-1, 101)], PINE)
    b.fill(ring(75, 104, 84, 44), OCHRE)
    b.fill([(75, 60), (128, 92), (75, 130), (22, 92)], MOSS)
    b.line([(75, 101), (-10, 56)], 0.6, PAPER)
    b.line([(75, 101), (160, 56)], 0.6, PAPER)
    b.fill(ring(75, 76, 8, 3), OCHRE, line=0.3)
    person(b, 75, 77, 17, coat=PAPER)
    for x, y in ((40, 66), (110, 66), (24, 60), (128, 60), (75, 54)):
        person(b, x, y, 9, coat=PAPER)
    person(b, 62, 100, 26, coat=VERMILION)
    b.line([(65, 82), (74, 66)], 1.3, OCHRE)
    b.disc(88, 70, 1.2, PAPER)
    b.line(smooth([(79, 68), (84, 67), (88, 70)]), 0.3, PAPER, alpha=0.6)


def sumo(b: Block) -> None:
    """Two wrestlers in the ring under the hanging roof."""
    b.rect(-1, -1, b.width + 2, 102, BROWN)
    b.rect(-1, -1, b.width + 2, 70, SUMI, alpha=0.7, fade=("y", 0, 76))
    crowd(b, 46, 5, (INDIGO, BROWN, OCHRE, VERMILION, PINE), rows=2)
    b.fill([(30, 22), (120, 22), (106, 10), (44, 10)], PINE, line=0.6)
    b.rect(34, 22, 82, 3.4, VERMILION, line=0.3)
    for x, ink in ((34, INDIGO), (114, VERMILION)):
        b.line([(x, 25), (x, 36)], 1.6, ink)
    b.fill([(18, 74), (132, 74), (146, 101), (4, 101)], OCHRE, line=0.6)
    b.fill(ring(75, 84, 46, 9), (228, 196, 140), line=1.4)
    for x, side, ink in ((62, 1, INDIGO), (90, -1, VERMILION)):
        b.fill(smooth([(x - 13, 50), (x + side * 6, 44), (x + 13, 52), (x + 13, 70), (x - 12, 70)], closed=True), ROSE, line=0.6)
        b.disc(x + side * 9, 45, 5.4, ROSE, line=0.5)
        b.fill(ring(x + side * 8, 41, 4.8, 2.6), SUMI)
        b.disc(x + side * 5, 38.4, 1.8, SUMI)
        b.line(smooth([(x + side * 6, 52), (x + side * 16, 56), (x + side * 22, 60)]), 4, ROSE)
        b.rect(x - 13, 64, 26, 6, ink, line=0.4)
        for leg in (-1, 1):
            b.fill(
                smooth([(x + leg * 3, 68), (x + leg * 13, 70), (x + leg * 15, 84), (x + leg * 6, 84)], closed=True, steps=5), ROSE, line=0.5
            )
    person(b, 116, 84, 26, coat=PINE)
    b.fill(ring(109, 68, 3, 2.4), LIGHT, line=0.3)


def judo(b: Block) -> None:
    """A throw."""
    b.rect(-1, -1, b.width + 2, 102, PAPER)
    b.rect(-1, -1, b.width + 2, 60, INDIGO, alpha=0.5, fade=("y", 0, 70))
    crowd(b, 48, 5, (INDIGO, GREY, BROWN), rows=1)
    b.fill([(-1, 60), (151, 60), (151, 101), (-1, 101)], MOSS)
    b.fill([(14, 66), (136, 66), (150, 101), (0, 101)], OCHRE, line=0.5)
    for n in range(1, 6):
        b.line([(14 + n * 20, 66), (n * 25, 101)], 0.3, BROWN)
    b.fill(smooth([(56, 94), (60, 76), (68, 64), (80, 60), (90, 66), (86, 78), (76, 82), (70, 96), (60, 98)], closed=True), PAPER, line=0.7)
    b.disc(92, 62, 5.4, SUMI)
    b.rect(68, 72, 14, 3, SUMI)
    b.line(smooth([(76, 82), (92, 88), (98, 98)]), 6, PAPER)
    b.line(smooth([(76, 82), (92, 88), (98, 98)]), 0.6)
    body = smooth([(74, 50), (86, 38), (104, 30), (122, 34), (126, 42), (112, 46), (100, 52), (88, 60), (78, 60)], closed=True)
    b.fill(body, PALE_BLUE, line=0.7)
    b.line([(96, 36), (102, 50)], 3, VERMILION)
    b.disc(68, 54, 5.2, SUMI)
    b.line(smooth([(122, 36), (134, 24), (142, 12)]), 5, PALE_BLUE)
    b.line(smooth([(124, 42), (138, 42), (148, 34)]), 5, PALE_BLUE)
    b.line(smooth([(76, 52), (86, 64), (90, 70)]), 3.4, PALE_BLUE)
    for n in range(5):
        b.line(smooth([(44 + n * 4, 40 - n * 5), (66 + n * 6, 22 - n * 3), (100 + n * 4, 16 - n)]), 0.5, VERMILION, alpha=0.7)
    person(b, 24, 84, 30, coat=NIGHT)


def ski_jump(b: Block) -> None:
    """A jumper in the air over an old quarry."""
    sky(b, INDIGO, 80, ROSE)
    hills(b, 60, 24, PALE_BLUE, bumps=4, mist=24)
    b.disc(28, 26, 8, VERMILION)
    b.fill([(150, 14), (118, 44), (108, 46), (104, 49), (104, 101), (151, 101)], BROWN, line=0.6)
    b.line([(150, 12), (117, 43), (104, 47)], 1.8, PAPER)
    for n in range(6):
        b.line([(108 + n * 8, 50 + n * 2), (112 + n * 8, 101)], 0.6)
    b.fill([*smooth([(104, 66), (80, 76), (46, 92), (-4, 97)]), (-4, 101), (104, 101)], PINE, line=0.5)
    x, y = 62, 40
    b.line([(x - 22, y + 8), (x + 14, y + 13)], 1, VERMILION)
    b.line([(x - 20, y + 11), (x + 15, y + 16)], 1, VERMILION)
    b.fill(
        smooth(
            [(x + 10, y + 12), (x, y + 4), (x - 10, y - 1), (x - 16, y - 1), (x - 14, y + 3), (x - 4, y + 9), (x + 6, y + 14)], closed=True
        ),
        INDIGO,
        line=0.5,
    )
    b.disc(x - 19, y - 1, 3.4, VERMILION, line=0.4)
    b.line([(x - 20, y - 1), (x - 16, y - 1)], 0.8, SUMI)
    b.line([(x - 10, y + 2), (x + 2, y + 7)], 1.6, SUMI)
    for n in range(5):
        b.line([(x + 18 + n * 4, y + 4 + n * 2), (x + 28 + n * 5, y + 1 + n * 2)], 0.4, PAPER, alpha=0.8)
    pine(b, 14, 100, 30)


SCENES = {
    "woodcut-hands": woodcut_hands,
    "print-gallery": print_gallery,
    "cinema": cinema,
    "bookshop": bookshop,
    "kabuki-stage": kabuki,
    "festival-float": festival_float,
    "football-match": football,
    "baseball-night": baseball,
    "sumo-ring": sumo,
    "judo": judo,
    "ski-jump": ski_jump,
}
