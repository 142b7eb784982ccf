"""Recorded clicks go through the real steps, with the clock of the data."""

from __future__ import annotations

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, PHONE
from kawaraban.audience.clicks import NoClickError
from kawaraban.audience.readlog import LogIsTakenError, ReadLog
from kawaraban.audience.replay import moment_of, probes_of, ranking_at, replay, replay_file
from kawaraban.audience.shapes import Asked

if TYPE_CHECKING:
    from pathlib import Path

    from audience.cast import Newspaper


def click(second: float, name: str, visitor: str, **more: object) -> str:
    return json.dumps({"at": MORNING + second, "story": name, "visitor": visitor, "ua": PHONE, **more})


@pytest.fixture
def closed(newspaper: Newspaper) -> Newspaper:
    newspaper.ledger.close()
    return newspaper


def run(paper: Newspaper, lines: list[str], **more: object):
    return replay(lines, reads_dir=paper.reads_dir, sheet_log=paper.sheet_log_path, **more)  # type: ignore[arg-type]


def test_clicks_are_counted_and_dropped_by_the_same_steps_as_live_reads(closed: Newspaper) -> None:
    outcome = run(
        closed,
        [
            click(0, "election", "a"),
            click(60, "election", "a"),
            click(61, "wire:77", "b"),
            click(62, "nothing", "b"),
            click(63, "election", "c", ua="Googlebot/2.1"),
            click(64, "election", "d", visible_ms=100),
            click(1900, "election", "a"),
        ],
    )
    assert outcome.counted == 3
    assert outcome.dropped == {"repeat": 1, "unknown-story": 1, "bot": 1, "not-seen": 1}
    assert outcome.as_dict()["counted"] == 3


def test_a_line_that_is_no_click_is_told_by_its_number(closed: Newspaper) -> None:
    outcome = run(closed, [click(0, "election", "a"), "", "{not json", '{"at":"yesterday","story":"x","visitor":"y"}', "hello"])
    assert outcome.counted == 1
    assert [problem.split(":")[0] for problem in outcome.problems] == ["input, line 3", "input, line 4", "input, line 5"]


def test_a_moment_may_be_written_in_rfc_3339(closed: Newspaper) -> None:
    at = datetime.fromtimestamp(MORNING, UTC).isoformat()
    assert run(closed, [json.dumps({"at": at, "story": "election", "visitor": 7})]).counted == 1
    assert moment_of(at) == MORNING
    with pytest.raises(ValueError, match="no moment"):
        moment_of("yesterday")


def test_an_access_log_counts_the_pages_of_stories_and_passes_over_the_rest(closed: Newspaper) -> None:
    when = datetime.fromtimestamp(MORNING, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")

    def line(target: str, status: int = 200, ua: str = PHONE, address: str = "203.0.113.9") -> str:
        return f'{address} - - [{when}] "GET {target} HTTP/1.1" {status} 512 "https://www.google.com/" "{ua}"'

    outcome = run(
        closed,
        [
            line("/politics/election?utm=x"),
            line("/politics/election", 304, address="203.0.113.10"),
            line("/politics/election", 404),
            line("/assets/site.css"),
            line("/sports/derby", ua="-"),
            line("/sports/derby", ua="Googlebot/2.1"),
        ],
    )
    assert (outcome.counted, outcome.passed_over, dict(outcome.dropped)) == (2, 2, {"bot": 2})
    assert {read.source for read in ReadLog(closed.reads_dir / "log").reads()} == {"search"}


def test_the_ranking_of_any_moment_is_told_from_the_log(closed: Newspaper) -> None:
    lines = [click(number, "election", f"a{number}") for number in range(5)] + [
        click(7200 + number, "derby", f"b{number}") for number in range(3)
    ]
    run(closed, lines)

    def rows(window: str, second: float, **more: str) -> list[tuple[str, int]]:
        found = ranking_at(closed.reads_dir, closed.sheet_log_path, Asked(window, **more), MORNING + second)
        return [(row.story, row.reads) for row in found if not row.filled]

    assert rows("1h", 100) == [("election", 5)]
    assert rows("1h", 2.5) == [("election", 3)]
    assert rows("1h", 7300) == [("derby", 3)]
    assert rows("24h", 7300) == [("election", 5), ("derby", 3)]
    assert rows("24h", 7300, section="sports") == [("derby", 3)]
    assert ranking_at(closed.reads_dir, closed.sheet_log_path, Asked("now"), MORNING + 7300)[0].story == "derby"


def test_a_past_ranking_is_not_filled_with_stories_that_were_published_later(closed: Newspaper) -> None:
    rows = ranking_at(closed.reads_dir, closed.sheet_log_path, Asked("24h"), MORNING - 1000)
    assert [(row.story, row.filled) for row in rows] == [("budget", True), ("election", True)]


def test_a_probe_sees_only_the_reads_before_it(closed: Newspaper) -> None:
    # Line by line, in whatever order of time the questions come.
    probes = list(probes_of([json.dumps({"at": MORNING + second, "stories": ["derby", "wire:77"]}) for second in (10, 5, 99)]))
    lines = [click(1, "election", "a"), click(6, "derby", "b"), click(10, "derby", "c"), click(11, "derby", "d")]
    outcome = run(closed, lines, probes=probes, window="1h")
    assert [(one.at - MORNING, one.scores) for one in outcome.scores] == [(10, (1, 1)), (5, (0, 1)), (99, (3, 1))]
    with pytest.raises(NoClickError, match="line 1"):
        list(probes_of(["{}"]))


def test_without_a_sheet_log_every_story_that_is_named_is_known(tmp_path: Path) -> None:
    outcome = replay([click(0, "x", "a"), click(1, "x", "b")], reads_dir=tmp_path, sheet_log=None)
    assert outcome.counted == 2
    assert [(row.story, row.reads) for row in ranking_at(tmp_path, None, Asked("24h"), MORNING + 9)] == [("x", 2)]


def test_a_replay_in_two_halves_counts_like_one(closed: Newspaper, tmp_path: Path) -> None:
    lines = [click(0, "election", "a"), click(100, "election", "a"), click(200, "budget", "a")]
    run(closed, lines[:1])
    assert run(closed, lines[1:]).dropped == {"repeat": 1}
    whole = tmp_path / "clicks.jsonl"
    whole.write_text("\n".join(lines))
    outcome = replay_file(whole, reads_dir=tmp_path / "other", sheet_log=closed.sheet_log_path)
    assert (outcome.counted, outcome.sentence()) == (2, "2 reads counted; dropped: 1 repeat; 0 lines that are no click.")


@pytest.mark.parametrize("order", [1, -1])
def test_a_pipe_is_replayed_as_a_file_is(tmp_path: Path, order: int) -> None:
    lines = [click(second, "x", f"v{second}") for second in range(3)][::order]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    probes = list(probes_of([json.dumps({"at": MORNING + 1.5, "stories": ["x"]})]))
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(pipe.write_text, "\n".join(lines) + "\n")
        outcome = replay_file(pipe, reads_dir=tmp_path / "reads", sheet_log=None, probes=probes, window="1h")
        written.result()
    assert (outcome.counted, outcome.scores[0].scores) == (3, (2,))


def test_a_replay_keeps_the_pace_that_it_is_given(closed: Newspaper, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("kawaraban.audience.replay.time.sleep", slept.append)
    run(closed, [click(0, "election", "a"), click(60, "budget", "a")], speed=60)
    assert slept[-1] == pytest.approx(1, abs=0.2)


def test_nothing_is_replayed_into_the_log_of_a_running_collector(newspaper: Newspaper) -> None:
    with pytest.raises(LogIsTakenError):
        run(newspaper, [click(0, "election", "a")])


def test_who_read_what_was_counted_apart_is_forgotten_too(newspaper: Newspaper) -> None:
    apart = newspaper.reads_dir / "apart"
    replay([click(0, "election", "a")], reads_dir=apart, sheet_log=newspaper.sheet_log_path)
    assert list((apart / "salts").glob("salt-*"))
    newspaper.ledger.upkeep(MORNING + 3 * 86400)
    assert not list((apart / "salts").glob("salt-*"))
    assert [read.visitor for read in ReadLog(apart / "log").reads()] == [0]


def test_a_file_is_taken_in_order_of_time_whatever_the_order_of_its_lines(tmp_path: Path) -> None:
    lines = [click(second, f"s{second % 3}", f"v{second % 40}") for second in range(0, 6000, 7)]
    probe = list(probes_of([json.dumps({"at": MORNING + 3000, "stories": ["s0", "s1", "s2"]})]))
    bad = [
        "",
        "{",
        json.dumps({"at": 1e300, "story": "s1", "visitor": "a"}),
        click(5, "x" * 3000, "a"),
        click(0, "s1", "a").replace("17", "-17", 1),
    ]
    outcomes = []
    for number, order in enumerate((lines, lines[::-1], random.Random(1).sample(lines, len(lines)))):
        file = tmp_path / f"{number}.jsonl"
        file.write_text("\n".join([*order[:100], *bad, *order[100:]]), encoding="utf-8")
        outcome = replay_file(file, reads_dir=tmp_path / str(number), sheet_log=None, probes=probe, window="24h")
        outcomes.append((outcome.counted, dict(outcome.dropped), outcome.scores, outcome.malformed))
        assert {problem.split(":")[0].split(" ")[-1] for problem in outcome.problems} == {"102", "103", "104", "105"}
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert outcomes[0][3] == 4


def test_a_log_of_a_server_may_be_out_of_order_too(closed: Newspaper, tmp_path: Path) -> None:
    def line(second: int, address: int) -> str:
        when = datetime.fromtimestamp(MORNING + second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        return f'203.0.113.{address} - - [{when}] "GET /politics/election HTTP/1.1" 200 512 "-" "{PHONE}"'

    file = tmp_path / "access.log"
    file.write_text("\n".join([line(60, 1), line(0, 2), line(30, 1)]), encoding="utf-8")
    replay_file(file, reads_dir=closed.reads_dir, sheet_log=closed.sheet_log_path)
    assert [read.at - MORNING for read in ReadLog(closed.reads_dir / "log").reads()] == [0, 30]
