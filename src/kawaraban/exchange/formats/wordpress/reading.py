"""Cuts an export into its head and its items, one at a time, so that memory stays flat and one broken item is one item."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.sentences import Said, line_of
from kawaraban.exchange.unpacking import BROKEN, BrokenPackError, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_ITEM = 128 * 1024 * 1024
_MARK = re.compile(r"<!\[CDATA\[|<!--|<item[\s>]|</item\s*>")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
_LONGEST_MARK = 16
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([\w.-]+)""")


class Piece(NamedTuple):
    """A piece of a file: its head, or an item; ``is_whole`` unless the file ended in it."""

    line: int
    text: str
    is_head: bool
    is_whole: bool = True


class WrongFileError(ValueError):
    """A file is no export; it says where, why and what to do."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(f"{where}: {sentence}")
        self.where, self.said = where, sentence


def pieces_of(path: Path) -> Iterator[Piece]:
    """Yield the head of an export and its items. Raises WrongFileError; OSError if it cannot be read."""
    cutter = _Cutter()
    for chunk in _decoded(path, cutter):
        yield from cutter.cut(chunk)
        if cutter.length > LARGEST_ITEM:
            told = Said(_("an item is larger than %(most)s MB, or its CDATA does not end"), most=LARGEST_ITEM // 1024 // 1024)
            raise WrongFileError(line_of(path.name, cutter.line), told)
    yield from cutter.rest()


class _Cutter:
    """Cuts text where items begin and end, as it comes."""

    def __init__(self) -> None:
        self.line = 1  # where the text begins that is held
        self._text = ""
        self._scanned = 0
        self._inside = False
        self._seen_head = False
        self._unseen_until = ""  # the end of what must not be looked into

    @property
    def length(self) -> int:
        """How much text is held."""
        return len(self._text)

    def cut(self, chunk: str) -> Iterator[Piece]:
        """Yield the pieces that end in this chunk."""
        self._text += chunk
        while self._leave_unseen() and (found := self._mark()):
            if found[0] in _ENDS:
                self._unseen_until, self._scanned = _ENDS[found[0]], found.end()
            elif found[0].startswith("</"):
                self._scanned = found.end()
                if self._inside:
                    self._inside = False
                    yield self._take(found.end(), is_head=False)
            else:
                # One that never ended is told as broken; before the first there is the head.
                if self._inside or not self._seen_head:
                    yield self._take(found.start(), is_head=not self._inside, is_whole=not self._inside)
                    self._seen_head = True
                else:
                    self._take(found.start(), is_head=False)
                self._inside, self._scanned = True, len(found[0])

    def rest(self) -> Iterator[Piece]:
        """Yield what was begun and did not end."""
        if self._inside or not self._seen_head:
            yield self._take(len(self._text), is_head=not self._inside, is_whole=not self._inside)

    def _leave_unseen(self) -> bool:
        """Go behind what must not be looked into; say whether its end is there."""
        if self._unseen_until:
            end = self._text.find(self._unseen_until, self._scanned)
            if end < 0:
                self._scanned = max(self._scanned, len(self._text) - len(self._unseen_until))
                return False
            self._scanned, self._unseen_until = end + len(self._unseen_until), ""
        return True

    def _mark(self) -> re.Match[str] | None:
        found = _MARK.search(self._text, self._scanned)
        if found is None:
            self._scanned = max(self._scanned, len(self._text) - _LONGEST_MARK)
        return found

    def _take(self, end: int, *, is_head: bool, is_whole: bool = True) -> Piece:
        piece = Piece(self.line, self._text[:end], is_head, is_whole)
        self.line += piece.text.count("\n")
        self._text, self._scanned = self._text[end:], 0
        return piece


def _decoded(path: Path, cutter: _Cutter) -> Iterator[str]:
    decoder: codecs.IncrementalDecoder | None = None
    try:
        for block in blocks_of(path):
            decoder = decoder or codecs.getincrementaldecoder(_encoding(block))(errors="replace")
            yield decoder.decode(block)
    except BrokenPackError as error:
        raise WrongFileError(line_of(path.name, cutter.line), Said(BROKEN, why=error)) from error
    if decoder is not None:
        yield decoder.decode(b"", final=True)


def _encoding(first: bytes) -> str:
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.search(first[:200])
    try:
        return codecs.lookup(declared[1].decode("ascii") if declared else "utf-8").name
    except LookupError:
        return "utf-8"
