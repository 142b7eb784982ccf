"""Running totals: reads by story in buckets of a minute or an hour, and in windows over them.

A window's totals are an array by story number that grows by a read and shrinks when a bucket leaves. So a ranking costs one look at
an array however many reads there were, and memory follows what is read, not what was ever published.

A bucket leaves a window when all of it is older than the window: at 12:34:20 the last hour holds the reads since 11:34:00. Nothing
jumps at the full hour or at midnight, and no clock of any time zone is asked.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kawaraban.audience.columns import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Counts = tuple["NDArray[np.uint32]", "NDArray[np.uint32]"]  # numbers of stories in their order, and how often each was read


@dataclass
class _Window:
    length: int
    edge: int = 0  # the first bucket that is inside
    totals: NDArray[np.int32] = field(default_factory=lambda: np.zeros(256, np.int32))


class Totals:
    """Buckets of one length, and the totals of the windows that are made of them. Lengths in seconds.

    The last ``keep_plain`` buckets can be asked for; older ones are compressed, at a tenth of the memory, until they leave.
    """

    def __init__(self, grain: int, windows: Mapping[str, int], *, keep_plain: int = 2) -> None:
        self.grain = grain
        self._windows = {name: _Window(length) for name, length in windows.items()}
        self._longest = max(self._windows.values(), key=lambda window: window.length)
        self._keep_plain = keep_plain
        # A bucket that is over is two arrays; one that is long over, bytes. What has come since stands beside it until it is over too.
        self._buckets: dict[int, Counts | bytes] = {}
        self._open: dict[int, dict[int, int]] = {}
        self._plain: set[int] = set()  # which of them are two arrays
        self._sums: dict[int, int] = {}
        self._pending: dict[int, int] = {}
        self._newest_edge = 0  # of all windows
        self._current = 0  # the bucket of now

    def add(self, number: int, at: float, count: int = 1) -> None:
        """Count a read of the story with this number; one that is older than a window does not enter it."""
        bucket = int(at // self.grain)
        if bucket < self._longest.edge:
            return
        own = self._open.setdefault(bucket, {})
        own[number] = own.get(number, 0) + count
        self._sums[bucket] = self._sums.get(bucket, 0) + count
        if bucket >= self._newest_edge:
            # It is in every window: those learn of it together with others, before anybody asks.
            self._pending[number] = self._pending.get(number, 0) + count
            return
        for window in self._windows.values():
            if bucket >= window.edge:
                window.totals = room_for(window.totals, number)
                window.totals[number] += count

    def add_together(self, counts: Mapping[int, int], first: float, last: float) -> bool:
        """Count reads by story that came between two moments, if they are of one bucket that is in every window; say whether they are."""
        bucket = int(first // self.grain)
        if bucket < self._newest_edge or bucket != int(last // self.grain):
            return False
        pending, own = self._pending, self._open.setdefault(bucket, {})
        for number, count in counts.items():
            own[number] = own.get(number, 0) + count
            pending[number] = pending.get(number, 0) + count
        self._sums[bucket] = self._sums.get(bucket, 0) + sum(counts.values())
        return True

    def add_each(self, numbers: Sequence[int], times: Sequence[float]) -> None:
        """Count one read each, as they come: together, which costs less than one by one."""
        pending = self._pending
        last, own, count = -1, {}, 0
        for number, at in zip(numbers, times, strict=True):
            bucket = int(at // self.grain)
            if bucket != last:
                if bucket < self._newest_edge:
                    self.add(number, at)
                    continue
                if count:
                    self._sums[last] = self._sums.get(last, 0) + count
                last, own, count = bucket, self._open.setdefault(bucket, {}), 0
            own[number] = own.get(number, 0) + 1
            pending[number] = pending.get(number, 0) + 1
            count += 1
        if count:
            self._sums[last] = self._sums.get(last, 0) + count

    def add_many(self, numbers: NDArray[Any], times: NDArray[np.float64], counts: NDArray[Any] | None = None) -> None:
        """Count many reads, as after a restart; ``counts`` of them each, or one."""
        if not len(times):
            return
        buckets = (times // self.grain).astype(np.int64)
        first, last = max(int(buckets.min()), self._longest.edge), int(buckets.max())
        # An hour's file, of which there are hundreds, is one bucket of an hour, and mostly too old for those of a minute.
        for bucket in distinct(buckets).tolist() if first < last else [first]:
            if first <= bucket <= last:
                inside = buckets == bucket
                totals = np.bincount(numbers[inside], None if counts is None else counts[inside])
                self._add_counts(bucket, _counts_of(totals))

    def advance(self, now: float) -> bool:
        """Let the buckets leave that are older than a window; say whether that changed any total."""
        changed = False
        self._settle()
        forgotten = self._longest.edge
        for window in self._windows.values():
            edge = int((now - window.length) // self.grain)
            if edge <= window.edge:
                continue
            for bucket in self._between(window.edge, edge):
                numbers, counts = self._counts(bucket)
                window.totals[numbers] -= counts.astype(np.int32)
                changed = True
            window.edge = edge
            self._newest_edge = max(self._newest_edge, edge)
        for bucket in self._between(forgotten, self._longest.edge):
            for known in (self._buckets, self._open, self._sums):
                known.pop(bucket, None)
            self._plain.discard(bucket)
        current = self._current = int(now // self.grain)
        # The last one stays open: reads that were on their way at the turn of the minute still come.
        for bucket in [bucket for bucket in self._open if bucket < current - 1]:
            self._close(bucket, self._counts(bucket))
            del self._open[bucket]
        for bucket in [bucket for bucket in self._plain if bucket < current - self._keep_plain]:
            self._close(bucket, self._closed(bucket))
        return changed

    def window(self, name: str, size: int) -> NDArray[np.int32]:
        """Return a window's totals by story number, at least ``size`` long. Not to be written to."""
        self._settle()
        window = self._windows[name]
        window.totals = room_for(window.totals, size - 1)
        return window.totals

    def count(self, name: str, number: int) -> int:
        """Return a story's reads within a window."""
        self._settle()
        totals = self._windows[name].totals
        return int(totals[number]) if number < len(totals) else 0

    def total(self, name: str) -> int:
        """Return all reads within a window."""
        edge = self._windows[name].edge
        return sum(count for bucket, count in self._sums.items() if bucket >= edge)

    def series_of(self, numbers: NDArray[np.int64], now: float, length: int) -> NDArray[np.int64]:
        """Return stories' reads in each of the last ``length`` buckets, the one of now last: a row a story."""
        current = int(now // self.grain)
        return np.stack([self._of(current - ago, numbers) for ago in range(length - 1, -1, -1)], axis=1)

    def sums(self, now: float, length: int, *, ago: int = 0) -> tuple[int, ...]:
        """Return all reads in each of ``length`` buckets, the one of now last; or that of ``ago`` buckets before it."""
        last = int(now // self.grain) - ago
        return tuple(self._sums.get(last - back, 0) for back in range(length - 1, -1, -1))

    def _settle(self) -> None:
        if not self._pending:
            return
        numbers = np.fromiter(self._pending, np.int64, len(self._pending))
        counts = np.fromiter(self._pending.values(), np.int32, len(self._pending))
        self._pending = {}
        for window in self._windows.values():
            window.totals = room_for(window.totals, int(numbers.max()))
            window.totals[numbers] += counts

    def _add_counts(self, bucket: int, new: Counts) -> None:
        numbers, counts = new
        if not len(numbers):
            return
        self._sums[bucket] = self._sums.get(bucket, 0) + int(counts.sum())
        for window in self._windows.values():
            if bucket >= window.edge:
                window.totals = room_for(window.totals, int(numbers[-1]))
                window.totals[numbers] += counts.astype(np.int32)
        if bucket in self._buckets:
            new = _joined(self._closed(bucket), new)
        self._close(bucket, new)

    def _between(self, since: int, until: int) -> list[int]:
        """Return the buckets of a time. Mostly it is one; at the start, when nothing is known of what was before, all."""
        if until - since > len(self._sums):
            return [bucket for bucket in self._sums if since <= bucket < until]
        return [bucket for bucket in range(since, until) if bucket in self._sums]

    def _close(self, bucket: int, counts: Counts) -> None:
        packs = bucket < self._current - self._keep_plain
        self._buckets[bucket] = _compressed(counts) if packs else counts
        (self._plain.discard if packs else self._plain.add)(bucket)

    def _counts(self, bucket: int) -> Counts:
        fresh = self._open.get(bucket)
        if not fresh:
            return self._closed(bucket)
        numbers = np.fromiter(fresh, np.uint32, len(fresh))
        # As whole numbers with a sign: what is withdrawn may be more than what has come since.
        counts = np.fromiter(fresh.values(), np.int64, len(fresh))
        order = np.argsort(numbers)
        return _joined(self._closed(bucket), (numbers[order], counts[order]))

    def _closed(self, bucket: int) -> Counts:
        known = self._buckets.get(bucket, _NOTHING)
        return _uncompressed(known) if isinstance(known, bytes) else known

    def _of(self, bucket: int, those: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.zeros(len(those), np.int64)
        numbers, counts = self._closed(bucket)
        if len(numbers):
            places = np.searchsorted(numbers, those).clip(0, len(numbers) - 1)
            found += np.where(numbers[places] == those, counts[places], 0)
        if fresh := self._open.get(bucket):
            found += np.array([fresh.get(number, 0) for number in those.tolist()], np.int64)
        return found


_NOTHING: Counts = (np.zeros(0, np.uint32), np.zeros(0, np.uint32))


def room_for(array: NDArray[Any], number: int) -> NDArray[Any]:
    """Return an array in which this number has a place: the same, or a longer one with zeros behind."""
    if number < len(array):
        return array
    larger = np.zeros(max(number + 1, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger


def _counts_of(totals: NDArray[Any]) -> Counts:
    numbers = np.flatnonzero(totals).astype(np.uint32)
    return numbers, totals[numbers].astype(np.uint32)


def _joined(some: Counts, others: tuple[NDArray[np.uint32], NDArray[Any]]) -> Counts:
    if not len(others[0]):
        return some
    both = np.zeros(int(max(numbers[-1] for numbers, _ in (some, others) if len(numbers))) + 1, np.int64)
    both[some[0]] += some[1]
    both[others[0]] += others[1]
    # More may be withdrawn than was ever counted here: that is none.
    return _counts_of(np.maximum(both, 0))


_LENGTH = 4


def _compressed(counts: Counts) -> bytes:
    """Write counts small: what lies between two numbers, and a story's reads in an hour, mostly take a byte, and few of its values."""
    numbers, reads = counts
    return len(numbers).to_bytes(_LENGTH, "little") + _column(np.diff(numbers, prepend=np.uint32(0))) + _column(reads)


def _column(values: NDArray[Any]) -> bytes:
    """Write whole numbers byte by byte: the lowest of all of them first; the others are nothing, nearly all of them."""
    columns = values.astype("<u4").view(np.uint8).reshape(-1, 4)
    # In the lowest no row of bytes comes twice but by chance: to look for that takes time and finds the wrong ones.
    parts = [_squeezed(columns[:, 0].tobytes(), zlib.Z_HUFFMAN_ONLY), _squeezed(columns[:, 1:].T.tobytes(), zlib.Z_RLE)]
    return b"".join(len(part).to_bytes(_LENGTH, "little") + part for part in parts)


def _squeezed(data: bytes, strategy: int) -> bytes:
    squeeze = zlib.compressobj(1, strategy=strategy)
    return squeeze.compress(data) + squeeze.flush()


def _uncompressed(content: bytes) -> Counts:
    size, at, columns = int.from_bytes(content[:_LENGTH], "little"), _LENGTH, []
    for _ in range(2):
        parts = []
        for _ in range(2):
            at += _LENGTH
            end = at + int.from_bytes(content[at - _LENGTH : at], "little")
            parts.append(zlib.decompress(content[at:end]))
            at = end
        rows = np.frombuffer(b"".join(parts), np.uint8).reshape(4, size)
        columns.append(np.ascontiguousarray(rows.T).view("<u4").reshape(size).astype(np.uint32, copy=False))
    return np.cumsum(columns[0], dtype=np.uint32), columns[1]
