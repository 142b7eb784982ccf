"""Looks whether a site is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import zstandard

from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.press.models import PrintJob
from kawaraban.project.databases import editorial_database
from kawaraban.project.databases.shapes import DatabaseError
from kawaraban.project.databases.sqlite import damages_of
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Kind, Sheet, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.project.env import Environment

NEWSROOM = "the newsroom's database"


def findings(environment: Environment) -> list[tuple[str, str]]:
    """Return (what, problem) for everything that is wrong; nothing for a site that is whole."""
    editorial = editorial_database(environment)
    missing = []
    try:
        editorial.look()
    except DatabaseError as error:
        missing.append((NEWSROOM, str(error)))
    if not environment.sheet_log.exists():
        missing.append((environment.sheet_log.name, f"it is missing from {environment.sheet_log.parent}"))
    if missing:
        return missing
    damaged = [*editorial.damages(), *damages_of(environment.sheet_log)]
    if damaged:
        # What they hold cannot be asked for.
        return damaged
    log = SheetLog(environment.sheet_log)
    return [*_unreadable(log), *_unlike(log), *_stuck()]


def _unreadable(log: SheetLog) -> Iterator[tuple[str, str]]:
    for entry in log.after(0):
        if entry.payload is not None:
            try:
                decode(entry.kind, entry.payload)
            except (msgspec.DecodeError, zstandard.ZstdError) as error:
                yield f"{entry.kind} {entry.key}", f"it cannot be read: {error}"


def _unlike(log: SheetLog) -> Iterator[tuple[str, str]]:
    """What the newsroom says is published and what readers see must be one, but for what waits to be printed."""
    waiting = set(PrintJob.objects.filter(subject="story").values_list("key", flat=True))
    standing = set(log.keys(Kind.STORY))
    published = dict(published_stories().values_list("story_id", "title"))
    for story in sorted(published.keys() - standing - waiting):
        yield f"story {story}", f"it is published but not printed: {published[story]}"
    for story in sorted(standing - published.keys() - waiting):
        yield f"story {story}", "readers see it, but it is not published"
    for story in sorted(standing):
        facts = log.get(Kind.STORY, story, Story)
        if facts is not None and log.get(Kind.SHEET, facts.url, Sheet) is None:
            yield f"story {story}", f"its page {facts.url} is missing"


def _stuck() -> Iterator[tuple[str, str]]:
    for job in PrintJob.objects.exclude(error=""):
        yield f"{job.subject} {job.key}", f"it cannot be printed: {job.error.strip().splitlines()[-1]}"
