"""Prints names: their pages with the stories in which they stand, and what search knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.actions.note_names import look_for_changed_names
from kawaraban.newsroom.models import Name
from kawaraban.newsroom.models.addresses import name_path
from kawaraban.newsroom.queries.names import names_by_slug
from kawaraban.newsroom.queries.namings import ids_naming
from kawaraban.newsroom.queries.stories import newest_ids
from kawaraban.pages import slots
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.contexts.structured import THINGS, same_as
from kawaraban.pages.printing import print_sheet
from kawaraban.press.actions import ask_to_print
from kawaraban.press.addresses import stands, withdrawn
from kawaraban.press.registry import Wanted, compares, plate, slow_work, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, PressedSheet, StoryList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.pages.shapes import Edition

# As many as the other lists of the site hold.
_LIST_LENGTH = 200


@touches(Name)
def name_changed(name: Name) -> Iterator[Wanted]:
    """Ask for the name's pages, and have the stories looked through for its forms; those that show it follow when there is time."""
    yield Wanted("name", name.slug)
    yield Wanted("names", "changed", urgent=False)
    for story_id in ids_naming(name):
        yield Wanted("story", story_id, urgent=False)


@compares(Name)
def address_changed(before: Name | None, after: Name | None) -> Iterator[Wanted]:
    """Ask for the pages under an address that a name gave up."""
    if before and after and before.slug != after.slug:
        yield Wanted("name", before.slug)


@slow_work("names", keys=lambda: ["changed"])
def look_for_names(key: str) -> None:
    """Look through the published stories for names that changed, and have those printed again whose names are others now."""
    look_for_changed_names(tell=lambda changed: ask_to_print(Wanted("story", story_id, urgent=False) for story_id in changed))


@plate("name", keys=lambda: names_by_slug().values_list("slug", flat=True))
def print_names(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print what search knows of names, and their pages in every edition that mentions them."""
    slugs = [item.key for item in wanted]
    names = {name.slug: name for name in names_by_slug(slugs)}
    for slug in slugs:
        yield Change(Kind.NAME, slug, names[slug].shape if slug in names else None)
    for edition in edition_views().values():
        for slug in slugs:
            yield from _name_changes(edition, slug, names.get(slug), log, again=True)


def name_list_changes(edition: Edition, slug: str, log: SheetLog) -> Iterator[Change]:
    """Print the list of a name's stories. Its page is printed only when the list begins or ends."""
    yield from _name_changes(edition, slug, names_by_slug([slug]).first(), log, again=False)


def _name_changes(edition: Edition, slug: str, name: Name | None, log: SheetLog, *, again: bool) -> Iterator[Change]:
    language, path = edition.language, name_path(slug, edition.language)
    ids = newest_ids(language=language, name=slug, limit=_LIST_LENGTH) if name else []
    yield Change(Kind.LIST, slots.name_list(language, slug), StoryList(tuple(ids)) if ids else None)
    if name is None or not ids:
        yield from withdrawn(path, "name", language, log)
    elif again or log.get(Kind.SHEET, path, PressedSheet) is None:
        yield from stands(print_sheet("pages/name.html", name_context(name, edition), path=path, language=language, kind="name"))


def name_context(name: Name, edition: Edition) -> dict[str, object]:
    """Return what the template of a name's page is given."""
    language, shape = edition.language, name.shape
    own = name.name_in(language)
    # Each in the language that it is written in, so that a screen reader speaks it so.
    also = [(shape.reading, "ja"), *((form, _script(form)) for form in (*shape.originals, shape.form_ko, shape.form_en))]
    structured = {
        "@context": "https://schema.org",
        "@type": THINGS[name.kind],
        "name": own,
        "alternateName": [form for form in dict.fromkeys(form for form, _ in also) if form and form != own],
        "url": edition.base_url + name_path(name.slug, language),
        **same_as(name.wikidata),
    }
    return {
        "edition": edition,
        "title": own,
        "kind": name.kind,
        "also": [(form, lang) for form, lang in dict(also).items() if form and form != own],
        "structured": structured,
        "archive_url": f"{edition.prefix}/archive",
        "slots": {
            **slots.masthead(edition),
            "stories": slots.listing(slots.name_list(language, name.slug)),
            "ranking": slots.ranking(edition),
            "latest": slots.latest(edition, rows=6),
        },
        "slot_templates": slots.TEMPLATES,
    }


def _script(form: str) -> str:
    if any("가" <= letter <= "힣" for letter in form):
        return "ko"
    return "en" if form.isascii() else ""
