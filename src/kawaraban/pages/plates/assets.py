"""Prints the site's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.pages.assets import assets
from kawaraban.press.registry import Wanted, plate
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@plate("assets", keys=lambda: ["site"])
def print_assets(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Put the files under their hashed paths. Older ones stay: pages that caches still hold name them."""
    for path, asset in assets().items():
        yield Change(Kind.ASSET, path, asset)
