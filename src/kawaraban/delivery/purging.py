"""Tells the caches in front of us what has changed: Varnish, Fastly, Cloudflare.

Pages may be kept by shared caches for seconds anyway. What is purged is what must not wait for that: a page that was printed anew or
withdrawn. The purger follows the sheet log; its place in it is written down after a cache has answered, so nothing is left out,
however it ends, and what is asked for twice does no harm.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import httpx

from kawaraban.delivery.http import path_key
from kawaraban.sheetlog.log import SheetLog
from kawaraban.sheetlog.shapes import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.05
_ANSWERS_WITHIN_SECONDS = 5.0
_AGAIN_AFTER_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# A template was changed and everything is printed anew: emptying the cache is quicker, for it and for us.
_EVERYTHING_FROM = 500
# What each takes in one request.
_CLOUDFLARE_ADDRESSES = 30
_FASTLY_KEYS = 256


class PurgeError(Exception):
    """A cache did not do what it was asked; the message says which, and what it answered."""


class Cache(Protocol):
    """A shared cache in front of the reader servers."""

    def purge(self, paths: Sequence[str]) -> None:
        """Have it forget these paths of the site. PurgeError if it does not."""

    def purge_all(self) -> None:
        """Have it forget the whole site. PurgeError if it does not."""


class Varnish:
    """Varnish, whose VCL answers PURGE for an address and BAN for everything (docs/how-to/put-a-cache-in-front.md)."""

    def __init__(self, url: str, site: str, client: httpx.Client) -> None:
        self._url = url.rstrip("/")
        self._host = urlsplit(site).netloc
        self._client = client

    def purge(self, paths: Sequence[str]) -> None:
        """Send a PURGE for each."""
        for path in paths:
            _sent(self._client, "PURGE", self._url + path, {"host": self._host})

    def purge_all(self) -> None:
        """Send a BAN for all."""
        _sent(self._client, "BAN", self._url + "/", {"host": self._host})


class Fastly:
    """Fastly, by surrogate keys: https://www.fastly.com/documentation/reference/api/purging/."""

    def __init__(self, service: str, token: str, client: httpx.Client, api: str = "https://api.fastly.com") -> None:
        self._url = f"{api}/service/{service}"
        self._headers = {"fastly-key": token, "accept": "application/json"}
        self._client = client

    def purge(self, paths: Sequence[str]) -> None:
        """Purge the pages' own keys."""
        for first in range(0, len(paths), _FASTLY_KEYS):
            keys = [path_key(path) for path in paths[first : first + _FASTLY_KEYS]]
            _sent(self._client, "POST", f"{self._url}/purge", {**self._headers, "surrogate-key": " ".join(keys)})

    def purge_all(self) -> None:
        """Purge the service."""
        _sent(self._client, "POST", f"{self._url}/purge_all", self._headers)


class Cloudflare:
    """Cloudflare, by addresses, which every plan has: https://developers.cloudflare.com/api/resources/cache/methods/purge/."""

    def __init__(self, zone: str, token: str, site: str, client: httpx.Client, api: str = "https://api.cloudflare.com/client/v4") -> None:
        self._url = f"{api}/zones/{zone}/purge_cache"
        self._headers = {"authorization": f"Bearer {token}"}
        self._site = site
        self._client = client

    def purge(self, paths: Sequence[str]) -> None:
        """Purge addresses, thirty at a time."""
        for first in range(0, len(paths), _CLOUDFLARE_ADDRESSES):
            files = [self._site + path for path in paths[first : first + _CLOUDFLARE_ADDRESSES]]
            _sent(self._client, "POST", self._url, self._headers, {"files": files})

    def purge_all(self) -> None:
        """Purge the zone."""
        _sent(self._client, "POST", self._url, self._headers, {"purge_everything": True})


def cache_of(words: str, token: str, site: str, client: httpx.Client) -> Cache:
    """Make the adapter for ``KAWARABAN_PURGE``: "varnish http://…", "fastly SERVICE" or "cloudflare ZONE".

    Raises:
        ValueError: it is none of these; the message says what is missing.
    """
    name, _, rest = words.strip().partition(" ")
    rest = rest.strip()
    if name == "varnish":
        if urlsplit(rest).scheme not in {"http", "https"}:
            raise ValueError("varnish needs its address, such as varnish http://127.0.0.1:6081")
        return Varnish(rest, site, client)
    if name not in {"fastly", "cloudflare"}:
        raise ValueError("it begins with varnish, fastly or cloudflare")
    if not rest or not token:
        raise ValueError(f"{name} needs its {'service' if name == 'fastly' else 'zone'} here and a token in KAWARABAN_PURGE_TOKEN")
    return Fastly(rest, token, client) if name == "fastly" else Cloudflare(rest, token, site, client)


class Purger:
    """Follows the log and purges what changed."""

    def __init__(self, sheet_log: Path, place: Path, cache: Cache) -> None:
        self._path = sheet_log
        self._place = place
        self._cache = cache
        self._log: SheetLog | None = None
        self._file = 0

    def look(self) -> int:
        """Purge what changed since the last look; return how many pages that were. PurgeError: nothing is noted as done."""
        try:
            file = self._path.stat().st_ino
        except FileNotFoundError:
            return 0
        if self._log is None or file != self._file:
            self._open(file)
        log = self._log
        assert log is not None  # noqa: S101 - opened above
        last, known = log.last_seq(), self._known()
        if known is None or known > last:
            # The first time, or another log stands there: nobody knows what caches hold.
            self._cache.purge_all()
            self._note(last)
            return 0
        if last == known:
            return 0
        paths = list(dict.fromkeys(entry.key for entry in log.changed_keys(known) if entry.kind in {Kind.SHEET, Kind.GONE, Kind.REDIRECT}))
        if len(paths) >= _EVERYTHING_FROM:
            self._cache.purge_all()
        elif paths:
            self._cache.purge(paths)
        self._note(last)
        return len(paths)

    def run(self, stopped: Callable[[], bool]) -> None:
        """Look again and again until stopped; a cache that is away is asked again, less and less often."""
        failures = 0
        while not stopped():
            try:
                self.look()
                failures = 0
            except (PurgeError, OSError) as error:
                wait = _AGAIN_AFTER_SECONDS[min(failures, len(_AGAIN_AFTER_SECONDS) - 1)]
                failures += 1
                logger.warning("what changed could not be purged, and is tried again in %s s: %s", wait, error)
                time.sleep(wait)
            time.sleep(LOOK_EVERY_SECONDS)

    def _open(self, file: int) -> None:
        if self._log is not None:
            self._log.close()
        self._log, self._file = SheetLog(self._path), file

    def _known(self) -> int | None:
        try:
            return int(self._place.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def _note(self, seq: int) -> None:
        beside = self._place.with_suffix(".new")
        beside.write_text(str(seq), encoding="ascii")
        beside.replace(self._place)


def _sent(client: httpx.Client, method: str, url: str, headers: dict[str, str], message: object = None) -> None:
    try:
        answer = client.request(method, url, headers=headers, json=message, timeout=_ANSWERS_WITHIN_SECONDS)
    except httpx.HTTPError as error:
        raise PurgeError(f"{urlsplit(url).netloc} did not answer {method}: {error}") from error
    if not answer.is_success:
        raise PurgeError(f"{urlsplit(url).netloc} answered {method} with {answer.status_code}: {answer.text[:200]}")
