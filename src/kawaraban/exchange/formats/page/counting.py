"""Counts saved pages: one story each. How many of a page's words are its story's, only a look at both can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.exchange.counting import CountedItem, Uncounted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def count(paths: Sequence[Path]) -> Iterator[CountedItem | Uncounted]:
    """Yield a story a file."""
    for path in paths:
        yield CountedItem(source_id=path.name[:200], title=path.name)
