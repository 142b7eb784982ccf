"""Exports all published stories as ninjs items, one a line, in the form that the importer reads too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from kawaraban.exchange.feeds.bodies import Shown
from kawaraban.exchange.formats.ninjs.writing import item_of
from kawaraban.exchange.outgoing import content_name, write_photos
from kawaraban.newsroom.queries.editions import editions, sections_of
from kawaraban.newsroom.queries.stories import published_stories

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.newsroom.models import Photo

_BESIDE = ("topics", "bylines__person", "corrections", "names_in_it__name")


def export_file(path: Path, media: Path | None = None) -> int:
    """Write every published story, oldest first, and the originals of their photos into ``media``; return how many stories."""
    photos: dict[str, Photo] = {}

    def original(photo: Photo | None, caption: str, alt_text: str) -> Shown | None:
        if photo is None:
            return None
        name = content_name(photo)
        photos[name] = photo
        address = f"{settings.KAWARABAN_BASE_URL}/photos/{name}"
        return Shown(address, photo.width, photo.height, caption or photo.caption, photo.credit, alt_text or photo.default_alt_text)

    fronts = editions()
    nameplates = {front.language: front.nameplate for front in fronts}
    sections = {section.path: section.title for front in fronts for section in sections_of(front)}
    stories = published_stories().order_by("published_at", "pk").select_related("locale", "lead_photo").prefetch_related(*_BESIDE)
    count = 0
    with path.open("wb") as file:
        for story in stories.iterator(chunk_size=200):
            section = sections.get(story.path[: -story.steplen], "")
            item = item_of(story, nameplates.get(story.language, ""), section=section, show=original)
            file.write(msgspec.json.encode(item) + b"\n")
            count += 1
    if media is not None:
        write_photos(photos, media)
    return count
