"""Feeds recorded clicks through the real steps, and answers what was read most at any moment."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.audience import steps
from kawaraban.audience.collector import KEEP_SECONDS, Collector
from kawaraban.audience.ranking import Rankings
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.shapes import Counted, Dropped, PageMessage, RankedStory, RawRead, list_key
from kawaraban.audience.tokens import read_token
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Kind, Story

if TYPE_CHECKING:
    from pathlib import Path

_GROUP = 2000


class _Click(msgspec.Struct):
    at: str | float
    story: str
    visitor: str
    ua: str = "Mozilla/5.0"
    referrer: str = ""


@dataclass
class Replayed:
    """What came of a replay."""

    counted: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Say it in one line."""
        dropped = ", ".join(f"{count} {reason}" for reason, count in self.dropped.most_common()) or "none"
        return f"{self.counted} reads counted; dropped: {dropped}; {len(self.problems)} lines that are no click."

    def as_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {"counted": self.counted, "dropped": dict(self.dropped), "problems": self.problems}


def replay_file(path: Path, *, reads_dir: Path, sheet_log: Path) -> Replayed:
    """Take a file of clicks in the order of its lines; a line that is no click is reported with its number."""
    collector = Collector(reads_dir, sheet_log)
    collector.recall()
    log = ReadLog(reads_dir / "log")
    decoder = msgspec.json.Decoder(_Click)
    outcome = Replayed()
    reads: list[Counted] = []
    forget_at = 0.0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                click = decoder.decode(line)
                at = click.at if isinstance(click.at, (int, float)) else moment_of(click.at)
            except (msgspec.DecodeError, ValueError) as error:
                outcome.problems.append(f"{path.name}, line {number}: {error}")
                continue
            if at >= forget_at:
                collector.gate.forget(at)
                forget_at = at + 60
            reason, counted = _judged(collector, click, float(at))
            if counted is None:
                outcome.dropped[str(reason)] += 1
                continue
            outcome.counted += 1
            reads.append(counted)
            if len(reads) >= _GROUP:
                _write(log, reads)
                reads = []
    _write(log, reads)
    drops = [Dropped(time.time(), reason, count) for reason, count in outcome.dropped.items()]
    log.append([], drops, time.time())
    log.close()
    return outcome


def ranking_at(
    reads_dir: Path, sheet_log: Path, window: str, moment: float | None, *, section: str = "", language: str = ""
) -> tuple[RankedStory, ...]:
    """Return a ranking as it was at a moment (None: now), counted from the log, of the stories that stand today."""
    now = time.time() if moment is None else moment
    rankings = Rankings()
    rankings.set_stories(stories_in(sheet_log))
    # A read lies in the file of the day on which it was written; the clock of a replay may be another.
    reads = ReadLog(reads_dir / "log").reads(0.0)
    rankings.add_all((read for read in reads if now - KEEP_SECONDS < read.at <= now), now)
    rankings.expire(now)
    return dict(rankings.lists(now)).get(list_key(window, section, language), ())


def stories_in(sheet_log: Path) -> dict[str, Story]:
    """Return the facts of all stories that stand."""
    log = SheetLog(sheet_log)
    found = {}
    for entry in log.after(0, (Kind.STORY,)):
        if entry.payload is not None and isinstance(story := decode(Kind.STORY, entry.payload), Story):
            found[entry.key] = story
    log.close()
    return found


def moment_of(text: str) -> float:
    """Read a moment in RFC 3339; ValueError with a sentence if it is none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no moment: write it as 2026-11-24T18:05:00+09:00") from error
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _judged(collector: Collector, click: _Click, at: float) -> tuple[str | None, Counted | None]:
    gate = collector.gate
    story = gate.by_source.get(click.story, click.story)
    page = PageMessage(story=story, token=read_token(gate.key, story), referrer=click.referrer)
    read = steps.identify(RawRead(page=page, at=at, address=click.visitor, user_agent=click.ua), gate)
    reason = steps.judge(read, gate)
    if reason is not None:
        return reason, None
    gate.seen[read.visitor, read.story] = at
    return None, Counted(at, read.story, read.visitor, steps.source_of(click.referrer), steps.device_of(click.ua))


def _write(log: ReadLog, reads: list[Counted]) -> None:
    by_day: dict[int, list[Counted]] = {}
    for read in reads:
        by_day.setdefault(int(read.at // 86400), []).append(read)
    for group in by_day.values():
        log.append(group, [], group[0].at)
