"""Prints the site's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.models import NewspaperSettings
from kawaraban.pages.assets import assets
from kawaraban.press import registry
from kawaraban.press.registry import FIRST, Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@touches(NewspaperSettings)
def looks_changed(_: NewspaperSettings) -> Iterator[Wanted]:
    """Ask for everything: every page names the style, and shows a ranking of the window that was chosen."""
    for wanted in registry.everything():
        yield Wanted(wanted.subject, wanted.key, urgent=wanted.subject in {"assets", "front"})


@plate("assets", keys=lambda: ["site"], turn=FIRST)
def print_assets(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Put the files under their hashed paths. Older ones stay: pages that caches still hold name them."""
    for path, asset in assets(NewspaperSettings.load().accent).items():
        yield Change(Kind.ASSET, path, asset)
