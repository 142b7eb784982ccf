"""The newsroom's own search: Wagtail's, over words.

Wagtail's index takes a Japanese sentence for one long word, and finds nothing inside it. Here texts go into the index cut into
words (and single kanji), and queries are cut the same way. Each database has a backend of its own.
"""

from __future__ import annotations

from typing import Any

from modelsearch.query import Phrase, PlainText

from kawaraban.newsroom.search_fields import searched


def in_words(query: Any) -> Any:
    """Return a query whose text is cut into words; what it is made of is cut when that is compiled."""
    if isinstance(query, PlainText):
        return PlainText(searched(query.query_string) or query.query_string, operator=query.operator, boost=query.boost)
    if isinstance(query, Phrase):
        return Phrase(searched(query.query_string) or query.query_string)
    return query
