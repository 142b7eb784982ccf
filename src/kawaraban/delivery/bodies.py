"""Composed bodies, each in the encodings that were asked for, kept while nothing in them changed."""

from __future__ import annotations

import time
import zlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING

import brotli
import zstandard

from kawaraban.delivery.allowance import Allowance
from kawaraban.delivery.composition import Page, fill
from kawaraban.delivery.dictionaries import SHARE_OF_ROOM as DICTIONARIES_SHARE
from kawaraban.delivery.dictionaries import Dictionaries
from kawaraban.delivery.http import OWN_HEADERS, PAGE_HEADERS, Encoded, steady_head
from kawaraban.sheetlog.parts import digest_of, gzip_pieces

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kawaraban.delivery.composition import Composed, Found
    from kawaraban.delivery.http import Headers
    from kawaraban.delivery.shelf import Shelf
    from kawaraban.delivery.store import SheetStore
    from kawaraban.sheetlog.shapes import PressedSheet

# A story's page shows what happened beside it so late at most: most stories of an archive are asked for less often than a ranking moves,
# and would be composed anew for nearly every request. What was corrected or taken away is seen at once (``Shelf.urgent``), and so is all
# on pages that people open to see what is new.
_PATIENCE_SECONDS = 2.0
_PATIENT = "story"
# Below this compression gains nothing.
_SMALLEST_TO_COMPRESS = 512
# A body that is asked for again before it changes is kept joined: its parts lie all over the memory, and to gather them for every answer
# costs ten times what copying one piece does.
_JOINED_FROM_HITS = 2
# Brotli is smallest and does not join: a page that stays hot is compressed beside the answers, in so much of one core's time.
_HOT_FROM_HITS = 128
_LOOK_AGAIN_HITS = frozenset({_JOINED_FROM_HITS, 8, _HOT_FROM_HITS, 1024, 8192})
# Second copies of a page (joined, or as Brotli) fill no more than this share of the room, but for hot pages: it is better to keep one more
# page than two forms of another. Were all pages of an archive read in turn, each copy would push out the page that is asked for next.
_SHARE_WITH_COPIES = 0.9
_BROTLI_SHARE = 0.05
_BROTLI_QUALITY = 5
# A browser names "dcz" when it has a dictionary, not before; those that know zstd are offered one.
_OFFERED_TO = "zstd"


class Body:
    """A page as it stands, in the encodings that were asked for."""

    __slots__ = (
        "_dictionaries",
        "_grown",
        "best",
        "composed",
        "digest",
        "encoded",
        "epoch",
        "hits",
        "lacks_brotli",
        "looked_at",
        "page",
        "until",
        "urgent",
    )

    def __init__(
        self,
        page: Page,
        shelf: Shelf,
        now: float,
        found: Found | None = None,
        dictionaries: Dictionaries | None = None,
        grown: Callable[[Body], None] | None = None,
        versions: list[int] | None = None,
        before: Composed | None = None,
    ) -> None:
        self.page = page
        self.composed = composed = fill(page, shelf, now, found, versions, before)
        self.epoch = shelf.epoch
        self.urgent = shelf.urgent
        self.looked_at = now
        self.until = composed.until
        self.digest = digest_of(composed.parts)
        self.encoded: dict[str, Encoded] = {}
        # By the encodings that a reader takes: what was chosen for them. Begun anew when a better encoding is at hand.
        self.best: dict[frozenset[str], Encoded] = {}
        self.hits = 0
        self.lacks_brotli = False  # though somebody takes it who asked
        self._grown = grown  # told when an encoding was made that takes room of its own
        # Only a page of one's own reading is worth keeping as a dictionary: no feed, no 404.
        is_page = page.sheet.status == HTTPStatus.OK and page.sheet.content_type.startswith("text/html")
        self._dictionaries = dictionaries if is_page else None

    @property
    def sheet(self) -> PressedSheet:
        """The sheet that was composed."""
        return self.page.sheet

    @property
    def plain(self) -> bytes:
        """The body without encoding."""
        return b"".join([part.plain for part in self.composed.parts])

    @property
    def kept_bytes(self) -> int:
        """What it takes in memory, about."""
        return self.page.kept_bytes + sum([encoded.kept_bytes for encoded in self.encoded.values()])

    def for_accepted(self, accepted: bytes) -> Encoded:
        """Return the body in the best encoding that is at hand for an Accept-Encoding header."""
        names = understood(accepted)
        best = self.best.get(names)
        if best is None:
            encoding = self._chosen(names)
            best = self.best[names] = self._offered(encoding) if _OFFERED_TO in names and self._dictionaries else self.in_encoding(encoding)
        if best.offers:
            self._dictionaries.remember(self.digest, self.composed.parts)  # type: ignore[union-attr] # who offers has them
        return best

    def in_encoding(self, name: str) -> Encoded:
        """Return the body in an encoding: "gzip" joined from its parts, others made when first asked for."""
        encoded = self.encoded.get(name)
        if encoded is None:
            encoded = self._keep(name, self._joined() if name == "gzip" else [encode(self.plain, name)])
        return encoded

    def against(self, available: bytes, identity: bytes, accepted: bytes) -> Encoded | None:
        """Return the body compressed against what a reader has; None if that is nothing that we know, or there is no time for it."""
        if self._dictionaries is None or "dcz" not in understood(accepted):
            return None
        dictionary = self._dictionaries.found(available, identity)
        packed = dictionary and self._dictionaries.compressed(dictionary, self.digest, self.composed.parts)
        if not dictionary or not packed:
            return None
        self._dictionaries.remember(self.digest, self.composed.parts)
        etag = f'"{self.digest}-dcz-{dictionary.sha256[:6].hex()}"'
        return Encoded(self.sheet, steady_head(self.sheet, OWN_HEADERS), etag, "dcz", [packed], OWN_HEADERS, self._offer())

    def add_brotli(self, packed: bytes) -> None:
        """Have Brotli at hand from now on."""
        self._keep("br", [packed])
        self.lacks_brotli = False
        self.best = {}

    def join(self) -> None:
        """Keep what is joined from parts in one piece: it is asked for often."""
        joined = self.encoded.get("gzip")
        if joined is not None:
            joined.join()

    def _joined(self) -> list[bytes]:
        return gzip_pieces(self.composed.parts, self.composed.size, self.composed.checksums)

    def _keep(self, name: str, pieces: list[bytes]) -> Encoded:
        # A strong validator: another one for every body and every encoding.
        etag = f'"{self.digest}-{name}"' if name else f'"{self.digest}"'
        encoded = self.encoded[name] = Encoded(self.sheet, self._steady_head(), etag, name, pieces, PAGE_HEADERS)
        if encoded.kept_bytes and self._grown is not None:
            self._grown(self)
        return encoded

    def _offered(self, name: str) -> Encoded:
        """Return the body in an encoding for a browser that may keep it as a dictionary for what it asks for next."""
        encoded = self.in_encoding(name)
        return Encoded(self.sheet, self._steady_head(), encoded.etag, name, encoded.pieces, PAGE_HEADERS, self._offer())

    def _offer(self) -> Headers:
        path = self._dictionaries.link(self.sheet.language) if self._dictionaries else ""
        link = [("link", f'<{path}>; rel="compression-dictionary"')] if path else []
        return [("use-as-dictionary", f'match="/*", match-dest=("document"), id="{self.digest}"'), *link]

    def _steady_head(self) -> bytes:
        page = self.page
        if not page.steady_head:
            page.steady_head = steady_head(page.sheet, PAGE_HEADERS)
        return page.steady_head

    def _chosen(self, names: frozenset[str]) -> str:
        if self.composed.size < _SMALLEST_TO_COMPRESS:
            return ""
        if "br" in names:
            if "br" in self.encoded:
                return "br"
            self.lacks_brotli = True
        return next((name for name in ("gzip", "zstd", "br") if name in names), "")


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
    names = understood(accepted.encode("latin-1")) if size >= _SMALLEST_TO_COMPRESS else frozenset()
    return next((name for name in _KNOWN_ENCODINGS if name in names), "")


class Bodies:
    """The bodies of the pages that are being read, bounded by bytes: what was asked for least lately goes first."""

    def __init__(self, store: SheetStore, shelf: Shelf, limit_bytes: int, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._shelf = shelf
        # The rest is for dictionaries, which share their parts with the bodies as long as these are kept.
        self._limit = int(limit_bytes * (1 - DICTIONARIES_SHARE))
        self._clock = clock
        self._bodies: OrderedDict[str, Body] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self.bytes = 0
        self.composed = 0  # how often a page was composed since the start
        self._presser: ThreadPoolExecutor | None = None
        self._pressing: set[str] = set()
        self._allowance = Allowance(_BROTLI_SHARE)
        self.dictionaries = Dictionaries(store, limit_bytes)

    def body(self, path: str) -> Body | None:
        """Return the page under a path as it is now; None if no sheet stands there."""
        body = self._bodies.get(path)
        if body is None:
            return self._first(path)
        self._bodies.move_to_end(path)
        if body.epoch != self._shelf.epoch or self._clock() >= body.until:
            body = self._renewed(path, body)
        body.hits += 1
        if body.hits in _LOOK_AGAIN_HITS:
            may_grow = body.hits >= _HOT_FROM_HITS or self.bytes < self._limit * _SHARE_WITH_COPIES
            if may_grow:
                body.join()
            self._weigh(path, body)
            if may_grow and body.lacks_brotli:
                self._press(path, body)
        return body

    @property
    def epoch(self) -> int:
        """A number that changes when anything that bodies are composed of has changed."""
        return self._shelf.epoch

    def present(self, path: str) -> Body | None:
        """Return the page under a path as it is now, for others than readers: it is not counted as asked for."""
        body = self._bodies.get(path)
        if body is None:
            return self._first(path)
        return self._renewed(path, body) if body.epoch != self._shelf.epoch or self._clock() >= body.until else body

    def at_hand(self, path: str) -> Body | None:
        """Return the page under a path if that costs next to nothing: when it is kept."""
        return self.body(path) if path in self._bodies else None

    def forget(self, changed: set[tuple[str, str]]) -> None:
        """Let go of what changed. What was withdrawn is never served from here again: its tombstone is a change like any other."""
        for kind, key in changed:
            if kind == "sheet":
                self._drop(key)
            elif kind == "redirect":
                self.dictionaries.forget_links()
        self._shelf.forget(changed)

    def forget_all(self) -> None:
        """Let go of everything: another log stands where this one stood."""
        for path in list(self._bodies):
            self._drop(path)
        self.dictionaries.forget_links()
        self._shelf.forget_all()

    def paths(self) -> list[str]:
        """Return the paths of the kept bodies, what was asked for least lately first."""
        return list(self._bodies)

    def close(self) -> None:
        """Stop compressing."""
        if self._presser is not None:
            self._presser.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------ making

    def _first(self, path: str) -> Body | None:
        sheet = self._store.sheet(path)
        if sheet is None:
            return None
        body = self._made(Page(sheet, self._shelf))
        self._bodies[path] = body
        self._weigh(path, body)
        return body

    def _renewed(self, path: str, body: Body) -> Body:
        """Return the body if nothing that it shows has changed, else a new one."""
        now, shelf, versions = self._clock(), self._shelf, None
        if now < body.until:
            if body.urgent == shelf.urgent and body.sheet.kind == _PATIENT and 0 <= now - body.looked_at < _PATIENCE_SECONDS:
                return body
            versions = body.page.versions()
            if body.composed.versions == versions:
                body.epoch, body.urgent, body.looked_at = shelf.epoch, shelf.urgent, now
                return body
        made = self._made(body.page, versions, body.composed)
        if made.digest == body.digest:
            # Something changed that this page does not show after all.
            body.composed, body.until = made.composed, made.until
            body.epoch, body.urgent, body.looked_at = made.epoch, made.urgent, made.looked_at
            return body
        self._bodies[path] = made
        self._weigh(path, made)
        return made

    def _made(self, page: Page, versions: list[int] | None = None, before: Composed | None = None) -> Body:
        self.composed += 1
        return Body(page, self._shelf, self._clock(), None, self.dictionaries, self._grown, versions, before)

    def _grown(self, body: Body) -> None:
        # From the presser's thread too: at worst a size is counted a request later.
        if self._bodies.get(body.sheet.path) is body:
            self._weigh(body.sheet.path, body)

    def _press(self, path: str, body: Body) -> None:
        """Have Brotli made of a body, beside the answers, unless its share of the time is used up."""
        if path in self._pressing or not self._allowance.is_left():
            return
        if self._presser is None:
            self._presser = ThreadPoolExecutor(1, "brotli")
        self._pressing.add(path)
        future = self._presser.submit(_timed_brotli, body)
        future.add_done_callback(lambda done: self._pressed(path, body, done))

    def _pressed(self, path: str, body: Body, done: Future[tuple[bytes, float]]) -> None:
        # In the presser's thread: each statement is one step to the others.
        self._pressing.discard(path)
        if done.cancelled() or done.exception():
            return
        packed, seconds = done.result()
        self._allowance.spend(seconds)
        body.add_brotli(packed)

    # ------------------------------------------------------------------ room

    def _weigh(self, path: str, body: Body) -> None:
        size = body.kept_bytes
        self.bytes += size - self._sizes.get(path, 0)
        self._sizes[path] = size
        while self.bytes > self._limit and len(self._bodies) > 1:
            self._drop(next(iter(self._bodies)))

    def _drop(self, path: str) -> None:
        if self._bodies.pop(path, None) is not None:
            self.bytes -= self._sizes.pop(path)


def _timed_brotli(body: Body) -> tuple[bytes, float]:
    started = time.thread_time()
    packed = encode(body.plain, "br")
    return packed, time.thread_time() - started
