"""Hands stories to search without printing their pages: for trying search and related stories on a large archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.contexts.stories import story_views
from kawaraban.pages.plates.stories import story_document, story_facts
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.pages.shapes import Edition

_ROUND = 200


def hand_over_documents(log: SheetLog) -> int:
    """Put facts and texts of the stories that wait in the outbox into the log, and take their jobs out; return how many."""
    editions = edition_views()
    # What is asked for while this works stays for the printer.
    jobs = list(PrintJob.objects.order_by("id").values_list("pk", "subject", "key"))
    waiting = list(dict.fromkeys(key for _, subject, key in jobs if subject == "story"))
    with log.alone():
        for start in range(0, len(waiting), _ROUND):
            log.append(_changes(waiting[start : start + _ROUND], editions))
    for start in range(0, len(jobs), _ROUND):
        PrintJob.objects.filter(pk__in=[pk for pk, _, _ in jobs[start : start + _ROUND]]).delete()
    return len(waiting)


def _changes(ids: list[str], editions: dict[str, Edition]) -> Iterator[Change]:
    for view in story_views(ids, editions):
        yield Change(Kind.STORY, view.id, story_facts(view))
        yield Change(Kind.DOCUMENT, view.id, story_document(view))
