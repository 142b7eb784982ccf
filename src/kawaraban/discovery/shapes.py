"""What is asked of the search, and what it answers."""

from __future__ import annotations

import msgspec

LONGEST_QUERY = 200


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader is looking for. Any text is a query; what is beyond LONGEST_QUERY characters is not looked at."""

    text: str
    language: str = ""  # "" : all editions
    section: str = ""
    limit: int = 20
    offset: int = 0
    newest: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What was found, best first."""

    stories: tuple[str, ...]
    total: int
