"""Search fields whose text goes into the newsroom's index cut into words; the backend that asks for them is ``search.py``."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wagtail.search import index

from kawaraban.language.words import index_terms, language_of, letters, normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A story's texts are asked for six times while its entry is made: as fields, and as what begins so, for each of three columns.
_TEXTS_KEPT = 64
# PostgreSQL keeps an entry in a megabyte at most: three bytes a letter of Japanese, and two for where each word stands. No article is as long.
_LONGEST = 120_000
_MARKS = re.compile(r"[\W_]+")
_taken: ContextVar[dict[tuple[int, str], tuple[Any, str]] | None] = ContextVar("texts of the rows that go into the index", default=None)


@lru_cache(_TEXTS_KEPT)
def searchable(text: str) -> str:
    """Return a text as the index keeps it: its words, then its single kanji."""
    return " ".join((searched(text)[:_LONGEST], *sorted(letters(normal(text)))))


def searched(text: str) -> str:
    """Return a query as the index is asked for it."""
    # Each database would cut "covid-19" and "3.11" in a way of its own, and PostgreSQL reads -19 as a number.
    return " ".join(_MARKS.sub(" ", " ".join(index_terms(text, language_of(text)))).split())


@contextmanager
def texts_taken_once() -> Iterator[None]:
    """Take each text of a row once while rows go into the index, which asks for it six times; they do not change meanwhile."""
    token = _taken.set({})
    try:
        yield
    finally:
        _taken.reset(token)


class WordsField(index.SearchField):
    """A field whose text is searched by its words."""

    def get_value(self, obj: Any) -> str:
        """Return the field's text as the index keeps it."""
        return _once(obj, self.field_name, super().get_value)


class WordsAutocompleteField(index.AutocompleteField):
    """A field that is found while its first words are typed."""

    def get_value(self, obj: Any) -> str:
        """Return the field's text as the index keeps it."""
        return _once(obj, self.field_name, super().get_value)


def _once(obj: Any, name: str, value: Callable[[Any], Any]) -> str:
    taken = _taken.get()
    if taken is None:
        return _searchable_value(value(obj))
    if (id(obj), name) not in taken:
        # With the row itself, so that no other gets its number meanwhile.
        taken[id(obj), name] = obj, _searchable_value(value(obj))
    return taken[id(obj), name][1]


def _searchable_value(value: Any) -> str:
    return searchable(" ".join(value) if isinstance(value, (list, tuple)) else str(value or ""))


def page_search_fields(model: Any) -> list[Any]:
    """Return a Wagtail model's own search fields, with those that hold text searched by words."""
    found = []
    for field in model.search_fields:
        if type(field) is index.SearchField:
            found.append(WordsField(field.field_name, boost=field.boost))
        elif type(field) is index.AutocompleteField:
            found.append(WordsAutocompleteField(field.field_name))
        else:
            found.append(field)
    return found
