"""Fetches the weather for the masthead, as an errand of the printer process: never for a reader's request."""

from __future__ import annotations

import logging

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from kawaraban.language.dates import age_in_words
from kawaraban.newsroom.models import NewspaperSettings
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, TimedPart, Variant
from kawaraban.weather.door import observe
from kawaraban.weather.shapes import Observation, Place, WeatherUnavailableError
from kawaraban.weather.words import word_for

logger = logging.getLogger(__name__)

EVERY_SECONDS = 600.0
# An older value shows its age from an hour on, hour by hour; after twelve hours it shows nothing.
HOURS_SHOWN = 12
_HOUR = 3600


def fetch_weather(log: SheetLog) -> None:
    """Ask the provider and print the part of every edition. Where it has no answer, the old value stays and shows its age."""
    if settings.KAWARABAN_WEATHER == "none":
        return
    paper = NewspaperSettings.load()
    place = Place(paper.latitude, paper.longitude, paper.jma_station, paper.jma_area)
    try:
        seen = observe(settings.KAWARABAN_WEATHER, place)
    except WeatherUnavailableError as error:
        logger.warning("%s", error)
        return
    log.append(
        Change(Kind.PART, f"{language}/weather", weather_part(seen, language, edition.weather_place))
        for language, edition in edition_views().items()
    )


def weather_part(seen: Observation, language: str, place: str) -> TimedPart:
    """Print an observation for every hour of its life: the reader plane only looks at the clock."""
    with translation.override(language):
        given = {
            "sign": seen.sign,
            "word": word_for(seen.sign, language),
            "celsius": None if seen.celsius is None else f"{seen.celsius:.1f}",
            "place": place,
            "sample": seen.sample,
        }
        variants = [Variant(seen.observed_at - _HOUR, render_to_string("parts/weather.html", {**given, "age": ""}).strip())]
        for hour in range(1, HOURS_SHOWN):
            age = age_in_words(hour * _HOUR, language)
            html = render_to_string("parts/weather.html", {**given, "age": age}).strip()
            variants.append(Variant(seen.observed_at + hour * _HOUR, html))
    return TimedPart((*variants, Variant(seen.observed_at + HOURS_SHOWN * _HOUR, "")))
