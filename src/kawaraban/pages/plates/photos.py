"""Prints photos: their renditions, and again the stories that show one whose credit, crop or rights changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.models import Photo
from kawaraban.newsroom.queries.stories import ids_showing
from kawaraban.pages.developing import FORMATS, develop, forget, keep, missing
from kawaraban.pages.photo_words import say_otherwise
from kawaraban.pages.photos import ALL_SPECS
from kawaraban.press.actions import ask_to_print
from kawaraban.press.registry import Wanted, compares, slow_work, touches

if TYPE_CHECKING:
    from collections.abc import Iterator


@touches(Photo)
def photo_changed(photo: Photo) -> Iterator[Wanted]:
    """Ask for the stories that show it, and for its files when there is time."""
    for story_id in ids_showing(photo):
        yield Wanted("story", story_id)
    if photo.pk:
        yield Wanted("photo", str(photo.pk), urgent=False)


@compares(Photo)
def said_otherwise(before: Photo | None, after: Photo | None) -> Iterator[Wanted]:
    """Have a photo's files made anew when its credit, caption or rights are told otherwise: they bear them. Its stories are asked for by its change."""
    if before is not None and after is not None and before.pk and say_otherwise(before, after):
        forget(after)
    yield from ()


@slow_work("photo", keys=lambda: [str(pk) for pk in Photo.objects.values_list("pk", flat=True)])
def make_files(key: str) -> None:
    """Make all files of a photo that it does not have yet, and have the stories printed again that can show them now."""
    photo = Photo.objects.filter(pk=int(key)).prefetch_related("renditions").first()
    if photo is not None and (wanted := missing(photo, ALL_SPECS, FORMATS)):
        keep(photo, develop(photo, wanted))
        ask_to_print(Wanted("story", story_id, urgent=False) for story_id in ids_showing(photo))
