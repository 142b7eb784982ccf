"""A reader node's reads on their way to the newsroom: on disk before they are answered, until the newsroom says that it has them.

Files of numbered records, each of reads of one hour, with its length and checksum. What is torn at a file's end was not answered. One
process writes. A record is told to nobody before it is written whole here and in the node's own log.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import struct
import time
import zlib
from typing import TYPE_CHECKING

import msgspec

from kawaraban.audience.segments import hour_of
from kawaraban.audience.shapes import Attended, Counted, Dropped, Handed
from kawaraban.audience.visitors import DAY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEAD = struct.Struct("<II")
# A file is ended after so much, so that what the newsroom has can be thrown away, and what is old be rewritten, file by file.
FILE_BYTES, FILE_SECONDS = 4 * 1024 * 1024, 1800.0
MOST_READS = 5_000
NAME_BYTES = 8

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Handed)


class Outbox:
    """What a node has to hand on. ``node`` is its name, made once: numbers are that name's."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self.node = self._name()
        self.last = 0  # the number up to which records may be told
        self._file: int | None = None
        self._end = 0
        self._began_at = 0.0
        self._cursor = (0, 0, 0)  # first number of a file, offset in it, number of the record before that offset
        for first in self._firsts():
            self.last = max(self.last, first - 1, *(handed.number for handed in self._records(first)), 0)

    # ------------------------------------------------------------------ writing

    @contextlib.contextmanager
    def written(self, reads: Sequence[Counted], drops: Sequence[Dropped], attended: Sequence[Attended] = ()) -> Iterator[None]:
        """Put reads on disk, and have them told if the block does not raise; else they have never been here. OSError as always."""
        records = list(self._cut(reads, drops, attended))
        if not records:
            yield
            return
        file, begin = self._open()
        try:
            content = memoryview(b"".join(map(_frame, records)))
            while content:
                count = os.pwrite(file, content, self._end)
                content, self._end = content[count:], self._end + count
            os.fdatasync(file)
            yield
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(file, begin)
            self._shut()
            raise
        self.last = records[-1].number

    def forget(self, now: float) -> None:
        """Throw away who read, in what is older than yesterday: the newsroom was away for so long that nobody may be known any more."""
        before = (int(now // DAY_SECONDS) - 1) * DAY_SECONDS
        for first in self._firsts():
            path = self._path(first)
            if path.stat().st_mtime >= before + 2 * FILE_SECONDS:
                continue
            records = list(self._records(first))
            if not any(read.visitor and read.at < before for handed in records for read in handed.reads):
                continue
            self._shut()
            temporary = path.with_suffix(".new")
            with temporary.open("wb") as file:
                for handed in records:
                    reads = tuple(_forgotten(read, before) for read in handed.reads)
                    attended = tuple(_forgotten_key(one, before) for one in handed.attended)
                    file.write(_frame(Handed(handed.number, reads, handed.drops, attended)))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)

    def let_go(self, number: int) -> None:
        """Throw away what is handed on up to a number, as far as it fills files."""
        firsts = self._firsts()
        for first, following in itertools.pairwise(firsts):
            if following - 1 <= number:
                self._path(first).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        self._shut()

    # ------------------------------------------------------------------ telling

    def after(self, number: int, most_bytes: int) -> list[Handed]:
        """Return what comes after a number, in order, up to so many bytes, but one record at least if there is one."""
        found: list[Handed] = []
        size = 0
        if number >= self.last:
            return found
        firsts = [first for first in self._firsts() if first <= self.last]
        for first, following in zip(firsts, [*firsts[1:], self.last + 1], strict=True):
            if following <= number + 1:
                continue
            start = self._cursor[1] if self._cursor[0] == first and self._cursor[2] <= number else 0
            for handed, end in self._framed(first, start):
                # Beyond that lies what could not be written, and could not be cut off either.
                if handed.number >= following:
                    break
                size += end - start
                start = end
                if handed.number > number:
                    if found and size > most_bytes:
                        return found
                    found.append(handed)
                    self._cursor = (first, end, handed.number)
        return found

    def latest(self) -> list[Handed]:
        """Return the records of the last file or two: those that may be younger than half an hour."""
        return [handed for first in self._firsts()[-2:] for handed in self._records(first)]

    # ------------------------------------------------------------------ within

    def _cut(self, reads: Sequence[Counted], drops: Sequence[Dropped], attended: Sequence[Attended]) -> Iterator[Handed]:
        hours: dict[int, tuple[list[Counted], list[Dropped], list[Attended]]] = {}
        for read in reads:
            hours.setdefault(hour_of(read.at), ([], [], []))[0].append(read)
        for drop in drops:
            hours.setdefault(hour_of(drop.at), ([], [], []))[1].append(drop)
        for told in attended:
            hours.setdefault(hour_of(told.at), ([], [], []))[2].append(told)
        number = self.last
        for of_hour, dropped, leavings in hours.values():
            for at in range(0, max(1, len(of_hour), len(leavings)), MOST_READS):
                number += 1
                most = at + MOST_READS
                yield Handed(number, tuple(of_hour[at:most]), () if at else tuple(dropped), tuple(leavings[at:most]))

    def _open(self) -> tuple[int, int]:
        """Return the file that is being written and where it ends; begin another when it is full or old."""
        if self._file is not None and (self._end > FILE_BYTES or time.monotonic() - self._began_at > FILE_SECONDS):
            self._shut()
        if self._file is None:
            path = self._path(self.last + 1)
            # A file of this name holds nothing but what was torn: had it a whole record, that would be the last one.
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._end, self._began_at = 0, time.monotonic()
            number = os.open(self._directory, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
        return self._file, self._end

    def _shut(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._cursor = (0, 0, 0)

    def _records(self, first: int) -> Iterator[Handed]:
        for handed, _ in self._framed(first, 0):
            yield handed

    def _framed(self, first: int, offset: int) -> Iterator[tuple[Handed, int]]:
        """Yield a file's whole records from an offset on, and where each ends."""
        try:
            with self._path(first).open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return
        at = 0
        while at + _HEAD.size <= len(data):
            size, crc = _HEAD.unpack_from(data, at)
            payload = data[at + _HEAD.size : at + _HEAD.size + size]
            if len(payload) != size or zlib.crc32(payload) != crc:
                return
            at += _HEAD.size + size
            yield _decoder.decode(payload), offset + at

    @property
    def first(self) -> int:
        """The lowest number that is still here; the next one, if there is none."""
        return min(self._firsts(), default=self.last + 1)

    def _firsts(self) -> list[int]:
        return sorted(int(path.stem) for path in self._directory.glob("*.out") if path.stem.isdigit())

    def _path(self, first: int) -> Path:
        return self._directory / f"{first:020d}.out"

    def _name(self) -> str:
        path = self._directory / "node"
        if not path.exists():
            temporary = path.with_suffix(".new")
            temporary.write_text(secrets.token_hex(NAME_BYTES), encoding="ascii")
            temporary.replace(path)
        return path.read_text(encoding="ascii").strip()


def _frame(handed: Handed) -> bytes:
    payload = _encoder.encode(handed)
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def _forgotten(read: Counted, before: float) -> Counted:
    return Counted(read.at, read.story, 0, read.source, read.device) if read.at < before else read


def _forgotten_key(one: Attended, before: float) -> Attended:
    return Attended(one.at, one.story, 0, one.seconds, one.depth_before, one.depth, one.first) if one.at < before else one
