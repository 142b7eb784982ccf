"""Takes out of foreign HTML what could act: scripts, handlers, addresses that run, styles. What is left is well-formed HTML5.

nh3 parses as browsers do, so that what it lets through is what they would have seen.
"""

from __future__ import annotations

import re
from collections import Counter

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

# Of these the words go too, that a reader of the page may have seen; not what stands in what nobody is shown.
_WITH_WORDS = {"select": "form", "textarea": "form", "object": "object", "math": "object"}
_UNSHOWN = {"script", "style", "noscript", "iframe", "svg", "template"}

# So many elements inside each other are let through to the parser, which looks at all of them for each one more.
DEEPEST_PARSED = 120
# A comment as browsers take it, also one that does not end, or a tag.
_TAG = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(/?)([a-z][a-z0-9]*)\b[^<>]*>", re.IGNORECASE | re.DOTALL)
# Their end need not be said, or is none; and what goes with its words must not stay without its beginning.
_UNCOUNTED = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "rb", "rt", "rp"}
_UNCOUNTED |= {"br", "img", "hr", "wbr", "col", "source", "input", "link", "meta", "embed", "area", "base", "param", "track"}
_UNCOUNTED |= {"script", "style", "noscript", "template", "object", "select", "textarea", "svg", "math", "title"}
# What looks like a tag inside these is none, but in drawings; there a tag may end itself.
_BARE_UNTIL = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "textarea", "title")}
_DRAWN = {"svg", "math"}


def cleaned(html: str) -> str:
    """Return the HTML without anything that could act, still with what the walk through it needs to know."""
    return nh3.clean(
        _less_deep(html),
        tags=_TEXT | _BLOCKS | _TABLES | _SHOWN,
        clean_content_tags={"script", "style", "noscript", "template", "object", "select", "textarea", "svg", "math", "title"},
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


def _less_deep(html: str) -> str:
    """Return HTML without the tags of elements that are too deep inside others; their words stay."""
    if html.count("<") <= DEEPEST_PARSED:
        return html
    kept: list[str] = []
    at = depth = drawn = 0
    while (found := _TAG.search(html, at)) is not None:
        kept.append(html[at : found.start()])
        at, name, is_end = found.end(), (found[2] or "").lower(), bool(found[1])
        ends_itself = found[0].endswith("/>")
        stays = True
        if name in _DRAWN and not ends_itself:
            drawn = max(0, drawn - 1) if is_end else drawn + 1
        elif name in _BARE_UNTIL and not (is_end or drawn):
            end = _BARE_UNTIL[name].search(html, at)
            at = end.start() if end else len(html)
        elif name and name not in _UNCOUNTED and not (drawn and ends_itself):
            stays = depth < DEEPEST_PARSED + is_end
            depth = max(0, depth - 1) if is_end else depth + 1
        if stays:
            kept.append(html[found.start() : at])
    return "".join([*kept, html[at:]])


def flattened(clean: str) -> str:
    """Return HTML whose elements are inside each other beyond all reason with paragraphs, pictures and links alone."""
    return nh3.clean(clean, tags={"a", "br", "img", "p"}, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def taken_out(html: str) -> Noted:
    """Count what ``cleaned`` takes out, for the report, and the words that go with it."""
    counts = {what: count for what, form in _FOUND.items() if (count := len(form.findall(html)))}
    noted = Noted({_said(what): count for what, count in counts.items()})
    if not counts.keys().isdisjoint(_WITH_WORDS.values()):
        for what, letters in _letters_with(html).items():
            noted.account(_said(what), Account(letters=letters))
    return noted


def _said(what: str) -> Said:
    return Said(_("taken out: %(what)s"), what=Said(what))


def _letters_with(html: str) -> Counter[str]:
    """Count the letters that went with what was taken out, each once, however these are inside each other: for the outermost."""
    # In bytes: what says of itself in which letters it is written would not be parsed as text.
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (ValueError, etree.ParserError, etree.XMLSyntaxError):
        return Counter()
    inside: list[str] = []
    unshown = 0
    found: Counter[str] = Counter()
    for event, part in etree.iterwalk(root, events=("start", "end")):
        is_begun = event == "start"
        named = _WITH_WORDS.get(part.tag)
        if is_begun and named:
            inside.append(named)
        elif named:
            inside.pop()
        if part.tag in _UNSHOWN:
            unshown += 1 if is_begun else -1
        if inside and not unshown and (words := (part.text if isinstance(part.tag, str) else "") if is_begun else part.tail):
            found[inside[0]] += letters_of(words)
    return found
