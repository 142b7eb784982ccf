"""Publishes many new stories at once: what Wagtail writes for each (page, revision, log, references), written for all together.

Wagtail's own actions save a page three times and ask the database some fifty questions for it, whose answers are known here: nobody else
can have a new story's id, revisions or history. A test publishes the same story both ways, and finds the same in every table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published, published

from kawaraban.newsroom.actions.publish_story import RELATED, know, write_draft
from kawaraban.newsroom.indexing import indexed_together, write_new_references
from kawaraban.newsroom.models import StoryPage
from kawaraban.newsroom.models.stories import GIVEN_ADDRESS
from kawaraban.newsroom.queries.gathering import one_set_of_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kawaraban.newsroom.actions.publish_story import StoryDraft
    from kawaraban.newsroom.models import SectionPage, User


@dataclass(frozen=True)
class NewStory:
    """A story whose fields were looked through, and the draft that it is written from."""

    page: StoryPage
    draft: StoryDraft


def plain_story(draft: StoryDraft) -> NewStory | None:
    """Return a draft's story, or None if it has to go the single way, ``publish_new_story``.

    That says what is wrong with it, and knows what is rare: a translation, a moment that nobody told.
    """
    if draft.translation_of is not None or draft.published_at is None or not GIVEN_ADDRESS.fullmatch(draft.story_id):
        return None
    story = StoryPage(title=draft.headline, locale=draft.section.locale, live=False, story_id=draft.story_id, slug=draft.story_id)
    write_draft(story, draft)
    story.draft_title = story.title
    try:
        story.clean_fields(exclude=_LOOKED_UP)
    except ValidationError:
        return None
    return NewStory(story, draft)


def publish_new_stories(*, stories: Sequence[NewStory], actor: User | None) -> list[bool]:
    """Publish new stories in one transaction; say of each whether it was: one whose id another has already goes the single way."""
    taken = _taken([new.page for new in stories])
    are_free = []
    for new in stories:
        names = {new.page.story_id, (new.page.import_source, new.page.import_id)} - {("", "")}
        are_free.append(not names & taken)
        taken |= names
    chosen = [new for new, is_free in zip(stories, are_free, strict=True) if is_free]
    if not chosen:
        return are_free
    pages = [new.page for new in chosen]
    with transaction.atomic(), indexed_together(), one_set_of_rules():
        with disable_reference_index_auto_update():
            _write_pages(chosen)
        revisions = _write_revisions(pages, actor)
        for page in pages:
            page.is_being_born = True
            page_published.send(sender=StoryPage, instance=page, revision=revisions[page.pk])
            published.send(sender=StoryPage, instance=page, revision=revisions[page.pk])
            page.is_being_born = False
        write_new_references(pages)
    return are_free


# What is filled in when it is written, and what points to rows that the draft itself holds.
_LOOKED_UP = {"path", "depth", "url_path", *(field.name for field in StoryPage._meta.concrete_fields if field.is_relation)}  # noqa: SLF001


def _taken(stories: Sequence[StoryPage]) -> set[Any]:
    """Return which of the stories' ids and addresses others have already."""
    ids = [story.story_id for story in stories]
    taken: set[Any] = set(StoryPage.objects.filter(story_id__in=ids).values_list("story_id", flat=True))
    taken.update(Page.objects.filter(slug__in=ids).values_list("slug", flat=True))
    for source in {story.import_source for story in stories} - {""}:
        there = StoryPage.objects.filter(import_source=source, import_id__in=[story.import_id for story in stories])
        taken.update(there.values_list("import_source", "import_id"))
    return taken


def _write_pages(chosen: Sequence[NewStory]) -> None:
    """Write the pages below their sections, as treebeard does it. Afterwards each knows its related rows without asking for them."""
    parents: dict[int, SectionPage] = {}
    last: dict[int, StoryPage | None] = {}
    for new in chosen:
        story, section = new.page, new.draft.section
        if section.pk not in parents:
            # Whoever adds a page below it as well waits here.
            parents[section.pk] = parent = type(section).objects.select_for_update().get(pk=section.pk)
            last[section.pk] = None if parent.is_leaf() else parent.get_last_child()
        parent, before = parents[section.pk], last[section.pk]
        story.depth = parent.depth + 1
        story.path = before._inc_path() if before else parent._get_path(parent.path, story.depth, 1)  # noqa: SLF001
        story._cached_parent_obj = section  # noqa: SLF001 - as treebeard tells a new child its parent
        story._is_site_root = False  # noqa: SLF001 - Wagtail's own way of telling it
        told = set(getattr(story, "_cluster_related_objects", {}))
        story.save(clean=False, log_action=None)
        know(story, {name: list(getattr(story, name).all()) if name in told else [] for name in RELATED})
        last[section.pk] = story
    added = Counter(new.draft.section.pk for new in chosen)
    for pk, count in added.items():
        Page.objects.filter(pk=pk).update(numchild=F("numchild") + count)
    for new in chosen:
        new.draft.section.numchild = parents[new.draft.section.pk].numchild + added[new.draft.section.pk]


def _write_revisions(stories: Sequence[StoryPage], actor: User | None) -> dict[int, Revision]:
    """Write each story's first revision, have it be the one that readers see, and put down that it was created and published."""
    now = timezone.now()
    base = ContentType.objects.get_for_model(Page)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_object=story,
            base_content_type=base,
            user=actor,
            content=story.serializable_data(),
            object_str=str(story),
            created_at=now,
        )
        for story in stories
    )
    by_story = {int(revision.object_id): revision for revision in revisions}
    first = Revision.objects.filter(base_content_type=base, object_id=Cast(OuterRef("pk"), TextField())).values("pk")[:1]
    standing: dict[str, Any] = {
        "live": True,
        "has_unpublished_changes": False,
        "first_published_at": now,
        "last_published_at": now,
        "latest_revision_created_at": now,
    }
    Page.objects.filter(pk__in=by_story).update(**standing, latest_revision=Subquery(first), live_revision=Subquery(first))
    for story in stories:
        for name, value in standing.items():
            setattr(story, name, value)
        story.latest_revision = story.live_revision = by_story[story.pk]
    PageLogEntry.objects.bulk_create(_log(stories, by_story, actor, now))
    return by_story


def _log(stories: Sequence[StoryPage], revisions: dict[int, Revision], actor: User | None, now: datetime) -> list[PageLogEntry]:
    context = get_active_log_context()
    entries = []
    for story in stories:
        row: dict[str, Any] = {
            "content_type": ContentType.objects.get_for_model(StoryPage),
            "page": story,
            "label": story.get_admin_display_title(),
            "timestamp": now,
            "uuid": context.uuid,
            "content_changed": True,
        }
        entries += [
            PageLogEntry(**row, action="wagtail.create", user=context.user),
            PageLogEntry(**row, action="wagtail.publish", user=actor or context.user, revision=revisions[story.pk]),
        ]
    return entries
