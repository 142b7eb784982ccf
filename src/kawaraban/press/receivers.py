"""Hears what changed in the newsroom. Three lines each: what to print is settled by the registry."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from kawaraban.press import registry
from kawaraban.press.actions import ask_to_print


def connect() -> None:
    """Connect to the signals of everything that a room registered for; called once, when all rooms are there."""
    for model in registry.watched_models():
        if issubclass(model, Page):
            # A page's row is saved for every draft; what readers see changes with these alone.
            page_published.connect(_changed, sender=model)
            page_unpublished.connect(_changed, sender=model)
            post_page_move.connect(_moved, sender=model)
            # After Wagtail's own, which leaves redirects without a signal of theirs.
            page_slug_changed.connect(_renamed, sender=model)
            post_delete.connect(_changed, sender=model)
        else:
            post_save.connect(_changed, sender=model)
            post_delete.connect(_changed, sender=model)


def _changed(instance: Any, **_: Any) -> None:
    ask_to_print(registry.wanted_after(instance))


def _moved(instance: Any, **_: Any) -> None:
    ask_to_print(registry.wanted_after(instance.specific))


def _renamed(instance: Any, instance_before: Any, **_: Any) -> None:
    ask_to_print([*registry.wanted_after(instance_before), *registry.wanted_after(instance)])
