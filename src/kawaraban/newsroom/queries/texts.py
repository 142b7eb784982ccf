"""A story's words without their markup."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from django.utils.html import strip_tags

if TYPE_CHECKING:
    from kawaraban.newsroom.models import StoryPage

_BLANKS = re.compile(r"[ \t\r\f\v]+")


def body_text(story: StoryPage) -> str:
    """Return the body's words as plain text, paragraphs split by a blank line."""
    parts = [strip_tags(str(part)) for block in story.body for part in block.block.get_searchable_content(block.value)]
    lines = (_BLANKS.sub(" ", html.unescape(part)).strip() for part in parts)
    return "\n\n".join(line for line in lines if line)
