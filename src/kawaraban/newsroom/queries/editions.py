"""Questions about editions, sections, topics and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.models import FrontPage, Person, SectionPage, Topic

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kawaraban.newsroom.models import StoryPage


def editions() -> list[FrontPage]:
    """Return the front pages of all editions that are live, the default one first."""
    return list(FrontPage.objects.live().select_related("locale", "breaking_story__locale").order_by("path"))


def edition_of(language: str) -> FrontPage | None:
    """Return the front page of the edition in a language."""
    return FrontPage.objects.live().select_related("locale", "breaking_story__locale").filter(locale__language_code=language).first()


def editions_breaking(story: StoryPage) -> list[FrontPage]:
    """Return the front pages whose line of breaking news names a story."""
    if story.is_being_born:
        return []
    return list(FrontPage.objects.live().filter(breaking_story=story.pk).select_related("locale"))


def sections_of(front: FrontPage) -> list[SectionPage]:
    """Return an edition's sections in the order in which the chief put them."""
    return list(SectionPage.objects.live().child_of(front).select_related("locale").order_by("path"))


def topics_by_slug(slugs: list[str] | None = None) -> QuerySet[Topic]:
    """Return topics, all or those with these slugs."""
    return Topic.objects.all() if slugs is None else Topic.objects.filter(slug__in=slugs)


def people_by_slug(slugs: list[str] | None = None) -> QuerySet[Person]:
    """Return people with a byline page, all or those with these slugs."""
    return Person.objects.all() if slugs is None else Person.objects.filter(slug__in=slugs)
