"""Sentences of reports: English where they are made, and in the reader's language where they are shown.

A report is written once and read by people of several languages, so each sentence goes into it with what it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Self

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.counting import writable

BETWEEN = ", "


class Said(str):
    """A sentence in English, or a piece of one, that knows its pattern (marked by ``gettext_noop``) and what stands in it."""

    __slots__ = ("pattern", "within")

    pattern: str
    within: dict[str, Any]

    def __new__(cls, pattern: str, /, **within: Any) -> Self:
        """Make a sentence of a pattern such as "its address answers %(status)s"."""
        return cls._made(pattern % within if within else pattern, pattern, within)

    @classmethod
    def _made(cls, text: str, pattern: str, within: dict[str, Any]) -> Self:
        # In one line, and in letters that every terminal and report can show, whatever a parser has to say.
        said = super().__new__(cls, writable(" ".join(text.split())))
        said.pattern, said.within = pattern, within
        return said

    @classmethod
    def of(cls, text: str) -> Said:
        """Return a text as a sentence: itself, where it is one."""
        return text if isinstance(text, Said) else cls("%(text)s", text=text)

    @classmethod
    def several(cls, texts: Iterable[str]) -> Said:
        """Return several pieces side by side."""
        parts = list(texts)
        return cls._made(BETWEEN.join(parts), "", {"parts": parts})

    def __reduce__(self) -> tuple[Any, ...]:
        """Be copied with all that it knows."""
        return Said._made, (str(self), self.pattern, self.within)

    def as_data(self) -> list[Any]:
        """Return what it is made of, as JSON holds it."""
        return [self.pattern, {name: _as_data(value) for name, value in self.within.items()}]


def _as_data(value: Any) -> Any:
    if isinstance(value, Said):
        return value.as_data()
    if isinstance(value, list):
        return [_as_data(part) for part in value]
    return value if isinstance(value, int) else writable(str(value))


def sentences_in(value: Any) -> dict[str, list[Any]]:
    """Return what the sentences in dataclasses, dictionaries and lists are made of, by their English."""
    found: dict[str, list[Any]] = {}
    _gather(value, found)
    return found


def _gather(value: Any, found: dict[str, list[Any]]) -> None:
    if isinstance(value, Said):
        found[str(value)] = value.as_data()
    elif is_dataclass(value):
        for field in fields(value):
            _gather(getattr(value, field.name), found)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            _gather(name, found)
            _gather(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _gather(part, found)


def told(text: str, sentences: Mapping[str, list[Any]]) -> str:
    """Return a sentence of a report in the language of who reads it; as it is, where nothing says what it is made of."""
    made = sentences.get(text)
    return " ".join(str(_told(made)).split()) if made else text


def _told(made: Any) -> Any:
    if not isinstance(made, list):
        return made
    pattern, within = made
    if not pattern:
        # In a context of its own: Wagtail cuts "1 hour, 13 minutes" at its comma, which Django would put into words by the same entry.
        return pgettext("between sentences", BETWEEN).join(str(_told(part)) for part in within["parts"])
    words = gettext(pattern)
    return words % {name: _told(value) for name, value in within.items()} if within else words


def line_of(name: str, line: int) -> Said:
    """Say where something stands in a file."""
    return Said(_("%(file)s, line %(line)s"), file=name, line=line)
