"""Exports all published stories as JSON Lines, in the form that the importer reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kawaraban.exchange.letters import LONGEST_ID
from kawaraban.newsroom.models import StoryPage
from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.newsroom.queries.texts import body_text

if TYPE_CHECKING:
    from pathlib import Path


def export_file(path: Path) -> int:
    """Write every published story, oldest first; return how many."""
    count = 0
    ids = export_ids()
    stories = published_stories().order_by("published_at", "pk").select_related("locale").prefetch_related("topics", "bylines__person")
    with path.open("w", encoding="utf-8") as file:
        for story in stories.iterator(chunk_size=200):
            line = {
                "id": ids[story.pk],
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


def export_ids() -> dict[int, str]:
    """Return what each story of the newsroom is called in an export, by its primary key: no two alike, and the same in every export.

    A story has the id of its source, or its own. Where two sources use one id it is the story's that came here first, published or not,
    and the other's has its source before it: so no story is taken for another because one more came over, or one was withdrawn.
    """
    ids: dict[int, str] = {}
    taken: set[str] = set()
    rows = StoryPage.objects.order_by("pk").values_list("pk", "import_source", "import_id", "story_id")
    for pk, source, import_id, story_id in rows.iterator(chunk_size=2000):
        name = import_id or story_id
        choices = (name, f"{source}:{name}", f"{source}:{story_id}")
        ids[pk] = next(choice for choice in choices if choice not in taken and len(choice) <= LONGEST_ID)
        taken.add(ids[pk])
    return ids
