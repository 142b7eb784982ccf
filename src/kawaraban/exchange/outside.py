"""Asks other machines over HTTP: at public addresses alone, within bounds of time, by nobody's proxy, and nothing is followed by itself."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

import httpx
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PARTS_WITHIN_SECONDS = 5.0


class NotPublicError(ValueError):
    """The host is none of the public internet; the message says where it is."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not this machine's, nor of a net behind it."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return bool(mapped.is_global and not mapped.is_multicast)


class Outside:
    """Other machines."""

    def __init__(self, *, may_ask: Callable[[str], bool] = is_public) -> None:
        self._may_ask = may_ask
        # No proxy of the environment: it would ask for us where we must not.
        self._client = httpx.Client(timeout=httpx.Timeout(PARTS_WITHIN_SECONDS), trust_env=False, follow_redirects=False)

    def close(self) -> None:
        """End."""
        self._client.close()

    def ask(self, method: str, address: str, *, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask, and return the answer with its body unread: it is to be closed.

        Raises:
            NotPublicError: the host is at no public address.
            httpx.HTTPError, httpx.InvalidURL, OSError, ValueError: it could not be asked.
        """
        url = httpx.URL(address)
        ip = self._place_of(url.host, url.port or (443 if url.scheme == "https" else 80))
        # The machine that was looked at is the one that is asked, whatever the name leads to a moment later.
        there = url.copy_with(host=ip)
        said = {"host": url.netloc.decode("ascii"), "user-agent": "Kawaraban", **headers}
        request = self._client.build_request(method, there, headers=said, data=form, extensions={"sni_hostname": url.host})
        return self._client.send(request, stream=True)

    def _place_of(self, host: str, port: int) -> str:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        refused = [ip for ip in found if not self._may_ask(ip)]
        if refused or not found:
            where = ", ".join(refused)
            if not where:
                raise NotPublicError(Said(_("%(host)s has no address"), host=host))
            raise NotPublicError(Said(_("%(host)s is at %(where)s, which is none of the public internet"), host=host, where=where))
        return found[0]
