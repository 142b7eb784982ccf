"""The one door to the weather: a provider by its name."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import msgspec

from kawaraban.weather import jma, open_meteo
from kawaraban.weather.shapes import Observation, Place, WeatherUnavailableError

Provider = Callable[[httpx.Client, Place], Observation]

_TIMEOUT_SECONDS = 5.0


def sample(client: httpx.Client, place: Place) -> Observation:
    """Return a value that is marked as a sample, for where no provider can be asked."""
    return Observation(celsius=9.7, sign="partly", observed_at=time.time(), provider="sample", sample=True)


PROVIDERS: dict[str, Provider] = {"open-meteo": open_meteo.observe, "jma": jma.observe, "sample": sample}


def observe(name: str, place: Place, transport: httpx.BaseTransport | None = None) -> Observation:
    """Ask a provider; WeatherUnavailableError for whatever goes wrong on the way or in the answer."""
    with httpx.Client(timeout=_TIMEOUT_SECONDS, transport=transport, headers={"user-agent": "kawaraban"}) as client:
        try:
            return PROVIDERS[name](client, place)
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, UnicodeError) as error:
            raise WeatherUnavailableError(f"{name} gave no weather: {error}") from error
