"""What others ask of the press."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from kawaraban.press import registry
from kawaraban.press.models import PrintJob

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger(__name__)


def ask_to_print(wanted: Iterable[registry.Wanted]) -> None:
    """Write print jobs into the outbox, in the caller's transaction, and wake the printer once that is committed."""
    jobs = [PrintJob(subject=w.subject, key=w.key, old_path=w.old_path, urgent=w.urgent) for w in wanted]
    if not jobs:
        return
    PrintJob.objects.bulk_create(jobs)
    transaction.on_commit(wake_printer)


def ask_to_print_everything(*, urgent: bool = False) -> int:
    """Put everything that there is into the outbox, behind what is urgent unless told otherwise; return how many jobs that makes."""
    slow = (registry.Wanted(subject, key) for subject in registry.slow_subjects() for key in registry.keys_of(subject))
    jobs = [PrintJob(subject=wanted.subject, key=wanted.key, urgent=urgent) for wanted in (*registry.everything(), *slow)]
    PrintJob.objects.bulk_create(jobs, batch_size=500)
    transaction.on_commit(wake_printer)
    return len(jobs)


def wake_printer() -> None:
    """Tell the printer that there is work. Nothing is lost when it is away: it finds the outbox when it starts."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as knock:
        knock.setblocking(False)
        try:
            knock.sendto(b"!", str(settings.KAWARABAN_PRINTER_SOCKET))
        except OSError as error:
            logger.debug("the printer was not woken: %s", error)
