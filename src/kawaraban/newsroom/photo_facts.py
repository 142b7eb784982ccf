"""What a photo's file says of itself: IPTC (IIM) and XMP, as photographers and agencies write them.

Source: IPTC Photo Metadata Standard. A file is hostile input: whatever it holds, the answer is a few short texts or none.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFile, IptcImagePlugin

if TYPE_CHECKING:
    from typing import BinaryIO

logger = logging.getLogger(__name__)

LONGEST = {"title": 255, "credit": 200, "caption": 5000, "alt_text": 300, "rights_holder": 200}
# IIM record 2, by its dataset numbers; the first that is there is taken.
_IIM = {"title": (105, 5), "credit": (110, 80), "caption": (120,), "rights_holder": (116,)}
# XMP by the names of its properties without their prefixes; the first that is there is taken.
_XMP = {
    "title": ("Headline", "title"),
    "credit": ("Credit", "creator"),
    "caption": ("description",),
    "alt_text": ("AltTextAccessibility",),
    "rights_holder": ("CopyrightOwnerName", "rights"),
}
_UTF8_MARK = b"\x1b%G"


@dataclass(frozen=True)
class PhotoFacts:
    """Texts of a file; "" where it says nothing."""

    title: str = ""
    credit: str = ""
    caption: str = ""
    alt_text: str = ""
    rights_holder: str = ""


def facts_of(file: BinaryIO) -> PhotoFacts:
    """Read a picture's texts. XMP is believed before IIM, as the standard asks for; the file's position is left at its start."""
    try:
        file.seek(0)
        with Image.open(file) as image:
            iim, xmp = _iim(image), _xmp(image)
    except Exception:
        logger.info("a picture's texts could not be read", exc_info=True)
        return PhotoFacts()
    finally:
        file.seek(0)
    return PhotoFacts(
        **{name: (xmp.get(name) or iim.get(name) or "")[: LONGEST[name]] for name in (each.name for each in fields(PhotoFacts))}
    )


def _iim(image: ImageFile.ImageFile) -> dict[str, str]:
    info = IptcImagePlugin.getiptcinfo(image) or {}
    marked = _first(info.get((1, 90))) == _UTF8_MARK
    found = {}
    for name, numbers in _IIM.items():
        for number in numbers:
            if (raw := _first(info.get((2, number)))) and (text := _decoded(raw, utf8=marked)):
                found[name] = text
                break
    return found


def _first(value: Any) -> bytes:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, bytes) else b""


def _decoded(raw: bytes, *, utf8: bool) -> str:
    # A file that names no character set is an old one: in Japan that was Shift_JIS.
    for encoding in ("utf-8",) if utf8 else ("utf-8", "cp932", "latin-1"):
        try:
            return raw.decode(encoding).strip("\0 \r\n\t")
        except UnicodeDecodeError:
            continue
    return ""


def _xmp(image: Image.Image) -> dict[str, str]:
    described = image.getxmp().get("xmpmeta", {}).get("RDF", {}).get("Description", {})
    parts = described if isinstance(described, list) else [described]
    known: dict[str, str] = {}
    for part in parts:
        for key, value in part.items() if isinstance(part, dict) else ():
            if text := _text(value):
                known.setdefault(key, text)
    return {name: text for name, keys in _XMP.items() if (text := next((known[key] for key in keys if key in known), ""))}


def _text(value: Any) -> str:
    """Return the text of a property: itself, the first of a list, or that of its default language."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return next((text for each in value if (text := _text(each))), "")
    if isinstance(value, dict):
        for key in ("Alt", "Seq", "Bag", "li", "text"):
            if key in value and (text := _text(value[key])):
                return text
    return ""
