"""What the newsroom asks: rankings, what is being read now, where readers come from, what was dropped.

The collector is asked over its socket; while it is away, what it left on disk is told, and ``fresh`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
import numpy as np

from kawaraban.audience.client import SyncCollectorClient
from kawaraban.audience.collector import REPORT_FILE, SNAPSHOT_FILE
from kawaraban.audience.ledger import APART
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.segments import FIRST
from kawaraban.audience.shapes import DEVICES, SOURCES, Named, Report, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.audience.shapes import RankedStory, StoryNow, Window

T = TypeVar("T")
Grain = Literal["minute", "hour", "day"]
GRAINS: dict[Grain, int] = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Readership:
    """All that is known at one moment. ``fresh`` is False when the collector is away and the files speak for it."""

    snapshot: Snapshot
    report: Report
    fresh: bool


@dataclass(frozen=True)
class StorySeries:
    """A story's reads over time: ``counts[n]`` are those from ``since + n * step`` on, for ``step`` seconds."""

    story: str
    since: float
    step: int
    counts: tuple[int, ...]
    sources: tuple[Named, ...]  # over the whole time, largest first
    devices: tuple[Named, ...]
    seconds: int = 0  # that readers gave it
    told: int = 0  # reads that told how far they came
    depths: tuple[int, int, int, int] = (0, 0, 0, 0)  # how many of them came to each quarter


def readership(*, socket_path: Path, reads_dir: Path) -> Readership:
    """Ask the collector, or the files that it left."""
    client = SyncCollectorClient(socket_path)
    report, snapshot = client.report(), client.snapshot()
    if report is not None and snapshot is not None:
        return Readership(snapshot, report, fresh=True)
    return Readership(
        _left(reads_dir / SNAPSHOT_FILE, Snapshot) or Snapshot(0, 0.0, {}),
        _left(reads_dir / REPORT_FILE, Report) or _NO_REPORT,
        fresh=False,
    )


def ranking(known: Readership, *, window: Window, section: str = "", language: str = "", limit: int = 10) -> tuple[RankedStory, ...]:
    """Return the first rows of a ranking; "" stands for every section, every language."""
    return known.snapshot.ranking(window, section, language).rows[:limit]


def now_reading(known: Readership, *, limit: int = 20) -> tuple[StoryNow, ...]:
    """Return the stories that are read most this hour, with each of its sixty minutes."""
    return known.report.stories[:limit]


def by_section(known: Readership) -> tuple[Named, ...]:
    """Return the reads of the last 24 hours by section."""
    return known.report.sections


def by_source(known: Readership) -> tuple[Named, ...]:
    """Return the reads of the last 24 hours by where readers came from."""
    return known.report.sources


def by_device(known: Readership) -> tuple[Named, ...]:
    """Return the reads of the last 24 hours by class of device."""
    return known.report.devices


def dropped(known: Readership) -> tuple[Named, ...]:
    """Return how many reads of the last 24 hours were dropped, by reason."""
    return known.report.dropped


def per_story_series(reads_dir: Path, story: str, *, since: float, until: float, grain: Grain = "hour") -> StorySeries:
    """Count a story's reads over time from the log itself: exact, for any time whose reads are kept."""
    step = GRAINS[grain]
    first = int(since // step) * step
    counts = np.zeros(max(0, int((until - first) // step) + 1), np.int64)
    marks = np.zeros(256, np.int64)
    depths, told, seconds = np.zeros(5, np.int64), 0, 0
    for segment in ReadLog(reads_dir / "log").segments(since, until):
        if story not in segment.names:
            continue
        of_story = segment.reads["story"] == segment.names.index(story)
        times = segment.times()
        inside = of_story & (times >= since) & (times <= until)
        np.add.at(counts, ((times[inside] - first) // step).astype(np.int64), 1)
        np.add.at(marks, segment.reads["marks"][inside], 1)
        own = segment.attended[segment.attended["story"] == segment.names.index(story)]
        seconds += int(own["seconds"].sum())
        told += int((own["depth"] & FIRST > 0).sum())
        before, now = own["depth"] & 7, own["depth"] >> 3 & 7
        depths += [int(((before < quarter) & (now >= quarter)).sum()) for quarter in range(5)]
    places = {place: int(count) for place, count in enumerate(marks.tolist()) if count}
    return StorySeries(
        story,
        float(first),
        step,
        tuple(counts.tolist()),
        _largest_first({name: sum(n for p, n in places.items() if p & 15 == place) for place, name in enumerate(SOURCES)}),
        _largest_first({name: sum(n for p, n in places.items() if p >> 4 == place) for place, name in enumerate(DEVICES)}),
        seconds,
        told,
        (int(depths[1]), int(depths[2]), int(depths[3]), int(depths[4])),
    )


def apart_reads(reads_dir: Path, now: float) -> int | None:
    """Return how many reads of the last 24 hours were counted apart, from server logs; None where none ever were."""
    log = ReadLog(reads_dir / APART / "log")
    if not log.hours():
        return None
    return sum(int((segment.times() > now - 86400).sum()) for segment in log.segments(now - 86400, now))


_NO_REPORT = Report(
    at=0.0, readers_now=0, reads_hour=0, reads_day=0, stories=(), sections=(), sources=(), devices=(), dropped=(), hours=(0,) * 24
)


def _left(path: Path, shape: type[T]) -> T | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=shape)
    except (OSError, msgspec.DecodeError):
        return None


def _largest_first(counts: dict[str, int]) -> tuple[Named, ...]:
    return tuple(Named(name, count) for name, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])) if count)
