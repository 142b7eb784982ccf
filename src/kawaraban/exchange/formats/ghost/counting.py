"""Counts Ghost's export, without a line of the importer's: words are those that Ghost itself wrote as plain text or HTML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kawaraban.exchange.counting import CountedItem, Uncounted, count_files, path_in, shown_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield what stands in the files."""
    return count_files(paths, _posts)


def _posts(path: Path) -> Iterator[CountedItem]:
    data = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))["db"][0]["data"]
    yield from (_item(post) for post in data["posts"] if isinstance(post, dict))
    yield _list("RSS", "/rss")
    for place, table in (("tag", "tags"), ("author", "users")):
        for row in data.get(table) or []:
            name, slug = (str(row.get(each) or "") for each in ("name", "slug")) if isinstance(row, dict) else ("", "")
            if slug and not (place == "tag" and name.startswith("#")):
                address = path_in(f"/{place}/{slug}")
                yield _list(name, address, f"{address}/rss")


def _list(name: str, *addresses: str) -> CountedItem:
    return CountedItem(source_id=addresses[0], kind="list", title=name, addresses=addresses)


def _item(post: dict[str, Any]) -> CountedItem:
    status = post.get("status")
    is_open = post.get("visibility", "public") in {"public", None}
    state = {"published": "published", "sent": "published", "scheduled": "scheduled"}.get(str(status), "draft") if is_open else "draft"
    words, pictures = shown_in(str(post.get("html") or ""))
    kind = str(post.get("type") or "post")
    return CountedItem(
        source_id=str(post.get("id") or ""),
        kind={"post": "story"}.get(kind, kind),
        title=str(post.get("title") or ""),
        state=state,
        text=words,
        pictures=pictures,
        addresses=(f"/{post['slug']}",) if state == "published" and post.get("slug") else (),
    )
