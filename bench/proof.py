"""How quiet the proofreader is, and how much it finds.

    python bench/proof.py CORPUS [--stories N] [--show]

CORPUS is a file of published Japanese news (JSON Lines with ``id`` and ``body``, gzipped or not). Without one there is nothing to measure.
Stories with an even id were used to set what a slip must gain; what is printed here is measured on the odd ones. None of them was used
for the counts that are shipped. Errors are injected in two ways, the second made without a look at the first: by letters, not by words.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kawaraban.language.proof import Level, proof
from kawaraban.language.proof.grammar import morphemes

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20261128
EACH = 200  # sentences of each kind: 1,000 in all
WEEKDAYS = "月火水木金土日"
PARTICLES = "をがにはでとへ"
_DATE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日(?![(（])")
_LETTER = re.compile(r"[ぁ-んァ-ヶ一-龠]")
Injected = tuple[str, int]  # the sentence, and where it was spoilt


def dropped(text: str, dice: random.Random) -> Injected | None:
    """A kana of a verb, an adjective or an auxiliary is left out."""
    places = [
        at
        for word in morphemes(text)
        if word.part[0] in {"動詞", "形容詞", "助動詞"}
        for at in range(word.start, word.end)
        if "ぁ" <= text[at] <= "ん"
    ]
    return spoilt(text, places, dice, lambda at: text[:at] + text[at + 1 :])


def doubled(text: str, dice: random.Random) -> Injected | None:
    """A letter stands twice."""
    places = [found.start() for found in _LETTER.finditer(text) if text[found.start() : found.start() + 2] != found[0] * 2]
    return spoilt(text, places, dice, lambda at: text[:at] + text[at] + text[at:])


def swapped(text: str, dice: random.Random) -> Injected | None:
    """A particle stands in another's place."""
    places = [word.start for word in morphemes(text) if word.part[1] in {"格助詞", "係助詞"} and word.surface in PARTICLES]

    def change(at: int) -> str:
        return text[:at] + dice.choice([other for other in PARTICLES if other != text[at]]) + text[at + 1 :]

    return spoilt(text, places, dice, change)


def particle_twice(text: str, dice: random.Random) -> Injected | None:
    """A particle stands twice."""
    words = {word.end: word.surface for word in morphemes(text) if word.part[1] in {"格助詞", "係助詞", "副助詞"}}
    return spoilt(text, list(words), dice, lambda at: text[:at] + words[at] + text[at:])


def weekday(text: str, dice: random.Random) -> Injected | None:
    """A date bears another day's weekday."""
    dates = {found.end(): found for found in _DATE.finditer(text)}

    def change(at: int) -> str:
        found = dates[at]
        right = date(int(found[1]), int(found[2]), int(found[3])).weekday()
        return f"{text[:at]}({dice.choice(WEEKDAYS.replace(WEEKDAYS[right], ''))}){text[at:]}"

    return spoilt(text, list(dates), dice, change)


def spoilt(text: str, places: list[int], dice: random.Random, change: Callable[[int], str]) -> Injected | None:
    if not places:
        return None
    at = dice.choice(places)
    changed = change(at)
    return (changed, at) if changed != text else None


KINDS: dict[str, Callable[[str, random.Random], Injected | None]] = {
    "a kana left out of an inflection": dropped,
    "a letter twice": doubled,
    "a particle in another's place": swapped,
    "a particle twice": particle_twice,
    "a wrong weekday": weekday,
}


_PARTICLE = re.compile(r"(?<=[一-龠々ァ-ヶーA-Za-z0-9）)」])[はがをにでとのへも](?=[一-龠々ァ-ヶ「、])")
_DATED = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日(?:[（(][月火水木金土日](?:曜日?)?[)）])?")


def twice_of(letters: str) -> Callable[[str, random.Random], Injected | None]:
    """Any letter of a script stands twice, also where it does already."""

    def inject(text: str, dice: random.Random) -> Injected | None:
        places = [found.start() for found in re.finditer(f"[{letters}]", text)]
        return spoilt(text, places, dice, lambda at: text[:at] + text[at] + text[at:])

    return inject


def any_particle_twice(text: str, dice: random.Random) -> Injected | None:
    """Any particle of case, topic or extent stands twice: ばかりばかり, やや."""
    words = {
        word.end: word.surface for word in morphemes(text) if word.part[0] == "助詞" and word.part[1] in {"格助詞", "係助詞", "副助詞"}
    }
    return spoilt(text, list(words), dice, lambda at: text[:at] + words[at] + text[at:])


def any_of_nine(text: str, dice: random.Random) -> Injected | None:
    """One of nine particles, also の and も, stands for another, found by the letters around it."""
    places = [found.start() for found in _PARTICLE.finditer(text)]

    def change(at: int) -> str:
        return text[:at] + dice.choice([other for other in "はがをにでとのへも" if other != text[at]]) + text[at + 1 :]

    return spoilt(text, places, dice, change)


def weekday_shifted(text: str, dice: random.Random) -> Injected | None:
    """A date's weekday is some days off, in one of the ways in which weekdays are written."""
    dates = {found.start(): found for found in _DATED.finditer(text)}
    if not dates:
        return None
    found = dates[dice.choice(list(dates))]
    right = date(int(found[1]), int(found[2]), int(found[3])).weekday()
    wrong = WEEKDAYS[(right + dice.randint(1, 6)) % 7]
    day = f"{found[1]}年{found[2]}月{found[3]}日"
    written = dice.choice((f"({wrong})", f"（{wrong}）", f"({wrong}曜日)", f"{wrong}曜日", f"（{wrong}曜）"))
    return text[: found.start()] + day + written + text[found.end() :], found.start() + len(day) + 1


OTHERWISE: dict[str, Callable[[str, random.Random], Injected | None]] = {
    "any kana twice": twice_of("ぁ-ん"),
    "any kanji twice": twice_of("一-龠"),
    "any katakana twice": twice_of("ァ-ヶ"),
    "any particle twice": any_particle_twice,
    "one of nine particles for another": any_of_nine,
    "a weekday some days off": weekday_shifted,
}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("corpus", nargs="?", default="")
    words.add_argument("--stories", type=int, default=1835)
    words.add_argument("--show", action="store_true", help="print every error that was reported in the text as published")
    asked = words.parse_args()
    if not asked.corpus or not Path(asked.corpus).exists():
        print("Nothing measured: name a corpus of published Japanese news, as in make bench-proof CORPUS=news.jsonl.gz.")
        return
    stories = [story for story in read(Path(asked.corpus)) if story["id"] % 2][: asked.stories]
    proof("暖機のための一文を読ませておく。")
    quiet(stories, show=asked.show)
    found(stories, KINDS)
    found(stories, OTHERWISE)
    quick(stories)


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def quiet(stories: list[dict[str, Any]], *, show: bool) -> None:
    letters, counts = 0, Counter[tuple[str, str]]()
    for story in stories:
        body = story["body"]
        letters += len(body)
        for report in proof(body):
            counts[report.level, report.rule] += 1
            if show and report.level is Level.ERROR:
                near = f"{body[max(0, report.start - 15) : report.start]}[{report.text}]{body[report.end : report.end + 15]}"
                print(f"  {story['id']}\t{report.rule}\t{near}\t{report.suggestion}".replace("\n", "¶"))
    print(
        f"\nText as published: {len(stories):,} stories, {letters:,} characters.\n\n| level | rule | reports | per 20,000 characters |\n|---|---|---|---|"
    )
    for (level, rule), count in sorted(counts.items(), key=lambda row: (row[0][0], -row[1])):
        print(f"| {level} | `{rule}` | {count} | {count * 20_000 / letters:.2f} |")
    for level in Level:
        total = sum(count for (each, _), count in counts.items() if each == level)
        print(f"| {level} | all | {total} | {total * 20_000 / letters:.2f} |")


def found(stories: list[dict[str, Any]], kinds: dict[str, Callable[[str, random.Random], Injected | None]]) -> None:
    dice = random.Random(SEED)
    sentences = [
        line
        for story in stories
        for line in re.findall(r"[^。\n]+。", story["body"])
        if 15 <= len(line) <= 150 and len(re.findall("[ぁ-ん]", line)) > 5
    ]
    dated = [line for line in sentences if _DATE.search(line)]
    print("\n| injected | sentences | found | as an error | with the right words |\n|---|---|---|---|---|")
    sums = Counter[str]()
    for name, inject in kinds.items():
        row = Counter[str]()
        while row["sentences"] < EACH:
            line = dice.choice(dated if inject in {weekday, weekday_shifted} else sentences)
            try:
                made = inject(line, dice)
            except ValueError:  # a date of the text that is in no calendar
                continue
            if made is None:
                continue
            text, at = made
            row["sentences"] += 1
            hits = [report for report in proof(text) if report.level is not Level.HINT and report.start - 2 <= at <= report.end + 2]
            row["found"] += bool(hits)
            row["error"] += any(hit.level is Level.ERROR for hit in hits)
            row["mended"] += any(hit.suggestion is not None and mended(text, hit) in {line, *same(line, text, hit)} for hit in hits)
        sums.update(row)
        print(f"| {name} | {row['sentences']} | {row['found'] / EACH:.0%} | {row['error'] / EACH:.0%} | {row['mended'] / EACH:.0%} |")
    total = sums["sentences"]
    print(f"| all | {total} | {sums['found'] / total:.1%} | {sums['error'] / total:.1%} | {sums['mended'] / total:.1%} |")


def mended(text: str, report: Any) -> str:
    return f"{text[: report.start]}{report.suggestion}{text[report.end :]}"


def same(line: str, text: str, report: Any) -> set[str]:
    """A date that had no weekday before is right with the right one."""
    return {mended(text, report)} if report.rule == "weekday" and report.suggestion else set()


def quick(stories: list[dict[str, Any]]) -> None:
    bodies = [story["body"] for story in stories]
    text = ""
    took: list[float] = []
    for body in bodies:
        text += body + "\n\n"
        if len(text) >= 2000:
            began = time.perf_counter()
            proof(text[:2000])
            took.append((time.perf_counter() - began) * 1000)
            text = ""
        if len(took) == 100:
            break
    took.sort()
    if took:
        print(f"\n2,000 characters: {took[len(took) // 2]:.0f} ms in the middle, {took[int(len(took) * 0.95)]:.0f} ms for 95 of 100.")


if __name__ == "__main__":
    sys.exit(main())
