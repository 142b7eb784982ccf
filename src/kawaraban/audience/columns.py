"""Rows as compressed columns: what an hour's reads lie in when the hour is over."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray


_DRAWERS = 2**23
_HASH_BYTES = 8
_ZLIB = b"\x78\x01"  # how a stream begins that was made quickly


def places_among(keys: NDArray[np.uint64], wanted: Collection[int] | NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the places of those keys that are among a few wanted ones: of millions, none is sorted that need not be."""
    few = wanted if isinstance(wanted, np.ndarray) else np.fromiter(wanted, np.uint64, len(wanted))
    drawers = np.zeros(_DRAWERS, np.bool_)
    drawers[few & np.uint64(_DRAWERS - 1)] = True
    near = np.flatnonzero(drawers[keys & np.uint64(_DRAWERS - 1)])
    return near[np.isin(keys[near], few)]


def distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return the different ones of whole numbers, in order. NumPy's own way to them loads what six megabytes are needed for, and not here."""
    return counted(numbers)[0]


def counted(numbers: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the different ones of whole numbers, in order, and how often each is there."""
    ordered = np.sort(numbers)
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return ordered[begins], np.diff(begins, append=len(ordered))


def in_order_of(rows: NDArray[np.void], column: str) -> NDArray[np.void]:
    """Return a copy of rows in order of a column; most are in order already."""
    keys = rows[column]
    if len(keys) < 2 or bool((keys[1:] >= keys[:-1]).all()):  # noqa: PLR2004
        return rows.copy()
    return rows[np.argsort(keys, kind="stable")]


def squeezed(rows: NDArray[np.void]) -> bytes:
    """Compress rows column by column, each in the narrowest whole number that holds it."""
    columns, hashes, names = [], b"", rows.dtype.names or ()
    for name in names:
        column = rows[name]
        width = next(width for width in (1, 2, 4, 8) if not len(column) or int(column.max()) < 256**width)
        columns.append(bytes([width]) + column.astype(f"<u{width}").tobytes())
        if width == _HASH_BYTES and name == names[-1]:
            hashes = columns.pop()
    return _joined(b"".join(columns), hashes)


def _joined(words: bytes, noise: bytes) -> bytes:
    """Return one zlib stream of what can be compressed and of what cannot, as hashes: to look for patterns in these takes time for nothing."""
    squeeze, keep = zlib.compressobj(1, wbits=-zlib.MAX_WBITS), zlib.compressobj(0, wbits=-zlib.MAX_WBITS)
    parts = [squeeze.compress(words), squeeze.flush(zlib.Z_FULL_FLUSH), keep.compress(noise), keep.flush()]
    return _ZLIB + b"".join(parts) + zlib.adler32(noise, zlib.adler32(words)).to_bytes(4, "big")


def spread(payload: bytes, row: np.dtype[np.void], count: int) -> NDArray[np.void]:
    """Undo ``squeezed``."""
    data, at = zlib.decompress(payload), 0
    rows = np.zeros(count, row)
    for name in row.names or ():
        width = data[at]
        rows[name] = np.frombuffer(data, f"<u{width}", count, at + 1)
        at += 1 + width * count
    return rows
