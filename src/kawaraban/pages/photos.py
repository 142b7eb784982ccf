"""The sizes in which photos stand in pages. Their files are made when a photo comes in or is first printed, never when a reader asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.pages.developing import QUICK_FORMATS, develop, keep, missing, renditions_of, specification
from kawaraban.pages.shapes import Picture, Rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kawaraban.newsroom.models import Photo

# Widths in CSS pixels of a phone and of the story column, and twice the column for dense screens.
STORY_WIDTHS = (480, 800, 1280)
# Cards are cropped around the focal point, so that rows stand level.
CARD_SIZES = ((240, 160), (480, 320))
LEAD_SIZES = ((640, 400), (1280, 800))

STORY_SPECS = tuple(f"width-{width}" for width in STORY_WIDTHS)
CARD_SPECS = tuple(f"fill-{width}x{height}" for width, height in CARD_SIZES)
LEAD_SPECS = tuple(f"fill-{width}x{height}" for width, height in LEAD_SIZES)
ALL_SPECS = (*STORY_SPECS, *CARD_SPECS, *LEAD_SPECS)


def picture(photo: Photo | None, specs: Sequence[str], *, alt: str = "", caption: str = "") -> Picture | None:
    """Return a photo in these sizes, or None when there is none or its rights have ended."""
    if photo is None or not photo.may_be_shown():
        return None
    if wanted := missing(photo, specs, QUICK_FORMATS):
        keep(photo, develop(photo, wanted))
    files = renditions_of(photo)
    jpeg, webp, avif = (
        [Rendered(found.url, found.width, found.height) for spec in specs if (found := files.get(specification(spec, name)))]
        for name in ("jpeg", "webp", "avif")
    )
    return Picture(
        fallback=jpeg[min(1, len(jpeg) - 1)],
        largest=jpeg[-1],
        jpeg=_srcset(jpeg),
        webp=_srcset(webp),
        # A browser that takes AVIF takes no other: it gets all sizes or none.
        avif=_srcset(avif) if len(avif) == len(specs) else "",
        alt=alt or photo.default_alt_text,
        caption=caption or photo.caption,
        credit=photo.credit,
        rights_holder=photo.rights_holder,
    )


def _srcset(files: Sequence[Rendered]) -> str:
    # A photo narrower than a width is not enlarged: the same width would then stand there twice.
    widths = {file.width: file.url for file in files}
    return ", ".join(f"{url} {width}w" for width, url in sorted(widths.items()))
