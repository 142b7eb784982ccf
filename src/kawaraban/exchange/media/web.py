"""Pictures that are asked for over HTTP: from hosts that were named, at public addresses, within bounds of size and time."""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import httpx
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.media.shapes import LARGER, LARGEST_FILE, FoundFile, NotHadError
from kawaraban.exchange.outside import NotPublicError, Outside, is_public
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

SECONDS = 20.0
MOST_MOVES = 3
_MOVED = {301, 302, 303, 307, 308}
_OK = 200
_HEADERS = {
    "accept": "image/*",
    # A packed answer of kilobytes may be one of gigabytes, and pictures are packed already.
    "accept-encoding": "identity",
}


class Web:
    """Other machines' pictures."""

    def __init__(self, hosts: Collection[str], *, may_ask: Callable[[str], bool] = is_public, seconds: float = SECONDS) -> None:
        self._hosts = {host.lower() for host in hosts}
        self._seconds = seconds
        self._outside = Outside(may_ask=may_ask)

    def close(self) -> None:
        """End."""
        self._outside.close()

    def has(self, address: str) -> bool:
        """Whether it may be asked for."""
        try:
            parts = urlsplit(address)
            return parts.scheme in {"http", "https"} and (parts.hostname or "").lower() in self._hosts
        except ValueError:
            return False

    def get(self, address: str) -> FoundFile:
        """Return the file of an address. Raises NotHadError."""
        until = time.monotonic() + self._seconds
        try:
            for _move in range(MOST_MOVES + 1):
                if not self.has(address):
                    raise NotHadError(
                        Said(_("%(host)s is not among the hosts that may be asked (--media-host)"), host=urlsplit(address).hostname)
                    )
                moved, content = self._ask(address, until)
                if not moved:
                    return FoundFile(PurePosixPath(unquote(urlsplit(address).path)).name or "photo", content)
                address = urljoin(address, moved)
        except NotPublicError as error:
            raise NotHadError(error.args[0]) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise NotHadError(Said(_("it could not be asked for (%(why)s)"), why=str(error) or type(error).__name__)) from error
        raise NotHadError(Said(_("its address leads on more than %(most)s times"), most=MOST_MOVES))

    def _ask(self, address: str, until: float) -> tuple[str, bytes]:
        answer = self._outside.ask("GET", address, headers=_HEADERS)
        try:
            if answer.status_code in _MOVED and (to := answer.headers.get("location")):
                return str(to), b""
            if answer.status_code != _OK:
                raise NotHadError(Said(_("its address answers %(status)s"), status=answer.status_code))
            if (packed := answer.headers.get("content-encoding", "identity").strip().lower()) not in {"", "identity"}:
                raise NotHadError(Said(_("it comes packed (%(how)s), which was not asked for and is not unpacked"), how=packed[:40]))
            if int(answer.headers.get("content-length", "0") or "0") > LARGEST_FILE:
                raise NotHadError(Said(LARGER, most=LARGEST_FILE // 1024 // 1024))
            content = bytearray()
            for part in answer.iter_raw():
                content += part
                if len(content) > LARGEST_FILE:
                    raise NotHadError(Said(LARGER, most=LARGEST_FILE // 1024 // 1024))
                if time.monotonic() > until:
                    raise NotHadError(Said(_("it did not come within %(seconds)s seconds"), seconds=round(self._seconds)))
            return "", bytes(content)
        finally:
            answer.close()
