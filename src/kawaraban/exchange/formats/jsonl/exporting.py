"""Exports all published stories as JSON Lines, in the form that the importer reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.newsroom.queries.texts import body_text

if TYPE_CHECKING:
    from pathlib import Path


def export_file(path: Path) -> int:
    """Write every published story, oldest first; return how many."""
    count = 0
    stories = published_stories().order_by("published_at", "pk").select_related("locale").prefetch_related("topics", "bylines__person")
    with path.open("w", encoding="utf-8") as file:
        for story in stories.iterator(chunk_size=200):
            line = {
                "id": story.import_id or story.story_id,
                "title": story.title,
                "body": body_text(story),
                "section": story.get_parent().title,
                "topics": [topic.name for topic in story.topics.all()],
                "language": story.language,
                "published_at": story.published_at.isoformat(),
                "byline": [byline.person.name for byline in story.bylines.all()],
                "url": story.source_url,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count
