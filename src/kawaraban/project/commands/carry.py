"""The processes that carry what is printed from machine to machine, and what is read back; and the collector, which does so too."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import time
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from kawaraban.project.env import read_environment

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from kawaraban.bus.connection import BusSettings
    from kawaraban.project.env import Environment

# Objects made, rounds of the young, rounds of the middle.
SELDOM_COLLECTED = (50_000, 20, 100)
# What the C library calls the number of its heaps.
_HEAPS = -8


@click.command()
@click.option("--of-all-nodes", is_flag=True, help="Where nodes hand on what they have judged.")
def collector(of_all_nodes: bool) -> None:  # noqa: FBT001
    """The collector of reads: of this machine's readers, or, beside the newsroom of a site of several machines, of all nodes."""
    from kawaraban.audience.collector import run_collector
    from kawaraban.audience.outbox import Outbox
    from kawaraban.audience.shapes import Keeping

    environment = read_environment()
    environment.make_directories()
    # A referrer on the site's own name is no other site's.
    hosts = [host] if (host := urlsplit(environment.base_url).hostname) else []
    start = partial(
        run_collector,
        environment.collector_socket,
        environment.reads_dir,
        environment.sheet_log,
        own_hosts=hosts,
        # Of a node's reads the newsroom tells.
        keeping=Keeping(environment.reads_days, environment.timezone if of_all_nodes or not environment.bus else ""),
    )
    if not environment.bus:
        _run(start())
        return
    from kawaraban.bus.connection import stay_connected
    from kawaraban.bus.reads import Newsroom, Node

    settings = bus_settings(environment)
    if of_all_nodes:
        _run(start(beside=lambda ours: [stay_connected(settings, Newsroom(ours).work)]))
        return
    while not environment.token_key.exists():
        # It comes over the bus. A key of our own would call every read a forgery.
        time.sleep(0.2)
    outbox = Outbox(environment.reads_dir / "outbox")
    _run(start(outbox=outbox, beside=lambda ours: [stay_connected(settings, Node(ours, outbox).work)]))


def _run(collecting: Coroutine[Any, Any, None]) -> None:
    """Run the collector in the event loop that takes thousands of reads a second with the least work, where there is one."""
    # What is made for a read is in no cycle, and what stays (stories, groups of visitors) is much: Python looks through it seldom.
    gc.set_threshold(*SELDOM_COLLECTED)
    # One heap for all threads, of which only one works at a time: what each frees in one of its own would be nobody else's to take.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_HEAPS, 1)
    try:
        import uvloop
    except ImportError:  # not to be had on this platform
        asyncio.run(collecting)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(collecting)


@click.command()
def forwarder() -> None:
    """The newsroom's way to the bus."""
    from kawaraban.bus.connection import stay_connected
    from kawaraban.bus.forwarder import Forwarder

    environment = read_environment()
    environment.make_directories()
    carrier = Forwarder(
        sheet_log=environment.sheet_log,
        media_dir=environment.media_dir,
        token_key=environment.token_key,
        sent=environment.newsroom_dir / "forwarded.sqlite3",
    )
    with contextlib.closing(carrier):
        asyncio.run(stay_connected(bus_settings(environment), carrier.work))


@click.command()
def follower() -> None:
    """A reader node's way from the bus."""
    from kawaraban.bus.connection import stay_connected
    from kawaraban.bus.follower import Follower

    environment = read_environment()
    environment.make_directories()
    carrier = Follower(sheet_log=environment.sheet_log, media_dir=environment.media_dir, token_key=environment.token_key)
    with contextlib.closing(carrier):
        asyncio.run(stay_connected(bus_settings(environment), carrier.work))


def bus_settings(environment: Environment) -> BusSettings:
    """Return what the environment says of the bus; UsageError if it says nothing."""
    from kawaraban.bus.connection import BusSettings

    if not environment.bus:
        raise click.UsageError("There is no bus: set KAWARABAN_BUS.")
    return BusSettings(url=environment.bus, ca=environment.bus_ca, certificate=environment.bus_certificate, key=environment.bus_key)
