"""Has addresses of another site, or of an earlier time, lead to what stands here now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect

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
    for path, target in wanted.items():
        page, link = (None, target) if isinstance(target, str) else (target.pk, "")
        row = known.get(path)
        if row is None:
            Redirect.objects.create(old_path=path, redirect_page_id=page, redirect_link=link, automatically_created=True)
        elif row.automatically_created and (row.redirect_page_id, row.redirect_link) != (page, link):
            row.redirect_page_id, row.redirect_link = page, link
            row.save()
    return [path for path in to if len(path) > LONGEST]
