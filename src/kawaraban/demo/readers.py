"""Simulated readers: they open pages, follow links, and tell that they read, over HTTP and nothing else, as a browser would."""

from __future__ import annotations

import logging
import random
import re
import time
from typing import TYPE_CHECKING, NamedTuple

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

_LINKS = re.compile(r'<a class="card[^"]*" href="([^"]+)"')
_STORY = re.compile(r'data-story="([^"]+)"\s+data-read-token="([^"]+)"')
_FRONTS = {"/": 8, "/ko": 1, "/en": 1}
_REFERRERS = ["", "", "", "https://www.google.com/", "https://t.co/abc", "https://news.yahoo.co.jp/", "https://search.yahoo.co.jp/"]
_BROWSERS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 Version/19.1 Safari/605.1.15",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
]
# One in twenty is a bot that says so: the screen of what was dropped has something to show.
_WEIGHTS = [40, 30, 20, 8, 5]


class OpenPage(NamedTuple):
    """A story's page that somebody is reading: until when, and what it tells when it is left."""

    until: float  # by the monotonic clock
    message: dict[str, object]
    headers: dict[str, str]


def read_forever(site: str, per_second: float) -> None:
    """Read until stopped; a site that is away, or does not count yet, is asked again after a moment."""
    dice = random.Random()
    open_pages: list[OpenPage] = []
    with httpx.Client(base_url=site, timeout=5, follow_redirects=True) as client:
        while True:
            try:
                if not counts(client):
                    time.sleep(0.2)
                    continue
                for told in visit(client, dice):
                    open_pages.append(told)
                    leave(client, open_pages)
                    time.sleep(dice.expovariate(per_second))
            except httpx.HTTPError as error:
                logger.debug("the site is away: %s", error)
                time.sleep(1)


def counts(client: httpx.Client) -> bool:
    """Whether the site is ready and its collector there: before that a read would be refused."""
    answer = client.get("/readyz")
    return answer.status_code == httpx.codes.OK and answer.json().get("collector") == "connected"


def visit(client: httpx.Client, dice: random.Random) -> Iterator[OpenPage]:
    """One visit: a front page, then a few stories from what the pages show; yields each story's page once it was told."""
    # Each visitor is told from others by browser and language, as the collector tells them.
    agent = dice.choices(_BROWSERS, _WEIGHTS)[0] + f" Visit/{dice.randrange(10_000)}"
    headers = {"user-agent": agent, "accept-language": dice.choice(["ja", "ja-JP,ja;q=0.9", "ko", "en-GB,en"])}
    front = dice.choices(list(_FRONTS), list(_FRONTS.values()))[0]
    page = client.get(front, headers=headers).text
    referrer = dice.choice(_REFERRERS)
    for _ in range(1 + int(dice.expovariate(0.7))):
        links = _LINKS.findall(page)
        if not links:
            return
        # What stands higher is read more: a heavy tail, as on any front page.
        link = links[min(int(dice.paretovariate(0.7)) - 1, len(links) - 1)] if dice.random() < 0.8 else dice.choice(links)  # noqa: PLR2004
        answer = client.get(link, headers=headers)
        page = answer.text
        told = _STORY.search(page)
        if told is None:
            return
        message = {"story": told[1], "token": told[2], "view": f"{dice.random():.9f}"}
        client.post("/read", json={**message, "referrer": referrer, "visible_ms": dice.randint(2500, 60_000)}, headers=headers)
        referrer = str(answer.url)
        depth = min(1.0, dice.betavariate(1.4, 1.1) * 1.25)
        seconds = 3 + dice.lognormvariate(3.2, 0.7) * depth
        left = {**message, "left": True, "engaged_ms": int(seconds * 1000), "scroll": depth}
        yield OpenPage(time.monotonic() + seconds, left, headers)


def leave(client: httpx.Client, open_pages: list[OpenPage]) -> None:
    """Close the pages that have been read to their end, or as far as their readers came; each tells so."""
    for page in [page for page in open_pages if page.until <= time.monotonic()]:
        open_pages.remove(page)
        client.post("/read", json=page.message, headers=page.headers)
