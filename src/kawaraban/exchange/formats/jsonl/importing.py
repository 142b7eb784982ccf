"""Imports a JSON Lines file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.exchange.formats.jsonl.reading import WrongLineError, lines_of, story_of
from kawaraban.exchange.publishing import BATCH, Publisher, spread_moments
from kawaraban.exchange.shapes import ImportReport

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from kawaraban.exchange.shapes import SourceStory


def import_file(path: Path, *, source_name: str, language: str, on_progress: Callable[[int, int], None]) -> ImportReport:
    """Import a file. A line that is no story is reported with its number; all others come over."""
    report = ImportReport()
    total = sum(1 for _ in lines_of(path))
    # The newest id comes last, so the last line's moment is now.
    moments = spread_moments(total)
    publisher = Publisher(source_name=source_name, language=language, report=report)
    batch: list[tuple[int, SourceStory, datetime]] = []
    for done, (number, line) in enumerate(lines_of(path)):
        report.read += 1
        try:
            batch.append((number, story_of(line), moments[done]))
        except WrongLineError as error:
            report.problems.append(f"{path.name}, line {number}: {error}.")
        if len(batch) >= BATCH:
            _publish(publisher, batch, path, report)
            batch = []
            on_progress(done + 1, total)
    _publish(publisher, batch, path, report)
    on_progress(total, total)
    return report


def _publish(publisher: Publisher, batch: list[tuple[int, SourceStory, datetime]], path: Path, report: ImportReport) -> None:
    wrongs = publisher.publish([(story, moment) for _, story, moment in batch])
    for (number, _, _), wrong in zip(batch, wrongs, strict=True):
        if wrong:
            report.problems.append(f"{path.name}, line {number}: {wrong}")
