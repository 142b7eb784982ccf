"""Compression dictionaries (RFC 9842): a reader's next page is compressed against what that reader has already.

Two kinds serve: the page read before, which the browser keeps for some minutes, and the edition's own dictionary, which the press
makes of what its pages have in common. A browser names what it has by a hash, and by the name that we gave it; whoever names
what we do not hold, or something else under its name, is answered as if it had named nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

import zstandard

from kawaraban.delivery.allowance import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kawaraban.delivery.store import SheetStore
    from kawaraban.sheetlog.parts import Part

# RFC 9842, 5: a skippable frame of zstd that holds the dictionary's SHA-256, and then the frame itself.
_DCZ_HEAD = b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"
# A fifth of a millisecond for a page.
_QUICK = zstandard.ZstdCompressionParameters.from_level(6)
# A tenth smaller, for some three milliseconds: where there is time.
_THOROUGH = zstandard.ZstdCompressionParameters.from_level(
    19, window_log=18, hash_log=17, chain_log=17, search_log=4, min_match=3, target_length=128
)
_KEPT_SECONDS = 86_400.0
# So much of one core's time is spent on it: thoroughly as long as there is plenty, then quickly; who comes when there is none goes without.
_SHARE = 0.15
# Of the room for bodies.
SHARE_OF_ROOM = 0.2
_BYTES_A_BODY = 1000
_ANSWERS_KEPT = 500


class Dictionary:
    """What a reader has: a page that we served, or an edition's own dictionary."""

    def __init__(self, parts: Sequence[Part], path: str = "") -> None:
        self.parts = parts
        self.path = path  # of the page; an edition's own is of none
        self.kept_at = 0.0

    @cached_property
    def sha256(self) -> bytes:
        """What a browser names it by."""
        return hashlib.sha256(self._plain()).digest()

    def compress(self, plain: bytes, *, thoroughly: bool) -> bytes:
        """Write bytes in the encoding "dcz"."""
        return _DCZ_HEAD + self.sha256 + self._packer(thoroughly=thoroughly).compress(plain)

    def _packer(self, *, thoroughly: bool) -> zstandard.ZstdCompressor:
        raw = zstandard.ZstdCompressionDict(self._plain(), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return zstandard.ZstdCompressor(compression_params=_THOROUGH if thoroughly else _QUICK, dict_data=raw)

    def _plain(self) -> bytes:
        return b"".join([part.plain for part in self.parts])


class SiteDictionary(Dictionary):
    """An edition's own dictionary, ready for use: every reader has the same."""

    def __init__(self, body: bytes) -> None:
        super().__init__(())
        self._body = body
        self._ready = {thoroughly: super(SiteDictionary, self)._packer(thoroughly=thoroughly) for thoroughly in (False, True)}

    def _packer(self, *, thoroughly: bool) -> zstandard.ZstdCompressor:
        return self._ready[thoroughly]

    def _plain(self) -> bytes:
        return self._body


class Dictionaries:
    """The dictionaries that readers may have, bounded by bytes and by a day: what was given out least lately goes first."""

    def __init__(self, store: SheetStore, limit_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._limit = int(limit_bytes * SHARE_OF_ROOM)
        self._clock = clock
        self._pages: OrderedDict[str, Dictionary] = OrderedDict()
        self._site: OrderedDict[str, SiteDictionary | None] = OrderedDict()
        self._links: dict[str, str] = {}
        self._answers: OrderedDict[tuple[bytes, str], bytes] = OrderedDict()
        # The bodies of one page share nearly all of their parts: each is weighed once.
        self._shares: dict[bytes, int] = {}
        self._allowance = Allowance(_SHARE, clock=clock)
        self.bytes = 0
        self.used = 0  # answers that were compressed against a dictionary

    def remember(self, digest: str, path: str, parts: Sequence[Part]) -> None:
        """Keep a page's body that was given out as a dictionary."""
        known = self._pages.get(digest)
        now = self._clock()
        if known is not None:
            known.kept_at = now
            self._pages.move_to_end(digest)
            return
        dictionary = self._pages[digest] = Dictionary(tuple(parts), path)
        dictionary.kept_at = now
        self.bytes += _BYTES_A_BODY + sum([self._share(part) for part in dictionary.parts])
        while self.bytes > self._limit or next(iter(self._pages.values())).kept_at < now - _KEPT_SECONDS:
            _, gone = self._pages.popitem(last=False)
            self.bytes -= _BYTES_A_BODY + sum([self._unshare(part) for part in gone.parts])
            if not self._pages:
                break

    def link(self, language: str) -> str:
        """Return the path of an edition's own dictionary; "" if it has none yet."""
        path = self._links.get(language)
        if path is None:
            redirect = self._store.redirect(site_dictionary_address(language))
            path = self._links[language] = redirect.to if redirect else ""
        return path

    def forget_links(self) -> None:
        """Look again which dictionaries the editions have."""
        self._links.clear()

    def found(self, available: bytes, identity: bytes) -> Dictionary | None:
        """Return the dictionary that a reader has, by Available-Dictionary and Dictionary-ID; None if we do not hold it."""
        name = identity.decode("latin-1").strip().strip('"')
        dictionary = self._site_dictionary(name) if name.startswith("/") else self._pages.get(name)
        if dictionary is None:
            return None
        try:
            sha256 = base64.b64decode(available.strip().strip(b":"), validate=True)
        except binascii.Error:
            return None
        return dictionary if sha256 == dictionary.sha256 else None

    def compressed(self, dictionary: Dictionary, digest: str, parts: Sequence[Part]) -> bytes | None:
        """Return a body in "dcz"; None if there is no time for it at this moment."""
        key = (dictionary.sha256, digest)
        packed = self._answers.get(key)
        if packed is None:
            if not self._allowance.is_left():
                return None
            started = time.thread_time()
            packed = self._answers[key] = dictionary.compress(
                b"".join([part.plain for part in parts]), thoroughly=self._allowance.is_plenty()
            )
            self._allowance.spend(time.thread_time() - started)
            if len(self._answers) > _ANSWERS_KEPT:
                self._answers.popitem(last=False)
        self.used += 1
        return packed

    def _site_dictionary(self, path: str) -> SiteDictionary | None:
        if path not in self._site:
            asset = self._store.asset(path)
            if asset is None or not asset.dictionary_for:
                return None
            self._site[path] = SiteDictionary(asset.body)
            if len(self._site) > 8:  # noqa: PLR2004 - today's and yesterday's of all editions
                self._site.popitem(last=False)
        return self._site[path]

    def _share(self, part: Part) -> int:
        count = self._shares.get(part.digest, 0)
        self._shares[part.digest] = count + 1
        return 0 if count else len(part.deflated)

    def _unshare(self, part: Part) -> int:
        count = self._shares.pop(part.digest)
        if count > 1:
            self._shares[part.digest] = count - 1
            return 0
        return len(part.deflated)


def site_dictionary_address(language: str) -> str:
    """Return the address that leads to an edition's present dictionary."""
    return f"/assets/{language}.dictionary"


def is_site_dictionary(path: str) -> bool:
    """Say whether an address is one that leads to an edition's present dictionary."""
    return path.startswith("/assets/") and path.endswith(".dictionary")
