"""HTML that a body keeps as it is: tables with cells over others, definitions, text that was set before it came here."""

from __future__ import annotations

import html
import re

import nh3

TAGS = {"a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em"}
TAGS |= {
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rb",
    "rp",
    "rt",
}
TAGS |= {"ruby", "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead"}
TAGS |= {"time", "tr", "u", "ul", "var", "wbr"}
_ATTRIBUTES = {
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "time": {"datetime"},
}
_MARK = re.compile(r"<[^>]*>")


def harmless(markup: str, *, rel: str | None = "noopener") -> str:
    """Return HTML without scripts, handlers, styles, frames, and addresses that run."""
    schemes = {"http", "https", "mailto", "tel"}
    return nh3.clean(markup, tags=TAGS, attributes=_ATTRIBUTES, url_schemes=schemes, link_rel=rel, strip_comments=True)


def words_of(markup: str) -> str:
    """Return the words in harmless HTML."""
    return html.unescape(_MARK.sub(" ", markup)).strip()
