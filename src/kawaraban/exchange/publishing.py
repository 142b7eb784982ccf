"""From a source's story to a published one: the same way for every format, and the way that editors' stories go."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import msgspec
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from wagtail.models import PageLogEntry

from kawaraban.exchange.drafting import Drafting, first_words
from kawaraban.exchange.markup.blocks import pictures_of
from kawaraban.exchange.media.photos import LONGEST_CAPTION, PhotoDesk
from kawaraban.exchange.models import KeptFields
from kawaraban.exchange.naming import Names, likely_story_id, story_id_for
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import DRAFT, PUBLISHED, SCHEDULED, LinkedStory, Problem, SourceName
from kawaraban.exchange.together import Together
from kawaraban.newsroom.actions.lead_old_addresses import lead_old_addresses
from kawaraban.newsroom.actions.publish_stories import plain_story
from kawaraban.newsroom.actions.publish_story import (
    CorrectionDraft,
    StoryDraft,
    publish_new_story,
    publish_story_again,
    write_new_story,
    write_story_again,
)
from kawaraban.newsroom.indexing import indexed_together
from kawaraban.newsroom.models import StoryPage
from kawaraban.press.actions import asked_together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kawaraban.exchange.media.shapes import MediaSource
    from kawaraban.exchange.shapes import ImportReport, SourcePhoto, SourceStory
    from kawaraban.newsroom.models import SectionPage

# So many stories share a transaction: a kill loses at most these, and the next run takes them up again. An editor who saves waits for one.
BATCH = 100
# Stories without a time are spread so that a day gets about as many as a small paper prints.
STORIES_A_DAY = 40
# What a database, a model or a block says of a story that cannot be kept as it is.
_UNKEPT = (ValidationError, LookupError, ArithmeticError, ValueError, DataError, IntegrityError)
_CONTENT, _PLACE = 22, 8  # hex digits of a digest; GAP behind them where a picture is missing
GAP = "?"


class Publisher:
    """Publishes a source's stories; asked twice for the same, it changes nothing."""

    def __init__(self, *, source_name: str, language: str, report: ImportReport, media: Sequence[MediaSource] = ()) -> None:
        self._source = source_name
        self._language = language
        self._report = report
        self._names = Names()
        self.photos = PhotoDesk(source_name=source_name, media=media, report=report)
        # Stories that name others which came after them.
        self._waiting: dict[str, tuple[SourceStory, datetime | None]] = {}
        # Of the batch under way: what is to be written together, what is wrong with what was not, where old addresses are to lead.
        self._together = Together()
        self._wrongs: dict[int, str] = {}
        self._old: dict[str, tuple[StoryPage, str]] = {}
        self._look()

    def publish(self, stories: Sequence[tuple[SourceStory, datetime | None]]) -> list[str]:
        """Publish a batch in one transaction, and return what is wrong with each story that cannot be written, or "".

        The moments are for stories that say none themselves.
        """
        due = {story.source_id for story, _ in stories if self._is_due(story)}
        for story, _moment in stories:
            if story.source_id in due:
                self.photos.fetch(photos_of(story))
        wrongs = [""] * len(stories)
        try:
            with transaction.atomic(), indexed_together(), asked_together():
                for number, (story, moment) in enumerate(stories):
                    if any(named in self._together for named in _names_of(story)):
                        self._publish_laid_by()
                    if not self._lay_by(number, story, moment):
                        wrongs[number] = self._publish_alone(story, moment, is_due=story.source_id in due)
                self._publish_laid_by()
                for number, wrong in self._wrongs.items():
                    wrongs[number] = wrong
                self._lead_old_addresses()
        except BaseException:
            # What was made in this batch is not there any more, and must not be taken for known when it is tried again.
            self._look()
            raise
        finally:
            self._together, self._wrongs, self._old = Together(), {}, {}
        return wrongs

    def _lay_by(self, number: int, story: SourceStory, moment: datetime | None) -> bool:
        """Keep a new story that readers may see, until it is written with the others of its batch; say whether it is kept."""
        if story.source_id in self._known or not _is_out(story):
            return False
        try:
            with transaction.atomic():
                draft = self._new_draft(story, moment, likely_story_id(self._source, story.source_id))
                new = plain_story(draft)
                if new is None:
                    # What was made for it is made again the single way, if that can be.
                    raise ValidationError("")
        except _UNKEPT:
            self._waiting.pop(story.source_id, None)
            self._names.forget()
            return False
        self._together.lay_by(number, story, moment, new)
        return True

    def _publish_laid_by(self) -> None:
        """Write what was laid by; what cannot be written so is written alone."""
        standing, single = self._together.publish()
        for story, page in standing:
            self._report.new += 1
            self._known[story.source_id] = (page.pk, page.import_digest)
            self._note_old_addresses(story, page)
        for number, story, moment in single:
            self._wrongs[number] = self._publish_alone(story, moment, is_due=True)

    def publish_waiting(self) -> None:
        """Write the stories again that name others which were not here yet."""
        waiting, self._waiting = self._waiting, {}
        for source_id, (story, moment) in waiting.items():
            known = self._known.get(source_id)
            if known is not None:
                self._known[source_id] = (known[0], "")
                before = self._report.updated
                self._publish_alone(story, moment, is_due=True)
                self._report.updated = before
        self._lead_old_addresses()
        for source_id in self._waiting:
            problem = Said(_("it names a story of this source that is not there: the place is left out"))
            self._report.found.append(Problem("", problem, source_id, lost=True))

    def would(self, story: SourceStory) -> str:
        """Say what publishing a story would do, without doing it: the name of a count of the report."""
        known = self._known.get(story.source_id)
        if known is None:
            return "new"
        if not self._is_due(story):
            return "unchanged"
        page = StoryPage.objects.get(pk=known[0])
        return "kept" if is_ours(page) or _is_taken_back(page, story) else "updated"

    def _publish_alone(self, story: SourceStory, moment: datetime | None, *, is_due: bool) -> str:
        """Publish a story so that the rest of its batch stands when it cannot be written."""
        try:
            with transaction.atomic():
                self._publish(story, moment, is_due=is_due)
        except _UNKEPT as error:
            # A section or a topic that was made for it is gone with it.
            self._look()
            messages = getattr(error, "messages", None)
            return "; ".join(messages) if messages else Said(_("it cannot be kept (%(why)s)"), why=str(error))
        return ""

    def _look(self) -> None:
        """Know what the database holds now."""
        self._names.forget()
        known = StoryPage.objects.filter(import_source=self._source).values_list("pk", "import_id", "import_digest")
        self._known: dict[str, tuple[int, str]] = {import_id: (pk, digest) for pk, import_id, digest in known}

    def _is_due(self, story: SourceStory) -> bool:
        """Whether a story is new or not as it stood when it came; or a picture that was missing may be had now."""
        digest = self._known.get(story.source_id, (0, ""))[1]
        if not digest.startswith(_content(story)):
            return True
        return digest.endswith(GAP) and any(self.photos.has(photo) for photo in photos_of(story) if not self._stands(photo))

    def _stands(self, photo: SourcePhoto) -> bool:
        return self.photos.photo(photo) is not None

    def _publish(self, story: SourceStory, moment: datetime | None, *, is_due: bool) -> None:
        language = story.language or self._language
        place = _place(story, language)
        known, known_digest = self._known.get(story.source_id, (None, ""))
        if known is None:
            page = self._write_new(story, self._new_draft(story, moment, story_id_for(self._source, story.source_id)))
            self._report.new += 1
        elif not is_due:
            self._report.unchanged += 1
            return
        else:
            page = StoryPage.objects.select_related("locale").get(pk=known)
            if is_ours(page) or _is_taken_back(page, story):
                self._report.kept += 1
                self._report.stayed.add(story.source_id)
                if _is_taken_back(page, story):
                    told = Said(_("its source does not show it any more; it is still published here: withdraw it if it is to go"))
                    self._report.found.append(Problem("", told, story.source_id, lost=False))
                return
            # A section that has another name here than in the source is still the story's: only the source moves a story out of it.
            stayed = known_digest[_CONTENT:].startswith(place) or not known_digest
            section = page.get_parent().specific if stayed else self._names.section(story.section, language)
            # The moment is for stories that come for the first time.
            draft = self._draft(story, section, page.published_at, place, page.story_id, is_assumed=not page.is_dated)
            page = self._write_again(story, page, draft)
            # Those that it left and came to know no more how many stories they hold.
            self._names.forget_sections()
            self._report.updated += 1
        self._known[story.source_id] = (page.pk, page.import_digest)
        self._beside(story, page)

    def _write_new(self, story: SourceStory, draft: StoryDraft) -> StoryPage:
        if _is_out(story):
            return publish_new_story(draft=draft, actor=None)
        return write_new_story(draft=draft, actor=None, goes_out_at=_utc(story.published_at) if story.state == SCHEDULED else None)

    def _write_again(self, story: SourceStory, page: StoryPage, draft: StoryDraft) -> StoryPage:
        if _is_out(story):
            return publish_story_again(story=page, draft=draft, actor=None)
        return write_story_again(
            story=page, draft=draft, actor=None, goes_out_at=_utc(story.published_at) if story.state == SCHEDULED else None
        )

    def _beside(self, story: SourceStory, page: StoryPage) -> None:
        """Keep what belongs to a story and stands elsewhere: old addresses, fields of the source's own."""
        self._note_old_addresses(story, page)
        if story.fields:
            KeptFields.objects.update_or_create(story=page, defaults={"fields": dict(story.fields)})

    def _note_old_addresses(self, story: SourceStory, page: StoryPage) -> None:
        if story.old_addresses and _is_out(story):
            here = page.reader_path
            self._old.update({old: (page, story.source_id) for old in story.old_addresses if old != here})

    def _lead_old_addresses(self) -> None:
        """Have the old addresses of a batch lead to its stories."""
        old, self._old = self._old, {}
        for path in lead_old_addresses(to={path: page for path, (page, _id) in old.items()}):
            told = Said(_("its old address has more letters than can be kept, and leads nowhere: %(path)s…"), path=path[:80])
            self._report.found.append(Problem("", told, old[path][1]))

    def _new_draft(self, story: SourceStory, moment: datetime | None, story_id: str) -> StoryDraft:
        language = story.language or self._language
        return self._draft(story, self._names.section(story.section, language), moment, _place(story, language), story_id)

    def _draft(
        self, story: SourceStory, section: SectionPage, moment: datetime | None, place: str, story_id: str, *, is_assumed: bool = True
    ) -> StoryDraft:
        # ``is_assumed``: nobody told the moment.
        drafting = Drafting(self.photos.photo, self._story)
        lead, before = drafting.lead(story.lead)
        body = [*before, *drafting.body(story.body)]
        original = self._story(story.translation_of) if story.translation_of else None
        if drafting.waits or (story.translation_of and original is None):
            self._waiting[story.source_id] = (story, moment)
        return StoryDraft(
            headline=story.title,
            section=section,
            body=body,
            story_id=story_id,
            short_headline=story.short_headline,
            summary=first_words(story.body) if story.summary is None else story.summary,
            standfirst=story.standfirst,
            lead_photo=lead,
            lead_caption=_caption(story.lead) if lead and story.lead and _caption(story.lead) != lead.caption else "",
            lead_alt=story.lead.alt_text if lead and story.lead and story.lead.alt_text != lead.alt_text else "",
            topics=[self._names.topic(topic) for topic in story.topics],
            bylines=[(self._names.person(SourceName(byline.name, byline.slug)), byline.role) for byline in story.bylines],
            corrections=[
                CorrectionDraft(made_at=made.made_at.astimezone(UTC), text=made.text, kind=made.kind, wrong=made.wrong, right=made.right)
                for made in story.corrections
            ],
            source_name=story.source_name,
            source_url=story.url if story.url.startswith(("http://", "https://")) else "",
            published_at=_utc(story.published_at or moment) if _is_out(story) else None,
            assumed_at=_utc(moment) if is_assumed and story.published_at is None and _is_out(story) else None,
            updated_at=_utc(story.updated_at),
            translation_of=original,
            import_source=self._source,
            import_id=story.source_id,
            import_digest=_content(story) + place + (GAP if drafting.has_gaps else ""),
        )

    def _story(self, source_id: str) -> StoryPage | None:
        known = self._known.get(source_id)
        return StoryPage.objects.filter(pk=known[0]).first() if known else None


def _utc(when: datetime | None) -> datetime | None:
    """Return the same moment as every database takes it: PostgreSQL refuses +23:59, which no clock shows but a file may say."""
    return when and when.astimezone(UTC)


def is_ours(story: StoryPage) -> bool:
    """Whether somebody here withdrew an imported story or worked on it: a newer file does not undo that."""
    return (
        # One that came as a draft was never out.
        (not story.live and story.first_published_at is not None)
        or story.revisions.filter(user__isnull=False).exists()
        # Who moved or locked it wrote no revision; and the log names people whose accounts are gone.
        or PageLogEntry.objects.filter(page=story.pk, user__isnull=False).exists()
    )


def moment_spread(end: datetime, count: int, number: int) -> datetime:
    """Return the moment of a story that says none: they are spread over the days before ``end``, the last one is the newest."""
    return end - timedelta(days=1) / STORIES_A_DAY * max(0, count - 1 - number)


def _names_of(story: SourceStory) -> list[str]:
    """Return the ids of the stories that must be written before a story is: itself, where it comes twice, and those that it names."""
    linked = [block.source_id for block in story.body if isinstance(block, LinkedStory)]
    return [story.source_id, story.translation_of, *linked]


def _place(story: SourceStory, language: str) -> str:
    return hashlib.blake2b(f"{language}\n{story.section.name}".encode(), digest_size=_PLACE // 2).hexdigest()


def _content(story: SourceStory) -> str:
    return hashlib.blake2b(msgspec.json.encode(story), digest_size=_CONTENT // 2).hexdigest()


def _is_out(story: SourceStory) -> bool:
    """Whether readers may see it; what was to go out at a moment that is past went out in its source too."""
    return story.state == PUBLISHED or (
        story.state == SCHEDULED and story.published_at is not None and story.published_at <= timezone.now()
    )


def _is_taken_back(page: StoryPage, story: SourceStory) -> bool:
    return bool(page.live) and story.state == DRAFT


def photos_of(story: SourceStory) -> list[SourcePhoto]:
    """Return a story's pictures, the one above the text first."""
    return [*([story.lead] if story.lead else []), *pictures_of(story.body)]


def _caption(photo: SourcePhoto) -> str:
    return photo.caption if len(photo.caption) <= LONGEST_CAPTION else ""
