"""What every page of an edition shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from kawaraban.newsroom.models import AboutPage, NewspaperSettings
from kawaraban.newsroom.models.addresses import edition_prefix
from kawaraban.newsroom.queries.editions import editions, sections_of
from kawaraban.newsroom.queries.logos import logo_of
from kawaraban.pages.assets import asset_url, icon_data
from kawaraban.pages.shapes import Edition, Link
from kawaraban.press.registry import once_a_round

if TYPE_CHECKING:
    from kawaraban.newsroom.models import FrontPage

OWN_NAMES = {"ja": "日本語", "ko": "한국어", "en": "English"}


def edition_views() -> dict[str, Edition]:
    """Return all live editions by language."""
    return once_a_round("editions", _all_editions)


def _all_editions() -> dict[str, Edition]:
    fronts = editions()
    paper = NewspaperSettings.load()
    return {front.language: _edition(front, fronts, paper) for front in fronts}


def _edition(front: FrontPage, fronts: list[FrontPage], paper: NewspaperSettings) -> Edition:
    prefix = edition_prefix(front.language)
    about = AboutPage.objects.live().child_of(front).select_related("locale").first()
    return Edition(
        language=front.language,
        prefix=prefix,
        nameplate=front.nameplate,
        motto=front.motto,
        description=front.description,
        weather_place=front.weather_place,
        sections=tuple(Link(section.title, section.reader_path, section.slug) for section in sections_of(front)),
        about=Link(about.title, about.reader_path) if about else None,
        others=tuple((other.language, OWN_NAMES[other.language], other.reader_path) for other in fronts if other != front),
        base_url=settings.KAWARABAN_BASE_URL,
        ranking_window=paper.ranking_window,
        ranking_reads=paper.ranking_reads,
        style_url=asset_url("site.css", paper.accent),
        script_url=asset_url("site.js", paper.accent),
        find_url=asset_url("find.js", paper.accent),
        icon_url=icon_data(paper.accent),
        licence_url=paper.licence_url,
        logo=logo_of(paper.logo),
    )
