"""Prints the pages that are lists: front pages, sections, topics, people. What stands in them lives in slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.models import FrontPage, Person, SectionPage, Topic
from kawaraban.newsroom.models.addresses import edition_prefix, person_path, topic_path
from kawaraban.newsroom.queries.editions import editions, people_by_slug, sections_of, topics_by_slug
from kawaraban.newsroom.queries.namings import ids_about, ids_below, ids_by
from kawaraban.pages import slots
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.plates.memberships import list_change
from kawaraban.pages.plates.redirects import redirects_to
from kawaraban.pages.printing import print_sheet
from kawaraban.press.addresses import stands, withdrawn
from kawaraban.press.registry import HOT, Wanted, compares, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.pages.shapes import Edition


@touches(FrontPage)
def front_changed(front: FrontPage) -> Iterator[Wanted]:
    """Ask for the front page, and for the breaking line that stands on every page."""
    yield Wanted("front", front.language)
    yield Wanted("parts", front.language)


@touches(SectionPage)
def section_changed(section: SectionPage) -> Iterator[Wanted]:
    """Ask for the section, its edition's front page and the list of sections; its stories bear its name."""
    yield Wanted("section", f"{section.language}/{section.slug}")
    yield Wanted("front", section.language)
    yield Wanted("parts", section.language)
    yield Wanted("corrections", section.language)
    # What led to it, and what stands below it under its name and address, follow when there is time.
    for old_path in redirects_to(section):
        yield Wanted("redirect", old_path)
    for story_id in ids_below(section):
        yield Wanted("story", story_id, urgent=False)


@touches(Topic)
def topic_changed(topic: Topic) -> Iterator[Wanted]:
    """Ask for the topic's pages and for what tells of all topics; stories that name it follow when there is time."""
    yield Wanted("topic", topic.slug)
    for front in editions():
        yield Wanted("topics", front.language)
        yield Wanted("front", front.language)
    for story_id in ids_about(topic):
        yield Wanted("story", story_id, urgent=False)


@touches(Person)
def person_changed(person: Person) -> Iterator[Wanted]:
    """Ask for the person's pages; stories that name them follow when there is time."""
    yield Wanted("person", person.slug)
    for story_id in ids_by(person):
        yield Wanted("story", story_id, urgent=False)


@compares(Topic, Person)
def renamed(before: Topic | Person | None, after: Topic | Person | None) -> Iterator[Wanted]:
    """Ask for the pages under an address that a topic or a person gave up."""
    if before and after and before.slug != after.slug:
        yield Wanted("topic" if isinstance(before, Topic) else "person", before.slug)


@plate("front", keys=lambda: [front.language for front in editions()], turn=HOT)
def print_fronts(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print front pages as the chief placed them."""
    views = edition_views()
    asked = {item.key for item in wanted}
    for front in editions():
        if front.language in asked:
            context = front_context(front, views[front.language])
            path = front.reader_path
            yield Change(Kind.SHEET, path, print_sheet("pages/front.html", context, path=path, language=front.language, kind="front"))
            yield list_change(front.language, "latest", "")


def front_context(front: FrontPage, edition: Edition) -> dict[str, object]:
    """Return what the front page's template is given; the preview uses it too."""
    topics = list(topics_by_slug().values_list("slug", flat=True))
    given = {
        **slots.masthead(edition),
        "lead": slots.lead(edition, [place.story.story_id for place in front.lead.all()]),
        "seconds": slots.seconds(edition, [place.story.story_id for place in front.seconds.all()]),
        "topics": slots.topics_strip(edition, [place.story.story_id for place in front.topic_strip.all()], topics),
        "ranking": slots.ranking(edition),
        "latest": slots.latest(edition),
    }
    templates = {**slots.TEMPLATES, "topics": slots.TEMPLATES["strip"]}
    words = {}
    blocks = []
    for number, section in enumerate(edition.sections):
        first, rest = slots.section_block(edition, section.slug, number)
        given |= {first.name: first, rest.name: rest}
        templates |= {first.name: slots.TEMPLATES["first"], rest.name: slots.TEMPLATES["section"]}
        words[first.name] = {"section": section}
        blocks.append((first.name, rest.name))
    return {"edition": edition, "blocks": blocks, "slots": given, "slot_templates": templates, "slot_words": words}


@plate("section", keys=lambda: [f"{front.language}/{section.slug}" for front in editions() for section in sections_of(front)], turn=HOT)
def print_sections(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print sections and their lists."""
    views = edition_views()
    for item in wanted:
        language, _, slug = item.key.partition("/")
        edition = views.get(language)
        section = SectionPage.objects.filter(slug=slug, locale__language_code=language).select_related("locale").first()
        if edition is None or section is None or not section.live:
            yield from withdrawn(f"{edition_prefix(language)}/{slug}", "section", language, log)
            continue
        context = _listing_context(edition, slots.section_list(language, slug))
        context |= {"title": section.title, "description": section.description, "feed": f"{section.reader_path}/feed.xml"}
        path = section.reader_path
        yield from stands(print_sheet("pages/section.html", context, path=path, language=edition.language, kind="section"))
        yield list_change(language, "section", slug)


@plate("topic", keys=lambda: topics_by_slug().values_list("slug", flat=True))
def print_topics(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print topics and their lists, in every edition."""
    slugs = [item.key for item in wanted]
    topics = {topic.slug: topic for topic in topics_by_slug(slugs)}
    for edition in edition_views().values():
        for slug in slugs:
            topic, path = topics.get(slug), topic_path(slug, edition.language)
            if topic is None:
                yield from withdrawn(path, "topic", edition.language, log)
                continue
            context = _listing_context(edition, slots.topic_list(edition.language, slug))
            context |= {
                "title": topic.name_in(edition.language),
                "description": topic.description_in(edition.language),
                "feed": f"{path}/feed.xml",
            }
            yield from stands(print_sheet("pages/topic.html", context, path=path, language=edition.language, kind="topic"))
            yield list_change(edition.language, "topic", slug)


@plate("person", keys=lambda: people_by_slug().values_list("slug", flat=True))
def print_people(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print people's pages and lists, in every edition."""
    slugs = [item.key for item in wanted]
    people = {person.slug: person for person in people_by_slug(slugs)}
    for edition in edition_views().values():
        for slug in slugs:
            person, path = people.get(slug), person_path(slug, edition.language)
            if person is None:
                yield from withdrawn(path, "byline", edition.language, log)
                continue
            context = _listing_context(edition, slots.person_list(edition.language, slug))
            context |= {"title": person.name_in(edition.language), "description": "", "feed": f"{path}/feed.xml"}
            yield from stands(print_sheet("pages/byline.html", context, path=path, language=edition.language, kind="byline"))
            yield list_change(edition.language, "by", slug)


@plate("topics", keys=lambda: [front.language for front in editions()])
def print_topic_index(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print the list of all topics."""
    views = edition_views()
    for language in {item.key for item in wanted} & set(views):
        edition = views[language]
        topics = [(topic.name_in(language), topic_path(topic.slug, language), topic.description_in(language)) for topic in topics_by_slug()]
        context = {
            "edition": edition,
            "topics": topics,
            "slots": {**slots.masthead(edition), "latest": slots.latest(edition)},
            "slot_templates": slots.TEMPLATES,
        }
        path = f"{edition.prefix}/topics"
        sheet: Sheet = print_sheet("pages/topics.html", context, path=path, language=edition.language, kind="topics")
        yield Change(Kind.SHEET, path, sheet)


def _listing_context(edition: Edition, list_key: str) -> dict[str, object]:
    return {
        "edition": edition,
        "slots": {
            **slots.masthead(edition),
            "stories": slots.listing(list_key),
            # The edition's, on a section's page too: what is read most in the section stands in its list, and bears its rank there.
            "ranking": slots.ranking(edition),
            "latest": slots.latest(edition, rows=6),
        },
        "slot_templates": slots.TEMPLATES,
        "archive_url": f"{edition.prefix}/archive",
    }
