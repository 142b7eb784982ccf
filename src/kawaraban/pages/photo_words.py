"""What goes along in each file of a photo: what it shows and whose it is, in XMP, as IPTC's photo metadata standard has it.

A picture that is saved from a page keeps its credit so. What the camera wrote (place, serial number) does not go along; nor does a C2PA
manifest: it signs the original's bytes, which no smaller picture has, and we hold no key to sign for a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from kawaraban.newsroom.models import Photo

# A file stays small: of a long caption its beginning goes along.
LONGEST_CAPTION = 1000
_OPENING = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">'
)
_CLOSING = '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'


def words_of(photo: Photo) -> bytes:
    """Return the XMP packet of a photo's files."""
    parts = [
        _element("photoshop:Credit", photo.credit),
        _in_default("dc:description", photo.caption[:LONGEST_CAPTION]),
        _in_default("dc:rights", photo.rights_holder),
        _in_default("Iptc4xmpCore:AltTextAccessibility", photo.alt_text),
        "<xmpRights:Marked>True</xmpRights:Marked>" if photo.rights_holder or photo.credit else "",
    ]
    return (_OPENING + "".join(parts) + _CLOSING).encode()


def say_otherwise(before: Photo, after: Photo) -> bool:
    """Whether a photo's files say something else than it does now."""
    return words_of(before) != words_of(after)


def _element(name: str, text: str) -> str:
    return f"<{name}>{_letters(text)}</{name}>" if text.strip() else ""


def _in_default(name: str, text: str) -> str:
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{_letters(text)}</rdf:li></rdf:Alt></{name}>' if text.strip() else ""


def _letters(text: str) -> str:
    return escape("".join(letter for letter in text if letter >= " " or letter in "\t\n\r"))
