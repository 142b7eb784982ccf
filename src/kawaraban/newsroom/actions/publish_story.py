"""Publishes a story: the one way for editors' scripts, imports and the demo, with revision, log entry and reprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import COMMENTS_RELATION_NAME
from wagtail.signal_handlers import disable_reference_index_auto_update

from kawaraban.newsroom.indexing import indexed_together, write_references
from kawaraban.newsroom.models import Correction, SectionPage, StoryByline, StoryPage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kawaraban.newsroom.models import Person, Photo, Topic, User


# What stands beside a story's own row.
RELATED = (COMMENTS_RELATION_NAME, "bylines", "corrections", "course", "topics")


@dataclass(frozen=True, kw_only=True)
class CorrectionDraft:
    """A correction to be published with its story."""

    made_at: datetime
    text: str
    kind: str = Correction.CORRECTION
    wrong: str = ""
    right: str = ""


@dataclass(frozen=True, kw_only=True)
class StoryDraft:
    """All that makes a story, ready to be written down."""

    headline: str
    section: SectionPage
    body: Sequence[tuple[str, Any]]  # (block type, value in its raw form), as a StreamField takes them
    story_id: str = ""
    short_headline: str = ""
    summary: str = ""
    standfirst: str = ""
    lead_photo: Photo | None = None
    lead_caption: str = ""
    lead_alt: str = ""
    topics: Sequence[Topic] = ()
    bylines: Sequence[tuple[Person, str]] = ()  # (person, role)
    corrections: Sequence[CorrectionDraft] = ()
    source_name: str = ""
    source_url: str = ""
    published_at: datetime | None = None
    assumed_at: datetime | None = None  # the same moment, if nobody told it
    updated_at: datetime | None = None
    translation_of: StoryPage | None = None
    import_source: str = ""
    import_id: str = ""
    import_digest: str = ""


def publish_new_story(*, draft: StoryDraft, actor: User | None) -> StoryPage:
    """Write a new story and publish it. Raises ValidationError if a field cannot stand so."""
    story = StoryPage(title=draft.headline, locale=draft.section.locale, live=False)
    if draft.story_id:
        story.story_id = draft.story_id
    if draft.translation_of is not None:
        story.translation_key = draft.translation_of.translation_key
    told = write_draft(story, draft)
    with transaction.atomic(), indexed_together():
        with disable_reference_index_auto_update():
            draft.section.add_child(instance=story)
            # What was just written need not be asked for again, by the revision and by the index of references.
            known = {name: list(getattr(story, name).all()) if name in told else [] for name in RELATED}
            know(story, known)
            # Its log says that it was created: an edit beside it would tell of nothing.
            published = _publish(story, actor, log_edit=False)
        know(published, known)
        write_references(published)
    return published


def publish_story_again(*, story: StoryPage, draft: StoryDraft, actor: User | None) -> StoryPage:
    """Write a story's new content and publish it, in the draft's section. Raises ValidationError if a field cannot stand so."""
    with transaction.atomic(), indexed_together():
        with disable_reference_index_auto_update():
            if story.get_parent().pk != draft.section.pk:
                story = _move(story, draft.section, actor)
            story.title = draft.headline
            story.go_live_at = None
            write_draft(story, draft)
            published = _publish(story, actor, log_edit=True)
        write_references(published)
    return published


def write_new_story(*, draft: StoryDraft, actor: User | None, goes_out_at: datetime | None = None) -> StoryPage:
    """Write a new story that readers do not see yet: a draft, or one that goes out by itself at a moment to come."""
    story = StoryPage(title=draft.headline, locale=draft.section.locale, live=False)
    if draft.story_id:
        story.story_id = draft.story_id
    write_draft(story, draft)
    story.go_live_at = goes_out_at
    with transaction.atomic(), indexed_together():
        with disable_reference_index_auto_update():
            draft.section.add_child(instance=story)
            _keep(story, actor, log_edit=False)
        write_references(story)
    return story


def write_story_again(*, story: StoryPage, draft: StoryDraft, actor: User | None, goes_out_at: datetime | None = None) -> StoryPage:
    """Write the new content of a story that readers do not see yet, in the draft's section."""
    with transaction.atomic(), indexed_together():
        with disable_reference_index_auto_update():
            if story.get_parent().pk != draft.section.pk:
                story = _move(story, draft.section, actor)
            story.title = draft.headline
            story.go_live_at = goes_out_at
            write_draft(story, draft)
            story.save()
            _keep(story, actor, log_edit=True)
        write_references(story)
    return story


def know(story: StoryPage, related: dict[str, list[Any]]) -> None:
    """Have a story know its related rows as they stand in the database. Nothing is written: they are its own already."""
    for name, rows in related.items():
        setattr(story, name, rows)


def _keep(story: StoryPage, actor: User | None, *, log_edit: bool) -> None:
    revision = story.save_revision(user=actor, log_action=log_edit, clean=False)
    if story.go_live_at is not None:
        PublishPageRevisionAction(revision, user=actor, log_action=True).execute(skip_permission_checks=True)


def _move(story: StoryPage, section: SectionPage, actor: User | None) -> StoryPage:
    """Move a story below another section, also of another edition, and return it as it stands there."""
    MovePageAction(story, section, pos="last-child", user=actor).execute(skip_permission_checks=True)
    moved = StoryPage.objects.select_related("locale").get(pk=story.pk)
    if moved.locale_id != section.locale_id:
        moved.locale = section.locale
        moved.save()
    return moved


def write_draft(story: StoryPage, draft: StoryDraft) -> dict[str, list[Any]]:
    """Put a draft's content into a story, without saving it; return the related rows that were told."""
    for name in (
        "short_headline",
        "summary",
        "standfirst",
        "lead_photo",
        "lead_caption",
        "lead_alt",
        "source_name",
        "source_url",
        "published_at",
        "assumed_at",
        "updated_at",
        "import_source",
        "import_id",
        "import_digest",
    ):
        setattr(story, name, getattr(draft, name))
    story.body = list(draft.body)
    related: dict[str, list[Any]] = {
        "topics": list(draft.topics),
        "bylines": [StoryByline(person=person, role=role, sort_order=number) for number, (person, role) in enumerate(draft.bylines)],
        "corrections": [
            Correction(made_at=made.made_at, kind=made.kind, text=made.text, wrong=made.wrong, right=made.right, sort_order=number)
            for number, made in enumerate(draft.corrections)
        ],
    }
    for name, rows in related.items():
        # What is told is compared with what stands in the database at every saving: of a new story nothing stands there.
        if rows or story.pk is not None:
            setattr(story, name, rows)
    return {name: rows for name, rows in related.items() if rows}


def _publish(story: StoryPage, actor: User | None, *, log_edit: bool) -> StoryPage:
    # Its fields are not looked through here: they are a moment later, when it is published.
    revision = story.save_revision(user=actor, log_action=log_edit, clean=False)
    publication = PublishPageRevisionAction(revision, user=actor, log_action=True)
    publication.execute(skip_permission_checks=True)
    return publication.object
