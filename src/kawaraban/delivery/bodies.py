"""Composed bodies, each in the encodings that were asked for, kept while nothing in them changed."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import brotli
import zstandard

from kawaraban.delivery.composition import compose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.delivery.composition import Composed, Dependency
    from kawaraban.delivery.store import SheetStore
    from kawaraban.sheetlog.shapes import Sheet

# Best first where a browser takes several: Brotli is smallest for text, zstd costs least.
ENCODINGS = ("br", "zstd", "gzip")
_SMALLEST_TO_COMPRESS = 512


@dataclass
class Body:
    """A page as it is sent."""

    sheet: Sheet
    plain: bytes
    digest: str
    until: float
    depends_on: set[Dependency]
    encoded: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about: its encodings are made later and come to as much again."""
        return 2 * len(self.plain) + 200 * len(self.depends_on)

    def etag(self, encoding: str) -> str:
        """A strong validator: another one for every byte and every encoding."""
        return f'"{self.digest}-{encoding}"' if encoding else f'"{self.digest}"'

    def bytes_in(self, encoding: str) -> bytes:
        """The body in an encoding, made when first asked for."""
        if not encoding:
            return self.plain
        made = self.encoded.get(encoding)
        if made is None:
            made = self.encoded[encoding] = encode(self.plain, encoding)
        return made


def encode(plain: bytes, encoding: str) -> bytes:
    """Compress a body. The levels are those whose time a page's first reader does not notice (about a millisecond)."""
    if encoding == "br":
        packed: bytes = brotli.compress(plain, quality=5)
        return packed
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(plain)
    deflater = zlib.compressobj(6, zlib.DEFLATED, 31)
    return deflater.compress(plain) + deflater.flush()


def chosen_encoding(accepted: str, size: int) -> str:
    """Choose an encoding from an Accept-Encoding header; "" for none."""
    if size < _SMALLEST_TO_COMPRESS or not accepted:
        return ""
    wanted = {}
    for item in accepted.lower().split(","):
        name, _, parameter = item.strip().partition(";")
        wanted[name.strip()] = parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((encoding for encoding in ENCODINGS if wanted.get(encoding, wanted.get("*", False))), "")


class Bodies:
    """The bodies of the pages that are being read, bounded by bytes: what was asked for least lately goes first."""

    def __init__(self, store: SheetStore, limit_bytes: int) -> None:
        self._store = store
        self._limit = limit_bytes
        self._bodies: OrderedDict[str, Body] = OrderedDict()
        self._users: dict[Dependency, set[str]] = {}
        self._bytes = 0

    def body(self, path: str) -> Body | None:
        """Return the page under a path as it is now; None if no sheet stands there."""
        body = self._bodies.get(path)
        now = time.time()
        if body is not None and now < body.until:
            self._bodies.move_to_end(path)
            return body
        sheet = self._store.sheet(path)
        if body is not None:
            self._drop(path)
        if sheet is None:
            return None
        composed = compose(sheet, self._store, now)
        body = finished(sheet, composed)
        self._keep(path, body)
        return body

    def forget(self, changed: Iterable[Dependency]) -> None:
        """Let go of every body that shows something of what changed: it is composed anew when it is asked for next.

        Nothing that was withdrawn is ever served from here again, for its tombstones are changes like any other.
        """
        for dependency in changed:
            for path in list(self._users.get(dependency, ())):
                self._drop(path)
            if dependency[0] == "sheet":
                self._drop(dependency[1])

    def _keep(self, path: str, body: Body) -> None:
        self._bodies[path] = body
        self._bytes += body.size
        for dependency in body.depends_on:
            self._users.setdefault(dependency, set()).add(path)
        while self._bytes > self._limit and len(self._bodies) > 1:
            self._drop(next(iter(self._bodies)))

    def _drop(self, path: str) -> None:
        body = self._bodies.pop(path, None)
        if body is None:
            return
        self._bytes -= body.size
        for dependency in body.depends_on:
            users = self._users.get(dependency)
            if users is not None:
                users.discard(path)
                if not users:
                    del self._users[dependency]


def finished(sheet: Sheet, composed: Composed) -> Body:
    """Make a body of a composition."""
    plain = composed.text.encode()
    digest = hashlib.blake2b(plain, digest_size=12).hexdigest()
    return Body(sheet, plain, digest, composed.until, composed.depends_on)
