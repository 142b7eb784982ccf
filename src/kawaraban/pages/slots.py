"""The live blocks of the public pages: what each shows, where it takes its stories from, and which template dresses it.

``docs/reference/slots.md`` describes each; a test holds it to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kawaraban.sheetlog.shapes import Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kawaraban.pages.shapes import Edition, StoryView

# Who shows a story that several blocks would show; lower chooses first.
PLACED, TIMELINE, RANKING, RELATED, TOPICS, LATEST = 10, 15, 20, 30, 40, 50

RANKING_ROWS = 5
RELATED_ROWS = 6
TIMELINE_ROWS = 8
TOPIC_ROWS = 8
TOPIC_STRIP_ROWS = 4
LATEST_ROWS = 8
SECTION_ROWS = 3
SECTION_PAGE_ROWS = 40
PART_ROWS = 50

# Which template dresses a slot of this name, unless its page says otherwise.
TEMPLATES = {
    "lead": "slots/lead.html",
    "seconds": "slots/seconds.html",
    "topics": "slots/topics.html",
    "strip": "slots/strip.html",
    "ranking": "slots/ranking.html",
    "related": "slots/related.html",
    "timeline": "slots/timeline.html",
    "latest": "slots/latest.html",
    "first": "slots/first.html",
    "section": "slots/section.html",
    "stories": "slots/stories.html",
    "results": "slots/results.html",
    "linked": "slots/linked.html",
    "next": "slots/next.html",
}


# What the search page says of a request; each is a key of the fill "asked".
SEARCH_TEMPLATES = {
    "order": "slots/choices.html",
    "editions": "slots/choices.html",
    "section": "slots/choices.html",
    "topic": "slots/choices.html",
    "when": "slots/choices.html",
    "pages": "slots/turning.html",
    "often": "slots/often.html",
}


def search_words(edition: Edition) -> dict[str, tuple[str, ...]]:
    """Return the words of the search page's choices in the language that is active: a value and its word, with a tab between."""
    sections = tuple(f"{section.slug}\t{section.name}" for section in edition.sections)
    return {
        "instead": (_("Did you mean {query}?"),),
        "kept": (),
        "order": ("\t" + _("Best first"), "new\t" + _("Newest first")),
        "editions": ("\t" + _("This edition"), "all\t" + _("All editions")),
        "section": ("\t" + _("All sections"), *sections),
        "topic": ("\t" + _("All topics"),),
        "when": ("\t" + _("At any time"), "1\t" + _("One day"), "7\t" + _("7 days"), "30\t" + _("30 days"), "365\t" + _("One year")),
        "pages": (_("Previous page"), _("Next page")),
        "often": (),
    }


def search_notes(words: dict[str, tuple[str, ...]]) -> dict[str, Slot]:
    """What the search page says of a request."""
    return {key: Slot(name=key, fill="asked", key=key, sentences=said, live=False) for key, said in words.items()}


def masthead(edition: Edition) -> dict[str, Slot]:
    """The parts that every page of an edition bears."""
    language = edition.language
    return {
        "date": Slot(name="date", fill="part", key=f"{language}/date"),
        "weather": Slot(name="weather", fill="part", key=f"{language}/weather"),
        "breaking": Slot(name="breaking", fill="part", key=f"{language}/breaking"),
        "sections": Slot(name="sections", fill="part", key=f"{language}/sections", live=False),
    }


def latest_list(language: str) -> str:
    """Name the list of an edition's newest stories."""
    return f"{language}/latest"


def section_list(language: str, section: str) -> str:
    """Name the list of a section's newest stories."""
    return f"{language}/section/{section}"


def topic_list(language: str, topic: str) -> str:
    """Name the list of a topic's newest stories."""
    return f"{language}/topic/{topic}"


def person_list(language: str, person: str) -> str:
    """Name the list of a person's newest stories."""
    return f"{language}/by/{person}"


def name_list(language: str, name: str) -> str:
    """Name the list of the newest stories in which a registered name stands."""
    return f"{language}/name/{name}"


def ranking(edition: Edition) -> Slot:
    """What is read most, by true rank."""
    return Slot(
        name="ranking",
        fill="stories",
        priority=RANKING,
        rows=RANKING_ROWS,
        shape="rank",
        sources=("ranking",),
        window=edition.ranking_window,
        section="all",
        language=edition.language,
    )


def latest(edition: Edition, rows: int = LATEST_ROWS) -> Slot:
    """What is newest in the edition."""
    return Slot(name="latest", fill="stories", priority=LATEST, rows=rows, shape="row", sources=(f"list:{latest_list(edition.language)}",))


def lead(edition: Edition, placed: Sequence[str]) -> Slot:
    """The front page's first story: placed by hand, else what is newest with a photo's place to fill."""
    return _placed("lead", "lead", 1, placed, edition, PLACED)


def seconds(edition: Edition, placed: Sequence[str]) -> Slot:
    """The two beside the lead."""
    return _placed("seconds", "second", 2, placed, edition, PLACED + 1)


def topics_strip(edition: Edition, placed: Sequence[str], topics: Sequence[str]) -> Slot:
    """The topics strip: placed by hand, then what the edition's topics hold, then what is newest."""
    lists = tuple(f"list:{topic_list(edition.language, topic)}" for topic in topics)
    return Slot(
        name="topics",
        fill="stories",
        priority=TOPICS,
        rows=TOPIC_STRIP_ROWS,
        shape="photo",
        stories=tuple(placed),
        sources=("ids", *lists, f"list:{latest_list(edition.language)}"),
    )


def section_block(edition: Edition, section: str, number: int) -> tuple[Slot, Slot]:
    """A section's block on the front page: its first story with its picture, and the further ones."""
    sources = (f"list:{section_list(edition.language, section)}",)
    priority = LATEST + 1 + 2 * number
    return (
        Slot(name=f"first-{section}", fill="stories", priority=priority, rows=1, shape="photo", sources=sources),
        Slot(name=f"section-{section}", fill="stories", priority=priority + 1, rows=SECTION_ROWS, shape="row", sources=sources),
    )


def related(story: StoryView) -> Slot:
    """What belongs to a story by what it tells; until that is known, by its topics and its section."""
    topics = tuple(f"list:{topic_list(story.language, topic.slug)}" for topic in story.topics)
    section = f"list:{section_list(story.language, story.section.slug)}"
    return Slot(
        name="related",
        fill="stories",
        priority=RELATED,
        rows=RELATED_ROWS,
        shape="small",
        sources=(f"related:{story.id}", *topics, section, f"list:{latest_list(story.language)}"),
    )


def timeline(story: StoryView) -> Slot:
    """What led to a story: what the desk chose, or the others of its event in their order. It stands before the ranking, which leaves them out."""
    by_hand = story.course is not None
    return Slot(
        name="timeline",
        fill="stories",
        priority=TIMELINE,
        rows=TIMELINE_ROWS,
        shape="row",
        stories=story.course or (),
        sources=("ids",) if by_hand else (f"related:event:{story.id}",),
    )


def story_topics(story: StoryView, edition: Edition) -> Slot:
    """More of a story's topics; where they hold too little, of its section and of the paper."""
    topics = tuple(f"list:{topic_list(story.language, topic.slug)}" for topic in story.topics)
    section = f"list:{section_list(story.language, story.section.slug)}"
    return Slot(
        name="topics",
        fill="stories",
        priority=TOPICS,
        rows=TOPIC_ROWS,
        shape="row",
        sources=(*topics, section, f"list:{latest_list(edition.language)}"),
    )


def next_in_section(story: StoryView, older: Sequence[str]) -> Slot:
    """The story to go on with: the one before this in its section."""
    return Slot(
        name="next",
        fill="stories",
        priority=PLACED,
        rows=1,
        shape="photo",
        stories=tuple(older),
        sources=("ids", f"list:{section_list(story.language, story.section.slug)}", f"list:{latest_list(story.language)}"),
    )


def linked(story_id: str, number: int) -> Slot:
    """A story that another links to in its text."""
    return Slot(
        name=f"linked-{number}",
        fill="stories",
        priority=PLACED - 1,
        rows=1,
        shape="photo",
        stories=(story_id,),
        sources=("ids",),
        live=False,
    )


def own_badge(story: StoryView, window: str) -> Slot:
    """The rank of the story whose page it is."""
    return Slot(name="badge", fill="badge", key=story.id, window=window, section="all", language=story.language)


def listing(list_key: str, rows: int = SECTION_PAGE_ROWS, *, name: str = "stories") -> Slot:
    """A page's own list: a section's, a topic's, a person's, a day's part."""
    return Slot(name=name, fill="stories", priority=PLACED, rows=rows, shape="photo", sources=(f"list:{list_key}",))


def _placed(name: str, shape: str, rows: int, placed: Sequence[str], edition: Edition, priority: int) -> Slot:
    return Slot(
        name=name,
        fill="stories",
        priority=priority,
        rows=rows,
        shape=shape,
        stories=tuple(placed),
        sources=("ids", f"list:{latest_list(edition.language)}"),
    )
