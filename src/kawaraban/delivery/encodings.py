"""The encodings that readers take, and compressing in them."""

from __future__ import annotations

import zlib

import brotli
import zstandard

# Below this compression gains nothing.
SMALLEST_TO_COMPRESS = 512
_BROTLI_QUALITY = 5


def encode(plain: bytes, encoding: str) -> bytes:
    """Compress bytes at a level whose time the first reader does not notice (about a millisecond); "" leaves them as they are."""
    if encoding == "br":
        packed: bytes = brotli.compress(plain, quality=_BROTLI_QUALITY)
        return packed
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(plain)
    if encoding == "gzip":
        deflater = zlib.compressobj(6, zlib.DEFLATED, 31)
        return deflater.compress(plain) + deflater.flush()
    return plain


_UNDERSTOOD: dict[bytes, frozenset[str]] = {}
_KNOWN_ENCODINGS = ("br", "zstd", "gzip")
_MOST_HEADERS_KNOWN, _LONGEST_HEADER_KNOWN = 1000, 200


def understood(accepted: bytes) -> frozenset[str]:
    """Return the encodings of ours that an Accept-Encoding header takes."""
    names = _UNDERSTOOD.get(accepted)
    if names is None:
        wanted = {}
        for item in accepted.decode("latin-1").lower().split(","):
            name, _, parameter = item.strip().partition(";")
            wanted[name.strip()] = parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        names = frozenset(name for name in (*_KNOWN_ENCODINGS, "dcz") if wanted.get(name, wanted.get("*", False)))
        if len(_UNDERSTOOD) < _MOST_HEADERS_KNOWN and len(accepted) < _LONGEST_HEADER_KNOWN:
            _UNDERSTOOD[accepted] = names
    return names


def chosen_encoding(accepted: str, size: int) -> str:
    """Choose an encoding for a small answer that is made for each request; "" for none."""
    names = understood(accepted.encode("latin-1")) if size >= SMALLEST_TO_COMPRESS else frozenset()
    return next((name for name in _KNOWN_ENCODINGS if name in names), "")
