"""Who reads, without knowing who: a keyed hash under a salt of the day, thrown away after the second day.

The salts lie in the reads directory, readable by its owner only, and a backup leaves them out: once they are gone, no hash on
disk leads back to anybody.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.audience.shapes import RawRead

DAY_SECONDS = 86400
HASH_BYTES = 8
SALT_BYTES = 32


class Visitor(msgspec.Struct, frozen=True, gc=False, eq=False):
    """A reader under today's salt, and the network: 64-bit hashes, that of the network this process's own; 0 where there is none."""

    today: int
    network: int
    shared: bool  # a private or loopback address: a proxy's own, or a test's; it says nothing about a network
    day: int = 0
    who: bytes = b""
    salts: Salts | None = None

    @property
    def yesterday(self) -> int:
        """The reader under yesterday's salt: asked for in the first hours of a day only, and hashed only then."""
        return self.salts.hashed(self.day - 1, self.who) if self.salts is not None else 0

    def __eq__(self, other: object) -> bool:
        """Whether it is the same reader, as far as today's salt tells."""
        return isinstance(other, Visitor) and (self.today, self.network, self.shared) == (other.today, other.network, other.shared)

    def __hash__(self) -> int:
        """Hash by today's salt."""
        return self.today


@dataclass(slots=True)
class _Day:
    """A day, the second at which it begins, its salt, and a hash that has taken that, to begin from."""

    number: int
    begins: int
    salt: bytes
    keyed: hashlib.blake2b


# Looked up once: they are asked for with every read.
_from_bytes, _inet_pton, _IPV4, _IPV6 = int.from_bytes, socket.inet_pton, int(socket.AF_INET), int(socket.AF_INET6)
_PERHAPS_PRIVATE = frozenset({10, 127, 172, 192})
_MAPPED, _LOOPBACK = b"\x00" * 10 + b"\xff\xff", b"\x00" * 15 + b"\x01"

NOBODY = Visitor(0, 0, shared=False)


class Salts:
    """The salts of today and yesterday. A reader just after midnight is still known by yesterday's hash."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[int, bytes] = {}
        self._day: _Day | None = None  # the day of the last read

    def visitor(self, read: RawRead) -> Visitor:
        """Tell who reads, as far as the steps must know; OSError if a day's salt can be neither read nor made."""
        day, at = self._day, read.at
        if day is None or not 0.0 <= at - day.begins < DAY_SECONDS:
            day = self._day = self._begun(int(at // DAY_SECONDS))
        house, network, shared = _places(read.address)
        who = f"{house}\n{read.user_agent}\n{read.accept_language}"
        # Names that are ASCII, as nearly all are, need not be looked through.
        known_by = who.encode() if who.isascii() else who.encode("utf-8", "surrogatepass")
        own = day.keyed.copy()
        own.update(known_by)
        # No network is ever written down: for what lives in memory alone the hash of this process's dictionaries is enough.
        near = hash(day.salt + network) if network else 0
        # 0 stands for a visitor who has been forgotten.
        return Visitor(_from_bytes(own.digest(), "little") or 1, near, shared, day.number, known_by, self)

    def hashed(self, day: int, who: bytes) -> int:
        """Return a reader's hash under a day's salt; OSError if that can be neither read nor made."""
        return _from_bytes(hashlib.blake2b(who, key=self.of_day(day), digest_size=HASH_BYTES).digest(), "little") or 1

    def of_day(self, day: int) -> bytes:
        """Return a day's salt, made if there is none."""
        return self._known.get(day) or self._salt(day)

    def adopt(self, day: int, salt: bytes) -> None:
        """Take another machine's salt for a day: a reader is then known by one hash wherever that reader reads."""
        if len(salt) == SALT_BYTES and self.of_day(day) != salt:
            self._write(self._directory / f"salt-{day}", salt)
            self._known[day] = salt
            self._day = None

    def forget(self, now: float) -> None:
        """Throw away the salts of days before yesterday."""
        oldest = int(now // DAY_SECONDS) - 1
        self._known = {day: salt for day, salt in self._known.items() if day >= oldest}
        self._day = None
        # Also what one left that was killed while it wrote a salt, which may be another machine's.
        for file in (*self._directory.glob("salt-*"), *self._directory.glob(".salt-*.new")):
            day = file.name.removeprefix(".").removeprefix("salt-").partition(".")[0]
            if not day.isdigit() or int(day) < oldest:
                file.unlink(missing_ok=True)

    def _begun(self, day: int) -> _Day:
        salt = self.of_day(day)
        return _Day(day, day * DAY_SECONDS, salt, hashlib.blake2b(key=salt, digest_size=HASH_BYTES))

    def _salt(self, day: int) -> bytes:
        self._directory.mkdir(parents=True, exist_ok=True)
        file = self._directory / f"salt-{day}"
        if not file.exists() or file.stat().st_size != SALT_BYTES:
            self._write(file, secrets.token_bytes(SALT_BYTES))
        self._known[day] = file.read_bytes()
        return self._known[day]

    def _write(self, file: Path, salt: bytes) -> None:
        temporary = self._directory / f".{file.name}.{os.getpid()}.new"
        temporary.touch(mode=0o600)
        temporary.write_bytes(salt)
        temporary.replace(file)


def network_of(address: str) -> str:
    """Return what stands for the network around an address, its /24 or its /48; "" where none is known."""
    return _places(address)[1].hex()


def _places(address: str) -> tuple[str, bytes, bool]:
    """Return what stands for a reader's house, what for the network around it, and whether the address is a private one.

    In IPv4 that is the address and its /24. In IPv6 it is the /64 and the /48: a phone changes the lower half of its address as it
    likes, and one machine has 2^64 of them.
    """
    # inet_pton takes a third of a microsecond, the library of addresses ten: this is asked of every read.
    try:
        packed = _inet_pton(_IPV4, address)
    except (OSError, ValueError):
        try:
            packed = _inet_pton(_IPV6, address.partition("%")[0]) if ":" in address else b""
        except (OSError, ValueError):
            packed = b""
        if not packed:
            # A replayed visitor's name, or a Unix socket's client: no network is known.
            return address, b"", False
        if not packed.startswith(_MAPPED):
            return packed[:8].hex(), packed[:6], packed[0] in {0xFC, 0xFD} or packed == _LOOPBACK or packed[:2] == b"\xfe\x80"
        packed = packed[12:]
    return packed.hex(), packed[:3], packed[0] in _PERHAPS_PRIVATE and _is_private(packed[0], packed[1])


def _is_private(first: int, second: int) -> bool:
    return first in {10, 127} or (first == 192 and second == 168) or (first == 172 and 16 <= second < 32)  # noqa: PLR2004 - RFC 1918
