"""Photos without a credit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof.shapes import Style

# A caption in a text: 【写真】…, （写真）…, 写真：….
_CAPTION = re.compile(r"^[ \t\u3000]*(?:[【〔（(](?:写真|図)[^】〕）)\n]{0,6}[】〕）)]|写真[：:])(?P<words>[^\n]+)$", re.MULTILINE)
_CREDIT = re.compile(r"[＝=/／©]|提供|撮影|写す|より|出典|[(（][^()（）]+[)）][。\s]*$")


def captions(text: str, style: Style) -> Iterator[Report]:
    """A line that is a caption and does not say whose photo it is."""
    for found in _CAPTION.finditer(text):
        if not _CREDIT.search(found["words"]):
            yield Report("credit-missing", Level.WARN, *found.span("words"), found["words"], "写真のクレジット（＝提供者）がありません。")


def photo(title: str, credit: str) -> Iterator[Report]:
    """A photo of a story whose credit is empty."""
    if not credit.strip():
        yield Report("credit-missing", Level.ERROR, 0, 0, title, "この写真にはクレジットがありません。")
