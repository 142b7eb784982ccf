"""What reading together is worth beside the text, by a model of readers. Nobody's reads are in it: it says which weight is right if readers are so.

The model. Stories stand in windows of 300, in the order of the days that they name: what a paper has out at one time. A visit begins at a story of a window,
and ends after each story with probability 1/2. The next story is

- with probability 1/2 one of the window's most read: the one at place n is 1/n as likely as the first. This is noise: it brings together what is merely popular;
- with probability 1/4 one of the six that are shown as related by the text, the one at place n 1/n as likely as the first: what is shown is read;
- with probability 1/4 one that belongs to it, drawn from what its writer pointed to (``pairs.pointed_to``): what the text may not know. A story without any goes on
  with the most read.

Each visit is a visitor's; visits are spread over 30 days, and counted as the collector counts them (five visitors at least). Asked is how high
the stories stand that belong to one, for the later half of the questions; weights are to be chosen on the earlier one.
"""

from __future__ import annotations

import random
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finding.alike import DEPTH
from kawaraban.audience.segments import DROP_ROW, OPEN, READ_ROW, Segment
from kawaraban.audience.together import KEPT_DAYS, DayTogether, pairs_of_day, strengths
from kawaraban.discovery.facts import Documents
from kawaraban.discovery.related import relations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finding.pairs import Questions
    from kawaraban.discovery.index import Index

WINDOW, GOES_ON, BY_RANKING, BY_RELATED, SHOWN = 300, 0.5, 0.5, 0.25, 6
VISITS, WEIGHTS = (10, 100, 1000), (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
_MINUTE = 60_000


class Row(NamedTuple):
    """How well one weight does with so many visits a story, on average: MRR on the earlier and the later half, and with how many pairs."""

    visits: int
    weight: float
    chosen_on: float
    held_out: float
    pairs: int


def read_together(questions: Questions, index: Index, order: list[str], *, every: int = 1) -> Iterator[Row]:
    """Yield a row for each number of visits and each weight. ``order``: the stories' ids, oldest first."""
    known = Documents()
    for document in questions.indexed:
        known.put(document)
    documents = {document.id: document for document in questions.indexed}
    answers = {asked.document.id: sorted(asked.answers) for asked in questions.asked}
    shown = {story: relations(documents[story], index, known).stories[:SHOWN] for story in order}
    for visits in VISITS:
        together = strengths(_days(order, answers, shown, visits))
        pairs = sum(map(len, together.values())) // 2
        for weight in WEIGHTS:
            halves = []
            for is_held_out in (False, True):
                asked = [one for one in questions.asked if one.is_held_out is is_held_out][::every]
                reciprocal = 0.0
                for one in asked:
                    nearer = {other: weight * strength for other, strength in together.get(one.document.id, {}).items()} if weight else {}
                    found = relations(one.document, index, known, nearer).stories[:DEPTH]
                    reciprocal += next((1 / place for place, story in enumerate(found, start=1) if story in one.answers), 0.0)
                halves.append(reciprocal / max(1, len(asked)))
            yield Row(visits, weight, *halves, pairs)


def _days(order: list[str], answers: dict[str, list[str]], shown: dict[str, list[str]], visits: int) -> Iterator[DayTogether]:
    dice = random.Random(5)
    numbers = {story: number for number, story in enumerate(order)}
    windows = [order[at : at + WINDOW] for at in range(0, len(order), WINDOW)]
    for window in windows:
        dice.shuffle(window)
    likely = list(accumulate(1 / place for place in range(1, WINDOW + 1)))
    visitor = 0
    for day in range(KEPT_DAYS):
        rows = []
        for window in windows:
            for _ in range(max(1, visits * len(window) // KEPT_DAYS)):
                visitor += 1
                story = _drawn(window, likely, dice)
                at = dice.randrange(20 * 60 * _MINUTE)
                rows.append((numbers[story], at, 0, visitor))
                while dice.random() < GOES_ON:
                    story = _next(story, window, likely, answers, shown, dice)
                    at += _MINUTE
                    rows.append((numbers[story], at, 0, visitor))
        yield pairs_of_day([Segment(day * 86400, OPEN, order, np.array(rows, READ_ROW), np.zeros(0, DROP_ROW))], day, whole=True)


def _next(
    story: str, window: list[str], likely: list[float], answers: dict[str, list[str]], shown: dict[str, list[str]], dice: random.Random
) -> str:
    way = dice.random()
    if way >= BY_RANKING and way < BY_RANKING + BY_RELATED and shown[story]:
        return _drawn(shown[story], likely, dice)
    if way >= BY_RANKING + BY_RELATED and answers.get(story):
        return dice.choice(answers[story])
    return _drawn(window, likely, dice)


def _drawn(stories: list[str], likely: list[float], dice: random.Random) -> str:
    return dice.choices(stories, cum_weights=likely[: len(stories)])[0]
