"""What the newsroom serves beside its own screens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.auth import require_admin_access
from wagtail.admin.localization import get_localized_response

from kawaraban.audience.queries import readership
from kawaraban.newsroom.models import SectionPage, StoryPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files import File
    from django.http import HttpRequest, HttpResponse


SOURCE_NAMES = {
    "direct": _("Direct"),
    "internal": _("From our own pages"),
    "search": _("Search engines"),
    "social": _("Social networks"),
    "portal": _("News portals"),
    "newsletter": _("Newsletter"),
    "other": _("Other sites"),
}
DEVICE_NAMES = {"phone": _("Phone"), "tablet": _("Tablet"), "desktop": _("Computer")}
REASON_NAMES = {
    "unknown-story": _("Story not published"),
    "forged": _("Made-up token"),
    "bot": _("Bot, by its own word"),
    "prefetch": _("Fetched ahead, not opened"),
    "not-seen": _("Not seen for three seconds"),
    "staff": _("Staff or preview"),
    "repeat": _("Same reader within 30 minutes"),
    "too-fast": _("More stories than a person opens"),
    "flood": _("Too many in too short a time"),
}


@require_admin_access
def audience(request: HttpRequest) -> HttpResponse:
    """Show what is read now, by story, section and source, and what was dropped and why."""
    known = readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR)
    report = known.report
    stories = {story.story_id: story for story in StoryPage.objects.filter(story_id__in=[row.story for row in report.stories])}
    sections = dict(SectionPage.objects.values_list("slug", "title").order_by("-locale__language_code"))
    context = {
        "known": known,
        "report": report,
        "told_at": datetime.fromtimestamp(report.at, UTC) if report.at else None,
        "stories": [
            {"page": stories[row.story], "hour": row.hour, "day": row.day, "line": _sparkline(row.minutes)}
            for row in report.stories
            if row.story in stories
        ],
        "sections": [(sections.get(row.name, row.name), row.count) for row in report.sections],
        "sources": [(SOURCE_NAMES.get(row.name, row.name), row.count) for row in report.sources],
        "devices": [(DEVICE_NAMES.get(row.name, row.name), row.count) for row in report.devices],
        "dropped": [(REASON_NAMES.get(row.name, row.name), row.count) for row in report.dropped],
        "hours": _sparkline(report.hours),
    }
    return render(request, "newsroom/audience.html", context)


def _sparkline(series: Sequence[int], width: int = 120, height: int = 24) -> str:
    """Return the points of a line over a series, for an SVG of this size in pixels."""
    top, step = max(series) or 1, width / max(1, len(series) - 1)
    return " ".join(f"{number * step:.1f},{height - 1 - count / top * (height - 2):.1f}" for number, count in enumerate(series))


_catalog = JavaScriptCatalog.as_view(packages=["wagtail.admin", "kawaraban.newsroom"])


def script_messages(request: HttpRequest) -> HttpResponse:
    """Hand out the messages of Wagtail's scripts, with those that its own Japanese lacks, in the language that its user chose."""
    return get_localized_response(_catalog, request)


@login_required
def original(request: HttpRequest, name: str) -> FileResponse:
    """Hand out an original photo, to staff only: as a file to keep, never as a page."""
    return FileResponse(_opened("default", name), as_attachment=True)


@login_required
def rendition(request: HttpRequest, name: str) -> FileResponse:
    """Show a photo in a size that the screens use: the reader plane's address is another host's."""
    return FileResponse(_opened("renditions", name))


def _opened(storage: str, name: str) -> File[bytes]:
    try:
        return storages[storage].open(name)
    except (OSError, ValueError) as error:
        raise Http404 from error
