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
_FORMER = frozenset(("前", "元"))


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
            problems.append(_other_form(text, place, is_first=place is places[0]))
        problems.extend(_title(text, place, day))
    first = places[0]
    if first.how is How.SHORT and whole is not None:
        problems.append(Mention(name, State.SHORT_FIRST, first.start, first.end, first_mention(name)))
    elif first.how is How.FORM:
        problems.extend(_brackets(text, first))
    yield from problems or [Mention(name, State.RIGHT, first.start, first.end)]


def _other_form(text: str, place: Found, *, is_first: bool) -> Mention:
    """Tell of a form of another script. The brackets behind it are a part of it if the name itself stands in them: ハン・セジン(韓世珍)."""
    name, there = place.name, _BRACKETS.match(text, place.end)
    if there is not None and name.form in there[1]:
        return Mention(name, State.TWO_FORMS, place.start, there.end(), first_mention(name) if is_first else name.form)
    return Mention(name, State.TWO_FORMS, place.start, place.end, first_mention(name) if is_first and there is None else name.form)


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
    found = _title_behind(text, place) or _title_before(text, place)
    if found is None:
        return
    start, said = found
    if text[max(0, start - 1) : start] in _FORMER or text[max(0, place.start - 1) : place.start] in _FORMER:
        return
    if any(title.text == said and title.holds_on(day) for title in place.name.titles):
        return
    right = next((title for title in place.name.titles if title.holds_on(day)), None)
    # Nobody is called a former president for certain: without a title for the day there is no proposal.
    yield Mention(place.name, State.TITLE_NOT_THEN, start, start + len(said), right.text if right else None)


def _title_behind(text: str, place: Found) -> tuple[int, str] | None:
    """Return the place of the title behind a name, and the title: 韓世珍(ハン・セジン)海洋相."""
    behind = place.end
    if there := _BRACKETS.match(text, behind):
        behind = there.end()
    said = next((title for title in _longest_first(place.name) if text.startswith(title, behind)), None)
    return (behind, said) if said else None


def _title_before(text: str, place: Found) -> tuple[int, str] | None:
    """Return the place of the title before a name, and the title: 海洋相の韓世珍, 海洋相・韓世珍."""
    end = place.start - 1 if text[max(0, place.start - 1) : place.start] in {"の", "・", "、"} else place.start
    said = next((title for title in _longest_first(place.name) if text.endswith(title, 0, end)), None)
    return (end - len(said), said) if said else None


def _longest_first(name: Name) -> list[str]:
    return sorted((title.text for title in name.titles), key=len, reverse=True)
