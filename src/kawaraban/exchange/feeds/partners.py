"""What partners get: who they are, and the newest stories of each edition in the formats of agencies."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from kawaraban.exchange.feeds.lists import plain_sheet
from kawaraban.exchange.formats.newsml.writing import CLOSING, opening
from kawaraban.exchange.formats.ninjs.writing import moment
from kawaraban.newsroom.models import FrontPage, NewspaperSettings
from kawaraban.newsroom.queries.editions import editions
from kawaraban.press.registry import Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Partner, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROWS = 100


@touches(FrontPage)
def partners_changed(_: FrontPage) -> Iterator[Wanted]:
    """Ask for the partners' feeds, one an edition. When the chief sets who is a partner, everything is printed."""
    yield Wanted("partners", "site")


@plate("partners", keys=lambda: ["site"])
def print_partners(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print who may take stories and the feeds that they take; without a partner nothing stands there."""
    tokens = NewspaperSettings.load().partner_tokens
    known = {hashlib.sha256(token.encode()).hexdigest(): Partner(name) for token, name in tokens.items()}
    for key in {*log.keys(Kind.PARTNER), *known}:
        yield Change(Kind.PARTNER, key, known.get(key))
    for front in editions():
        slots = {
            shape: Slot(
                name="items",
                fill="stories",
                rows=ROWS,
                shape=shape,
                sources=(f"list:{front.language}/latest",),
                repeats=True,
                between="," if shape == "ninjs" else "",
            )
            for shape in ("ninjs", "newsml")
        }
        begun = opening(settings.KAWARABAN_BASE_URL, moment(front.last_published_at or timezone.now()))
        texts = {
            "ninjs.json": ("application/json", ('{"items": [', slots["ninjs"], "]}")),
            "newsml.xml": ("application/xml; charset=utf-8", (begun, slots["newsml"], CLOSING)),
        }
        for name, (content_type, pieces) in texts.items():
            path = f"/_partners/{front.language}/{name}"
            yield Change(Kind.SHEET, path, plain_sheet(path, front.language, content_type, pieces) if known else None)
