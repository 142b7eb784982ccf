"""From a source's story to a published one: the same way for every format, and the way that editors' stories go."""

from __future__ import annotations

import hashlib
import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from wagtail.models import PageLogEntry

from kawaraban.newsroom.actions.found_newspaper import EditionDraft, found_newspaper
from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story, publish_story_again
from kawaraban.newsroom.indexing import indexed_together
from kawaraban.newsroom.models import Person, SectionPage, StoryPage, Topic
from kawaraban.newsroom.models.addresses import is_reserved
from kawaraban.newsroom.models.stories import ID_ALPHABET, ID_LENGTH
from kawaraban.newsroom.queries.editions import edition_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kawaraban.exchange.shapes import ImportReport, SourceStory
    from kawaraban.newsroom.models import FrontPage

# So many stories share a transaction: a kill loses at most these, and the next run takes them up again.
BATCH = 40
DEFAULT_SECTION = ("news", {"ja": "ニュース", "ko": "뉴스", "en": "News"})
NAMEPLATES = {"ja": "瓦版", "ko": "가와라반", "en": "Kawaraban"}
# Stories without a time are spread so that a day gets about as many as a small paper prints.
STORIES_A_DAY = 40


class Publisher:
    """Publishes a source's stories; asked twice for the same, it changes nothing."""

    def __init__(self, *, source_name: str, language: str, report: ImportReport) -> None:
        self._source = source_name
        self._language = language
        self._report = report
        self._look()

    def publish(self, stories: Sequence[tuple[SourceStory, datetime | None]]) -> list[str]:
        """Publish a batch in one transaction, and return what is wrong with each story that cannot be written, or "".

        The moments are for stories that say none themselves.
        """
        wrongs = []
        try:
            with transaction.atomic(), indexed_together():
                for story, moment in stories:
                    wrongs.append(self._publish_alone(story, moment))
        except BaseException:
            # What was made in this batch is not there any more, and must not be taken for known when it is tried again.
            self._look()
            raise
        return wrongs

    def _publish_alone(self, story: SourceStory, moment: datetime | None) -> str:
        """Publish a story so that the rest of its batch stands when it cannot be written."""
        try:
            with transaction.atomic():
                self._publish(story, moment)
        except (ValidationError, LookupError, ArithmeticError, ValueError, DataError, IntegrityError) as error:
            # A section or a topic that was made for it is gone with it.
            self._look()
            return "; ".join(getattr(error, "messages", [f"it cannot be kept ({' '.join(str(error).split())})"]))
        return ""

    def _look(self) -> None:
        """Know what the database holds now."""
        self._sections: dict[tuple[str, str], SectionPage] = {}
        self._topics: dict[str, Topic] = {}
        self._people: dict[str, Person] = {}
        known = StoryPage.objects.filter(import_source=self._source).values_list("pk", "import_id", "import_digest")
        self._known: dict[str, tuple[int, str]] = {import_id: (pk, digest) for pk, import_id, digest in known}

    def _publish(self, story: SourceStory, moment: datetime | None) -> None:
        language = story.language or self._language
        content = hashlib.blake2b(msgspec.json.encode(story), digest_size=12).hexdigest()
        place = hashlib.blake2b(f"{language}\n{story.section}".encode(), digest_size=4).hexdigest()
        digest = content + place
        known, known_digest = self._known.get(story.source_id, (None, ""))
        if known is None:
            section = self._section(story.section, language)
            page = publish_new_story(draft=self._draft(story, section, moment, digest), actor=None)
            self._report.new += 1
        elif known_digest.startswith(content):
            self._report.unchanged += 1
            return
        else:
            page = StoryPage.objects.select_related("locale").get(pk=known)
            if is_ours(page):
                self._report.kept += 1
                return
            # A section that has another name here than in the source is still the story's: only the source moves a story out of it.
            section = page.get_parent().specific if known_digest.endswith(place) else self._section(story.section, language)
            # The moment is for stories that come for the first time.
            page = publish_story_again(story=page, draft=self._draft(story, section, page.published_at, digest), actor=None)
            # Those that it left and came to know no more how many stories they hold.
            self._sections.clear()
            self._report.updated += 1
        self._known[story.source_id] = (page.pk, digest)

    def _draft(self, story: SourceStory, section: SectionPage, moment: datetime | None, digest: str) -> StoryDraft:
        first = story.paragraphs[0] if story.paragraphs else ""
        return StoryDraft(
            headline=story.title,
            section=section,
            body=[("paragraph", f"<p>{html.escape(paragraph).replace(chr(10), '<br/>')}</p>") for paragraph in story.paragraphs],
            story_id=self._story_id(story.source_id),
            summary=first_sentence(first),
            topics=[self._topic(name) for name in story.topics],
            bylines=[(self._person(name), "text") for name in story.bylines],
            source_url=story.url if story.url.startswith(("http://", "https://")) else "",
            published_at=story.published_at or moment,
            import_source=self._source,
            import_id=story.source_id,
            import_digest=digest,
        )

    def _story_id(self, source_id: str) -> str:
        """Make the id of what the story is in its source, so that it is the same in every newsroom that imports it."""
        for salt in range(100):
            digest = hashlib.blake2b(f"{self._source}\n{source_id}\n{salt}".encode(), digest_size=8).digest()
            number = int.from_bytes(digest, "big")
            name = ""
            for _ in range(ID_LENGTH):
                number, letter = divmod(number, len(ID_ALPHABET))
                name += ID_ALPHABET[letter]
            owner = StoryPage.objects.filter(story_id=name).values_list("import_source", "import_id").first()
            if owner is None or owner == (self._source, source_id):
                return name
        raise RuntimeError("no free id was found in a hundred tries")

    def _section(self, name: str, language: str) -> SectionPage:
        key = (language, name)
        if key not in self._sections:
            front = edition_of(language) or self._edition(language)
            sections = SectionPage.objects.child_of(front).select_related("locale")
            slug, title = (section_address(name, front), name) if name else (DEFAULT_SECTION[0], DEFAULT_SECTION[1][language])
            found = sections.filter(title=name).first() if name else None
            found = found or sections.filter(slug=slug).first()
            if found is None:
                found = SectionPage(title=title, slug=slug, locale=front.locale)
                front.add_child(instance=found)
                found.save_revision(log_action=True).publish(log_action=True, skip_permission_checks=True)
                found = sections.get(pk=found.pk)
            self._sections[key] = found
        return self._sections[key]

    def _edition(self, language: str) -> FrontPage:
        """Begin an edition in the language of a story that comes before any: its name is the chief's to change."""
        return found_newspaper(editions=[EditionDraft(language=language, nameplate=NAMEPLATES[language])])[language]  # type: ignore[arg-type]

    def _topic(self, name: str) -> Topic:
        if name not in self._topics:
            topic = Topic.objects.filter(name=name).first()
            self._topics[name] = topic or Topic.objects.get_or_create(slug=address_of(name, "topic"), defaults={"name": name[:80]})[0]
        return self._topics[name]

    def _person(self, name: str) -> Person:
        if name not in self._people:
            person = Person.objects.filter(name=name).first()
            self._people[name] = person or Person.objects.get_or_create(slug=address_of(name, "by"), defaults={"name": name[:80]})[0]
        return self._people[name]


def is_ours(story: StoryPage) -> bool:
    """Whether somebody here withdrew an imported story or worked on it: a newer file does not undo that."""
    return (
        not story.live
        or story.revisions.filter(user__isnull=False).exists()
        # Who moved or locked it wrote no revision; and the log names people whose accounts are gone.
        or PageLogEntry.objects.filter(page=story.pk, user__isnull=False).exists()
    )


def spread_moments(count: int, last: datetime | None = None) -> list[datetime]:
    """Return moments for stories that say none, oldest first, over the days before now: the last is the newest."""
    end = last or timezone.now().replace(microsecond=0)
    step = timedelta(days=1) / STORIES_A_DAY
    return [end - step * (count - 1 - number) for number in range(count)]


def first_sentence(text: str, longest: int = 90) -> str:
    """Return a text's first sentence, cut where it would be too long for one line."""
    sentence = re.split(r"(?<=[。!?！？])|(?<=[.!?])\s", text, maxsplit=1)[0].strip()
    return sentence if len(sentence) <= longest else sentence[: longest - 1] + "…"


def section_address(name: str, front: FrontPage) -> str:
    """Make a section's address of its name, unless something else stands there: a page of the site's own, or one about the paper."""
    slug = address_of(name, "section")
    if is_reserved(slug) or front.get_children().filter(slug=slug).not_type(SectionPage).exists():
        return hashed_address(name, "section")
    return slug


def address_of(name: str, prefix: str) -> str:
    """Make a short ASCII address of a name; of one that has no ASCII letters, from its hash."""
    from django.utils.text import slugify

    if name.isascii() and (slug := slugify(name)[:50].strip("-_").replace("_", "-")):
        return slug
    return hashed_address(name, prefix)


def hashed_address(name: str, prefix: str) -> str:
    """Make an address of a name that is the same whenever it is made."""
    return f"{prefix}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
