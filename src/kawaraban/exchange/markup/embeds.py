"""What may be shown from elsewhere: a page's address for what a frame, a quotation or a bare address stood for."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

# Whose players and posts a reader may open in the page. A frame of anybody else becomes a link: its address is kept, its page is not let in.
HOSTS = {
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "vimeo.com": "Vimeo",
    "dailymotion.com": "Dailymotion",
    "nicovideo.jp": "ニコニコ動画",
    "x.com": "X",
    "twitter.com": "X",
    "instagram.com": "Instagram",
    "facebook.com": "Facebook",
    "tiktok.com": "TikTok",
    "bsky.app": "Bluesky",
    "threads.net": "Threads",
    "spotify.com": "Spotify",
    "soundcloud.com": "SoundCloud",
    "apple.com": "Apple",
    "google.com": "Google",
    "navercorp.com": "NAVER",
    "naver.com": "NAVER",
    "kakao.com": "Kakao",
    "datawrapper.de": "Datawrapper",
    "dwcdn.net": "Datawrapper",
    "flourish.studio": "Flourish",
    "slideshare.net": "SlideShare",
    "scribd.com": "Scribd",
    "ted.com": "TED",
}
_YOUTUBE = re.compile(r"[\w-]{11}")


def secure(address: str) -> str:
    """Return an address as https; "" if it is none that a browser asks another machine for."""
    address = address.strip()
    if address.startswith("//"):
        address = "https:" + address
    try:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            return ""
    except ValueError:
        return ""
    return "https" + address[len(parts.scheme) :]


def provider_of(address: str) -> str:
    """Return who shows what lies at an address, or "" if it is nobody that we know."""
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
    return next((name for known, name in HOSTS.items() if host == known or host.endswith("." + known)), "")


def embed_address(address: str) -> str:
    """Return the page that a player or a post is of; "" if nobody that we know shows it."""
    address = secure(address)
    if not address or not (provider := provider_of(address)):
        return ""
    if provider == "YouTube":
        parts = urlsplit(address)
        name = parse_qs(parts.query).get("v", [parts.path.rstrip("/").rpartition("/")[2]])[0]
        # A frame may show it only under this address.
        return f"https://www.youtube-nocookie.com/embed/{name}" if _YOUTUBE.fullmatch(name) else address
    if provider == "Vimeo" and (number := re.search(r"/(\d+)", urlsplit(address).path)):
        return f"https://player.vimeo.com/video/{number[1]}"
    return address
