"""Search fields whose text goes into the newsroom's index cut into words; the backend that asks for them is ``search.py``."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from wagtail.search import index

from kawaraban.language.words import index_terms, language_of, letters, normal

if TYPE_CHECKING:
    from collections.abc import Iterator

_held: ContextVar[bool] = ContextVar("indexing held", default=False)


@contextmanager
def indexing_held() -> Iterator[None]:
    """Leave stories that are saved meanwhile out of the index: another save of them follows, and cutting a text into words is dear."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def is_indexing_held() -> bool:
    """Whether stories are being saved that will be saved again."""
    return _held.get()


def searchable(text: str) -> str:
    """Return a text as the index keeps it: its words, then its single kanji."""
    words = index_terms(text, language_of(text))
    return " ".join((*words, *sorted(letters(normal(text)))))


def searched(text: str) -> str:
    """Return a query as the index is asked for it."""
    return " ".join(index_terms(text, language_of(text)))


class WordsField(index.SearchField):
    """A field whose text is searched by its words."""

    def get_value(self, obj: Any) -> str:
        """Return the field's text as the index keeps it."""
        return _searchable_value(super().get_value(obj))


class WordsAutocompleteField(index.AutocompleteField):
    """A field that is found while its first words are typed."""

    def get_value(self, obj: Any) -> str:
        """Return the field's text as the index keeps it."""
        return _searchable_value(super().get_value(obj))


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
