"""Feeds recorded clicks through the real steps with the clock of the data, and answers what was read most at any moment.

For trying rules on yesterday's traffic, and for carrying a site's history over from its old system.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import structs

from kawaraban.audience import steps
from kawaraban.audience.clicks import Click, NoClickError, Probe, Scores, click_of, lines_in_time, moment_of, probe_of
from kawaraban.audience.ledger import Batch, Ledger
from kawaraban.audience.pace import LONG, as_told
from kawaraban.audience.ranking import HALF_LIFE_SECONDS, HOUR_WINDOWS, MINUTE_WINDOWS, Rankings
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import PageMessage, RawRead
from kawaraban.audience.shelf import Shelf
from kawaraban.sheetlog.shapes import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kawaraban.audience.shapes import Asked, RankedStory

__all__ = ["Probe", "Replayed", "Scores", "moment_of", "probes_of", "ranking_at", "replay", "replay_file"]

# So many reads share a sync: a replay that is killed is begun anew anyway.
GROUP = 2000
UPKEEP_EVERY_SECONDS = 60.0
# Of a recording that tells no browsers: it is not taken for a recording of bots.
SOME_BROWSER = "Mozilla/5.0"
PROBLEMS_KEPT = 1000
# After so many half-lives a read has no weight left that any rounding shows.
NOW_REACHES_SECONDS = 60 * LONG * HALF_LIFE_SECONDS


@dataclass
class Replayed:
    """What came of a replay. ``problems`` names the first thousand lines that are no click."""

    counted: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    malformed: int = 0  # lines that are no click
    problems: list[str] = field(default_factory=list)
    passed_over: int = 0  # lines of an access log that are not of a story's page
    scores: list[Scores] = field(default_factory=list)  # of the probes, in their order

    def sentence(self) -> str:
        """Say it in one line."""
        dropped = ", ".join(f"{count} {reason}" for reason, count in self.dropped.most_common()) or "none"
        return f"{self.counted} reads counted; dropped: {dropped}; {self.malformed} lines that are no click."

    def as_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "counted": self.counted,
            "dropped": dict(self.dropped),
            "malformed": self.malformed,
            "problems": self.problems,
            "passed_over": self.passed_over,
        }


def replay_file(
    path: Path,
    *,
    reads_dir: Path,
    sheet_log: Path | None,
    speed: float | None = None,
    probes: Iterable[Probe] = (),
    window: str = "now",
    half_life: float = HALF_LIFE_SECONDS,
) -> Replayed:
    """Take a file of clicks, or an access log in the combined format, in order of time, whatever the order of its lines. See ``replay``."""
    run = _Run(reads_dir, sheet_log, path.name, window, sorted(probes, key=lambda probe: probe.at), half_life)
    return run.through(lines_in_time(path), speed)


def replay(
    lines: Iterable[str],
    *,
    reads_dir: Path,
    sheet_log: Path | None,
    name: str = "input",
    speed: float | None = None,
    probes: Iterable[Probe] = (),
    window: str = "now",
    half_life: float = HALF_LIFE_SECONDS,
) -> Replayed:
    """Take clicks through the real steps, but for the token, which no recording bears; what passes is written into the read log.

    Args:
        lines: JSON objects ``{"at", "story", "visitor", "ua", …}`` or lines of the combined log format, mixed as they come, in
            order of time. ``at`` is seconds since 1970 (or thousandths of them) or RFC 3339; ``story`` an id, ``source:source_id`` or
            the address of its page.
        reads_dir: where the read log lies; its collector must not be running.
        sheet_log: what stories there are; None: every story that is named.
        name: what the lines are called in ``problems``.
        speed: so many seconds of the data in one of ours; None: as fast as it goes.
        probes: moments at which scores are asked for; each sees only the reads before it.
        window: which scores the probes ask for.
        half_life: in how many seconds "now" forgets half of a read.

    Raises:
        LogIsTakenError: a collector writes into this log.
        OSError: the disk does not take it.
    """
    run = _Run(reads_dir, sheet_log, name, window, sorted(probes, key=lambda probe: probe.at), half_life)
    return run.through(enumerate(lines, start=1), speed)


def ranking_at(reads_dir: Path, sheet_log: Path | None, asked: Asked, moment: float | None = None) -> tuple[RankedStory, ...]:
    """Return a ranking as it was at a moment (None: now), counted from the log.

    Of the stories that stand today and were read or published by then: what has been withdrawn since does not come back by this door.
    """
    now = time.time() if moment is None else moment
    reach = {**MINUTE_WINDOWS, **HOUR_WINDOWS}.get(asked.window, NOW_REACHES_SECONDS)
    if asked.order == "rising":
        # What a story of this site gets in its first hour is asked of a week.
        reach = HOUR_WINDOWS["7d"]
    rankings = Rankings()
    rankings.advance(now)
    shelf = Shelf(sheet_log)
    shelf.follow()
    shelf.close()
    for name, story in shelf.stories.items():
        if story.published_at <= now:
            rankings.stand(name, story)
    named: set[str] = set()
    # An hour more: the window's edge lies on a full minute or hour.
    for segment in ReadLog(reads_dir / "log").segments(now - reach - 3600, now):
        rankings.add_segment(segment, now)
        named.update(segment.names)
    for name in named:
        if sheet_log is None:
            shelf.stand(_some_story(name))
        known = shelf.stories.get(name)
        # A story that was read by then stood by then, whatever day it bears now.
        if known is not None and (sheet_log is None or (known.published_at > now and rankings.was_read(name, asked, now))):
            rankings.stand(name, known)
    return rankings.one(asked, now)


def probes_of(lines: Iterable[str]) -> Iterator[Probe]:
    """Read probes, a JSON object ``{"at", "stories"}`` a line; NoClickError, with the line's number, for what is none."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield structs.replace(probe_of(line), place=number)
            except NoClickError as error:
                raise NoClickError(f"line {number}: {error}") from error


class _Run:
    """One replay on its way."""

    def __init__(self, reads_dir: Path, sheet_log: Path | None, name: str, window: str, probes: list[Probe], half_life: float) -> None:
        self.ledger = Ledger(reads_dir, sheet_log, through=steps.STEPS_OF_A_REPLAY, half_life=half_life)
        self.ledger.log.take()
        self.ledger.shelf.follow()
        self.outcome = Replayed()
        self._scores: dict[int, Scores] = {}
        self._every_story = sheet_log is None
        self._name = name
        self._window = window
        self._probes = iter(probes)
        self._next: Probe | None = next(self._probes, None)
        self._reads: list[RawRead] = []
        self._batches: list[Batch] = []  # judged, and not yet written
        self._unwritten = 0  # how many reads these are of
        self._upkeep_at = 0.0
        self._begun = False

    def through(self, lines: Iterable[tuple[int, str]], speed: float | None) -> Replayed:
        """Take all lines, each with its number, and return what came of them."""
        pace = _Pace(speed)
        try:
            for number, line in lines:
                click = self._click(number, line)
                if click is not None:
                    pace.wait_for(click.at)
                    self._take(click)
            self._end()
        finally:
            self.ledger.close()
        return self.outcome

    def _click(self, number: int, line: str) -> Click | None:
        """Read a line; None, and noted, when there is no click in it."""
        try:
            click = click_of(line, self.ledger.shelf.at_address)
        except NoClickError as error:
            self.outcome.malformed += 1
            if len(self.outcome.problems) < PROBLEMS_KEPT:
                self.outcome.problems.append(f"{self._name}, line {number}: {error}")
            return None
        if click is None and line.strip():
            self.outcome.passed_over += 1
        return click

    def _take(self, click: Click) -> None:
        """Take a click through the steps, together with others before anything is asked of them."""
        if self._next is not None and self._next.at <= click.at:
            self._judge()
            self._answer_until(click.at)
        if not self._begun:
            self._begun = True
            # What the log holds of the time before is known: a repeat of it stays one.
            self._remember(click.at)
        if click.at >= self._upkeep_at:
            self._judge()
            self.ledger.forget(click.at)
            self.ledger.rankings.advance(click.at)
            self._upkeep_at = click.at + UPKEEP_EVERY_SECONDS
        story = self._story(click.story)
        if self._every_story and story not in self.ledger.shelf.stories:
            self.ledger.shelf.stand(_some_story(story))
        page = PageMessage(
            story=story, token="", referrer=click.referrer, visible_ms=click.visible_ms, scroll=click.scroll, scrolled=click.scrolled
        )
        raw = RawRead(
            page=page,
            at=click.at,
            address=click.visitor,
            user_agent=SOME_BROWSER if click.ua is None else click.ua,
            accept_language=click.language,
        )
        self._reads.append(raw)
        if self._unwritten + len(self._reads) >= GROUP:
            self._write()

    def _story(self, name: str) -> str:
        """Return the id of what a recording names by id, by ``source:source_id``, or by the address of its page."""
        shelf = self.ledger.shelf
        if not self._every_story and name.startswith(("/", "https://", "http://")):
            # What is no address is no story either.
            with contextlib.suppress(ValueError):
                return shelf.at_address(name) or name
        return shelf.resolve(name)

    def _end(self) -> None:
        """Write the rest, and answer the probes behind the last click."""
        self._write()
        self._answer_until(float("inf"))
        self.outcome.scores = [self._scores[place] for place in sorted(self._scores)]

    def _judge(self) -> None:
        if not self._reads:
            return
        reads, self._reads = self._reads, []
        batch = self.ledger.judge(reads)
        self.ledger.enter([batch])
        self.outcome.counted += len(batch.counted)
        self.outcome.dropped.update(batch.dropped)
        self._batches.append(batch)
        self._unwritten += len(reads)

    def _write(self) -> None:
        self._judge()
        self.ledger.write(self._batches)
        self._batches, self._unwritten = [], 0

    def _remember(self, at: float) -> None:
        self.ledger.forget(at)
        for read in self.ledger.log.reads(at - steps.REPEAT_SECONDS, at):
            if read.visitor:
                self.ledger.gate.remember(read)
        self.ledger.rankings.advance(at)

    def _answer_until(self, at: float) -> None:
        while self._next is not None and self._next.at <= at:
            probe, rankings = self._next, self.ledger.rankings
            rankings.advance(probe.at)
            values = np.array(rankings.scores([self._story(story) for story in probe.stories], self._window, probe.at))
            told = as_told(values) if self._window == "now" else values
            self._scores[probe.place] = Scores(probe.written or probe.at, tuple(told.tolist()))
            self._next = next(self._probes, None)


class _Pace:
    """Waits until the data's clock, running ``speed`` times as fast as ours, has come to a moment."""

    def __init__(self, speed: float | None) -> None:
        self._speed = speed
        self._begun: tuple[float, float] | None = None

    def wait_for(self, at: float) -> None:
        if not self._speed:
            return
        if self._begun is None:
            self._begun = (at, time.monotonic())
        first, started = self._begun
        time.sleep(max(0.0, started + (at - first) / self._speed - time.monotonic()))


def _some_story(name: str) -> Story:
    """A story of which nothing but its name is known."""
    return Story(id=name, url=f"/{name}", title=name, section="all", section_name="", language="ja", published_at=0.0, updated_at=0.0)
