"""One item of an export, and its head, as they stand there."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _
from lxml import etree

from kawaraban.exchange.letters import letters
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SPACES = ("excerpt", "content", "wfw", "dc", "wp", "atom", "itunes", "media", "georss", "geo", "slash", "sy")
_OPEN = "<rss " + " ".join(f'xmlns:{name}="{name}"' for name in _SPACES) + ">"
_CLOSE = "</rss>"
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=")
# Outside CDATA XML knows five names; older versions and other people's tools write HTML's.
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(\w+;)?")


class WrongItemError(ValueError):
    """An item cannot be read; the message says why."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.said = sentence
        self.line = line


@dataclass(frozen=True)
class Term:
    """A category, a tag, an author of the co-authors taxonomy: as a post names it."""

    domain: str
    slug: str
    name: str


@dataclass(frozen=True)
class Comment:
    """A reader's comment."""

    id: str
    author: str
    email: str
    url: str
    written_at: str
    text: str
    state: str
    parent: str
    kind: str


@dataclass(frozen=True)
class WordPressPost:
    """A post, a page, an attachment, or whatever else an item is."""

    id: str
    type: str
    status: str
    title: str
    link: str
    guid: str
    creator: str
    content: str
    excerpt: str
    date: str
    date_gmt: str
    modified: str
    modified_gmt: str
    slug: str
    parent: str
    order: str
    password: str
    is_sticky: bool
    attachment_url: str
    terms: tuple[Term, ...]
    fields: tuple[tuple[str, str], ...]
    comments: tuple[Comment, ...]

    def field(self, name: str) -> str:
        """Return a custom field; "" if there is none."""
        return next((value for key, value in self.fields if key == name), "")


@dataclass
class Head:
    """What stands before the items."""

    version: str = ""
    title: str = ""
    base_url: str = ""
    language: str = ""
    authors: dict[str, str] = field(default_factory=dict)  # login → name
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)  # slug → (name, parent's slug)
    category_ids: dict[str, str] = field(default_factory=dict)  # term id → slug
    tags: dict[str, str] = field(default_factory=dict)  # slug → name
    terms: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # (taxonomy, slug) → (name, description)


def read_item(text: str, line: int) -> WordPressPost:
    """Read an item. Raises WrongItemError."""
    item = _tree(text, line)
    item = item[0] if len(item) else item
    return WordPressPost(
        id=_said(item, "wp:post_id"),
        type=_said(item, "wp:post_type") or "post",
        status=_said(item, "wp:status"),
        title=_said(item, "title"),
        link=_said(item, "link"),
        guid=_said(item, "guid"),
        creator=_said(item, "dc:creator"),
        content=_said(item, "content:encoded", strip=False),
        excerpt=_said(item, "excerpt:encoded"),
        date=_said(item, "wp:post_date"),
        date_gmt=_said(item, "wp:post_date_gmt"),
        modified=_said(item, "wp:post_modified"),
        modified_gmt=_said(item, "wp:post_modified_gmt"),
        slug=_said(item, "wp:post_name"),
        parent=_said(item, "wp:post_parent"),
        order=_said(item, "wp:menu_order"),
        password=_said(item, "wp:post_password"),
        is_sticky=_said(item, "wp:is_sticky") == "1",
        attachment_url=_said(item, "wp:attachment_url"),
        terms=tuple(
            Term(term.get("domain") or "category", term.get("nicename") or "", html.unescape((term.text or "").strip()))
            for term in item.findall("category")
        ),
        fields=tuple((_said(meta, "wp:meta_key"), _said(meta, "wp:meta_value", strip=False)) for meta in _all(item, "wp:postmeta")),
        comments=tuple(_comment(comment) for comment in _all(item, "wp:comment")),
    )


def read_head(text: str) -> Head:
    """Read what stands before the items, as far as it can be read."""
    begin = text.find("<channel")
    if begin < 0:
        return Head()
    try:
        channel = _tree(text[begin:] + "</channel>", 1)[0]
    except WrongItemError:
        # It only names what posts name too.
        channel = etree.fromstring(
            _OPEN + letters(text[begin:]) + "</channel>" + _CLOSE, etree.XMLParser(recover=True, resolve_entities=False)
        )[0]
    head = Head(
        version=_said(channel, "wp:wxr_version"),
        title=_said(channel, "title"),
        base_url=_said(channel, "wp:base_blog_url") or _said(channel, "link"),
        language=_said(channel, "language"),
    )
    for author in _all(channel, "wp:author"):
        head.authors[_said(author, "wp:author_login")] = html.unescape(_said(author, "wp:author_display_name"))
    for category in _all(channel, "wp:category"):
        slug = _said(category, "wp:category_nicename")
        head.categories[slug] = (html.unescape(_said(category, "wp:cat_name")), _said(category, "wp:category_parent"))
        head.category_ids[_said(category, "wp:term_id")] = slug
    for tag in _all(channel, "wp:tag"):
        head.tags[_said(tag, "wp:tag_slug")] = html.unescape(_said(tag, "wp:tag_name"))
    for term in _all(channel, "wp:term"):
        key = (_said(term, "wp:term_taxonomy"), _said(term, "wp:term_slug"))
        head.terms[key] = (html.unescape(_said(term, "wp:term_name")), _said(term, "wp:term_description"))
    return head


def _tree(text: str, line: int) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)
    source = _OPEN + letters(text) + _CLOSE
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        pass
    # Again with what is no XML outside CDATA written as it was meant. Plugins write elements of their own, too: what their prefixes
    # stand for is said in the head, and nothing here asks for them.
    parts = _CDATA.split(source)
    bare = "".join(parts[::2])
    others = {found[1] or found[2] for found in _PREFIX.finditer(bare)} - {*_SPACES, "xml", "xmlns"}
    parts[0] = parts[0].replace(_OPEN, _OPEN[:-1] + "".join(f' xmlns:{name}="{name}"' for name in sorted(others)) + ">", 1)
    mended = "".join(part if number % 2 else _ENTITY.sub(_entity, part) for number, part in enumerate(parts))
    try:
        return etree.fromstring(mended, parser)
    except etree.XMLSyntaxError as error:
        reason = str(error.msg).split(", line ")[0].rstrip(".")
        raise WrongItemError(Said(_("it is no XML (%(why)s)"), why=reason), line + (error.lineno or 1) - 1) from error


def _entity(found: re.Match[str]) -> str:
    return html.escape(html.unescape(found[0])) if found[1] else "&amp;" + found[0][1:]


def _path(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{prefix}}}{local}" if prefix else local


def _all(element: Element, name: str) -> list[Element]:
    return element.findall(_path(name))


def _said(element: Element, name: str, *, strip: bool = True) -> str:
    found = element.find(_path(name))
    text = "".join(str(part) for part in found.itertext()) if found is not None else ""
    return text.strip() if strip else text


def _comment(element: Element) -> Comment:
    return Comment(
        id=_said(element, "wp:comment_id"),
        author=_said(element, "wp:comment_author"),
        email=_said(element, "wp:comment_author_email"),
        url=_said(element, "wp:comment_author_url"),
        written_at=_said(element, "wp:comment_date_gmt"),
        text=_said(element, "wp:comment_content"),
        state=_said(element, "wp:comment_approved"),
        parent=_said(element, "wp:comment_parent"),
        kind=_said(element, "wp:comment_type") or "comment",
    )
