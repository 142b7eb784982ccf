"""Text with marks, as a paragraph may hold it: the inner side of an element, in the words of Wagtail's rich text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

MARKS = {"b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "sub": "sub", "sup": "sup"}
RUBY = {"ruby", "rb", "rt", "rp"}
_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_KEPT_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")


def plain(text: str) -> str:
    """Return text as a browser sets it: runs of blanks are one."""
    return _BLANKS.sub(" ", text).strip()


def text_of(element: HtmlElement) -> str:
    """Return an element's words in one line, ``<br>`` as a blank."""
    for mark in element.iter("br"):
        mark.tail = " " + (mark.tail or "")
    return plain(element.text_content())


def lines_of(element: HtmlElement) -> str:
    """Return an element's words, with its lines."""
    for mark in element.iter("br"):
        mark.tail = "\n" + (mark.tail or "")
    for block in element.iter("p", "li", "div"):
        block.tail = "\n" + (block.tail or "")
    lines = (plain(line) for line in element.text_content().split("\n"))
    return "\n".join(line for line in lines if line)


def emptied(element: HtmlElement) -> None:
    """Take out what stands in an element, and have it stand for nothing.

    To take out the element as well would set all text between it and the last one anew: with thousands of them, their square.
    """
    element.clear(keep_tail=True)
    element.tag = "span"


class Inline:
    """Writes what stands in a paragraph. ``lead`` says where an address leads, or "" if nowhere."""

    def __init__(self, lead: Callable[[str], str], *, keep_lines: bool = False) -> None:
        self._lead = lead
        self._keep_lines = keep_lines

    def text(self, text: str | None) -> str:
        """Write bare text."""
        if not text:
            return ""
        if not self._keep_lines:
            return html.escape(_BLANKS.sub(" ", text), quote=False)
        return html.escape(_KEPT_BLANKS.sub(" ", text), quote=False)

    def element(self, element: HtmlElement) -> str:
        """Write an element with what stands in it, without its tail."""
        tag = element.tag
        if tag == "br":
            return "<br/>"
        inner = self.inner(element)
        if tag == "a":
            address = self._lead(element.get("href") or "")
            return f'<a href="{html.escape(address)}">{inner}</a>' if address and inner.strip() else inner
        if tag in RUBY:
            return f"<{tag}>{inner}</{tag}>"
        mark = MARKS.get(tag)
        return f"<{mark}>{inner}</{mark}>" if mark and inner.strip() else inner

    def inner(self, element: HtmlElement) -> str:
        """Write what stands in an element."""
        return self.text(element.text) + "".join(self.element(child) + self.text(child.tail) for child in element)


def lead_from(base: str) -> Callable[[str], str]:
    """Return what says where an address on a page at ``base`` leads: on the same site a path, so that it leads on where the site moves to."""
    try:
        home = urlsplit(base)
    except ValueError:
        # No address at all: everything leads where it says.
        base, home = "", urlsplit("")

    def lead(address: str) -> str:
        # A place on the same page is none in a story, whose headings bear no names.
        if not address.strip() or address.strip().startswith("#"):
            return ""
        try:
            whole = urljoin(base, address.strip()) if base else address.strip()
            parts = urlsplit(whole)
        except ValueError:
            return ""
        if parts.scheme in {"mailto", "tel"}:
            return whole
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return address if address.startswith("/") and not address.startswith("//") else ""
        if home.hostname and parts.hostname.removeprefix("www.") == home.hostname.removeprefix("www."):
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            return path if not path.startswith("//") else ""
        return whole

    return lead
