"""What a person's day in the newsroom begins with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from wagtail.models import Revision, WorkflowState

from kawaraban.newsroom.models import Photo, SectionPage, StoryPage
from kawaraban.newsroom.queries.stories import published_stories

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kawaraban.newsroom.models import Person, User

RIGHTS_AHEAD = timedelta(days=14)


def sections_to_write_for(user: User) -> list[SectionPage]:
    """Return the sections in which somebody may begin a story, edition by edition, in the chief's order."""
    sections = SectionPage.objects.live().select_related("locale").order_by("path")
    return [section for section in sections if section.permissions_for_user(user).can_add_subpage()]


def drafts_of(user: User, limit: int = 8) -> list[StoryPage]:
    """Return somebody's stories that are in work: unpublished or changed since, and not with the desk; last touched first."""
    with_the_desk = WorkflowState.objects.active().values_list("object_id", flat=True)
    drafts = StoryPage.objects.filter(owner=user, has_unpublished_changes=True).exclude(pk__in=[int(pk) for pk in with_the_desk])
    # What is scheduled is finished.
    drafts = drafts.exclude(pk__in=[story.pk for story, _ in going_out_next(limit=None)])
    return list(drafts.select_related("locale").order_by("-latest_revision_created_at")[:limit])


def going_out_next(limit: int | None = 8) -> list[tuple[StoryPage, datetime]]:
    """Return the stories that are scheduled, with their moments, soonest first."""
    rows = Revision.page_revisions.filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at")
    moments = {int(object_id): moment for object_id, moment in rows.values_list("object_id", "approved_go_live_at")}
    stories = StoryPage.objects.select_related("locale").in_bulk(moments)
    return [(stories[pk], moment) for pk, moment in moments.items() if pk in stories][:limit]


def in_work_by(people: Iterable[Person]) -> list[StoryPage]:
    """Return the stories in whose draft, or in what is scheduled of them, one of these people stands, whatever is published."""
    named = {person.pk for person in people}
    drafts = StoryPage.objects.filter(Q(live=False) | Q(has_unpublished_changes=True)).values("latest_revision")
    revisions = Revision.page_revisions.filter(Q(pk__in=drafts) | Q(approved_go_live_at__isnull=False))
    rows = revisions.values_list("object_id", "content__bylines")
    pks = {int(object_id) for object_id, bylines in rows if any(byline["person"] in named for byline in bylines or ())}
    return list(StoryPage.objects.filter(pk__in=pks).order_by("pk"))


def just_published(limit: int = 10) -> list[StoryPage]:
    """Return what went out last, of all editions."""
    return list(published_stories().select_related("locale")[:limit])


def photos_without_words(limit: int = 8) -> list[Photo]:
    """Return the newest photos that say nothing to those who cannot see them."""
    return list(Photo.objects.filter(alt_text="").order_by("-created_at")[:limit])


def photos_whose_rights_end(limit: int = 8) -> list[Photo]:
    """Return photos whose rights end within two weeks, soonest first."""
    now = timezone.now()
    return list(Photo.objects.filter(rights_end__gt=now, rights_end__lte=now + RIGHTS_AHEAD).order_by("rights_end")[:limit])
