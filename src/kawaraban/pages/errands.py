"""What the printer process does for the pages beside printing: the weather, tomorrow's date, photos whose rights end, schedules."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from kawaraban.newsroom.actions import publish_scheduled as scheduled
from kawaraban.newsroom.models import Photo, PhotoRendition
from kawaraban.newsroom.queries.editions import editions
from kawaraban.pages.developing import FORMATS, specification
from kawaraban.pages.dictionary import LOOK_EVERY_SECONDS, renew_dictionaries
from kawaraban.pages.photos import ALL_SPECS
from kawaraban.pages.weather import EVERY_SECONDS, fetch_weather
from kawaraban.press.actions import ask_to_print
from kawaraban.press.printer import register_errand
from kawaraban.press.registry import Wanted, wanted_after
from kawaraban.press.statistics import Figures

SCHEDULE_SECONDS = 5.0
RIGHTS_SECONDS = 30.0
DATES_SECONDS = 24 * 3600.0
STATISTICS_SECONDS = 2.0


def register_errands() -> None:
    """Hand the errands to the printer process."""
    figures = Figures()
    register_errand("schedules", publish_scheduled, every_seconds=SCHEDULE_SECONDS)
    register_errand("rights", withdraw_ended_photos, every_seconds=RIGHTS_SECONDS)
    register_errand("weather", fetch_weather, every_seconds=EVERY_SECONDS)
    register_errand("dictionaries", renew_dictionaries, every_seconds=LOOK_EVERY_SECONDS)
    register_errand("statistics", lambda _: figures.renew(), every_seconds=STATISTICS_SECONDS)
    register_errand("dates", lambda _: ask_to_print(Wanted("parts", front.language) for front in editions()), every_seconds=DATES_SECONDS)


def publish_scheduled(_: object) -> None:
    """Publish what is due and withdraw what has expired."""
    scheduled.publish_scheduled()


def withdraw_ended_photos(_: object) -> None:
    """Take away the files of photos that may not be shown any more, and have the stories printed again that showed them.

    However long the newsroom was stopped when the rights ended: it catches up when it starts. The thumbnails of the newsroom's own
    screens stay, for those who settle rights.
    """
    files = PhotoRendition.objects.filter(filter_spec__in=[specification(size, name) for size in ALL_SPECS for name in FORMATS])
    ended = Photo.objects.filter(rights_end__lte=timezone.now()).filter(Exists(files.filter(image=OuterRef("pk"))))
    for photo in ended:
        # The files first: their addresses answer nothing from now on.
        for rendition in files.filter(image=photo):
            rendition.file.delete(save=False)
            rendition.delete()
        ask_to_print(wanted_after(photo))
