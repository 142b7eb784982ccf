"""Formats that can be brought in, a folder each, and how they are found by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kawaraban.exchange.importing import Format

NAMES = ("jsonl", "wordpress", "movabletype", "ghost", "feed", "ninjs", "page")


def format_named(name: str) -> Format:
    """Return a format; KeyError if there is none of this name."""
    if name not in NAMES:
        raise KeyError(name)
    found: Format = import_module(f"kawaraban.exchange.formats.{name}.importing").FORMAT
    return found
