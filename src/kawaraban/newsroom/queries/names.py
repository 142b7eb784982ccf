"""Questions about the registry of names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, Max, Q, TextField
from django.db.models.functions import Cast

from kawaraban.language.names import NameFinder
from kawaraban.language.registry_csv import Entry
from kawaraban.newsroom.models import Name
from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.newsroom.queries.texts import body_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from kawaraban.language import names as shapes
    from kawaraban.newsroom.models import StoryPage


class Named(NamedTuple):
    """A name that stands in a story; prominent if in its headline or standfirst."""

    slug: str
    prominent: bool


def names_by_slug(slugs: Iterable[str] | None = None) -> QuerySet[Name]:
    """Return names with their titles, all or those with these addresses."""
    names = Name.objects.prefetch_related("titles")
    return names if slugs is None else names.filter(slug__in=list(slugs))


def registry() -> list[Entry]:
    """Return the whole registry, as it is handed on."""
    return [Entry(name.shape, name.note) for name in names_by_slug()]


def name_finder(language: str) -> NameFinder:
    """Return the finder of all names as an edition writes them. It is made once for as long as the registry stays as it is."""
    version = Name.objects.aggregate(count=Count("pk"), changed=Max("changed_at"))
    return _finder(language, version["count"], version["changed"])


@lru_cache(6)
def _finder(language: str, count: int, changed: Any) -> NameFinder:
    shapes_of_all: list[shapes.Name] = [name.shape for name in names_by_slug()]
    return NameFinder(shapes_of_all, language)


def names_in(story: StoryPage) -> list[Named]:
    """Return the names that stand in a story, in the order in which it mentions them."""
    head = "\n".join((str(story.title), str(story.standfirst)))
    finder = name_finder(story.language)
    prominent = dict.fromkeys(found.name.slug for found in finder.find(head))
    rest = dict.fromkeys(found.name.slug for found in finder.find(body_text(story)))
    return [Named(slug, slug in prominent) for slug in prominent | rest]


def names_to_look_for() -> list[Name]:
    """Return the names that changed since the published stories were looked through for them."""
    return list(Name.objects.filter(Q(looked_for_at=None) | Q(looked_for_at__lt=F("changed_at"))))


def keys_of_stories_that_may_name(name: Name) -> list[int]:
    """Return the primary keys of the published stories in whose words a form of a name stands, or in which it stood before."""
    words = Q(names_in_it__name=name)
    for form in name.shape.searched:
        # SQLite keeps the letters of a body as JSON's \uXXXX, PostgreSQL as they are.
        escaped = "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in form)
        words |= Q(title__contains=form) | Q(standfirst__contains=form) | Q(words__contains=form) | Q(words__contains=escaped)
    stories = published_stories().annotate(words=Cast("body", TextField())).filter(words).distinct()
    return list(stories.values_list("pk", flat=True))
