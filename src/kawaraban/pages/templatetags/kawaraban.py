"""Slots, phrases, moments and pictures, for templates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import nh3
from django import template
from django.template.engine import Engine
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kawaraban.language.dates import date_in_words, moment_in_words, month_in_words, short_moment
from kawaraban.language.korean import with_particle
from kawaraban.language.phrases import phrase_html
from kawaraban.newsroom.markup import harmless
from kawaraban.pages import photos as pictures
from kawaraban.pages import printing

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date, datetime

    from kawaraban.pages.shapes import Picture
    from kawaraban.sheetlog.shapes import Slot

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, element: str = "div", css: str = "", role: str = "") -> SafeString:
    """Put a slot here. Its element bears ``data-slot``, by which an open page finds it again; no element for XML and JSON."""
    given: Slot = context["slots"][name]
    found: list[Slot] = context["printed_slots"]
    templates: dict[str, str] = context.get("slot_templates") or {}
    if name in templates:
        words = (context.get("slot_words") or {}).get(name, {})
        given = printing.dress_slot(given, templates[name], context["edition"], words)
    found.append(given)
    mark = printing.MARK.format(len(found) - 1)
    if not element:
        return mark_safe(mark)  # noqa: S308 - our own mark
    attributes = format_html_join("", ' {}="{}"', [(name, value) for name, value in (("class", css), ("role", role)) if value])
    return format_html(
        '<{0} data-slot="{1}"{2}>{3}</{0}>',
        element,
        given.name,
        attributes,
        mark_safe(mark),  # noqa: S308
    )


class SharedNode(template.Node):
    """A part that every page of an edition bears, rendered once for all of them, with the slots in it."""

    _MOST = 64

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._known: dict[Hashable, tuple[SafeString, list[Slot]]] = {}

    def render(self, context: template.Context) -> SafeString:
        """Render the part, or give it again."""
        found: list[Slot] = context["printed_slots"]
        # Marks in the text count the slots before it.
        key = (context["edition"], get_language(), len(found))
        if key not in self._known:
            if len(self._known) >= self._MOST:
                self._known.clear()
            text = self.nodelist.render(context)
            self._known[key] = text, found[key[2] :]
            return text
        text, slots = self._known[key]
        found.extend(slots)
        return text


@register.tag
def shared(parser: template.base.Parser, token: template.base.Token) -> SharedNode:
    """Begin a part that shows nothing but the edition and the slots of its masthead; ``{% endshared %}`` ends it."""
    nodelist = parser.parse(("endshared",))
    parser.delete_first_token()
    return SharedNode(nodelist)


@register.simple_tag
def row() -> SafeString:
    """Begin a slot's row."""
    return mark_safe(printing.ROW)  # noqa: S308


@register.simple_tag
def card() -> SafeString:
    """Say where the card stands in its row."""
    return mark_safe(printing.CARD)  # noqa: S308


@register.simple_tag
def endrow() -> SafeString:
    """End a slot's row."""
    return mark_safe(printing.END_ROW)  # noqa: S308


@register.simple_tag
def empty() -> SafeString:
    """Begin what a slot shows when it has no row."""
    return mark_safe(printing.EMPTY)  # noqa: S308


@register.simple_tag
def badge() -> SafeString:
    """Say where a card bears its rank."""
    return mark_safe(printing.BADGE)  # noqa: S308


@register.filter
def phrases(text: object) -> SafeString:
    """Escape a text and let its lines break between phrases only."""
    return mark_safe(phrase_html(str(text), get_language() or "ja"))  # noqa: S308 - phrase_html escapes


@register.simple_tag
def moment(when: datetime, css: str = "") -> SafeString:
    """Show date and time in the edition's words."""
    here = localtime(when)
    attributes = format_html(' class="{}"', css) if css else ""
    return format_html('<time datetime="{}"{}>{}</time>', here.isoformat(timespec="seconds"), attributes, _moment(here))


@register.simple_tag
def day(when: datetime) -> SafeString:
    """Show the day in the edition's words."""
    here = localtime(when)
    return format_html('<time datetime="{}">{}</time>', here.date().isoformat(), date_in_words(here.date(), get_language() or "ja"))


@register.simple_tag
def clock(when: datetime) -> SafeString:
    """Show month, day and hour, short enough for a row."""
    here = localtime(when)
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), short_moment(here, get_language() or "ja"))


@register.filter
def rfc3339(when: datetime) -> str:
    """Write a moment as feeds and data want it."""
    return localtime(when).isoformat(timespec="seconds")


@register.filter
def json_text(value: Any) -> SafeString:
    """Write a value as JSON that may stand in HTML: nothing in it can end the element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(text)  # noqa: S308


@register.filter
def day_words(day: date) -> str:
    """Write a day in the edition's words."""
    return date_in_words(day, get_language() or "ja")


@register.filter
def month_words(day: date) -> str:
    """Write a day's month in the edition's words."""
    return month_in_words(day, get_language() or "ja")


@register.simple_tag(takes_context=True)
def story_block(context: template.Context, block: Any, number: int) -> SafeString:
    """Show a block of a story's body by the template of its type."""
    value = block.value
    given: dict[str, Any] = {"value": value}
    if block.block_type == "photo":
        given["picture"] = _used(value)
    elif block.block_type == "gallery":
        given["pictures"] = [picture for use in value["photos"] if (picture := _used(use)) is not None]
    elif block.block_type == "table":
        given["label"] = _("Table")
    elif block.block_type == "embed":
        given["host"] = urlsplit(value["address"]).hostname
    elif block.block_type == "story":
        given["slot_name"] = f"linked-{number}"
        if given["slot_name"] not in context["slots"]:
            return mark_safe("")
    with context.push(**given):
        # By the engine, not the loader: the block shares the page's context, and its slots are the page's.
        return Engine.get_default().get_template(f"blocks/{block.block_type}.html").render(context)


def _used(use: Any) -> Picture | None:
    return pictures.picture(use["photo"], pictures.STORY_SPECS, alt=use["alt_text"], caption=use["caption"])


_TAGS = {"p", "b", "strong", "i", "em", "a", "ul", "ol", "li", "br", "h2", "h3", "sub", "sup", "ruby", "rb", "rt", "rp"}


@register.filter
def og_locale(language: str) -> str:
    """Return what Open Graph calls an edition's language."""
    return {"ja": "ja_JP", "ko": "ko_KR", "en": "en_US"}[language]


@register.filter
def safe_html(text: object) -> SafeString:
    """Let through what a body may hold. Editors' and importers' HTML is clean already; what stands in a database may still not be."""
    clean = nh3.clean(str(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener")
    return mark_safe(clean)  # noqa: S308 - made safe by the line before


@register.filter
def kind_name(kind: str) -> str:
    """Name what kind of thing a registered name is."""
    names = {"person": _("Person"), "organisation": _("Organisation"), "place": _("Place"), "work": _("Work"), "term": _("Term")}
    return names.get(kind, "")


@register.filter
def has_headings(columns: Any) -> bool:
    """Whether any of a table's columns says what stands in it."""
    return any(column["heading"] for column in columns)


@register.filter
def harmless_html(text: object) -> SafeString:
    """Let through HTML that came from elsewhere, without what could act: it was taken out when it came, and is looked for again."""
    return mark_safe(harmless(str(text)))  # noqa: S308 - made safe by the function


@register.filter
def particle(word: str, pair: str) -> str:
    """Put the Korean particle behind a word that fits it: ``{{ name|particle:"이/가" }}``."""
    return with_particle(word, pair) if get_language() == "ko" else word


@register.filter
def role_name(role: str) -> str:
    """Name what somebody did for a story."""
    return {"text": _("Text"), "photo": _("Photo"), "translation": _("Translation")}.get(role, "")


def _moment(when: datetime) -> str:
    return moment_in_words(when, get_language() or "ja")
