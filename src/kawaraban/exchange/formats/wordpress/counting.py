"""Counts a WordPress export with Python's own parsers, without a line of the importer's."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from kawaraban.exchange.counting import CountedItem, Uncounted, count_files, path_in, shown_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_WP = "http://wordpress.org/export/"
_STATES = {"publish": "published", "future": "scheduled"}
_SHORTCODES = re.compile(r"\[(?:caption|/caption|gallery|embed|/embed|video|/video|audio|/audio)\b[^\[\]]*\]")
_ADDRESS_LINE = re.compile(r"^[^\S\n]*https?://\S+[^\S\n]*$", re.MULTILINE)
_GALLERY = re.compile(r'\[gallery\b[^\[\]]*?\bids="([\d, ]+)"')
_IN_ADDRESSES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789 _-.")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield what stands in the files."""
    site = _Site()
    yield from count_files(paths, lambda path: _Items(site).items(path))
    # Each file of an export says again which lists there were.
    yield from site.lists()


class _Site:
    """What stands before the items: where the site was, and which lists it had."""

    def __init__(self) -> None:
        self.base = ""
        self._categories: dict[str, dict[str, str]] = {}
        self._tags: dict[str, str] = {}
        self._people: dict[str, str] = {}

    def note(self, name: str, said: dict[str, str]) -> None:
        """Take what an element's own elements said."""
        if name == "base_blog_url":
            self.base = path_in(said[name])
        elif name == "category" and said.get("category_nicename"):
            self._categories[said["category_nicename"]] = said
        elif name == "tag" and said.get("tag_slug"):
            self._tags[said["tag_slug"]] = said.get("tag_name", "")
        elif name == "author" and said.get("author_login"):
            kept = "".join(letter for letter in said["author_login"].lower() if letter in _IN_ADDRESSES)
            address = "-".join(part for part in re.split("[-. ]", kept) if part)
            self._people[address] = said.get("author_display_name", "")

    def lists(self) -> Iterator[CountedItem]:
        """Yield each list and its feed."""
        named = {"": "RSS"}
        for slug, said in self._categories.items():
            parts = [slug]
            while (above := self._categories[parts[0]].get("category_parent", "")) in self._categories and above not in parts:
                parts = [above, *parts]
            named[f"/category/{'/'.join(parts)}"] = said.get("cat_name", "")
        named |= {f"/tag/{slug}": name for slug, name in self._tags.items()}
        named |= {f"/author/{slug}": name for slug, name in self._people.items()}
        for address, name in named.items():
            path = path_in(self.base + address)
            addresses = (path, f"{path}/feed") if address else (f"{path}/feed",)
            yield CountedItem(source_id=addresses[0], kind="list", title=name, addresses=addresses)


class _Items:
    def __init__(self, site: _Site) -> None:
        self._site = site
        self._said: dict[str, str] = {}  # by the elements before the items that ended since the last that held some
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._letters
        self._done: list[CountedItem] = []
        self._item: dict[str, Any] | None = None
        self._path: list[str] = []
        self._text: list[str] = []

    def items(self, path: Path) -> Iterator[CountedItem]:
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
            try:
                while block := file.read(1 << 18):
                    self._parser.Parse(_CONTROLS.sub(b"", block), False)
                    yield from self._done
                    self._done.clear()
                self._parser.Parse(b"", True)
            except expat.ExpatError:
                # Up to here it could be counted.
                yield from self._done
                raise

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        short = name.rpartition(" ")[2]
        if short == "item":
            self._item = {"domains": []}
        elif self._item is not None and short == "category":
            self._item["domains"].append((attributes.get("domain", ""), attributes.get("nicename", "")))
        self._path.append(name)
        self._text = []

    def _letters(self, text: str) -> None:
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._path.pop()
        space, _, short = name.rpartition(" ")
        text = "".join(self._text)
        self._text = []
        if self._item is None:
            self._said[short] = text.strip()
            if short in {"category", "tag", "author", "base_blog_url"}:
                self._site.note(short, self._said)
                self._said = {}
            return
        inside = self._path[-1].rpartition(" ")[2] if self._path else ""
        if short == "item":
            self._done.append(_counted(self._item, self._site.base))
            self._done += [CountedItem(source_id=number, kind="comment") for number in self._item.get("comments", ())]
            self._item = None
        elif inside == "item":
            self._item[f"content {short}" if space.endswith("/content/") else f"excerpt {short}" if "excerpt" in space else short] = text
        elif short == "comment_id":
            self._item.setdefault("comments", []).append(text)


def _counted(item: dict[str, Any], base: str) -> CountedItem:
    kind = item.get("post_type", "post").strip()
    status = item.get("status", "").strip()
    words, pictures = shown_in(_ADDRESS_LINE.sub("", _SHORTCODES.sub(" ", item.get("content encoded", ""))))
    people = {slug for domain, slug in item["domains"] if domain == "author"}
    path = path_in(item.get("link", ""))
    return CountedItem(
        source_id=item.get("post_id", "").strip(),
        kind={"post": "story", "attachment": "photo"}.get(kind, kind),
        title=item.get("title", "").strip(),
        state="draft" if item.get("post_password", "").strip() else _STATES.get(status, status if status == "trash" else "draft"),
        text=words,
        pictures=pictures + sum(found.count(",") + 1 for found in _GALLERY.findall(item.get("content encoded", ""))),
        addresses=_addresses(path, base, item.get("post_id", "").strip(), kind) if status == "publish" else (),
        bylines=len(people) or 1,
        topics=len({slug for domain, slug in item["domains"] if domain == "post_tag"}),
    )


def _addresses(path: str, base: str, number: str, kind: str) -> tuple[str, ...]:
    """Return where an item stood: under its address, and under its number, by which WordPress leads to it."""
    short = {"post": f"{base or '/'}?p={number}", "page": f"{base or '/'}?page_id={number}"}.get(kind, "")
    return tuple(address for address in (path, short if number else "") if address)
