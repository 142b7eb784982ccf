"""Withdraws a story: it is gone from every page within the time of a reprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail.actions.unpublish_page import UnpublishPageAction

if TYPE_CHECKING:
    from kawaraban.newsroom.models import StoryPage, User


def withdraw_story(*, story: StoryPage, actor: User | None) -> None:
    """Unpublish a story; its revisions stay in the newsroom."""
    UnpublishPageAction(story, user=actor).execute(skip_permission_checks=True)
