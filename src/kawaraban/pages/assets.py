"""The site's own files: one style, one script, one icon. Style and script bear their hash in their path."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote

from kawaraban.pages.colours import readable_on
from kawaraban.sheetlog.shapes import Asset

_SITE = Path(__file__).parent / "site"
_TYPES = {"site.css": "text/css; charset=utf-8", "site.js": "text/javascript; charset=utf-8", "find.js": "text/javascript; charset=utf-8"}
# The darker of the grounds that the accent stands on by day, the lighter of those by night: see 20-tokens.css.
_DAY, _NIGHT = "#efe8da", "#211f1a"


@cache
def asset_files(accent: str) -> dict[str, bytes]:
    """Return the files as readers get them, by their plain names; ``accent`` is the paper's colour, as #c8371f."""
    return {
        # The order of the layers is settled by the @layer line of the first file; within a layer the file's name decides.
        "site.css": _joined(sorted((_SITE / "styles").glob("*.css"))) + _accent_tokens(accent),
        "site.js": _told_nothing(_joined(sorted((_SITE / "scripts").glob("*.js")))),
        # Fetched when somebody turns to a search box.
        "find.js": _told_nothing((_SITE / "find.js").read_bytes()),
    }


def asset_url(name: str, accent: str) -> str:
    """Return the path of a file: it changes with every byte of it, so it may be kept for ever."""
    digest = hashlib.blake2b(asset_files(accent)[name], digest_size=5).hexdigest()
    stem, _, suffix = name.partition(".")
    return f"/assets/{stem}.{digest}.{suffix}"


def assets(accent: str) -> dict[str, Asset]:
    """Return the files by their paths."""
    return {asset_url(name, accent): Asset(_TYPES[name], body) for name, body in asset_files(accent).items()}


@cache
def icon_data(accent: str) -> str:
    """Return the icon as an address that needs no request."""
    return "data:image/svg+xml," + quote((_SITE / "icon.svg").read_text(encoding="ascii").replace("#c8371f", accent), safe="/:='")


def _accent_tokens(accent: str) -> bytes:
    day, night = readable_on(_DAY, accent), readable_on(_NIGHT, accent)
    return (
        f"\n@layer tokens {{ :root {{ --accent: {day}; }} @media (prefers-color-scheme: dark) {{ :root {{ --accent: {night}; }} }} }}\n"
    ).encode()


def _told_nothing(script: bytes) -> bytes:
    """Leave out what tells the script's readers something, and not their browsers: lines of words, and how far lines stand in.

    So no line of a script may begin within a text.
    """
    return b"\n".join(line for line in map(bytes.strip, script.split(b"\n")) if line and not line.startswith(b"//"))


def _joined(files: list[Path]) -> bytes:
    return b"\n".join(file.read_bytes() for file in files)
