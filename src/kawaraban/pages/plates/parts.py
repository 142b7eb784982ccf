"""Prints the small blocks that change with the clock: the date, the weather's age, breaking news that ends, the list of sections."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import timezone, translation

from kawaraban.language.dates import date_in_words
from kawaraban.newsroom.queries.editions import edition_of, editions
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.press.registry import FIRST, Wanted, plate
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, TimedPart, Variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.newsroom.models import FrontPage
    from kawaraban.pages.shapes import Edition

# The reader plane shows the right date for so long with the newsroom away.
DAYS_AHEAD = 400


@plate("parts", keys=lambda: [front.language for front in editions()], turn=FIRST)
def print_parts(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print date, sections and breaking line of these editions. The weather's part is printed by what fetches it."""
    views = edition_views()
    for language in sorted({item.key for item in wanted} & set(views)):
        edition = views[language]
        with translation.override(language):
            yield Change(Kind.PART, f"{language}/date", _dates(edition))
            sections = render_to_string("parts/sections.html", {"edition": edition}).strip()
            yield Change(Kind.PART, f"{language}/sections", TimedPart((Variant(0.0, sections),)))
            yield Change(Kind.PART, f"{language}/breaking", breaking_line(edition_of(language)))


def _dates(edition: Edition) -> TimedPart:
    # From yesterday on: a clock that is set back a little still finds its day.
    first = timezone.localdate() - timedelta(days=1)
    variants = []
    for number in range(DAYS_AHEAD):
        day = first + timedelta(days=number)
        begin = timezone.make_aware(datetime.combine(day, time.min)).timestamp()
        html = f'<time datetime="{day.isoformat()}">{date_in_words(day, edition.language)}</time>'
        variants.append(Variant(begin, html))
    return TimedPart(tuple(variants))


def breaking_line(front: FrontPage | None) -> TimedPart:
    """Return the line of a front page's breaking news: none without words, and none once it has ended."""
    if front is None or not front.breaking_text:
        return TimedPart(())
    story = front.breaking_story if front.breaking_story and front.breaking_story.live else None
    html = render_to_string("parts/breaking.html", {"text": front.breaking_text, "story": story}).strip()
    variants = [Variant(0.0, html)]
    if front.breaking_until is not None:
        variants.append(Variant(front.breaking_until.timestamp(), ""))
    return TimedPart(tuple(variants))
