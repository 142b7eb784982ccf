"""What of a source stands here: words, pictures, bylines, topics of a story, taken from what the database holds."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wagtail.models import PageLogEntry, Revision

from kawaraban.exchange.media.photos import called
from kawaraban.newsroom.models import StoryPage

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\s+")
_PICTURES = {"photo", "gallery", "missing_photo"}
_RICH = {"paragraph", "markup"}
_WRITING = ("wagtail.edit", "wagtail.revert")
_SAID = ("text", "speaker", "caption", "credit", "title")


@dataclass(frozen=True)
class Here:
    """A story as it stands here."""

    pk: int
    story_id: str
    title: str
    is_live: bool
    path: str
    words: str  # of its text, without blanks
    shown: str  # the same, with captions and credits where they stand
    captions: str  # with credits, of the pictures in it
    lead_caption: str
    pictures: int
    gaps: tuple[str, ...]  # what pictures are called that are missing
    bylines: int
    topics: int
    is_edited: bool  # somebody here wrote a version of it since it came
    came: Here | None  # where somebody did: as it stood when it came, if that version is kept
    is_withdrawn: bool  # readers saw it here, and do not any more


def stories_here(source: str, ids: Iterable[str]) -> dict[str, Here]:
    """Return what stands here of a source's stories, by their ids there: in a fixed number of queries, and a few for each that was edited."""
    asked = StoryPage.objects.filter(import_source=source, import_id__in=list(ids)).select_related("locale", "lead_photo")
    rows = list(asked.prefetch_related("bylines", "topics"))
    edited, came = _versions([row.pk for row in rows])
    return {row.import_id: _here(row, is_edited=row.pk in edited, came=came.get(row.pk)) for row in rows}


def _versions(pks: list[int]) -> tuple[set[int], dict[int, Here]]:
    """Return which stories somebody here wrote a version of, and as what these stood before the first such version."""
    names = [str(pk) for pk in pks]
    # The log names people whose accounts are gone, of whom a version says nothing any more.
    logged = PageLogEntry.objects.filter(page__in=pks, user__isnull=False, revision__isnull=False, action__in=_WRITING)
    by_people = set(logged.values_list("revision_id", flat=True))
    versions = Revision.page_revisions.filter(object_id__in=names).order_by("pk").values_list("pk", "object_id", "user_id")
    edited: set[int] = set()
    last: dict[int, int] = {}
    for version, name, user in versions:
        if user is not None or version in by_people:
            edited.add(int(name))
        elif int(name) not in edited:
            last[int(name)] = version
    kept = Revision.page_revisions.filter(pk__in=[version for pk, version in last.items() if pk in edited])
    return edited, {int(version.object_id): _here(version.as_object(), is_edited=False, came=None) for version in kept}


def _here(story: StoryPage, *, is_edited: bool, came: Here | None) -> Here:
    blocks = list(story.body.raw_data)
    photos = {block.value["photo"].pk: block.value["photo"] for block in story.body if block.block_type == "photo" and block.value["photo"]}
    told = [(block["type"] in _PICTURES, "".join(_words(block["type"], block["value"], photos))) for block in blocks]
    words = [part for is_picture, part in told if not is_picture]
    captions = [part for is_picture, part in told if is_picture]
    gaps = [{"address": "", "caption": "", "credit": ""} | block["value"] for block in blocks if block["type"] == "missing_photo"]
    lead = story.lead_photo
    return Here(
        pk=story.pk,
        story_id=story.story_id,
        title=story.title,
        is_live=story.live,
        path=story.reader_path,
        words=_BLANK.sub("", "".join(words)),
        shown=_BLANK.sub("", "".join(part for _is_picture, part in told)),
        captions=_BLANK.sub("", "".join(captions)),
        lead_caption=_BLANK.sub("", f"{story.lead_caption or (lead.caption if lead else '')}{lead.credit if lead else ''}"),
        pictures=sum(_pictures(block["type"], block["value"]) for block in blocks) + (lead is not None),
        gaps=tuple(called(*map(gap.get, ("address", "caption", "credit"))) for gap in gaps),
        bylines=len(story.bylines.all()),
        topics=len(story.topics.all()),
        is_edited=is_edited,
        came=came,
        is_withdrawn=not story.live and story.first_published_at is not None,
    )


def _words(kind: str, value: Any, photos: dict[int, Any]) -> list[str]:
    if isinstance(value, str):
        return [html.unescape(_MARK.sub("", value)) if kind in _RICH else value]
    if kind == "photo":
        photo = photos.get(value["photo"])
        return [value.get("caption") or (photo.caption if photo else ""), photo.credit if photo else ""]
    if kind == "gallery":
        return [value.get("caption", "")]
    if kind == "table":
        heads = [column["heading"] for column in value["columns"]]
        return [*heads, *(str(cell) for row in value["rows"] for cell in row["values"]), value.get("caption") or ""]
    if kind in {"embed", "story"}:
        return []
    return [_MARK.sub("", str(value.get(name, ""))) for name in _SAID] if isinstance(value, dict) else []


def _pictures(kind: str, value: Any) -> int:
    """Return how many pictures a block shows."""
    return {"photo": 1, "gallery": len(value["photos"]) if kind == "gallery" else 0}.get(kind, 0)
