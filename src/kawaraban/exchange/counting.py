"""What a second reader counts in a source: it shares no code with the import, so that a mistake of one is seen by the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CountedItem:
    """Something in a source, as the second reader sees it."""

    source_id: str
    kind: str = "story"  # story, page, photo, comment, or what the source calls it
    title: str = ""
    state: str = "published"  # published, scheduled, draft
    text: str = ""  # words as readers see them, without blanks
    pictures: int = 0
    addresses: tuple[str, ...] = ()  # where it stood, as paths
    bylines: int = 0
    topics: int = 0
