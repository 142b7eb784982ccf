"""What somebody may be about to ask for, while it is typed: names, topics, headlines."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.discovery.analysis import analysed_units
from kawaraban.discovery.shapes import Suggestion
from kawaraban.discovery.starts import SHORTEST, folded_start
from kawaraban.language.words import language_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.discovery.facts import Documents
    from kawaraban.discovery.names import Names

MOST = 8
# Of one beginning so many are looked at: those with the most stories are shown.
_LOOKED_AT = 400
_FOR_NAMES, _FOR_TOPICS = 3, 3


class _Entry(NamedTuple):
    key: str
    language: str
    weight: int
    suggestion: Suggestion


class Suggester:
    """Names and topics by how they begin; made anew when there are others."""

    def __init__(self, names: Names, documents: Documents) -> None:
        self._names, self._documents = names, documents
        self._made_of = (-1, -1)
        self._entries: list[_Entry] = []
        self._readings: dict[str, str] = {}

    def begin_with(self, typed: str, language: str) -> list[Suggestion]:
        """Return the names and topics that begin so, best first; none for less than two letters."""
        start = folded_start(typed)
        if len(start) < SHORTEST:
            return []
        self._make()
        at = bisect_left(self._entries, start, key=lambda entry: entry.key)
        found: list[_Entry] = []
        for entry in self._entries[at : at + _LOOKED_AT]:
            if not entry.key.startswith(start):
                break
            if not language or entry.language in {"", language}:
                found.append(entry)
        found.sort(key=lambda entry: (-entry.weight, len(entry.key)))
        names = _distinct(entry.suggestion for entry in found if entry.suggestion.kind == "name")
        topics = _distinct(entry.suggestion for entry in found if entry.suggestion.kind == "topic")
        return [*names[:_FOR_NAMES], *topics[:_FOR_TOPICS]]

    def _make(self) -> None:
        state = (self._names.changed, self._documents.topics_changed)
        if state == self._made_of:
            return
        entries = []
        for name in self._names.all():
            suggestion = Suggestion("name", name.form, name.slug)
            entries += [_Entry(key, "", 1, suggestion) for form in name.searched if (key := folded_start(form))]
        for language, slug, topic, stories in self._documents.topics():
            suggestion = Suggestion("topic", topic, slug)
            entries += [_Entry(key, language, stories, suggestion) for key in self._ways(topic)]
        self._entries = sorted(entries, key=lambda entry: entry.key)
        self._made_of = state

    def _ways(self, name: str) -> set[str]:
        reading = self._readings.get(name)
        if reading is None:
            started = analysed_units(name) if language_of(name) == "ja" else []
            reading = self._readings[name] = folded_start(started[0][1]) if started else ""
        return {key for key in (folded_start(name), reading) if key}


def _distinct(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    return list({(one.kind, one.target): one for one in suggestions}.values())
