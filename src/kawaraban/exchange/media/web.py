"""Pictures that are asked for over HTTP: from hosts that were named, at public addresses, within bounds of size and time."""

from __future__ import annotations

import ipaddress
import socket
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from kawaraban.exchange.media.shapes import LARGEST_FILE, FoundFile, NotHadError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

SECONDS = 20.0
MOST_MOVES = 3
_MOVED = {301, 302, 303, 307, 308}
_OK = 200


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not this machine's, nor of a net behind it."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return bool(mapped.is_global and not mapped.is_multicast)


class Web:
    """Other machines."""

    def __init__(self, hosts: Collection[str], *, may_ask: Callable[[str], bool] = is_public, seconds: float = SECONDS) -> None:
        self._hosts = {host.lower() for host in hosts}
        self._may_ask = may_ask
        self._seconds = seconds
        # No proxy of the environment: it would ask for us where we must not.
        self._client = httpx.Client(timeout=httpx.Timeout(5.0), trust_env=False, follow_redirects=False)

    def close(self) -> None:
        """End."""
        self._client.close()

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
            for _ in range(MOST_MOVES + 1):
                if not self.has(address):
                    raise NotHadError(f"{urlsplit(address).hostname} is not among the hosts that may be asked (--media-host)")
                moved, content = self._ask(address, until)
                if not moved:
                    return FoundFile(PurePosixPath(unquote(urlsplit(address).path)).name or "photo", content)
                address = urljoin(address, moved)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise NotHadError(f"it could not be asked for ({str(error) or type(error).__name__})") from error
        raise NotHadError(f"its address leads on more than {MOST_MOVES} times")

    def _ask(self, address: str, until: float) -> tuple[str, bytes]:
        url = httpx.URL(address)
        host = url.host
        ip = self._place_of(host, url.port or (443 if url.scheme == "https" else 80))
        # The machine that was looked at is the one that is asked, whatever the name leads to a moment later.
        there = url.copy_with(host=ip)
        headers = {
            "host": url.netloc.decode("ascii"),
            "accept": "image/*",
            # A packed answer of kilobytes may be one of gigabytes, and pictures are packed already.
            "accept-encoding": "identity",
            "user-agent": "Kawaraban",
        }
        request = self._client.build_request("GET", there, headers=headers, extensions={"sni_hostname": host})
        answer = self._client.send(request, stream=True)
        try:
            if answer.status_code in _MOVED and (to := answer.headers.get("location")):
                return str(to), b""
            if answer.status_code != _OK:
                raise NotHadError(f"its address answers {answer.status_code}")
            if (packed := answer.headers.get("content-encoding", "identity").strip().lower()) not in {"", "identity"}:
                raise NotHadError(f"it comes packed ({packed[:40]}), which was not asked for and is not unpacked")
            if int(answer.headers.get("content-length", "0") or "0") > LARGEST_FILE:
                raise NotHadError(f"it is larger than {LARGEST_FILE // 1024 // 1024} MB")
            content = bytearray()
            for part in answer.iter_raw():
                content += part
                if len(content) > LARGEST_FILE:
                    raise NotHadError(f"it is larger than {LARGEST_FILE // 1024 // 1024} MB")
                if time.monotonic() > until:
                    raise NotHadError(f"it did not come within {self._seconds:.0f} seconds")
            return "", bytes(content)
        finally:
            answer.close()

    def _place_of(self, host: str, port: int) -> str:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        refused = [ip for ip in found if not self._may_ask(ip)]
        if refused or not found:
            raise NotHadError(f"{host} is at {', '.join(refused) or 'no address'}, which is none of the public internet")
        return found[0]
