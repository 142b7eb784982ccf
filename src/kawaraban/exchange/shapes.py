"""What every importer makes of its source before a story is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.counting import writable
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from kawaraban.exchange.noting import Account, Noted

# How a story stands in its source. What is withheld (private, behind a password) stays so: it comes over as a draft.
PUBLISHED, SCHEDULED, DRAFT = "published", "scheduled", "draft"


class SourcePhoto(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture as a source shows it; ``address`` and ``others`` say where its file may be had, the best first."""

    address: str
    others: tuple[str, ...] = ()
    title: str = ""
    caption: str = ""  # as this story says it, without the credit
    own_caption: str = ""  # the picture's own, where the source keeps one
    credit: str = ""
    alt_text: str = ""
    rights_holder: str = ""
    rights_end: datetime | None = None


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """Text with the marks that a paragraph may hold, or a list: ``<p>…</p>``, ``<ul>…</ul>``, ``<ol>…</ol>``."""

    html: str


class Subheading(msgspec.Struct, frozen=True, tag="subheading"):
    """A heading between paragraphs; at most 80 characters."""

    text: str


class Picture(msgspec.Struct, frozen=True, tag="photo"):
    """A picture between paragraphs."""

    photo: SourcePhoto


class Pictures(msgspec.Struct, frozen=True, tag="gallery"):
    """Pictures that belong together."""

    photos: tuple[SourcePhoto, ...]
    caption: str = ""


class Quotation(msgspec.Struct, frozen=True, tag="quotation"):
    """Somebody's words, set apart."""

    text: str
    speaker: str = ""


class Table(msgspec.Struct, frozen=True, tag="table"):
    """A plain table: every row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


class Box(msgspec.Struct, frozen=True, tag="box"):
    """Background beside the story."""

    title: str
    html: str


class Embed(msgspec.Struct, frozen=True, tag="embed"):
    """A video or a post elsewhere, by its https address."""

    address: str
    title: str = ""


class LinkedStory(msgspec.Struct, frozen=True, tag="story"):
    """Another story of the same source, by its id there."""

    source_id: str


class Markup(msgspec.Struct, frozen=True, tag="markup"):
    """What no other block holds: sanitised HTML, kept as it is."""

    html: str


Block = Paragraph | Subheading | Picture | Pictures | Quotation | Table | Box | Embed | LinkedStory | Markup


class SourceName(msgspec.Struct, frozen=True):
    """What a section, a topic or a person is called, and the address it had."""

    name: str
    slug: str = ""


class SourceByline(msgspec.Struct, frozen=True):
    """Who did what."""

    name: str
    role: str = "text"
    slug: str = ""


class SourceCorrection(msgspec.Struct, frozen=True):
    """A mistake that was put right in the open."""

    made_at: datetime
    text: str
    kind: str = "correction"
    wrong: str = ""
    right: str = ""


_NONE = SourceName("")


@dataclass(frozen=True, kw_only=True)
class SourceStory:
    """A story as it stands in a source, in our words."""

    source_id: str
    title: str
    body: tuple[Block, ...] = ()
    section: SourceName = _NONE
    topics: tuple[SourceName, ...] = ()
    language: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    bylines: tuple[SourceByline, ...] = ()
    url: str = ""
    short_headline: str = ""
    summary: str | None = None  # None: its first words stand in
    standfirst: str = ""
    lead: SourcePhoto | None = None
    source_name: str = ""
    corrections: tuple[SourceCorrection, ...] = ()
    translation_of: str = ""  # the source id of the story that it is a translation of
    state: str = PUBLISHED
    old_addresses: tuple[str, ...] = ()  # paths on the old site, with a query where they have one
    fields: tuple[tuple[str, str], ...] = ()  # what the source keeps beside, and no field of ours holds


@dataclass(frozen=True, kw_only=True)
class SourcePage:
    """A page of a source that is no story: about the paper, how to reach it."""

    source_id: str
    title: str
    body: tuple[Block, ...]
    slug: str = ""
    language: str = ""
    state: str = PUBLISHED
    old_addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Something that did not come over as it stood in the source: where, what, and what to do."""

    where: str
    text: str
    source_id: str = ""
    lost: bool = True  # whether something of the source is not here now, or comes over otherwise than it stood

    @property
    def said(self) -> Said:
        """The whole sentence, with where it is."""
        return Said(_("%(where)s: %(text)s"), where=self.where, text=self.text) if self.where else Said.of(self.text)

    def __str__(self) -> str:
        return str(self.said)


@dataclass
class ImportReport:
    """What came of an import."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0  # changed in the source, but edited or withdrawn here since: ours stays
    found: list[Problem] = field(default_factory=list)
    # By kind: what was counted on the way, such as drafts, comments, scripts that were taken out.
    noted: Counter[str] = field(default_factory=Counter)
    missing_photos: dict[str, str] = field(default_factory=dict)  # address → why
    left_out: dict[str, str] = field(default_factory=dict)  # source id → why it was not to come over
    # Source id → what accounts for how much of a difference between its text there and here.
    accounts: dict[str, dict[str, Account]] = field(default_factory=dict)
    words_left_out: dict[str, dict[str, str]] = field(default_factory=dict)  # source id → for what reason which words, a line each
    stayed: set[str] = field(default_factory=set)  # source ids of those that have changed there and stay as they are here
    loose_pictures: list[str] = field(default_factory=list)  # addresses of pictures that came without a story

    @property
    def problems(self) -> list[str]:
        """What is wrong in the source, in sentences."""
        return [problem.said for problem in self.found if problem.lost]

    def tell(self, source_id: str, noted: Noted) -> None:
        """Note what of a story's text came over otherwise than it stood."""
        self.noted.update(noted)
        if noted.accounts:
            self.accounts[source_id] = noted.accounts
        if noted.words:
            self.words_left_out[source_id] = noted.words

    def sentence(self) -> str:
        """Say it in one line."""
        return (
            f"{self.read} stories read: {self.new} new, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.kept} kept as edited or withdrawn here, {len(self.problems)} with a problem."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as data."""
        counts = {name: getattr(self, name) for name in ("read", "new", "updated", "unchanged", "kept")}
        missing = {writable(address): writable(why) for address, why in self.missing_photos.items()}
        return {**counts, "problems": self.problems, "noted": dict(self.noted), "missing_photos": missing}
