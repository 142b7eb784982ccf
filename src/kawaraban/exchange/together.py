"""New stories that are written down together: most of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DataError, IntegrityError

from kawaraban.exchange.models import KeptFields
from kawaraban.newsroom.actions.publish_stories import publish_new_stories

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.exchange.shapes import SourceStory
    from kawaraban.newsroom.actions.publish_stories import NewStory
    from kawaraban.newsroom.models import StoryPage


class Together:
    """The stories of a batch that were laid by, in their order."""

    def __init__(self) -> None:
        self._laid_by: dict[str, tuple[int, SourceStory, datetime | None, NewStory]] = {}

    def __contains__(self, source_id: str) -> bool:
        """Whether a story waits here to be written."""
        return source_id in self._laid_by

    def lay_by(self, number: int, story: SourceStory, moment: datetime | None, new: NewStory) -> None:
        """Keep a story until the others are there."""
        self._laid_by[story.source_id] = (number, story, moment, new)

    def publish(self) -> tuple[list[tuple[SourceStory, StoryPage]], list[tuple[int, SourceStory, datetime | None]]]:
        """Publish what was laid by; return what stands now, and what has to go the single way, with its number in the batch."""
        laid_by, self._laid_by = list(self._laid_by.values()), {}
        if not laid_by:
            return [], []
        try:
            are_written = publish_new_stories(stories=[new for *_, new in laid_by], actor=None)
        except (ArithmeticError, ValueError, DataError, IntegrityError):
            # One of them cannot be kept as it is: written one by one, that one is told of, and the others stand.
            are_written = [False] * len(laid_by)
        standing = [(story, new.page) for (_, story, _, new), is_written in zip(laid_by, are_written, strict=True) if is_written]
        single = [
            (number, story, moment) for (number, story, moment, _), is_written in zip(laid_by, are_written, strict=True) if not is_written
        ]
        KeptFields.objects.bulk_create(KeptFields(story=page, fields=dict(story.fields)) for story, page in standing if story.fields)
        return standing, single
