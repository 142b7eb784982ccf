"""Who reads, without knowing who: a keyed hash under a salt of the day, thrown away after the second day.

The salts lie in the reads directory, readable by its owner only, and ``kawaraban backup`` leaves them out: once they are gone,
no hash on disk leads back to anybody.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.audience.shapes import RawRead

DAY_SECONDS = 86400
HASH_BYTES = 8


class Salts:
    """The salts of today and yesterday. A reader just after midnight is still known by yesterday's hash."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[int, bytes] = {}

    def hashes(self, read: RawRead) -> tuple[bytes, bytes]:
        """Return a visitor's hash under today's salt and under yesterday's."""
        day = int(read.at // DAY_SECONDS)
        who = f"{read.address}\n{read.user_agent}\n{read.accept_language}".encode("utf-8", "surrogatepass")
        return self._hash(day, who), self._hash(day - 1, who)

    def network_hash(self, read: RawRead) -> bytes:
        """Return the hash of the network that a read comes from: its /24, or /48 in IPv6."""
        day = int(read.at // DAY_SECONDS)
        network = ":".join(read.address.split(":")[:3]) if ":" in read.address else read.address.rpartition(".")[0]
        return self._hash(day, b"network\n" + network.encode())

    def forget(self, now: float) -> None:
        """Throw away the salts of days before yesterday."""
        oldest = int(now // DAY_SECONDS) - 1
        self._known = {day: salt for day, salt in self._known.items() if day >= oldest}
        for file in self._directory.glob("salt-*"):
            day = file.name.removeprefix("salt-")
            if not day.isdigit() or int(day) < oldest:
                file.unlink(missing_ok=True)

    def _hash(self, day: int, who: bytes) -> bytes:
        return hashlib.blake2b(who, key=self._salt(day), digest_size=HASH_BYTES).digest()

    def _salt(self, day: int) -> bytes:
        if day not in self._known:
            self._directory.mkdir(parents=True, exist_ok=True)
            file = self._directory / f"salt-{day}"
            if not file.exists():
                temporary = self._directory / f".salt-{day}.{os.getpid()}"
                temporary.touch(mode=0o600)
                temporary.write_bytes(secrets.token_bytes(32))
                temporary.replace(file)
            self._known[day] = file.read_bytes()
        return self._known[day]
