"""The processes that carry what is printed from machine to machine."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import click

from kawaraban.project.env import read_environment

if TYPE_CHECKING:
    from kawaraban.bus.connection import BusSettings
    from kawaraban.project.env import Environment


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
