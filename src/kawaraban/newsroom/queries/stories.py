"""Questions about stories."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone
from wagtail.models import PageViewRestriction, ReferenceIndex

from kawaraban.newsroom.models import Correction, SectionPage, StoryGathered, StoryPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from kawaraban.newsroom.models import Photo


def published_stories() -> QuerySet[StoryPage]:
    """Stories that readers may see, newest first; two of the same second in the order in which they were written."""
    stories = StoryPage.objects.live().order_by("-published_at", "-pk")
    # Which pages are private Wagtail asks by way of all pages, each time, and hardly ever is any.
    return stories.public() if PageViewRestriction.objects.exists() else stories


def stories_by_id(ids: Iterable[str]) -> list[StoryPage]:
    """Return the published stories with these ids, with all that a page of theirs shows, in a fixed number of queries."""
    return list(
        published_stories()
        .filter(story_id__in=list(ids))
        .select_related("locale", "lead_photo", "ranking_act")
        .prefetch_related(
            *("topics", "gathered_by__topic", "bylines__person", "corrections", "course__entry", "lead_photo__renditions"),
            "names_in_it__name",
        )
    )


def stories_for_feeds(ids: Iterable[str], *, whole: bool = False) -> list[StoryPage]:
    """Return the published stories with these ids, with what feeds and sitemaps tell of them; the body only for ``whole`` texts."""
    stories = published_stories().filter(story_id__in=list(ids)).select_related("locale", "lead_photo")
    stories = stories if whole else stories.defer("body")
    beside = (
        "topics",
        "gathered_by__topic",
        "bylines__person",
        "lead_photo__renditions",
        *(("corrections", "names_in_it__name") if whole else ()),
    )
    return list(stories.prefetch_related(*beside))


def about(stories: QuerySet[StoryPage], topic: str) -> QuerySet[StoryPage]:
    """Leave the stories of a topic: those that name it, and those that it gathered."""
    # Two questions for keys, not two joins: the order of the stories is kept, and none comes twice.
    named = StoryPage.topics.through.objects.filter(topic__slug=topic).values("storypage")
    gathered = StoryGathered.objects.filter(topic__slug=topic).values("story")
    return stories.filter(Q(pk__in=named) | Q(pk__in=gathered))


def newest_ids(
    *,
    language: str,
    section: str = "",
    topic: str = "",
    person: str = "",
    name: str = "",
    day: date | None = None,
    limit: int | None = 300,
) -> list[str]:
    """Return ids of published stories, newest first, of an edition and what else is asked."""
    stories = published_stories().filter(locale__language_code=language)
    if section:
        home = SectionPage.objects.filter(locale__language_code=language, slug=section).values_list("path", flat=True).first()
        if home is None:
            return []
        stories = stories.filter(path__startswith=home)
    if topic:
        stories = about(stories, topic)
    if person:
        stories = stories.filter(bylines__person__slug=person).distinct()
    if name:
        stories = stories.filter(names_in_it__name__slug=name)
    if day is not None:
        begin = timezone.make_aware(datetime.combine(day, time.min))
        stories = stories.filter(published_at__gte=begin, published_at__lt=begin + timedelta(days=1))
    ids = stories.values_list("story_id", flat=True)
    return list(ids if limit is None else ids[:limit])


class Stands(NamedTuple):
    """Where and since when a story stands."""

    id: str
    language: str
    section: str  # slug
    published_at: datetime


def older_in_section(stories: Sequence[Stands], limit: int) -> dict[str, list[str]]:
    """For each of several stories: the ids of those before it in its section, newest first.

    One question a section where the stories stand close together in time, as they do when everything is printed; one more for each
    that stands apart.
    """
    by_section: dict[tuple[str, str], list[Stands]] = {}
    for story in stories:
        by_section.setdefault((story.language, story.section), []).append(story)
    found: dict[str, list[str]] = {}
    for (language, section), members in by_section.items():
        # Twice as many as are asked for: others of the section may stand between them.
        window = 2 * len(members) + limit
        newest = max(member.published_at for member in members)
        rows = _ids_and_moments(language, section, newest, window)
        for member in members:
            older = [story_id for story_id, moment in rows if moment <= member.published_at and story_id != member.id][:limit]
            if len(older) < limit and len(rows) == window:
                rest = _ids_and_moments(language, section, member.published_at, limit + 1)
                older = [story_id for story_id, _ in rest if story_id != member.id][:limit]
            found[member.id] = older
    return found


def _ids_and_moments(language: str, section: str, until: datetime, limit: int) -> list[tuple[str, datetime]]:
    stories = published_stories().filter(locale__language_code=language, published_at__lte=until)
    home = SectionPage.objects.filter(locale__language_code=language, slug=section).values_list("path", flat=True).first()
    return list(stories.filter(path__startswith=home).values_list("story_id", "published_at")[:limit]) if home else []


def days_with_stories(language: str) -> list[date]:
    """Return the days on which the edition published something, oldest first, in the newsroom's own zone."""
    days = published_stories().filter(locale__language_code=language).order_by().annotate(day=TruncDate("published_at"))
    return sorted(days.values_list("day", flat=True).distinct())


def months_with_stories(language: str) -> list[date]:
    """Return the first days of the months in which the edition published something, oldest first."""
    months = published_stories().filter(locale__language_code=language).order_by().annotate(month=TruncMonth("published_at"))
    return sorted({month.date() for month in months.values_list("month", flat=True).distinct()})


def corrections(language: str, limit: int = 200) -> list[Correction]:
    """Return the edition's corrections, newest first, each with its story."""
    rows = Correction.objects.filter(story__in=published_stories(), story__locale__language_code=language)
    return list(rows.select_related("story", "story__locale").order_by("-made_at", "-pk")[:limit])


def translations_of(stories: Iterable[StoryPage]) -> dict[str, list[StoryPage]]:
    """For each translation key, the published stories that say the same in the editions' languages."""
    keys = {story.translation_key for story in stories}
    by_key: dict[str, list[StoryPage]] = {}
    for story in published_stories().filter(translation_key__in=keys).select_related("locale"):
        by_key.setdefault(str(story.translation_key), []).append(story)
    return by_key


def ids_showing(photo: Photo) -> list[str]:
    """Return the ids of the published stories that show a photo."""
    if not photo.pk:
        return []
    pages = {reference.object_id for reference in ReferenceIndex.get_references_to(photo)}
    return list(StoryPage.objects.live().filter(pk__in=pages).values_list("story_id", flat=True))


def ids_of_translations(story: StoryPage) -> list[str]:
    """Return the ids of the stories that say the same in other editions and stand there now."""
    if story.is_being_born:
        return []
    others = published_stories().filter(translation_key=story.translation_key).exclude(story_id=story.story_id)
    return list(others.values_list("story_id", flat=True))
