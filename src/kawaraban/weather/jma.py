"""The Japan Meteorological Agency's public JSON: the temperature of an AMeDAS station, the sign of its office's forecast."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from kawaraban.weather.asking import answer
from kawaraban.weather.shapes import Observation, Place, Sign, WeatherUnavailableError

if TYPE_CHECKING:
    import httpx

SITE = "https://www.jma.go.jp/bosai"


class _Station(msgspec.Struct):
    temp: list[float | int | None] | None = None


class _Area(msgspec.Struct, rename="camel"):
    weather_codes: list[str] | None = None


class _Series(msgspec.Struct):
    areas: list[_Area]


class _Forecast(msgspec.Struct, rename="camel"):
    time_series: list[_Series]


def observe(client: httpx.Client, place: Place) -> Observation:
    """Ask for the newest observation of the place's station and the forecast of its area."""
    response = client.get(f"{SITE}/amedas/data/latest_time.txt")
    response.raise_for_status()
    try:
        latest = datetime.fromisoformat(response.text.strip()[:40])
    except ValueError as error:
        raise WeatherUnavailableError(f"jma told no time: {response.text[:40]!r}") from error
    stations = answer(client, f"{SITE}/amedas/data/map/{latest:%Y%m%d%H%M%S}.json", dict[str, _Station])
    station = stations.get(place.jma_station)
    if station is None:
        raise WeatherUnavailableError(f"jma knows no station {place.jma_station}: set the newspaper's station")
    # A value stands beside its quality: 0 is normal.
    temperature = station.temp[0] if station.temp and len(station.temp) == 2 and station.temp[1] == 0 else None  # noqa: PLR2004
    forecast = answer(client, f"{SITE}/forecast/data/forecast/{place.jma_area}.json", list[_Forecast])
    codes = [
        code for part in forecast[:1] for series in part.time_series for area in series.areas[:1] for code in (area.weather_codes or [])[:1]
    ]
    if not codes:
        raise WeatherUnavailableError(f"jma told no forecast for the area {place.jma_area}")
    celsius = None if temperature is None else round(float(temperature), 1)
    return Observation(celsius=celsius, sign=sign_of(codes[0]), observed_at=latest.timestamp(), provider="jma")


def sign_of(code: str) -> Sign:
    """Read a forecast's weather code: its first digit is the weather, 1x0 and 2x0 pure, others mixed."""
    kind = code[:1]
    if kind == "1":
        return "clear" if code in {"100", "123", "124", "130", "131"} else "partly"
    signs: dict[str, Sign] = {"2": "cloudy", "3": "rain", "4": "snow"}
    return signs.get(kind, "cloudy")
