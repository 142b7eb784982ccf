"""An import, whatever its format: batches, progress, what is wrong; nothing of it knows how a source is written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.letters import letters
from kawaraban.exchange.old_lists import lead_lists
from kawaraban.exchange.pages import PageDesk
from kawaraban.exchange.publishing import BATCH, Publisher, moment_spread, photos_of
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import ImportReport, Problem, SourcePage, SourcePhoto, SourceStory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from kawaraban.exchange.counting import CountedItem, Uncounted
    from kawaraban.exchange.media.shapes import MediaSource
    from kawaraban.exchange.old_lists import OldAddress

    OnProgress = Callable[[int, int], None]

# SQLite has those who wait look so often at last.
WRITERS_LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class LeftOut:
    """Something of a source that is not to come over, and why."""

    source_id: str
    why: str


@dataclass(frozen=True)
class Loose:
    """A picture of a source's library, in a story or not."""

    source_id: str
    photo: SourcePhoto


@dataclass(frozen=True)
class Read:
    """Something that was read, and where it stands."""

    where: str
    what: SourceStory | SourcePage | Problem | LeftOut | Loose


def of_file(name: str, reads: Iterator[Read]) -> Iterator[Read]:
    """Yield what was read of a file; of one that gave nothing, say that it is hardly the one that was meant."""
    is_empty = True
    for read in reads:
        is_empty = False
        yield read
    if is_empty:
        told = Said(_("nothing was found in it that this format writes: look whether it is the right file"))
        yield Read("", Problem(letters(name), told))


class Source(Protocol):
    """A source as its format reads it."""

    def total(self) -> int:
        """How many things there are to be read, as far as it is known before."""
        ...

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read one after the other, in flat memory; what is wrong with one holds up no other."""
        ...

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield where the old site's lists were, when all has been read."""
        ...


@dataclass(frozen=True)
class Format:
    """A format that can be brought in: how it is opened, and how it is counted by a reader that shares nothing with it."""

    name: str
    open: Callable[[Sequence[Path], Options], Source]
    count: Callable[..., Iterator[CountedItem | Uncounted]]  # given the files, and ``encoding`` where that may be told
    has_encoding: bool = False


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for."""

    source_name: str
    language: str = "ja"
    base_url: str = ""  # of the old site, where the source does not say it
    post_types: tuple[str, ...] = ("post",)
    encoding: str = ""
    archive_dir: Path | None = None  # where what no newsroom holds is kept: comments


def bring_in(
    source: Source,
    *,
    options: Options,
    media: Sequence[MediaSource] = (),
    dry_run: bool = False,
    on_progress: OnProgress = lambda _done, _total: None,
) -> ImportReport:
    """Bring a source in. It may be killed at any moment, and asked for again."""
    total = source.total()
    under_way = (DryRun if dry_run else Bringing)(options, media, total)
    for done, item in enumerate(source.read(under_way.report)):
        under_way.take(item, done)
        if len(under_way.batch) >= BATCH:
            under_way.end_batch()
            on_progress(done + 1, max(total, done + 1))
            let_others_write()
    under_way.end(source)
    on_progress(total, total)
    return under_way.report


def let_others_write() -> None:
    """Stand back for as long as SQLite's waiting writers look away: else the next batch begins before an editor or the press has a turn."""
    if connection.vendor == "sqlite":
        time.sleep(WRITERS_LOOK_EVERY_SECONDS)


class Bringing:
    """An import under way."""

    def __init__(self, options: Options, media: Sequence[MediaSource], total: int) -> None:
        self.report = ImportReport()
        self.batch: list[tuple[str, SourceStory, datetime]] = []
        self.publisher = Publisher(source_name=options.source_name, language=options.language, report=self.report, media=media)
        self._options = options
        self._total = total
        self._now = timezone.now().replace(microsecond=0)
        self._pages = PageDesk(source_name=options.source_name, language=options.language, report=self.report)

    def take(self, item: Read, number: int) -> None:
        """Take what was read, the so manieth of all."""
        match item.what:
            case Problem() as problem:
                self.report.found.append(problem)
            case LeftOut(source_id=source_id, why=why):
                self.report.left_out[source_id] = why
            case SourcePage() as page:
                self.page(page, item.where)
            case Loose(photo=photo):
                self.report.loose_pictures.append(photo.address)
                self.photo(photo)
            case SourceStory() as story:
                self.report.read += 1
                self.batch.append((item.where, story, moment_spread(self._now, self._total, number)))

    def page(self, page: SourcePage, where: str, *, dry_run: bool = False) -> None:
        """Publish a page about the paper."""
        if wrong := self._pages.publish(page, dry_run=dry_run):
            self.report.found.append(Problem(where, wrong, page.source_id))

    def photo(self, photo: SourcePhoto) -> None:
        """Bring a picture of the library in."""
        self.publisher.photos.fetch([photo])

    def end_batch(self) -> None:
        """Publish the stories that were read since the last batch."""
        wrongs = self.publisher.publish([(story, moment) for _, story, moment in self.batch])
        for (where, story, _moment), wrong in zip(self.batch, wrongs, strict=True):
            if wrong:
                self.report.found.append(Problem(where, wrong, story.source_id))
        self.batch.clear()

    def end(self, source: Source) -> None:
        """Publish the rest, and what only stands when everything is there."""
        self.end_batch()
        self.publisher.publish_waiting()
        lead_lists(source.old_addresses(), self._options.language, self.report)


class DryRun(Bringing):
    """An import that changes nothing, and counts what it would do."""

    def page(self, page: SourcePage, where: str, *, dry_run: bool = True) -> None:
        """Count a page."""
        super().page(page, where, dry_run=dry_run)

    def photo(self, photo: SourcePhoto) -> None:
        """Look whether a picture may be had."""
        if not self.publisher.photos.has(photo):
            self.report.missing_photos[photo.address] = Said(_("it is at none of the places that were told"))

    def end_batch(self) -> None:
        """Count the stories that were read since the last batch."""
        for _where, story, _moment in self.batch:
            count = self.publisher.would(story)
            setattr(self.report, count, getattr(self.report, count) + 1)
            for photo in photos_of(story):
                self.photo(photo)
        self.batch.clear()

    def end(self, source: Source) -> None:
        """Count the rest."""
        self.end_batch()
