"""Tells the WebSub hub which feeds changed (https://www.w3.org/TR/websub/).

What changed is read from the sheet log, so that a feed is told of when readers can have it and not before. It is kept in the database
until the hub has answered; what tells the hub is a thread of its own beside the printer, for which printing never waits.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from kawaraban.exchange.feeds.lists import FEED_ROWS, FILES, path_of_list
from kawaraban.exchange.models import FeedNotice, HubPlace
from kawaraban.exchange.outside import Outside
from kawaraban.newsroom.models import NewspaperSettings
from kawaraban.press.printer import register_errand
from kawaraban.sheetlog.shapes import Kind, PressedSheet, Story, StoryList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kawaraban.sheetlog.log import SheetLog

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
# Shared caches may keep a page for five seconds (docs/reference/addresses.md): a hub that comes at once would see the feed as it was.
TOLD_AFTER = timedelta(seconds=6)
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
GIVEN_UP_AFTER = 24
TOGETHER = 100
_ROW_OF_A_FEED = "/rss"
_DONE, _TOO_MANY, _ITS_FAULT = 2, 429, 500


def register() -> None:
    """Hand the errand to the printer process."""
    register_errand("hub", look, every_seconds=LOOK_EVERY_SECONDS)


def look(log: SheetLog) -> None:
    """Note what changed, and have it told beside the printing."""
    note_changes(log)
    if FeedNotice.objects.filter(due_at__lte=timezone.now()).exists():
        _teller.wake()


# ------------------------------------------------------------------ what changed


def note_changes(log: SheetLog) -> int:
    """Note the feeds that changed since the last look; return how many. Without a hub nothing is noted."""
    place, last = HubPlace.objects.first(), log.last_seq()
    if not NewspaperSettings.load().hub:
        if place is not None:
            FeedNotice.objects.all().delete()
            place.delete()
        return 0
    if place is not None and place.seq == last and place.life == log.life():
        return 0
    changed = set()
    if place is not None and place.life == log.life() and place.seq < last:
        changed = {f"{path}/{file}" for path in _changed_lists(log, place.seq) for file in FILES}
        changed = {path for path in changed if log.get(Kind.SHEET, path, PressedSheet) is not None}
    now = timezone.now()
    with transaction.atomic():
        notices = [FeedNotice(path=path, changed_at=now, due_at=now + TOLD_AFTER) for path in sorted(changed)]
        FeedNotice.objects.bulk_create(notices, update_conflicts=True, unique_fields=["path"], update_fields=["changed_at"], batch_size=200)
        HubPlace.objects.update_or_create(pk=1, defaults={"life": log.life(), "seq": last})
    return len(changed)


def _changed_lists(log: SheetLog, seq: int) -> set[str]:
    """Return the paths below which feeds show something else than before."""
    lists: set[str] = set()
    stories: set[str] = set()
    for entry in log.changed_keys(seq):
        if entry.kind == Kind.LIST and _has_feeds(entry.key):
            lists.add(entry.key)
        elif entry.kind == Kind.CARD and entry.key.endswith(_ROW_OF_A_FEED):
            stories.add(entry.key.removesuffix(_ROW_OF_A_FEED))
    for story in stories:
        # One that was withdrawn has left its lists, and these changed.
        for key in _lists_with(log.get(Kind.STORY, story, Story)):
            if key not in lists and (shown := log.get(Kind.LIST, key, StoryList)) and story in shown.stories[:FEED_ROWS]:
                lists.add(key)
    return {path_of_list(key) for key in lists}


def _has_feeds(key: str) -> bool:
    return key.count("/") in {1, 2} and key.split("/")[1] in {"latest", "section", "topic", "by"}


def _lists_with(story: Story | None) -> Iterator[str]:
    if story is not None:
        yield f"{story.language}/latest"
        yield f"{story.language}/section/{story.section}"
        yield from (f"{story.language}/topic/{topic}" for topic in story.topics)
        yield from (f"{story.language}/by/{person}" for person in story.bylines)


# ------------------------------------------------------------------ telling


def tell_hub(outside: Outside, now: datetime | None = None) -> int:
    """Tell the hub of what is due; return of how many feeds it was told. What it does not take is tried again later."""
    now = now or timezone.now()
    hub = NewspaperSettings.load().hub
    due = list(FeedNotice.objects.filter(due_at__lte=now).order_by("due_at", "path")[:TOGETHER]) if hub else []
    told = 0
    for number, notice in enumerate(due):
        try:
            status = _tell(outside, hub, settings.KAWARABAN_BASE_URL + notice.path)
            error = "" if status // 100 == _DONE else f"it answers {status}"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as reason:
            status, error = 0, str(reason) or type(reason).__name__
        if not error:
            _told(notice, now)
            told += 1
            continue
        is_away = status in {0, _TOO_MANY} or status >= _ITS_FAULT
        # The others need not find that out one by one; but what it has against one feed says nothing of another.
        for one in due[number:] if is_away else [notice]:
            _put_off(one, now, error)
        if is_away:
            break
    return told


def _tell(outside: Outside, hub: str, feed: str) -> int:
    """Tell of one feed; return the status of the answer."""
    # Hubs differ in what they call it: the recommendation leaves it to them, and they take either name.
    form = {"hub.mode": "publish", "hub.url": feed, "hub.topic": feed}
    answer = outside.ask("POST", hub, headers={"accept-encoding": "identity"}, form=form)
    answer.close()
    return answer.status_code


def _told(notice: FeedNotice, now: datetime) -> None:
    """Forget a notice, unless the feed changed so late that a cache may have given the hub an older copy: that is told again."""
    known = FeedNotice.objects.filter(pk=notice.pk)
    if notice.changed_at > now - TOLD_AFTER or not known.filter(changed_at=notice.changed_at).delete()[0]:
        known.update(due_at=F("changed_at") + TOLD_AFTER, tries=0, error="")


def _put_off(notice: FeedNotice, now: datetime, error: str) -> None:
    """Have a notice tried again, longer after each time; after a day it is dropped, for the feed changed again or nobody waits for it."""
    tries = notice.tries + 1
    logger.warning("the hub was not told that %s changed: %s", notice.path, error)
    if tries >= GIVEN_UP_AFTER:
        FeedNotice.objects.filter(pk=notice.pk).delete()
        return
    again = now + AGAIN_AFTER[min(tries, len(AGAIN_AFTER)) - 1]
    FeedNotice.objects.filter(pk=notice.pk).update(tries=tries, due_at=again, error=error[:1000])


class _Teller:
    """The thread that tells, while there is something to tell."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        outside = Outside()
        try:
            while tell_hub(outside):
                pass
        except Exception:
            logger.exception("the hub could not be told; it is tried again")
        finally:
            outside.close()
            connection.close()


_teller = _Teller()
