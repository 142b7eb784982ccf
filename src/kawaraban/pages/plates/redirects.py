"""Prints redirects: those that Wagtail leaves when a page is moved or renamed, and those that an editor enters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail.contrib.redirects.models import Redirect as RedirectRow

from kawaraban.newsroom.models import SectionPage
from kawaraban.newsroom.models.addresses import reader_path_of
from kawaraban.press.registry import Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Redirect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wagtail.models import Page


FEEDS = ("feed.xml", "atom.xml", "feed.json")


@touches(RedirectRow)
def redirect_changed(row: RedirectRow) -> Iterator[Wanted]:
    """Ask for the old address."""
    yield Wanted("redirect", row.old_path)


@plate("redirect", keys=lambda: RedirectRow.objects.values_list("old_path", flat=True))
def print_redirects(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Put these old addresses and where they lead. Where a page stands again, the page wins."""
    asked = [item.key for item in wanted]
    rows = {row.old_path: row for row in RedirectRow.objects.filter(old_path__in=asked).select_related("redirect_page__locale")}
    for path in asked:
        row = rows.get(path)
        to = _target(row) if row else ""
        yield Change(Kind.REDIRECT, path, Redirect(to, permanent=bool(row and row.is_permanent)) if to and to != path else None)
        if row and to != path and _has_feeds(row):
            # Whoever follows them goes along.
            for feed in FEEDS:
                yield Change(Kind.SHEET, f"{path}/{feed}", None)
                yield Change(Kind.REDIRECT, f"{path}/{feed}", Redirect(f"{to}/{feed}"))


def redirects_to(page: Page) -> list[str]:
    """Return the old addresses that lead to a page."""
    return list(RedirectRow.objects.filter(redirect_page=page.pk).values_list("old_path", flat=True))


def _target(row: RedirectRow) -> str:
    # A page's address follows from what every page has: nobody is asked what kind of page it is.
    return reader_path_of(row.redirect_page) if row.redirect_page else str(row.redirect_link)


def _has_feeds(row: RedirectRow) -> bool:
    """Whether it leads to a section; or to a topic or a person, who are no pages of Wagtail's: a link that nobody entered."""
    if row.redirect_page:
        return issubclass(row.redirect_page.specific_class, SectionPage)
    return bool(row.automatically_created) and not row.redirect_link.endswith(FEEDS)
