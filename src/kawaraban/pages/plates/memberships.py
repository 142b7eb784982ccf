"""The lists in which a story stands, and what else is printed when one of them changes.

A list's page is a sheet with the list in a slot: it is printed once, and again only when the list appears or ends.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from kawaraban.newsroom.queries.stories import newest_ids
from kawaraban.pages import slots
from kawaraban.pages.plates.days import days_changes
from kawaraban.pages.plates.names import name_list_changes
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, StoryList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kawaraban.pages.shapes import Edition
    from kawaraban.sheetlog.shapes import Story

# More than any page shows in all its blocks together, so that what stands higher can always be left out and refilled.
LIST_LENGTH = 200


class Membership(NamedTuple):
    """A list that holds a story."""

    language: str
    kind: str  # latest, section, topic, by, name, day
    key: str


def memberships(story: Story) -> set[Membership]:
    """Return the lists in which a story stands."""
    day = timezone.localtime(datetime.fromtimestamp(story.published_at, tz=timezone.get_current_timezone())).date()
    return {
        Membership(story.language, "latest", ""),
        Membership(story.language, "section", story.section),
        Membership(story.language, "day", day.isoformat()),
        *(Membership(story.language, "topic", topic) for topic in story.topics),
        *(Membership(story.language, "by", person) for person in story.bylines),
        *(Membership(story.language, "name", name) for name in story.names),
    }


def list_changes(touched: Iterable[Membership], editions: dict[str, Edition], log: SheetLog) -> Iterator[Change]:
    """Print these lists anew."""
    days: dict[str, list[date]] = {}
    for language, kind, key in sorted(touched):
        if language not in editions:
            continue
        if kind == "day":
            days.setdefault(language, []).append(date.fromisoformat(key))
            continue
        if kind == "name":
            yield from name_list_changes(editions[language], key, log)
            continue
        yield list_change(language, kind, key)
    for language, changed in days.items():
        yield from days_changes(editions[language], changed, log)


def list_change(language: str, kind: str, key: str) -> Change:
    """Return one list as it is now."""
    if kind == "latest":
        return _stories(slots.latest_list(language), newest_ids(language=language, limit=LIST_LENGTH))
    if kind == "section":
        return _stories(slots.section_list(language, key), newest_ids(language=language, section=key, limit=LIST_LENGTH))
    if kind == "topic":
        return _stories(slots.topic_list(language, key), newest_ids(language=language, topic=key, limit=LIST_LENGTH))
    return _stories(slots.person_list(language, key), newest_ids(language=language, person=key, limit=LIST_LENGTH))


def _stories(key: str, ids: list[str]) -> Change:
    return Change(Kind.LIST, key, StoryList(tuple(ids)))
