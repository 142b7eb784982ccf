"""The shapes of a read, of what became of it, and of the rankings made from all of them. Times are seconds since 1970, UTC.

Those that come with every read hold nothing that could lead back to them: Python need not look for cycles among them (``gc=False``).
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

Window = Literal["now", "1h", "24h", "7d", "30d"]
WINDOWS: tuple[Window, ...] = get_args(Window)
ALL = "all"
# What a list is in order of: how often it was read; how long by each reader; how far above what its age lets expect.
Order = Literal["reads", "engaged", "rising"]
ORDERS: tuple[Order, ...] = get_args(Order)

# Why a read was not counted. docs/explanation/what-is-a-read.md explains each; a test holds it to that.
# Sources, devices and reasons lie on disk as their places in these tuples: new names are added at the end, none is ever removed.
Reason = Literal[
    "unknown-story", "forged", "bot", "prefetch", "not-seen", "staff", "repeat", "flood", "too-fast", "malformed", "opted-out", "unread",
    "tireless",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
SourceName = Literal["direct", "internal", "search", "social", "portal", "newsletter", "other"]
SOURCES: tuple[SourceName, ...] = get_args(SourceName)
Device = Literal["phone", "tablet", "desktop"]
DEVICES: tuple[Device, ...] = get_args(Device)


# As JavaScript counts; what is larger could not be handed on.
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class PageMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What an open page tells: the body of ``POST /read``. Only ``story`` and ``token`` are asked for."""

    story: str  # id, or source:source_id
    token: str
    referrer: str = ""
    visible_ms: Milliseconds | None = None  # how long the page was visible before it told
    engaged_ms: Milliseconds | None = None  # how long somebody did something with it
    scroll: float | None = None  # how far it was read: 0 to 1
    scrolled: bool = False
    prerendered: bool = False
    prefetched: bool = False
    visibility: str = ""  # document.visibilityState; "hidden" was never seen
    left: bool = False  # the page's second message, when it is left: no read, but how long and how far the one before it was read
    view: str = ""  # a random word of this view of the page, in its memory only: what it told before is not added again


class RawRead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A page's message and what the server saw of the request. Lives in memory only: no address reaches a disk or a log."""

    page: PageMessage
    at: float
    address: str
    user_agent: str = ""
    accept_language: str = ""
    purpose: str = ""  # Sec-Purpose or Purpose
    staff: bool = False  # the newsroom's own people, and previews
    opted_out: bool = False  # the browser asks not to be counted, and the site honours that
    hint: str = ""  # what says beside the browser's name that this is a machine


class Outcome(msgspec.Struct, frozen=True):
    """What became of a read: counted when ``reason`` is None."""

    reason: Reason | None = None

    @property
    def kept(self) -> bool:
        """Whether it was counted."""
        return self.reason is None


class Counted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A counted read. ``visitor`` is a short keyed hash whose salt is thrown away after two days; 0 when it has been forgotten."""

    at: float
    story: str
    visitor: int
    source: SourceName
    device: Device


class Attended(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a page's leaving adds to the read that it told: seconds, and the quarters of the story up to which it was read.

    ``key`` is a keyed hash of visitor, story and view, by which what was told before is known for an hour; then 0.
    """

    at: float
    story: str
    key: int
    seconds: int  # 0 to 65,535
    depth_before: int  # 0 to 4: how far this read had got before
    depth: int  # 0 to 4: and now; 4 is the end
    first: bool  # the first time that this read tells


class Dropped(msgspec.Struct, frozen=True, array_like=True):
    """So many reads dropped for one reason within one write."""

    at: float
    reason: Reason
    count: int


class Handed(msgspec.Struct, frozen=True, array_like=True):
    """Reads that a reader node has judged and hands on, all of one hour. Its numbers go up by one."""

    number: int
    reads: tuple[Counted, ...]
    drops: tuple[Dropped, ...]
    attended: tuple[Attended, ...] = ()


class RankedStory(msgspec.Struct, frozen=True, array_like=True):
    """A row of a ranking. ``filled`` rows were not read in the window: they are the newest stories, where reads are few.

    ``reads`` counts the window's reads; of "now", which has no edge, those of the last hour. ``score`` is what the row is ranked by.
    ``pinned`` rows stand first because an editor says so.
    """

    story: str
    rank: int
    reads: int
    score: float
    filled: bool
    pinned: bool = False

    @property
    def shown_reads(self) -> int:
        """How often it was read, in two figures that count: what pages show need not change with each read."""
        unit = int(10 ** max(0, len(str(self.reads)) - 2))
        return self.reads // unit * unit


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """Which ranking is wanted. "" stands for every section, topic, byline, language."""

    window: Window = "24h"
    order: Order = "reads"
    section: str = ""
    topic: str = ""
    byline: str = ""
    language: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether it is among those that are made all the time, for pages; the others are made when they are asked for."""
        return self.order == "reads" and not self.topic and not self.byline


class RankedList(msgspec.Struct, frozen=True, array_like=True):
    """A ranking and the version in which it last changed."""

    version: int
    rows: tuple[RankedStory, ...]

    def shows_as(self, other: RankedList | None, *, with_reads: bool = False) -> bool:
        """Whether the same stories stand in the same order; their counts may differ, unless they are shown too."""
        if other is None or len(self.rows) != len(other.rows):
            return False
        if with_reads and [row.shown_reads for row in self.rows] != [row.shown_reads for row in other.rows]:
            return False
        return all(mine.story == theirs.story and mine.filled == theirs.filled for mine, theirs in zip(self.rows, other.rows, strict=True))


class Snapshot(msgspec.Struct, frozen=True):
    """All rankings of one moment, by "window/section/language" with "all" for no bound."""

    version: int
    at: float
    lists: dict[str, RankedList]

    def ranking(self, window: str, section: str = "", language: str = "") -> RankedList:
        """Return one ranking; empty when nothing is known of it."""
        return self.lists.get(list_key(window, section, language), _NOTHING)


_NOTHING = RankedList(0, ())


class StoryNow(msgspec.Struct, frozen=True, array_like=True):
    """A story as the newsroom sees it being read."""

    story: str
    hour: int  # reads of the last hour
    day: int  # reads of the last 24 hours
    minutes: tuple[int, ...]  # reads of each of the last 60 minutes, oldest first
    expected: float = 0.0  # reads that its age and its last hours let expect for this hour
    engaged: float = 0.0  # seconds a read that told, on average of the last 24 hours; 0 where none told
    finished: float = 0.0  # share of those that came to the end, 0 to 1


class Named(msgspec.Struct, frozen=True, array_like=True):
    """So many reads of one name: a source, a device class, a section, a reason."""

    name: str
    count: int


class Ruled(msgspec.Struct, frozen=True, array_like=True):
    """So many reads dropped by one rule of a step since the collector was started."""

    reason: Reason
    rule: str
    count: int


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """A read that was dropped, as far as it may be shown: nothing of who it was."""

    at: float  # the minute
    reason: Reason
    rule: str
    story: str  # "" where no such story stands
    source: SourceName | Literal[""]  # "" where the message was none, and told nothing
    device: Device


class Alert(msgspec.Struct, frozen=True, array_like=True):
    """Something to look at: a story that is read far more than expected, or reads that have stopped coming."""

    kind: Literal["rising", "silent"]
    story: str
    count: float  # reads of the hour; minutes of silence
    expected: float  # reads expected; reads of the hour before


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is read now and today, and what was dropped and why."""

    at: float
    readers_now: int  # visitors of the last five minutes
    reads_hour: int
    reads_day: int
    stories: tuple[StoryNow, ...]  # most read of the hour first
    sections: tuple[Named, ...]  # this and the following: of the last 24 hours, largest first
    sources: tuple[Named, ...]
    devices: tuple[Named, ...]
    dropped: tuple[Named, ...]
    hours: tuple[int, ...]  # reads of each of the last 24 hours, oldest first
    writing: bool = True  # False: the last write failed, and reads are being refused
    topics: tuple[Named, ...] = ()
    bylines: tuple[Named, ...] = ()
    week_ago: tuple[int, ...] = (0,) * 24  # reads of the same hours on the same weekday before
    engaged: float = 0.0  # seconds a read that told, on average of the last 24 hours
    told: int = 0  # how many reads told
    finished: float = 0.0  # share of those that came to the end of the story
    rules: tuple[Ruled, ...] = ()
    samples: tuple[Sample, ...] = ()  # the last few of each reason
    alerts: tuple[Alert, ...] = ()


class Withdrawn(msgspec.Struct, frozen=True, array_like=True):
    """A stored read that leaves, and why. With its hour it is named by what is stored of it."""

    story: str
    ms: int  # since the hour began
    visitor: int
    reason: Reason


class Keeping(msgspec.Struct, frozen=True):
    """How a log is kept: after so many days an hour is summed up (0: never); where the days begin of which stories have sums ("": none)."""

    days: int = 0
    timezone: str = ""


ALL_FOR_EVER = Keeping()


# What is wrong with a message that is no read: another form than JSON, a field of another kind or none where one is asked for, too long.
Fault = Literal["no-json", "wrong-field", "too-long"]


class MalformedReadError(ValueError):
    """The body is no read; the message says why, for whoever sent it, and ``fault`` in a word."""

    def __init__(self, why: str, fault: Fault) -> None:
        super().__init__(why)
        self.fault: Fault = fault


class NotDurableError(Exception):
    """The read could not be put on disk: it is not counted, and must not be answered as if it were."""


def list_key(window: str, section: str = "", language: str = "") -> str:
    """Name a ranking."""
    return f"{window}/{section or ALL}/{language or ALL}"


_page_decoder = msgspec.json.Decoder(PageMessage)
LONGEST_TEXT = 2000


def parse_page_message(body: bytes | bytearray) -> PageMessage:
    """Read the body of ``POST /read``; MalformedReadError if it is none, with a sentence for a 400."""
    try:
        message = _page_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fault: Fault = "wrong-field" if isinstance(error, msgspec.ValidationError) else "no-json"
        raise MalformedReadError(f'This is no read: {error}. Send JSON such as {{"story": "…", "token": "…"}}.', fault) from error
    if not message.story or not message.token:
        raise MalformedReadError('A read needs its "story" and its "token".', "wrong-field")
    # A short body holds no long text.
    if len(body) > LONGEST_TEXT and max(map(len, (message.referrer, message.story, message.token, message.view))) > LONGEST_TEXT:
        raise MalformedReadError(f"No text of a read may be longer than {LONGEST_TEXT} characters.", "too-long")
    return message
