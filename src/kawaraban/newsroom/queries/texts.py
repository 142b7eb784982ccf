"""A story's words without their markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.newsroom.models import Photo, StoryPage

_BLANKS = re.compile(r"[ \t\r\f\v]+")


def body_text(story: StoryPage) -> str:
    """Return the body's words as plain text, paragraphs split by a blank line."""
    # Blocks give words, not markup: an angle bracket in them is one that readers see.
    parts = (str(part) for block in story.body for part in block.block.get_searchable_content(block.value))
    lines = (_BLANKS.sub(" ", part).strip() for part in parts)
    return "\n\n".join(line for line in lines if line)


def photos_of(story: StoryPage) -> Iterator[Photo]:
    """Yield the photos of a story, as readers see them: its own, and those of its body."""
    uses = [{"photo": story.lead_photo}]
    for block in story.body:
        uses += [block.value] if block.block_type == "photo" else block.value["photos"] if block.block_type == "gallery" else []
    yield from (use["photo"] for use in uses if use["photo"] is not None)
