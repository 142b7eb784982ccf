"""Hands stories to search without printing their pages: for trying search and related stories on a large archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.contexts.stories import story_views
from kawaraban.pages.plates.stories import story_document, story_facts
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, PressedSheet, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.pages.shapes import Edition

_ROUND = 200


def hand_over_documents(log: SheetLog) -> int:
    """Put facts and texts of stories that wait for their first page into the log, and take their jobs out; return how many stories.

    All else that waits stays for the printer. A story that has a page is printed as after any change, for only then it leaves lists and
    old addresses; and nothing else would take a withdrawn one away.
    """
    editions = edition_views()
    # What is asked for while this works stays for the printer.
    jobs = list(PrintJob.objects.order_by("id").values_list("pk", "subject", "key"))
    waiting = list(dict.fromkeys(key for _, subject, key in jobs if subject == "story"))
    handed: set[str] = set()
    with log.alone():
        for start in range(0, len(waiting), _ROUND):
            changes = list(_changes(_without_page(waiting[start : start + _ROUND], log), editions))
            log.append(changes)
            handed |= {change.key for change in changes}
    # Of every subject whose keys are stories: what a feed shows of one comes with its page.
    done = [pk for pk, _, key in jobs if key in handed]
    for start in range(0, len(done), _ROUND):
        PrintJob.objects.filter(pk__in=done[start : start + _ROUND]).delete()
    return len(handed)


def _without_page(ids: list[str], log: SheetLog) -> list[str]:
    known = log.get_all(Kind.STORY, ids, Story)
    return [name for name in ids if name not in known or log.get(Kind.SHEET, known[name].url, PressedSheet) is None]


def _changes(ids: list[str], editions: dict[str, Edition]) -> Iterator[Change]:
    for view in story_views(ids, editions):
        yield Change(Kind.STORY, view.id, story_facts(view))
        yield Change(Kind.DOCUMENT, view.id, story_document(view))
