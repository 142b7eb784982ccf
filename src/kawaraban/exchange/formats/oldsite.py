"""What formats share that bring HTML from an old site: its text as blocks, its addresses, its words."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from kawaraban.exchange.letters import letters, one_line
from kawaraban.exchange.markup.blocks import blocks_of
from kawaraban.exchange.markup.captions import part_credit
from kawaraban.exchange.shapes import SourcePhoto

if TYPE_CHECKING:
    from collections import Counter

    from kawaraban.exchange.shapes import Block

_MARK = re.compile(r"<[^>]*>")


def body_of(text: str, base: str, noted: Counter[str], *, keep_lines: bool = False) -> tuple[Block, ...]:
    """Return a text in HTML as blocks, and count what came over otherwise."""
    blocks, counted = blocks_of(letters(text), base=base, keep_lines=keep_lines)
    noted += counted
    return blocks


def plain_of(text: str) -> str:
    """Return HTML's words in one line."""
    return one_line(html.unescape(_MARK.sub(" ", text)))


def path_of(address: str) -> str:
    """Return an old address as the reader plane looks it up; "" if it is none, or the front page."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    path = letters(unquote(parts.path)).rstrip("/")
    whole = path + (f"?{parts.query}" if parts.query else "")
    return whole if path.startswith("/") and not path.startswith("//") else ""


def photo_at(address: str, *, caption: str = "", alt_text: str = "", credit: str = "") -> SourcePhoto | None:
    """Return a picture by its address, with what stands below it; None where there is no address."""
    if not address.startswith(("http://", "https://", "/")):
        return None
    said = part_credit(plain_of(caption))
    return SourcePhoto(address=address, caption=said.caption, credit=credit or said.credit, alt_text=one_line(alt_text))
