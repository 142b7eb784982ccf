"""Where a reader came from and with what, as classes: neither the address of the page before nor the browser's name is kept."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kawaraban.audience.shapes import Device, SourceName

# Hosts by the beginning of a label: "google." is google.co.jp and www.google.com, and not notgoogle.com.
_NEWSLETTER = ("mail.", "outlook.", "webmail.", "webmail1.")
_PORTAL = (
    "news.yahoo.", "smartnews.", "news.google.", "gunosy.", "news.line.me", "antenna.jp", "newspicks.", "msn.", "topics.smt.docomo",
    "news.goo.ne.jp", "news.livedoor.", "news.nate.", "news.naver.", "news.daum.", "n.news.naver.", "flipboard.", "getpocket.",
)  # fmt: skip
_SOCIAL = (
    "t.co", "x.com", "twitter.", "facebook.", "instagram.", "line.me", "lin.ee", "threads.net", "threads.com", "bsky.", "mastodon.",
    "misskey.", "kakao.", "reddit.", "youtube.", "youtu.be", "linkedin.", "lnkd.in", "pinterest.", "tiktok.", "b.hatena.ne.jp", "note.com",
)  # fmt: skip
_SEARCH = (
    "google.", "bing.", "yahoo.", "duckduckgo.", "baidu.", "naver.", "daum.", "ecosia.", "yandex.", "brave.com", "goo.ne.jp", "zum.com",
    "chatgpt.", "perplexity.",
)  # fmt: skip


def source_of(referrer: str, own_hosts: Collection[str] = ()) -> SourceName:
    """Tell where a reader came from."""
    return sources(frozenset(own_hosts))(referrer)


@lru_cache(maxsize=8)
def sources(own_hosts: frozenset[str]) -> Callable[[str], SourceName]:
    """Return what tells where a site's readers came from, and remembers what it told."""
    # A referrer may have two thousand letters: of a thousand, two megabytes are remembered at most.
    return lru_cache(maxsize=1024)(partial(_source_of, own_hosts))


def _source_of(own_hosts: frozenset[str], referrer: str) -> SourceName:
    if not referrer:
        return "direct"
    try:
        parts = urlsplit(referrer)
        host = (parts.hostname or "").lower()
    except ValueError:
        return "other"
    if not host:
        return "direct"
    if host in own_hosts:
        return "internal"
    return "newsletter" if "utm_medium=email" in parts.query else _class_of(host)


@lru_cache(maxsize=4096)
def device_of(user_agent: str) -> Device:
    """Tell the class of device."""
    if "iPad" in user_agent or "Tablet" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return "tablet"
    return "phone" if "Mobi" in user_agent or "iPhone" in user_agent else "desktop"


@lru_cache(maxsize=1024)
def _class_of(host: str) -> SourceName:
    # Mail and portals first: news.yahoo.co.jp is a portal, though its host contains a search engine's name.
    classes: tuple[tuple[SourceName, tuple[str, ...]], ...] = (
        ("newsletter", _NEWSLETTER),
        ("portal", _PORTAL),
        ("social", _SOCIAL),
        ("search", _SEARCH),
    )
    for name, marks in classes:
        if any(_bears(host, mark) for mark in marks):
            return name
    return "other"


def _bears(host: str, mark: str) -> bool:
    """Whether a host is what a mark names, or lies below it: a mark that ends in a dot takes any ending."""
    dotted = f".{host}" + ("" if mark.endswith(".") else ".")
    return f".{mark}" in dotted if mark.endswith(".") else dotted.endswith(f".{mark}.")
