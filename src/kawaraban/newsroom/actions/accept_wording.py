"""Tells the proofreader that something is meant as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.models import AcceptedWording

if TYPE_CHECKING:
    from kawaraban.newsroom.models import StoryPage, User


def accept_wording(*, rule: str, text: str, story: StoryPage | None, actor: User) -> AcceptedWording:
    """Have a rule not report a text again: in this story, or, without one, anywhere."""
    accepted, _ = AcceptedWording.objects.get_or_create(rule=rule, text=text[:200], story=story, defaults={"by": actor})
    return accepted
