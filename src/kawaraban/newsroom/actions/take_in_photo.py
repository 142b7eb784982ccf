"""Takes a photo into the newsroom's collection, from a file that somebody else made."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image

from kawaraban.newsroom.models import Photo
from kawaraban.newsroom.photo_facts import facts_of

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.newsroom.models import User

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
MOST_DOTS = 80_000_000
_ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "AVIF": ".avif", "TIFF": ".tif", "BMP": ".bmp"}


@dataclass(frozen=True, kw_only=True)
class PhotoDraft:
    """What is known of a photo beside its file; where a text is "", what the file says of itself (IPTC, XMP) stands."""

    title: str = ""
    credit: str = ""
    caption: str = ""
    alt_text: str = ""
    rights_holder: str = ""
    rights_end: datetime | None = None


def take_in_photo(*, content: bytes, name: str, draft: PhotoDraft, actor: User | None) -> Photo:
    """Keep a photo. Raises ValidationError, with a sentence, if the file is no picture that a page can show."""
    kind, size = _looked_into(content)
    facts = facts_of(io.BytesIO(content))
    stem = PurePath(name.replace("\\", "/")).stem or "photo"
    photo = Photo(
        title=(draft.title or facts.title or stem)[:255],
        credit=(draft.credit or facts.credit)[:200],
        caption=draft.caption or facts.caption,
        alt_text=(draft.alt_text or facts.alt_text)[:300],
        rights_holder=(draft.rights_holder or facts.rights_holder)[:200],
        rights_end=draft.rights_end,
        uploaded_by_user=actor,
        width=size[0],
        height=size[1],
        file_size=len(content),
    )
    # Its ending says what it is, whatever it was called.
    photo.file = ImageFile(io.BytesIO(content), name=stem[:80] + _ENDINGS[kind])
    with transaction.atomic():
        photo.save()
    return photo


def _looked_into(content: bytes) -> tuple[str, tuple[int, int]]:
    """Say what kind of picture a file is, and how large; each of its dots is read, so that a broken one is known now."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            kind, size = str(picture.format), picture.size
            if size[0] * size[1] > MOST_DOTS:
                raise ValidationError(f"it has {size[0]} × {size[1]} dots, more than {MOST_DOTS // 1_000_000} million")
            picture.load()
    except ValidationError:
        raise
    except Exception as error:
        # Whatever a decoder stumbles over: the file is somebody else's.
        raise ValidationError("it is no picture that can be read (JPEG, PNG, GIF, WebP, AVIF, TIFF, BMP)") from error
    return kind, size
