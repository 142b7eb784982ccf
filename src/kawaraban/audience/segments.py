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

from kawaraban.audience.columns import spread
from kawaraban.audience.shapes import DEVICES, REASONS, SOURCES, Attended, Counted, Dropped, Handed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

HOUR = 3600
MARK = b"KWREADS"
# The letter behind the mark: as written; packed into few large blocks; packed, and the visitors' hashes thrown away; summed up by story.
OPEN, PACKED, FORGOTTEN, SUMMED = b"1", b"2", b"3", b"4"
START_BYTES = len(MARK) + 1
LARGEST_BLOCK = 65_535
HALF_AN_HOUR_MS = 1_800_000

_HEAD = struct.Struct("<BxHII")
_UNSUMMED = struct.Struct("<BxHI")
_LENGTH = struct.Struct("<H")
_READ = struct.Struct("<IIBQ")
_ATTENDED = struct.Struct("<IIHBQ")
_DROP = struct.Struct("<IBI")
# Before the rows of what a node handed on: the length of the node's name, the number, how many of the rows are reads.
_HANDED = struct.Struct("<BQH")
# Since pages tell how long they were read, that as well: how many of the rows.
_HANDED_ALL = struct.Struct("<BQHH")
# Story's number, milliseconds since the hour began, source and device in one byte, visitor. 17 bytes; 9 without the visitor.
READ_ROW = np.dtype([("story", "<u4"), ("ms", "<u4"), ("marks", "u1"), ("visitor", "<u8")])
FORGOTTEN_ROW = np.dtype([("story", "<u4"), ("ms", "<u4"), ("marks", "u1")])
DROP_ROW = np.dtype([("ms", "<u4"), ("reason", "u1"), ("count", "<u4")])
# What was added to a read's attention: seconds; the quarters of the story from and to which it was read, and whether it is the first
# that this read told, in one byte; and a hash of visitor and page view, by which what was told before is known after a restart.
ATTENDED_ROW = np.dtype([("story", "<u4"), ("ms", "<u4"), ("seconds", "<u2"), ("depth", "u1"), ("key", "<u8")])
# An hour's sums: of a story from one source on one device; and of a story's attention.
SUM_ROW = np.dtype([("story", "<u4"), ("marks", "u1"), ("count", "<u4")])
FIRST = 1 << 6

_SOURCE_PLACES = {name: place for place, name in enumerate(SOURCES)}
_DEVICE_PLACES = {name: place for place, name in enumerate(DEVICES)}
# In one byte.
_MARKS = {(source, device): at | place << 4 for source, at in _SOURCE_PLACES.items() for device, place in _DEVICE_PLACES.items()}
_REASON_PLACES = {name: place for place, name in enumerate(REASONS)}


class BlockKind(IntEnum):
    """What a block holds. The numbers stand in files: new ones are added, none is ever used for something else."""

    NAMES = 1
    READS = 2
    FORGOTTEN_READS = 3
    DROPS = 4
    HANDED = 5
    ATTENDED = 6
    HANDED_ALL = 7
    SQUEEZED_READS = 8  # columns, compressed
    SQUEEZED_ATTENDED = 9
    SUMS = 10


@dataclass(frozen=True, slots=True)
class Block:
    """A whole block, and where it ends in the file."""

    kind: int
    count: int
    payload: bytes
    end: int


@dataclass(frozen=True)
class Segment:
    """All that stands in an hour's file. ``reads`` has the columns of READ_ROW, ``drops`` of DROP_ROW, ``attended`` of ATTENDED_ROW."""

    hour: int  # seconds since 1970 at which it begins
    state: bytes
    names: list[str]
    reads: NDArray[np.void]
    drops: NDArray[np.void]
    places: dict[str, int] = field(default_factory=dict)  # by node: the highest number of what it handed on
    attended: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, ATTENDED_ROW))

    def times(self) -> NDArray[np.float64]:
        """When each read was."""
        return self.hour + self.reads["ms"] / 1000.0

    def counted(self) -> Iterator[Counted]:
        """Yield the reads one by one."""
        for story, ms, marks, visitor in self.reads.tolist():
            yield Counted(self.hour + ms / 1000.0, self.names[story], visitor, SOURCES[marks & 15], DEVICES[marks >> 4])

    def attention(self) -> Iterator[Attended]:
        """Yield what was added to reads' attention, one by one."""
        for story, ms, seconds, depth, key in self.attended.tolist():
            yield Attended(self.hour + ms / 1000.0, self.names[story], key, seconds, depth & 7, depth >> 3 & 7, bool(depth & FIRST))

    def dropped(self) -> Iterator[Dropped]:
        """Yield what was dropped, as it was written."""
        for ms, reason, count in self.drops.tolist():
            yield Dropped(self.hour + ms / 1000.0, REASONS[reason], count)


def hour_of(at: float) -> int:
    """Return the second at which an hour begins."""
    return int(at // HOUR) * HOUR


def hours_of(*those: list[float]) -> set[int]:
    """Return the hours of some moments: of each list one, if its first and its last are of one, as nearly always."""
    hours = set()
    for times in those:
        if times:
            first, last = hour_of(min(times)), hour_of(max(times))
            hours |= {first} if first == last else set(map(hour_of, times))
    return hours


def read_segment(path: Path, hour: int) -> Segment:
    """Read an hour's file as far as it is whole; OSError if it cannot be read."""
    return segment_in(path.read_bytes(), hour)


def segment_in(data: bytes, hour: int) -> Segment:
    """Read an hour from what its file holds, as far as that is whole."""
    found = _Found()
    for one in whole_blocks(data):
        found.take(one)
    return Segment(
        hour,
        data[len(MARK) : START_BYTES],
        found.names,
        np.concatenate([np.zeros(0, READ_ROW), *found.reads]),
        np.concatenate([np.zeros(0, DROP_ROW), *found.drops]),
        found.places,
        np.concatenate([np.zeros(0, ATTENDED_ROW), *found.attended]),
    )


class _Found:
    """What the blocks of a file came to."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.reads: list[NDArray[np.void]] = []
        self.drops: list[NDArray[np.void]] = []
        self.attended: list[NDArray[np.void]] = []
        self.places: dict[str, int] = {}

    def take(self, one: Block) -> None:
        kind, count, payload = one.kind, one.count, one.payload
        if kind == BlockKind.NAMES:
            self.names.extend(names_in(payload))
        elif kind == BlockKind.DROPS:
            self.drops.append(np.frombuffer(payload, DROP_ROW, count))
        elif kind in {BlockKind.HANDED, BlockKind.HANDED_ALL}:
            node, number, reads, drops, attended = _handed_in(kind, payload, count)
            self.places[node] = max(number, self.places.get(node, 0))
            self.reads.append(reads)
            self.drops.append(drops)
            self.attended.append(attended)
        elif kind == BlockKind.ATTENDED:
            self.attended.append(np.frombuffer(payload, ATTENDED_ROW, count))
        elif kind == BlockKind.SQUEEZED_ATTENDED:
            self.attended.append(spread(payload, ATTENDED_ROW, count))
        else:
            self.reads.append(_reads_in(kind, payload, count))


def _reads_in(kind: int, payload: bytes, count: int) -> NDArray[np.void]:
    if kind == BlockKind.READS:
        return np.frombuffer(payload, READ_ROW, count)
    if kind == BlockKind.SQUEEZED_READS:
        return spread(payload, READ_ROW, count)
    if kind == BlockKind.SUMS:
        return _one_by_one(spread(payload, SUM_ROW, count))
    rows = np.zeros(count if kind == BlockKind.FORGOTTEN_READS else 0, READ_ROW)
    if len(rows):
        rows[["story", "ms", "marks"]] = np.frombuffer(payload, FORGOTTEN_ROW, count)
    return rows


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


def names_in(payload: bytes) -> list[str]:
    """Return the stories that a block of names tells of. An hour of a large site names fifty thousand: nothing is called that need not be."""
    names, offset, size = [], 0, len(payload)
    while offset < size:
        begin = offset + _LENGTH.size
        offset = begin + (payload[begin - 2] | payload[begin - 1] << 8)
        names.append(payload[begin:offset].decode("utf-8", "surrogatepass"))
    return names


def names_of(block: Block) -> list[str]:
    """Return the stories that a block names: none, unless it is a block of names."""
    return names_in(block.payload) if block.kind == BlockKind.NAMES else []


def name_blocks(names: Sequence[str]) -> bytes:
    """Write names; their numbers follow on those that were written before."""
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    return b"".join(
        block(BlockKind.NAMES, len(part), b"".join(_LENGTH.pack(len(name)) + name for name in part)) for part in _parts(encoded)
    )


def read_blocks(hour: int, reads: Sequence[Counted], numbers: dict[str, int]) -> bytes:
    """Write reads of an hour whose stories have numbers."""
    return b"".join(block(BlockKind.READS, len(part), b"".join(part)) for part in _parts(_read_rows(hour, reads, numbers)))


def drop_blocks(hour: int, drops: Sequence[Dropped]) -> bytes:
    """Write what was dropped in an hour."""
    return b"".join(block(BlockKind.DROPS, len(part), b"".join(part)) for part in _parts(_drop_rows(hour, drops)))


def attended_blocks(hour: int, attended: Sequence[Attended], numbers: dict[str, int]) -> bytes:
    """Write what was added to reads' attention in an hour."""
    return b"".join(block(BlockKind.ATTENDED, len(part), b"".join(part)) for part in _parts(_attended_rows(hour, attended, numbers)))


def handed_block(hour: int, node: str, handed: Handed, numbers: dict[str, int]) -> bytes:
    """Write what a node handed on as one block, with its number: they are on disk together, or neither is."""
    name, reads, drops = node.encode(), _read_rows(hour, handed.reads, numbers), _drop_rows(hour, handed.drops)
    attended = _attended_rows(hour, handed.attended, numbers)
    head = _HANDED_ALL.pack(len(name), handed.number, len(reads), len(attended))
    return block(BlockKind.HANDED_ALL, len(reads) + len(attended) + len(drops), b"".join([head, name, *reads, *attended, *drops]))


def _read_rows(hour: int, reads: Sequence[Counted], numbers: dict[str, int]) -> list[bytes]:
    # Once for every read: the moment as ``_ms`` gives it.
    pack, last, marks = _READ.pack, HOUR * 1000 - 1, _MARKS
    return [
        pack(
            numbers[read.story],
            ms if 0 <= (ms := round((read.at - hour) * 1000)) <= last else _ms(read.at, hour),
            marks[read.source, read.device],
            read.visitor,
        )
        for read in reads
    ]


def _drop_rows(hour: int, drops: Sequence[Dropped]) -> list[bytes]:
    return [_DROP.pack(_ms(drop.at, hour), _REASON_PLACES[drop.reason], drop.count) for drop in drops]


def _attended_rows(hour: int, attended: Sequence[Attended], numbers: dict[str, int]) -> list[bytes]:
    return [
        _ATTENDED.pack(
            numbers[one.story], _ms(one.at, hour), one.seconds, one.depth_before | one.depth << 3 | (FIRST if one.first else 0), one.key
        )
        for one in attended
    ]


def _handed_in(kind: int, payload: bytes, count: int) -> tuple[str, int, NDArray[np.void], NDArray[np.void], NDArray[np.void]]:
    if kind == BlockKind.HANDED_ALL:
        length, number, read_count, attended_count = _HANDED_ALL.unpack_from(payload)
        at = _HANDED_ALL.size + length
    else:
        length, number, read_count = _HANDED.unpack_from(payload)
        attended_count, at = 0, _HANDED.size + length
    node = payload[at - length : at].decode()
    reads = np.frombuffer(payload, READ_ROW, read_count, at)
    at += read_count * READ_ROW.itemsize
    attended = np.frombuffer(payload, ATTENDED_ROW, attended_count, at)
    at += attended_count * ATTENDED_ROW.itemsize
    drops = np.frombuffer(payload, DROP_ROW, count - read_count - attended_count, at)
    return node, number, reads, drops, attended


def _one_by_one(sums: NDArray[np.void]) -> NDArray[np.void]:
    """Return an hour's sums as reads in the middle of the hour: whoever counts by the hour or the day counts right."""
    rows = np.zeros(int(sums["count"].sum()), READ_ROW)
    rows["story"], rows["marks"] = np.repeat(sums["story"], sums["count"]), np.repeat(sums["marks"], sums["count"])
    rows["ms"] = HALF_AN_HOUR_MS
    return rows


def _ms(at: float, hour: int) -> int:
    # Times come in whole milliseconds: rounding only undoes what binary fractions did to them.
    return min(max(round((at - hour) * 1000), 0), HOUR * 1000 - 1)


def _parts(rows: list[bytes]) -> Iterator[list[bytes]]:
    for at in range(0, len(rows), LARGEST_BLOCK):
        yield rows[at : at + LARGEST_BLOCK]


def block(kind: int, count: int, payload: bytes) -> bytes:
    """Write a block: its head, with the checksum of all of it, and its records."""
    return _HEAD.pack(kind, count, len(payload), _sum(kind, count, payload)) + payload


def _sum(kind: int, count: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(_UNSUMMED.pack(kind, count, len(payload))))
