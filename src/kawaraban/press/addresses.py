"""What a plate says of an address: that a page stands there, or that none does any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Gone, Kind, PressedSheet, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator


def stands(sheet: Sheet) -> Iterator[Change]:
    """Put a page under its address. What was withdrawn from there, or led away from there, is forgotten."""
    yield Change(Kind.GONE, sheet.path, None)
    yield Change(Kind.REDIRECT, sheet.path, None)
    yield Change(Kind.SHEET, sheet.path, sheet)


def withdrawn(path: str, kind: str, language: str, log: SheetLog) -> Iterator[Change]:
    """Take a page of this kind from its address, where one stands. Another kind's page has taken the address over since: it stays."""
    known = log.get(Kind.SHEET, path, PressedSheet)
    if known is not None and known.kind == kind:
        yield Change(Kind.SHEET, path, None)
        yield Change(Kind.GONE, path, Gone(language))  # type: ignore[arg-type]
