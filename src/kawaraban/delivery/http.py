"""HTTP as the reader plane speaks it: answers, validators, ranges, and the headers that every answer bears."""

from __future__ import annotations

import email.utils
import hashlib
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kawaraban.sheetlog.shapes import Asset, PressedSheet

Headers = list[tuple[str, str]]

# Scripts and styles come from our own addresses alone; a frame is opened only when a reader touches an embed.
SAFE_HEADERS: Headers = [
    (
        "content-security-policy",
        (
            "default-src 'none'; script-src 'self' 'inline-speculation-rules'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
            "media-src 'self'; frame-src https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
        ),
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    ("cross-origin-opener-policy", "same-origin"),
]
# Browsers ask again each time (a 304 costs them nothing); shared caches may keep a page for seconds, and longer while we are away.
PAGE_CACHING = "public, max-age=0, s-maxage=5, stale-while-revalidate=30, stale-if-error=86400"
# What was compressed against one reader's own dictionary is of use to nobody else: kept by a shared cache it would only fill it.
OWN_CACHING = "private, max-age=0, stale-while-revalidate=30, stale-if-error=86400"
LIVE_CACHING = "public, max-age=0, s-maxage=1, stale-while-revalidate=5"
FOR_EVER = "public, max-age=31536000, immutable"
# An edition's dictionary names stories. When it is taken back because one of them was withdrawn, no shared cache may have it for long; browsers
# have it as long as we.
DICTIONARY_CACHING = "public, max-age=172800, s-maxage=5"
NOT_KEPT = "no-store"


PAGE_HEADERS: Headers = [("cache-control", PAGE_CACHING), ("vary", "accept-encoding")]
OWN_HEADERS: Headers = [("cache-control", OWN_CACHING), ("vary", "accept-encoding, available-dictionary")]


@dataclass
class _Tags:
    header: str = "surrogate-key"
    between: str = " "


_TAGS = _Tags()


@dataclass(frozen=True)
class Answer:
    """What goes back to a reader."""

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)


def pieces(status: int, headers: Headers, body: bytes) -> tuple[bytes, bytes, bytes]:
    """Write the lines of a head, its end, and the body; the length is told where an answer has one and the head does not say it."""
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    has_length = any(name == "content-length" for name, _ in headers)
    if not has_length and status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        lines.append(f"content-length: {len(body)}\r\n")
    return "".join(lines).encode("latin-1"), b"\r\n", body


_NONE: Headers = []


class Encoded:
    """A page in one encoding, with its head, ready to be sent as often as it is asked for."""

    __slots__ = ("_caching", "_offer", "_sheet", "encoding", "etag", "head", "kept_bytes", "offers", "pieces", "status")

    def __init__(
        self,
        sheet: PressedSheet,
        steady_head: bytes,
        etag: str,
        encoding: str,
        pieces: list[bytes],
        caching: Headers,
        offer: Headers = _NONE,
    ) -> None:
        self.encoding = encoding
        self.status = sheet.status
        self.pieces = pieces
        self.etag = etag
        self.offers = bool(offer)  # the body may be kept as a dictionary
        self._sheet = sheet
        self._caching = caching
        self._offer = offer
        length = sum(map(len, pieces))
        # Parts belong to their sheet or are shared; a single piece was made for this body.
        self.kept_bytes = length if len(pieces) == 1 else 0
        encoded = f"content-encoding: {encoding}\r\n" if encoding else ""
        self.head = f"etag: {etag}\r\n{encoded}content-length: {length}\r\n".encode("latin-1") + steady_head
        if offer:
            self.head += _lines(offer)

    @property
    def headers(self) -> Headers:
        """The head as pairs."""
        encoded = [("content-encoding", self.encoding)] if self.encoding else []
        return [("etag", self.etag), *encoded, *self._caching, *self._offer, *_steady_headers(self._sheet), *SAFE_HEADERS]

    @property
    def body(self) -> bytes:
        """The whole body."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)


def steady_head(sheet: PressedSheet, caching: Headers) -> bytes:
    """Write the lines of a head that do not change with the slots or the encoding."""
    return _lines([*caching, *_steady_headers(sheet)])


def _steady_headers(sheet: PressedSheet) -> Headers:
    return [
        ("content-type", sheet.content_type),
        ("last-modified", http_date(sheet.modified_at)),
        (_TAGS.header, _TAGS.between.join((f"kind-{sheet.kind}", path_key(sheet.path), *sheet.keys))),
        ("content-language", sheet.language),
    ]


def validators(etag: str) -> Headers:
    """Return what a page's 304 bears."""
    return [("etag", etag), *PAGE_HEADERS]


def not_modified(etag: str) -> bytes:
    """Write the head of a 304."""
    return _lines(validators(etag)) + b"\r\n"


def _lines(headers: Headers) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in headers]).encode("latin-1")


def safe_end() -> bytes:
    """Write the lines that end every page's head."""
    return _lines(SAFE_HEADERS) + b"\r\n"


def path_key(path: str) -> str:
    """Return the key that a page bears for its own address; keys have no spaces, and addresses none either."""
    return f"path-{path}"


def set_manners(*, strict_seconds: int = 0, cache_tags: bool = False) -> None:
    """Say once, when a process starts, how this site answers.

    ``strict_seconds``: for so long browsers ask by HTTPS only (HSTS); 0 leaves that out. ``cache_tags``: keys are sent as Cloudflare's
    ``Cache-Tag`` instead of ``Surrogate-Key``.
    """
    name = "strict-transport-security"
    SAFE_HEADERS[:] = [header for header in SAFE_HEADERS if header[0] != name]
    if strict_seconds:
        SAFE_HEADERS.append((name, f"max-age={strict_seconds}"))
    _TAGS.header, _TAGS.between = ("cache-tag", ",") if cache_tags else ("surrogate-key", " ")


def asset_headers(path: str, asset: Asset) -> Headers:
    """Return the headers of one of the site's own files."""
    # Said as of a page: of two that fit equally well a browser takes the one that it fetched last, and this is fetched after a page.
    if asset.dictionary_for:
        offer = ("use-as-dictionary", f'match="{asset.dictionary_for}", match-dest=("document"), id="{path}"')
        return [("content-type", asset.content_type), ("cache-control", DICTIONARY_CACHING), offer]
    return [("content-type", asset.content_type), ("cache-control", FOR_EVER)]


def text_answer(status: int, sentence: str, headers: Headers | None = None) -> Answer:
    """Answer with one sentence."""
    return Answer(
        status,
        (sentence + "\n").encode(),
        [("content-type", "text/plain; charset=utf-8"), ("cache-control", NOT_KEPT), *(headers or [])],
    )


def problem(status: int, sentence: str) -> Answer:
    """Answer a program with one sentence that says what is wrong."""
    body = json.dumps({"error": sentence}, ensure_ascii=False).encode()
    return Answer(status, body, [("content-type", "application/json"), ("cache-control", NOT_KEPT)])


def etag_of(body: bytes) -> str:
    """Return the validator of a body that is made for each request."""
    return f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'


def redirect(to: str, *, permanent: bool = True) -> Answer:
    """Send a reader elsewhere."""
    return Answer(301 if permanent else 302, b"", [("location", to), ("cache-control", "public, max-age=300")])


def http_date(moment: float) -> str:
    """Write a moment as HTTP does."""
    return email.utils.formatdate(moment, usegmt=True)


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether a reader's copy is this very one."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    # Weak comparison: a proxy may have weakened what we sent.
    return any(item.strip().removeprefix("W/") == etag for item in if_none_match.split(","))


def holds(if_none_match: str, digest: str) -> str | None:
    """Return the validator by which a reader's copy is a page's present body in one of its encodings; None if it is none."""
    if digest not in if_none_match:
        return None
    for item in if_none_match.split(","):
        etag = item.strip().removeprefix("W/")
        if etag.strip('"').partition("-")[0] == digest:
            return etag
    return None


def byte_range(header: str | None, size: int) -> tuple[int, int] | bool | None:
    """Return (first, last) of a single byte range; None where there is none that we take, False where it cannot be met."""
    if not header or not header.startswith("bytes=") or "," in header:
        return None
    first, dash, last = header.removeprefix("bytes=").strip().partition("-")
    if not dash or not (first or last) or not (first + last).isdigit():
        return None
    if len(first) > 18 or len(last) > 18:  # noqa: PLR2004 - no file is so long
        return False
    if not first:
        start, end = max(0, size - int(last)), size - 1
        return (start, end) if int(last) and size else False
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end and start < size else False
