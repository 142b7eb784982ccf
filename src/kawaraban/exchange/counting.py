"""What a second reader counts in a source: it shares no code with the import, so that a mistake of one is seen by the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

_UNSHOWN = {"script", "style", "noscript", "iframe", "svg", "template"}
_BLANK = re.compile(r"\s+")


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


def shown_in(html: str) -> tuple[str, int]:
    """Return what a reader sees of HTML: its words without blanks, and how many pictures."""
    seen = _Shown()
    seen.feed(html)
    seen.close()
    return _BLANK.sub("", "".join(seen.words)), seen.pictures


class _Shown(HTMLParser):
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
