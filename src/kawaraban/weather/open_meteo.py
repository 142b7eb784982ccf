"""Open-Meteo: the current weather by latitude and longitude; no key. Documented at open-meteo.com/en/docs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from kawaraban.weather.asking import answer
from kawaraban.weather.shapes import Observation, Place, Sign, WeatherUnavailableError

if TYPE_CHECKING:
    import httpx

ADDRESS = "https://api.open-meteo.com/v1/forecast"


class _Current(msgspec.Struct):
    time: int
    temperature_2m: float | None = None
    weather_code: int | None = None


class _Answer(msgspec.Struct):
    current: _Current


def observe(client: httpx.Client, place: Place) -> Observation:
    """Ask for what it is like there now."""
    params = {
        "latitude": f"{place.latitude:.4f}",
        "longitude": f"{place.longitude:.4f}",
        "current": "temperature_2m,weather_code",
        "timeformat": "unixtime",
    }
    current = answer(client, ADDRESS, _Answer, params).current
    if current.weather_code is None:
        raise WeatherUnavailableError("open-meteo told no weather code")
    celsius = None if current.temperature_2m is None else round(current.temperature_2m, 1)
    return Observation(celsius=celsius, sign=sign_of(current.weather_code), observed_at=float(current.time), provider="open-meteo")


def sign_of(code: int) -> Sign:
    """Read a WMO code (table 4677) as one of our signs."""
    signs: tuple[tuple[range, Sign], ...] = (
        (range(2), "clear"),
        (range(2, 3), "partly"),
        (range(3, 4), "cloudy"),
        (range(45, 49), "fog"),
        (range(51, 68), "rain"),
        (range(71, 78), "snow"),
        (range(80, 83), "rain"),
        (range(85, 87), "snow"),
        (range(95, 100), "thunder"),
    )
    return next((sign for codes, sign in signs if code in codes), "cloudy")
