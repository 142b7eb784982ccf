"""Brings names into the registry, from a file that somebody else made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from kawaraban.language.registry_csv import joined, public_terms
from kawaraban.newsroom.models import Name, NameTitle
from kawaraban.newsroom.models.names import free_address
from kawaraban.newsroom.queries.names import names_by_slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.language.registry_csv import Entry
    from kawaraban.newsroom.models import User


@dataclass(frozen=True, kw_only=True)
class Registered:
    """How many names came, and how."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def begin_registry() -> None:
    """Give a registry that has no name the public terms that every paper needs."""
    if not Name.objects.exists():
        register_names(entries=public_terms(), actor=None)


@transaction.atomic
def register_names(*, entries: Iterable[Entry], actor: User | None) -> Registered:
    """Add names, or change those that are known by their address, else by kind and form. Asked again for the same, it changes nothing."""
    known = {name.slug: name for name in names_by_slug()}
    by_form = {(name.kind, name.name): name for name in known.values()}
    added = changed = unchanged = 0
    for entry in entries:
        name = known.get(entry.name.slug) if entry.name.slug else by_form.get((entry.name.kind, entry.name.form))
        if name is None:
            name = Name(slug=entry.name.slug or free_address(entry.name.form_en or entry.name.kind, taken=known.__contains__))
        elif _is_same(name, entry):
            unchanged += 1
            continue
        new = name.pk is None
        _write(name, entry)
        log(instance=name, action="wagtail.create" if new else "wagtail.edit", user=actor)
        added, changed = added + new, changed + (not new)
        known[name.slug] = by_form[name.kind, name.name] = name
    return Registered(added=added, changed=changed, unchanged=unchanged)


def _is_same(name: Name, entry: Entry) -> bool:
    given = entry.name
    shape = name.shape
    return name.note == entry.note and all(
        getattr(shape, field) == getattr(given, field) for field in given.__struct_fields__ if field != "slug"
    )


def _write(name: Name, entry: Entry) -> None:
    given = entry.name
    name.kind, name.name, name.name_ko, name.name_en = given.kind, given.form, given.form_ko, given.form_en
    name.reading, name.brackets, name.wikidata, name.note = given.reading, given.brackets, given.wikidata, entry.note
    name.originals, name.short_forms, name.wrong_forms = joined(given.originals), joined(given.short_forms), joined(given.wrong_forms)
    titles = [
        NameTitle(text=title.text, since=_day(title.since), until=_day(title.until), sort_order=at) for at, title in enumerate(given.titles)
    ]
    setattr(name, "titles", titles)  # noqa: B010 - modelcluster keeps it until it is saved; the types know a manager only
    name.save()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
