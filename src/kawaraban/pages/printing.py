"""From a template to a sheet: the template marks its slots, and what lies between them becomes the sheet's pieces."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language
from msgspec.structs import replace

from kawaraban.sheetlog.shapes import Card, Sheet, Slot

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from kawaraban.pages.shapes import Edition
    from kawaraban.sheetlog.shapes import Language

# Control characters that HTML cannot hold: nothing an editor writes can look like a mark.
MARK = "\x02{}\x03"
_MARKS = re.compile("\x02(\\d+)\x03")
# The marks inside a slot's own template.
ROW, CARD, END_ROW, EMPTY, BADGE = "\x02row\x03", "\x02card\x03", "\x02endrow\x03", "\x02empty\x03", "\x02badge\x03"


def print_sheet(  # noqa: PLR0913 - a sheet's own fields
    template: str,
    context: dict[str, Any],
    *,
    path: str,
    language: Language,
    kind: str,
    content_type: str = "text/html; charset=utf-8",
    status: int = 200,
    story: str = "",
    standing: Sequence[str] = (),
    keys: Sequence[str] = (),
) -> Sheet:
    """Render a template into a sheet. ``context["slots"]`` names the slots that its ``{% slot %}`` tags may use."""
    found: list[Slot] = []
    with translation.override(language):
        text = get_template(template).render({**context, "printed_slots": found, "path": path})
    pieces: list[str | Slot] = []
    for position, piece in enumerate(_MARKS.split(text)):
        if position % 2:
            pieces.append(found[int(piece)])
        elif piece:
            pieces.append(piece)
    return Sheet(
        path=path,
        content_type=content_type,
        status=status,
        language=language,
        kind=kind,
        story=story,
        standing=tuple(standing),
        pieces=tuple(pieces),
        modified_at=float(int(timezone.now().timestamp())),
        keys=tuple(keys),
    )


def print_card(template: str, context: dict[str, Any], language: Language) -> Card:
    """Render a card. Its template may mark with ``{% badge %}`` where a rank can stand."""
    with translation.override(language):
        text = get_template(template).render(context).strip()
    before, _, after = text.partition(BADGE)
    return Card(before, after)


class Dressing(NamedTuple):
    """The markup around a slot's rows."""

    opening: str
    closing: str
    row_opening: str
    row_closing: str
    empty: str


def dress_slot(slot: Slot, template: str, edition: Edition, words: Mapping[str, Hashable]) -> Slot:
    """Give a slot the markup around its rows, from its own small template and what its page says to it."""
    return replace(slot, **_dressing(template, get_language() or "", edition, tuple(sorted(words.items())))._asdict())


@lru_cache(512)
def _dressing(template: str, language: str, edition: Edition, words: tuple[tuple[str, Hashable], ...]) -> Dressing:
    """Return what a slot's template makes: the same on every page of an edition.

    Such a template is ``… {% row %}<li>{% card %}</li>{% endrow %} … {% empty %} …``; ``{rank}`` in a row becomes its number.
    """
    text = render_to_string(template, {"edition": edition, **dict(words)}).strip()
    filled, _, empty = text.partition(EMPTY)
    opening, _, rest = filled.partition(ROW)
    row, _, closing = rest.partition(END_ROW)
    row_opening, _, row_closing = row.partition(CARD)
    return Dressing(opening.strip(), closing.strip(), row_opening.strip(), row_closing.strip(), empty.strip())
