"""The site's own files: one style, one script, one icon, each with its hash in its path."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from kawaraban.sheetlog.shapes import Asset

_SITE = Path(__file__).parent / "site"
# The order of the layers is settled by the @layer line of the first file; within a layer the file's name decides.
_TYPES = {"site.css": "text/css; charset=utf-8", "site.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"}


@cache
def asset_files() -> dict[str, bytes]:
    """Return the files as readers get them, by their plain names."""
    return {
        "site.css": _joined(sorted((_SITE / "styles").glob("*.css"))),
        "site.js": _joined(sorted((_SITE / "scripts").glob("*.js"))),
        "icon.svg": (_SITE / "icon.svg").read_bytes(),
    }


@cache
def asset_url(name: str) -> str:
    """Return the path of a file: it changes with every byte of it, so it may be kept for ever."""
    digest = hashlib.blake2b(asset_files()[name], digest_size=5).hexdigest()
    stem, _, suffix = name.partition(".")
    return f"/assets/{stem}.{digest}.{suffix}"


def assets() -> dict[str, Asset]:
    """Return the files by their paths."""
    return {asset_url(name): Asset(_TYPES[name], body) for name, body in asset_files().items()}


def _joined(files: list[Path]) -> bytes:
    return b"\n".join(file.read_bytes() for file in files)
