"""Where a page stands on the reader plane. Django serves no public page, so its own routing has no say in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kawaraban.sheetlog.shapes import Language

DEFAULT_LANGUAGE = "ja"

# What the site itself hands out directly below a front page. Editions stand below the first one's; so does what is there once for all.
SITE_NAMES = frozenset(
    {
        *("archive", "by", "corrections", "names", "offline", "search", "topics"),
        *("ja", "ko", "en"),
        *("api", "assets", "healthz", "live", "media", "partners", "read", "readyz", "sitemaps"),
    }
)
_YEAR = re.compile(r"[0-9]{4}")

ascii_slug = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use small letters a–z, digits and single hyphens, such as “harbour-bridge”."))


def edition_prefix(language: str) -> str:
    """Return the path prefix of an edition: nothing for the default one, "/ko" for Korean."""
    return "" if language == DEFAULT_LANGUAGE else f"/{language}"


def is_reserved(name: str) -> bool:
    """Whether a page below a front page would take the address of one of the site's own: a day stands under its year."""
    return name in SITE_NAMES or _YEAR.fullmatch(name) is not None


def topic_path(slug: str, language: str) -> str:
    """Return the path of a topic's page in an edition."""
    return f"{edition_prefix(language)}/topics/{slug}"


def person_path(slug: str, language: str) -> str:
    """Return the path of a person's page in an edition."""
    return f"{edition_prefix(language)}/by/{slug}"


def name_path(slug: str, language: str) -> str:
    """Return the path of a name's page in an edition."""
    return f"{edition_prefix(language)}/names/{slug}"


def lead_on(*, old: str, new: str) -> None:
    """Have an address that was given up lead to the new one, and what led to it lead on. Wagtail does this for pages alone."""
    for row in Redirect.objects.filter(old_path=new):
        row.delete()
    for row in Redirect.objects.filter(redirect_link=old):
        row.redirect_link = new
        row.save()
    target = {"redirect_page": None, "redirect_link": new, "is_permanent": True, "automatically_created": True}
    Redirect.objects.update_or_create(old_path=old, site=None, defaults=target)


def reader_path_of(page: Page) -> str:
    """Return where a page of ours stands on the reader plane, also one whose kind is not known."""
    # url_path is "/<edition>/<section>/<story>/": the edition's own slug gives way to its prefix.
    prefix = edition_prefix(page.locale.language_code)
    below_edition = page.url_path.strip("/").split("/")[1:]
    return prefix + "/" + "/".join(below_edition) if below_edition else prefix or "/"


class ReaderAddress(Page):
    """A page that readers see under an address made from its place in the tree."""

    stands_below_front = False

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse an address that a link would have to write in percent signs, or nobody could read out; or that is the site's own."""
        super().clean()
        if self.slug:
            try:
                ascii_slug(self.slug)
            except ValidationError as error:
                raise ValidationError({"slug": error}) from error
            if self.stands_below_front and is_reserved(self.slug):
                raise ValidationError({"slug": _("The site itself uses this address. Choose another one.")})

    @property
    def language(self) -> Language:
        """The edition's language code."""
        return cast("Language", self.locale.language_code)

    @property
    def reader_path(self) -> str:
        """The page's path on the reader plane: short, stable, ASCII, without a trailing slash."""
        return reader_path_of(self)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Tell Wagtail the public address: its "View live" links, its redirects and its API follow from this."""
        paths = Site.get_site_root_paths()
        if not paths or self.depth < 2:  # noqa: PLR2004 - the root of all trees is no page of ours
            return None
        return paths[0].site_id, settings.KAWARABAN_BASE_URL, self.reader_path

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        """Show the real page, printed from this unsaved revision and composed as readers get it."""
        from wagtail import hooks

        for print_preview in hooks.get_hooks("kawaraban_preview"):
            return print_preview(self, request)
        return super().serve_preview(request, mode_name)
