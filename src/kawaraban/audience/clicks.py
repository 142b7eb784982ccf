"""Recorded clicks as they lie in files: JSON Lines, or a web server's log in the combined format."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import re
import shutil
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from math import inf
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO

import msgspec
import numpy as np

from kawaraban.audience.shapes import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

# In the order of the format; the referrer and the browser's name may be missing, as in the common one. Some servers write the name of
# the site first, with its port: then what follows is the address.
_COMBINED = re.compile(
    r"(?:\S{1,255}:\d{1,5} (?=[0-9A-Fa-f.:]{2,45} \S))?(?P<address>\S{1,255}) \S{1,255} .{1,255}? "
    r'\[(?P<at>[^\]]{1,40})\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) \S+'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<ua>(?:[^"\\]|\\.)*)")?'
)
# The year 3000. What leads beyond it is written in milliseconds or smaller still: in seconds nothing since March 1973 is as large.
LATEST = 32_503_680_000.0
_SMALLEST_IN_THOUSANDTHS = 1e11
_NUMBER = re.compile(r"\d{9,20}(?:\.\d*)?")
_READ_STATUS = frozenset({"200", "304"})
# How files begin that are compressed, as those of past days mostly are.
_COMPRESSED: dict[bytes, Callable[[BinaryIO], IO[bytes]]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}  # type: ignore[dict-item]
_BOM = b"\xef\xbb\xbf"


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
    story: str | int
    visitor: str | int
    ua: str | None = None
    referrer: str | None = None
    language: str | None = None
    visible_ms: float | None = None
    scroll: float | None = None
    scrolled: bool | None = None


class _When(msgspec.Struct):
    at: float | str


class _ProbeLine(msgspec.Struct):
    at: int | float | str
    stories: list[str | int]


class Probe(msgspec.Struct, frozen=True):
    """A question: how do these stories stand at this moment, by the reads before it?"""

    at: float
    stories: tuple[str, ...]
    written: int | float | str = 0  # the moment, as the question has it
    place: int = 0  # among the questions


class Scores(msgspec.Struct, frozen=True):
    """The answer to a probe: its moment as the probe has it, and a score a story, in its order; 0 for a story that was not read."""

    at: int | float | str
    scores: tuple[float, ...]


_IN_BRACKETS = re.compile(rb"\[([^\]]+)\]")
_when_decoder = msgspec.json.Decoder(_When)
_line_decoder = msgspec.json.Decoder(_Line)
_probe_decoder = msgspec.json.Decoder(_ProbeLine)


def click_of(line: str, story_at: Callable[[str], str | None]) -> Click | None:
    """Read a line. None when it is empty, or a line of an access log that is not of a story's page; NoClickError if it is no line.

    ``story_at`` tells which story stands at an address, a path with its query, if one does.
    """
    text = line.strip()
    if not text:
        return None
    return _of_json(text) if text.startswith("{") else _of_combined(text, story_at)


def lines_in_time(path: Path) -> Iterator[tuple[int, str]]:
    """Yield a file's lines in order of time, each with its number; lines of one moment, or of none, in the order in which they stand.

    Of a file that is in order already, as most are, nothing is kept; of another one, sixteen bytes a line. A pipe, and what is compressed
    with gzip, bzip2 or xz, is read to its end first, into a file of its own.

    Raises:
        OSError: the file cannot be read, or what is compressed in it is damaged.
    """
    with _that_can_be_read_again(path) as file:
        if all(before <= at for before, at in pairwise(_moments(file))):
            file.seek(0)
            for number, line in enumerate(file, start=1):
                yield number, _decoded(line.removeprefix(_BOM) if number == 1 else line)
            return
        file.seek(0)
        moments = np.fromiter(_moments(file), np.float64)
        file.seek(0)
        ends = np.cumsum(np.fromiter(map(len, file), np.int64))
        with mmap(file.fileno(), 0, access=ACCESS_READ) as lines:
            for place in np.argsort(moments, kind="stable").tolist():
                line = lines[ends[place - 1] if place else 0 : ends[place]]
                yield place + 1, _decoded(line if place else line.removeprefix(_BOM))


@contextlib.contextmanager
def _that_can_be_read_again(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        begins = file.peek(6)
        unpacked = next((opened for mark, opened in _COMPRESSED.items() if begins.startswith(mark)), None)
        if file.seekable() and unpacked is None:
            yield file
            return
        with TemporaryFile(prefix="kawaraban-replay-") as copy:
            try:
                shutil.copyfileobj(file if unpacked is None else unpacked(file), copy)
            except (EOFError, zlib.error, lzma.LZMAError) as error:
                raise OSError(f"what is compressed in it is damaged: {error}") from error
            # Also for who looks at the file itself, past what is still in our hands.
            copy.flush()
            copy.seek(0)
            yield copy


def _moments(lines: Iterable[bytes]) -> Iterator[float]:
    """Yield the moment of each line. What has none stays behind the line that it follows."""
    at = -inf
    for line in lines:
        found = _moment_in(line.removeprefix(_BOM))
        at = at if found is None else found
        yield at


def probe_of(line: str) -> Probe:
    """Read a probe; NoClickError if it is none."""
    try:
        found = _probe_decoder.decode(_encoded(line))
    except (msgspec.DecodeError, ValueError) as error:
        raise NoClickError(str(error)) from error
    return Probe(_moment(found.at), tuple(map(str, found.stories)), found.at)


def moment_of(text: str) -> float:
    """Read a moment in RFC 3339, or seconds since 1970; ValueError with a sentence if it is none. Without a zone it is UTC."""
    if _NUMBER.fullmatch(text):
        return _in_seconds(float(text))
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
    story = str(found.story)
    if not 0 < len(story) <= LONGEST_TEXT:
        raise NoClickError(f"a story is named in 1 to {LONGEST_TEXT} characters")
    return Click(
        _moment(found.at),
        story,
        str(found.visitor),
        found.ua,
        found.referrer or "",
        found.language or "",
        # What is beyond any page's life says nothing more than that.
        None if found.visible_ms is None else int(min(max(found.visible_ms, 0.0), 2.0**53)),
        found.scroll,
        bool(found.scrolled),
    )


def _of_combined(text: str, story_at: Callable[[str], str | None]) -> Click | None:
    match = _COMBINED.match(text)
    if match is None:
        raise NoClickError("this is neither JSON nor a line of the combined log format")
    # What was no request, or none that a server understood, stands in logs too.
    method, _, rest = match["request"].partition(" ")
    target = rest.partition(" ")[0]
    if method != "GET" or not target or match["status"] not in _READ_STATUS:
        return None
    try:
        at, story = _moment_of_log(match["at"]), story_at(target)
    except ValueError as error:
        raise NoClickError(str(error)) from error
    if story is None:
        return None
    ua = None if match["ua"] is None else _written(match["ua"])
    return Click(at, story, match["address"], ua, _written(match["referrer"]))


@lru_cache(maxsize=1024)
def _moment_of_log(text: str) -> float:
    """Read a moment as logs write it; many lines that follow each other are of one second."""
    return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp()


def _moment_in(line: bytes) -> float | None:
    """Return the moment of a line, as far as it can be told without reading all of it; None if it cannot."""
    text = line.strip()
    try:
        if text.startswith(b"{"):
            return _moment(_when_decoder.decode(text).at)
        match = _IN_BRACKETS.search(text)
        return _moment_of_log(match[1].decode("ascii")) if match else None
    except (msgspec.DecodeError, ValueError):
        return None


def _written(value: str | None) -> str:
    """Undo how the format writes nothing."""
    return "" if value in {None, "-"} else str(value)


def _moment(at: float | str) -> float:
    try:
        moment = moment_of(at) if isinstance(at, str) else _in_seconds(float(at))
    except ValueError as error:
        raise NoClickError(str(error)) from error
    if not 0 <= moment < LATEST:
        raise NoClickError(
            f"{at!r} is no moment between the years 1970 and 2999: it is written in seconds, or as 2026-11-24T18:05:00+09:00"
        )
    return moment


def _in_seconds(number: float) -> float:
    """Take a number for seconds since 1970, or for thousandths, millionths or billionths of them, as programs count."""
    for smaller in (1.0, 1e3, 1e6, 1e9):
        if number / smaller < _SMALLEST_IN_THOUSANDTHS:
            return number / smaller
    return number


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
