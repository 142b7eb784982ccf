"""Brings a JSON Lines file in."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from kawaraban.exchange.formats.jsonl.counting import count
from kawaraban.exchange.formats.jsonl.reading import BrokenFileError, WrongLineError, lines_of, story_of
from kawaraban.exchange.importing import Format, Read, of_file
from kawaraban.exchange.sentences import line_of
from kawaraban.exchange.shapes import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.exchange.old_lists import OldAddress
    from kawaraban.exchange.shapes import ImportReport


class JsonLines:
    """Files of a story a line. A line that is no story is told with its number; all others come over."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def total(self) -> int:
        """How many lines there are."""
        return sum(map(_count, self._paths))

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read line by line; the newest story comes last."""
        for path in self._paths:
            yield from of_file(path.name, self._file(path, report))

    def _file(self, path: Path, report: ImportReport) -> Iterator[Read]:
        try:
            for number, line in lines_of(path):
                where = line_of(path.name, number)
                try:
                    yield Read(where, story_of(line))
                except WrongLineError as error:
                    report.read += 1
                    yield Read(where, Problem(where, error.said, error.source_id))
        except BrokenFileError as error:
            where = line_of(path.name, error.line)
            yield Read(where, Problem(where, error.said))

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield none: lines tell of stories alone."""
        yield from ()


def _count(path: Path) -> int:
    number = 0
    # Where it is broken is told when it is read.
    with contextlib.suppress(BrokenFileError):
        for number, _line in enumerate(lines_of(path), start=1):  # noqa: B007 - the last number is what is asked for
            pass
    return number


FORMAT = Format("jsonl", lambda paths, _: JsonLines(paths), count)
