"""Counts a JSON Lines file, without a line of the importer's."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from kawaraban.exchange.counting import CountedItem, Uncounted, count_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield what stands in every line that is a JSON object."""
    return count_files(paths, _rows)


def _rows(path: Path) -> Iterator[CountedItem]:
    with path.open("rb") as file:
        begin = file.read(2)
    is_packed = begin == b"\x1f\x8b" or (path.name.endswith(".gz") and begin[:1] not in b"{ \t\r\n\xef")
    with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
        for line in file:
            try:
                row = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict):
                yield _item(row)


def _item(row: dict[str, Any]) -> CountedItem:
    words = _without_embeds(row.get("body"), row.get("blocks"))
    named = [row.get("byline"), row.get("topics")]
    counts = [len({str(part) for part in value if str(part).strip()}) if isinstance(value, list) else int(bool(value)) for value in named]
    return CountedItem(
        source_id=str(row.get("id", "")).strip(),
        title=str(row.get("title", "")).strip(),
        text="".join(words.split()) if isinstance(words, str) else "",
        bylines=counts[0],
        topics=counts[1],
    )


def _without_embeds(words: Any, blocks: Any) -> Any:
    """Leave out of an export's plain text what embeds are called: those are shown, and are no words of the story."""
    named = (
        [block.get("title") for block in blocks if isinstance(block, dict) and block.get("type") == "embed"]
        if isinstance(blocks, list)
        else []
    )
    if not isinstance(words, str) or not named:
        return words
    parts = words.split("\n\n")
    for name in named:
        if name in parts:
            parts.remove(name)
    return "\n\n".join(parts)
