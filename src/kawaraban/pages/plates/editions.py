"""Prints an edition's pages of its own: about, search, corrections, and what stands where nothing stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from kawaraban.newsroom.models import AboutPage, FrontPage
from kawaraban.newsroom.models.addresses import edition_prefix
from kawaraban.newsroom.queries.editions import editions
from kawaraban.newsroom.queries.stories import corrections, published_stories
from kawaraban.pages import slots
from kawaraban.pages.contexts.editions import OWN_NAMES, edition_views
from kawaraban.pages.contexts.stories import correction_view
from kawaraban.pages.plates.redirects import redirects_to
from kawaraban.pages.printing import print_sheet
from kawaraban.pages.shapes import CorrectedStory
from kawaraban.press import registry
from kawaraban.press.addresses import stands, withdrawn
from kawaraban.press.registry import Wanted, compares, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Gone, Kind, PressedSheet, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.pages.shapes import Edition

_ALL_LANGUAGES = lambda: [front.language for front in editions()]  # noqa: E731 - read when everything is printed
SEARCH_ROWS = 20


@touches(AboutPage)
def about_changed(page: AboutPage) -> Iterator[Wanted]:
    """Ask for the page about the paper, and for what led to it."""
    yield Wanted("about", f"{page.language}/{page.slug}")
    for old_path in redirects_to(page):
        yield Wanted("redirect", old_path)


@compares(FrontPage)
def names_changed(before: FrontPage | None, after: FrontPage | None) -> Iterator[Wanted]:
    """Ask for all pages of an edition when its names change: they stand in each page's head, masthead and foot. It is rare."""
    if after and before is None:
        # An edition begins: every page of the others leads to it.
        yield from registry.everything()
    elif before and after is None:
        # It ends: nothing of it stays, and no page of the others leads to it any more.
        yield Wanted("edition", before.language)
        yield from registry.everything()
    elif before and after and any(getattr(before, name) != getattr(after, name) for name in ("nameplate", "motto", "description")):
        yield from _all_pages(after.language)


@compares(AboutPage)
def about_link_changed(before: AboutPage | None, after: AboutPage | None) -> Iterator[Wanted]:
    """Ask for all pages of an edition when the link in their foot changes."""
    page = before or after
    if page and (before and (before.title, before.slug)) != (after and (after.title, after.slug)):
        yield from _all_pages(page.language)


def _all_pages(language: str) -> Iterator[Wanted]:
    own = {language, *published_stories().filter(locale__language_code=language).values_list("story_id", flat=True)}
    for wanted in registry.everything():
        # Topics' and people's pages are printed for all editions together.
        if wanted.key in own or wanted.key.startswith(f"{language}/") or wanted.subject in {"topic", "person"}:
            yield Wanted(wanted.subject, wanted.key, urgent=wanted.subject == "front")


@plate("edition", keys=lambda: sorted(set(OWN_NAMES) - {front.language for front in editions()}))
def end_editions(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Take away what stands of editions that are no more, but for their stories: each is asked for, and leaves everything it stands in."""
    for language in sorted({item.key for item in wanted} - set(edition_views())):
        prefix = edition_prefix(language)
        for path in list(log.keys(Kind.SHEET)):
            # Sheets that lie elsewhere need not be looked at: those of days, and what stands where nothing stands.
            if not path.startswith((f"{prefix}/", f"/sitemaps/{language}-", "/_")) and path != prefix:
                continue
            sheet = log.get(Kind.SHEET, path, PressedSheet)
            if sheet is not None and sheet.language == language and sheet.kind != "story":
                yield Change(Kind.SHEET, path, None)
                yield Change(Kind.GONE, path, Gone(sheet.language))
        for kind in (Kind.LIST, Kind.PART):
            for key in list(log.keys(kind)):
                if key.startswith(f"{language}/"):
                    yield Change(kind, key, None)


@plate("about", keys=lambda: [f"{page.language}/{page.slug}" for page in AboutPage.objects.live().select_related("locale")])
def print_about(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print the pages about the paper, or take them away."""
    views = edition_views()
    for item in wanted:
        language, _, slug = item.key.partition("/")
        if language not in views:
            continue
        path = f"{views[language].prefix}/{slug}"
        page = AboutPage.objects.live().filter(slug=slug, locale__language_code=language).select_related("locale").first()
        if page is None:
            yield from withdrawn(path, "about", views[language].language, log)
            continue
        context = _context(views[language]) | {"page": page}
        yield from stands(print_sheet("pages/about.html", context, path=path, language=page.language, kind="about"))


@plate("corrections", keys=_ALL_LANGUAGES)
def print_corrections(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print an edition's log of corrections ("ja"), newest first; or print it if it shows a story ("ja/k3f9x2bq")."""
    asked = {item.key for item in wanted}
    for edition in edition_views().values():
        if edition.language not in asked and not _shows_one_of(asked, edition, log):
            continue
        corrected: dict[str, CorrectedStory] = {}
        for row in corrections(edition.language):
            story = row.story
            known = corrected.setdefault(story.story_id, CorrectedStory(story.story_id, story.title, story.reader_path, []))
            known.corrections.append(correction_view(row))
        context = _context(edition) | {"corrected": list(corrected.values())}
        yield _sheet(edition, "corrections", "pages/corrections.html", context, standing=tuple(corrected))


def _shows_one_of(asked: set[str], edition: Edition, log: SheetLog) -> bool:
    printed = log.get(Kind.SHEET, f"{edition.prefix}/corrections", PressedSheet)
    return printed is not None and not asked.isdisjoint(f"{edition.language}/{story}" for story in printed.standing)


@plate("search", keys=_ALL_LANGUAGES)
def print_search(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print the search page; what was asked and found stands in its slots."""
    for edition in _editions_of(wanted):
        context = _context(edition)
        with translation.override(edition.language):
            sentences = (
                _("Nothing was found for this."),
                _("1 story"),
                _("{count} stories"),
                _("Nothing has all of this. {count} stories have some of it."),
            )
            away = _("The search is resting for a moment. The newest stories stand below.")
            words = slots.search_words(edition)
        context["slot_templates"] |= slots.SEARCH_TEMPLATES
        context["slots"] |= {
            **slots.search_notes(words),
            "query": Slot(name="query", fill="query", live=False),
            "sentence": Slot(name="sentence", fill="sentence", sentences=sentences, empty=away, live=False),
            "results": Slot(name="results", fill="results", priority=slots.PLACED, rows=SEARCH_ROWS, shape="photo", live=False),
        }
        yield _sheet(edition, "search", "pages/search.html", context)


@plate("errors", keys=_ALL_LANGUAGES)
def print_errors(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print what stands where nothing stands (404), nothing stands any more (410), and no network is (offline)."""
    for edition in _editions_of(wanted):
        for status in (404, 410):
            path = f"/_{status}/{edition.language}"
            sheet = print_sheet(
                f"pages/{status}.html", _context(edition), path=path, language=edition.language, kind="error", status=status
            )
            yield Change(Kind.SHEET, path, sheet)
        yield _sheet(edition, "offline", "pages/offline.html", _context(edition))
    if views := edition_views():
        yield _worker(views)


def _worker(views: dict[str, Edition]) -> Change:
    # One for the whole site: it shows each edition's own page when there is no network.
    offline = {edition.prefix.strip("/"): f"{edition.prefix}/offline" for edition in views.values()}
    edition = next(iter(views.values()))
    offline.setdefault("", f"{edition.prefix}/offline")
    # Pages change with the paper's looks: then a new worker fetches them anew.
    version = edition.style_url.split(".")[-2] + edition.script_url.split(".")[-2]
    context = {"edition": edition, "offline": json.dumps(offline), "version": version, "slots": {}}
    sheet = print_sheet(
        "pages/worker.js",
        context,
        path="/worker.js",
        language=edition.language,
        kind="worker",
        content_type="text/javascript; charset=utf-8",
    )
    return Change(Kind.SHEET, "/worker.js", sheet)


def _editions_of(wanted: Sequence[Wanted]) -> list[Edition]:
    asked = {item.key for item in wanted}
    return [edition for language, edition in edition_views().items() if language in asked]


def _context(edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition,
        "slots": {**slots.masthead(edition), "ranking": slots.ranking(edition), "latest": slots.latest(edition)},
        "slot_templates": dict(slots.TEMPLATES),
    }


def _sheet(edition: Edition, name: str, template: str, context: dict[str, object], standing: tuple[str, ...] = ()) -> Change:
    path = f"{edition.prefix}/{name}"
    sheet = print_sheet(template, context, path=path, language=edition.language, kind=name, standing=standing)
    return Change(Kind.SHEET, path, sheet)
