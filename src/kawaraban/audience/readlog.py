"""The log of reads: a file an hour, appended to, synced before anything is acknowledged.

What lies on disk of a counted read: its story, its time, the class of its source, the class of its device, and for one to two days
a short keyed hash of its visitor, so that repeats stay repeats across a restart. When the day's salt is thrown away, ``upkeep``
rewrites the files of that day without the hashes; after ``keep_days`` it sums them up. Of what was dropped only the number by reason is
written. No address, no browser's name, no referrer.

One process writes, and holds a lock while it does; any may read, at any time.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from kawaraban.audience import packing, segments
from kawaraban.audience.segments import FORGOTTEN, HOUR, MARK, OPEN, START_BYTES, SUMMED, Segment, hour_of, read_segment, segment_in
from kawaraban.audience.visitors import DAY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kawaraban.audience.shapes import Attended, Counted, Dropped, Handed, Withdrawn

logger = logging.getLogger(__name__)

_PLACES = "places.msgpack"
_NAME = "%Y-%m-%dT%H"
# Files of so many hours are held open: reads come in order, but for a few around the full hour.
OPEN_FILES = 3
# An hour is packed when it has been over for so long: no read of it is on its way any more.
PACK_AFTER_SECONDS = 300


class LogIsTakenError(Exception):
    """Another process writes this log."""


class ReadLog:
    """The reads of a site in their directory."""

    def __init__(self, directory: Path, *, keep_days: int = 0) -> None:
        """``keep_days``: after so many days an hour is summed up; 0: never."""
        self._directory = directory
        self._keep_seconds = keep_days * DAY_SECONDS
        self._lock: int | None = None
        self._files: dict[int, _OpenFile] = {}
        self._states: dict[int, bytes] = {}  # of hours that are over: they are looked at every minute
        # Told of an hour before its reads change; OSError if they must not.
        self.before_change: Callable[[int], None] = lambda _hour: None
        self.places: dict[str, int] = {}  # by node: the number up to which what it handed on is on disk

    # ------------------------------------------------------------------ writing

    def take(self) -> None:
        """Become the one that writes; LogIsTakenError if another process is. The lock ends with the process, however it ends."""
        if self._lock is not None:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise LogIsTakenError(f"another process writes the reads in {self._directory}: stop it first") from error
        self._lock = lock

    def append(self, reads: Sequence[Counted], drops: Sequence[Dropped], attended: Sequence[Attended] = ()) -> None:
        """Put records on disk; OSError if they are not there for certain, and then none of them is counted later.

        Returns when ``fdatasync`` has.
        """
        hours = segments.hours_of([one.at for one in reads], [one.at for one in drops], [one.at for one in attended])
        self._write({hour: partial(_OpenFile.write, **_of_hour(hour, hours, reads, drops, attended)) for hour in sorted(hours)})

    def append_handed(self, node: str, handed: Sequence[Handed]) -> None:
        """Put on disk what a node handed on, each in a block with its number; OSError if it is not there for certain."""
        # One hour after the other: a file never holds a number whose predecessor, in another file, was not written.
        for hour, group in groupby(handed, hour_of_handed):
            ones = list(group)
            self._write({hour: partial(_OpenFile.write_handed, node=node, handed=ones)})
            self.places[node] = ones[-1].number

    def _write(self, hours: Mapping[int, Callable[[_OpenFile], None]]) -> None:
        if not hours:
            return
        self.take()
        touched: list[_OpenFile] = []
        try:
            for hour, write in hours.items():
                self.before_change(hour)
                file = self._open(hour)
                touched.append(file)
                write(file)
            for file in touched:
                os.fdatasync(file.number)
        except OSError:
            for file in touched:
                # Nothing of it may be found later: it was not acknowledged. If even that fails, the next opening cuts it off.
                with contextlib.suppress(OSError):
                    os.ftruncate(file.number, file.whole)
            self._let_go()
            raise
        for file in touched:
            file.whole = file.end
        while len(self._files) > OPEN_FILES:
            self._files.pop(next(iter(self._files))).close()

    def upkeep(self, now: float) -> int:
        """Pack hours that are over, forget the visitors of days whose salt is gone, sum up what is old; return how many were rewritten.

        A file is replaced in one step: a process killed at any moment leaves the old or the new one.
        """
        return sum(self.put(self.rewritten(hour, now)) for hour in self.due(now))

    def due(self, now: float) -> list[int]:
        """Return the hours that ``upkeep`` would write anew, oldest first."""
        self.take()
        due = []
        for hour in self.hours():
            if hour + HOUR + PACK_AFTER_SECONDS > now:
                break
            state = self._states.get(hour) or self._state_of(self._path(hour))
            self._states[hour] = state
            keep_visitors, to_sum = self._forms(hour, now)
            if state == SUMMED or (state == FORGOTTEN and not to_sum) or (keep_visitors and state != OPEN):
                continue
            due.append(hour)
        return due

    def rewritten(self, hour: int, now: float) -> Rewritten:
        """Write a due hour anew, beside it. Takes seconds for millions of reads; any thread may, while reads go on being written."""
        path = self._path(hour)
        with path.open("rb") as file:
            was, data = os.fstat(file.fileno()), file.read()
        segment = segment_in(data, hour)
        keep_visitors, to_sum = self._forms(hour, now)
        content = packing.summed(segment) if to_sum else packing.packed(segment, keep_visitors=keep_visitors)
        temporary = path.with_suffix(".packed.new")
        _write_whole(temporary, content)
        return Rewritten(hour, temporary, (was.st_ino, len(data), was.st_mtime_ns))

    def put(self, rewritten: Rewritten) -> bool:
        """Have an hour that was written anew take the place of the one before; False, and another time, where that has changed since."""
        hour, path = rewritten.hour, self._path(rewritten.hour)
        stands = path.stat()
        if (stands.st_ino, stands.st_size, stands.st_mtime_ns) != rewritten.was:
            rewritten.temporary.unlink()
            return False
        if (opened := self._files.pop(hour, None)) is not None:
            opened.close()
        # Packing forgets the numbers that nodes gave.
        self._keep_places()
        rewritten.temporary.replace(path)
        _sync_directory(self._directory)
        self._states[hour] = self._state_of(path)
        return True

    def _forms(self, hour: int, now: float) -> tuple[bool, bool]:
        """Say of an hour whether its visitors are still known, and whether only sums of it are to be kept."""
        forget_before = (int(now // DAY_SECONDS) - 1) * DAY_SECONDS
        return hour >= forget_before, bool(self._keep_seconds) and hour + HOUR < now - self._keep_seconds

    def withdraw(self, hour: int, withdrawn: Sequence[Withdrawn]) -> list[Counted]:
        """Take reads out of an hour, each for a reason, in one step; return those that were there. OSError if it could not be done."""
        self.take()
        path = self._path(hour)
        if not path.exists():
            return []
        segment = read_segment(path, hour)
        rest, gone = packing.without(segment, withdrawn)
        if not gone:
            return []
        self.before_change(hour)
        if (opened := self._files.pop(hour, None)) is not None:
            opened.close()
        for node, number in segment.places.items():
            self.places[node] = max(number, self.places.get(node, 0))
        # Written anew, it holds no more what nodes numbered.
        self._keep_places()
        self._replace(path, packing.as_it_was(rest))
        return gone

    def recall_places(self) -> None:
        """Know again how far each node had handed on, as far as packed hours tell; ``segments`` tell the rest."""
        with contextlib.suppress(FileNotFoundError):
            self.places = msgspec.msgpack.decode((self._directory / _PLACES).read_bytes(), type=dict[str, int])

    def _keep_places(self) -> None:
        if self.places:
            self._replace(self._directory / _PLACES, msgspec.msgpack.encode(self.places))

    def close(self) -> None:
        """Let go of the files and of the lock."""
        self._let_go()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # ------------------------------------------------------------------ reading

    def hours(self) -> list[int]:
        """Return the hours of which there are files, oldest first."""
        names = (path.stem for path in self._directory.glob("*.reads"))
        return sorted(hour for name in names if (hour := _hour_named(name)) is not None)

    def segment(self, hour: int) -> Segment:
        """Return what an hour holds; OSError if it cannot be read."""
        return read_segment(self._path(hour), hour)

    def is_packed(self, hour: int, now: float) -> bool:
        """Whether an hour is over and packed: only what comes late is still added to it."""
        return hour + HOUR + PACK_AFTER_SECONDS <= now and self.was_packed(hour)

    def was_packed(self, hour: int) -> bool:
        """Whether there is an hour's file, and it has been packed once."""
        opened = self._files.get(hour)
        try:
            # A file without its first bytes is of a disk that was full.
            return (opened.state if opened else self._states.get(hour) or self._state_of(self._path(hour))) not in {OPEN, b""}
        except FileNotFoundError:
            return False

    def size(self, since: float) -> int:
        """Return the bytes of the hours from a moment on; OSError if that cannot be told."""
        return sum(self._path(hour).stat().st_size for hour in self.hours() if hour >= since)

    def segments(self, since: float = 0.0, until: float = float("inf")) -> Iterator[Segment]:
        """Yield the hours that hold anything from ``since`` on and up to ``until``, oldest first; a whole hour at a time."""
        for hour in self.hours():
            if hour + HOUR > since and hour <= until:
                yield read_segment(self._path(hour), hour)

    def reads(self, since: float = 0.0, until: float = float("inf")) -> Iterator[Counted]:
        """Yield the counted reads of a time, hour by hour, both ends included."""
        for segment in self.segments(since, until):
            for read in segment.counted():
                if since <= read.at <= until:
                    yield read

    # ------------------------------------------------------------------ within

    def _open(self, hour: int) -> _OpenFile:
        file = self._files.get(hour)
        if file is None:
            file = self._files[hour] = _OpenFile(self._path(hour), hour)
            # The file's own name must be on disk too.
            _sync_directory(self._directory)
        return file

    def _state_of(self, path: Path) -> bytes:
        with path.open("rb") as file:
            return file.read(START_BYTES)[len(MARK) :]

    def _replace(self, path: Path, content: bytes) -> None:
        temporary = path.with_suffix(".new")
        _write_whole(temporary, content)
        temporary.replace(path)
        _sync_directory(self._directory)

    def _let_go(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _path(self, hour: int) -> Path:
        return self._directory / f"{datetime.fromtimestamp(hour, UTC).strftime(_NAME)}.reads"


class Rewritten(NamedTuple):
    """An hour that was written anew, and which file it was: its number, its bytes, and when it was changed."""

    hour: int
    temporary: Path
    was: tuple[int, int, int]


class _OpenFile:
    """An hour's file that is being appended to. ``whole`` is how much of it is synced, ``end`` how much is written."""

    def __init__(self, path: Path, hour: int) -> None:
        self._hour = hour
        self._numbers: dict[str, int] = {}
        data = path.read_bytes() if path.exists() else b""
        self.whole = START_BYTES if data[: len(MARK)] == MARK and len(data) >= START_BYTES else 0
        self.state = data[len(MARK) : START_BYTES]
        for block in segments.whole_blocks(data):
            self.whole = block.end
            for name in segments.names_of(block):
                self._numbers[name] = len(self._numbers)
        self.number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if len(data) > self.whole:
                # Of the last write of a process that was killed: it was not acknowledged, and must not lie between whole blocks.
                logger.info("%s: %d bytes of an unfinished write are cut off", path.name, len(data) - self.whole)
                os.ftruncate(self.number, self.whole)
            if not self.whole:
                _write_all(self.number, MARK + OPEN, 0)
                self.whole = START_BYTES
        except OSError:
            os.close(self.number)
            raise
        self.end = self.whole

    def write(self, reads: Sequence[Counted], drops: Sequence[Dropped], attended: Sequence[Attended]) -> None:
        """Write behind what is whole, unsynced; OSError if not all of it could be."""
        if self.state in {FORGOTTEN, SUMMED}:
            # The salt of this hour is gone: a late read is counted, and nobody is remembered.
            reads, attended = [_without_visitor(read) for read in reads], [_without_key(one) for one in attended]
        blocks = (
            self._named([*reads, *attended])
            + segments.read_blocks(self._hour, reads, self._numbers)
            + segments.attended_blocks(self._hour, attended, self._numbers)
            + segments.drop_blocks(self._hour, drops)
        )
        _write_all(self.number, blocks, self.end)
        self.end += len(blocks)

    def write_handed(self, node: str, handed: Sequence[Handed]) -> None:
        """Write what a node handed on, likewise."""
        blocks = b""
        for one in handed:
            known = one
            if self.state in {FORGOTTEN, SUMMED}:
                reads, attended = tuple(_without_visitor(read) for read in one.reads), tuple(_without_key(each) for each in one.attended)
                known = type(one)(one.number, reads, one.drops, attended)
            blocks += self._named([*known.reads, *known.attended])
            blocks += segments.handed_block(self._hour, node, known, self._numbers)
        _write_all(self.number, blocks, self.end)
        self.end += len(blocks)

    def _named(self, reads: Sequence[Counted | Attended]) -> bytes:
        numbers = self._numbers
        unnamed = list(dict.fromkeys([read.story for read in reads if read.story not in numbers]))
        for name in unnamed:
            self._numbers[name] = len(self._numbers)
        return segments.name_blocks(unnamed)

    def close(self) -> None:
        os.close(self.number)


@lru_cache(maxsize=100_000)
def _hour_named(name: str) -> int | None:
    """Return the hour of which a file of this name is; None if it is none of ours. There is one for every hour that ever was."""
    try:
        return int(datetime.strptime(name, _NAME).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _of_hour(hour: int, hours: set[int], *those: Sequence[Counted | Dropped | Attended]) -> dict[str, Any]:
    """Return what of reads, drops and attention is of an hour: all of it, where it is of one, as nearly always."""
    own = those if len(hours) == 1 else [[one for one in some if hour_of(one.at) == hour] for some in those]
    return dict(zip(("reads", "drops", "attended"), own, strict=True))


def hour_of_handed(handed: Handed) -> int:
    """Return the second at which the hour begins that this is of."""
    return hour_of((handed.reads or handed.drops or handed.attended)[0].at)


def _without_visitor(read: Counted) -> Counted:
    return type(read)(read.at, read.story, 0, read.source, read.device)


def _without_key(one: Attended) -> Attended:
    return type(one)(one.at, one.story, 0, one.seconds, one.depth_before, one.depth, one.first)


def _write_all(file: int, block: bytes, offset: int) -> None:
    while block:
        # Again after a part was taken: a full disk says why only on the next try.
        written = os.pwrite(file, block, offset)
        block, offset = block[written:], offset + written


def _write_whole(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
