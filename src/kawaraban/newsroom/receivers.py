"""Hears when stories are saved, published and deleted, for the newsroom's search and for the names in them."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published

from kawaraban.newsroom.actions.note_names import note_names_of
from kawaraban.newsroom.indexing import story_deleted, story_saved
from kawaraban.newsroom.models import StoryPage


def connect() -> None:
    """Connect to the signals of stories; called once, when the models are there."""
    post_save.connect(story_saved, sender=StoryPage)
    post_delete.connect(story_deleted, sender=StoryPage)
    page_published.connect(_published, sender=StoryPage)


def _published(instance: StoryPage, **_: Any) -> None:
    note_names_of(instance)
