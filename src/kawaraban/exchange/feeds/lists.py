"""Which lists have feeds, and the sheet of a file that is no page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from kawaraban.newsroom.models.addresses import edition_prefix, person_path, topic_path
from kawaraban.newsroom.queries.editions import people_by_slug, sections_of, topics_by_slug
from kawaraban.sheetlog.shapes import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.newsroom.models import FrontPage
    from kawaraban.sheetlog.shapes import Slot

# A feed shows so many stories, newest first.
FEED_ROWS = 40
FILES = ("feed.xml", "atom.xml", "feed.json")


class Listed(NamedTuple):
    """A list that has feeds."""

    key: str
    path: str
    name: str
    description: str


def lists_of(front: FrontPage) -> Iterator[Listed]:
    """Yield the lists of an edition that have feeds: the paper's, its sections', its topics' and its people's."""
    language, paper = front.language, front.nameplate
    yield Listed(f"{language}/latest", edition_prefix(language), paper, front.description)
    for section in sections_of(front):
        yield Listed(f"{language}/section/{section.slug}", section.reader_path, f"{paper} {section.title}", section.description)
    for topic in topics_by_slug():
        name, path = f"{paper} {topic.name_in(language)}", topic_path(topic.slug, language)
        yield Listed(f"{language}/topic/{topic.slug}", path, name, topic.description_in(language))
    for person in people_by_slug():
        name, path = f"{paper} {person.name_in(language)}", person_path(person.slug, language)
        yield Listed(f"{language}/by/{person.slug}", path, name, "")


def path_of_list(key: str) -> str:
    """Return the path below which a list's feeds stand, by its key ("ja/topic/bridge"); the front page's is ""."""
    language, kind, *rest = key.split("/", 2)
    if kind == "latest":
        return edition_prefix(language)
    (slug,) = rest
    paths = {"topic": topic_path(slug, language), "by": person_path(slug, language)}
    return paths.get(kind, f"{edition_prefix(language)}/{slug}")


def plain_sheet(path: str, language: str, content_type: str, pieces: tuple[str | Slot, ...]) -> Sheet:
    """Return a sheet of a file that is no page."""
    return Sheet(
        path=path,
        content_type=content_type,
        language=language,  # type: ignore[arg-type]
        kind="feed",
        pieces=pieces,
        modified_at=float(int(timezone.now().timestamp())),
    )
