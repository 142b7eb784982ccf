"""From the documents of Ghost's editors, lexical and mobiledoc, to HTML."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.noting import letters_of
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kawaraban.exchange.noting import Noted

DEEPEST = 40
_MARK = re.compile(r"<[^<>]*>")
# Bits of lexical's text format.
_FORMATS = ((1, "b"), (2, "i"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"))


def lexical_html(document: str, noted: Noted) -> str:
    """Return a lexical document as HTML; "" if it is none."""
    root = _object(document).get("root")
    return _Lexical(noted).children(root, 0) if isinstance(root, dict) else ""


class _Lexical:
    def __init__(self, noted: Noted) -> None:
        self._noted = noted

    def children(self, node: dict[str, Any], depth: int) -> str:
        below = node.get("children")
        if not isinstance(below, list) or depth > DEEPEST:
            return ""
        return "".join(self._node(child, depth + 1) for child in below if isinstance(child, dict))

    def _node(self, node: dict[str, Any], depth: int) -> str:
        kind = str(node.get("type", ""))
        if kind in {"text", "extended-text"}:
            return _marked(str(node.get("text", "")), node.get("format"))
        if kind == "linebreak":
            return "<br>"
        if kind in {"link", "autolink"}:
            return f'<a href="{escape(str(node.get("url", "")))}">{self.children(node, depth)}</a>'
        wrapped = {
            "paragraph": "p",
            "heading": "h2",
            "extended-heading": "h2",
            "quote": "blockquote",
            "extended-quote": "blockquote",
            "aside": "blockquote",
        }
        if kind in wrapped:
            return f"<{wrapped[kind]}>{self.children(node, depth)}</{wrapped[kind]}>"
        if kind == "list":
            tag = "ol" if node.get("listType") == "number" else "ul"
            return f"<{tag}>{self.children(node, depth)}</{tag}>"
        if kind == "listitem":
            return f"<li>{self.children(node, depth)}</li>"
        return card_html(kind, node, self._noted) or self.children(node, depth)


def mobiledoc_html(document: str, noted: Noted) -> str:
    """Return a mobiledoc document as HTML; "" if it is none."""
    made = _object(document)
    lists = {name: value for name in ("sections", "cards", "markups", "atoms") if isinstance(value := made.get(name), list)}
    return "".join(_section(section, lists, noted) for section in lists.get("sections", []) if isinstance(section, list) and section)


def _section(section: list[Any], lists: dict[str, list[Any]], noted: Noted) -> str:
    kind = section[0]
    if kind == 1 and len(section) > 2:  # noqa: PLR2004 - [1, tag, markers]
        tag = section[1] if section[1] in {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside"} else "p"
        tag = "blockquote" if tag == "aside" else tag
        return f"<{tag}>{_markers(section[2], lists)}</{tag}>"
    if kind == 3 and len(section) > 2 and isinstance(section[2], list):  # noqa: PLR2004 - [3, tag, items]
        tag = "ol" if section[1] == "ol" else "ul"
        return f"<{tag}>{''.join(f'<li>{_markers(item, lists)}</li>' for item in section[2])}</{tag}>"
    if kind == 10:  # noqa: PLR2004 - [10, card]
        card = _at(lists.get("cards", []), section[1] if len(section) > 1 else None)
        if isinstance(card, list) and len(card) > 1 and isinstance(card[1], dict):
            return card_html(str(card[0]), card[1], noted)
    return ""


def _markers(markers: Any, lists: dict[str, list[Any]]) -> str:
    made: list[str] = []
    opened: list[str] = []
    for marker in markers if isinstance(markers, list) else []:
        if not isinstance(marker, list) or len(marker) < 4:  # noqa: PLR2004 - [kind, opened, closed, text]
            continue
        kind, opens, closes, text = marker[:4]
        for number in opens if isinstance(opens, list) else []:
            markup = _at(lists.get("markups", []), number)
            tag = str(markup[0]) if isinstance(markup, list) and markup else ""
            tag = tag if tag in {"a", "b", "strong", "i", "em", "code", "s", "u", "sub", "sup"} else "span"
            given = markup[1] if isinstance(markup, list) and len(markup) > 1 and isinstance(markup[1], list) else []
            address = str(given[1]) if tag == "a" and len(given) > 1 and given[0] == "href" else ""
            made.append(f'<a href="{escape(address)}">' if tag == "a" else f"<{tag}>")
            opened.append(tag)
        made.append("<br>" if kind == 1 else escape(str(text)))
        for _mark in range(min(closes, len(opened)) if isinstance(closes, int) else 0):
            made.append(f"</{opened.pop()}>")
    return "".join(made) + "".join(f"</{tag}>" for tag in reversed(opened))


def card_html(kind: str, given: dict[str, Any], noted: Noted) -> str:
    """Return what a card shows; what only Ghost could show is counted."""
    made = _CARDS.get(kind)
    if made is not None:
        if kind == "bookmark" and (beside := _beside_a_link(given)):
            noted.note(Said(_("bookmarks as links, without what Ghost shows beside them")), letters=letters_of(beside))
        return made(_Card(given))
    if kind:
        noted.note(Said(_("card of Ghost's own: %(name)s"), name=kind), letters=letters_of("".join(_words_in(given))))
    return ""


def _beside_a_link(given: dict[str, Any]) -> str:
    """Return what a bookmark shows of the page it leads to, beside its title."""
    metadata = given.get("metadata")
    return "".join(str(metadata.get(name) or "") for name in ("description", "author", "publisher")) if isinstance(metadata, dict) else ""


def _words_in(given: dict[str, Any]) -> Iterator[str]:
    """Yield what a card may show of what it was given: every text that is no address, without marks."""
    rest: list[Any] = [given]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest += value.values()
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, str) and not value.startswith(("http://", "https://", "__GHOST_URL__")):
            yield _MARK.sub("", value)


class _Card:
    """What a card was given, as text."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given

    def html(self, name: str) -> str:
        """Return what is HTML already."""
        return str(self.given.get(name) or "")

    def text(self, *names: str) -> str:
        """Return the first of these that is there, to stand in HTML."""
        return escape(next((found for name in names if (found := self.html(name))), ""))

    @property
    def caption(self) -> str:
        """What stands below."""
        return f"<figcaption>{self.html('caption')}</figcaption>" if self.given.get("caption") else ""


def _gallery(card: _Card) -> str:
    images = card.given.get("images")
    rows = [_Card(image) for image in images if isinstance(image, dict)] if isinstance(images, list) else []
    shown = "".join(f'<img src="{row.text("src")}" alt="{row.text("alt")}">' for row in rows)
    return f"<figure>{shown}{card.caption}</figure>"


def _bookmark(card: _Card) -> str:
    metadata = card.given.get("metadata")
    title = _Card(metadata).text("title") if isinstance(metadata, dict) else ""
    below = f"<p>{card.html('caption')}</p>" if card.given.get("caption") else ""
    return f'<p><a href="{card.text("url")}">{title or card.text("url")}</a></p>{below}'


def _file(card: _Card) -> str:
    below = f"<p>{card.html('caption')}</p>" if card.given.get("caption") else ""
    return f'<p><a href="{card.text("src")}">{card.text("fileName", "title", "src")}</a></p>{below}'


def _words(card: _Card) -> str:
    names = ("header", "subheader", "productTitle", "productDescription")
    return "".join(f"<p>{card.html(name)}</p>" for name in names if card.html(name))


def _html(card: _Card) -> str:
    return card.html("html") or (f"<p>{card.text('markdown')}</p>" if card.html("markdown") else "")


_CARDS: dict[str, Callable[[_Card], str]] = {
    "image": lambda card: f'<figure><img src="{card.text("src")}" alt="{card.text("alt")}">{card.caption}</figure>',
    "gallery": _gallery,
    "embed": lambda card: f"<figure>{card.text('url')}{card.caption}</figure>" if card.html("url") else card.html("html"),
    "html": _html,
    "markdown": _html,
    "card-markdown": _html,
    "bookmark": _bookmark,
    "callout": lambda card: f"<blockquote>{card.html('calloutText')}</blockquote>",
    "toggle": lambda card: f"<h3>{card.html('heading')}</h3>{card.html('content')}",
    "code": lambda card: f"<pre>{card.text('code')}</pre>",
    "codeblock": lambda card: f"<pre>{card.text('code')}</pre>",
    "video": _file,
    "audio": _file,
    "file": _file,
    "button": lambda card: f'<p><a href="{card.text("buttonUrl")}">{card.text("buttonText")}</a></p>',
    "header": _words,
    "product": _words,
    "hr": lambda _: "",
    "horizontalrule": lambda _: "",
    "paywall": lambda _: "",
}


def _marked(text: str, form: Any) -> str:
    made = escape(text)
    for bit, tag in _FORMATS:
        if isinstance(form, int) and form & bit:
            made = f"<{tag}>{made}</{tag}>"
    return made


def _at(values: list[Any], number: Any) -> Any:
    return values[number] if isinstance(number, int) and 0 <= number < len(values) else None


def _object(document: str) -> dict[str, Any]:
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
