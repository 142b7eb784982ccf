"""One run of the press: take jobs from the outbox, print them, append what came out, and only then forget the jobs."""

from __future__ import annotations

import logging
import time
import traceback
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from kawaraban.press import registry
from kawaraban.press.models import PrintJob

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kawaraban.sheetlog.log import Change, SheetLog

logger = logging.getLogger(__name__)

# So many jobs share one transaction of the log. A publication makes a handful; an import's thousands go out in rounds of
# this many, so that a story published meanwhile waits for one round at most.
ROUND = 60
# What nobody waits for goes in longer rounds: each list and page that many of its stories stand in is printed once a round.
LONG_ROUND = 400
RETRY_AFTER = timedelta(minutes=1)
FAILED = "%s cannot be done; it is tried again in %s"


@dataclass(frozen=True)
class Printed:
    """What one round did."""

    jobs: int
    changes: int
    seconds: float


def print_round(log: SheetLog, *, urgent_only: bool = False) -> Printed:
    """Print the next jobs of the outbox, or only the urgent of them. If anything fails, the jobs stay and nothing of the round is in the log.

    A job whose plate raises is printed alone in its next try, so that one broken story cannot hold up the others.
    """
    started = time.perf_counter()
    # Another process that prints, such as a command beside the printer, may have seen an older moment, and must not write it after ours.
    with log.alone():
        return _print_round(log, started, urgent_only=urgent_only)


def _print_round(log: SheetLog, started: float, *, urgent_only: bool) -> Printed:
    # Urgent first; within that, in the order asked. Which jobs are there says nothing of those with smaller numbers: they may be committed
    # later. Nothing here goes by numbers alone, so each is found when it is there.
    ready = _ready().exclude(subject__in=registry.slow_subjects())
    if urgent_only:
        ready = ready.filter(urgent=True)
    jobs = list(ready.order_by("-urgent", "id")[:LONG_ROUND])
    if jobs and jobs[0].urgent:
        del jobs[ROUND:]
    if not jobs:
        return Printed(0, 0, 0.0)
    try:
        changes = _changes_for(jobs, log)
    except Exception:
        logger.exception("a round of %d print jobs failed; its jobs are printed one by one", len(jobs))
        return _one_by_one(jobs, log, started)
    log.append(changes)
    _forget(jobs)
    return Printed(len(jobs), len(changes), time.perf_counter() - started)


def work_slowly() -> bool:
    """Do one piece of slow work, and say whether there was any. In no transaction: the newsroom writes meanwhile."""
    job = _ready().filter(subject__in=registry.slow_subjects()).order_by("id").first()
    if job is None:
        return False
    try:
        registry.slow_work_for(job.subject)(job.key)
    except Exception:
        logger.exception(FAILED, job, RETRY_AFTER)
        _put_off(job)
    else:
        _forget([job])
    return True


def print_everything_asked(log: SheetLog) -> Printed:
    """Print and work until the outbox is empty, but for what has to be tried again later."""
    jobs, changes, started = 0, 0, time.perf_counter()
    while True:
        done = print_round(log)
        jobs, changes = jobs + done.jobs, changes + done.changes
        if not done.jobs and not work_slowly():
            return Printed(jobs, changes, time.perf_counter() - started)


def _changes_for(jobs: list[PrintJob], log: SheetLog) -> list[Change]:
    by_subject: dict[str, dict[tuple[str, str], registry.Wanted]] = {}
    for job in jobs:
        wanted = registry.Wanted(job.subject, job.key, job.old_path, job.urgent)
        by_subject.setdefault(job.subject, {})[job.key, job.old_path] = wanted

    def printed() -> list[Change]:
        with registry.one_round():
            return [
                change
                for subject in registry.subjects()
                if subject in by_subject
                for change in registry.plate_for(subject)(list(by_subject[subject].values()), log)
            ]

    # Not older than its jobs; and nobody waits meanwhile who writes.
    changes: list[Change] = connection.in_one_moment(printed)  # type: ignore[attr-defined] # both of our backends have it
    return changes


def _one_by_one(jobs: list[PrintJob], log: SheetLog, started: float) -> Printed:
    count = 0
    for job in jobs:
        try:
            changes = _changes_for([job], log)
        except Exception:
            logger.exception(FAILED, job, RETRY_AFTER)
            _put_off(job)
            continue
        log.append(changes)
        count += len(changes)
        _forget([job])
    return Printed(len(jobs), count, time.perf_counter() - started)


def _ready() -> QuerySet[PrintJob]:
    return PrintJob.objects.filter(Q(retry_at=None) | Q(retry_at__lt=timezone.now()))


def _put_off(job: PrintJob) -> None:
    """Keep a job that failed, with its reason."""
    reason = traceback.format_exc(limit=-3)
    PrintJob.objects.filter(pk=job.pk).update(retry_at=timezone.now() + RETRY_AFTER, error=reason)


def _forget(jobs: list[PrintJob]) -> None:
    PrintJob.objects.filter(pk__in=[job.pk for job in jobs]).delete()
