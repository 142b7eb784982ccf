"""When stories go into the newsroom's indexes: once a change, and several stories at a time where they come so.

Wagtail hears every saving of a page's row, reads the whole page again, and puts it into its search and its index of references. A
publication saves a story three times, and search measures all titles anew with each story: told of them one by one, an import grows
slower with every story that is there already.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from modelsearch.backends import get_search_backends
from modelsearch.index import AutocompleteField, SearchField
from wagtail.models import ReferenceIndex

from kawaraban.newsroom.search_fields import texts_taken_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kawaraban.newsroom.models import StoryPage

_waiting: ContextVar[dict[int, StoryPage] | None] = ContextVar("stories that wait for the index", default=None)


@contextmanager
def indexed_together() -> Iterator[None]:
    """Put stories that are saved meanwhile into search when all are, in the caller's transaction."""
    if _waiting.get() is not None:
        yield
        return
    waiting: dict[int, StoryPage] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    index_stories(waiting.values())


def write_references(story: StoryPage) -> None:
    """Note what a story refers to (photos, people, other stories), in the caller's transaction."""
    ReferenceIndex.create_or_update_for_object(story)


def write_new_references(objects: Sequence[Any]) -> None:
    """Note what new rows of one model refer to, all together: nothing is noted of them yet that would have to be looked for."""
    if not objects:
        return
    model = type(objects[0])
    own = ContentType.objects.get_for_model(model)
    base = ContentType.objects.get_for_model((model._meta.get_parent_list() or [model])[-1])  # noqa: SLF001
    ReferenceIndex.objects.bulk_create(
        ReferenceIndex(
            content_type=own,
            base_content_type=base,
            object_id=row.pk,
            to_content_type_id=to_type,
            to_object_id=to_id,
            model_path=model_path,
            content_path=content_path,
            content_path_hash=ReferenceIndex._get_content_path_hash(content_path),  # noqa: SLF001 - Wagtail has no door for many
        )
        for row in objects
        for to_type, to_id, model_path, content_path in dict.fromkeys(ReferenceIndex._extract_references_from_object(row))  # noqa: SLF001
    )


def story_saved(instance: StoryPage, update_fields: Iterable[str] | None = None, **_: Any) -> None:
    """Put a saved story into search, or have it wait. A saved draft changes nothing that is searched."""
    if update_fields is not None and searched_fields(type(instance)).isdisjoint(update_fields):
        return
    waiting = _waiting.get()
    if waiting is None:
        index_stories([instance])
    else:
        waiting[instance.pk] = instance


def story_deleted(instance: StoryPage, **_: Any) -> None:
    """Take a story out of search."""
    for backend in get_search_backends():
        backend.delete(instance)


def searched_fields(model: Any) -> set[str]:
    """Return the names of the fields whose text is searched."""
    return {field.field_name for field in model.get_search_fields() if isinstance(field, SearchField | AutocompleteField)}


def index_stories(stories: Iterable[StoryPage]) -> None:
    """Put stories into search, but for those that were rolled back meanwhile."""
    by_pk = {story.pk: story for story in stories}
    for model in {type(story) for story in by_pk.values()}:
        standing = model.objects.filter(pk__in=by_pk).values_list("pk", flat=True)
        for backend in get_search_backends(with_auto_update=True):
            with texts_taken_once():
                backend.add_bulk(model, [by_pk[pk] for pk in standing])
