"""Readers who read to the end: each from an address of its own, so that none is another's repeat."""

from __future__ import annotations

import itertools
import re

import httpx

from audience.cast import PHONE

_client = httpx.Client(timeout=20)
_addresses = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in itertools.count(1))


def a_story(url: str) -> tuple[str, str]:
    """The id and the token of a story that stands on the front page."""
    path = next(
        path for path in re.findall(r'href="(/[a-z]+/[A-Za-z0-9]+)"', httpx.get(url).text) if httpx.get(url + path).status_code == 200
    )
    page = httpx.get(url + path).text
    found = re.search(r'<article[^>]*data-story="([^"]+)" data-read-token="([^"]+)"', page)
    assert found, path
    return found[1], found[2]


def read(url: str, story: tuple[str, str]) -> int:
    """Tell of a read as an open page does, and return the status of the answer."""
    message = {"story": story[0], "token": story[1], "visible_ms": 20_000, "engaged_ms": 5000, "scroll": 0.9, "scrolled": True}
    headers = {"User-Agent": PHONE, "X-Forwarded-For": next(_addresses), "Accept-Language": "ja"}
    return _client.post(f"{url}/read", json=message, headers=headers).status_code


def counted(reads_dir) -> int:
    """How many reads are in the log on disk."""
    from kawaraban.audience.readlog import ReadLog

    return sum(1 for _ in ReadLog(reads_dir / "log").reads())
