"""Counts saved pages: one story each, and the sentences that must be in it.

How many of a page's words are its story's only a person can say. But the element that holds most of its sentences holds the story's: each
of these must be here, whatever else of the page is. Bare text has no elements: of it nothing is compared.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from kawaraban.exchange.counting import CountedItem, Markup, Uncounted, count_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST = 20 * 1024 * 1024
SHORTEST_SENTENCE = 12
FEWEST_LETTERS = 100  # of a page that a script draws hardly more stands there than what it says of cookies
_ENCODINGS = ("utf-8-sig", "cp932", "euc_jp")
_SAID = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype|html|head|body|article|div|p)\b", re.IGNORECASE)
_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")
_ENDED = ("。", "！", "？", ".", "!", "?")
_BESIDE = {"script", "style", "noscript", "template", "nav", "aside", "footer", "button", "svg", "iframe", "title", "figcaption"}
_BESIDE |= {"select", "textarea", "object", "math", "dialog"}
_HOLDING = {"body", "div", "section", "article", "main", "td", "th", "center", "form"}
_INLINE = {"a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "ins", "mark", "q", "rb", "rp", "rt", "ruby", "s", "small", "span"}
_INLINE |= {"strong", "sub", "sup", "time", "u", "wbr"}


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield a story a file."""
    yield from count_files(paths, _count)


def _count(path: Path) -> Iterator[CountedItem]:
    text = _letters_of(path.read_bytes()) if path.stat().st_size <= LARGEST else ""
    if not _PAGE.search(text[:5000]):
        yield CountedItem(source_id=path.name[:200], title=path.name, shown="".join(text.split()))
        return
    page = _Page()
    page.feed(text)
    # As for any HTML: what begins with a mark now has no end.
    if not page.rawdata.startswith("<"):
        page.close()
    page.end_run()
    lines = page.lines_of_the_story()
    passages = tuple("".join(sentence.split()) for line in lines for sentence in _sentences(line))
    yield CountedItem(
        source_id=path.name[:200],
        title=path.name,
        shown="".join("".join(lines).split()),
        passages=passages if sum(map(len, passages)) >= FEWEST_LETTERS else (),
    )


def _letters_of(content: bytes) -> str:
    said = _SAID.search(content[:4096])
    for name in (*([said[1].decode("ascii")] if said else ()), *_ENCODINGS):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def _sentences(line: str) -> list[str]:
    """Return what of a line is whole sentences."""
    parts = [part.strip() for part in _END.split(line)]
    return [part for part in parts if part.endswith(_ENDED) and len(part) >= SHORTEST_SENTENCE]


class _Page(Markup):
    """Lines of a page by the element that holds them; what is half a link or more leads to others."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, int]] = []  # of what holds text, and of links and what is beside the story
        self._often: Counter[str] = Counter()
        self._number = 0
        self._lines: dict[int, list[str]] = {}
        self._run: list[str] = []
        self._linked = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.end_run()
        if tag in _HOLDING or tag in _BESIDE or (tag == "a" and not (self._open and self._open[-1][0] == "a")):
            self._number += 1
            self._open.append((tag, self._number))
            self._often[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.end_run()
        # What was left open inside ends with it.
        while self._often[tag]:
            closed, _ = self._open.pop()
            self._often[closed] -= 1
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if not any(self._often[tag] for tag in _BESIDE):
            self._run.append(data)
            self._linked += len("".join(data.split())) if self._often["a"] else 0

    def end_run(self) -> None:
        line = " ".join("".join(self._run).split())
        if line and self._linked * 2 < len(line):
            holding = next((number for tag, number in reversed(self._open) if tag in _HOLDING), 0)
            self._lines.setdefault(holding, []).append(line)
        self._run, self._linked = [], 0

    def lines_of_the_story(self) -> list[str]:
        """Return the lines in the element that holds most letters of sentences."""
        return max(self._lines.values(), key=lambda lines: sum(len(part) for line in lines for part in _sentences(line)), default=[])
