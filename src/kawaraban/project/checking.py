"""Looks whether a site is whole."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import msgspec
import zstandard

from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Kind, Sheet, Story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kawaraban.project.env import Environment


def findings(environment: Environment) -> list[tuple[str, str]]:
    """Return (what, problem) for everything that is wrong; nothing for a site that is whole."""
    databases = [environment.newsroom_dir / "newsroom.sqlite3", environment.sheet_log]
    missing = [(path.name, f"it is missing from {path.parent}") for path in databases if not path.exists()]
    if missing:
        return missing
    damaged = list(_damaged(databases))
    if damaged:
        # What they hold cannot be asked for.
        return damaged
    log = SheetLog(environment.sheet_log)
    return [*_unreadable(log), *_unlike(log), *_stuck()]


def _damaged(databases: list[Path]) -> Iterator[tuple[str, str]]:
    for path in databases:
        try:
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                answer = database.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            answer = str(error)
        if answer != "ok":
            yield path.name, f"SQLite finds it damaged: {answer}"


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
