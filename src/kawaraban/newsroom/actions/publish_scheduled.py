"""Publishes what is due and withdraws what has expired."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

logger = logging.getLogger(__name__)


def publish_scheduled() -> None:
    """Do what Wagtail's command of this name does, each page in a transaction of its own.

    So the wish to print is committed with the publication, and a page that cannot be published holds up no other.
    """
    for pk in list(_expired().values_list("pk", flat=True)):
        with _alone("page %s has expired and could not be withdrawn", pk):
            # Somebody may have decided otherwise before it was this page's turn.
            if page := _expired().filter(pk=pk).first():
                page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for pk in list(_due().values_list("pk", flat=True)):
        with _alone("revision %s is due and could not be published", pk):
            if revision := _due().filter(pk=pk).first():
                revision.publish(log_action="wagtail.publish.scheduled")


def _expired() -> QuerySet[Page]:
    return Page.objects.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at")


def _due() -> QuerySet[Revision]:
    return Revision.objects.filter(approved_go_live_at__lt=timezone.now()).order_by("approved_go_live_at")


@contextmanager
def _alone(sentence: str, pk: int) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except Exception:
        logger.exception(sentence, pk)
