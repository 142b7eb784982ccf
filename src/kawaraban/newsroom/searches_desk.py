"""What readers search for and what they do not find: for the newsroom to write it, or to register another form of a name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import render
from django.urls import path
from wagtail.admin.auth import require_admin_access

from kawaraban.discovery.searches import ASKERS_NEWSROOM, SEARCHES_FILE, looked_for
from kawaraban.newsroom.models.addresses import DEFAULT_LANGUAGE, edition_prefix
from kawaraban.newsroom.queries.editions import editions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

DAYS = 30
ROWS = 50


class Row(NamedTuple):
    """A query, how many networks shared it, and the page on which readers ask it."""

    query: str
    language: str
    networks: int
    url: str


@require_admin_access
def searches(request: HttpRequest) -> HttpResponse:
    """Show what was searched for and not found in the last month, and what was found, from how many networks."""
    context = {"in_vain": _rows(in_vain=True), "found": _rows(in_vain=False), "days": DAYS, "networks": ASKERS_NEWSROOM}
    return render(request, "newsroom/searches.html", context)


def addresses() -> list[URLPattern]:
    """Return the addresses of these screens."""
    return [path("searches/", searches, name="searches")]


def _rows(*, in_vain: bool) -> list[Row]:
    now = datetime.now(UTC).timestamp()
    rows = looked_for(settings.KAWARABAN_DISCOVERY_DIR / SEARCHES_FILE, days=DAYS, in_vain=in_vain, limit=ROWS, now=now)
    return [Row(row.query, language, row.askers, _page(row.query, language)) for language, row in rows]


def _page(query: str, language: str) -> str:
    """Return the search page's address; what was looked for in all editions is asked on the first one's page."""
    choice = {} if language else {"editions": "all"}
    asked_in = language or next((front.locale.language_code for front in editions()), DEFAULT_LANGUAGE)
    return f"{settings.KAWARABAN_BASE_URL}{edition_prefix(asked_in)}/search?{urlencode({'q': query, **choice})}"
