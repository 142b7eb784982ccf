"""Parts joined into one gzip member, of which some are exchanged for others while all the rest stays where it is.

What is asked of the parts again and again lies in a few short arrays. The parts themselves, of thousands of pages, lie all over the
memory: to look at each costs more than all that is then done with it.
"""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING

from isal.isal_zlib import crc32_combine

from kawaraban.sheetlog.parts import DIGEST_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kawaraban.sheetlog.parts import Part

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_TRAILER_BYTES = 8
_NO_DIGEST = bytes(DIGEST_BYTES)


class Joined:
    """A row of parts as one body. ``size`` is that of the plain body, in bytes."""

    __slots__ = ("_checksum", "_checksums", "_digests", "_lengths", "_member", "_sizes", "parts", "size")

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self._lengths = array("I", [len(part.deflated) for part in parts])
        self._sizes = array("I", [part.size for part in parts])
        self._digests = bytearray(b"".join([part.digest or _NO_DIGEST for part in parts]))
        self.size = sum(self._sizes)
        self._checksums = array("I")  # of all parts up to and with each of the first ones, as far as they are known
        self._checksum = self._checksum_up_to(len(parts) - 1)
        self._member: bytes | None = None

    @property
    def plain(self) -> bytes:
        """The body without encoding."""
        return b"".join([part.plain for part in self.parts])

    @property
    def digest(self) -> str:
        """Names the bytes of all parts together: another name for every other body."""
        # Where one part ends and the next begins is part of the name; the same bytes cut elsewhere may bear another.
        return hashlib.blake2b(self._digests, digest_size=12).hexdigest()

    @property
    def kept_bytes(self) -> int:
        """What it takes in memory beside its parts, but for the arrays."""
        return 0 if self._member is None else len(self._member)

    def gzip_pieces(self) -> list[bytes]:
        """Return the byte strings which, joined, are one gzip member that holds all parts; one, if it has been joined before."""
        if self._member is not None:
            return [self._member]
        return [_HEAD, *[part.deflated for part in self.parts if part.size], _LAST_BLOCK + self._trailer()]

    def join(self) -> None:
        """Keep the gzip member in one piece from now on."""
        if self._member is None:
            self._member = b"".join(self.gzip_pieces())

    def exchange(self, others: Mapping[int, Part]) -> None:
        """Put other parts in these places."""
        places = sorted(others)
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
            self.size += size - sizes[place]
            parts[place], lengths[place], sizes[place] = part, len(deflated), size
            digests[place * DIGEST_BYTES : known * DIGEST_BYTES] = part.digest or _NO_DIGEST
        del self._checksums[first:]
        # A checksum is linear: what has changed in that of the beginning, shifted by the length of the rest, has changed in the whole.
        difference = checksum ^ self._checksum_up_to(last)
        self._checksum ^= crc32_combine(difference, 0, sum(sizes[known:]))
        if self._member is not None:
            self._member = b"".join((*pieces, member[taken:-_TRAILER_BYTES], self._trailer()))

    def _checksum_up_to(self, place: int) -> int:
        """Return the CRC-32 of all parts up to and with this one."""
        checksums = self._checksums
        crc = checksums[-1] if checksums else 0
        for part in self.parts[len(checksums) : place + 1]:
            if part.size:
                crc = crc32_combine(crc, part.crc, part.size)
            checksums.append(crc)
        return checksums[place]

    def _trailer(self) -> bytes:
        return self._checksum.to_bytes(4, "little") + (self.size & 0xFFFFFFFF).to_bytes(4, "little")
