"""Exports all published stories as JSON Lines, in the form that the importer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.exchange.letters import LONGEST_ID
from kawaraban.exchange.outgoing import Outgoing, write_photos
from kawaraban.exchange.shapes import SourceByline, SourceCorrection
from kawaraban.newsroom.models import StoryPage
from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.newsroom.queries.texts import body_text

if TYPE_CHECKING:
    from pathlib import Path


def export_file(path: Path, media: Path | None = None) -> int:
    """Write every published story, oldest first, and the originals of their photos into ``media``; return how many stories."""
    count = 0
    ids = export_ids()
    live = set(published_stories().values_list("pk", flat=True))
    outgoing = Outgoing(lambda pk: ids[pk] if pk in live else "")
    originals = _originals(ids)
    stories = published_stories().order_by("published_at", "pk").select_related("locale", "lead_photo")
    stories = stories.prefetch_related("topics", "bylines__person", "corrections")
    with path.open("wb") as file:
        for story in stories.iterator(chunk_size=200):
            file.write(msgspec.json.encode(_line(story, ids, outgoing, originals)) + b"\n")
            count += 1
    if media is not None:
        write_photos(outgoing.photos, media)
    return count


def _line(story: StoryPage, ids: dict[int, str], outgoing: Outgoing, originals: dict[str, str]) -> dict[str, Any]:
    bylines = list(story.bylines.all())
    told = {
        "id": ids[story.pk],
        "title": story.title,
        "body": body_text(story),
        "section": story.get_parent().title,
        "topics": [topic.name for topic in story.topics.all()],
        "language": story.language,
        "published_at": story.published_at.isoformat(),
        "byline": [byline.person.name for byline in bylines],
        "url": story.source_url,
    }
    more = {
        "blocks": outgoing.blocks(story),
        "lead": outgoing.lead(story),
        "short_headline": story.short_headline,
        "summary": story.summary,
        "standfirst": story.standfirst,
        "source_name": story.source_name,
        "updated_at": story.updated_at.isoformat() if story.updated_at else None,
        "bylines": [SourceByline(byline.person.name, byline.role) for byline in bylines if byline.role != byline.TEXT]
        and [SourceByline(byline.person.name, byline.role) for byline in bylines],
        "corrections": [SourceCorrection(made.made_at, made.text, made.kind, made.wrong, made.right) for made in story.corrections.all()],
        "translation_of": originals.get(ids[story.pk]),
    }
    # A summary that is empty is one that nobody wanted.
    return told | {name: value for name, value in more.items() if value or name == "summary"}


def _originals(ids: dict[int, str]) -> dict[str, str]:
    """Return which story each translation is of: the one of its kind that is there longest and is none."""
    rows = published_stories().order_by("published_at", "pk").values_list("pk", "translation_key")
    first: dict[Any, int] = {}
    found = {}
    for pk, key in rows:
        if first.setdefault(key, pk) != pk:
            found[ids[pk]] = ids[first[key]]
    return found


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
