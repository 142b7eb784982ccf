"""Takes out of foreign HTML what could act: scripts, handlers, addresses that run, styles. What is left is well-formed HTML5.

nh3 parses as browsers do, so that what it lets through is what they would have seen.
"""

from __future__ import annotations

import re
from collections import Counter

import nh3
from django.utils.translation import gettext_noop as _

_TEXT = {"a", "abbr", "b", "br", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "rb", "rp", "rt", "ruby", "s"}
_TEXT |= {"small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
_BLOCKS = {"address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "footer"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "ul"}
_TABLES = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_SHOWN = {"audio", "iframe", "img", "picture", "source", "video"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "srcset", "data-src", "data-lazy-src", "data-original", "data-credit", "data-id"},
    "iframe": {"src", "title", "data-src"},
    "source": {"src", "srcset"},
    "video": {"src", "poster"},
    "audio": {"src"},
    "blockquote": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "time": {"datetime"},
    "*": {"class", "id"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FOUND = {
    _("script"): re.compile(r"<\s*script\b", re.IGNORECASE),
    _("handler"): re.compile(r"<[^<>]{0,2000}?\son[a-z]{3,30}\s*=", re.IGNORECASE),
    _("address that runs"): re.compile(r"(?:javascript|vbscript|data\s*:\s*text/html)\s*:?", re.IGNORECASE),
    _("form"): re.compile(r"<\s*(?:form|input|button|select|textarea)\b", re.IGNORECASE),
    _("object"): re.compile(r"<\s*(?:object|embed|applet|svg|math|template)\b", re.IGNORECASE),
}


def cleaned(html: str) -> str:
    """Return the HTML without anything that could act, still with what the walk through it needs to know."""
    return nh3.clean(
        html,
        tags=_TEXT | _BLOCKS | _TABLES | _SHOWN,
        clean_content_tags={"script", "style", "noscript", "template", "object", "select", "textarea", "svg", "math", "title"},
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


def flattened(clean: str) -> str:
    """Return HTML whose elements are inside each other beyond all reason with paragraphs, pictures and links alone."""
    return nh3.clean(clean, tags={"a", "br", "img", "p"}, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def count_taken_out(html: str) -> Counter[str]:
    """Count what ``cleaned`` takes out, for the report."""
    return Counter({what: count for what, form in _FOUND.items() if (count := len(form.findall(html)))})
