"""A segment of the read log: the reads of one hour, as bytes.

A file begins with a mark and a letter that says what has been done to it, then come blocks. A block is a head (kind, number of
records, bytes, CRC-32 of all of it) and its records. The first block that is torn or false ends what is read: what was being
written when a process was killed was not acknowledged. A segment stands by itself: it names its stories before it counts them by
number.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from kawaraban.audience.shapes import DEVICES, REASONS, SOURCES, Counted, Dropped, Handed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

HOUR = 3600
MARK = b"KWREADS"
# The letter behind the mark: as written; packed into few large blocks; packed, and the visitors' hashes thrown away.
OPEN, PACKED, FORGOTTEN = b"1", b"2", b"3"
START_BYTES = len(MARK) + 1
LARGEST_BLOCK = 65_535

_HEAD = struct.Struct("<BxHII")
_UNSUMMED = struct.Struct("<BxHI")
_LENGTH = struct.Struct("<H")
_READ = struct.Struct("<IIBQ")
_DROP = struct.Struct("<IBI")
# Before the rows of what a node handed on: the length of the node's name, the number, how many of the rows are reads.
_HANDED = struct.Struct("<BQH")
# Story's number, milliseconds since the hour began, source and device in one byte, visitor. 17 bytes; 9 without the visitor.
READ_ROW = np.dtype([("story", "<u4"), ("ms", "<u4"), ("marks", "u1"), ("visitor", "<u8")])
FORGOTTEN_ROW = np.dtype([("story", "<u4"), ("ms", "<u4"), ("marks", "u1")])
DROP_ROW = np.dtype([("ms", "<u4"), ("reason", "u1"), ("count", "<u4")])

_SOURCE_PLACES = {name: place for place, name in enumerate(SOURCES)}
_DEVICE_PLACES = {name: place for place, name in enumerate(DEVICES)}
_REASON_PLACES = {name: place for place, name in enumerate(REASONS)}


class _Kind(IntEnum):
    NAMES = 1
    READS = 2
    FORGOTTEN_READS = 3
    DROPS = 4
    HANDED = 5


@dataclass(frozen=True, slots=True)
class Block:
    """A whole block, and where it ends in the file."""

    kind: int
    count: int
    payload: bytes
    end: int


@dataclass(frozen=True)
class Segment:
    """All that stands in an hour's file. ``reads`` has the columns of READ_ROW, ``drops`` those of DROP_ROW."""

    hour: int  # seconds since 1970 at which it begins
    state: bytes
    names: list[str]
    reads: NDArray[np.void]
    drops: NDArray[np.void]
    places: dict[str, int] = field(default_factory=dict)  # by node: the highest number of what it handed on

    def times(self) -> NDArray[np.float64]:
        """When each read was."""
        return self.hour + self.reads["ms"] / 1000.0

    def counted(self) -> Iterator[Counted]:
        """Yield the reads one by one."""
        for story, ms, marks, visitor in self.reads.tolist():
            yield Counted(self.hour + ms / 1000.0, self.names[story], visitor, SOURCES[marks & 15], DEVICES[marks >> 4])

    def dropped(self) -> Iterator[Dropped]:
        """Yield what was dropped, as it was written."""
        for ms, reason, count in self.drops.tolist():
            yield Dropped(self.hour + ms / 1000.0, REASONS[reason], count)


def hour_of(at: float) -> int:
    """Return the second at which an hour begins."""
    return int(at // HOUR) * HOUR


def read_segment(path: Path, hour: int) -> Segment:
    """Read an hour's file as far as it is whole; OSError if it cannot be read."""
    data = path.read_bytes()
    names: list[str] = []
    reads: list[NDArray[np.void]] = []
    drops: list[NDArray[np.void]] = []
    places: dict[str, int] = {}
    for block in whole_blocks(data):
        kind, count, payload = block.kind, block.count, block.payload
        if kind == _Kind.NAMES:
            names.extend(names_in(payload))
        elif kind == _Kind.READS:
            reads.append(np.frombuffer(payload, READ_ROW, count))
        elif kind == _Kind.FORGOTTEN_READS:
            rows = np.zeros(count, READ_ROW)
            rows[["story", "ms", "marks"]] = np.frombuffer(payload, FORGOTTEN_ROW, count)
            reads.append(rows)
        elif kind == _Kind.DROPS:
            drops.append(np.frombuffer(payload, DROP_ROW, count))
        elif kind == _Kind.HANDED:
            node, number, own_reads, own_drops = _handed_in(payload, count)
            places[node] = max(number, places.get(node, 0))
            reads.append(own_reads)
            drops.append(own_drops)
    return Segment(
        hour,
        data[len(MARK) : START_BYTES],
        names,
        np.concatenate(reads) if reads else np.zeros(0, READ_ROW),
        np.concatenate(drops) if drops else np.zeros(0, DROP_ROW),
        places,
    )


def whole_blocks(data: bytes) -> Iterator[Block]:
    """Yield a file's blocks up to the first that is torn or false."""
    if data[: len(MARK)] != MARK:
        return
    offset = START_BYTES
    while offset + _HEAD.size <= len(data):
        kind, count, size, crc = _HEAD.unpack_from(data, offset)
        end = offset + _HEAD.size + size
        payload = data[offset + _HEAD.size : end]
        if len(payload) != size or _sum(kind, count, payload) != crc:
            return
        yield Block(kind, count, payload, end)
        offset = end


def names_in(payload: bytes) -> Iterator[str]:
    """Yield the stories that a block of names tells of."""
    offset = 0
    while offset < len(payload):
        (length,) = _LENGTH.unpack_from(payload, offset)
        offset += _LENGTH.size
        yield payload[offset : offset + length].decode("utf-8", "surrogatepass")
        offset += length


def names_of(block: Block) -> list[str]:
    """Return the stories that a block names: none, unless it is a block of names."""
    return list(names_in(block.payload)) if block.kind == _Kind.NAMES else []


def name_blocks(names: Sequence[str]) -> bytes:
    """Write names; their numbers follow on those that were written before."""
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    return b"".join(_block(_Kind.NAMES, len(part), b"".join(_LENGTH.pack(len(name)) + name for name in part)) for part in _parts(encoded))


def read_blocks(hour: int, reads: Sequence[Counted], numbers: dict[str, int]) -> bytes:
    """Write reads of an hour whose stories have numbers."""
    return b"".join(_block(_Kind.READS, len(part), b"".join(part)) for part in _parts(_read_rows(hour, reads, numbers)))


def drop_blocks(hour: int, drops: Sequence[Dropped]) -> bytes:
    """Write what was dropped in an hour."""
    return b"".join(_block(_Kind.DROPS, len(part), b"".join(part)) for part in _parts(_drop_rows(hour, drops)))


def handed_block(hour: int, node: str, handed: Handed, numbers: dict[str, int]) -> bytes:
    """Write what a node handed on as one block, with its number: they are on disk together, or neither is."""
    name, reads, drops = node.encode(), _read_rows(hour, handed.reads, numbers), _drop_rows(hour, handed.drops)
    return _block(
        _Kind.HANDED, len(reads) + len(drops), b"".join([_HANDED.pack(len(name), handed.number, len(reads)), name, *reads, *drops])
    )


def packed(segment: Segment, *, keep_visitors: bool) -> bytes:
    """Write a whole segment anew: in order of time, in few large blocks, drops by the minute, with or without the visitors."""
    reads = segment.reads[np.argsort(segment.reads["ms"], kind="stable")]
    kind, rows = _Kind.READS, reads
    if not keep_visitors:
        kind, rows = _Kind.FORGOTTEN_READS, np.zeros(len(reads), FORGOTTEN_ROW)
        rows[["story", "ms", "marks"]] = reads[["story", "ms", "marks"]]
    blocks = [MARK, PACKED if keep_visitors else FORGOTTEN, name_blocks(segment.names)]
    blocks.extend(
        _block(kind, len(part), part.tobytes()) for part in (rows[at : at + LARGEST_BLOCK] for at in range(0, len(rows), LARGEST_BLOCK))
    )
    minutes: dict[tuple[int, int], int] = {}
    for ms, reason, count in segment.drops.tolist():
        key = (ms // 60_000, reason)
        minutes[key] = minutes.get(key, 0) + count
    drops = [Dropped(segment.hour + minute * 60.0, REASONS[reason], count) for (minute, reason), count in sorted(minutes.items())]
    return b"".join([*blocks, drop_blocks(segment.hour, drops)])


def _read_rows(hour: int, reads: Sequence[Counted], numbers: dict[str, int]) -> list[bytes]:
    return [
        _READ.pack(
            numbers[read.story],
            _ms(read.at, hour),
            _SOURCE_PLACES[read.source] | _DEVICE_PLACES[read.device] << 4,
            read.visitor,
        )
        for read in reads
    ]


def _drop_rows(hour: int, drops: Sequence[Dropped]) -> list[bytes]:
    return [_DROP.pack(_ms(drop.at, hour), _REASON_PLACES[drop.reason], drop.count) for drop in drops]


def _handed_in(payload: bytes, count: int) -> tuple[str, int, NDArray[np.void], NDArray[np.void]]:
    length, number, read_count = _HANDED.unpack_from(payload)
    at = _HANDED.size + length
    reads = np.frombuffer(payload, READ_ROW, read_count, at)
    drops = np.frombuffer(payload, DROP_ROW, count - read_count, at + read_count * READ_ROW.itemsize)
    return payload[_HANDED.size : at].decode(), number, reads, drops


def _ms(at: float, hour: int) -> int:
    # Times come in whole milliseconds: rounding only undoes what binary fractions did to them.
    return min(max(round((at - hour) * 1000), 0), HOUR * 1000 - 1)


def _parts(rows: list[bytes]) -> Iterator[list[bytes]]:
    for at in range(0, len(rows), LARGEST_BLOCK):
        yield rows[at : at + LARGEST_BLOCK]


def _block(kind: int, count: int, payload: bytes) -> bytes:
    return _HEAD.pack(kind, count, len(payload), _sum(kind, count, payload)) + payload


def _sum(kind: int, count: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(_UNSUMMED.pack(kind, count, len(payload))))
