"""Takes out of foreign HTML what could act: scripts, handlers, addresses that run, styles. What is left is well-formed HTML5.

nh3 parses as browsers do, so that what it lets through is what they would have seen.
"""

from __future__ import annotations

import re

import nh3
from django.utils.translation import gettext_noop as _
from lxml import etree
from lxml import html as lxml_html

from kawaraban.exchange.noting import Account, Noted, letters_of
from kawaraban.exchange.sentences import Said

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

# Of these the words go too, that a reader of the page may have seen.
_WITH_WORDS = {"form": ("select", "textarea"), "object": ("object", "math")}


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


def taken_out(html: str) -> Noted:
    """Count what ``cleaned`` takes out, for the report, and the words that go with it."""
    counts = {what: count for what, form in _FOUND.items() if (count := len(form.findall(html)))}
    noted = Noted({_said(what): count for what, count in counts.items()})
    for what in counts.keys() & _WITH_WORDS.keys():
        noted.account(_said(what), Account(letters=_letters_in(html, _WITH_WORDS[what])))
    return noted


def _said(what: str) -> Said:
    return Said(_("taken out: %(what)s"), what=Said(what))


def _letters_in(html: str, names: tuple[str, ...]) -> int:
    """Count the letters in elements of these names, each once, however they are inside each other."""
    try:
        root = lxml_html.document_fromstring(html)
    except (ValueError, etree.ParserError, etree.XMLSyntaxError):
        return 0
    inside = letters = 0
    for event, part in etree.iterwalk(root, events=("start", "end")):
        is_named = part.tag in names
        if event == "start":
            inside += is_named
            letters += letters_of(part.text or "") if inside and isinstance(part.tag, str) else 0
        else:
            inside -= is_named
            letters += letters_of(part.tail or "") if inside else 0
    return letters
