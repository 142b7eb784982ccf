"""Looks whether a site is whole."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec
import zstandard

from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Kind, Sheet, Story

if TYPE_CHECKING:
    from kawaraban.project.env import Environment


def findings(environment: Environment) -> list[tuple[str, str]]:
    """Return (what, problem) for everything that is wrong; nothing for a site that is whole."""
    found: list[tuple[str, str]] = []
    for path in (environment.newsroom_dir / "newsroom.sqlite3", environment.sheet_log):
        if not path.exists():
            return [(path.name, f"it is missing from {path.parent}")]
        answer = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            found.append((path.name, f"SQLite finds it damaged: {answer}"))
    log = SheetLog(environment.sheet_log)
    for entry in log.after(0):
        if entry.payload is not None:
            try:
                decode(entry.kind, entry.payload)
            except (msgspec.DecodeError, zstandard.ZstdError) as error:
                found.append((f"{entry.kind} {entry.key}", f"it cannot be read: {error}"))
    waiting = set(PrintJob.objects.filter(subject="story").values_list("key", flat=True))
    standing = set(log.keys(Kind.STORY))
    published = dict(published_stories().values_list("story_id", "title"))
    for story in sorted(published.keys() - standing - waiting):
        found.append((f"story {story}", f"it is published but not printed: {published[story]}"))
    for story in sorted(standing - published.keys() - waiting):
        found.append((f"story {story}", "readers see it, but it is not published"))
    for story in sorted(standing):
        facts = log.get(Kind.STORY, story, Story)
        if facts is not None and log.get(Kind.SHEET, facts.url, Sheet) is None:
            found.append((f"story {story}", f"its page {facts.url} is missing"))
    for job in PrintJob.objects.exclude(error=""):
        found.append((f"{job.subject} {job.key}", f"it cannot be printed: {job.error.strip().splitlines()[-1]}"))
    return found
