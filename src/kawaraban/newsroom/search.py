"""The newsroom's own search: Wagtail's, over words.

Wagtail's index takes a Japanese sentence for one long word, and finds nothing inside it. Here texts go into the index cut into
words (and single kanji), and queries are cut the same way.
"""

from __future__ import annotations

from typing import Any

from modelsearch.backends.database.sqlite.sqlite import (
    SQLiteAutocompleteQueryCompiler,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)
from modelsearch.query import Phrase, PlainText

from kawaraban.newsroom.search_fields import searched


class _InWords:
    """Cuts what is asked for into words before it is compiled."""

    def build_search_query_content(self, query: Any, config: Any = None) -> Any:
        """Compile a query of words."""
        if isinstance(query, PlainText):
            words = searched(query.query_string)
            query = PlainText(words or query.query_string, operator=query.operator, boost=query.boost)
        elif isinstance(query, Phrase):
            query = Phrase(searched(query.query_string) or query.query_string)
        return super().build_search_query_content(query, config=config)  # type: ignore[misc]


class WordsQueryCompiler(_InWords, SQLiteSearchQueryCompiler):
    """Asks for words."""


class WordsAutocompleteQueryCompiler(_InWords, SQLiteAutocompleteQueryCompiler):
    """Asks for words, the last of which may be unfinished."""


class SearchBackend(SQLiteSearchBackend):
    """What ``WAGTAILSEARCH_BACKENDS`` names."""

    query_compiler_class = WordsQueryCompiler
    autocomplete_query_compiler_class = WordsAutocompleteQueryCompiler
