"""What a story's page and its cards show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import prefetch_related_objects

from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.language.lengths import reading_minutes
from kawaraban.newsroom.models.addresses import name_path, person_path, topic_path
from kawaraban.newsroom.queries.stories import stories_by_id, translations_of
from kawaraban.newsroom.queries.texts import body_text
from kawaraban.pages.contexts.editions import OWN_NAMES
from kawaraban.pages.photos import CARD_SPECS, LEAD_SPECS, STORY_SPECS, picture
from kawaraban.pages.shapes import Byline, CorrectionView, Link, NameView, OtherEdition, StoryView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.newsroom.models import Correction, NameInStory, StoryPage
    from kawaraban.pages.shapes import Edition, Picture


def story_views(ids: Iterable[str], editions: dict[str, Edition]) -> list[StoryView]:
    """Return the published stories with these ids as pages show them."""
    stories = stories_by_id(ids)
    # The files of all photos between paragraphs at once: pages would ask for each.
    prefetch_related_objects([use["photo"] for story in stories for use in photos_in(story)], "renditions")
    translations = translations_of(stories)
    return [
        story_view(story, editions[story.language], translations.get(str(story.translation_key), []))
        for story in stories
        if story.language in editions
    ]


def story_view(story: StoryPage, edition: Edition, translations: list[StoryPage]) -> StoryView:
    """Return one story as its page shows it; also an unsaved one, for the preview."""
    language = edition.language
    section_slug = story.reader_path.strip("/").split("/")[-2]
    section = next((link for link in edition.sections if link.slug == section_slug), Link(section_slug, f"{edition.prefix}/{section_slug}"))
    text = body_text(story)
    others = [other for other in translations if other.story_id != story.story_id]
    translated = any(byline.role == byline.TRANSLATION for byline in story.bylines.all())
    act = getattr(story, "ranking_act", None)
    original = min(translations, key=lambda other: other.published_at, default=None) if translated else None
    return StoryView(
        id=story.story_id,
        url=story.reader_path,
        language=language,
        title=story.title,
        short_title=story.card_headline,
        summary=story.summary,
        standfirst=story.standfirst,
        section=section,
        published_at=story.published_at or story.latest_revision_created_at,
        updated_at=story.updated_at,
        lead=picture(story.lead_photo, LEAD_SPECS, alt=story.lead_alt, caption=story.lead_caption),
        card=picture(story.lead_photo, CARD_SPECS, alt=story.lead_alt),
        shown=tuple(shown for use in photos_in(story) if (shown := _picture_of(use))),
        body=story.body,
        bylines=tuple(_byline(byline, language) for byline in story.bylines.all()),
        topics=tuple(Link(topic.name_in(language), topic_path(topic.slug, language), topic.slug) for topic in story.all_topics),
        names=tuple(_name(row, language) for row in story.names_in_it.all()) if story.pk else (),
        corrections=tuple(correction_view(correction) for correction in story.corrections.all()),
        source_name=story.source_name,
        source_url=story.source_url,
        translations=tuple(OtherEdition(other.language, OWN_NAMES[other.language], other.reader_path, other.story_id) for other in others),
        translated_from=original.reader_path if original and original.story_id != story.story_id else "",
        reading_minutes=reading_minutes(text, language),
        read_token=read_token(load_or_make_key(settings.KAWARABAN_READS_DIR / "token.key"), story.story_id),
        is_dated=story.is_dated,
        import_source=story.import_source,
        import_id=story.import_id,
        text=text,
        pinned_until=act.pinned_until if act else None,
        leaves_ranking_at=act.leaves_at if act else None,
        course=tuple(row.entry.story_id for row in story.course.all()) if story.course_by_hand else None,
    )


def photos_in(story: StoryPage) -> list[Any]:
    """Return how a story uses photos between its paragraphs, those that are still there."""
    uses = []
    for block in story.body:
        if block.block_type in {"photo", "gallery"}:
            uses += [block.value] if block.block_type == "photo" else list(block.value["photos"])
    return [use for use in uses if use["photo"]]


def _picture_of(use: Any) -> Picture | None:
    return picture(use["photo"], STORY_SPECS, alt=use["alt_text"], caption=use["caption"])


def correction_view(correction: Correction) -> CorrectionView:
    """Return a correction as readers see it."""
    return CorrectionView(correction.kind, correction.made_at, correction.text, correction.wrong, correction.right)


def _byline(byline: object, language: str) -> Byline:
    person = byline.person  # type: ignore[attr-defined]
    return Byline(person.name_in(language), person_path(person.slug, language), byline.role)  # type: ignore[attr-defined]


def _name(row: NameInStory, language: str) -> NameView:
    name = row.name
    return NameView(name.name_in(language), name_path(name.slug, language), name.slug, name.kind, row.prominent, name.wikidata)
