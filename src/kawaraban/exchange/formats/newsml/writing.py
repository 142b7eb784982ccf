"""A story as a NewsML-G2 item, and the message around several. Written to IPTC's NewsML-G2 2.34 in its power conformance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from kawaraban.exchange.feeds.bodies import body_html, shown_on_site
from kawaraban.exchange.formats.ninjs.writing import moment, uri_of

if TYPE_CHECKING:
    from kawaraban.exchange.feeds.bodies import Show
    from kawaraban.newsroom.models import StoryPage

NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"
_XHTML = "http://www.w3.org/1999/xhtml"
_XML = "http://www.w3.org/XML/1998/namespace"
# What the short codes below mean: ninat, stat, drol, irel, cpnat.
CATALOG = "https://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_40.xml"
_NATURES = {
    "person": "cpnat:person",
    "organisation": "cpnat:organisation",
    "place": "cpnat:poi",
    "work": "cpnat:object",
    "term": "cpnat:abstract",
}
# XML cannot hold these at all.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def item_of(story: StoryPage, nameplate: str, *, section: str, show: Show = shown_on_site) -> str:
    """Return a published story as a ``newsItem``."""
    item = ET.Element(
        "newsItem",
        {
            "xmlns": NAMESPACE,
            "standard": "NewsML-G2",
            "standardversion": "2.34",
            "conformance": "power",
            "guid": uri_of(story),
            "version": str(story.live_revision_id or 1),
            f"{{{_XML}}}lang": story.language,
        },
    )
    _put(item, "catalogRef", href=CATALOG)
    holder = _put(_put(item, "rightsInfo"), "copyrightHolder", literal=story.source_name or nameplate)
    _put(holder, "name", story.source_name or nameplate)
    _item_meta(item, story, nameplate)
    _content_meta(item, story, section)
    content = _put(item, "contentSet")
    inline = _put(content, "inlineXML", contenttype="application/xhtml+xml", rendition="rnd:web")
    inline.append(_page(story, body_html(story, show)))
    return ET.tostring(item, encoding="unicode")


def opening(sender: str, sent: str) -> str:
    """Return how a message begins, before its items."""
    header = ET.Element("header")
    _put(header, "sent", sent)
    _put(header, "sender", sender)
    return f'<?xml version="1.0" encoding="UTF-8"?><newsMessage xmlns="{NAMESPACE}">{ET.tostring(header, encoding="unicode")}<itemSet>'


CLOSING = "</itemSet></newsMessage>"


def _item_meta(item: ET.Element, story: StoryPage, nameplate: str) -> None:
    meta = _put(item, "itemMeta")
    _put(meta, "itemClass", qcode="ninat:text")
    _put(_put(meta, "provider", literal=nameplate), "name", nameplate)
    _put(meta, "versionCreated", moment(story.updated_at or story.published_at))
    _put(meta, "firstCreated", moment(story.published_at))
    _put(meta, "pubStatus", qcode="stat:usable")
    _put(meta, "title", story.short_headline or story.title)
    for made in story.corrections.all():
        _put(meta, "edNote", f"{moment(made.made_at)} {made.text}")


def _content_meta(item: ET.Element, story: StoryPage, section: str) -> None:
    meta = _put(item, "contentMeta")
    _put(meta, "contentCreated", moment(story.published_at))
    _put(meta, "contentModified", moment(story.updated_at or story.published_at))
    if story.source_name:
        _put(_put(meta, "infoSource", literal=story.source_name), "name", story.source_name)
    authors = [byline.person.name_in(story.language) for byline in story.bylines.all() if byline.role == byline.TEXT]
    for author in authors:
        _put(_put(meta, "creator", literal=author), "name", author)
    _put(meta, "altId", story.story_id)
    _put(meta, "language", tag=story.language)
    for name in (section, *(topic.name_in(story.language) for topic in story.topics.all())):
        _put(_put(meta, "subject", type="cpnat:abstract", literal=name), "name", name)
    for row in story.names_in_it.all():
        name = row.name.name_in(story.language)
        known = {"uri": f"http://www.wikidata.org/entity/{row.name.wikidata}"} if row.name.wikidata else {"literal": name}
        _put(_put(meta, "subject", type=_NATURES[row.name.kind], **known), "name", name)
    _put(meta, "headline", story.title)
    if authors:
        _put(meta, "by", ", ".join(authors))
    if story.summary:
        _put(meta, "description", story.summary, role="drol:summary")
    if story.standfirst:
        _put(meta, "description", story.standfirst)


def _page(story: StoryPage, markup: str) -> ET.Element:
    """Return a story's text as the XHTML of a page."""
    from lxml import html

    page = ET.Element("html", {"xmlns": _XHTML})
    _put(_put(page, "head"), "title", story.title)
    body = _put(page, "body")
    _put(body, "h1", story.title)
    parts: Any = html.fragments_fromstring(_CONTROLS.sub("", markup) or "<p></p>")
    for part in parts:
        if isinstance(part, str):
            _put(body, "p", part)
        else:
            body.append(_copied(part))
    return page


def _copied(there: Any) -> ET.Element:
    here = ET.Element(str(there.tag), {name: value for name, value in there.attrib.items() if ":" not in name})
    here.text, here.tail = there.text, there.tail
    here.extend(_copied(child) for child in there if isinstance(child.tag, str))
    return here


def _put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, {key: _CONTROLS.sub("", value) for key, value in attributes.items()})
    if text:
        child.text = _CONTROLS.sub("", text)
    return child
