"""Recorded clicks go through the real steps, with the clock of the data."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from audience.cast import MORNING, PHONE, story
from kawaraban.audience.clicks import NoClickError
from kawaraban.audience.readlog import LogIsTakenError, ReadLog
from kawaraban.audience.replay import moment_of, probes_of, ranking_at, replay, replay_file
from kawaraban.audience.shapes import Asked
from kawaraban.sheetlog.log import Change
from kawaraban.sheetlog.shapes import Kind, Redirect

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


@pytest.mark.parametrize(
    "at",
    [
        MORNING,
        MORNING * 1000,
        MORNING * 1e6,
        int(MORNING) * 10**9,
        str(int(MORNING)),
        f"{int(MORNING)}.000",
        str(int(MORNING) * 1000),
        "2025-11-25T10:00:00Z",
        "2025-11-25T10:00:00.000+00:00",
        "2025-11-25 19:00:00+09:00",
        "2025-11-25T10:00:00",
    ],
)
def test_a_moment_is_the_same_however_it_is_written(tmp_path: Path, at: object) -> None:
    probes = list(probes_of([json.dumps({"at": at, "stories": ["x"]})]))
    lines = [json.dumps({"at": moment, "story": "x", "visitor": place}) for place, moment in enumerate([MORNING - 1, at])]
    outcome = replay(lines, reads_dir=tmp_path, sheet_log=None, probes=probes, window="1h")
    assert [read.at for read in ReadLog(tmp_path / "log").reads()] == [MORNING - 1, MORNING]
    assert [(one.at, one.scores) for one in outcome.scores] == [(at, (1,))]
    # Written as it was read, digit by digit.
    assert json.dumps(outcome.scores[0].at) == json.dumps(at)


def test_a_line_that_leaves_out_what_is_not_known_is_a_click(closed: Newspaper) -> None:
    nothing = dict.fromkeys(("ua", "referrer", "language", "visible_ms", "scroll", "scrolled"))
    lines = [
        "\ufeff" + json.dumps({"at": MORNING, "story": "election", "visitor": 1, **nothing}),
        json.dumps({"at": MORNING, "story": "election", "visitor": "2", "visible_ms": 4000.7, "more": [1]}),
        json.dumps({"at": MORNING, "story": "election"}),
    ]
    file = closed.directory / "clicks.jsonl"
    file.write_text("\r\n".join(lines), encoding="utf-8")
    outcome = replay_file(file, reads_dir=closed.reads_dir, sheet_log=closed.sheet_log_path)
    assert (outcome.counted, outcome.malformed) == (2, 1)
    assert "line 3" in outcome.problems[0]
    assert "visitor" in outcome.problems[0]


@pytest.mark.parametrize("packed", [gzip, bz2, lzma])
def test_a_compressed_file_is_replayed_as_it_is(tmp_path: Path, packed: Any) -> None:
    lines = [click(second, "x", f"v{second}") for second in (5, 0, 3)]
    file = tmp_path / "clicks"
    whole = packed.compress("\n".join(lines).encode())
    file.write_bytes(whole)
    assert replay_file(file, reads_dir=tmp_path / "reads", sheet_log=None).counted == 3
    file.write_bytes(whole[:-9])
    with pytest.raises(OSError, match=r"damaged|EOF|ended"):
        replay_file(file, reads_dir=tmp_path / "other", sheet_log=None)


def test_a_click_names_its_story_by_id_by_source_or_by_the_address_of_its_page(closed: Newspaper) -> None:
    names = ["derby", "wire:77", "/politics/election?from=top", "https://news.example.com/politics/election", "http://[", 12]
    lines = [json.dumps({"at": MORNING, "story": name, "visitor": place}) for place, name in enumerate(names)]
    probes = list(probes_of([json.dumps({"at": MORNING + 1, "stories": names})]))
    outcome = run(closed, lines, probes=probes, window="1h")
    assert (outcome.counted, dict(outcome.dropped)) == (4, {"unknown-story": 2})
    # The source's 77 is the election too.
    assert outcome.scores[0].scores == (1, 3, 3, 3, 0, 0)


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


def test_a_log_of_the_system_before_names_stories_by_their_old_addresses(closed: Newspaper) -> None:
    old = {"/2024/05/election": "/politics/election", "/?p=12": "/sports/derby", "/選挙": "/politics/election", "/about": "/about-us"}
    closed.sheets.append([Change(Kind.REDIRECT, path, Redirect(to)) for path, to in old.items()])
    when = datetime.fromtimestamp(MORNING, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    asked = ["/2024/05/election/", "/2024/05/election?a=1", "/?p=12", "/?p=13", "/%E9%81%B8%E6%8C%99/", "/about", "/Politics/Election/"]
    lines = [f'203.0.113.{place} - - [{when}] "GET {path} HTTP/1.1" 200 9 "-" "{PHONE}"' for place, path in enumerate(asked)]
    outcome = run(closed, lines)
    assert (outcome.counted, outcome.passed_over, outcome.malformed) == (5, 2, 0)
    assert sorted(read.story for read in ReadLog(closed.reads_dir / "log").reads()) == ["derby", *["election"] * 4]


def test_lines_of_an_access_log_that_are_odd_but_none_of_ours_are_passed_over(closed: Newspaper) -> None:
    def line(
        request: str, *, address: str = "203.0.113.9", status: int = 200, user: str = "-", when: str = "25/Nov/2025:19:00:00 +0900"
    ) -> str:
        return f'{address} - {user} [{when}] "{request}" {status} - "-" "{PHONE}"'

    page = "GET /politics/election HTTP/2.0"
    odd = [line("-", status=408), line("\\x16\\x03\\x01", status=400), line("GET"), line(""), line(page.replace("GET", "HEAD"))]
    outcome = run(
        closed,
        [
            *odd,
            line(page, address="news.example.com:443 203.0.113.10"),
            line(page, address="news.example.com:443 203.0.113.11"),
            line(page, address="2001:db8::7", user="Taro Yamada [desk]"),
            line(page, address="::ffff:203.0.113.12"),
            line("GET https://news.example.com/politics/election HTTP/1.1", address="203.0.113.13"),
            line(page, when="31/Feb/2025:19:00:00 +0900"),
            line(page, when="[" * 9000),
        ],
    )
    assert (outcome.counted, outcome.passed_over, outcome.malformed) == (5, 5, 2)
    assert {read.at for read in ReadLog(closed.reads_dir / "log").reads()} == {MORNING}


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


def test_a_story_that_bears_a_later_day_stood_when_it_was_read(closed: Newspaper) -> None:
    closed.sheets.append([Change(Kind.STORY, name, story(name, published_at=MORNING + 9000)) for name in ("moved", "later")])
    run(closed, [click(0, "moved", "a"), click(1, "moved", "b"), click(60, "later", "a")])
    for window in ("now", "1h", "24h"):
        rows = ranking_at(closed.reads_dir, closed.sheet_log_path, Asked(window), MORNING + 30)
        assert (rows[0].story, rows[0].filled) == ("moved", False)
        assert {row.story for row in rows if row.filled} == {"cup", "derby", "budget", "election"}


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
