"""Notes which names stand in which published stories: when a story is published, and when the registry changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kawaraban.newsroom.models import Name, NameInStory
from kawaraban.newsroom.queries.names import names_in, names_to_look_for, stories_that_may_name
from kawaraban.newsroom.queries.stories import published_stories

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.newsroom.models import StoryPage

# Looking for more names than this one by one takes longer than going through all stories once.
_ONE_BY_ONE = 20


@transaction.atomic
def note_names_of(story: StoryPage) -> bool:
    """Note the names that stand in a story; return whether they are others than before."""
    before = list(NameInStory.objects.filter(story=story).values_list("name__slug", "prominent"))
    now = [(named.slug, named.prominent) for named in names_in(story)]
    if now == before:
        return False
    NameInStory.objects.filter(story=story).delete()
    keys = dict(Name.objects.filter(slug__in=[slug for slug, _ in now]).values_list("slug", "pk"))
    rows = [NameInStory(story=story, name_id=keys[slug], order=at, prominent=prominent) for at, (slug, prominent) in enumerate(now)]
    NameInStory.objects.bulk_create(rows)
    return True


def look_for_changed_names() -> list[str]:
    """Note where names stand that are new or have other forms; return the ids of the stories whose names are others now."""
    began = timezone.now()
    names = names_to_look_for()
    if not names:
        return []
    if len(names) <= _ONE_BY_ONE:
        stories: Iterable[StoryPage] = {story.pk: story for name in names for story in stories_that_may_name(name)}.values()
    else:
        stories = published_stories().select_related("locale").iterator(chunk_size=200)
    changed = [story.story_id for story in stories if note_names_of(story)]
    # A name that was changed meanwhile is looked for again: only its own row says when.
    Name.objects.filter(pk__in=[name.pk for name in names]).update(looked_for_at=began)
    return changed
