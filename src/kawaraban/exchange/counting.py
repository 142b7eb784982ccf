"""What a second reader counts in a source: it shares no code with the import, so that a mistake of one is seen by the other."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, fields
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_UNSHOWN = {"script", "style", "noscript", "iframe", "svg", "template"}
_BLANK = re.compile(r"\s+")
# No database keeps NUL in JSON, and no file half a letter of those beyond the first plane; other controls are no words either.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# What parsers say of a file that is none of theirs, broken, or nested without an end.
_UNREADABLE = (OSError, EOFError, zlib.error, ExpatError, ParseError, ValueError, LookupError, TypeError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class CountedItem:
    """Something in a source, as the second reader sees it."""

    source_id: str
    kind: str = "story"  # story, page, photo, comment, or what the source calls it
    title: str = ""
    state: str = "published"  # published, scheduled, draft
    text: str = ""  # words as readers see them, without blanks
    pictures: int = 0
    addresses: tuple[str, ...] = ()  # where it stood, as paths
    bylines: int = 0
    topics: int = 0
    passages: tuple[str, ...] = ()  # where its text cannot be told from what is around it: what must be in it, without blanks
    shown: str = ""  # then for people to look at, beside what stands here

    def __post_init__(self) -> None:
        """Take out what cannot be written down: a report that cannot be kept proves nothing."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, writable(value))
        for name in ("addresses", "passages"):
            object.__setattr__(self, name, tuple(writable(one) for one in getattr(self, name)))


@dataclass(frozen=True)
class Uncounted:
    """The rest of a file, from where the second reader could not go on."""

    name: str
    why: str

    def __str__(self) -> str:
        return writable(" ".join(f"{self.name} could not be counted to its end ({self.why}): what stands behind is not proved".split()))


def writable(text: str) -> str:
    """Return text without what no report can hold: controls, and halves of letters."""
    return _UNWRITABLE.sub("", text)


def name_in(text: str) -> str:
    """Return an id, or a name, in one line."""
    return " ".join(writable(text).split())


def count_files(
    paths: Iterable[Path], count_file: Callable[[Path], Iterator[CountedItem | Uncounted]]
) -> Iterator[CountedItem | Uncounted]:
    """Count file after file; one that cannot be read to its end is told, and the next one is counted."""
    for path in paths:
        try:
            yield from count_file(path)
        except _UNREADABLE as error:
            yield Uncounted(path.name, str(error) or type(error).__name__)


def path_in(address: str) -> str:
    """Return an address's path in letters, without a slash at its end; "" where it is no address."""
    try:
        return unquote(urlsplit(address.strip()).path).rstrip("/")
    except ValueError:
        return ""


def shown_in(html: str) -> tuple[str, int]:
    """Return what a reader sees of HTML: its words without blanks, and how many pictures."""
    seen = _Shown()
    seen.feed(html)
    # What begins with a mark now has no end, and no browser shows what stands behind. Python's parser would try anew from every mark in it.
    if not seen.rawdata.startswith("<"):
        seen.close()
    return _BLANK.sub("", "".join(seen.words)), seen.pictures


class Markup(HTMLParser):
    """Python's parser, which gives up at what begins like a declaration and is none: here it is passed by, as browsers do."""

    def parse_html_declaration(self, i: int) -> int:
        """Pass by a declaration, or what looks like one."""
        try:
            return super().parse_html_declaration(i)
        except AssertionError:
            return self.parse_bogus_comment(i)


class _Shown(Markup):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.pictures = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSHOWN:
            self._hidden += 1
        address = dict(attrs).get("src") or ""
        if tag == "img" and not self._hidden and address.startswith(("http", "/", "__GHOST_URL__")):
            self.pictures += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSHOWN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
