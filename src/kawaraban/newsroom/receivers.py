"""Hears when stories are saved and deleted, for the newsroom's search."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_save

from kawaraban.newsroom.indexing import story_deleted, story_saved
from kawaraban.newsroom.models import StoryPage


def connect() -> None:
    """Connect to the signals of stories; called once, when the models are there."""
    post_save.connect(story_saved, sender=StoryPage)
    post_delete.connect(story_deleted, sender=StoryPage)
