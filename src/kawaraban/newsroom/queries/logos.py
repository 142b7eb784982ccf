"""The paper's logo: where it stands on the reader plane, how large it is there, and its file."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    from kawaraban.newsroom.models import Photo

# As portals want it at most; search engines take any.
WIDEST, HIGHEST = 700, 100


class Logo(NamedTuple):
    """A logo as programs find it: its path on the site, and its size in pixels."""

    url: str
    width: int
    height: int


def logo_of(photo: Photo | None) -> Logo | None:
    """Return where a picture stands as the paper's logo; None without one, or once its rights have ended."""
    if photo is None or not photo.may_be_shown() or not photo.width or not photo.height:
        return None
    scale = min(WIDEST / photo.width, HIGHEST / photo.height, 1.0)
    # A file that takes another's place has another name.
    digest = hashlib.blake2b(f"{photo.pk} {photo.file.name}".encode(), digest_size=5).hexdigest()
    return Logo(f"/assets/logo.{digest}.png", max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))


def logo_file(photo: Photo, logo: Logo) -> bytes:
    """Return the logo as PNG in the size that it is said to have."""
    with photo.file.storage.open(photo.file.name) as original, Image.open(original) as picture:
        made = picture.convert("RGBA").resize((logo.width, logo.height), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    made.save(written, "PNG", optimize=True)
    return written.getvalue()
