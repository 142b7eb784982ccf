"""Asks other machines over HTTP: at public addresses alone, within bounds of time, by nobody's proxy, and nothing is followed by itself."""

from __future__ import annotations

import ipaddress
import socket
import time
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping

PARTS_WITHIN_SECONDS, ALL_WITHIN_SECONDS = 5.0, 20.0


class NotPublicError(ValueError):
    """The host is none of the public internet; the message says where it is."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not this machine's, nor of a net behind it."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return bool(mapped.is_global and not mapped.is_multicast)


class Outside:
    """Other machines, asked by one thread, one after the other."""

    def __init__(self, *, may_ask: Callable[[str], bool] = is_public, seconds: float = ALL_WITHIN_SECONDS) -> None:
        self._may_ask = may_ask
        self._seconds = seconds
        self._network = _Network()
        # No proxy of the environment: it would ask for us where we must not.
        self._client = httpx.Client(
            transport=_Transport(self._network), timeout=httpx.Timeout(PARTS_WITHIN_SECONDS), trust_env=False, follow_redirects=False
        )

    def close(self) -> None:
        """End."""
        self._client.close()

    def ask(self, method: str, address: str, *, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask, and return the answer with its body unread: it is to be closed. All of it comes within the seconds, or not at all.

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
        self._network.until = time.monotonic() + self._seconds
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


class _Network(httpcore.NetworkBackend):
    """The network until a moment. httpx bounds each waiting alone: who sends a letter now and then would be waited for without end."""

    def __init__(self) -> None:
        self.until = 0.0
        self._plain = httpcore.SyncBackend()

    def left(self, timeout: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("it took too long")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.connect_tcp(host, port, self.left(timeout), local_address, socket_options), self)


class _Stream(httpcore.NetworkStream):
    def __init__(self, plain: httpcore.NetworkStream, network: _Network) -> None:
        self._plain = plain
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, self._network.left(timeout)), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


class _Transport(httpx.HTTPTransport):
    def __init__(self, network: _Network) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=network)
