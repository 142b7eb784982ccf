"""What is read together is counted by visits and visitors, and of few nothing is kept."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING
from kawaraban.audience import together
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import Counted
from kawaraban.audience.together import FILE, LEAST_VISITORS, ReadTogether, count_together, strengths

if TYPE_CHECKING:
    from pathlib import Path

HOUR, DAY = 3600.0, 86400.0


class Readers:
    """Visitors who read into a log."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = ReadLog(directory / "log")
        self.visitors = 0

    def visit(self, *stories: str, visitors: int = 1, at: float = MORNING, apart: float = 60.0) -> None:
        for _ in range(visitors):
            self.visitors += 1
            reads = [Counted(int(at + place * apart), story, self.visitors, "direct", "phone") for place, story in enumerate(stories)]
            self.log.append(reads, [])

    def count(self, now: float = MORNING + HOUR) -> dict[str, set[str]]:
        (self.directory / FILE).unlink(missing_ok=True)
        assert count_together(self.log, self.directory, now)
        return self.known()

    def known(self) -> dict[str, set[str]]:
        return {story: set(others) for story, others in strengths(together._read(self.directory / FILE)).items()}


@pytest.fixture
def readers(tmp_path: Path) -> Readers:
    return Readers(tmp_path)


def test_a_pair_is_known_from_five_visitors_on(readers: Readers) -> None:
    readers.visit("bridge", "harbour", visitors=LEAST_VISITORS - 1)
    readers.visit("harbour", "bridge")
    readers.visit("bridge", "match", visitors=LEAST_VISITORS - 1)
    assert readers.count() == {"bridge": {"harbour"}, "harbour": {"bridge"}}


def test_one_visitor_who_comes_again_and_again_is_one(readers: Readers) -> None:
    for hour in range(8):
        readers.visitors = 0
        readers.visit("bridge", "harbour", at=MORNING + hour * HOUR)
    assert readers.count(MORNING + 9 * HOUR) == {}


def test_a_visit_ends_after_half_an_hour_and_with_the_day(readers: Readers) -> None:
    readers.visit("bridge", "harbour", visitors=9, apart=31 * 60.0)
    midnight = (MORNING // DAY + 1) * DAY
    readers.visit("one", "other", visitors=9, at=midnight - 30)
    assert readers.count(midnight + HOUR) == {}


def test_a_crowd_behind_one_address_and_single_reads_tell_nothing(readers: Readers) -> None:
    for _ in range(9):
        readers.visit(*[f"s{number}" for number in range(31)], apart=1.0)
    readers.visit("bridge", visitors=20)
    readers.visit("bridge", "bridge", visitors=20)
    assert readers.count() == {}


def test_only_what_comes_soon_after_is_together(readers: Readers) -> None:
    readers.visit("a", "b", "c", "d", "e", "f", visitors=9)
    assert readers.count()["a"] == {"b", "c", "d", "e"}


def test_whose_hash_is_forgotten_is_nobody(readers: Readers) -> None:
    readers.log.append([Counted(int(MORNING + at), story, 0, "direct", "phone") for at in range(20) for story in ("a", "b")], [])
    assert readers.count() == {}


def test_days_stay_when_their_hashes_are_gone_and_are_summed(readers: Readers) -> None:
    for day in range(3):
        readers.visit("bridge", "harbour", visitors=6, at=MORNING + day * DAY)
        readers.log.upkeep(MORNING + day * DAY + 2 * HOUR)
        if (file := readers.directory / FILE).exists():
            os.utime(file, (MORNING, MORNING))
        count_together(readers.log, readers.directory, MORNING + day * DAY + 2 * HOUR)
    days = [day for day in together._read(readers.directory / FILE) if day.pairs]
    assert [(day.names, day.visitors, day.pairs) for day in days] == [(("bridge", "harbour"), (6, 6), ((0, 1, 6),))] * 3
    # 18 visitors read both, and nobody one alone: as near as so many make it.
    assert strengths(days)["bridge"]["harbour"] == pytest.approx(18 / (18 + together.HALF_SURE))


def test_it_is_counted_once_an_hour(readers: Readers) -> None:
    assert count_together(readers.log, readers.directory, time.time())
    assert not count_together(readers.log, readers.directory, (readers.directory / FILE).stat().st_mtime)


def test_a_file_of_pairs_holds_no_visitor(readers: Readers) -> None:
    readers.visitors = 2**63
    readers.visit("bridge", "harbour", visitors=7)
    readers.count()
    written = (readers.directory / FILE).read_bytes()
    assert b"bridge" in written
    assert not any((2**63 + number).to_bytes(8, order) in written for number in range(1, 8) for order in ("big", "little"))
    assert (readers.directory / FILE).stat().st_mode & 0o077 == 0


def test_of_very_many_reads_a_share_of_the_visitors_is_looked_at(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_READS", 100)
    readers.visit("bridge", "harbour", visitors=400)
    readers.count()
    day = together._read(readers.directory / FILE)[-1]
    assert LEAST_VISITORS <= day.pairs[0][2] <= 50


def test_related_stories_are_told_what_changed_with_its_weight(readers: Readers, tmp_path: Path) -> None:
    readers.visit("bridge", "harbour", visitors=10)
    readers.count()
    none, some = ReadTogether(tmp_path, 0.0), ReadTogether(tmp_path, 0.5)
    assert (none.changed(), none.of("bridge")) == ((), {})
    assert set(some.changed()) == {"bridge", "harbour"}
    assert some.of("bridge") == {"harbour": pytest.approx(0.25)}
    assert some.changed() == ()
    (tmp_path / FILE).write_bytes(b"\xc1 torn")
    assert set(some.changed()) == {"bridge", "harbour"}
    assert some.of("bridge") == {}


def test_what_one_left_that_was_killed_while_it_wrote_is_cleared_away(readers: Readers) -> None:
    (readers.directory / "together.77.new").write_bytes(b"half")
    readers.visit("a", "b", visitors=LEAST_VISITORS)
    readers.count()
    assert [file.name for file in readers.directory.glob("together*")] == [FILE]


def test_much_is_counted_by_a_process_of_its_own_and_little_is_not(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    # Not near midnight, which ends a visit.
    begin = now // DAY * DAY + min(now % DAY, 12 * HOUR) - 300
    readers.visit("bridge", "harbour", visitors=9, at=begin)
    assert not together.is_much(readers.log, now)
    monkeypatch.setattr(together, "MUCH_BYTES", 100)
    assert together.is_much(readers.log, now)
    assert subprocess.run(together.command(readers.directory), check=False).returncode == 0
    assert readers.known() == {"bridge": {"harbour"}, "harbour": {"bridge"}}
    assert not together.is_due(readers.directory, now)
