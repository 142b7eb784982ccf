"""Notes which names stand in which published stories: when a story is published, and when the registry changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kawaraban.newsroom.models import Name, NameInStory
from kawaraban.newsroom.queries.names import keys_of_stories_that_may_name, names_in, names_to_look_for
from kawaraban.newsroom.queries.stories import published_stories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kawaraban.newsroom.models import StoryPage

# Looking for more names than this one by one takes longer than going through all stories once.
_ONE_BY_ONE = 20
# So many stories are in memory at once, and at most so many are written in one transaction.
_AT_ONCE = 200


def look_for_changed_names(*, tell: Callable[[Sequence[str]], None]) -> None:
    """Note where names stand that are new or have other forms.

    ``tell`` is given the ids of the stories whose names are others now, some at a time, in the transaction that notes them.
    """
    began = timezone.now()
    names = names_to_look_for()
    if not names:
        return
    # All keys first: a query that is still open while something is written pins SQLite to a moment that others leave behind.
    keys = _keys_of_stories(names)
    for at in range(0, len(keys), _AT_ONCE):
        others = [story.pk for story in _stories(keys[at : at + _AT_ONCE]) if _noted(story) != _standing(story)]
        if not others:
            continue
        with transaction.atomic():
            # Read again, now that nobody else writes: one of them may have been published anew.
            changed = [story.story_id for story in _stories(others) if note_names_of(story)]
            tell(changed)
    # A name that was changed meanwhile is looked for again: only its own row says when.
    Name.objects.filter(pk__in=[name.pk for name in names]).update(looked_for_at=began)


def _keys_of_stories(names: Sequence[Name]) -> list[int]:
    if len(names) > _ONE_BY_ONE:
        return list(published_stories().values_list("pk", flat=True))
    return list(dict.fromkeys(key for name in names for key in keys_of_stories_that_may_name(name)))


def _stories(keys: Iterable[int]) -> list[StoryPage]:
    return list(published_stories().filter(pk__in=list(keys)).select_related("locale"))


def note_names_of(story: StoryPage) -> bool:
    """Note the names that stand in a story; return whether they are others than before."""
    now = _standing(story)
    if now == ([] if story.is_being_born else _noted(story)):
        return False
    with transaction.atomic():
        _note(story, now)
    return True


def _note(story: StoryPage, now: list[tuple[str, bool]]) -> None:
    NameInStory.objects.filter(story=story).delete()
    keys = dict(Name.objects.filter(slug__in=[slug for slug, _ in now]).values_list("slug", "pk"))
    rows = [NameInStory(story=story, name_id=keys[slug], order=at, prominent=prominent) for at, (slug, prominent) in enumerate(now)]
    NameInStory.objects.bulk_create(rows)


def _noted(story: StoryPage) -> list[tuple[str, bool]]:
    return list(NameInStory.objects.filter(story=story).values_list("name__slug", "prominent"))


def _standing(story: StoryPage) -> list[tuple[str, bool]]:
    return [(named.slug, named.prominent) for named in names_in(story)]
