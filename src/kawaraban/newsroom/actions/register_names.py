"""Brings names into the registry, from a file that somebody else made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from kawaraban.language.registry_csv import COLUMNS, joined, public_terms
from kawaraban.newsroom.models import Name, NameTitle
from kawaraban.newsroom.models.names import free_address
from kawaraban.newsroom.queries.names import names_by_slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.language.registry_csv import Entry
    from kawaraban.newsroom.models import User

# What columns are called in the newsroom's database, where it is something else.
_FIELDS = {"form": "name", "form_ko": "name_ko", "form_en": "name_en"}


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
    """Add names, or change those that are known by their address, else by kind and form. Asked again for the same, it changes nothing.

    A name that is known keeps what stands in columns that the file does not have. Without kinds in the file it is known by its form, if no
    other name has that form.
    """
    known = {name.slug: name for name in names_by_slug()}
    by_form: dict[str, dict[str, Name]] = {}
    for one in known.values():
        by_form.setdefault(one.name, {})[one.kind] = one
    added = changed = unchanged = 0
    for entry in entries:
        name = known.get(entry.name.slug) if entry.name.slug else _of_form(by_form.get(entry.name.form, {}), entry)
        if name is None:
            name = Name(slug=entry.name.slug or free_address(entry.name.form_en or entry.name.kind, taken=known.__contains__))
        elif _is_same(name, entry):
            unchanged += 1
            continue
        new = name.pk is None
        _write(name, entry)
        log(instance=name, action="wagtail.create" if new else "wagtail.edit", user=actor)
        added, changed = added + new, changed + (not new)
        known[name.slug] = by_form.setdefault(name.name, {})[name.kind] = name
    return Registered(added=added, changed=changed, unchanged=unchanged)


def _of_form(names: dict[str, Name], entry: Entry) -> Name | None:
    if "kind" not in entry.columns and len(names) == 1:
        return next(iter(names.values()))
    return names.get(entry.name.kind)


def _is_same(name: Name, entry: Entry) -> bool:
    shape = name.shape
    compared = entry.columns - {"slug", "note"}
    return ("note" not in entry.columns or name.note == entry.note) and all(
        getattr(shape, column) == getattr(entry.name, column) for column in compared
    )


def _write(name: Name, entry: Entry) -> None:
    given = entry.name
    columns = entry.columns if name.pk else frozenset(COLUMNS)
    for column in columns - {"slug", "titles", "note"}:
        value = getattr(given, column)
        setattr(name, _FIELDS.get(column, column), joined(value) if isinstance(value, tuple) else value)
    if "note" in columns:
        name.note = entry.note
    if "titles" in columns:
        titles = [
            NameTitle(text=title.text, since=_day(title.since), until=_day(title.until), sort_order=at)
            for at, title in enumerate(given.titles)
        ]
        setattr(name, "titles", titles)  # noqa: B010 - modelcluster keeps it until it is saved; the types know a manager only
    name.save()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
