"""Words as XML holds them."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

# XML 1.0 cannot hold them at all, not even escaped; nor halves of letters, nor the last two places of a plane.
_UNHELD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(text: str, *, escaped: bool = True) -> str:
    """Return words for an element's text, without what XML cannot hold."""
    plain = _UNHELD.sub("", text)
    return escape(plain) if escaped else plain
