"""Search fields whose text goes into the newsroom's index cut into words; the backend that asks for them is ``search.py``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from wagtail.search import index

from kawaraban.language.words import index_terms, language_of, letters, normal

# A story's texts are asked for six times while its entry is made: as fields, and as what begins so, for each of three columns.
_TEXTS_KEPT = 64
# PostgreSQL keeps an entry in a megabyte at most: three bytes a letter of Japanese, and two for where each word stands. No article is as long.
_LONGEST = 120_000
_MARKS = re.compile(r"[\W_]+")


@lru_cache(_TEXTS_KEPT)
def searchable(text: str) -> str:
    """Return a text as the index keeps it: its words, then its single kanji."""
    return " ".join((searched(text)[:_LONGEST], *sorted(letters(normal(text)))))


def searched(text: str) -> str:
    """Return a query as the index is asked for it."""
    # Each database would cut "covid-19" and "3.11" in a way of its own, and PostgreSQL reads -19 as a number.
    return " ".join(_MARKS.sub(" ", " ".join(index_terms(text, language_of(text)))).split())


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
