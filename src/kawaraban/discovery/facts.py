"""What is kept in memory of every document: little, for there are a hundred thousand."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery.days import first_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.sheetlog.shapes import Document


class Facts(msgspec.Struct, frozen=True, gc=False):
    """A document without its texts."""

    language: str
    section: str
    published_at: float
    happened_at: float | None  # when it was published, or of what day it tells; None: nobody knows
    topics: tuple[str, ...]
    names: tuple[str, ...]
    translations: tuple[str, ...]
    source: str
    source_id: str


def happened_at(document: Document) -> float | None:
    """Return when a story was published, in seconds since 1970; of one whose moment nobody told, the first day that its text names, if it does."""
    return document.published_at if document.is_dated else first_day(f"{document.title}\n{document.body}")


class Documents:
    """The facts of all documents that stand, by id, and the topics that they have."""

    def __init__(self) -> None:
        self._facts: dict[str, Facts] = {}
        self._topics: dict[tuple[str, str], str] = {}  # (language, slug): its name
        self._with_topic: Counter[tuple[str, str]] = Counter()
        self.topics_changed = 0  # grows whenever there are others

    def put(self, document: Document) -> None:
        """Take a document, in the place of what was known of it."""
        self.drop(document.id)
        self._facts[document.id] = Facts(
            language=sys.intern(document.language),
            section=sys.intern(document.section),
            published_at=document.published_at,
            happened_at=happened_at(document),
            topics=tuple(map(sys.intern, document.topics)),
            names=tuple(map(sys.intern, document.names)),
            translations=document.translations,
            source=sys.intern(document.source),
            source_id=document.source_id,
        )
        for slug, name in zip(document.topics, document.topic_names, strict=False):
            key = (document.language, slug)
            self._with_topic[key] += 1
            if self._topics.get(key) != name:
                self._topics[key] = name
                self.topics_changed += 1

    def drop(self, story: str) -> None:
        """Forget a document."""
        known = self._facts.pop(story, None)
        for slug in known.topics if known else ():
            key = (known.language, slug) if known else ("", "")
            self._with_topic[key] -= 1
            if self._with_topic[key] <= 0:
                del self._with_topic[key]
                self._topics.pop(key, None)
                self.topics_changed += 1

    def get(self, story: str) -> Facts | None:
        """Return what is known of a document."""
        return self._facts.get(story)

    def ids(self) -> list[str]:
        """Return the ids of all documents."""
        return list(self._facts)

    def topic_name(self, language: str, slug: str) -> str:
        """Return a topic's name in an edition, or in any; "" if no document has it."""
        return self._topics.get((language, slug)) or next((name for (_, other), name in list(self._topics.items()) if other == slug), "")

    def topics(self) -> Iterable[tuple[str, str, str, int]]:
        """Return (language, slug, name, number of documents) of every topic."""
        return [(language, slug, name, self._with_topic[language, slug]) for (language, slug), name in list(self._topics.items())]

    def __contains__(self, story: str) -> bool:
        return story in self._facts

    def __len__(self) -> int:
        return len(self._facts)
