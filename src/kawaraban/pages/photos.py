"""A photo's renditions: made when it comes in or when it is first printed, never when a reader asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
QUICK_FORMATS = {"jpeg": "|format-jpeg|jpegquality-78", "webp": "|format-webp|webpquality-74"}
# AVIF takes a second a picture: it is made after publication, and its pages are printed again then.
SLOW_FORMATS = {"avif": "|format-avif|avifquality-55"}


def picture(photo: Photo | None, specs: Sequence[str], *, alt: str = "", caption: str = "") -> Picture | None:
    """Return a photo in these sizes, or None when there is none or its rights have ended."""
    if photo is None or not photo.may_be_shown():
        return None
    jpeg = [_rendered(photo, spec, "jpeg") for spec in specs]
    webp = [_rendered(photo, spec, "webp") for spec in specs]
    known = {rendition.filter_spec: rendition for rendition in photo.renditions.all()}
    avif = [known.get(spec + SLOW_FORMATS["avif"]) for spec in specs]
    return Picture(
        fallback=jpeg[min(1, len(jpeg) - 1)],
        largest=jpeg[-1],
        jpeg=_srcset(jpeg),
        webp=_srcset(webp),
        avif=_srcset([Rendered(r.url, r.width, r.height) for r in avif if r]) if all(avif) else "",
        alt=alt or photo.default_alt_text,
        caption=caption or photo.caption,
        credit=photo.credit,
    )


def make_slow_renditions(photo: Photo) -> int:
    """Make the AVIF files of a photo; return how many were missing."""
    known = {rendition.filter_spec for rendition in photo.renditions.all()}
    missing = [spec + SLOW_FORMATS["avif"] for spec in (*STORY_SPECS, *CARD_SPECS, *LEAD_SPECS)]
    missing = [spec for spec in missing if spec not in known]
    for spec in missing:
        photo.get_rendition(spec)
    return len(missing)


def make_quick_renditions(photo: Photo) -> None:
    """Make what the first print needs, so that publishing finds it ready."""
    for spec in (*STORY_SPECS, *CARD_SPECS, *LEAD_SPECS):
        for kind in QUICK_FORMATS:
            _rendered(photo, spec, kind)


def _rendered(photo: Photo, spec: str, kind: str) -> Rendered:
    rendition = photo.get_rendition(spec + QUICK_FORMATS[kind])
    return Rendered(rendition.url, rendition.width, rendition.height)


def _srcset(files: Sequence[Rendered]) -> str:
    # A photo narrower than a width is not enlarged: the same width would then stand there twice.
    widths = {file.width: file.url for file in files}
    return ", ".join(f"{url} {width}w" for width, url in sorted(widths.items()))
