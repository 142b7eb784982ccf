"""Which published stories bear the name, or the address, of something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.queries.stories import about, published_stories

if TYPE_CHECKING:
    from kawaraban.newsroom.models import Name, Person, SectionPage, Topic


def ids_about(topic: Topic) -> list[str]:
    """Return the ids of the stories that follow a topic."""
    return list(about(published_stories(), topic.slug).values_list("story_id", flat=True)) if topic.pk else []


def ids_by(person: Person) -> list[str]:
    """Return the ids of the stories that somebody has a part in."""
    return list(published_stories().filter(bylines__person=person).distinct().values_list("story_id", flat=True)) if person.pk else []


def ids_naming(name: Name) -> list[str]:
    """Return the ids of the stories in which a name stands."""
    return list(published_stories().filter(names_in_it__name=name).values_list("story_id", flat=True)) if name.pk else []


def ids_below(section: SectionPage) -> list[str]:
    """Return the ids of a section's stories, and of those in other editions that link to one of them as its translation."""
    home = published_stories().filter(path__startswith=section.path).order_by()
    stories = published_stories().filter(translation_key__in=home.values("translation_key"))
    return list(stories.values_list("story_id", flat=True))
