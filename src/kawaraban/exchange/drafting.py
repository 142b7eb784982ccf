"""From a source's blocks to those of a story's body."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from kawaraban.exchange import shapes
from kawaraban.exchange.media.photos import LONGEST_CAPTION
from kawaraban.newsroom.markup import harmless
from kawaraban.newsroom.models.blocks import Body

if TYPE_CHECKING:
    from collections.abc import Callable

    from kawaraban.newsroom.models import Photo, StoryPage

_TABLE = Body().child_blocks["table"]
_SENTENCE_END = re.compile(r"(?<=[。!?！？])|(?<=[.!?])\s")
_MARK = re.compile(r"<[^<>]*>")


class Drafting:
    """Writes the body of one story. ``photo`` gives a picture, or None for one that is missing; ``story`` one that is linked to."""

    def __init__(self, photo: Callable[[shapes.SourcePhoto], Photo | None], story: Callable[[str], StoryPage | None]) -> None:
        self._photo = photo
        self._story = story
        self.has_gaps = False  # a picture could not be had
        self.waits = False  # a story that is linked to is not here yet

    def body(self, blocks: tuple[shapes.Block, ...]) -> list[tuple[str, Any]]:
        """Return the blocks as a StreamField takes them."""
        return [written for block in blocks for written in self._block(block)]

    def lead(self, photo: shapes.SourcePhoto | None) -> tuple[Photo | None, list[tuple[str, Any]]]:
        """Return the lead photo; or, if it cannot be had, what marks its place."""
        if photo is None:
            return None, []
        found = self._photo(photo)
        return (found, []) if found is not None else (None, [self._gap(photo)])

    def _block(self, block: shapes.Block) -> list[tuple[str, Any]]:
        match block:
            case shapes.Picture(photo=photo):
                return [self._picture(photo)]
            case shapes.Pictures():
                return self._gallery(block)
            case shapes.LinkedStory(source_id=source_id):
                story = self._story(source_id)
                self.waits = self.waits or story is None
                return [("story", story)] if story is not None else []
            case _:
                return [_of_words(block)]

    def _picture(self, photo: shapes.SourcePhoto) -> tuple[str, Any]:
        found = self._photo(photo)
        return ("photo", _use(found, photo)) if found is not None else self._gap(photo)

    def _gallery(self, block: shapes.Pictures) -> list[tuple[str, Any]]:
        found = [(photo, self._photo(photo)) for photo in block.photos]
        uses = [_use(there, photo) for photo, there in found if there is not None]
        gaps = [self._gap(photo) for photo, there in found if there is None]
        caption = block.caption[:LONGEST_CAPTION]
        if len(uses) > 1:
            return [("gallery", {"photos": uses, "caption": caption}), *gaps]
        # One is no gallery; what stood below all of them stays with it.
        below = [("paragraph", f"<p>{html.escape(block.caption, quote=False)}</p>")] if block.caption else []
        return [*(("photo", use) for use in uses), *gaps, *below]

    def _gap(self, photo: shapes.SourcePhoto) -> tuple[str, Any]:
        self.has_gaps = True
        return "missing_photo", {
            "address": photo.address,
            "caption": photo.caption,
            "credit": photo.credit,
            "alt_text": photo.alt_text,
        }


def _of_words(block: shapes.Block) -> tuple[str, Any]:
    match block:
        case shapes.Paragraph(html=text):
            return "paragraph", text
        case shapes.Subheading(text=text):
            return "subheading", text
        case shapes.Quotation(text=text, speaker=speaker):
            return "quotation", {"text": text, "speaker": speaker}
        case shapes.Table():
            columns = [{"type": "text", "heading": heading} for heading in block.head]
            rows = [{"values": list(row)} for row in block.rows]
            return "table", _TABLE.to_python({"columns": columns, "rows": rows, "caption": block.caption})
        case shapes.Box(title=title, html=text):
            return "box", {"title": title, "text": text}
        case shapes.Embed(address=address, title=title):
            return "embed", {"address": address, "title": title or address[:100]}
        case shapes.Markup(html=text):
            return "markup", harmless(text)
    raise TypeError(f"no block is made of {block!r}")


def _use(found: Photo, photo: shapes.SourcePhoto) -> dict[str, Any]:
    # In more words than a use holds, it is the photo's own.
    caption = photo.caption if len(photo.caption) <= LONGEST_CAPTION else ""
    return {
        "photo": found,
        "caption": "" if caption == found.caption else caption,
        "alt_text": "" if photo.alt_text == found.alt_text else photo.alt_text,
    }


def first_words(blocks: tuple[shapes.Block, ...]) -> str:
    """Return the first sentence of a body."""
    first = next((block.html for block in blocks if isinstance(block, shapes.Paragraph)), "")
    return first_sentence(html.unescape(_MARK.sub("", first.partition("<br/>")[0])))


def first_sentence(text: str, longest: int = 90) -> str:
    """Return a text's first sentence, cut where it would be too long for one line."""
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0].strip()
    return sentence if len(sentence) <= longest else sentence[: longest - 1] + "…"
