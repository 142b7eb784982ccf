"""Reads an export entry by entry, and finds out how its letters are written."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENCODINGS = ("utf-8", "cp932", "euc_jp")
LOOKED_AT = 4 << 20
_ENTRY, _PART = "--------", "-----"
_FIELD = re.compile(r"([A-Z][A-Z ]{1,30}):(?: (.*))?$")
_LONG = {"BODY", "EXTENDED BODY", "EXCERPT", "KEYWORDS", "COMMENT", "PING"}
# With what an entry's head begins where the line of eight hyphens before it is missing.
_SHORT = {
    "AUTHOR",
    "TITLE",
    "BASENAME",
    "STATUS",
    "DATE",
    "UNIQUE URL",
    "PERMALINK",
    "ALLOW COMMENTS",
    "CONVERT BREAKS",
    "PRIMARY CATEGORY",
}
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")


@dataclass
class Entry:
    """An entry as it stands there."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    is_unparted: bool = False  # the line of hyphens before it is missing

    def said(self, name: str) -> str:
        """Return a field; "" if there is none."""
        return self.fields.get(name, [""])[0].strip()

    def part(self, name: str) -> str:
        """Return a part; "" if there is none."""
        return self.parts.get(name, [""])[0].strip("\n")


def encoding_of(path: Path, asked: str = "") -> str:
    """Find out how a file is written: the encoding in which everything can be read, and fewest letters are half a letter wide."""
    if asked:
        return codecs.lookup(asked).name
    with path.open("rb") as file:
        content = file.read(LOOKED_AT)
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    # The last letter may be cut.
    content = content[: content.rfind(b"\n") + 1] or content
    found: list[tuple[int, int, str]] = []
    for order, name in enumerate(ENCODINGS):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8":
            return name
        found.append((len(_HALF_WIDTH.findall(text)), order, name))
    return min(found)[2] if found else "utf-8"


def entries_of(path: Path, encoding: str) -> Iterator[Entry]:
    """Yield the entries of a file; what cannot be read in this encoding is a mark in its place."""
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        reading = _Reading()
        for number, raw in enumerate(file, start=1):
            yield from reading.line(number, raw.rstrip("\n"))
        yield from reading.end()


class _Reading:
    """Reads lines. Hyphens part entries and their parts only where a name follows: people set them in texts, too.

    Behind eight hyphens any field is one, with or without a value: tools add fields of their own, and some begin with them.
    """

    def __init__(self) -> None:
        self._entry = Entry(1)
        self._part: str | None = None
        self._lines: list[str] = []
        # Hyphens, and blank lines behind them, of which the next line says what they are.
        self._waiting: list[str] = []

    def line(self, number: int, line: str) -> Iterator[Entry]:
        """Take a line; yield the entry that it ends."""
        bare = line.rstrip()
        if bare in {_ENTRY, _PART} or (self._waiting and not bare):
            self._waiting.append(bare)
        elif self._waiting:
            waiting, self._waiting = self._waiting, []
            yield from self._after(waiting, number, line)
        elif self._part is not None:
            self._lines.append(line)
        elif (found := _FIELD.match(line)) is not None:
            yield from self._field(found, number)

    def _after(self, waiting: list[str], number: int, line: str) -> Iterator[Entry]:
        """Take a line that follows hyphens: where no name stands in it, they were some words' own."""
        found = _FIELD.match(line)
        is_name = found is not None and (_ENTRY in waiting or (found[1] in _LONG if not found[2] else found[1] in _SHORT))
        if found is None or not is_name:
            if self._part is not None:
                self._lines += [*waiting, line]
            return
        self._end_part()
        if _ENTRY in waiting:
            yield from self._next(number)
        yield from self._field(found, number)

    def _field(self, found: re.Match[str], number: int) -> Iterator[Entry]:
        name, value = found[1], found[2] or ""
        if name in _LONG and not value:
            self._part = name
            return
        if self._entry.parts and name in _SHORT:
            # A head behind texts is another entry's: the line between them is missing.
            yield from self._next(number)
            self._entry.is_unparted = True
        self._entry.fields.setdefault(name, []).append(value)

    def _next(self, number: int) -> Iterator[Entry]:
        if self._entry.fields or self._entry.parts:
            yield self._entry
        self._entry = Entry(number)

    def _end_part(self) -> None:
        if self._part is not None:
            self._entry.parts.setdefault(self._part, []).append("\n".join(self._lines))
        self._part, self._lines = None, []

    def end(self) -> Iterator[Entry]:
        """Yield the last entry."""
        self._end_part()
        yield from self._next(0)
