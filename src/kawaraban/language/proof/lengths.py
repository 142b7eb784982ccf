"""Lengths: headlines and summaries that are longer than the places where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.language.lengths import length
from kawaraban.language.proof.shapes import Level, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof.shapes import Style


def headline(text: str, style: Style) -> Iterator[Report]:
    """A headline that cards and search engines cut."""
    if (long := length(text, "ja")) > style.longest_headline:
        message = f"見出しが{long}字あります。{style.longest_headline}字以内にしてください。"
        yield Report("long-headline", Level.WARN, 0, len(text), text, message)


def summary(text: str, style: Style) -> Iterator[Report]:
    """A summary that is no summary."""
    if (long := length(text, "ja")) > style.longest_summary:
        message = f"要約が{long}字あります。{style.longest_summary}字以内にしてください。"
        yield Report("long-summary", Level.HINT, 0, len(text), text, message)
