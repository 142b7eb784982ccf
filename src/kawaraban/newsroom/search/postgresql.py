"""The newsroom's search where its database is PostgreSQL."""

from __future__ import annotations

from typing import Any

from modelsearch.backends.database.postgres.postgres import (
    PostgresAutocompleteQueryCompiler,
    PostgresSearchBackend,
    PostgresSearchQueryCompiler,
)

from kawaraban.newsroom.search import in_words


class _InWords:
    """Cuts what is asked for into words before it is compiled."""

    def build_tsquery_content(self, query: Any, config: Any = None, *, invert: bool = False) -> Any:
        """Compile a query of words."""
        return super().build_tsquery_content(in_words(query), config=config, invert=invert)  # type: ignore[misc]

    def get_fields_vectors(self, search_query: Any) -> Any:
        """Return where single fields are looked for: in the index, which keeps titles apart; the fields themselves are not cut into words."""
        vectors = self.get_index_vectors(search_query)  # type: ignore[attr-defined]
        return vectors[:1] if list(self.fields) == ["title"] else vectors  # type: ignore[attr-defined]


class WordsQueryCompiler(_InWords, PostgresSearchQueryCompiler):
    """Asks for words."""


class WordsAutocompleteQueryCompiler(_InWords, PostgresAutocompleteQueryCompiler):
    """Asks for words, the last of which may be unfinished."""


class SearchBackend(PostgresSearchBackend):
    """What ``WAGTAILSEARCH_BACKENDS`` names."""

    query_compiler_class = WordsQueryCompiler
    autocomplete_query_compiler_class = WordsAutocompleteQueryCompiler

    def __init__(self, params: dict[str, Any]) -> None:
        """Take words as they are, whatever language the server was set up for: they are cut and stemmed already."""
        super().__init__({**params, "SEARCH_CONFIG": "simple"})
