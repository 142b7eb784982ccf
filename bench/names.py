"""How long it takes to find the names of a registry in a story.

    python bench/names.py [--names N]

The names are made up (syllables in katakana and kanji, from a fixed seed), and so is the story, in which every fortieth word is one of them.
"""

from __future__ import annotations

import argparse
import random
import time
from datetime import date

from kawaraban.language.mentions import mentions
from kawaraban.language.names import Name, NameFinder

SEED = 20261128
LENGTH = 2000  # characters of the story
ROUNDS = 200
_KANJI = "山川田橋本村木林森石井上中小大高松竹梅原野沢谷島崎津浜港町市東西南北"
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモラリルレロ"
_WORDS = ("市は", "会議を", "開き、", "橋の", "計画を", "住民に", "説明した。", "港では", "船が", "着いた。")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--names", type=int, default=20_000)
    count = words.parse_args().names
    dice = random.Random(SEED)
    names = [made(number, dice) for number in range(count)]
    began = time.perf_counter()
    finder = NameFinder(names)
    print(f"{count:,} names: finder made in {(time.perf_counter() - began) * 1000:.0f} ms")
    story = told(names, dice)
    for what, ask in (("found", lambda: finder.find(story)), ("with their states", lambda: mentions(story, finder, date(2026, 11, 28)))):
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            found = ask()
            took.append((time.perf_counter() - began) * 1000)
        took.sort()
        print(
            f"{len(story):,} characters, {len(found)} names {what}: {took[ROUNDS // 2]:.2f} ms in the middle, {took[ROUNDS * 95 // 100]:.2f} ms for 95 of 100"
        )


def made(number: int, dice: random.Random) -> Name:
    kanji = "".join(dice.choices(_KANJI, k=dice.randint(3, 4)))
    kana = "".join(dice.choices(_KATAKANA, k=dice.randint(4, 7)))
    form = kanji if number % 2 else kana
    return Name(
        slug=f"n{number}",
        kind="person",
        form=form,
        reading=kana,
        short_forms=(form[:2],) if number % 3 == 0 else (),
        wrong_forms=(f"{form}旧",),
    )


def told(names: list[Name], dice: random.Random) -> str:
    story = ""
    while len(story) < LENGTH:
        story += dice.choice(names).form + "、" + "".join(dice.choices(_WORDS, k=10))
    return story[:LENGTH]


if __name__ == "__main__":
    main()
