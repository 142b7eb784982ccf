"""The shapes of a read, of what became of it, and of the rankings made from all of them. Times are seconds since 1970, UTC."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Window = Literal["now", "1h", "24h", "7d", "30d"]
WINDOWS: tuple[Window, ...] = get_args(Window)
ALL = "all"

# Why a read was not counted. docs/explanation/what-is-a-read.md explains each; a test holds it to that.
Reason = Literal["unknown-story", "forged", "bot", "prefetch", "not-seen", "staff", "repeat", "flood"]
REASONS: tuple[Reason, ...] = get_args(Reason)
SOURCES = ("direct", "internal", "search", "social", "portal", "newsletter", "other")
DEVICES = ("phone", "tablet", "desktop")


class PageMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What an open page tells: the body of ``POST /read``."""

    story: str  # id, or source:source_id
    token: str
    referrer: str = ""
    visible_ms: int | None = None  # how long the page was visible before it told
    scrolled: bool = False
    prerendered: bool = False


class RawRead(msgspec.Struct, frozen=True, kw_only=True):
    """A page's message and what the server saw of the request. Lives in memory only: no address reaches a disk or a log."""

    page: PageMessage
    at: float
    address: str
    user_agent: str = ""
    accept_language: str = ""
    purpose: str = ""  # Sec-Purpose or Purpose
    staff: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """What became of a read: counted when ``reason`` is None."""

    reason: Reason | None = None


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """A counted read as it lies on disk. The visitor is a hash whose salt is thrown away after two days."""

    at: float
    story: str
    visitor: bytes
    source: str
    device: str


class Dropped(msgspec.Struct, frozen=True, array_like=True):
    """So many reads dropped for one reason within one write."""

    at: float
    reason: str
    count: int


class RankedStory(msgspec.Struct, frozen=True, array_like=True):
    """A row of a ranking. ``filled`` rows were not read in the window: they are the newest stories, where reads are few."""

    story: str
    rank: int
    score: float
    filled: bool


class RankedList(msgspec.Struct, frozen=True, array_like=True):
    """A ranking and the version in which it last changed."""

    version: int
    rows: tuple[RankedStory, ...]


class Snapshot(msgspec.Struct, frozen=True):
    """All rankings of one moment, by "window/section/language" with "all" for no bound."""

    version: int
    at: float
    lists: dict[str, RankedList]

    def ranking(self, window: str, section: str = "", language: str = "") -> RankedList:
        """Return one ranking; empty when nothing is known of it."""
        return self.lists.get(list_key(window, section, language), _NOTHING)


_NOTHING = RankedList(0, ())


class MalformedReadError(ValueError):
    """The body is no read; the message says why, for whoever sent it."""


class NotDurableError(Exception):
    """The read could not be put on disk: it is not counted, and must not be answered as if it were."""


def list_key(window: str, section: str = "", language: str = "") -> str:
    """Name a ranking."""
    return f"{window}/{section or ALL}/{language or ALL}"


_page_decoder = msgspec.json.Decoder(PageMessage)
LONGEST_TEXT = 2000


def parse_page_message(body: bytes) -> PageMessage:
    """Read the body of ``POST /read``; MalformedReadError if it is none."""
    try:
        message = _page_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedReadError(f'This is no read: {error}. Send JSON such as {{"story": "…", "token": "…"}}.') from error
    if not message.story or not message.token:
        raise MalformedReadError('A read needs its "story" and its "token".')
    if max(len(message.story), len(message.token), len(message.referrer)) > LONGEST_TEXT:
        raise MalformedReadError(f"No text of a read may be longer than {LONGEST_TEXT} characters.")
    return message
