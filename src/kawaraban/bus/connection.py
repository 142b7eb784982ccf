"""The connection to the bus. It is held by one loop that begins anew whenever anything is lost: what was done stands at both ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from typing import TYPE_CHECKING

import msgspec
import nats
from nats import errors as nats_errors
from nats.js import errors as stream_errors

from kawaraban.bus.publishing import NotPublishedError, Publisher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.client import Client
    from nats.js import JetStreamContext

logger = logging.getLogger(__name__)

COME_BACK_AFTER_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
WELL_AFTER_SECONDS = 10.0
# A line that was cut without a word is noticed after two pings without an answer.
PING_SECONDS = 4
CONNECT_WITHIN_SECONDS = 5
ANSWER_WITHIN_SECONDS = 10.0


class BusAwayError(Exception):
    """The bus does not answer, or does not hold what it must; the message says what."""


class BusSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bus is, and by what we and it know each other. ``url`` holds the credentials, if there are any."""

    url: str  # nats://name:password@host:4222 or tls://…; several of one cluster, with commas
    ca: str = ""  # file with the authority that signed the server's certificate, if it is none that everybody knows
    certificate: str = ""  # our own, where the server asks for one
    key: str = ""


class Bus:
    """One live connection."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.streams: JetStreamContext = client.jetstream(timeout=ANSWER_WITHIN_SECONDS)
        self.publisher = Publisher(client)
        self.lost = asyncio.Event()


async def stay_connected(settings: BusSettings, work: Callable[[Bus], Awaitable[None]]) -> None:
    """Do ``work`` with a connection, for ever: when either ends, connect again and begin ``work`` anew."""
    tries, trouble = 0, ""
    while True:
        began = time.monotonic()
        connected = asyncio.ensure_future(_once(settings, work))
        try:
            await asyncio.wait([connected])
        finally:
            await end(connected)
        try:
            connected.result()
        except (BusAwayError, NotPublishedError, nats_errors.Error, stream_errors.Error, OSError, TimeoutError) as error:
            # Asked for as long as it is away: said once.
            if str(error) != trouble:
                logger.warning("not on the bus: %s", error or type(error).__name__)
            trouble = str(error)
        if time.monotonic() - began > WELL_AFTER_SECONDS:
            tries, trouble = 0, ""
        await asyncio.sleep(COME_BACK_AFTER_SECONDS[min(tries, len(COME_BACK_AFTER_SECONDS) - 1)])
        tries += 1


async def _once(settings: BusSettings, work: Callable[[Bus], Awaitable[None]]) -> None:
    async with _connected(settings) as bus:
        working = asyncio.ensure_future(work(bus))
        lost = asyncio.ensure_future(bus.lost.wait())
        try:
            await asyncio.wait([working, lost], return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            was_done = working.done()
            await end(working)
        if not was_done:
            raise BusAwayError("the connection was lost")
        working.result()


async def end(task: asyncio.Future[None]) -> None:
    """Cancel, again if need be: before Python 3.12 ``wait_for``, which the client library waits with, may swallow it."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.5)
    if not task.cancelled():
        # Whoever wants it asks; whoever does not is told of no failure that nobody asked for.
        task.exception()


@contextlib.asynccontextmanager
async def _connected(settings: BusSettings):  # type: ignore[no-untyped-def] # noqa: ANN202 - an iterator, of which mypy makes a context
    lost: list[Bus] = []

    async def gone() -> None:
        for bus in lost:
            bus.lost.set()

    async def heard(error: Exception) -> None:
        logger.debug("the bus says: %s", error)

    client = await nats.connect(
        settings.url.split(","),
        tls=_tls(settings),
        allow_reconnect=False,
        connect_timeout=CONNECT_WITHIN_SECONDS,
        ping_interval=PING_SECONDS,
        max_outstanding_pings=2,
        closed_cb=gone,
        disconnected_cb=gone,
        error_cb=heard,
        name="kawaraban",
    )
    try:
        bus = Bus(client)
        lost.append(bus)
        await bus.publisher.start()
        yield bus
    finally:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CONNECT_WITHIN_SECONDS):
                await client.close()


def _tls(settings: BusSettings) -> ssl.SSLContext | None:
    if not settings.url.startswith("tls://"):
        return None
    context = ssl.create_default_context(cafile=settings.ca or None)
    if settings.certificate:
        context.load_cert_chain(settings.certificate, settings.key or None)
    return context
