"""The live documents: a page's slots as one versioned whole, and the ranking as data."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from kawaraban.audience.shapes import ORDERS, WINDOWS, Asked
from kawaraban.delivery import http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kawaraban.audience.client import CollectorClient
    from kawaraban.audience.shapes import RankedStory
    from kawaraban.delivery.bodies import Bodies
    from kawaraban.delivery.store import SheetStore
    from kawaraban.sheetlog.shapes import Story

DEFAULT_WINDOW = "24h"
DEFAULT_LIMIT, LARGEST_LIMIT = 10, 50
LONGEST_NAME = 200


def first_values(query: str) -> dict[str, str]:
    """Return the first value of each field of a query string."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True, max_num_fields=50).items()}


async def ranking_document(store: SheetStore, collector: CollectorClient, query: str) -> http.Answer:
    """Answer ``/live/ranking.json``."""
    try:
        asked = first_values(query)
    except ValueError:
        return http.problem(400, "The query has too many fields.")
    window = asked.get("window") or DEFAULT_WINDOW
    if window not in WINDOWS:
        return http.problem(400, f"window is {window[:40]!r}: it must be one of {', '.join(WINDOWS)}.")
    order = asked.get("order") or ORDERS[0]
    if order not in ORDERS:
        return http.problem(400, f"order is {order[:40]!r}: it must be one of {', '.join(ORDERS)}.")
    limit = number(asked.get("limit"), DEFAULT_LIMIT, LARGEST_LIMIT)
    if limit is None:
        return http.problem(400, f"limit is {asked['limit'][:40]!r}: it must be a whole number from 1 to {LARGEST_LIMIT}.")
    groups = [asked.get(name, "")[:LONGEST_NAME] for name in ("section", "topic", "byline", "language")]
    rows = await collector.ranking(Asked(window, order, *groups))
    items = ranked_items(rows, store.story, limit)
    return document({"items": items, "window": window, **({"order": order} if order != ORDERS[0] else {})})


def ranked_items(rows: Iterable[RankedStory], story_of: Callable[[str], Story | None], limit: int) -> list[dict[str, object]]:
    """Write the first rows of a ranking whose stories stand."""
    items: list[dict[str, object]] = []
    for row in rows:
        story = story_of(row.story)
        if story is not None and len(items) < limit:
            pinned = {"pinned": True} if row.pinned else {}
            items.append({**story_item(story), "rank": row.rank, "score": row.score, "reads": row.reads, "filled": row.filled, **pinned})
    return items


def page_document(bodies: Bodies, query: str) -> http.Answer:
    """Answer ``/live/page.json?path=``: all live slots of a page, filled together so that no story stands twice."""
    try:
        path = first_values(query).get("path", "/")
    except ValueError:
        return http.problem(400, "The query has too many fields.")
    body = bodies.body(path)
    if body is None or path.startswith("/_"):
        return http.problem(404, "No page stands at this path.")
    filled = zip(body.sheet.slots, body.composed.filled, strict=True)
    slots = [{"name": slot.name, "html": part.plain.decode()} for slot, part in filled if slot.live]
    return document({"slots": slots})


def document(content: dict[str, Any], *, versioned: bool = True) -> http.Answer:
    """Write a live document with its version, which is its validator too; ``versioned=False``: the version stands in the head alone."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    version = hashlib.blake2b(body.encode(), digest_size=9).hexdigest()
    whole = (json.dumps({"version": version, **content}, ensure_ascii=False, separators=(",", ":")) if versioned else body).encode()
    headers = [("content-type", "application/json"), ("cache-control", http.LIVE_CACHING), ("etag", f'"{version}"')]
    return http.Answer(200, whole, headers)


def story_item(story: Story) -> dict[str, object]:
    """Write a story as every ``.json`` answer does."""
    item: dict[str, object] = {
        "id": story.id,
        "url": story.url,
        "title": story.title,
        "summary": story.summary,
        "section": story.section,
        "language": story.language,
        "published_at": moment(story.published_at),
        "updated_at": moment(story.updated_at),
    }
    if story.source:
        item |= {"source": story.source, "source_id": story.source_id}
    return item


def story_items(store: SheetStore, stories: Sequence[str]) -> list[dict[str, object]]:
    """Write those of these stories that stand."""
    return [story_item(story) for name in stories if (story := store.story(name)) is not None]


def moment(seconds: float) -> str:
    """Write a moment in RFC 3339."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def number(text: str | None, default: int, largest: int) -> int | None:
    """Read a whole number from 1 to ``largest``; None if it is none."""
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 6:  # noqa: PLR2004 - no bound of ours is so large
        return None
    return int(text) if 1 <= int(text) <= largest else None
