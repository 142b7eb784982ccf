"""Rows as compressed columns: what an hour's reads lie in when the hour is over."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def squeezed(rows: NDArray[np.void]) -> bytes:
    """Compress rows column by column, each in the narrowest whole number that holds it."""
    columns = []
    for name in rows.dtype.names or ():
        column = rows[name]
        width = next(width for width in (1, 2, 4, 8) if not len(column) or int(column.max()) < 256**width)
        columns.append(bytes([width]) + column.astype(f"<u{width}").tobytes())
    return zlib.compress(b"".join(columns), 1)


def spread(payload: bytes, row: np.dtype[np.void], count: int) -> NDArray[np.void]:
    """Undo ``squeezed``."""
    data, at = zlib.decompress(payload), 0
    rows = np.zeros(count, row)
    for name in row.names or ():
        width = data[at]
        rows[name] = np.frombuffer(data, f"<u{width}", count, at + 1)
        at += 1 + width * count
    return rows
