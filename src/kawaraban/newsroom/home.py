"""The first screen: what a person's day begins with. A panel a question; who cannot act on an answer is not asked."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone, translation
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.permissions import policy_registry

from kawaraban.audience.queries import readership
from kawaraban.language.dates import date_in_words
from kawaraban.newsroom.models import Photo
from kawaraban.newsroom.queries import desk
from kawaraban.newsroom.queries.editions import editions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class _Panel(Component):
    """A panel that knows who looks at it. Where there is room it stands in one of two columns, or over both: 0."""

    column = 0

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = request.user


class Day(_Panel):
    """The date, the paper's names, and where to begin a story."""

    name, order = "day", 0
    template_name = "newsroom/home/day.html"

    def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
        """Say what day it is and for which sections this person writes: the edition in the person's language first."""
        language = translation.get_language()
        fronts = {front.locale_id: front for front in editions()}
        sections = groupby(desk.sections_to_write_for(self.user), key=lambda section: section.locale_id)
        rows = [(fronts[locale], list(group)) for locale, group in sections if locale in fronts]
        return {
            "date": date_in_words(timezone.localdate(), language),
            "paper": next((front.nameplate for front in fronts.values() if front.language == language), settings.WAGTAIL_SITE_NAME),
            "editions": sorted(rows, key=lambda row: row[0].language != language),
        }


class InWork(_Panel):
    """What this person began and did not hand in."""

    name, order = "in-work", 230
    column = 1
    template_name = "newsroom/home/in_work.html"

    def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
        """Find the drafts."""
        writes = policy_registry.get_by_type(Page).user_has_permission(self.user, "add")
        return {"writes": writes, "stories": desk.drafts_of(self.user) if writes else [], "request": self.request}


class GoingOut(_Panel):
    """What is scheduled."""

    name, order = "going-out", 240
    column = 1
    template_name = "newsroom/home/going_out.html"

    def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
        """Find what is scheduled."""
        return {"stories": desk.going_out_next(), "request": self.request}


class Published(_Panel):
    """What went out last, and how it is read."""

    name, order = "published", 250
    column = 2
    template_name = "newsroom/home/published.html"

    def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
        """Find the stories and their reads. A story that is in none of the rankings was hardly read: it has no number."""
        known = readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR)
        reads = {row.story: row.reads for row in known.snapshot.ranking("24h", "", "").rows if not row.filled}
        reads |= {row.story: row.day for row in known.report.stories}
        return {
            "stories": [(story, reads.get(story.story_id)) for story in desk.just_published()],
            "fresh": known.fresh,
            "request": self.request,
        }


class Photos(_Panel):
    """Photos that want looking after."""

    name, order = "photos", 260
    column = 1
    template_name = "newsroom/home/photos.html"

    def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
        """Find them, for those who keep all photos."""
        # Who may upload may change what is one's own: only "delete" tells those who keep all photos.
        keeps = policy_registry.get_by_type(Photo).user_has_permission(self.user, "delete")
        return {"without_words": desk.photos_without_words(), "ending": desk.photos_whose_rights_end()} if keeps else {}


def panels_of_the_day(request: HttpRequest, panels: list[Component]) -> None:
    """Put ours beside those of Wagtail's that a newsroom needs: what waits for this person, what this person handed in, and locks."""
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") != "recent_edits"]
    panels += [Day(request), InWork(request), GoingOut(request), Published(request), Photos(request)]
