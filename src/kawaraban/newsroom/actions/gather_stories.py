"""Notes which stories topics gather: when a story is published, and when a topic changed; has rules follow a section that is renamed."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from django.db import transaction

from kawaraban.newsroom.models import SectionPage, StoryGathered, StoryPage, Topic
from kawaraban.newsroom.queries.gathering import published_keys, rules, topics_of, words_of_stories

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# At most so many stories are written in one transaction.
_AT_ONCE = 200


def gather_story(story: StoryPage) -> bool:
    """Note which topics gather a story now; return whether they are others than before."""
    now = topics_of(story)
    before = set() if story.is_being_born else set(StoryGathered.objects.filter(story=story).values_list("topic", flat=True))
    if now == before:
        return False
    with transaction.atomic() if before else nullcontext():
        if before:
            StoryGathered.objects.filter(story=story, topic__in=before - now).delete()
        StoryGathered.objects.bulk_create(StoryGathered(story=story, topic_id=topic) for topic in sorted(now - before))
    return True


def gather_anew(topic: Topic, *, tell: Callable[[Sequence[str]], None]) -> None:
    """Look through all published stories for a topic whose rule, or what is put in and taken out by hand, was changed.

    ``tell`` is given the ids of the stories that came or went, some at a time, in the transaction that notes them.
    """
    rule = rules().get(topic.pk)
    found = {words.pk for words in words_of_stories(published_keys()) if rule.found(words)} if rule is not None else set()
    found -= set(topic.taken_out.values_list("story", flat=True))
    found |= set(topic.put_in.values_list("story", flat=True))
    changed = sorted(found ^ set(StoryGathered.objects.filter(topic=topic).values_list("story", flat=True)), reverse=True)
    for at in range(0, len(changed), _AT_ONCE):
        with transaction.atomic():
            # Read again, now that nobody else writes: one of them may have been published anew.
            stories = StoryPage.objects.filter(pk__in=changed[at : at + _AT_ONCE]).select_related("locale")
            others = [story.story_id for story in stories if gather_story(story)]
            if others:
                tell(others)


def follow_section(section: SectionPage, *, before: str) -> list[Topic]:
    """Have rules that look into a section under the address that it had before look into it still; return their topics, which gather anew.

    Another edition's section may bear the old address yet: then they look into both.
    """
    both = [before, section.slug]
    now = both if SectionPage.objects.filter(slug=before).exclude(pk=section.pk).exists() else both[1:]
    following = [topic for topic in Topic.objects.exclude(sections=[]) if before in topic.sections]
    for topic in following:
        slugs = [slug for known in topic.sections for slug in (now if known == before else [known])]
        topic.sections = list(dict.fromkeys(slugs))
        topic.save(update_fields=["sections", "changed_at"])
    return following
