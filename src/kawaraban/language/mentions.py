"""How a Japanese story mentions the names it tells of, and what is to be mended."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.names import Found, How, Name, first_mention, in_brackets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kawaraban.language.names import NameFinder

_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
# As far behind a name as a title of it can begin: behind brackets that are as long as a reading.
_TITLE_WITHIN = 60


class State(StrEnum):
    """How a name is mentioned."""

    RIGHT = "right"
    BRACKETS_MISSING = "brackets-missing"  # the first mention lacks its reading (or what else the registry asks for)
    BRACKETS_OTHER = "brackets-other"  # it has another one
    WRONG_FORM = "wrong-form"
    SHORT_FIRST = "short-first"  # a short form stands before the whole name
    TITLE_NOT_THEN = "title-not-then"  # the title is not (or no longer) right on the story's day
    TWO_FORMS = "two-forms"  # a form of another script stands as if it were another name


class Mention(NamedTuple):
    """A place where a name stands: ``text[start:end]`` would be ``suggestion``, if there is one."""

    name: Name
    state: State
    start: int
    end: int
    suggestion: str | None = None


def mentions(text: str, finder: NameFinder, day: date) -> list[Mention]:
    """Return each name of a text once as it is mentioned first, and every further place where something is to be mended."""
    by_name: dict[str, list[Found]] = {}
    for found in finder.find(text):
        by_name.setdefault(found.name.slug, []).append(found)
    told = (mention for places in by_name.values() for mention in _mentions_of(text, _outside_brackets(text, places), day))
    return sorted(told, key=lambda mention: (mention.start, mention.state))


def _outside_brackets(text: str, places: list[Found]) -> list[Found]:
    """Leave out forms that stand in the brackets behind the name itself: they explain it."""
    own = [places[0]]
    for place in places[1:]:
        if place.start > 0 and text[place.start - 1] in "(（" and place.how is not How.WRONG and own[-1].end >= place.start - 1:
            continue
        own.append(place)
    return own


def _mentions_of(text: str, places: list[Found], day: date) -> Iterator[Mention]:
    name = places[0].name
    whole = next((place for place in places if place.how is How.FORM), None)
    problems: list[Mention] = []
    for place in places:
        if place.how is How.WRONG:
            problems.append(Mention(name, State.WRONG_FORM, place.start, place.end, name.form))
        elif place.how is How.ORIGINAL:
            problems.append(Mention(name, State.TWO_FORMS, place.start, place.end, name.form))
        problems.extend(_title(text, place, day))
    first = places[0]
    if first.how is How.SHORT and whole is not None:
        problems.append(Mention(name, State.SHORT_FIRST, first.start, first.end, first_mention(name)))
    elif first.how is How.FORM:
        problems.extend(_brackets(text, first))
    yield from problems or [Mention(name, State.RIGHT, first.start, first.end)]


def _brackets(text: str, first: Found) -> Iterator[Mention]:
    wanted = in_brackets(first.name)
    if not wanted:
        return
    there = _BRACKETS.match(text, first.end)
    if there is None:
        yield Mention(first.name, State.BRACKETS_MISSING, first.start, first.end, f"{first.name.form}({wanted})")
    elif there[1] != wanted and not _explains(there[1], first.name):
        yield Mention(first.name, State.BRACKETS_OTHER, first.start, there.end(), f"{first.name.form}({wanted})")


def _explains(within: str, name: Name) -> bool:
    # An age, or the reading and more: whoever wrote it knew why.
    return within.isdigit() or any(form in within for form in name.searched)


def _title(text: str, place: Found, day: date) -> Iterator[Mention]:
    behind = place.end
    if there := _BRACKETS.match(text, behind):
        behind = there.end()
    within = text[behind : behind + _TITLE_WITHIN]
    titles = sorted(place.name.titles, key=lambda title: -len(title.text))
    said = next((title for title in titles if within.startswith(title.text)), None)
    if said is None or text[max(0, place.start - 1) : place.start] in {"前", "元"}:
        return
    if any(title.text == said.text and title.holds_on(day) for title in titles):
        return
    right = next((title for title in titles if title.holds_on(day)), None)
    end = behind + len(said.text)
    # Nobody is called a former president for certain: without a title for the day there is no proposal.
    yield Mention(place.name, State.TITLE_NOT_THEN, behind, end, right.text if right else None)
