"""A story's text and picture for readers who take it elsewhere: plain HTML, whole addresses, nothing that acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from wagtail.rich_text import expand_db_html

from kawaraban.newsroom.markup import harmless

if TYPE_CHECKING:
    from kawaraban.newsroom.models import Photo, StoryPage

_HERE = re.compile(r'href="(/[^/"][^"]*|/)"')
_PAGE = re.compile(r"<a[^>]*linktype=[^>]*>(.*?)</a>", re.DOTALL)


class Shown(NamedTuple):
    """A picture as it may be had."""

    url: str
    width: int
    height: int
    caption: str
    credit: str
    alt_text: str


# Given a photo, and what a story says of it.
Show = Callable[["Photo | None", str, str], "Shown | None"]


def body_html(story: StoryPage, show: Show | None = None, *, with_lead: bool = True) -> str:
    """Return a story's text as HTML, its lead photo first; ``show`` says where a photo may be had: on the site, if it is left out."""
    return "".join(body_parts(story, show, with_lead=with_lead))


def body_parts(story: StoryPage, show: Show | None = None, *, with_lead: bool = True) -> list[str]:
    """Return a story's text as HTML, block by block."""
    show = show or shown_on_site
    lead = show(story.lead_photo, story.lead_caption, story.lead_alt) if with_lead else None
    return ([_figure(lead)] if lead else []) + [_block(block.block_type, block.value, show) for block in story.body]


def lead_of(story: StoryPage) -> Shown | None:
    """Return the lead photo, as this story shows it; None if it has none that readers can see."""
    return shown_on_site(story.lead_photo, story.lead_caption, story.lead_alt)


def _block(kind: str, value: Any, show: Show) -> str:
    match kind:
        case "paragraph":
            return _text(str(value))
        case "markup":
            return _text(str(value))
        case "subheading":
            return f"<h2>{escape(value)}</h2>"
        case "quotation":
            speaker = f"<footer>{escape(value['speaker'])}</footer>" if value["speaker"] else ""
            return f"<blockquote><p>{escape(value['text']).replace(chr(10), '<br>')}</p>{speaker}</blockquote>"
        case "box":
            return f"<aside><h3>{escape(value['title'])}</h3>{_text(str(value['text']))}</aside>"
        case "embed":
            return f'<p><a href="{escape(value["address"])}">{escape(value["title"])}</a></p>'
        case _:
            return _more(kind, value, show)


def _more(kind: str, value: Any, show: Show) -> str:
    if kind == "photo":
        return _figure(show(value["photo"], value["caption"], value["alt_text"]))
    if kind == "gallery":
        return "".join(_figure(show(use["photo"], use["caption"], use["alt_text"])) for use in value["photos"])
    if kind == "table":
        head = "".join(f"<th>{escape(str(column['heading']))}</th>" for column in value.columns)
        rows = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in value.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    if kind == "story" and value is not None and value.live:
        return f'<p><a href="{escape(settings.KAWARABAN_BASE_URL + value.specific.reader_path)}">{escape(value.title)}</a></p>'
    return ""


def _text(markup: str) -> str:
    whole = _HERE.sub(lambda found: f'href="{settings.KAWARABAN_BASE_URL}{found[1]}"', _PAGE.sub(r"\1", _whole_links(markup)))
    return harmless(whole)


def _whole_links(markup: str) -> str:
    """Return rich text with links to pages as the addresses that readers know."""
    return str(expand_db_html(markup)) if "linktype=" in markup else markup


def _figure(shown: Shown | None) -> str:
    if shown is None:
        return ""
    words = escape(shown.caption) + (f" <small>{escape(shown.credit)}</small>" if shown.credit else "")
    size = f'width="{shown.width}" height="{shown.height}"'
    below = f"<figcaption>{words.strip()}</figcaption>" if words.strip() else ""
    return f'<figure><img src="{escape(shown.url)}" {size} alt="{escape(shown.alt_text)}">{below}</figure>'


def shown_on_site(photo: Photo | None, caption: str, alt_text: str) -> Shown | None:
    """Return a photo in the widest file that was made for pages; None where none was yet, or its rights have ended."""
    if photo is None or not photo.may_be_shown():
        return None
    files = [
        file
        for file in photo.renditions.all()
        if not file.is_old and file.file.name.endswith((".jpg", ".jpeg")) and file.filter_spec.startswith(("width-", "fill-"))
    ]
    best = max(files, key=lambda file: int(file.width), default=None)
    if best is None:
        return None
    address = best.url if str(best.url).startswith("http") else settings.KAWARABAN_BASE_URL + best.url
    return Shown(address, best.width, best.height, caption or photo.caption, photo.credit, alt_text or photo.default_alt_text)
