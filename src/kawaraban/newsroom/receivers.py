"""Hears when stories are saved, published, moved and deleted, and sections renamed: for the search, names, and topics that gather."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_slug_changed, post_page_move

from kawaraban.newsroom.actions.gather_stories import follow_section, gather_story
from kawaraban.newsroom.actions.note_names import note_names_of
from kawaraban.newsroom.indexing import story_deleted, story_saved
from kawaraban.newsroom.models import SectionPage, StoryPage


def connect() -> None:
    """Connect to the signals of stories; called once, when the models are there."""
    post_save.connect(story_saved, sender=StoryPage)
    post_delete.connect(story_deleted, sender=StoryPage)
    page_published.connect(_published, sender=StoryPage)
    post_page_move.connect(_moved, sender=StoryPage)
    page_slug_changed.connect(_renamed, sender=SectionPage)


def _published(instance: StoryPage, **_: Any) -> None:
    note_names_of(instance)
    gather_story(instance)


def _moved(instance: Any, **_: Any) -> None:
    # A rule may name its section.
    gather_story(instance.specific)


def _renamed(instance: SectionPage, instance_before: SectionPage, **_: Any) -> None:
    follow_section(instance, before=instance_before.slug)
