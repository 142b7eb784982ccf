"""Prints photos: their renditions, and again the stories that show one whose credit, crop or rights changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.models import Photo
from kawaraban.newsroom.queries.stories import ids_showing
from kawaraban.pages.developing import FORMATS, develop, keep, missing
from kawaraban.pages.photos import ALL_SPECS
from kawaraban.press.actions import ask_to_print
from kawaraban.press.registry import Wanted, slow_work, touches

if TYPE_CHECKING:
    from collections.abc import Iterator


@touches(Photo)
def photo_changed(photo: Photo) -> Iterator[Wanted]:
    """Ask for the stories that show it, and for its files when there is time."""
    for story_id in ids_showing(photo):
        yield Wanted("story", story_id)
    if photo.pk:
        yield Wanted("photo", str(photo.pk), urgent=False)


@slow_work("photo", keys=lambda: [str(pk) for pk in Photo.objects.values_list("pk", flat=True)])
def make_files(key: str) -> None:
    """Make all files of a photo that it does not have yet, and have the stories printed again that can show them now."""
    photo = Photo.objects.filter(pk=int(key)).prefetch_related("renditions").first()
    if photo is not None and (wanted := missing(photo, ALL_SPECS, FORMATS)):
        keep(photo, develop(photo, wanted))
        ask_to_print(Wanted("story", story_id, urgent=False) for story_id in ids_showing(photo))
