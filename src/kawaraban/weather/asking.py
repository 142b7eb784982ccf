"""Asking a provider: bounded in size, of a known shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from kawaraban.weather.shapes import WeatherUnavailableError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
_LARGEST_ANSWER = 4 * 1024 * 1024


def answer(client: httpx.Client, url: str, shape: type[T], params: dict[str, str] | None = None) -> T:
    """Get JSON of a known shape; what is too large or of another shape is refused."""
    with client.stream("GET", url, params=params) as response:
        response.raise_for_status()
        body = b""
        for piece in response.iter_bytes():
            body += piece
            if len(body) > _LARGEST_ANSWER:
                raise WeatherUnavailableError(f"the answer of {response.url.host} is too large")
    return msgspec.json.decode(body, type=shape)
