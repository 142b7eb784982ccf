"""Prints a story: its page, its cards, what every process knows of it, and the lists in which it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from kawaraban.audience.queries import ranking, readership
from kawaraban.newsroom.models import RankingAct, StoryPage
from kawaraban.newsroom.queries.editions import editions_breaking
from kawaraban.newsroom.queries.stories import Stands, ids_of_translations, older_in_section, published_stories
from kawaraban.pages import slots
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.contexts.stories import story_views
from kawaraban.pages.contexts.structured import structured_data
from kawaraban.pages.plates.memberships import Membership, list_changes, memberships
from kawaraban.pages.printing import print_card, print_sheet
from kawaraban.press.registry import WARM, Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Gone, Kind, Redirect, Story, Translation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.pages.shapes import Edition, StoryView

# A story's small forms: printed once, they stand in every block that shows the story.
CARD_SHAPES = {
    "row": "cards/row.html",
    "photo": "cards/photo.html",
    "small": "cards/small.html",
    "rank": "cards/rank.html",
    "lead": "cards/lead.html",
    "second": "cards/second.html",
}
# "Next in section" holds so many: if the first is withdrawn, the second takes its place without a reprint.
NEXT_CANDIDATES = 12
# When everything is printed, so many of what is read most now come first.
HOT_STORIES = 200


@touches(StoryPage)
def story_changed(story: StoryPage) -> Iterator[Wanted]:
    """Ask for the story and for what links to it: its translations, the log of corrections, the line of breaking news."""
    yield Wanted("story", story.story_id)
    for other in ids_of_translations(story):
        yield Wanted("story", other)
    # Asked for by its story when it tells none: it may have told the last one, which was taken out.
    yield Wanted("corrections", story.language if story.corrections.exists() else f"{story.language}/{story.story_id}")
    for front in editions_breaking(story):
        yield Wanted("parts", front.language)


@touches(RankingAct)
def ranking_changed(act: RankingAct) -> Iterator[Wanted]:
    """Ask for the story whose place in rankings an editor settled: what every process knows of it says so."""
    yield Wanted("story", act.story.story_id)


def hot_stories_first() -> list[str]:
    """Return the ids of all published stories: what is read most now, then the newest."""
    known = readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR)
    read = {row.story: row.rank for row in ranking(known, window="now", limit=HOT_STORIES)}
    newest = published_stories().values_list("story_id", flat=True)
    return sorted(newest, key=lambda story_id: read.get(story_id, HOT_STORIES + 1))


@plate("story", keys=hot_stories_first, turn=WARM)
def print_stories(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print these stories, or take them from everywhere if readers may not see them any more."""
    editions = edition_views()
    ids = [item.key for item in wanted]
    before = {story_id: known for story_id in ids if (known := log.get(Kind.STORY, story_id, Story)) is not None}
    views = {view.id: view for view in story_views(ids, editions)}
    stand = [Stands(view.id, view.language, view.section.slug, view.published_at) for view in views.values()]
    older = older_in_section(stand, NEXT_CANDIDATES)
    touched: set[Membership] = set()
    for story_id in ids:
        view, known = views.get(story_id), before.get(story_id)
        if view is not None:
            facts = story_facts(view)
            touched |= _lists_touched(known, facts)
            yield from _published(view, facts, editions[view.language], older[story_id])
            if known is not None and known.url != view.url:
                yield Change(Kind.SHEET, known.url, None)
                yield Change(Kind.REDIRECT, known.url, Redirect(view.url))
        elif known is not None:
            touched |= memberships(known)
            yield from _withdrawn(known)
    yield from list_changes(touched, editions, log)


def _lists_touched(known: Story | None, facts: Story) -> set[Membership]:
    """Return the lists that change with a story. None does where it stands already, and at the same place."""
    if known is None:
        return memberships(facts)
    if known.published_at != facts.published_at:
        return memberships(known) | memberships(facts)
    return memberships(known) ^ memberships(facts)


def story_facts(view: StoryView) -> Story:
    """Return what every process of the reader plane knows of a story."""
    return Story(
        id=view.id,
        url=view.url,
        title=view.title,
        summary=view.summary,
        section=view.section.slug,
        section_name=view.section.name,
        language=view.language,
        published_at=view.published_at.timestamp(),
        updated_at=(view.updated_at or view.published_at).timestamp(),
        topics=tuple(topic.slug for topic in view.topics),
        bylines=tuple(dict.fromkeys(byline.url.rsplit("/", 1)[-1] for byline in view.bylines)),
        names=tuple(name.slug for name in view.names),
        translations=tuple(Translation(other.language, other.id, other.url) for other in view.translations),
        source=view.import_source,
        source_id=view.import_id,
        pinned_until=view.pinned_until.timestamp() if view.pinned_until else 0.0,
        leaves_ranking_at=view.leaves_ranking_at.timestamp() if view.leaves_ranking_at else 0.0,
    )


def story_sheet_context(view: StoryView, edition: Edition, older: Sequence[str]) -> dict[str, object]:
    """Return what the story page's template is given; the preview uses it too."""
    given = {
        **slots.masthead(edition),
        "badge": slots.own_badge(view, edition.ranking_window),
        "ranking": slots.ranking(edition),
        "related": slots.related(view),
        "timeline": slots.timeline(view),
        "topics": slots.story_topics(view, edition),
        "next": slots.next_in_section(view, older),
        "latest": slots.latest(edition, rows=6),
    }
    templates = dict(slots.TEMPLATES)
    for number, block in enumerate(view.body):
        if block.block_type != "story" or not block.value:
            continue
        given[f"linked-{number}"] = slots.linked(block.value.specific.story_id, number)
        templates[f"linked-{number}"] = slots.TEMPLATES["linked"]
    return {"edition": edition, "story": view, "slots": given, "slot_templates": templates, "structured": structured_data(view, edition)}


def _published(view: StoryView, facts: Story, edition: Edition, older: Sequence[str]) -> Iterator[Change]:
    sheet = print_sheet(
        "pages/story.html",
        story_sheet_context(view, edition, older),
        path=view.url,
        language=view.language,
        kind="story",
        story=view.id,
        keys=(f"story-{view.id}", f"section-{view.language}-{view.section.slug}"),
    )
    yield Change(Kind.STORY, view.id, facts)
    yield Change(Kind.GONE, view.url, None)
    yield Change(Kind.REDIRECT, view.url, None)
    yield Change(Kind.SHEET, view.url, sheet)
    for shape, template in CARD_SHAPES.items():
        card = print_card(template, {"story": view, "edition": edition}, view.language)
        yield Change(Kind.CARD, f"{view.id}/{shape}", card)
    yield Change(Kind.DOCUMENT, view.id, story_document(view))


def story_document(view: StoryView) -> Document:
    """Return a story's text for search."""
    return Document(
        id=view.id,
        language=view.language,
        title=view.title,
        summary=" ".join(filter(None, (view.summary, view.standfirst))),
        body=view.text,
        section=view.section.slug,
        topics=tuple(topic.slug for topic in view.topics),
        topic_names=tuple(topic.name for topic in view.topics),
        bylines=tuple(byline.name for byline in view.bylines),
        names=tuple(name.slug for name in view.names),
        published_at=view.published_at.timestamp(),
        is_dated=view.is_dated,
        source=view.import_source,
        source_id=view.import_id,
        translations=tuple(other.id for other in view.translations),
    )


def _withdrawn(known: Story) -> Iterator[Change]:
    yield Change(Kind.STORY, known.id, None)
    yield Change(Kind.SHEET, known.url, None)
    yield Change(Kind.GONE, known.url, Gone(known.language, known.id))
    for shape in CARD_SHAPES:
        yield Change(Kind.CARD, f"{known.id}/{shape}", None)
    yield Change(Kind.DOCUMENT, known.id, None)
