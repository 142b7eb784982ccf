"""Pages of a source that are no stories (about the paper, how to reach it): each becomes a page about the paper."""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop as _
from wagtail.models import PageLogEntry

from kawaraban.exchange import shapes
from kawaraban.exchange.models import Imported
from kawaraban.exchange.naming import Names, address_of, hashed_address
from kawaraban.exchange.sentences import Said
from kawaraban.newsroom.actions.lead_old_addresses import lead_old_addresses
from kawaraban.newsroom.models import AboutPage
from kawaraban.newsroom.models.addresses import is_reserved

if TYPE_CHECKING:
    from kawaraban.exchange.shapes import ImportReport, SourcePage


class PageDesk:
    """The pages of one source."""

    def __init__(self, *, source_name: str, language: str, report: ImportReport) -> None:
        self._source = source_name
        self._language = language
        self._report = report
        self._names = Names()

    def publish(self, page: SourcePage, *, dry_run: bool = False) -> str:
        """Publish a page, or keep it as a draft; return what is wrong with it, or "". What somebody here edited stays."""
        key = hashlib.blake2b(page.source_id.encode(), digest_size=20).hexdigest()
        digest = hashlib.blake2b(msgspec.json.encode(page), digest_size=16).hexdigest()
        row = Imported.objects.filter(source=self._source, kind=Imported.PAGE, key=key).first()
        standing = AboutPage.objects.filter(pk=row.object_id).first() if row else None
        if row and standing and row.digest == digest:
            self._report.noted[Said(_("pages unchanged"))] += 1
            return ""
        if standing and PageLogEntry.objects.filter(page=standing.pk, user__isnull=False).exists():
            self._report.noted[Said(_("pages kept as edited here"))] += 1
            return ""
        self._report.noted[Said(_("pages updated") if standing else _("pages brought in"))] += 1
        if dry_run:
            return ""
        try:
            with transaction.atomic():
                written = self._write(page, standing)
                Imported.objects.update_or_create(
                    source=self._source, kind=Imported.PAGE, key=key, defaults={"digest": digest, "object_id": written.pk}
                )
        except ValidationError as error:
            self._names.forget()
            return "; ".join(error.messages)
        return ""

    def _write(self, page: SourcePage, standing: AboutPage | None) -> AboutPage:
        front = self._names.front(page.language or self._language)
        text = self._text(page)
        if standing is None:
            slug = address_of(shapes.SourceName(page.title, page.slug), "page")
            if is_reserved(slug) or front.get_children().filter(slug=slug).exists():
                slug = hashed_address(page.source_id, "page")
            written = AboutPage(title=page.title[:255], slug=slug, locale=front.locale, body=text, live=False)
            front.add_child(instance=written)
        else:
            written = standing
            written.title, written.body = page.title[:255], text
        revision = written.save_revision(log_action=True)
        if page.state == shapes.PUBLISHED:
            revision.publish(log_action=True, skip_permission_checks=True)
            lead_old_addresses(to={old: written for old in page.old_addresses if old != written.reader_path})
        return written

    def _text(self, page: SourcePage) -> str:
        parts = []
        for block in page.body:
            match block:
                case shapes.Paragraph(html=text):
                    parts.append(text)
                case shapes.Subheading(text=text):
                    parts.append(f"<h2>{html.escape(text)}</h2>")
                case shapes.Quotation(text=text, speaker=speaker):
                    parts.append(f"<p>{html.escape(text).replace(chr(10), '<br/>')}{html.escape(f' — {speaker}') if speaker else ''}</p>")
                case shapes.Markup(html=text):
                    parts.append(text)
                case shapes.Table(head=head, rows=rows):
                    cells = ["　".join(row) for row in ([head, *rows] if any(head) else rows)]
                    parts.append("".join(f"<p>{html.escape(row)}</p>" for row in cells))
                case shapes.Embed(address=address, title=title):
                    parts.append(f'<p><a href="{html.escape(address)}">{html.escape(title)}</a></p>')
                case _:
                    self._report.noted[Said(_("pictures on pages left out"))] += 1
                    told = Said(_("the page “%(title)s” loses a picture: pages about the paper hold text"), title=page.title[:60])
                    self._report.found.append(shapes.Problem("", told, page.source_id))
        return "".join(parts)
