"""Hears what changed in the newsroom. Three lines each: what to print is settled by the registry."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction
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
        else:
            post_save.connect(_changed, sender=model)
        # Before: afterwards nothing says any more what showed it. The printer sees neither until both are committed.
        pre_delete.connect(_changed, sender=model)
    for model in registry.compared_models():
        pre_save.connect(_keep, sender=model)
        post_save.connect(_compare, sender=model)
        # Wagtail unpublishes a page before it is deleted.
        (page_unpublished if issubclass(model, Page) else pre_delete).connect(_ended, sender=model)
    # No screen makes a page private, but a database that was taken over may hold such pages.
    for signal in (post_save, pre_delete):
        signal.connect(_closed_or_opened, sender=PageViewRestriction)


def _changed(instance: Any, **_: Any) -> None:
    ask_to_print(registry.wanted_after(instance))


def _moved(instance: Any, **_: Any) -> None:
    ask_to_print(registry.wanted_after(instance.specific))


def _renamed(instance: Any, instance_before: Any, **_: Any) -> None:
    ask_to_print([*registry.wanted_after(instance_before), *registry.wanted_after(instance)])


def _keep(instance: Any, update_fields: Any, **_: Any) -> None:
    # Some fields alone are saved of a page when its draft is.
    instance.stood = type(instance).objects.filter(pk=instance.pk).first() if instance.pk and update_fields is None else None


def _compare(instance: Any, **_: Any) -> None:
    if instance.stood is not None and getattr(instance, "live", True):
        before = instance.stood if getattr(instance.stood, "live", True) else None
        ask_to_print(registry.wanted_between(before, instance))


def _ended(instance: Any, **_: Any) -> None:
    ask_to_print(registry.wanted_between(instance, None))


def _closed_or_opened(instance: PageViewRestriction, **_: Any) -> None:
    pages = instance.page.get_descendants(inclusive=True).specific().iterator()
    ask_to_print(dict.fromkeys(wanted for page in pages for wanted in registry.wanted_after(page)))
