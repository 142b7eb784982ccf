"""Develops photos: an original is unpacked once, cut to each size once, and written in each format.

What comes out are Wagtail's renditions, cropped by Wagtail's own rules. What a camera wrote into the original (place, serial number)
stays in the newsroom: the colour profile goes along, and what the newsroom says of the photo, with its credit (``photo_words``).
"""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from PIL import Image, ImageCms
from wagtail.images.models import Filter

from kawaraban.newsroom.models import PhotoRendition
from kawaraban.newsroom.models.photos import OLD
from kawaraban.pages.photo_words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kawaraban.newsroom.models import Photo


@dataclass(frozen=True)
class Format:
    """A format, as a rendition's specification names it and as Pillow writes it."""

    specification: str
    ending: str
    options: dict[str, Any]


QUICK_FORMATS = {
    "jpeg": Format("|format-jpeg|jpegquality-78", ".jpg", {"format": "JPEG", "quality": 78, "progressive": True, "optimize": True}),
    # Method 2 takes half the time of the usual 4, for files that are 4 % larger.
    "webp": Format("|format-webp|webpquality-74", ".webp", {"format": "WEBP", "quality": 74, "method": 2}),
}
# AVIF takes most of a second a picture: it is made after publication, and its pages are printed again then. Speed 8 takes 40 % of the
# time of the usual 6, for files that are 7 % larger. One thread: it is work in the background.
SLOW_FORMATS = {"avif": Format("|format-avif|avifquality-55", ".avif", {"format": "AVIF", "quality": 55, "speed": 8, "max_threads": 1})}
FORMATS = QUICK_FORMATS | SLOW_FORMATS

_LONGEST_NAME = 60  # Wagtail's own limit for a rendition's file
# Scaling down, boxes of pixels are joined first while three are left for each that is wanted: three times as quick, and nobody sees it.
_REDUCING_GAP = 3.0


@dataclass(frozen=True)
class Developed:
    """A file of a photo that is not kept yet."""

    specification: str
    crop: str  # names the focal point, where the size is cropped around it
    ending: str
    body: bytes
    width: int
    height: int


def specification(size: str, format_: str) -> str:
    """Name a rendition: "fill-640x400" in "webp"."""
    return size + FORMATS[format_].specification


def renditions_of(photo: Photo) -> dict[str, PhotoRendition]:
    """Return a photo's files by their specifications, leaving out those that were cropped around another focal point."""
    return {found.filter_spec: found for found in photo.renditions.all() if found.focal_point_key == _crop(photo, found.filter_spec)}


def missing(photo: Photo, sizes: Iterable[str], formats: Iterable[str]) -> list[tuple[str, str]]:
    """Return which (size, format) of these the photo has no file of. None is missing of a photo that may not be shown."""
    if not photo.may_be_shown():
        return []
    known = renditions_of(photo)
    return [(size, name) for size in sizes for name in formats if specification(size, name) not in known]


def develop(photo: Photo, wanted: Sequence[tuple[str, str]]) -> list[Developed]:
    """Make files of a photo. It asks no database, and Pillow works outside Python's lock: threads may share the work."""
    if not wanted:
        return []
    with photo.get_willow_image() as opened:
        original = _in_plain_colours(opened.auto_orient().get_pillow_image())
    made, words = [], words_of(photo)
    for size in dict.fromkeys(size for size, _ in wanted):
        cut = _cut(original, photo, size)
        for name in (name for each, name in wanted if each == size):
            body = _written(cut, FORMATS[name], words)
            spec = specification(size, name)
            made.append(Developed(spec, _crop(photo, spec), FORMATS[name].ending, body, cut.width, cut.height))
    return made


def keep(photo: Photo, developed: Sequence[Developed]) -> None:
    """Put files into the store of what readers get. Of a file that another process made meanwhile, its own stays."""
    known = set(PhotoRendition.objects.filter(image=photo).values_list("filter_spec", "focal_point_key"))
    fresh = [_kept(photo, file) for file in developed if (file.specification, file.crop) not in known]
    PhotoRendition.objects.bulk_create(fresh, ignore_conflicts=True)
    # What was read of the photo's files before is not so any more.
    getattr(photo, "_prefetched_objects_cache", {}).pop("renditions", None)


def forget(photo: Photo) -> None:
    """Have a photo's files made anew when they are printed next: what they say of it is not so any more.

    The old files stand as long as the photo does and its rights last, for pages that caches hold name them.
    """
    specifications = {format_.specification for format_ in FORMATS.values()}
    rows = [row for row in PhotoRendition.objects.filter(image=photo) if not row.is_old and _format_in(row.filter_spec) in specifications]
    for row in rows:
        row.focal_point_key = f"{OLD}{row.pk}"
    PhotoRendition.objects.bulk_update(rows, ["focal_point_key"])
    getattr(photo, "_prefetched_objects_cache", {}).pop("renditions", None)


def _format_in(spec: str) -> str:
    _size, bar, rest = spec.partition("|")
    return bar + rest


def develop_all(wanted: Iterable[tuple[Photo, Sequence[tuple[str, str]]]]) -> None:
    """Make and keep the files of several photos, on all cores."""
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        waiting = [(photo, hands.submit(develop, photo, files)) for photo, files in wanted if files]
        for photo, work in waiting:
            keep(photo, work.result())


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, or RGBA where it lets something through, as all three formats can hold it."""
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK" and profile:
        # A printer's profile means nothing for RGB.
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    if image.mode.startswith("I"):
        # Sixteen bits a pixel, of which screens show eight.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    lets_through = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    plain = image.convert("RGBA" if lets_through else "RGB")
    plain.info = {"icc_profile": profile} if profile and image.mode.startswith("RGB") else {}
    return plain


def _cut(original: Image.Image, photo: Photo, size: str) -> Image.Image:
    transform = _filter(size).get_transform(photo, original.size)
    left, top, right, bottom = transform.get_rect().round()
    box = (max(0, left), max(0, top), min(right, original.width), min(bottom, original.height))
    width, height = (round(side) for side in transform.size)
    return original.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=_REDUCING_GAP)


def _written(image: Image.Image, format_: Format, words: bytes) -> bytes:
    profile = image.info.get("icc_profile")
    if image.mode == "RGBA" and format_ is FORMATS["jpeg"]:
        white = Image.new("RGB", image.size, "#ffffff")
        white.paste(image, mask=image)
        image = white
    body = io.BytesIO()
    image.save(body, **format_.options, xmp=words, **({"icc_profile": profile} if profile else {}))
    return body.getvalue()


def _kept(photo: Photo, file: Developed) -> PhotoRendition:
    ending = "".join(f".{part}" for part in (file.crop, *file.specification.split("|")) if part) + file.ending
    stem = PurePath(photo.file.name).stem[: _LONGEST_NAME - 1 - len(ending)]
    field = PhotoRendition._meta.get_field("file")  # noqa: SLF001 - Django's own name for what a model is
    name = field.generate_filename(PhotoRendition(image=photo), stem + ending)
    # By its name and size: Django would unpack the file again to measure it.
    stored = field.storage.save(name, ContentFile(file.body))
    return PhotoRendition(
        image=photo, filter_spec=file.specification, focal_point_key=file.crop, file=stored, width=file.width, height=file.height
    )


def _crop(photo: Photo, spec: str) -> str:
    return str(_filter(spec).get_cache_key(photo))


@cache
def _filter(spec: str) -> Filter:
    return Filter(spec)
