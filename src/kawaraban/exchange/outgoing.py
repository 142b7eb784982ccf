"""From a story's body back to the blocks of a source: what an export tells, so that an import makes the same of it."""

from __future__ import annotations

import shutil
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from wagtail.rich_text import expand_db_html
from wagtail.utils.file import hash_filelike

from kawaraban.exchange import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kawaraban.newsroom.models import Photo, StoryPage


class Outgoing:
    """Tells stories. ``name`` says what a story is called in the export, or "" if it is not in it."""

    def __init__(self, name: Callable[[int], str]) -> None:
        self._name = name
        self.photos: dict[str, Photo] = {}  # by the addresses that were given

    def blocks(self, story: StoryPage) -> list[shapes.Block]:
        """Return a story's body."""
        return [told for block in story.body if (told := self._block(block.block_type, block.value)) is not None]

    def lead(self, story: StoryPage) -> shapes.SourcePhoto | None:
        """Return the lead photo."""
        return self._photo(story.lead_photo, story.lead_caption, story.lead_alt) if story.lead_photo else None

    def _block(self, kind: str, value: Any) -> shapes.Block | None:
        match kind:
            case "paragraph":
                return shapes.Paragraph(_whole(str(value.source)))
            case "subheading":
                return shapes.Subheading(str(value))
            case "quotation":
                return shapes.Quotation(value["text"], value["speaker"])
            case "box":
                return shapes.Box(value["title"], _whole(str(value["text"].source)))
            case "embed":
                return shapes.Embed(value["address"], value["title"])
            case "markup":
                return shapes.Markup(str(value))
            case "table":
                head = tuple(str(column["heading"]) for column in value.columns)
                rows = tuple(tuple(str(cell.value) for cell in row) for row in value.rows)
                return shapes.Table(head, rows, value.caption or "")
            case _:
                return self._shown(kind, value)

    def _shown(self, kind: str, value: Any) -> shapes.Block | None:
        if kind == "photo":
            photo = self._photo(value["photo"], value["caption"], value["alt_text"]) if value["photo"] else None
            return shapes.Picture(photo) if photo else None
        if kind == "gallery":
            uses = [use for use in value["photos"] if use["photo"]]
            return shapes.Pictures(tuple(self._photo(use["photo"], use["caption"], use["alt_text"]) for use in uses), value["caption"])
        if kind == "missing_photo":
            words = {name: value[name] for name in ("address", "caption", "credit", "alt_text")}
            return shapes.Picture(shapes.SourcePhoto(**words))
        if kind == "story" and value is not None and (name := self._name(value.pk)):
            return shapes.LinkedStory(name)
        return None

    def _photo(self, photo: Photo, caption: str, alt_text: str) -> shapes.SourcePhoto:
        address = f"/photos/{content_name(photo)}"
        self.photos[address] = photo
        return shapes.SourcePhoto(
            address=address,
            title=photo.title,
            caption=caption or photo.caption,
            own_caption=photo.caption,
            credit=photo.credit,
            alt_text=alt_text or photo.alt_text,
            rights_holder=photo.rights_holder,
            rights_end=photo.rights_end,
        )


def content_name(photo: Photo) -> str:
    """Name a photo's original by its content, and write that down nowhere.

    Where Wagtail does, while stories are still being read, SQLite refuses as soon as another has written meanwhile.
    """
    digest = photo.file_hash
    if not digest:
        with photo.open_file() as original:
            digest = hash_filelike(original)
    return f"{digest}{PurePath(photo.file.name).suffix.lower()}"


def write_photos(photos: Mapping[str, Photo], media: Path) -> None:
    """Write photos' originals into a directory, under the last part of the addresses that they were given."""
    media.mkdir(parents=True, exist_ok=True)
    for address, photo in photos.items():
        with photo.file.storage.open(photo.file.name) as original, (media / PurePath(address).name).open("wb") as copy:
            shutil.copyfileobj(original, copy)


def _whole(markup: str) -> str:
    """Return rich text with links to pages of ours as addresses: elsewhere their numbers are others'."""
    return str(expand_db_html(markup)) if "linktype=" in markup else markup
