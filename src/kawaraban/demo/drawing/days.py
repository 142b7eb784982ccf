"""Scenes of days and nights in the town."""

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
    ROSE,
    SUMI,
    VERMILION,
    Block,
    ring,
    smooth,
)
from kawaraban.demo.drawing.motifs import ground, hills, house, lantern, person, pine, sky, tower


def school_lunch(b: Block) -> None:
    """A tray with rice, soup, fish and milk."""
    b.rect(-1, -1, b.width + 2, 102, OCHRE, alpha=0.7)
    for n in range(7):
        b.line([(-1, 8 + n * 15), (151, 6 + n * 15.4)], 0.3, BROWN, alpha=0.5)
    b.fill(
        smooth([(18, 16), (132, 16), (138, 22), (138, 86), (132, 92), (18, 92), (12, 86), (12, 22)], closed=True, steps=4), GREY, line=0.6
    )
    b.fill(ring(44, 66, 22, 19), PAPER, line=0.5)
    b.fill(ring(44, 66, 17, 14), PALE_BLUE, alpha=0.3, line=0.3)
    for _ in range(60):
        angle, reach = b.dice.uniform(0, 6.28), math.sqrt(b.dice.random())
        b.fill(ring(44 + 15 * reach * math.cos(angle), 65 + 12 * reach * math.sin(angle), 1.5, 0.8, 10), PAPER, line=0.08)
    b.fill(ring(100, 66, 22, 19), VERMILION, line=0.5)
    b.fill(ring(100, 66, 18, 15), BROWN, line=0.3)
    for x, y, ink in ((92, 62, PAPER), (106, 60, PAPER), (100, 72, MOSS), (110, 70, OCHRE), (90, 72, OCHRE)):
        b.fill(ring(x, y, 3.4, 2.6, 16), ink, line=0.25)
    b.fill(ring(62, 33, 28, 12), PAPER, line=0.5)
    fish = smooth([(42, 33), (54, 27), (72, 29), (82, 33), (72, 37), (54, 39)], closed=True)
    b.fill(fish, INDIGO, line=0.4)
    b.fill([(40, 33), (34, 28), (35, 38)], INDIGO, line=0.3)
    b.fill(smooth([(46, 34), (60, 36), (78, 34), (66, 38), (54, 38)], closed=True), PALE_BLUE)
    b.disc(76, 32, 0.9, PAPER, line=0.2)
    b.rect(108, 22, 16, 24, PAPER, line=0.5)
    b.fill([(108, 22), (124, 22), (121, 15), (111, 15)], PALE_BLUE, line=0.4)
    b.text(116, 34, "乳", 8, INDIGO)
    for stick in (95.4, 97.2):
        b.line([(30, stick), (118, stick - 1)], 0.8, BROWN)


def fire_drill(b: Block) -> None:
    """A ladder engine, men with a hose."""
    sky(b, PALE_BLUE, 66, PAPER)
    for x, width, height in ((0, 22, 44), (24, 18, 36), (44, 20, 50), (112, 22, 46), (134, 20, 38)):
        tower(b, x, 76, width, height, wall=(PAPER, ROSE, OCHRE)[x % 3], share=0.1)
    ground(b, 76, GREY)
    b.line([(92, 64), (58, 22)], 1.5, GREY)
    b.line([(95, 63), (61, 21)], 1.5, GREY)
    for n in range(13):
        b.line([(91 - n * 2.6, 62.6 - n * 3.2), (95 - n * 2.6, 62 - n * 3.2)], 0.4)
    b.rect(72, 66, 62, 16, VERMILION, line=0.5)
    b.fill([(112, 66), (112, 56), (128, 56), (134, 66)], VERMILION, line=0.5)
    b.fill([(116, 65), (116, 58), (126, 58), (130, 65)], PALE_BLUE, line=0.3)
    b.rect(72, 72, 62, 2, PAPER)
    for x in (82, 96, 122):
        b.disc(x, 83, 5, SUMI)
        b.disc(x, 83, 2, GREY)
    person(b, 58, 27, 13, coat=OCHRE)
    spray = smooth([(52, 20), (38, 12), (22, 14), (6, 26)])
    b.fill([*spray, (2, 40), (18, 22), (36, 18), (52, 22)], PALE_BLUE, alpha=0.85)
    b.line(spray, 0.5, PAPER)
    for x in (26, 36, 48):
        person(b, x, 92, 22, coat=OCHRE, lean=0.06)
        b.fill([(x - 3.2, 73.5), (x + 6, 73.5), (x + 2, 70)], VERMILION, line=0.2)
    b.line(smooth([(20, 82), (36, 80), (54, 82), (72, 88)]), 1.1, BROWN)


def night_clinic(b: Block) -> None:
    """One lit door in a dark street."""
    b.rect(-1, -1, b.width + 2, 102, NIGHT)
    b.disc(124, 16, 7, LIGHT)
    b.disc(127, 14.5, 6.2, NIGHT)
    for _ in range(30):
        b.disc(b.dice.uniform(0, 150), b.dice.uniform(0, 30), 0.25, PAPER)
    for x, width, height in ((-4, 26, 60), (22, 24, 50), (104, 26, 54), (128, 26, 62)):
        tower(b, x, 84, width, height, wall=INDIGO, lit=OCHRE, share=0.05)
    b.fill([(44, 84), (106, 84), (130, 101), (20, 101)], LIGHT, alpha=0.55)
    house(b, 46, 84, 58, 36, wall=PAPER, roof=SUMI, lit=1.0)
    b.rect(66, 56, 18, 28, LIGHT, line=0.5)
    b.line([(75, 56), (75, 84)], 0.4)
    b.rect(53, 50, 44, 6, VERMILION, line=0.4)
    b.text(75, 52.8, "よるの医院", 4, PAPER)
    lantern(b, 108, 56, 8, LIGHT)
    person(b, 92, 92, 20, coat=BROWN)
    person(b, 58, 94, 19, coat=INDIGO)


def snow_lanterns(b: Block) -> None:
    """Lanterns in the snow at night."""
    b.rect(-1, -1, b.width + 2, 102, NIGHT)
    b.rect(-1, 30, b.width + 2, 32, INDIGO, alpha=0.9, fade=("y", 62, 30))
    hills(b, 56, 12, PALE_BLUE, mist=20)
    b.fill([*smooth([(-5, 64), (40, 58), (90, 66), (155, 58)]), (155, 101), (-5, 101)], PAPER)
    b.fill([(-1, 60), (151, 60), (151, 101), (-1, 101)], PALE_BLUE, alpha=0.5, fade=("y", 101, 60))
    for n in range(13):
        t = n / 12
        x, y, size = 20 + 108 * t + 14 * math.sin(n), 66 + 26 * abs(math.sin(n * 0.9)) * (0.4 + t * 0.6), 4 + 4 * abs(math.sin(n * 0.9))
        b.disc(x, y, size * 1.6, LIGHT, alpha=0.5)
        b.fill(
            [
                (x - size * 0.5, y - size * 0.7),
                (x + size * 0.5, y - size * 0.7),
                (x + size * 0.42, y + size * 0.7),
                (x - size * 0.42, y + size * 0.7),
            ],
            LIGHT,
            line=0.3,
        )
        b.fill([(x - size * 0.8, y - size * 0.66), (x + size * 0.8, y - size * 0.66), (x, y - size * 1.25)], PAPER, line=0.3)
    for x, base in ((62, 74), (70, 75), (104, 72)):
        person(b, x, base, 15, coat=INDIGO)
    pine(b, 12, 76, 40)
    for _ in range(240):
        b.disc(b.dice.uniform(0, 150), b.dice.uniform(0, 100), b.dice.uniform(0.2, 0.6), PAPER)


SCENES = {
    "school-lunch": school_lunch,
    "fire-drill": fire_drill,
    "night-clinic": night_clinic,
    "snow-lanterns": snow_lanterns,
}
