"""Counts Movable Type's entries, without a line of the importer's."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING

from kawaraban.exchange.counting import CountedItem, Uncounted, count_files, name_in, path_in, shown_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEADS = "AUTHOR|TITLE|BASENAME|STATUS|DATE|UNIQUE URL|PERMALINK|ALLOW COMMENTS|CONVERT BREAKS|PRIMARY CATEGORY"
_PARTS_NAMED = "BODY|EXTENDED BODY|EXCERPT|KEYWORDS|COMMENT|PING"
# Where any field follows; and behind a part also without the longer line, which some tools forget, where a head's own field is told.
_ENTRIES = re.compile(
    rf"^--------[ \t]*\n(?=\s*^(?:-----\s+^)*[A-Z][A-Z ]{{1,30}}:(?: .*)?$)|^-----[ \t]*\n(?=\s*^(?:{_HEADS}): .)|^--------\s*\Z",
    re.MULTILINE,
)
_PARTS = re.compile(rf"^-----[ \t]*\n(?=\s*(?:{_PARTS_NAMED}):[ \t]*$)|^-----\s*\Z", re.MULTILINE)
_HALF = re.compile("[\uff61-\uff9f]")


def count(paths: Sequence[Path], encoding: str = "") -> Iterator[CountedItem | Uncounted]:
    """Yield what stands in the files; ``encoding``, if it was told, is how they are written."""
    return count_files(paths, lambda path: _entries(path, encoding))


def _entries(path: Path, encoding: str) -> Iterator[CountedItem]:
    content = path.read_bytes()
    text = content.decode(encoding, "replace") if encoding else _text(content)
    for entry in _ENTRIES.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        if entry.strip():
            yield from _items(entry)


def _text(content: bytes) -> str:
    texts = []
    for name in ("utf-8-sig", "euc_jp", "cp932"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8-sig":
            return text
        texts.append(text)
    return min(texts, key=lambda text: len(_HALF.findall(text)), default=content.decode("utf-8", "replace"))


def _items(entry: str) -> Iterator[CountedItem]:
    head, *parts = _PARTS.split(entry)
    fields = dict(reversed(re.findall(r"^([A-Z][A-Z ]+): (.*)$", head, re.MULTILINE)))
    said = dict(part.lstrip("\n").split(":\n", 1) for part in reversed(parts) if re.match(r"\n?[A-Z][A-Z ]+:\n", part))
    words, pictures = shown_in(said.get("BODY", "") + "\n\n" + said.get("EXTENDED BODY", ""))
    title = " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", fields.get("TITLE", ""))).split())
    path = path_in(fields.get("UNIQUE URL") or fields.get("PERMALINK", ""))
    name = path or name_in(fields.get("BASENAME", ""))
    state = {"publish": "published", "future": "scheduled", "": "published"}.get(fields.get("STATUS", "").strip().lower(), "draft")
    if fields or said:
        yield CountedItem(
            source_id=(name or hashlib.blake2b(f"{fields.get('DATE', '').strip()}\n{title}".encode(), digest_size=10).hexdigest())[:200],
            title=title,
            state=state,
            text=words,
            pictures=pictures,
            addresses=(path,) if path and state == "published" else (),
        )
        yield from (CountedItem(source_id="", kind="comment") for part in parts if part.lstrip("\n").startswith("COMMENT:\n"))
