"""Leads the old site's lists to those that stand here: of a section, a topic, a person, and the feeds of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.naming import LONGEST_NAME
from kawaraban.exchange.sentences import Said
from kawaraban.newsroom.actions.lead_old_addresses import lead_old_addresses
from kawaraban.newsroom.models import Person, SectionPage, Topic
from kawaraban.newsroom.models.addresses import edition_prefix, person_path, topic_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail.models import Page

    from kawaraban.exchange.shapes import ImportReport

FEED = "feed.xml"
AT_ONCE = 500


class OldAddress(NamedTuple):
    """Where a list of the old site was, or its feed."""

    path: str
    kind: str  # section, topic, person; paper: its front page
    name: str = ""  # of the list, there
    is_feed: bool = False


def lead_lists(old: Iterable[OldAddress], language: str, report: ImportReport) -> None:
    """Lead the lists to ours of the same names; where none bears one, tell it under the list's address."""
    here = _Here(language)
    to: dict[str, Page | str] = {}
    for address in old:
        found = here.find(address)
        if found is None and not address.is_feed:
            report.left_out[address.path] = Said(_("no story that came over stands in it"))
        elif found is not None and found[1] != address.path:
            to[address.path] = found[0]
    paths = list(to)
    for start in range(0, len(paths), AT_ONCE):
        for path in lead_old_addresses(to={path: to[path] for path in paths[start : start + AT_ONCE]}):
            report.left_out[path] = Said(
                _("its old address has more letters than can be kept, and leads nowhere: %(path)s…"), path=path[:80]
            )


class _Here:
    """The lists that stand here, by their names and by their addresses."""

    def __init__(self, language: str) -> None:
        self._language = language
        sections = list(SectionPage.objects.live().filter(locale__language_code=language).select_related("locale"))
        self._sections = {section.slug: section for section in sections} | {section.title: section for section in sections}
        self._topics = _by_name(Topic.objects.values_list("slug", "name"))
        self._people = _by_name(Person.objects.values_list("slug", "name"))

    def find(self, address: OldAddress) -> tuple[Page | str, str] | None:
        """Return what an address is to lead to, and its path; None where nothing of the name stands here."""
        target = self._target(address)
        if target is None:
            return None
        path = target if isinstance(target, str) else str(target.reader_path)
        if address.is_feed:
            return f"{path}/{FEED}", f"{path}/{FEED}"
        return target, path or "/"

    def _target(self, address: OldAddress) -> SectionPage | str | None:
        if address.kind == "paper":
            return edition_prefix(self._language)
        # A list is looked for by its name, and by the last part of its address: a name may be another here by now.
        names = (address.name, address.name[:LONGEST_NAME], address.path.removesuffix("/feed").removesuffix("/rss").rpartition("/")[2])
        if address.kind == "person":
            slug = next((self._people[name] for name in names if name in self._people), None)
            return person_path(slug, self._language) if slug else None
        section = next((self._sections[name] for name in names if name in self._sections), None)
        slug = next((self._topics[name] for name in names if name in self._topics), None)
        topic = topic_path(slug, self._language) if slug else None
        # What was a section there may be a topic here, and the other way round: a story has one section, and may have stood in several.
        return (section or topic) if address.kind == "section" else (topic or section)


def _by_name(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    known = list(rows)
    return {slug: slug for slug, _name in known} | {name: slug for slug, name in known}
