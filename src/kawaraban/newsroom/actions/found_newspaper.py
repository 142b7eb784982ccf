"""Founds a newspaper: editions, sections, roles and the workflow, so that a newsroom can begin on its first day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.models import Locale, Page, Site

from kawaraban.newsroom.actions.set_up_roles import set_up_roles
from kawaraban.newsroom.models import AboutPage, FrontPage, NewspaperSettings, SectionPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kawaraban.sheetlog.shapes import Language


@dataclass(frozen=True, kw_only=True)
class EditionDraft:
    """An edition that is to be."""

    language: Language
    nameplate: str
    motto: str = ""
    description: str = ""
    weather_place: str = ""
    sections: Sequence[tuple[str, str]] = ()  # (slug, name)
    about_title: str = ""
    about_html: str = ""


@transaction.atomic
def found_newspaper(*, editions: Sequence[EditionDraft]) -> Mapping[str, FrontPage]:
    """Make the editions that are missing, and roles and workflow; return the front pages by language.

    What stands already is left as it is, so that it may be called again.
    """
    root = Page.get_first_root_node()
    fronts: dict[str, FrontPage] = {}
    # The edition that readers find at the root stays there.
    first = FrontPage.objects.order_by("path").first()
    for draft in editions:
        locale, _ = Locale.objects.get_or_create(language_code=draft.language)
        front = FrontPage.objects.filter(locale=locale).first() or _edition(draft, root, locale, first)
        first = first or front
        fronts[draft.language] = front
    if first is not None:
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": first, "site_name": first.nameplate}
        )
        Site.clear_site_root_paths_cache()
        # Wagtail calls the top of the tree "Root": staff see the paper's name there.
        Page.objects.filter(pk=root.pk).update(title=first.nameplate, draft_title=first.nameplate)
        # The page that Wagtail's own migration made.
        Page.objects.filter(depth=2, slug="home", content_type__model="page").delete()
    set_up_roles(first.language if first is not None else "ja")
    # Made where they are first asked for, they would ask for everything anew: by then that may be an archive.
    NewspaperSettings.load()
    return fronts


def _edition(draft: EditionDraft, root: Page, locale: Locale, first: FrontPage | None) -> FrontPage:
    root.refresh_from_db()
    front = FrontPage(
        title=draft.nameplate,
        slug=f"edition-{draft.language}",
        locale=locale,
        nameplate=draft.nameplate,
        motto=draft.motto,
        description=draft.description,
        weather_place=draft.weather_place,
    )
    if first is not None:
        front.translation_key = first.translation_key
    root.add_child(instance=front)
    _publish(front)
    for slug, name in draft.sections:
        section = SectionPage(title=name, slug=slug, locale=locale)
        if first is not None and (other := SectionPage.objects.filter(slug=slug).first()):
            section.translation_key = other.translation_key
        front.add_child(instance=section)
        _publish(section)
    if draft.about_title:
        about = AboutPage(title=draft.about_title, slug="about", locale=locale, body=draft.about_html)
        if first is not None and (other_about := AboutPage.objects.first()):
            about.translation_key = other_about.translation_key
        front.add_child(instance=about)
        _publish(about)
    return front


def _publish(page: Page) -> None:
    page.save_revision(log_action=True).publish(log_action=True, skip_permission_checks=True)
