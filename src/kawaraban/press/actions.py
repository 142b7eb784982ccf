"""What others ask of the press."""

from __future__ import annotations

import logging
import socket
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from kawaraban.press import registry
from kawaraban.press.models import PrintJob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

logger = logging.getLogger(__name__)
_waiting: ContextVar[dict[registry.Wanted, None] | None] = ContextVar("print jobs that wait to be written", default=None)


def ask_to_print(wanted: Iterable[registry.Wanted]) -> None:
    """Write print jobs into the outbox, in the caller's transaction, and wake the printer once that is committed."""
    waiting = _waiting.get()
    if waiting is None:
        _write(wanted)
    else:
        # What is asked for twice is printed once in any case.
        waiting.update(dict.fromkeys(replace(one, urgent=False) for one in wanted))


@contextmanager
def asked_together() -> Iterator[None]:
    """Write the jobs that are asked for meanwhile all together at the end, in the caller's transaction: an import publishes many stories.

    They are printed behind what is urgent, so that an editor's story does not wait for an archive.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: dict[registry.Wanted, None] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _write(waiting)


def _write(wanted: Iterable[registry.Wanted]) -> None:
    jobs = [PrintJob(subject=w.subject, key=w.key, old_path=w.old_path, urgent=w.urgent) for w in wanted]
    if not jobs:
        return
    PrintJob.objects.bulk_create(jobs, batch_size=500)
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
