"""Rankings that are made when they are asked for: by topic, by byline, in other orders than most read.

Those that were made within a second are kept. A reader node asks the newsroom, which alone knows the reads of all nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from kawaraban.audience.ranking import Rankings
    from kawaraban.audience.shapes import Asked, RankedStory
    from kawaraban.audience.shelf import Shelved

KEEP_SECONDS = 1.0
MOST_KEPT = 500


class AskedRankings:
    """What was asked for within this second."""

    def __init__(self, rankings: Callable[[], Rankings]) -> None:
        # Asks the newsroom, while it can be asked; OSError if it does not answer.
        self.newsroom: Callable[[Asked], Awaitable[tuple[RankedStory, ...]]] | None = None
        self._rankings = rankings
        self._kept: dict[Asked, tuple[RankedStory, ...]] = {}
        self._since = 0.0

    def kept(self, asked: Asked, now: float) -> tuple[RankedStory, ...] | None:
        """Return a ranking that was made within a second, if it was."""
        if now - self._since >= KEEP_SECONDS or len(self._kept) >= MOST_KEPT:
            self._kept, self._since = {}, now
        return self._kept.get(asked)

    def made(self, asked: Asked, now: float) -> tuple[RankedStory, ...]:
        """Return a ranking of our own reads."""
        rows = self.kept(asked, now)
        if rows is None:
            rankings = self._rankings()
            if not self._kept:
                rankings.advance(now)
            rows = self._kept[asked] = rankings.one(asked, now)
        return rows

    async def told(self, asked: Asked) -> tuple[RankedStory, ...]:
        """Return a ranking as the newsroom tells it; OSError if it cannot be asked."""
        if self.newsroom is None:
            raise OSError("there is no way to the newsroom")
        rows = self._kept[asked] = await self.newsroom(asked)
        return rows


def among(rows: Sequence[RankedStory], asked: Asked, stories: Mapping[str, Shelved]) -> tuple[RankedStory, ...]:
    """Return those rows that are of a topic and a byline, numbered anew."""
    found = [
        row
        for row in rows
        if (story := stories.get(row.story)) is not None
        and (not asked.topic or asked.topic in story.topics)
        and (not asked.byline or asked.byline in story.bylines)
    ]
    return tuple(structs.replace(row, rank=rank) for rank, row in enumerate(found, start=1))
