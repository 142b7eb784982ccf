"""Prints the site's own files."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PIL import UnidentifiedImageError

from kawaraban.newsroom.models import NewspaperSettings, Photo
from kawaraban.newsroom.queries.logos import logo_file, logo_of
from kawaraban.pages.assets import assets
from kawaraban.press import registry
from kawaraban.press.registry import FIRST, Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Asset, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

logger = logging.getLogger(__name__)


@touches(NewspaperSettings)
def looks_changed(_: NewspaperSettings) -> Iterator[Wanted]:
    """Ask for everything: every page names the style, and shows a ranking of the window that was chosen."""
    for wanted in registry.everything():
        yield Wanted(wanted.subject, wanted.key, urgent=wanted.subject in {"assets", "front"})


@touches(Photo)
def logo_changed(photo: Photo) -> Iterator[Wanted]:
    """Ask for everything if it is the paper's logo: every story names it."""
    paper = NewspaperSettings.objects.first()
    if paper and photo.pk and photo.pk in {paper.logo_id, paper.logo_dark_id}:
        yield from looks_changed(paper)


@plate("assets", keys=lambda: ["site"], turn=FIRST)
def print_assets(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Put the files under their hashed paths. Older ones stay: pages that caches still hold name them."""
    for path, asset in assets(NewspaperSettings.load().accent).items():
        yield Change(Kind.ASSET, path, asset)
    yield from _logos(NewspaperSettings.load())


def _logos(paper: NewspaperSettings) -> Iterator[Change]:
    for photo in (paper.logo, paper.logo_dark):
        logo = logo_of(photo)
        if photo is not None and logo is not None:
            try:
                yield Change(Kind.ASSET, logo.url, Asset("image/png", logo_file(photo, logo)))
            except (OSError, UnidentifiedImageError) as error:
                # A damaged file holds up neither style nor script.
                logger.warning("the logo %s cannot be printed: %s", photo, error)
