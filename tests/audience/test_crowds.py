"""Many phones behind one address are many readers; one machine is not, whatever it pretends."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, PHONE, story

if TYPE_CHECKING:
    from audience.cast import Newspaper
    from kawaraban.audience.shapes import Reason

STORIES = [f"s{number}" for number in range(200)]
WEIGHTS = [1 / (number + 1) for number in range(200)]  # few are read by many, many by few
CARRIER = "198.51.100.1"


@pytest.fixture
def dice() -> random.Random:
    return random.Random(11)


@pytest.fixture
def busy(newspaper: Newspaper) -> Newspaper:
    newspaper.publish(*(story(name) for name in STORIES))
    return newspaper


def send(paper: Newspaper, rows: list[tuple[float, str, str, str]]) -> list[Reason | None]:
    return paper.ledger.judge(
        [paper.raw(name, at=at, address=address, user_agent=agent) for at, name, address, agent in sorted(rows)]
    ).reasons


def everybody_else(dice: random.Random, count: int) -> list[tuple[float, str, str, str]]:
    return [
        (MORNING + dice.uniform(0, 1800), dice.choices(STORIES, WEIGHTS)[0], f"2001:db8:{number:x}::1", f"{PHONE} {number}")
        for number in range(count)
    ]


def carrier(dice: random.Random, phones: int, within: float) -> list[tuple[float, str, str, str]]:
    rows = []
    for _ in range(phones):
        begins = dice.uniform(0, within)
        read = set(dice.choices(STORIES, WEIGHTS, k=dice.choice([1, 1, 2, 3])))
        rows.extend((MORNING + begins + number * 40, name, CARRIER, PHONE) for number, name in enumerate(read))
    return rows


def test_two_thousand_identical_phones_behind_one_address_are_counted_within_five_per_cent(busy: Newspaper, dice: random.Random) -> None:
    others = everybody_else(dice, 3000)
    crowd = carrier(dice, 2000, 1700)
    reasons = send(busy, others + crowd)
    lost = len([reason for reason in reasons if reason is not None])
    assert lost <= 0.05 * len(crowd)


def test_the_crowd_is_counted_where_nobody_else_reads_too(busy: Newspaper, dice: random.Random) -> None:
    crowd = carrier(dice, 2000, 1700)
    reasons = send(busy, crowd)
    assert reasons.count(None) >= 0.95 * len(crowd)


def test_one_machine_that_sends_one_story_again_and_again_is_one_reader(busy: Newspaper, dice: random.Random) -> None:
    others = everybody_else(dice, 3000)
    flood = [(MORNING + number * 0.5, "s150", CARRIER, PHONE) for number in range(2000)]
    send(busy, others + flood)
    # Others read it too, a few times; the machine adds one.
    by_others = len([row for row in others if row[1] == "s150"])
    assert busy.ledger.gate.site.reads["s150"] <= by_others + 1


def test_one_machine_that_reads_decoys_along_does_not_push_its_story_into_the_first_ten(busy: Newspaper, dice: random.Random) -> None:
    others = everybody_else(dice, 3000)
    decoys = [(MORNING + number, dice.choice(STORIES), CARRIER, PHONE) for number in range(1700)]
    flood = [(MORNING + number + 0.5, "s150", CARRIER, PHONE) for number in range(1700)]
    send(busy, others + decoys + flood)
    counts = busy.ledger.gate.site.reads
    first_ten = sorted(counts, key=lambda name: -counts[name])[:10]
    assert "s150" not in first_ten


def test_a_small_botnet_does_not_push_its_story_into_the_first_ten(busy: Newspaper, dice: random.Random) -> None:
    others = everybody_else(dice, 6000)
    bots = [(MORNING + number * 0.5, "s150", f"192.0.2.{number % 20}", f"{PHONE} {number}") for number in range(3000)]
    send(busy, others + bots)
    counts = busy.ledger.gate.site.reads
    assert "s150" not in sorted(counts, key=lambda name: -counts[name])[:10]


def test_one_person_who_reads_much_does_not_become_a_crowd(busy: Newspaper) -> None:
    outcomes = send(busy, [(MORNING + number * 20, STORIES[number % 12], CARRIER, PHONE) for number in range(24)])
    assert outcomes == [None] * 12 + ["repeat"] * 12


def test_what_everybody_reads_is_known_again_after_a_restart_and_forgotten_after_an_hour(busy: Newspaper, dice: random.Random) -> None:
    rows = sorted(everybody_else(dice, 300))
    batch = busy.ledger.judge([busy.raw(name, at=at, address=address, user_agent=agent) for at, name, address, agent in rows])
    busy.ledger.write([batch])
    busy.ledger.enter([batch])
    counted = dict(busy.ledger.gate.site.reads)
    assert sum(counted.values()) == busy.ledger.gate.site.total == 300
    end = MORNING + 1800
    busy.restart(end)
    gate = busy.ledger.gate
    assert (gate.site.reads, gate.site.total) == (counted, 300)
    known = []
    for minutes in (0, 31, 62):
        gate.forget(end + minutes * 60)
        known.append((gate.site.of("s0"), gate.site.total + gate.site.total_before))
    assert known == [(counted["s0"], 300), (counted["s0"], 300), (0, 0)]
