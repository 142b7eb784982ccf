"""What a provider tells, and where it is asked about."""

from __future__ import annotations

from typing import Literal

import msgspec

Sign = Literal["clear", "partly", "cloudy", "fog", "rain", "snow", "thunder"]


class Place(msgspec.Struct, frozen=True):
    """A place on the map, and the names under which Japan's agency knows it."""

    latitude: float
    longitude: float
    jma_station: str = ""  # AMeDAS, five digits
    jma_area: str = ""  # forecast office, six digits


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """The weather at a place. Temperature in °C, to a tenth; ``observed_at`` in seconds since 1970, UTC."""

    celsius: float | None
    sign: Sign
    observed_at: float
    provider: str
    sample: bool = False


class WeatherUnavailableError(Exception):
    """No value can be had; the message says from whom and why."""
