"""The newsroom's search where its database is SQLite."""

from __future__ import annotations

from typing import Any

from modelsearch.backends.database.sqlite.sqlite import (
    SQLiteAutocompleteQueryCompiler,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)

from kawaraban.newsroom.search import in_words


class _InWords:
    """Cuts what is asked for into words before it is compiled."""

    def build_search_query_content(self, query: Any, config: Any = None) -> Any:
        """Compile a query of words."""
        return super().build_search_query_content(in_words(query), config=config)  # type: ignore[misc]


class WordsQueryCompiler(_InWords, SQLiteSearchQueryCompiler):
    """Asks for words."""


class WordsAutocompleteQueryCompiler(_InWords, SQLiteAutocompleteQueryCompiler):
    """Asks for words, the last of which may be unfinished."""


class SearchBackend(SQLiteSearchBackend):
    """What ``WAGTAILSEARCH_BACKENDS`` names."""

    query_compiler_class = WordsQueryCompiler
    autocomplete_query_compiler_class = WordsAutocompleteQueryCompiler
