"""Has addresses of another site, or of an earlier time, lead to what stands here now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.signals import post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.signal_handlers import disable_reference_index_auto_update

from kawaraban.newsroom.indexing import write_new_references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wagtail.models import Page

LONGEST = 255


@transaction.atomic
def lead_old_addresses(*, to: Mapping[str, Page | str]) -> list[str]:
    """Lead each old address (a path, with a query where it has one) to a page or to a path; return those that are too long to be kept.

    One that somebody here entered or changed stays as it is.
    """
    wanted = {path: target for path, target in to.items() if len(path) <= LONGEST}
    known = {row.old_path: row for row in Redirect.objects.filter(old_path__in=wanted, site=None)}
    new = []
    for path, target in wanted.items():
        page, link = (None, target) if isinstance(target, str) else (target.pk, "")
        row = known.get(path)
        if row is None:
            new.append(Redirect(old_path=path, redirect_page_id=page, redirect_link=link, automatically_created=True))
        elif row.automatically_created and (row.redirect_page_id, row.redirect_link) != (page, link):
            row.redirect_page_id, row.redirect_link = page, link
            row.save()
    _write_new(new)
    return [path for path in to if len(path) > LONGEST]


def _write_new(rows: list[Redirect]) -> None:
    """Write redirects all together, and have all hear of each who listen when one is saved: the press prints it."""
    Redirect.objects.bulk_create(rows)
    with disable_reference_index_auto_update():
        for row in rows:
            post_save.send(sender=Redirect, instance=row, created=True, update_fields=None, raw=False, using=row._state.db)  # noqa: SLF001
    write_new_references(rows)
