"""Where pages and feeds tell the press what a change touches. The press itself knows no page by name.

A *subject* is a kind of thing that is printed ("story", "front", "topic" …); a *plate* is the function that turns some of them
into changes of the sheet log. Rooms above register plates, and which model's changes ask for which subjects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from kawaraban.sheetlog.log import Change, SheetLog


@dataclass(frozen=True)
class Wanted:
    """Something that is to be printed again."""

    subject: str
    key: str
    old_path: str = ""
    urgent: bool = True


# The log is given so that a plate can see what stands there now: a story that moved must leave the lists it stood in.
Plate = Callable[[Sequence[Wanted], SheetLog], Iterable[Change]]
# Takes the key of one thing, for as long as it takes. It prints nothing itself, and asks for what is to be printed when it is done.
SlowWork = Callable[[str], None]
Touches = Callable[[Any], Iterable[Wanted]]
# Given what readers could know of before and what they can know of now: a row of the model each, or None where there was or is none.
Compares = Callable[[Any, Any], Iterable[Wanted]]

_plates: dict[str, Plate] = {}
_slow: dict[str, SlowWork] = {}
_keys: dict[str, Callable[[], Iterable[str]]] = {}
_turns: dict[str, int] = {}
_touches: dict[type, list[Touches]] = {}
_compares: dict[type, list[Compares]] = {}


T = TypeVar("T")
_found: ContextVar[dict[str, Any] | None] = ContextVar("what was found in the round that is under way", default=None)


@contextmanager
def one_round() -> Iterator[None]:
    """What is asked ``once_a_round`` within is the same for all plates: a round sees one moment."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def once_a_round(name: str, find: Callable[[], T]) -> T:
    """Return what ``find`` finds, or found before in the round that is under way: what several plates ask, and takes the longer the larger the archive is.

    Outside a round it is asked anew each time.
    """
    found = _found.get()
    if found is None:
        return find()
    if name not in found:
        found[name] = find()
    known: T = found[name]
    return known


# When everything is printed: what other pages name comes first, then what most readers look at, then the rest as it was registered.
FIRST, HOT, WARM, LATER = range(4)


def plate(subject: str, *, keys: Callable[[], Iterable[str]], turn: int = LATER) -> Callable[[Plate], Plate]:
    """Register the function that prints a subject; ``keys`` yields all of its keys, what readers want most first, for printing everything."""

    def register(function: Plate) -> Plate:
        if subject in _plates:
            raise ValueError(f"two plates for the subject {subject!r}")
        _plates[subject] = function
        _keys[subject] = keys
        _turns[subject] = turn
        return function

    return register


def slow_work(subject: str, *, keys: Callable[[], Iterable[str]]) -> Callable[[SlowWork], SlowWork]:
    """Register what takes seconds, such as a photo's files: it is done beside the printing, one at a time, and nothing waits for it."""

    def register(function: SlowWork) -> SlowWork:
        _slow[subject] = function
        _keys[subject] = keys
        return function

    return register


def touches(*models: type) -> Callable[[Touches], Touches]:
    """Register what a change of these models asks to be printed again."""

    def register(function: Touches) -> Touches:
        for model in models:
            _touches.setdefault(model, []).append(function)
        return function

    return register


def compares(*models: type) -> Callable[[Compares], Compares]:
    """Register what a change of these models asks for that cannot be told from how they are now: a name, an address that was given up."""

    def register(function: Compares) -> Compares:
        for model in models:
            _compares.setdefault(model, []).append(function)
        return function

    return register


def wanted_after(instance: Any) -> list[Wanted]:
    """What must be printed again after this instance changed."""
    return [wanted for function in _touches.get(type(instance), ()) for wanted in function(instance)]


def wanted_between(before: Any, after: Any) -> list[Wanted]:
    """What must be printed again because a row is not what it was."""
    model = type(before if after is None else after)
    return [wanted for function in _compares.get(model, ()) for wanted in function(before, after)]


def watched_models() -> list[type]:
    """The models whose changes somebody registered for."""
    return list(_touches)


def compared_models() -> list[type]:
    """The models whose rows somebody compares with what they were."""
    return list(_compares)


def plate_for(subject: str) -> Plate:
    """Return a subject's plate; KeyError if no room registered one."""
    return _plates[subject]


def slow_work_for(subject: str) -> SlowWork:
    """Return what does a slow subject's work; KeyError if no room registered it."""
    return _slow[subject]


def subjects() -> list[str]:
    """All subjects that are printed, in the order in which their rooms registered them: what others are made of comes first."""
    return list(_plates)


def slow_subjects() -> list[str]:
    """All subjects whose work is slow."""
    return list(_slow)


def everything() -> Iterator[Wanted]:
    """All that could be printed now, in the order in which readers should have it."""
    for subject in sorted(subjects(), key=_turns.__getitem__):
        for key in keys_of(subject):
            yield Wanted(subject, key)


def keys_of(subject: str) -> Iterable[str]:
    """All keys of a subject that could be printed now."""
    return _keys[subject]()
