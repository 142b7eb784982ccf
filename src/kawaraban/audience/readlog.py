"""The log of reads: a file a day, appended to, synced before anything is acknowledged.

A record is its length, its CRC-32 and its msgpack. A process killed in the middle of a write leaves a torn tail, which is cut
off when the log is opened again: nothing in it was acknowledged.
"""

from __future__ import annotations

import os
import struct
import zlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec

from kawaraban.audience.shapes import Counted, Dropped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_HEAD = struct.Struct("<HI")


class _Record(msgspec.Struct, frozen=True, array_like=True):
    read: Counted | None
    drop: Dropped | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Record)


class ReadLog:
    """The reads of a site in its directory. One process writes; any may read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: int | None = None
        self._day: date | None = None

    def append(self, reads: Sequence[Counted], drops: Sequence[Dropped], now: float) -> None:
        """Put records on disk; OSError if they are not there for certain, and then none of them is."""
        if not reads and not drops:
            return
        file = self._open(now)
        frames = [_frame(_Record(read, None)) for read in reads] + [_frame(_Record(None, drop)) for drop in drops]
        block = b"".join(frames)
        end = os.fstat(file).st_size
        try:
            written = os.write(file, block)
            if written != len(block):
                raise OSError(28, "the disk took only a part of the reads")
            os.fdatasync(file)
        except OSError:
            # What was written of the block must not be found later: it was not acknowledged.
            os.ftruncate(file, end)
            raise

    def records(self, since: float = 0.0) -> Iterator[Counted | Dropped]:
        """Yield what was written at or after a moment, oldest first."""
        first = datetime.fromtimestamp(max(since, 0.0), UTC).date()
        for path in sorted(self._directory.glob("????-??-??.reads")):
            if date.fromisoformat(path.stem) < first:
                continue
            for record in _whole_records(path.read_bytes()):
                value = record.read or record.drop
                if value is not None and value.at >= since:
                    yield value

    def reads(self, since: float = 0.0) -> Iterator[Counted]:
        """Yield the counted reads since a moment, oldest first."""
        return (record for record in self.records(since) if isinstance(record, Counted))

    def close(self) -> None:
        """Let go of today's file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, now: float) -> int:
        day = datetime.fromtimestamp(now, UTC).date()
        if self._file is None or day != self._day:
            self.close()
            self._directory.mkdir(parents=True, exist_ok=True)
            path = self._directory / f"{day.isoformat()}.reads"
            if path.exists():
                _cut_torn_tail(path)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._day = day
            # The file's own name must be on disk too.
            directory = os.open(self._directory, os.O_RDONLY)
            os.fsync(directory)
            os.close(directory)
        return self._file


def total(records: Iterable[Counted]) -> dict[str, int]:
    """Count reads by story: the exact recount that running totals are held to."""
    counts: dict[str, int] = {}
    for record in records:
        counts[record.story] = counts.get(record.story, 0) + 1
    return counts


def _frame(record: _Record) -> bytes:
    payload = _encoder.encode(record)
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def _whole_records(block: bytes) -> Iterator[_Record]:
    for _, record in _walk(block):
        yield record


def _walk(block: bytes) -> Iterator[tuple[int, _Record]]:
    """Yield each whole record with the offset at which it ends; stop at the first that is torn."""
    offset = 0
    while offset + _HEAD.size <= len(block):
        size, crc = _HEAD.unpack_from(block, offset)
        end = offset + _HEAD.size + size
        payload = block[offset + _HEAD.size : end]
        if len(payload) != size or zlib.crc32(payload) != crc:
            return
        try:
            record = _decoder.decode(payload)
        except msgspec.DecodeError:
            return
        yield end, record
        offset = end


def _cut_torn_tail(path: Path) -> None:
    block = path.read_bytes()
    whole = 0
    for end, _ in _walk(block):
        whole = end
    if whole < len(block):
        with path.open("r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())
