"""Scenes from abroad; maps and charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
    Point,
    ring,
    smooth,
)
from kawaraban.demo.drawing.motifs import boat, crane, hills, house, person, sky, tower, tree, water

if TYPE_CHECKING:
    from collections.abc import Sequence


def border_market(b: Block) -> None:
    """Stalls on an old bridge with a line across it."""
    sky(b, PALE_BLUE, 40, LIGHT)
    hills(b, 38, 14, MOSS, mist=12)
    water(b, 62, MOSS)
    b.fill([(-1, 52), (151, 52), (151, 66), (-1, 66)], GREY, line=0.5)
    for n in range(5):
        x = 4 + n * 30
        b.fill(
            [(x, 66), (x + 26, 66), (x + 26, 86), *[(x + 13 + 13 * math.cos(a / 10), 86 - 16 * math.sin(a / 10)) for a in range(32)]], GREY
        )
        b.fill(
            [
                (x + 1, 101),
                (x + 1, 84),
                *[(x + 13 - 12 * math.cos(a / 10), 84 - 15 * math.sin(a / 10)) for a in range(32)],
                (x + 25, 84),
                (x + 25, 101),
            ],
            PINE,
            alpha=0.55,
        )
        b.line([(x + 13 - 12 * math.cos(a / 10), 84 - 15 * math.sin(a / 10)) for a in range(32)], 0.5)
    for n, ink in enumerate((VERMILION, INDIGO, OCHRE, PINE, ROSE)):
        x = 6 + n * 29
        b.line([(x, 34), (x, 52)], 0.8, BROWN)
        b.line([(x + 20, 34), (x + 20, 52)], 0.8, BROWN)
        b.fill([(x - 3, 35), (x + 23, 35), (x + 20, 28), (x, 28)], ink, line=0.4)
        for k in range(3):
            b.fill([(x - 1 + k * 8, 35), (x + 3 + k * 8, 35), (x + 4 + k * 7, 28), (x + 1 + k * 7, 28)], PAPER)
        b.rect(x - 1, 45, 22, 7, OCHRE, line=0.3)
        for k in range(6):
            b.disc(x + 2 + k * 3.4, 44, 1.3, (VERMILION, MOSS, OCHRE)[k % 3], line=0.14)
    for x, coat in ((28, BROWN), (58, VERMILION), (72, INDIGO), (86, PINE), (117, ROSE), (146, BROWN)):
        person(b, x, 58, 19, coat=coat)
    b.line([(75, 52), (75, 66)], 1.1, PAPER)


def lumeria_canal(b: Block) -> None:
    """Lock gates, flat boats, houses on both banks."""
    sky(b, PALE_BLUE, 40, LIGHT)
    for n in range(11):
        x = -4 + n * 14
        tower(b, x, 48, 13, 16 + 8 * abs(math.sin(n * 1.9)), wall=(ROSE, OCHRE, PAPER, PALE_BLUE)[n % 4], share=0.2)
        top = 48 - 16 - 8 * abs(math.sin(n * 1.9))
        b.fill([(x - 1, top), (x + 14, top), (x + 6.5, top - 7)], (VERMILION, BROWN)[n % 2], line=0.3)
    b.fill([(-1, 48), (52, 48), (20, 101), (-1, 101)], OCHRE, line=0.5)
    b.fill([(151, 48), (98, 48), (130, 101), (151, 101)], OCHRE, line=0.5)
    b.fill([(52, 48), (98, 48), (130, 101), (20, 101)], PALE_BLUE)
    b.fill([(52, 48), (98, 48), (130, 101), (20, 101)], INDIGO, alpha=0.8, fade=("y", 101, 48))
    for left, right in (((42, 66), (75, 72)), ((108, 66), (75, 72))):
        b.fill([left, right, (right[0], right[1] + 9), (left[0], left[1] + 9)], BROWN, line=0.6)
        b.line([(left[0], left[1] + 4), (right[0], right[1] + 4)], 0.4)
        b.line([left, (left[0] + (left[0] - 75) * 0.7, left[1] - 6)], 1.4, PAPER)
    boat(b, 60, 92, 26, hull=PINE)
    boat(b, 84, 58, 13, hull=VERMILION)
    for x, y, coat in ((26, 72, INDIGO), (14, 84, VERMILION), (126, 70, BROWN), (138, 86, PINE)):
        person(b, x, y, 15, coat=coat)
    for x in (6, 144):
        tree(b, x, 64, 18)


def peace_table(b: Block) -> None:
    """An oval table with people around it, portholes and the sea."""
    b.rect(-1, -1, b.width + 2, 102, BROWN)
    b.rect(-1, -1, b.width + 2, 50, OCHRE, alpha=0.75)
    for n in range(5):
        x = 15 + n * 30
        b.disc(x, 22, 9.6, BROWN, line=0.6)
        b.disc(x, 22, 7.4, PALE_BLUE)
        b.fill([(x - 7, 23), (x + 7, 23), *[(x + 7 * math.cos(a / 10), 23 + 6.4 * math.sin(a / 10)) for a in range(32)]], INDIGO)
    for n in range(7):
        x = 27 + n * 16
        b.disc(x, 45 - 3 * math.sin(n / 6 * math.pi), 3.6, SUMI)
        b.fill(ring(x, 56 - 3 * math.sin(n / 6 * math.pi), 6.4, 8, 24), (INDIGO, GREY, PINE)[n % 3])
    b.fill(ring(75, 70, 66, 17), SUMI, alpha=0.5)
    b.fill(ring(75, 67, 66, 17), OCHRE, line=0.8)
    b.fill(ring(75, 66, 54, 12), LIGHT, alpha=0.4, line=0.3)
    for n in range(9):
        angle = n / 9 * 6.28
        at, down = 75 + 50 * math.cos(angle), 66 + 10 * math.sin(angle)
        b.fill([(at - 4, down - 1), (at + 4, down - 1.4), (at + 4.4, down + 1.6), (at - 4, down + 2)], PAPER, line=0.24)
    b.line([(75, 62), (75, 54)], 0.5)
    b.fill(smooth([(71, 64), (79, 64), (77.6, 58), (72.4, 58)], closed=True, steps=3), PALE_BLUE, line=0.4)
    for n in range(6):
        x = 14 + n * 24
        b.fill(ring(x, 98, 9, 12, 24), (BROWN, INDIGO, SUMI)[n % 3])
        b.disc(x, 83, 5, SUMI)


def cranes_abroad(b: Block) -> None:
    """Harbour cranes at dusk, storks on one."""
    sky(b, VERMILION, 70, LIGHT)
    b.rect(-1, -1, b.width + 2, 40, INDIGO, alpha=0.7, fade=("y", -10, 46))
    b.disc(38, 60, 11, OCHRE)
    water(b, 74, INDIGO, rows=6)
    for x, height in ((6, 46), (52, 54), (104, 50)):
        crane(b, x, 76, height, SUMI, reach=0.55)
    b.fill(ring(59, 21, 7, 2.4), BROWN, line=0.4)
    for x, side in ((56, 1), (63, -1)):
        b.line([(x, 20), (x, 14)], 0.4, VERMILION)
        b.fill(ring(x, 14.4, 3, 1.7), PAPER, line=0.3)
        b.line([(x + side * 2, 14), (x + side * 3, 9)], 0.7, PAPER)
    b.fill(smooth([(112, 24), (120, 20), (127, 23), (134, 20), (142, 25), (133, 24), (127, 26), (121, 24)], closed=True), PAPER, line=0.3)
    b.line([(127, 24), (124, 28)], 0.5, VERMILION)
    boat(b, 30, 90, 20)


def observatory(b: Block) -> None:
    """A dome on a mountain under many stars."""
    b.rect(-1, -1, b.width + 2, 102, NIGHT)
    b.rect(-1, 40, b.width + 2, 40, INDIGO, fade=("y", 80, 36))
    band = smooth([(-5, 60), (30, 40), (75, 26), (120, 14), (158, 4)])
    for x, y in band:
        for _ in range(9):
            b.disc(x + b.dice.standard_normal() * 5, y + b.dice.standard_normal() * 6, b.dice.uniform(0.1, 0.4), PAPER, alpha=0.8)
    for _ in range(160):
        b.disc(b.dice.uniform(0, 150), b.dice.uniform(0, 70), b.dice.uniform(0.1, 0.45), LIGHT)
    b.line(smooth([(96, 30), (114, 24), (136, 14)]), 1, LIGHT)
    b.disc(95, 30.4, 1.3, PAPER)
    hills(b, 74, 20, INDIGO, bumps=5)
    b.fill([*smooth([(-5, 96), (30, 80), (60, 68), (92, 66), (120, 82), (156, 92)]), (156, 101), (-5, 101)], SUMI)
    b.rect(62, 56, 28, 14, PAPER, line=0.5)
    b.fill([(60, 56), *[(76 - 16 * math.cos(a / 10), 56 - 15 * math.sin(a / 10)) for a in range(32)], (92, 56)], GREY, line=0.5)
    b.fill([(76, 41), (82, 42), (86, 56), (80, 56)], NIGHT)
    b.line([(80, 52), (86, 38)], 1.6, OCHRE)
    for x, y, size in ((14, 92, 9), (28, 88, 8), (122, 92, 9), (136, 95, 10)):
        house(b, x, y, size, size * 0.6, wall=INDIGO, roof=SUMI, lit=0.6)


# ---------------------------------------------------------------------- maps and charts


def _sea(b: Block) -> None:
    b.rect(-1, -1, b.width + 2, 102, PALE_BLUE, alpha=0.75)
    for row in range(14):
        for n in range(14):
            x, y = n * 12 + (row % 2) * 6, 4 + row * 7.4
            b.line(smooth([(x, y), (x + 1.4, y - 0.8), (x + 2.8, y), (x + 4.2, y - 0.8)], steps=4), 0.2, PAPER, alpha=0.8)


def _land(b: Block, coast: Sequence[Point], ink: Ink = (232, 216, 178)) -> None:
    shape = smooth(coast, closed=True)
    for spread, alpha in ((2.2, 0.18), (1.1, 0.25)):
        centre = (sum(x for x, _ in shape) / len(shape), sum(y for _, y in shape) / len(shape))
        grown = [(x + spread * (1 if x > centre[0] else -1), y + spread * (1 if y > centre[1] else -1)) for x, y in shape]
        b.fill(grown, INDIGO, alpha=alpha)
    b.fill(shape, ink, line=0.5)


def _north(b: Block, x: float, y: float) -> None:
    b.fill([(x, y - 6), (x + 2, y + 3), (x, y + 1.4), (x - 2, y + 3)], SUMI)
    b.text(x, y - 8.4, "北", 3.2)


def _title(b: Block, words: str) -> None:
    b.text(7, 9, words, 5.4, anchor="lm")
    b.rect(7, 13.4, 14, 0.8, VERMILION)


def bridge_map(b: Block) -> None:
    """The harbour mouth, the old bridge and the new."""
    _sea(b)
    _land(b, [(-10, 20), (30, 24), (52, 34), (64, 46), (58, 58), (60, 74), (48, 110), (-10, 110)])
    _land(b, [(160, 14), (120, 20), (100, 32), (92, 46), (96, 60), (90, 76), (104, 110), (160, 110)])
    b.line([(62, 62), (92, 62)], 1.2, SUMI)
    b.line([(60, 47), (94, 47)], 2.2, VERMILION)
    for x, y in ((20, 47), (112, 47)):
        b.line([(x, y), (60 if x < 75 else 94, 47)], 1, OCHRE)  # noqa: PLR2004
    b.text(77, 42, "新しい橋", 4.2, VERMILION)
    b.text(77, 67, "いまの橋", 3.8)
    b.text(26, 66, "中央町", 5)
    b.text(124, 66, "浜町", 5)
    b.text(77, 90, "汐見港", 4.6, INDIGO)
    b.line([(80, 47), (80, 62)], 0.3)
    b.text(86.6, 55, "60m", 3.2)
    _title(b, "汐見大橋の架け替え")
    _north(b, 142, 20)


def tram_map(b: Block) -> None:
    """Two ways up the hill."""
    b.rect(-1, -1, b.width + 2, 102, (232, 216, 178))
    _land(b, [(-20, 82), (40, 80), (90, 88), (170, 80), (170, 130), (-20, 130)], PALE_BLUE)
    for radius in (34, 25, 16):
        b.fill(
            smooth(
                [
                    (112 + radius * math.cos(a) * (1 + 0.1 * math.sin(3 * a)), 34 + radius * 0.7 * math.sin(a))
                    for a in (n * 0.63 for n in range(10))
                ],
                closed=True,
            ),
            MOSS,
            alpha=0.28,
            line=0.16,
        )
    b.line([(8, 70), (30, 68), (60, 66)], 1.4, SUMI)
    b.line(smooth([(60, 66), (78, 56), (94, 46), (112, 34)]), 2, VERMILION)
    b.line(smooth([(60, 66), (58, 50), (66, 36), (84, 26), (100, 28), (112, 34)]), 2, INDIGO)
    for x, y, name, anchor in ((8, 70, "汐見駅前", "lb"), (60, 66, "港", "rt"), (112, 34, "市民病院", "lb"), (64, 37, "中央商店街", "rb")):
        b.disc(x, y, 2, PAPER, line=0.6)
        shift = 3 if anchor[0] == "l" else -3
        b.text(x + shift, y - 3 if anchor[1] == "b" else y + 4, name, 4.2, anchor="lm" if anchor[0] == "l" else "rm")
    b.text(98, 54, "坂道ルート 1.6km", 3.8, VERMILION, "lm")
    b.text(66, 20, "商店街ルート 2.3km", 3.8, INDIGO, "lm")
    _title(b, "路面電車の延伸 2案")
    _north(b, 142, 72)


def typhoon_map(b: Block) -> None:
    """The way of a typhoon past a bay."""
    _sea(b)
    _land(b, [(70, -10), (76, 16), (92, 26), (88, 40), (100, 50), (96, 66), (110, 80), (126, 110), (170, 110), (170, -10)])
    _land(b, [(6, 26), (24, 20), (34, 30), (28, 46), (12, 48)])
    track = smooth([(30, 104), (38, 82), (52, 60), (66, 40), (74, 18), (88, -4)])
    b.line(track, 1.6, VERMILION)
    for n, (x, y, words) in enumerate(((34, 92, "11日 9時"), (52, 60, "15時"), (66, 40, "18時"), (75, 16, "21時"))):
        b.disc(x, y, 12 - n * 1.8, VERMILION, alpha=0.22)
        b.disc(x, y, 1.8, VERMILION, line=0.4)
        b.text(x - 4, y - 4, words, 3.4, anchor="rm")
    b.disc(92, 41, 1.8, INDIGO, line=0.4)
    b.text(96, 41, "汐見", 5, INDIGO, "lm")
    _title(b, "台風18号の進路")
    _north(b, 142, 84)


def lumeria_map(b: Block) -> None:
    """Two islands and a canal."""
    _sea(b)
    _land(b, [(30, 26), (60, 16), (100, 18), (122, 30), (116, 44), (84, 49), (50, 48), (30, 40)])
    _land(b, [(34, 60), (56, 53), (90, 54), (118, 50), (130, 64), (112, 84), (76, 90), (44, 80)])
    b.line(smooth([(24, 50), (50, 50.6), (84, 51.4), (124, 47)]), 1.6, INDIGO)
    for x, y in ((48, 50.4), (70, 51), (96, 50.6)):
        b.rect(x - 1.2, y - 1.2, 2.4, 2.4, VERMILION, line=0.3)
    for x, y, name in ((84, 26, "セト"), (72, 78, "アルバ")):
        b.disc(x, y, 1.5, SUMI)
        b.text(x + 3, y, name, 4.2, anchor="lm")
    b.text(54, 34, "北島", 6)
    b.text(100, 68, "南島", 6)
    b.text(30, 56, "中央運河", 3.8, INDIGO)
    _title(b, "ルメリア共和国")
    _north(b, 142, 84)


def _axes(b: Block, title: str) -> None:
    b.rect(-1, -1, b.width + 2, 102, PAPER)
    _title(b, title)
    b.line([(16, 88), (142, 88)], 0.5)


def catch_chart(b: Block) -> None:
    """Landings by year as bars; where a fish was, its outline."""
    _axes(b, "アオサバの水揚げ(トン)")
    values = (6240, 5810, 5020, 4880, 4210, 4390, 3720, 3460, 3120, 2910, 1890, 1420, 1180)
    for n, value in enumerate(values):
        x, height = 20 + n * 9.4, value / 6240 * 62
        late = n >= 10  # noqa: PLR2004 - the three years of which the story tells
        b.rect(x, 88 - height, 6.4, height, VERMILION if late else INDIGO, line=0.3)
        b.text(x + 3.2, 92, f"{(2014 + n) % 100:02}", 3.2)
        if n in {0, 12}:
            b.text(x + 3.2, 84.6 - height, f"{value:,}", 3.4)
    b.fill(smooth([(96, 30), (108, 24), (124, 25), (134, 30), (124, 35), (108, 36)], closed=True), PALE_BLUE, alpha=0.8, line=0.5)
    b.fill([(97, 30), (89, 24), (91, 30), (89, 36)], PALE_BLUE, alpha=0.8, line=0.5)
    b.disc(127, 29, 1, PAPER, line=0.3)


def _curve(b: Block, title: str, values: Sequence[float], labels: Sequence[str], low: float, high: float, ink: Ink) -> None:
    _axes(b, title)
    for n in range(5):
        y = 88 - n * 15
        b.line([(16, y), (142, y)], 0.16, GREY)
        b.text(13, y, f"{low + (high - low) * n / 4:.0f}", 3, anchor="rm")
    points = [(20 + 116 * n / (len(values) - 1), 88 - (value - low) / (high - low) * 60) for n, value in enumerate(values)]
    b.fill([*points, (points[-1][0], 88), (points[0][0], 88)], ink, alpha=0.18)
    b.line(points, 1.4, ink)
    for (at, height), label in zip(points, labels, strict=True):
        b.disc(at, height, 1.3, PAPER, line=0.4)
        b.text(at, 92.4, label, 3.1)
    b.text(points[-1][0], points[-1][1] - 5, f"{values[-1]:.0f}", 5, ink)


def price_chart(b: Block) -> None:
    """The price of a pot."""
    _curve(
        b,
        "湯気指数(2024年11月=100)",
        (100, 103, 106, 109, 115, 117, 121, 126, 131),
        ("24.11", "2", "5", "8", "25.11", "2", "5", "8", "26.11"),
        80,
        140,
        VERMILION,
    )
    for n in range(3):
        x = 44 + n * 5
        b.line(smooth([(x, 36), (x + 2, 31), (x - 1, 27), (x + 1, 22)]), 0.9, GREY)
    b.fill(smooth([(36, 38), (62, 38), (59, 47), (39, 47)], closed=True, steps=3), BROWN, line=0.4)


def vote_chart(b: Block) -> None:
    """Turnout by election."""
    _curve(
        b,
        "県議選 汐見選挙区の投票率(%)",
        (78, 74, 69, 66, 61, 55, 52, 49, 44, 41),
        ("90", "94", "98", "02", "06", "10", "14", "18", "22", "25"),
        30,
        90,
        INDIGO,
    )


def league_chart(b: Block) -> None:
    """Who meets whom."""
    b.rect(-1, -1, b.width + 2, 102, PINE)
    b.rect(4, 4, b.width - 8, 92, PAPER, line=0.6)
    b.text(75, 12, "はまなす杯 組み合わせ", 5.4)
    left = ("汐見", "磯辺", "北浜", "中浦", "岬", "鳥越", "ヘオン", "白浜")
    right = ("千石港", "砂川", "東原", "入船", "青嶋", "唐津原", "西埠頭", "月浦")
    for side, names in ((0, left), (1, right)):
        for n, name in enumerate(names):
            y, x = 22 + n * 9.2, 24 if side == 0 else 126
            b.text(x, y, name, 3.8, anchor="rm" if side == 0 else "lm")
        way = 1 if side == 0 else -1
        start = 26 if side == 0 else 124
        ys = [22 + n * 9.2 for n in range(8)]
        for level in range(3):
            x = start + way * level * 12
            pairs = [(ys[n], ys[n + 1]) for n in range(0, len(ys), 2)]
            for top, bottom in pairs:
                ink = VERMILION if top == ys[0] and side == 0 and level < 2 else SUMI  # noqa: PLR2004
                b.line([(x, top), (x + way * 12, top)], 0.7, ink)
                b.line([(x, bottom), (x + way * 12, bottom)], 0.5)
                b.line([(x + way * 12, top), (x + way * 12, bottom)], 0.5)
            ys = [(top + bottom) / 2 for top, bottom in pairs]
        b.line([(start + way * 36, ys[0]), (75, ys[0])], 0.6)
    b.disc(75, 46, 8, PALE_BLUE, line=0.6)
    b.fill(ring(72.6, 43, 2, 2.6), PAPER, alpha=0.8)
    b.fill([(70, 53), (80, 53), (82, 58), (68, 58)], OCHRE, line=0.5)


SCENES = {
    "border-market": border_market,
    "lumeria-canal": lumeria_canal,
    "peace-table": peace_table,
    "cranes-abroad": cranes_abroad,
    "observatory": observatory,
    "bridge-plan-map": bridge_map,
    "tram-map": tram_map,
    "typhoon-path-map": typhoon_map,
    "lumeria-map": lumeria_map,
    "catch-chart": catch_chart,
    "price-chart": price_chart,
    "vote-chart": vote_chart,
    "league-chart": league_chart,
}
