"""Counts the entries of a feed, without a line of the importer's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import fromstring

from kawaraban.exchange.counting import CountedItem, Uncounted, count_files, name_in, path_in, shown_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

_JSON = re.compile(rb"\s*\{")


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield what stands in the files."""
    return count_files(paths, _entries)


def _entries(path: Path) -> Iterator[CountedItem]:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if _JSON.match(content):
        yield from (_json(item) for item in json.loads(content)["items"] if isinstance(item, dict))
    else:
        yield from (_xml(item) for item in fromstring(content).iter() if item.tag.rpartition("}")[2] in {"item", "entry"})


def _json(item: dict[str, Any]) -> CountedItem:
    words = (
        shown_in(item["content_html"])
        if isinstance(item.get("content_html"), str)
        else ("".join(str(item.get("content_text") or item.get("summary") or "").split()), 0)
    )
    return CountedItem(
        source_id=name_in(str(item.get("id") or item.get("url") or "")),
        title=str(item.get("title") or ""),
        text=words[0],
        pictures=words[1],
        addresses=_address(str(item.get("url") or "")),
    )


def _xml(item: Element) -> CountedItem:
    said: dict[str, str] = {}
    for part in item:
        name = part.tag.rpartition("}")[2]
        text = (
            part.get("href", "")
            if name == "link" and not part.text and part.get("rel", "alternate") == "alternate"
            else "".join(part.itertext())
        )
        said.setdefault(name, text)
    words, pictures = shown_in(said.get("encoded") or said.get("content") or said.get("description") or said.get("summary") or "")
    return CountedItem(
        source_id=name_in(said.get("guid") or said.get("id") or said.get("link") or ""),
        title=said.get("title", "").strip(),
        text=words,
        pictures=pictures,
        addresses=_address(said.get("link", "")),
    )


def _address(url: str) -> tuple[str, ...]:
    path = path_in(url)
    return (path,) if path else ()
