"""Composed bodies, each in the encodings that were asked for, kept while nothing in them changed."""

from __future__ import annotations

import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING

from kawaraban.delivery.allowance import Allowance
from kawaraban.delivery.composition import Page, fill
from kawaraban.delivery.dictionaries import SHARE_OF_ROOM as DICTIONARIES_SHARE
from kawaraban.delivery.dictionaries import Dictionaries, is_site_dictionary
from kawaraban.delivery.encodings import SMALLEST_TO_COMPRESS, encode, understood
from kawaraban.delivery.http import OWN_HEADERS, PAGE_HEADERS, Encoded, steady_head

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kawaraban.delivery.composition import Found
    from kawaraban.delivery.http import Headers
    from kawaraban.delivery.lists import Watched
    from kawaraban.delivery.shelf import Shelf
    from kawaraban.delivery.store import SheetStore
    from kawaraban.sheetlog.shapes import PressedSheet

# What merely moved on beside a story is shown at once while renewing takes no more than this share of a core. Beyond that a story's page may
# be so late: most stories of an archive are asked for less often than a ranking moves, and would be composed anew for nearly every request.
# What was corrected or taken away is seen at once (``Shelf.urgent``), and so is all on pages that people open to see what is new.
_RENEWING_SHARE, _RENEWING_BURST_SECONDS, _RENEWING_DEBT_SECONDS = 0.1, 0.1, 0.1
_PATIENCE_SECONDS = 2.75
_STORY = "story"
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
# A browser names "dcz" when it has a dictionary, not before; those that know zstd are offered one.
_OFFERED_TO = "zstd"


class Body:
    """A page as it stands, in the encodings that were asked for. It is renewed in place when something that it shows has changed."""

    __slots__ = (
        "_dictionaries",
        "_last",
        "_last_names",
        "_shelf",
        "best",
        "composed",
        "digest",
        "encoded",
        "epoch",
        "has_grown",
        "hits",
        "is_wanted",
        "lacks_brotli",
        "looked_at",
        "page",
        "patient_until",
        "until",
        "urgent",
        "weighed",
    )

    def __init__(self, page: Page, shelf: Shelf, now: float, found: Found | None = None, dictionaries: Dictionaries | None = None) -> None:
        self.page = page
        self.composed = fill(page, shelf, now, found)
        self.digest = ""
        self.is_wanted = False  # somebody asked for it since room was last looked for
        self.weighed = 0  # what was counted for it when it was last weighed
        self.has_grown = False  # since then
        self._shelf = shelf
        # Only a page of one's own reading is worth keeping as a dictionary: no feed, no 404.
        is_page = page.sheet.status == HTTPStatus.OK and page.sheet.content_type.startswith("text/html")
        self._dictionaries = dictionaries if is_page else None
        self._begin(now)

    def renew(self, now: float, touched: frozenset[Watched] | None) -> None:
        """Become what the page is now, after these of its lists and parts have changed; None: nobody knows which have."""
        self.composed.renew(self._shelf, now, touched)
        self._begin(now)

    def _begin(self, now: float) -> None:
        self.still_holds(now)
        composed = self.composed
        self.until = composed.until
        digest = composed.joined.digest
        if digest == self.digest:
            # Something changed that this page does not show after all.
            return
        self.digest = digest
        self.encoded: dict[str, Encoded] = {}
        # By the encodings that a reader takes: what was chosen for them. Begun anew when a better encoding is at hand.
        self.best: dict[frozenset[str], Encoded] = {}
        self._last_names: frozenset[str] | None = None
        self._last: Encoded | None = None
        self.hits = _JOINED_FROM_HITS if composed.joined.kept_bytes else 0
        self.lacks_brotli = False  # though somebody takes it who asked

    def still_holds(self, now: float) -> None:
        """Note that it was looked at just now, and is right."""
        self.epoch, self.urgent, self.looked_at = self._shelf.epoch, self._shelf.urgent, now
        self.patient_until = now + _PATIENCE_SECONDS if self.page.sheet.kind == _STORY else now

    @property
    def sheet(self) -> PressedSheet:
        """The sheet that was composed."""
        return self.page.sheet

    @property
    def plain(self) -> bytes:
        """The body without encoding."""
        return self.composed.joined.plain

    @property
    def kept_bytes(self) -> int:
        """What it takes in memory, about."""
        # What is joined from parts is counted where it is kept. A list: meanwhile the presser may put Brotli there.
        others = sum([encoded.kept_bytes for name, encoded in list(self.encoded.items()) if name != "gzip"])
        return self.page.kept_bytes + self.composed.joined.kept_bytes + others

    def for_accepted(self, accepted: bytes) -> Encoded:
        """Return the body in the best encoding that is at hand for an Accept-Encoding header."""
        names = understood(accepted)
        best = self._last
        if best is None or names is not self._last_names:
            best = self.best.get(names) or self._best_for(names)
            self._last_names, self._last = names, best
        if best.offers:
            self._dictionaries.remember(self.digest, self.sheet.path, self.composed.joined.parts)  # type: ignore[union-attr] # who offers has them
        return best

    def _best_for(self, names: frozenset[str]) -> Encoded:
        encoding = self._chosen(names)
        best = self._offered(encoding) if _OFFERED_TO in names and self._dictionaries else self.in_encoding(encoding)
        self.best[names] = best
        # What is joined from parts was counted when it was.
        self.has_grown = self.has_grown or encoding != "gzip"
        return best

    def in_encoding(self, name: str) -> Encoded:
        """Return the body in an encoding: "gzip" joined from its parts, others made when first asked for."""
        encoded = self.encoded.get(name)
        if encoded is None:
            pieces = self.composed.joined.gzip_pieces() if name == "gzip" else [encode(self.plain, name)]
            encoded = self.encoded[name] = self._encoded(name, self.digest, pieces)
        return encoded

    def against(self, available: bytes, identity: bytes, accepted: bytes) -> Encoded | None:
        """Return the body compressed against what a reader has; None if that is nothing that we know, or there is no time for it."""
        if self._dictionaries is None or "dcz" not in understood(accepted):
            return None
        dictionary = self._dictionaries.found(available, identity)
        packed = dictionary and self._dictionaries.compressed(dictionary, self.digest, self.composed.joined.parts)
        if not dictionary or not packed:
            return None
        self._dictionaries.remember(self.digest, self.sheet.path, self.composed.joined.parts)
        etag = f'"{self.digest}-dcz-{dictionary.sha256[:6].hex()}"'
        # Who has the edition's own reads other pages against that.
        is_for_others = dictionary.path not in {"", self.sheet.path}
        head = steady_head(self.sheet, OWN_HEADERS)
        return Encoded(self.sheet, head, etag, "dcz", [packed], OWN_HEADERS, self._offer(is_for_others=is_for_others))

    def brotli_job(self) -> Callable[[], float]:
        """Return what makes Brotli of the body as it stands, in another thread, and tells how many seconds of a core it took."""
        # By then the body may be another one: these are then nobody's.
        digest, encoded, parts = self.digest, self.encoded, tuple(self.composed.joined.parts)

        def work() -> float:
            started = time.thread_time()
            packed = encode(b"".join([part.plain for part in parts]), "br")
            encoded["br"] = self._encoded("br", digest, [packed])
            if encoded is self.encoded:
                self.lacks_brotli = False
                self.choose_anew()
            return time.thread_time() - started

        return work

    def choose_anew(self) -> None:
        """Look again which encoding is the best for whom, and what is offered with it."""
        self.best = {}
        self._last = None

    def join(self) -> None:
        """Keep what is joined from parts in one piece: it is asked for often."""
        joined = self.encoded.get("gzip")
        if joined is not None:
            self.composed.joined.join()
            # In place: those who offer the same body share the list.
            joined.pieces[:] = self.composed.joined.gzip_pieces()

    def _encoded(self, name: str, digest: str, pieces: list[bytes]) -> Encoded:
        # A strong validator: another one for every body and every encoding.
        etag = f'"{digest}-{name}"' if name else f'"{digest}"'
        return Encoded(self.sheet, self._steady_head(), etag, name, pieces, PAGE_HEADERS)

    def _offered(self, name: str) -> Encoded:
        """Return the body in an encoding for a browser that may keep it as a dictionary for what it asks for next."""
        encoded = self.in_encoding(name)
        # Readers come back to a front, and have the edition's own by the time that they have chosen a story there.
        is_for_others = self.sheet.kind == _STORY or not self._own_dictionary
        return Encoded(
            self.sheet, self._steady_head(), encoded.etag, name, encoded.pieces, PAGE_HEADERS, self._offer(is_for_others=is_for_others)
        )

    def _offer(self, *, is_for_others: bool) -> Headers:
        link = [("link", f'<{self._own_dictionary}>; rel="compression-dictionary"')] if self._own_dictionary else []
        # Nothing fits a page better than what it was.
        pattern = "/*" if is_for_others else self.sheet.path
        return [("use-as-dictionary", f'match="{pattern}", match-dest=("document"), id="{self.digest}"'), *link]

    @property
    def _own_dictionary(self) -> str:
        return self._dictionaries.link(self.sheet.language) if self._dictionaries else ""

    def _steady_head(self) -> bytes:
        page = self.page
        if not page.steady_head:
            page.steady_head = steady_head(page.sheet, PAGE_HEADERS)
        return page.steady_head

    def _chosen(self, names: frozenset[str]) -> str:
        if self.composed.joined.size < SMALLEST_TO_COMPRESS:
            return ""
        if "br" in names:
            if "br" in self.encoded:
                return "br"
            self.lacks_brotli = True
        return next((name for name in ("gzip", "zstd", "br") if name in names), "")


class Bodies:
    """The bodies of the pages that are being read, bounded by bytes: what nobody has asked for of late goes first."""

    def __init__(self, store: SheetStore, shelf: Shelf, limit_bytes: int, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._shelf = shelf
        # The rest is for dictionaries, which share their parts with the bodies as long as these are kept.
        self._limit = int(limit_bytes * (1 - DICTIONARIES_SHARE))
        self._clock = clock
        self._bodies: OrderedDict[str, Body] = OrderedDict()
        self.bytes = 0
        self.composed = 0  # how often a page was composed since the start
        self._presser: ThreadPoolExecutor | None = None
        self._pressing: set[str] = set()
        self._allowance = Allowance(_BROTLI_SHARE)
        self.renewing = Allowance(_RENEWING_SHARE, _RENEWING_BURST_SECONDS, most_debt=_RENEWING_DEBT_SECONDS)
        self.dictionaries = Dictionaries(store, limit_bytes)

    def body(self, path: str) -> Body | None:
        """Return the page under a path as it is now; None if no sheet stands there."""
        body = self.present(path)
        if body is None:
            return None
        body.is_wanted = True
        body.hits += 1
        if body.hits in _LOOK_AGAIN_HITS:
            self._look_again(path, body)
        elif body.has_grown:
            self._weigh(path, body)
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
        if body.epoch != self._shelf.epoch or self._clock() >= body.until:
            self._renew(body)
        return body

    def at_hand(self, path: str) -> Body | None:
        """Return the page under a path if that costs next to nothing: when it is kept."""
        return self.body(path) if path in self._bodies else None

    def forget(self, changed: set[tuple[str, str]]) -> None:
        """Let go of what changed. What was withdrawn is never served from here again: its tombstone is a change like any other."""
        for kind, key in changed:
            if kind == "sheet":
                self._drop(key)
            elif kind == "redirect" and is_site_dictionary(key):
                self._offer_anew()
        self._shelf.forget(changed)

    def forget_all(self) -> None:
        """Let go of everything: another log stands where this one stood."""
        for path in list(self._bodies):
            self._drop(path)
        self._offer_anew()
        self._shelf.forget_all()

    def _offer_anew(self) -> None:
        """Lead to the present dictionaries of the editions, in heads that are kept too."""
        self.dictionaries.forget_links()
        for body in self._bodies.values():
            body.choose_anew()

    def paths(self) -> list[str]:
        """Return the paths of the kept bodies."""
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
        self.composed += 1
        body = self._bodies[path] = Body(Page(sheet, self._shelf), self._shelf, self._clock(), None, self.dictionaries)
        self._weigh(path, body)
        return body

    def _renew(self, body: Body) -> None:
        """See to it that the body is right, if something has changed since it was looked at."""
        now, shelf, touched = self._clock(), self._shelf, None
        if now < body.until:
            if body.looked_at <= now < body.patient_until and body.urgent == shelf.urgent and not self.renewing.is_left():
                return
            touched = shelf.touched_since(body.epoch, body.page.users)
            if touched is not None and not touched:
                body.still_holds(now)
                return
        self.composed += 1
        if len(body.encoded) > 1:
            body.has_grown = True  # it loses the others
        started = time.perf_counter()
        body.renew(now, touched)
        self.renewing.spend(time.perf_counter() - started)

    def _look_again(self, path: str, body: Body) -> None:
        """Have a page that is asked for again at hand in better forms."""
        may_grow = body.hits >= _HOT_FROM_HITS or self.bytes < self._limit * _SHARE_WITH_COPIES
        if may_grow:
            body.join()
        self._weigh(path, body)
        if may_grow and body.lacks_brotli:
            self._press(path, body)

    def _press(self, path: str, body: Body) -> None:
        """Have Brotli made of a body, beside the answers, unless its share of the time is used up."""
        if path in self._pressing or not self._allowance.is_left():
            return
        if self._presser is None:
            self._presser = ThreadPoolExecutor(1, "brotli")
        self._pressing.add(path)
        future = self._presser.submit(body.brotli_job())
        future.add_done_callback(lambda done: self._pressed(path, done))

    def _pressed(self, path: str, done: Future[float]) -> None:
        # In the presser's thread: each statement is one step to the others.
        self._pressing.discard(path)
        if not done.cancelled() and not done.exception():
            self._allowance.spend(done.result())

    # ------------------------------------------------------------------ room

    def _weigh(self, path: str, body: Body) -> None:
        size = body.kept_bytes
        self.bytes += size - body.weighed
        body.weighed, body.has_grown = size, False
        while self.bytes > self._limit and len(self._bodies) > 1:
            oldest = next(iter(self._bodies))
            if oldest != path and not self._bodies[oldest].is_wanted:
                self._drop(oldest)
                continue
            # A second chance: it goes if nobody asks for it until room is wanted again.
            self._bodies[oldest].is_wanted = False
            self._bodies.move_to_end(oldest)

    def _drop(self, path: str) -> None:
        body = self._bodies.pop(path, None)
        if body is not None:
            self.bytes -= body.weighed
