"""What templates are given: finished values, nothing that would ask the database again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclass fields are looked at when they are made
from typing import Any

from kawaraban.newsroom.queries.logos import Logo  # noqa: TC001
from kawaraban.sheetlog.shapes import Language  # noqa: TC001


@dataclass(frozen=True)
class Link:
    """A name and where it leads."""

    name: str
    url: str
    slug: str = ""


@dataclass(frozen=True)
class Edition:
    """The paper in one language, as every page of it shows it."""

    language: Language
    prefix: str  # "" or "/ko"
    nameplate: str
    motto: str
    description: str
    weather_place: str
    sections: tuple[Link, ...]
    about: Link | None
    others: tuple[tuple[Language, str, str], ...]  # (language, its own name, path of its front page)
    base_url: str
    ranking_window: str
    ranking_reads: bool  # its rows tell how often each story was read
    style_url: str
    script_url: str
    find_url: str
    icon_url: str
    licence_url: str = ""  # where the terms of all that the paper publishes stand
    logo: Logo | None = None

    @property
    def front_url(self) -> str:
        """The front page's path."""
        return self.prefix or "/"


@dataclass(frozen=True)
class Rendered:
    """One file of a photo: where it is and how large (pixels)."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """A photo as it stands in a page: every size, and never without its credit."""

    fallback: Rendered  # JPEG, the smaller size
    jpeg: str  # srcset
    webp: str
    avif: str  # empty until it was made
    alt: str
    caption: str
    credit: str
    largest: Rendered
    rights_holder: str = ""


@dataclass(frozen=True)
class Byline:
    """Somebody's part in a story."""

    name: str
    url: str
    role: str


@dataclass(frozen=True)
class CorrectionView:
    """A correction in the open."""

    kind: str
    made_at: datetime
    text: str
    wrong: str
    right: str


@dataclass(frozen=True)
class CorrectedStory:
    """A story with its corrections, newest first, in the log of corrections."""

    id: str
    title: str
    url: str
    corrections: list[CorrectionView]


@dataclass(frozen=True)
class NameView:
    """A registered name that a story mentions."""

    name: str
    url: str
    slug: str
    kind: str
    prominent: bool  # in the headline or the standfirst: the story is about it
    wikidata: str = ""


@dataclass(frozen=True)
class OtherEdition:
    """The same story in another edition."""

    language: Language
    language_name: str
    url: str
    id: str


@dataclass(frozen=True)
class StoryView:
    """A story as pages and cards show it."""

    id: str
    url: str
    language: Language
    title: str
    short_title: str
    summary: str
    standfirst: str
    section: Link
    published_at: datetime
    updated_at: datetime | None
    lead: Picture | None  # in full width
    card: Picture | None  # cropped for cards
    shown: tuple[Picture, ...]  # the photos between its paragraphs
    body: Any  # the stream of blocks
    bylines: tuple[Byline, ...]
    topics: tuple[Link, ...]
    names: tuple[NameView, ...]
    corrections: tuple[CorrectionView, ...]
    source_name: str
    source_url: str
    translations: tuple[OtherEdition, ...]
    translated_from: str  # path of the original, if it is ours
    reading_minutes: int
    read_token: str
    is_dated: bool = True  # else the moment of its publication was made up
    import_source: str = ""
    import_id: str = ""
    text: str = field(default="", repr=False)  # plain text of the body
    pinned_until: datetime | None = None  # what an editor said of its place in rankings
    leaves_ranking_at: datetime | None = None
    course: tuple[str, ...] | None = None  # ids of what led to it, as the desk chose; None: what the search finds

    @property
    def first_edition_url(self) -> str:
        """Its path in the edition that stands at the top of the site; for a reader of no language of ours."""
        return next((other.url for other in self.translations if other.language == "ja"), self.url)
