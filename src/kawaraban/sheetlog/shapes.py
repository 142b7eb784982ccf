"""The shapes of what the log holds. They cross from the newsroom plane to the reader plane, so they are frozen and explicit.

Texts named ``…html`` are finished, escaped HTML (or XML, or JSON, in sheets of those types): nobody escapes them again.
Times are seconds since 1970 in UTC, as floats.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from kawaraban.sheetlog.parts import Part, pressed

Language = Literal["ja", "ko", "en"]


class Kind(StrEnum):
    """What an entry is; with its key it names one row of the log."""

    SHEET = "sheet"  # key: path, e.g. "/politics/k3f9x2". Payload: Sheet
    STORY = "story"  # key: story id. Payload: Story
    CARD = "card"  # key: "<story id>/<card shape>", e.g. "k3f9x2/row". Payload: Card
    LIST = "list"  # key: e.g. "ja/latest", "ja/section/politics". Payload: StoryList
    PART = "part"  # key: e.g. "ja/weather", "ja/date". Payload: TimedPart
    DOCUMENT = "document"  # key: story id. Payload: Document, for search
    REDIRECT = "redirect"  # key: path. Payload: Redirect
    ASSET = "asset"  # key: path, e.g. "/assets/site.4f2a.css". Payload: Asset
    NAME = "name"  # key: a name's address, e.g. "nato". Payload: Name, of the language room
    PARTNER = "partner"  # key: the SHA-256 of a token, in hexadecimal. Payload: Partner
    GONE = "gone"  # key: path that was withdrawn; answered by 410. Payload: Gone


class Entry(msgspec.Struct, frozen=True):
    """One row of the log. ``payload`` is None when what the key named is no more (a tombstone)."""

    seq: int
    kind: Kind
    key: str
    payload: bytes | None


class Translation(msgspec.Struct, frozen=True):
    """The same story in another edition."""

    language: Language
    story: str
    url: str


class Story(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every process must know of a published story."""

    id: str
    url: str  # path on the site, ASCII, without host
    title: str
    summary: str = ""
    section: str  # slug
    section_name: str
    language: Language
    published_at: float
    updated_at: float
    topics: tuple[str, ...] = ()  # slugs
    bylines: tuple[str, ...] = ()  # slugs of people
    names: tuple[str, ...] = ()  # addresses of registered names, in the order in which it mentions them
    translations: tuple[Translation, ...] = ()
    source: str = ""
    source_id: str = ""
    pinned_until: float = 0.0  # until then it stands first in rankings, by an editor's word
    leaves_ranking_at: float = 0.0  # from then on it stands in none, by an editor's word; 0: that does not come


class Card(msgspec.Struct, frozen=True):
    """A story's small form in one shape. A badge (its rank) may be put between the two halves, or nothing."""

    html: str
    html_after_badge: str = ""


class StoryList(msgspec.Struct, frozen=True):
    """Story ids in order, best or newest first. Bounded: the press keeps at most a few hundred."""

    stories: tuple[str, ...]


class Variant(msgspec.Struct, frozen=True):
    """What a part shows from a moment on."""

    since: float
    html: str


class TimedPart(msgspec.Struct, frozen=True):
    """A small printed block that changes with the clock alone: the date, the age of the weather, breaking news that ends.

    Variants are in order of time; the one shown is the last that has begun. Before the first, nothing is shown.
    """

    variants: tuple[Variant, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A story's text for search and related stories. Plain text, paragraphs split by a blank line."""

    id: str
    language: Language
    title: str
    summary: str = ""
    body: str
    section: str
    topics: tuple[str, ...] = ()  # slugs
    topic_names: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()  # names
    names: tuple[str, ...] = ()  # addresses of registered names, as in Kind.NAME
    published_at: float
    is_dated: bool = True  # else nobody has told when it was published, and the moment was made up
    source: str = ""
    source_id: str = ""
    translations: tuple[str, ...] = ()  # story ids


class Redirect(msgspec.Struct, frozen=True):
    """An old address and where it leads; ``permanent`` chooses between 301 and 302."""

    to: str
    permanent: bool = True


class Asset(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of the site's own (style, script, icon). Its path bears its hash, so it may be kept for ever."""

    content_type: str
    body: bytes
    dictionary_for: str = ""  # the addresses whose pages browsers may have compressed against it (a URL pattern, RFC 9842)
    made_at: float = 0.0


class Partner(msgspec.Struct, frozen=True):
    """Somebody who takes our stories, known by a token."""

    name: str


class Gone(msgspec.Struct, frozen=True):
    """A withdrawn address: answered by 410 with the edition's own page."""

    language: Language
    story: str = ""


Fill = Literal[
    "stories",  # rows of cards, no story twice on the page
    "part",  # a TimedPart, by ``key``
    "badge",  # the rank of story ``key``, if it has one in the page's ranking
    "results",  # rows of cards found by the request's query
    "query",  # the request's query, escaped
    "sentence",  # how many were found, from ``sentences``
    "asked",  # what a search page says of its request, by ``key`` (delivery.finding)
]

# Where a "stories" slot takes its candidates from, tried in order until its rows are full:
#   "ids"                the slot's own ``stories`` (placed by hand, or fixed when printed)
#   "ranking"            the live ranking of the slot's window, section and language
#   "related:<story>"    the related stories of that story
#   "list:<key>"         a StoryList of the log
Source = str


class Slot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """A place in a sheet that is filled when the page is composed.

    ``priority`` settles who shows a story that several slots would show: lower numbers choose first. The house's order is
    10 placed by hand, 20 ranking, 30 related, 40 topics, 50 latest; the sheet's own story is never chosen.
    A ranking slot shows true ranks: what stands in a slot of a lower number is left out of its rows, keeps its number, and
    bears that number as a badge where it stands.
    """

    name: str  # data-slot
    fill: Fill
    key: str = ""
    priority: int = 50
    rows: int = 0
    shape: str = "row"  # the cards' shape
    sources: tuple[Source, ...] = ()
    stories: tuple[str, ...] = ()
    window: str = ""  # of a ranking: now, 1h, 24h, 7d, 30d
    section: str = ""  # of a ranking: slug, or all
    language: str = ""  # of a ranking: code, or all
    since: float = 0.0  # rows older than so many seconds are not eligible; 0: no bound (news sitemap)
    opening: str = ""  # HTML before the first row; not written when there is no row
    closing: str = ""
    row_opening: str = ""  # HTML before each row; "{rank}" becomes its number (true rank in rankings, else 1, 2, 3 …)
    row_closing: str = ""
    between: str = ""  # between two rows (a comma, in JSON)
    empty: str = ""  # instead of all of it when there is no row
    sentences: tuple[str, ...] = ()  # of a "sentence": (none, one, "{count} …", "{count} …" that are only near); of "asked": its words
    repeats: bool = False  # True: rows may repeat what stands elsewhere (feeds, whose only list it is)
    live: bool = True  # refreshed in an open page


class Sheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A printed page: finished text with slots between. It changes only with what it shows of its own."""

    path: str
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    language: Language
    kind: str  # "story", "front", "section", …: for caching rules and metrics
    story: str = ""  # the story whose own page it is
    pieces: tuple[str | Slot, ...]
    standing: tuple[str, ...] = ()  # stories that stand in the pieces themselves: no slot shows them again
    modified_at: float
    keys: tuple[str, ...] = ()  # surrogate keys for a CDN: what the sheet shows


class PressedSheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sheet as it lies in the log: its texts are compressed once for all readers. Other fields as in ``Sheet``.

    Texts and slots take turns: ``texts`` has one more than ``slots``, and begins and ends. A text may be empty.
    """

    path: str
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    language: Language
    kind: str
    story: str = ""
    texts: tuple[Part, ...]
    slots: tuple[Slot, ...]
    standing: tuple[str, ...] = ()
    modified_at: float
    keys: tuple[str, ...] = ()

    @property
    def plain(self) -> Sheet:
        """The sheet with its texts to be read."""
        pieces: list[str | Slot] = []
        for number, text in enumerate(self.texts):
            if text.size:
                pieces.append(text.plain.decode())
            if number < len(self.slots):
                pieces.append(self.slots[number])
        fields = {name: getattr(self, name) for name in Sheet.__struct_fields__ if name != "pieces"}
        return Sheet(**fields, pieces=tuple(pieces))


def press_sheet(sheet: Sheet) -> PressedSheet:
    """Compress a sheet's texts."""
    texts, slots = [""], []
    for piece in sheet.pieces:
        if isinstance(piece, Slot):
            slots.append(piece)
            texts.append("")
        else:
            texts[-1] += piece
    fields = {name: getattr(sheet, name) for name in Sheet.__struct_fields__ if name != "pieces"}
    return PressedSheet(**fields, texts=tuple(pressed(text) for text in texts), slots=tuple(slots))
