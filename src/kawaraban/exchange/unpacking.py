"""Reads files that may be packed (gzip), as far as they can be read."""

from __future__ import annotations

import zlib
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BROKEN = _("the packed file is broken from here on (%(why)s): what stands before came over; pack it again, and import it again")
PACKED = b"\x1f\x8b"  # how gzip begins
BLOCK = 1 << 20
_READ_BYTES = 1 << 16
# Of a block that is damaged, steps of so many bytes are tried: what stands before the damage comes out.
_STEP_BYTES = 16
_GZIP = 31  # for zlib: what it reads is a gzip file


class BrokenPackError(ValueError):
    """A packed file is broken; all that stands before has been read."""


def blocks_of(path: Path, *, is_packed: bool | None = None) -> Iterator[bytes]:
    """Yield a file's content in blocks of a megabyte, unpacked; it is packed where it begins so, unless told.

    Raises BrokenPackError behind the last byte that could be read; OSError if it cannot be read.
    """
    with path.open("rb") as file:
        if is_packed is None:
            is_packed = file.read(len(PACKED)) == PACKED
            file.seek(0)
        if is_packed:
            yield from _unpacked(file)
            return
        while block := file.read(BLOCK):
            yield block


def lines_of(path: Path, *, is_packed: bool | None = None) -> Iterator[bytes]:
    """Yield a file's lines, unpacked; of one that is broken no line that is not whole. Raises as ``blocks_of`` does."""
    held: list[bytes] = []
    for block in blocks_of(path, is_packed=is_packed):
        *whole, rest = block.split(b"\n")
        if whole:
            yield b"".join([*held, whole[0]])
            yield from whole[1:]
            held = []
        held.append(rest)
    if last := b"".join(held):
        yield last


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    unpacking, is_begun = zlib.decompressobj(_GZIP), False
    while packed := file.read(_READ_BYTES):
        while packed:
            if unpacking.eof:
                # A file may be several, one behind the other, with zeros between them.
                packed = packed.lstrip(b"\0")
                unpacking, is_begun = zlib.decompressobj(_GZIP), bool(packed)
                continue
            before, is_begun = unpacking.copy(), True
            try:
                block = unpacking.decompress(packed, BLOCK)
            except zlib.error as error:
                yield from _before_the_damage(before, packed)
                raise BrokenPackError(str(error)) from error
            yield block
            packed = unpacking.unused_data if unpacking.eof else unpacking.unconsumed_tail
    if is_begun and not unpacking.eof:
        yield unpacking.flush()
        raise BrokenPackError("it ends in the middle")


def _before_the_damage(unpacking: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    for start in range(0, len(packed), _STEP_BYTES):
        try:
            yield unpacking.decompress(packed[start : start + _STEP_BYTES])
        except zlib.error:
            return
