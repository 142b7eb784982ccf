"""Recorded clicks as they lie in files: JSON Lines, or a web server's log in the combined format."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order of the format; the referrer and the browser's name may be missing, as in the common one.
_COMBINED = re.compile(
    r'(?P<address>\S+) \S+ .+? \[(?P<at>[^\]]+)\] "(?P<method>[A-Z]+) (?P<target>\S+)[^"]*" (?P<status>\d{3}) \S+'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<ua>(?:[^"\\]|\\.)*)")?'
)
_READ_STATUS = frozenset({"200", "304"})


class NoClickError(ValueError):
    """A line is no click; the message says why."""


class Click(msgspec.Struct, frozen=True):
    """A recorded read: who read what, when. ``visitor`` is whatever tells one reader from another in the recording."""

    at: float
    story: str
    visitor: str
    ua: str | None = None  # None: not recorded; an empty one is a bot's
    referrer: str = ""
    language: str = ""
    visible_ms: int | None = None
    scroll: float | None = None
    scrolled: bool = False


class _Line(msgspec.Struct):
    at: float | str
    story: str
    visitor: str | int
    ua: str | None = None
    referrer: str = ""
    language: str = ""
    visible_ms: int | None = None
    scroll: float | None = None
    scrolled: bool = False


class _ProbeLine(msgspec.Struct):
    at: float | str
    stories: list[str]


class Probe(msgspec.Struct, frozen=True):
    """A question: how do these stories stand at this moment, by the reads before it?"""

    at: float
    stories: tuple[str, ...]
    written: float | str = 0.0  # the moment, as the question has it
    place: int = 0  # among the questions


class Scores(msgspec.Struct, frozen=True):
    """The answer to a probe: its moment as the probe has it, and a score a story, in its order; 0 for a story that was not read."""

    at: float | str
    scores: tuple[float, ...]


_line_decoder = msgspec.json.Decoder(_Line)
_probe_decoder = msgspec.json.Decoder(_ProbeLine)


def click_of(line: str, story_by_url: Mapping[str, str]) -> Click | None:
    """Read a line. None when it is empty, or a line of an access log that is not of a story's page; NoClickError if it is no line."""
    text = line.strip()
    if not text:
        return None
    return _of_json(text) if text.startswith("{") else _of_combined(text, story_by_url)


def probe_of(line: str) -> Probe:
    """Read a probe; NoClickError if it is none."""
    try:
        found = _probe_decoder.decode(_encoded(line))
    except (msgspec.DecodeError, ValueError) as error:
        raise NoClickError(str(error)) from error
    return Probe(_moment(found.at), tuple(found.stories), found.at)


def moment_of(text: str) -> float:
    """Read a moment in RFC 3339; ValueError with a sentence if it is none. Without a zone it is UTC."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no moment: write it as 2026-11-24T18:05:00+09:00") from error
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _of_json(text: str) -> Click:
    try:
        found = _line_decoder.decode(_encoded(text))
    except (msgspec.DecodeError, ValueError) as error:
        raise NoClickError(str(error)) from error
    return Click(
        _moment(found.at),
        found.story,
        str(found.visitor),
        found.ua,
        found.referrer,
        found.language,
        found.visible_ms,
        found.scroll,
        found.scrolled,
    )


def _of_combined(text: str, story_by_url: Mapping[str, str]) -> Click | None:
    match = _COMBINED.match(text)
    if match is None:
        raise NoClickError("this is neither JSON nor a line of the combined log format")
    if match["method"] != "GET" or match["status"] not in _READ_STATUS:
        return None
    try:
        story = story_by_url.get(unquote(urlsplit(match["target"]).path))
        at = datetime.strptime(match["at"], "%d/%b/%Y:%H:%M:%S %z").timestamp()
    except ValueError as error:
        raise NoClickError(str(error)) from error
    if story is None:
        return None
    ua = None if match["ua"] is None else _written(match["ua"])
    return Click(at, story, match["address"], ua, _written(match["referrer"]))


def _written(value: str | None) -> str:
    """Undo how the format writes nothing."""
    return "" if value in {None, "-"} else str(value)


def _moment(at: float | str) -> float:
    try:
        return moment_of(at) if isinstance(at, str) else float(at)
    except ValueError as error:
        raise NoClickError(str(error)) from error


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
