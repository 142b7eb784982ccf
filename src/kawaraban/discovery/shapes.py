"""What is asked of the search, and what it answers."""

from __future__ import annotations

from typing import Literal

import msgspec

LONGEST_QUERY = 200
# A reader turns no more pages than this; a program may.
LARGEST_OFFSET = 10_000


class Query(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reader is looking for. Any text is a query; what is beyond LONGEST_QUERY characters is not looked at."""

    text: str
    language: str = ""  # "" : all editions
    section: str = ""  # slug
    topic: str = ""  # slug
    byline: str = ""  # a name, as stories bear it
    since: float = 0.0  # seconds since 1970; 0: no bound
    until: float = 0.0  # not itself within; 0: no bound
    limit: int = 20
    offset: int = 0
    newest: bool = False
    facets: bool = False  # count what was found by section, language, topic and year
    snippets: bool = False  # tell where in the text it was found
    asker: str = ""  # the network to count once, for what is searched often; "" : count none

    @property
    def is_bounded(self) -> bool:
        """Whether only a part of an edition is looked through."""
        return bool(self.section or self.topic or self.byline or self.since or self.until)


# Pieces of a text, in order; those at odd places were looked for.
Marked = tuple[str, ...]


class Snippet(msgspec.Struct, frozen=True):
    """Where in a story it was found."""

    title: Marked
    text: Marked


class Facets(msgspec.Struct, frozen=True):
    """How many stories were found by what they are; largest first, years newest first."""

    sections: tuple[tuple[str, int], ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    topics: tuple[tuple[str, str, int], ...] = ()  # slug, name
    years: tuple[tuple[str, int], ...] = ()


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found, best first."""

    stories: tuple[str, ...]
    total: int
    near: bool = False  # nothing has all that was asked for; these have some of it
    instead: str = ""  # what may have been meant
    snippets: tuple[Snippet, ...] = ()  # one a story, if they were asked for
    facets: Facets | None = None


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody may be about to ask for."""

    kind: Literal["name", "topic", "story", "word"]
    text: str
    target: str = ""  # a topic's slug, a story's id
