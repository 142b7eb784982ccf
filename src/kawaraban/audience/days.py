"""A story's reads by the day, for as long as it stands: sums of the log's hours, which can be made again from them at any time.

An hour enters when it is over and packed. Before its file is changed, by late reads or by some that are withdrawn, it leaves, and enters
again later: whatever is killed in between, an hour is in the sums as it is in the log, or not at all.

Of an archive of years thousands of hours are to be summed at first: a process of its own does that. It is begun while no hour is being
changed, and ended, to begin anew later, before one is changed that it may sum.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from kawaraban.audience import beside
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.segments import FIRST, HOUR

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from kawaraban.audience.segments import Segment

logger = logging.getLogger(__name__)

FILE = "days/days.sqlite3"
# So long at a time, for reads wait meanwhile.
CATCH_UP_SECONDS = 0.2
# After each moment of summing, a pause at least as long as that moment: half of the time the disk's thread, or the file, is free.
PAUSE_SECONDS = 0.2
# So long is waited for another who writes the file.
WAIT_SECONDS = 5.0
# More hours than these are a process's own work: what each takes would hold up every answer.
MANY = 24
TO_THE_END = 4
# How a process ends that found sums that are none: to throw them away is for who writes the log.
DAMAGED = 3
# SQLite says in the bits above why exactly something failed.
_PRIMARY_CODE = 0xFF

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (timezone TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hours (hour INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS stories (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS sums (
    story INTEGER, day INTEGER, reads INTEGER NOT NULL, seconds INTEGER NOT NULL, told INTEGER NOT NULL, finished INTEGER NOT NULL,
    PRIMARY KEY (story, day)
) WITHOUT ROWID;
"""
_ADD = """
INSERT INTO sums SELECT number, ?, ?, ?, ?, ? FROM stories WHERE name = ?
ON CONFLICT (story, day) DO UPDATE SET
    reads = reads + excluded.reads, seconds = seconds + excluded.seconds, told = told + excluded.told, finished = finished + excluded.finished
"""


class DayOfStory(msgspec.Struct, frozen=True):
    """What a day brought a story. ``finished``: how many of the reads that told came to its end."""

    day: date
    reads: int = 0
    seconds: int = 0
    told: int = 0
    finished: int = 0


class _DamagedError(Exception):
    """The sums are none any more."""


class DaySums:
    """The sums beside a log. Its writer alone changes them, and who sums for it; any process may ask."""

    def __init__(self, reads_dir: Path, *, sums_for: int = 0) -> None:
        """``sums_for``: the process that writes the log, where it is another one, which began this."""
        self._path = reads_dir / FILE
        self._sums_for = sums_for
        self._db: sqlite3.Connection | None = None
        self._hours: set[int] = set()
        # Hours may stand in the file that are not known yet. Nothing is opened before it is asked for, by who writes the log by then.
        self._unopened = True
        self._helper: subprocess.Popen[bytes] | None = None

    def catch_up(self, log: ReadLog, timezone: str, now: float) -> bool:
        """Take in hours that are packed and not in the sums, newest first, for a moment; say whether all are in.

        ``timezone`` says where days begin.

        Raises:
            OSError: the disk does not take it.
        """
        many, taken = 1, 0
        with self._or_made_anew():
            missing = self._missing(log, timezone, now)
            many, taken = len(missing), self._take_in(log, timezone, missing)
        return taken == many

    def catch_up_in_moments(self, log: ReadLog, timezone: str, now: float) -> None:
        """Take in all such hours, with pauses in which another may write; OSError likewise."""
        with self._or_made_anew():
            missing = self._missing(log, timezone, now)
            while missing:
                began = time.monotonic()
                missing = missing[self._take_in(log, timezone, missing) :]
                time.sleep(max(PAUSE_SECONDS, time.monotonic() - began) if missing else 0.0)

    def are_many_missing(self, log: ReadLog, timezone: str, now: float) -> bool:
        """Whether so many hours are to be taken in that a process of its own should; OSError if the disk does not tell."""
        missing: Sequence[int] = ()
        with self._or_made_anew():
            missing = self._missing(log, timezone, now)
        return len(missing) > MANY

    def _missing(self, log: ReadLog, timezone: str, now: float) -> list[int]:
        db = self._db or self._open()
        if db.execute("SELECT timezone FROM about").fetchall() != [(timezone,)]:
            self._begin(db, timezone)
        return [hour for hour in reversed(log.hours()) if hour not in self._hours and log.is_packed(hour, now)]

    def _take_in(self, log: ReadLog, timezone: str, missing: Sequence[int]) -> int:
        """Take in the first of these hours, for a moment; return how many."""
        db = self._db or self._open()
        taken: list[int] = []
        until = time.monotonic() + CATCH_UP_SECONDS
        with _transaction(db) if missing else contextlib.nullcontext():
            for hour in missing:
                # It may stand there by now: a collector that was killed leaves who sums for it behind, for a moment.
                if db.execute("INSERT OR IGNORE INTO hours VALUES (?)", (hour,)).rowcount:
                    _add(db, log.segment(hour), timezone)
                taken.append(hour)
                if time.monotonic() > until:
                    break
            self._must_be_wanted()
        self._hours.update(taken)
        return len(taken)

    def _must_be_wanted(self) -> None:
        """OSError if who this is summed for has ended: another may write the log by now, and change what was summed here."""
        if self._sums_for and not beside.is_wanted(self._sums_for):
            raise OSError("nobody waits for the sums by the day any more")

    def helped_by(self, process: subprocess.Popen[bytes]) -> None:
        """A process sums from now on, until it has ended. To be told where no hour is being changed: in the thread that does that."""
        self._helper = process

    def helped(self) -> None:
        """It has ended; OSError if what it did cannot be read."""
        with self._or_made_anew():
            if self._helper is not None and self._helper.poll() == DAMAGED:
                raise sqlite3.DatabaseError("who summed could not read them")
            self._know_hours()
        # Not before: what it did must be known before an hour that it may have summed is changed.
        self._helper = None

    def _know_hours(self) -> None:
        if self._db is None:
            return
        # Behind what is being written at this moment.
        with _transaction(self._db):
            self._hours = {hour for (hour,) in self._db.execute("SELECT hour FROM hours")}

    def leave(self, log: ReadLog, hour: int) -> None:
        """Let an hour leave the sums, before it is changed in the log; OSError if that cannot be done, and then it must not be."""
        if self._helper is not None and log.was_packed(hour):
            # It may have that hour done, in hand, or yet to look for. What it has not committed is undone with it.
            _end(self._helper)
            self.helped()
        if self._unopened and log.was_packed(hour):
            self._open_or_remove()
        if hour not in self._hours or self._db is None:
            return
        with self._or_made_anew():
            self._take_out(self._db, log, hour)

    def _take_out(self, db: sqlite3.Connection, log: ReadLog, hour: int) -> None:
        zones = db.execute("SELECT timezone FROM about").fetchall()
        if len(zones) != 1:
            raise sqlite3.DatabaseError("nothing says where their days begin")
        with _transaction(db):
            _add(db, log.segment(hour), zones[0][0], sign=-1)
            db.execute("DELETE FROM hours WHERE hour = ?", (hour,))
        self._hours.discard(hour)

    def close(self) -> None:
        """Let go of the file, and of who sums beside us."""
        if self._helper is not None:
            _end(self._helper)
            self._helper = None
        if self._db is not None:
            self._db.close()
            self._db = None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Opened by one thread, used by the one that writes the log.
        db = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_SCHEMA}")
            self._db = db
            # Behind what somebody left behind by another collector writes at this moment: it begins nothing more.
            self._know_hours()
        except sqlite3.Error:
            self._db = None
            db.close()
            raise
        self._unopened = False
        return db

    def _open_or_remove(self) -> None:
        """Know what stands there, if anything does, or throw it away; OSError if neither can be done."""
        if not self._path.exists():
            self._unlink()
            return
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY:
                # Nothing is wrong with it: the page tells again, or the node.
                raise _not_written(error) from error
            # Nobody can say whether an hour stands there: rather sum all of them again than count no late read.
            self._remove(error)

    @contextlib.contextmanager
    def _or_made_anew(self) -> Iterator[None]:
        """Raise OSError for what the disk does not take; throw away sums that are none."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise _not_written(error) from error
        except sqlite3.DatabaseError as error:
            self._remove(error)

    def _remove(self, error: sqlite3.Error) -> None:
        """Throw the sums away, to be made again; OSError if they still stand there."""
        if self._sums_for:
            raise _DamagedError(str(error)) from error
        logger.warning("the sums by the day cannot be used any more, and are made anew: %s", error)
        self.close()
        # Until it is gone, what stands there is to be reckoned with.
        self._hours, self._unopened = set(), True
        self._unlink()

    def _unlink(self) -> None:
        if self._path.parent.exists():
            # The file itself first: without what stands beside it, it would tell of hours that have left.
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(f"{self._path.name}{ending}").unlink(missing_ok=True)
            directory = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        self._unopened = False

    def _begin(self, db: sqlite3.Connection, timezone: str) -> None:
        if self._sums_for:
            raise OSError("the sums by the day are of another time zone")
        with _transaction(db):
            for table in ("about", "hours", "stories", "sums"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
            db.execute("INSERT INTO about VALUES (?)", (timezone,))
        self._hours = set()


def days_of(log: ReadLog, reads_dir: Path, story: str, *, timezone: str, now: float) -> list[DayOfStory]:
    """Return the days on which a story was read, in order: from the sums, and from the log what is not yet in them of two days."""
    days: dict[int, NDArray[np.int64]] = {}
    hours: set[int] = set()
    path = reads_dir / FILE
    if path.exists():
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            # One moment of both tables, or an hour could be counted twice.
            db.execute("BEGIN")
            asked = "SELECT day, reads, seconds, told, finished FROM sums JOIN stories ON number = story WHERE name = ? ORDER BY day"
            days = {day: np.array(rest, np.int64) for day, *rest in db.execute(asked, (story,))}
            hours = {hour for (hour,) in db.execute("SELECT hour FROM hours WHERE hour > ?", (now - 3 * 24 * HOUR,))}
    for segment in log.segments(now - 2 * 24 * HOUR, now):
        if segment.hour not in hours and story in segment.names:
            place = segment.names.index(story)
            for day, sums in _days_in(segment, timezone):
                days[day] = days.get(day, 0) + sums[:, place]
    return [DayOfStory(_date(day), *sums.tolist()) for day, sums in sorted(days.items()) if sums.any()]


def _add(db: sqlite3.Connection, segment: Segment, timezone: str, *, sign: int = 1) -> None:
    db.executemany("INSERT OR IGNORE INTO stories (name) VALUES (?)", [(name,) for name in segment.names])
    for day, sums in _days_in(segment, timezone):
        read = np.flatnonzero(sums.any(axis=0)).tolist()
        db.executemany(_ADD, [(day, *(sign * sums[:, place]).tolist(), segment.names[place]) for place in read])


def _days_in(segment: Segment, timezone: str) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the days that an hour is of, as numbers, with its sums: a row each of reads, seconds, told, finished; a column a story."""
    zone = ZoneInfo(timezone)
    for day, since, until in _parts(segment.hour, zone):
        yield day, _sums(segment, since, until)


def _parts(hour: int, zone: ZoneInfo) -> Iterable[tuple[int, int, int]]:
    """Cut an hour where a day begins within it: there are zones that are half an hour apart. Milliseconds since the hour began."""
    first, last = (datetime.fromtimestamp(hour + second, zone) for second in (0, HOUR - 1))
    if first.date() == last.date():
        return [(first.toordinal(), 0, HOUR * 1000)]
    midnight = int(last.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() - hour) * 1000
    return [(first.toordinal(), 0, midnight), (last.toordinal(), midnight, HOUR * 1000)]


def _sums(segment: Segment, since: int, until: int) -> NDArray[np.int64]:
    size = len(segment.names)
    reads = segment.reads["story"][_inside(segment.reads["ms"], since, until)]
    told = segment.attended[_inside(segment.attended["ms"], since, until)]
    depth, stories = told["depth"], told["story"]
    finished = (depth & 7 < TO_THE_END) & (depth >> 3 & 7 >= TO_THE_END)
    rows: Sequence[NDArray[np.int64]] = (
        np.bincount(reads, minlength=size),
        np.bincount(stories, told["seconds"], minlength=size).astype(np.int64),
        np.bincount(stories[depth & FIRST > 0], minlength=size),
        np.bincount(stories[finished], minlength=size),
    )
    return np.stack(rows)


def _inside(ms: NDArray[np.uint32], since: int, until: int) -> NDArray[np.bool_]:
    return (ms >= since) & (ms < until)


def _date(day: int) -> date:
    return (datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)).date()


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # Some errors, as that of a full disk, have rolled it back already.
        if db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise


def _not_written(error: sqlite3.Error) -> OSError:
    return OSError(f"the sums by the day could not be written: {error}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def command(reads_dir: Path, timezone: str) -> list[str]:
    """Return the words by which a process of its own sums what is missing."""
    return beside.command(__name__, str(reads_dir), timezone)


def main(began_by: int, reads_dir: Path, timezone: str) -> None:
    """Sum what is missing, as a process of its own, for the one that writes the log."""
    beside.work_for(began_by)
    sums, log = DaySums(reads_dir, sums_for=began_by), ReadLog(reads_dir / "log")
    try:
        sums.catch_up_in_moments(log, timezone, time.time())
    except _DamagedError:
        sys.exit(DAMAGED)
    except OSError as error:
        sys.exit(str(error))
    finally:
        sums.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
