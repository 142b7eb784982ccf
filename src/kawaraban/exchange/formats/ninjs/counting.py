"""Counts ninjs items, without a line of the importer's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kawaraban.exchange.counting import CountedItem, shown_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def count(paths: Sequence[Path]) -> Iterator[CountedItem]:
    """Yield what stands in the files."""
    for path in paths:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        for item in _objects(text):
            named = item.get("uri") or item.get("guid")
            if isinstance(named, str):
                yield _item(item, named)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    try:
        found = [json.loads(text)]
    except (ValueError, RecursionError):
        found = []
        for line in text.splitlines():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
    for one in found:
        inner = one.get("items", one) if isinstance(one, dict) else one
        yield from (item for item in (inner if isinstance(inner, list) else [inner]) if isinstance(item, dict))


def _item(item: dict[str, Any], named: str) -> CountedItem:
    bodies = (
        [body.get("value") for body in item.get("bodies") or [] if isinstance(body, dict)] if isinstance(item.get("bodies"), list) else []
    )
    text = item.get("body_html") or item.get("body_xhtml") or item.get("body_text") or next((body for body in bodies if body), "")
    words, pictures = shown_in(text if isinstance(text, str) else "")
    is_text = item.get("type") in {None, "", "text", "composite"}
    headline = item.get("headline")
    return CountedItem(
        source_id=" ".join(named.split()),
        kind="story" if is_text else str(item.get("type"))[:20],
        title=headline if isinstance(headline, str) else "",
        state="scheduled" if item.get("embargoed") else "published",
        text=words,
        pictures=pictures,
    )
