"""Parts joined into one gzip member, of which some are exchanged for others while all the rest stays where it is.

What is asked of the parts again and again lies in a few short arrays. The parts themselves, of thousands of pages, lie all over the
memory: to look at each costs more than all that is then done with it. What moves on all pages alike, a ranking or the newest stories,
stands at their end, and they end alike: of the parts there, joined, one copy serves every page that ends with them.
"""

from __future__ import annotations

import hashlib
from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from isal.isal_zlib import crc32_combine

from kawaraban.sheetlog.parts import DIGEST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kawaraban.sheetlog.parts import Part

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_NO_DIGEST = bytes(DIGEST_BYTES)
# The end of a body is so small a part of it that joining it costs little where no other page has the same.
_ENDS_AT_MOST = 1 / 6
_ENDS_KEPT = 256


class _End(NamedTuple):
    """The last parts of a body in one piece, with the block that ends a deflate stream."""

    deflated: bytes
    size: int
    crc: int
    digests: bytes


class Joined:
    """A row of parts as one body."""

    __slots__ = ("_checksum", "_checksums", "_digests", "_end", "_end_from", "_lengths", "_member", "_size", "_sizes", "parts")

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self._end_from = _where_the_end_begins([len(part.deflated) for part in parts])
        self._end = _end(tuple(parts[self._end_from :]))
        # All else is of the parts before it.
        before = parts[: self._end_from]
        self._lengths = array("I", [len(part.deflated) for part in before])
        self._sizes = array("I", [part.size for part in before])
        self._size = sum(self._sizes)
        self._digests = bytearray(_digests(before))
        self._checksums = array("I")  # of all parts up to and with each of the first ones, as far as they are known
        self._checksum = self._checksum_up_to(self._end_from - 1)
        self._member: bytes | None = None

    @property
    def plain(self) -> bytes:
        """The body without encoding."""
        return b"".join([part.plain for part in self.parts])

    @property
    def size(self) -> int:
        """How many bytes the plain body has."""
        return self._size + self._end.size

    @property
    def digest(self) -> str:
        """Names the bytes of all parts together: another name for every other body."""
        # Where one part ends and the next begins is part of the name; the same bytes cut elsewhere may bear another.
        name = hashlib.blake2b(self._digests, digest_size=12)
        name.update(self._end.digests)
        return name.hexdigest()

    @property
    def kept_bytes(self) -> int:
        """What it takes in memory beside its parts, but for the arrays."""
        # An end may be nobody else's.
        return 0 if self._member is None else len(self._member) + len(self._end.deflated)

    def gzip_pieces(self) -> list[bytes]:
        """Return the byte strings which, joined, are one gzip member that holds all parts; few, if they have been joined before."""
        checksum = crc32_combine(self._checksum, self._end.crc, self._end.size)
        trailer = checksum.to_bytes(4, "little") + (self.size & 0xFFFFFFFF).to_bytes(4, "little")
        before = self._pieces() if self._member is None else [self._member]
        return [*before, self._end.deflated, trailer]

    def _pieces(self) -> list[bytes]:
        return [_HEAD, *[part.deflated for part in self.parts[: self._end_from] if part.size]]

    def join(self) -> None:
        """Keep the gzip member in two pieces from now on."""
        if self._member is None:
            self._member = b"".join(self._pieces())

    def exchange(self, others: Mapping[int, Part]) -> None:
        """Put other parts in these places."""
        before_the_end = sorted([place for place in others if place < self._end_from])
        if before_the_end:
            self._exchange(before_the_end, others)
        if len(before_the_end) < len(others):
            for place, part in others.items():
                self.parts[place] = part
            self._end = _end(tuple(self.parts[self._end_from :]))

    def _exchange(self, places: Sequence[int], others: Mapping[int, Part]) -> None:
        first, last = places[0], places[-1]
        checksum = self._checksum_up_to(last)
        parts, lengths, sizes, digests = self.parts, self._lengths, self._sizes, self._digests
        member = memoryview(self._member or b"")
        pieces: list[bytes | memoryview] = []
        taken, at, known = 0, len(_HEAD), 0  # bytes that are taken, the next part's place among them, and its number
        for place in places:
            part = others[place]
            deflated, size = part.deflated, part.size
            at += sum(lengths[known:place])
            pieces += member[taken:at], deflated
            taken = at = at + lengths[place]
            known = place + 1
            self._size += size - sizes[place]
            parts[place], lengths[place], sizes[place] = part, len(deflated), size
            digests[place * DIGEST_BYTES : known * DIGEST_BYTES] = part.digest or _NO_DIGEST
        del self._checksums[first:]
        # A checksum is linear: what has changed in that of the beginning, shifted by the length of the rest, has changed in the whole.
        difference = checksum ^ self._checksum_up_to(last)
        self._checksum ^= crc32_combine(difference, 0, sum(sizes[known:]))
        if self._member is not None:
            self._member = b"".join((*pieces, member[taken:]))

    def _checksum_up_to(self, place: int) -> int:
        """Return the CRC-32 of all parts up to and with this one."""
        checksums = self._checksums
        crc = checksums[-1] if checksums else 0
        for part in self.parts[len(checksums) : place + 1]:
            crc = _crc_with(crc, part)
            checksums.append(crc)
        return checksums[place]


@lru_cache(_ENDS_KEPT)
def _end(parts: tuple[Part, ...]) -> _End:
    crc = 0
    for part in parts:
        crc = _crc_with(crc, part)
    deflated = b"".join([*[part.deflated for part in parts], _LAST_BLOCK])
    return _End(deflated, sum([part.size for part in parts]), crc, _digests(parts))


def _crc_with(crc: int, part: Part) -> int:
    return crc32_combine(crc, part.crc, part.size) if part.size else crc


def _digests(parts: Iterable[Part]) -> bytes:
    return b"".join([part.digest or _NO_DIGEST for part in parts])


def _where_the_end_begins(lengths: Sequence[int]) -> int:
    """Return the number of the first part of a body's end."""
    left = sum(lengths) * _ENDS_AT_MOST
    place = len(lengths)
    # The first part never belongs to it.
    while place > 1 and lengths[place - 1] <= left:
        place -= 1
        left -= lengths[place]
    return place
