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
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")


@dataclass
class Entry:
    """An entry as it stands there."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)

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
    entry = Entry(1)
    part: str | None = None
    lines: list[str] = []
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        for number, raw in enumerate(file, start=1):
            line = raw.rstrip("\n")
            if line.rstrip() == _ENTRY:
                _end(entry, part, lines)
                if entry.fields or entry.parts:
                    yield entry
                entry, part, lines = Entry(number + 1), None, []
            elif line.rstrip() == _PART:
                _end(entry, part, lines)
                part, lines = None, []
            elif part is not None:
                lines.append(line)
            elif (found := _FIELD.match(line)) is not None:
                if found[1] in _LONG and not found[2]:
                    part = found[1]
                else:
                    entry.fields.setdefault(found[1], []).append(found[2] or "")
    _end(entry, part, lines)
    if entry.fields or entry.parts:
        yield entry


def _end(entry: Entry, part: str | None, lines: list[str]) -> None:
    if part is not None:
        entry.parts.setdefault(part, []).append("\n".join(lines))
