"""What formats share that bring HTML from an old site: its text as blocks, its addresses, its words."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.letters import letters, one_line
from kawaraban.exchange.markup.blocks import blocks_of
from kawaraban.exchange.markup.captions import part_credit
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import SourcePhoto

if TYPE_CHECKING:
    from kawaraban.exchange.noting import Noted
    from kawaraban.exchange.shapes import Block

# Counted by what a source calls them.
DRAFTS, COMMENTS = _("drafts: %(state)s"), _("comments: %(state)s")
# In WordPress's words; what plugins call theirs stays as it is.
STATES = tuple(map(Said, (_("draft"), _("pending"), _("private"), _("approved"), _("waiting"), _("spam"), _("trash"))))
_MARK = re.compile(r"<[^<>]*>")


def body_of(text: str, base: str, noted: Noted, *, keep_lines: bool = False) -> tuple[Block, ...]:
    """Return a text in HTML as blocks, and count what came over otherwise."""
    blocks, counted = blocks_of(letters(text), base=base, keep_lines=keep_lines)
    noted.take(counted)
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


def state_of(name: str) -> Said:
    """Return what a source calls a state, to be said in other languages where it is one that is known."""
    return STATES[STATES.index(name)] if name in STATES else Said.of(name)
