"""What a person sees or hears of the newsroom's screens, and the forms that stand in them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import lxml.html
from django.urls import get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.html import HtmlElement

# Words in Latin letters that belong into Japanese text.
ALLOWED = {
    *(
        "Wagtail",
        "Wikidata",
        "UTF",
        "Kawaraban",
        "URL",
        "ID",
        "JPEG",
        "JPG",
        "PNG",
        "WEBP",
        "AVIF",
        "GIF",
        "IPTC",
        "XMP",
        "RSS",
        "API",
        "SNS",
        "CSV",
        "TSV",
        "JavaScript",
        "XLSX",
        "HTML",
        "AI",
        "LINE",
        "SmartFormat",
        "WebSub",
    ),
    *("Ctrl", "Alt", "Shift", "Esc", "Enter", "Tab", "English", "https", "http", "com", "UTC", "px", "KB", "MB", "JMA"),
}
_ATTRIBUTES = ("aria-label", "aria-description", "title", "placeholder", "alt", "data-w-tooltip-content-value")
# Addresses, names of places in the zone database, identifiers, gaps that scripts fill.
_NO_WORDS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\b(Asia|Europe|America)/\w+|</?\w+>|/\S*|\b[a-z]+\.[a-z]+\b|\{[^}]*\}|%\(\w+\)[sd]")
_SILENT = ("script", "style", "textarea")
# Under these keys the data that Wagtail hands to its scripts has words for people.
_TOLD = re.compile(r"(label|text|title|message|html|form|placeholder|description|strings|error|ariaLabel)s?$", re.IGNORECASE)


def english_in(words: Iterable[str], names: frozenset[str] = frozenset()) -> set[str]:
    """Return those texts that have a word in Latin letters, other than those allowed and these names."""
    found = set()
    for text in words:
        bare = _NO_WORDS.sub(" ", text)
        if set(re.findall(r"[A-Za-z]+(?:['’][A-Za-z]+|[A-Za-z])", bare)) - ALLOWED - names:
            found.add(re.sub(r"\s+", " ", text)[:160])
    return found


def words_of(content: str, kind: str = "text/html") -> Iterator[str]:
    """Yield the texts of an answer: what stands there, what is read out, and what scripts will put there."""
    if "json" in kind:
        yield from _told(json.loads(content), "html")
        return
    for tag in lxml.html.fromstring(f"<div>{content}</div>").iter():
        if not isinstance(tag.tag, str):
            yield tag.tail or ""
            continue
        yield from _attributes_of(tag)
        if tag.tag == "script" and tag.get("type") == "application/json":
            yield from _told_in(tag.text or "")
        elif tag.tag == "script" and tag.get("type", "").startswith("text/"):
            yield from words_of(tag.text or "")
        elif tag.tag not in _SILENT and not (tag.get("data-side-panel-toggle-counter") is not None and tag.get("hidden") is not None):
            yield tag.text or ""
        yield tag.tail or ""


def _attributes_of(tag: HtmlElement) -> Iterator[str]:
    for name, value in tag.attrib.items():
        if name in _ATTRIBUTES or (name == "value" and tag.tag == "input" and tag.get("type") in {"submit", "button", "reset"}):
            yield value
        elif name.startswith("data-") and value[:1] in {"{", "["}:
            yield from _told_in(value)


def _told_in(value: str) -> Iterator[str]:
    try:
        data = json.loads(value)
    except ValueError:
        return
    yield from _told(data)


def _told(data: Any, key: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _told(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _told(value, key)
    elif isinstance(data, str):
        if "<" in data and ">" in data:
            yield from words_of(data)
        elif _TOLD.search(key) and not data.startswith(("{", "[")):
            yield data


@dataclass
class Form:
    """A form as it stands in a screen."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)  # names of fields into which something can be typed
    buttons: list[tuple[str, str]] = field(default_factory=list)


def forms_of(content: str, address: str) -> Iterator[Form]:
    """Yield the forms that are posted."""
    for tag in lxml.html.fromstring(f"<div>{content}</div>").iter("form"):
        if tag.get("method", "").lower() != "post":
            continue
        form = Form(tag.get("action") or address)
        for control in tag.iter("input", "textarea", "select", "button"):
            if name := control.get("name"):
                _put(form, control, name)
        yield form


def _put(form: Form, control: HtmlElement, name: str) -> None:
    kind = control.get("type", "text").lower()
    if control.tag == "button" or kind in {"submit", "button"}:
        form.buttons.append((name, control.get("value") or "1"))
    elif control.tag == "select":
        chosen = [option.get("value", "") for option in control.iter("option") if option.get("selected") is not None]
        form.values[name] = chosen if control.get("multiple") is not None else (chosen or [""])[0]
    elif kind in {"checkbox", "radio"}:
        if control.get("checked") is not None:
            # Of several boxes of one name all that are ticked are sent.
            before, value = form.values.get(name), control.get("value", "on")
            form.values[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    elif kind != "file":
        form.values[name] = control.text or "" if control.tag == "textarea" else control.get("value") or ""
        if kind != "hidden":
            form.typed.add(name)


def screens(known: Mapping[str, Mapping[str, list[Any]]], left_out: re.Pattern[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of every address of the newsroom with every choice of its parameters that is known.

    ``known`` says, for a part of the name ("" for all), which values a parameter can have.
    """
    for name, parameters in _named(get_resolver().url_patterns):
        if left_out.search(name):
            continue
        choices: list[dict[str, Any]] = [{}]
        for parameter in parameters:
            values = next((places[parameter] for part, places in known.items() if part in name and parameter in places), [])
            choices = [{**choice, parameter: value} for choice in choices for value in values]
        for choice in choices:
            yield name, choice


def _named(patterns: list[Any], spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _named(pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name)), list(pattern.pattern.regex.groupindex)
