"""The live preview: the page that readers would get, printed from an unsaved revision and composed as the reader plane does it."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from msgspec import structs

from kawaraban.audience.queries import readership
from kawaraban.delivery.composition import compose
from kawaraban.delivery.store import SheetStore
from kawaraban.newsroom.models import AboutPage, FrontPage, SectionPage, StoryPage
from kawaraban.pages import slots
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.contexts.stories import story_view
from kawaraban.pages.plates.listings import front_context
from kawaraban.pages.plates.parts import breaking_line
from kawaraban.pages.plates.stories import story_sheet_context
from kawaraban.pages.printing import print_sheet

if TYPE_CHECKING:
    from wagtail.models import Page

    from kawaraban.sheetlog.shapes import Sheet, Slot

_SCRIPT = re.compile(r"<script[^>]*>.*?</script>", re.DOTALL)
_TOKEN = re.compile(r' data-read-token="[^"]*"')


def preview_text(page: Page) -> str:
    """Return the page's HTML. It runs no script and bears no token: nobody's look at a preview is a read."""
    sheet = _sheet(page)
    snapshot = readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR).snapshot
    store = SheetStore(settings.KAWARABAN_SHEET_LOG, settings.KAWARABAN_DISCOVERY_DIR / "related.sqlite3", lambda: snapshot)
    store.news()
    text = compose(sheet, store, time.time()).text
    text = _TOKEN.sub("", _SCRIPT.sub("", text))
    # Addresses of styles and pictures are the reader plane's.
    return text.replace("<head>", f'<head><base href="{settings.KAWARABAN_BASE_URL}/">', 1)


def _sheet(page: Page) -> Sheet:
    edition = edition_views()[page.language]
    if isinstance(page, StoryPage):
        context = story_sheet_context(story_view(page, edition, []), edition, [])
        return print_sheet("pages/story.html", context, path=page.reader_path, language=edition.language, kind="story", story=page.story_id)
    if isinstance(page, FrontPage):
        # What stands in the masthead of every page is typed into this form too.
        typed = replace(edition, **{name: getattr(page, name) for name in ("nameplate", "motto", "description", "weather_place")})
        sheet = print_sheet("pages/front.html", front_context(page, typed), path="/", language=edition.language, kind="front")
        return structs.replace(sheet, pieces=tuple(_breaking(page) if _is_breaking(piece) else piece for piece in sheet.pieces))
    plain = {**slots.masthead(edition), "latest": slots.latest(edition), "ranking": slots.ranking(edition)}
    context = {"edition": edition, "page": page, "slots": plain, "slot_templates": slots.TEMPLATES}
    if isinstance(page, AboutPage):
        return print_sheet("pages/about.html", context, path=page.reader_path, language=edition.language, kind="about")
    if not isinstance(page, SectionPage):
        raise TypeError(f"{type(page).__name__} has no page that readers see")
    listed = slots.listing(slots.section_list(page.language, page.slug))
    context |= {"title": page.title, "description": page.description, "feed": "", "archive_url": "", "slots": {**plain, "stories": listed}}
    return print_sheet("pages/section.html", context, path=page.reader_path, language=edition.language, kind="section")


def _is_breaking(piece: str | Slot) -> bool:
    return not isinstance(piece, str) and piece.name == "breaking"


def _breaking(front: FrontPage) -> str:
    with translation.override(front.language):
        line = breaking_line(front)
    begun = [variant for variant in line.variants if variant.since <= time.time()]
    return begun[-1].html if begun else ""
