"""What the proofreader says, and what a newsroom may set."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Level(StrEnum):
    """How sure a rule is: an error is one; a warning is to be looked at; a hint is a matter of style."""

    ERROR = "error"
    WARN = "warn"
    HINT = "hint"


class Width(StrEnum):
    """How wide digits, Latin letters or brackets are. Without a choice they are only to be one way in one story."""

    ANY = "any"
    HALF = "half"
    FULL = "full"
    SINGLE_FULL = "single-full"  # one alone in full width, several in half width


class Report(NamedTuple):
    """Something to look at: ``text`` stands at ``start`` to ``end`` (in characters); ``suggestion`` would stand there, if that is sure."""

    rule: str
    level: Level
    start: int
    end: int
    text: str
    message: str  # the reason, in Japanese
    suggestion: str | None = None


@dataclass(frozen=True, kw_only=True)
class Style:
    """The house style as far as the proofreader knows it."""

    longest_sentence: int = 120  # characters
    longest_headline: int = 40
    longest_summary: int = 120
    # Words that this paper does not use, and what it writes instead (nothing: it depends).
    unwanted: Mapping[str, str] = field(default_factory=dict)
    # Rules that are off, and texts that a rule is not to report again: (rule, text).
    silent: frozenset[str] = frozenset()
    accepted: frozenset[tuple[str, str]] = frozenset()
    digits: Width = Width.ANY
    latin: Width = Width.ANY
    brackets: Width = Width.ANY
    comma: str = ""  # 、 or ，: the other is not used; nothing: both are
    day: date | None = None  # of the story
