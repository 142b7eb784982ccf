"""Which stories are read together: in one visit, by several visitors, without knowing who.

A visit is what one hash reads with less than half an hour between two reads, on one day (UTC): the next day's salt makes another hash.
A story is together with those that are read right after it in the visit. It is counted from the log of reads, while that still has the
hashes; what is kept is a number of visitors for each pair of stories, where it is at least five, and nothing of a visit.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from kawaraban.audience import beside
from kawaraban.audience.columns import counted
from kawaraban.audience.readlog import ReadLog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from kawaraban.audience.segments import Segment

logger = logging.getLogger(__name__)

FILE = "together.msgpack"
HOUR, DAY = 3600, 86400
GAP_MS = 30 * 60 * 1000
# A story is together with so many that come after it in a visit. A visit of more reads than these is a crowd's behind one address, or a machine's.
NEXT, LONGEST_VISIT = 4, 30
# Fewer visitors than these could be known by what they read.
LEAST_VISITORS = 5
KEPT_DAYS, MOST_PAIRS, MOST_READS = 30, 20_000, 1_000_000
# More than this of two days' log is looked through by a process of its own: a million reads take a hundred megabytes for a moment.
MUCH_BYTES = 2_000_000
# With so many visitors a pair counts for half of what it would with any number of them.
HALF_SURE = 10
MOST_OF_ONE = 20


class DayTogether(msgspec.Struct, frozen=True):
    """One day's pairs."""

    day: int  # since 1970
    whole: bool  # the day is over
    names: tuple[str, ...]
    visitors: tuple[int, ...]  # of each name: who read it in a visit of several stories
    pairs: tuple[tuple[int, int, int], ...]  # places of two names, and how many visitors read both


def is_due(reads_dir: Path, now: float) -> bool:
    """Whether it is to be counted: not yet in this hour; OSError if the disk does not tell."""
    path = reads_dir / FILE
    return not path.exists() or path.stat().st_mtime // HOUR != now // HOUR


def is_much(log: ReadLog, now: float) -> bool:
    """Whether so much is to be looked through that it is a process's own work; OSError likewise."""
    return log.size((now // DAY - 1) * DAY) > MUCH_BYTES


def command(reads_dir: Path) -> list[str]:
    """Return the words by which a process of its own counts, for now."""
    return beside.command(__name__, str(reads_dir))


def count_together(log: ReadLog, reads_dir: Path, now: float) -> bool:
    """Count today's and yesterday's pairs anew from the log, unless that was done this hour; say whether it was done now. OSError likewise."""
    if not is_due(reads_dir, now):
        return False
    path, today = reads_dir / FILE, int(now // DAY)
    known = {one.day: one for one in _read(path)}
    for day in (today - 1, today):
        if day not in known or not known[day].whole:
            known[day] = pairs_of_day(log.segments(day * DAY, (day + 1) * DAY - 1), day, whole=day < today)
    _write(path, [one for day, one in sorted(known.items()) if today - KEPT_DAYS < day <= today])
    return True


def pairs_of_day(segments: Iterable[Segment], day: int, *, whole: bool) -> DayTogether:
    """Count the pairs of a day's hours. Of more than a million reads, those of a share of the visitors are looked at."""
    numbers: dict[str, int] = {}
    parts: list[NDArray[np.void]] = []
    total, share = 0, 1
    for segment in segments:
        rows = np.zeros(len(segment.reads), _ROW)
        places = np.array([numbers.setdefault(name, len(numbers)) for name in segment.names], np.int64)
        rows["visitor"] = segment.reads["visitor"]
        rows["ms"] = (segment.hour - day * DAY) * 1000 + segment.reads["ms"].astype(np.int64)
        rows["story"] = places[segment.reads["story"]] if len(places) else 0
        rows = _of_share(rows[rows["visitor"] != 0], share)
        parts.append(rows)
        total += len(rows)
        while total > MOST_READS:
            share *= 2
            parts = [_of_share(part, share) for part in parts]
            total = sum(map(len, parts))
    return _counted(np.concatenate([np.zeros(0, _ROW), *parts]), list(numbers), day, whole=whole)


_ROW = np.dtype([("visitor", "<u8"), ("ms", "<i8"), ("story", "<i8")])


def _of_share(rows: NDArray[np.void], share: int) -> NDArray[np.void]:
    return rows if share == 1 else rows[rows["visitor"] % np.uint64(share) == 0]


def _counted(rows: NDArray[np.void], names: Sequence[str], day: int, *, whole: bool) -> DayTogether:
    rows = rows[np.lexsort((rows["ms"], rows["visitor"]))]
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (rows["visitor"][1:] != rows["visitor"][:-1]) | (np.diff(rows["ms"]) > GAP_MS)
    visit = np.cumsum(begins) - 1
    sizes = np.bincount(visit, minlength=1)[visit] if len(rows) else np.zeros(0, np.int64)
    is_kept = (sizes > 1) & (sizes <= LONGEST_VISIT)
    rows, visit = rows[is_kept], visit[is_kept]
    story, visitor = rows["story"], rows["visitor"]
    keys, who = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for after in range(1, NEXT + 1):
        both = (visit[after:] == visit[:-after]) & (story[after:] != story[:-after])
        one, other = story[:-after][both], story[after:][both]
        keys.append(np.minimum(one, other) * len(names) + np.maximum(one, other))
        who.append(visitor[after:][both])
    found, counts = _by_visitors(np.concatenate(keys), np.concatenate(who))
    best = np.argsort(-counts, kind="stable")[:MOST_PAIRS]
    pairs = [(int(key) // len(names), int(key) % len(names), int(count)) for key, count in zip(found[best], counts[best], strict=True)]
    own, readers = _by_visitors(story, visitor)
    read = dict(zip(own.tolist(), readers.tolist(), strict=True))
    told = sorted({place for one, other, _ in pairs for place in (one, other)})
    at = {place: number for number, place in enumerate(told)}
    return DayTogether(
        day,
        whole,
        tuple(names[place] for place in told),
        tuple(read.get(place, 0) for place in told),
        tuple((at[one], at[other], count) for one, other, count in pairs),
    )


def _by_visitors(keys: NDArray[np.int64], visitors: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the keys that at least five visitors have, and how many have each."""
    order = np.lexsort((visitors, keys))
    keys, visitors = keys[order], visitors[order]
    first = np.ones(len(keys), np.bool_)
    first[1:] = (keys[1:] != keys[:-1]) | (visitors[1:] != visitors[:-1])
    found, counts = counted(keys[first])
    enough = counts >= LEAST_VISITORS
    return found[enough], counts[enough]


def strengths(days: Iterable[DayTogether]) -> dict[str, dict[str, float]]:
    """Return, for each story, those that are read together with it, from 0 to 1: the visitors of both, by those of each; less where they are few."""
    read: dict[str, int] = {}
    both: dict[tuple[str, str], int] = {}
    for day in days:
        for name, visitors in zip(day.names, day.visitors, strict=True):
            read[name] = read.get(name, 0) + visitors
        for at, other_at, visitors in day.pairs:
            pair = (day.names[at], day.names[other_at])
            pair = pair if pair[0] < pair[1] else pair[::-1]
            both[pair] = both.get(pair, 0) + visitors
    found: dict[str, dict[str, float]] = {}
    for (one, other), visitors in both.items():
        strength = min(1.0, visitors / max(1.0, (read[one] * read[other]) ** 0.5)) * visitors / (visitors + HALF_SURE)
        found.setdefault(one, {})[other] = found.setdefault(other, {})[one] = strength
    for story, others in found.items():
        if len(others) > MOST_OF_ONE:
            found[story] = dict(sorted(others.items(), key=lambda row: (-row[1], row[0]))[:MOST_OF_ONE])
    return found


class ReadTogether:
    """What is read together, as related stories take it in: with a weight, and current with the collector's file."""

    def __init__(self, reads_dir: Path, weight: float) -> None:
        self._path = reads_dir / FILE
        self._weight = weight
        self._state: tuple[int, int] | None = None
        self._known: dict[str, dict[str, float]] = {}

    def of(self, story: str) -> Mapping[str, float]:
        """Return what each story that is read together with one is nearer by."""
        return self._known.get(story, {})

    def changed(self) -> Collection[str]:
        """Look whether the collector has counted anew; return the stories of which others are read together now."""
        if not self._weight:
            return ()
        try:
            status = self._path.stat()
        except OSError:
            return ()
        if (status.st_mtime_ns, status.st_ino) == self._state:
            return ()
        self._state = (status.st_mtime_ns, status.st_ino)
        found = strengths(_read(self._path))
        known = {story: {other: self._weight * strength for other, strength in others.items()} for story, others in found.items()}
        before, self._known = self._known, known
        return [story for story in before.keys() | known.keys() if before.get(story) != known.get(story)]


def _read(path: Path) -> list[DayTogether]:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=list[DayTogether])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError) as error:
        logger.warning("what was read together cannot be read, and is counted anew: %s", error)
        return []


def _write(path: Path, days: list[DayTogether]) -> None:
    for left in path.parent.glob(f"{path.stem}.*.new"):
        # Of one that was killed while it wrote.
        left.unlink(missing_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.touch(mode=0o600)
    temporary.write_bytes(msgspec.msgpack.encode(days))
    temporary.replace(path)


def main(began_by: int, reads_dir: Path) -> None:
    """Count as a process of its own, for the one that writes the log."""
    beside.work_for(began_by)
    count_together(ReadLog(reads_dir / "log"), reads_dir, time.time())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
