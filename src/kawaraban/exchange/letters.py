"""What text may be made of, and how much of it a field holds. One place for all formats."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Paragraph, Problem, SourceByline, SourceStory

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("ja", "ko", "en")
LONGEST_TITLE = 255
LONGEST_ID = 200
LONGEST_URL = 500
LONGEST_SUMMARY = 200
LONGEST_SHORT = 80
LONGEST_SOURCE_NAME = 120
# No newspaper is older, and none is dated later. Databases and calendars stumble at both ends, a day from them in another zone.
EARLIEST, LATEST = datetime(1000, 1, 2, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
# Control characters are nobody's words; XML (feeds, sitemaps) cannot hold them, nor can PostgreSQL hold NUL. Halves of letters
# beyond the first plane are no letters.
_NO_LETTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def letters(text: str) -> str:
    """Return text without what is no letter."""
    return _NO_LETTERS.sub("", text)


def one_line(text: str) -> str:
    """Return text without what is no letter, in one line."""
    return " ".join(letters(text).split())


def moment_of(text: str) -> datetime | None:
    """Read a moment in RFC 3339, in UTC where it says no zone; None if it is none that can be kept."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return kept_moment(when)


def kept_moment(when: datetime) -> datetime | None:
    """Return a moment in UTC where it says no zone; None if it is none that can be kept."""
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when if EARLIEST <= when <= LATEST else None


def fitted(story: SourceStory, where: str) -> Iterator[SourceStory | Problem]:
    """Yield a story so that every field holds it, behind what of it comes over otherwise than it stood."""
    changed: dict[str, object] = {}
    body = list(story.body)
    title = one_line(story.title)
    if not title:
        first = next((block.html for block in body if isinstance(block, Paragraph)), "")
        title = re.sub(r"<[^<>]*>", "", first)[:60].strip() or "—"
        yield Problem(
            where, Said(_("it has no headline: its first words stand there (%(title)s)"), title=title), story.source_id, lost=False
        )
    if len(title) > LONGEST_TITLE:
        yield Problem(
            where,
            Said(
                _("its headline has %(count)s characters, at most %(most)s can be kept: whole it is the first paragraph"),
                count=len(title),
                most=LONGEST_TITLE,
            ),
            story.source_id,
            lost=False,
        )
        body.insert(0, Paragraph(f"<p><b>{_escaped(title)}</b></p>"))
        title = title[: LONGEST_TITLE - 1] + "…"
    changed["title"] = title
    summary = story.summary or ""
    changed["summary"] = summary or None
    if len(summary) > LONGEST_SUMMARY:
        # What is longer than a line is what stands under the headline.
        changed["standfirst"] = "\n".join(part for part in (story.standfirst, summary) if part)
        changed["summary"] = None
    if len(story.short_headline) > LONGEST_SHORT:
        changed["short_headline"] = ""
    for name, longest in (("url", LONGEST_URL), ("source_name", LONGEST_SOURCE_NAME)):
        value = getattr(story, name)
        if len(value) > longest:
            yield Problem(
                where,
                Said(
                    _("%(name)s has %(count)s characters, at most %(most)s can be kept: it is kept with its fields"),
                    name=name,
                    count=len(value),
                    most=longest,
                ),
                story.source_id,
                lost=False,
            )
            changed[name] = ""
            changed["fields"] = (*story.fields, (name, value))
    if story.lead and len(story.lead.alt_text) > 300:  # noqa: PLR2004 - what a story's field holds
        changed["lead"] = msgspec.structs.replace(story.lead, alt_text=story.lead.alt_text[:300])
    changed["body"] = tuple(body)
    changed["bylines"] = tuple(dict.fromkeys(byline for byline in story.bylines if byline.name)) if story.bylines else ()
    yield _replaced(story, changed)


def bylines(names: list[str], role: str = "text") -> tuple[SourceByline, ...]:
    """Return bylines of names, each once."""
    return tuple(SourceByline(name, role) for name in dict.fromkeys(one_line(name) for name in names) if name)


def _replaced(story: SourceStory, changed: dict[str, object]) -> SourceStory:
    from dataclasses import replace

    return replace(story, **changed)  # type: ignore[arg-type]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
