"""Counts ninjs items, without a line of the importer's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kawaraban.exchange.counting import CountedItem, Uncounted, count_files, name_in, shown_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield what stands in the files."""
    return count_files(paths, _items)


def _items(path: Path) -> Iterator[CountedItem | Uncounted]:
    found, wrong = _values(path.read_text(encoding="utf-8-sig", errors="replace"))
    for one in found:
        inner = one.get("items", one) if isinstance(one, dict) else one
        for item in inner if isinstance(inner, list) else [inner]:
            named = (item.get("uri") or item.get("guid")) if isinstance(item, dict) else None
            if isinstance(named, str):
                yield _item(item, named)
    if wrong:
        yield Uncounted(path.name, wrong)


def _values(text: str) -> tuple[list[Any], str]:
    """Return the JSON of a file, whole or by lines, and what is wrong with the first line that is none."""
    try:
        return [json.loads(text)], ""
    except (ValueError, RecursionError):
        found, wrong = [], ""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            wrong = wrong or (f"line {number} is no JSON: {error}" if line.strip() else "")
    return found, wrong


def _item(item: dict[str, Any], named: str) -> CountedItem:
    item = {name.lower(): value for name, value in item.items()}
    bodies = [body.get("value") for body in _dicts(item.get("bodies"))]
    text = item.get("body_html") or item.get("body_xhtml") or item.get("body_text") or next((body for body in bodies if body), "")
    words, pictures = shown_in(text if isinstance(text, str) else "")
    is_text = item.get("type") in {None, "", "text", "composite"}
    headline = item.get("headline") or next((one.get("value") for one in _dicts(item.get("headlines"))), "")
    return CountedItem(
        source_id=name_in(named),
        kind="story" if is_text else str(item.get("type"))[:20],
        title=headline if isinstance(headline, str) else "",
        state="scheduled" if item.get("embargoed") or item.get("embargoeduntil") else "published",
        text=words,
        pictures=pictures,
    )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
