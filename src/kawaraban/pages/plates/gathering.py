"""Has topics gather anew what they gather by rule and by hand, when a topic changed or a name that its rule has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.newsroom.actions.gather_stories import gather_anew
from kawaraban.newsroom.models import Name, Topic
from kawaraban.newsroom.queries.gathering import topics_naming
from kawaraban.press.actions import ask_to_print
from kawaraban.press.registry import Wanted, compares, slow_work, touches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@touches(Topic)
def topic_changed(topic: Topic) -> Iterator[Wanted]:
    """Have the published stories looked through for what the topic gathers now."""
    yield Wanted("gathering", str(topic.pk), urgent=False)


@touches(Name)
def name_changed(name: Name) -> Iterator[Wanted]:
    """Have the topics gather anew whose rules have a form of the name: it stands for all of them."""
    for topic in topics_naming(name):
        yield Wanted("gathering", str(topic.pk), urgent=False)


@compares(Name)
def form_given_up(before: Name | None, after: Name | None) -> Iterator[Wanted]:
    """Have those gather anew, too, whose rules have a form that the name has no more."""
    if before and after and before.shape.searched != after.shape.searched:
        yield from name_changed(before)


@slow_work("gathering", keys=lambda: [str(key) for key in Topic.objects.exclude(any_words="").values_list("pk", flat=True)])
def gather(key: str) -> None:
    """Look through the published stories for one topic, and have printed what it has now and had not, or the other way round."""
    topic = Topic.objects.filter(pk=key).first()
    if topic is not None:
        gather_anew(topic, tell=lambda changed: ask_to_print(_wanted(topic, changed)))


def _wanted(topic: Topic, changed: Sequence[str]) -> Iterator[Wanted]:
    # Its list at once; the stories' own pages and entries, which name it, when there is time.
    yield Wanted("topic", topic.slug)
    for story_id in changed:
        yield Wanted("story", story_id, urgent=False)
        yield Wanted("feed-entry", story_id, urgent=False)
