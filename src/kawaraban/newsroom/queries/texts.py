"""A story's words without their markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kawaraban.newsroom.models import StoryPage

_BLANKS = re.compile(r"[ \t\r\f\v]+")


def body_text(story: StoryPage) -> str:
    """Return the body's words as plain text, paragraphs split by a blank line."""
    # Blocks give words, not markup: an angle bracket in them is one that readers see.
    parts = (str(part) for block in story.body for part in block.block.get_searchable_content(block.value))
    lines = (_BLANKS.sub(" ", part).strip() for part in parts)
    return "\n\n".join(line for line in lines if line)
