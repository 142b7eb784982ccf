"""Names: how a newsroom writes people, organisations, places, works and terms, and where they stand in a text.

A *form* is one way to write a name. Some are right, some may stand after the first mention, some are not to be used; all of them
are found. What a reader may type to look for a name (its reading, its original script, its romanised form) is here too, so that
search knows names as words.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import ahocorasick
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

Kind = Literal["person", "organisation", "place", "work", "term"]
KINDS: tuple[Kind, ...] = ("person", "organisation", "place", "work", "term")
Brackets = Literal["auto", "reading", "original", "romanised", "short", "none"]
BRACKETS: tuple[Brackets, ...] = ("auto", "reading", "original", "romanised", "short", "none")


class Title(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody is called for a time: 韓国大統領. Days as 2022-05-10; empty where there is no bound. Both days belong to it."""

    text: str
    since: str = ""
    until: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it is right to say so on this day."""
        return (not self.since or self.since <= day.isoformat()) and (not self.until or day.isoformat() <= self.until)


class Name(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name in the registry, as far as readers may know it."""

    slug: str
    kind: Kind
    form: str  # as Japanese stories write it
    form_ko: str = ""
    form_en: str = ""  # the romanised form
    reading: str = ""  # in kana
    originals: tuple[str, ...] = ()  # in the scripts of its own country: 尹錫悅, 윤석열
    brackets: Brackets = "auto"  # what stands in brackets at the first mention
    titles: tuple[Title, ...] = ()
    short_forms: tuple[str, ...] = ()  # allowed after the first mention
    wrong_forms: tuple[str, ...] = ()  # not to be used
    wikidata: str = ""  # Q1234

    def form_in(self, language: str) -> str:
        """Return the name as an edition writes it."""
        return {"ko": self.form_ko, "en": self.form_en}.get(language) or self.form

    @property
    def searched(self) -> tuple[str, ...]:
        """All that somebody may type who looks for it."""
        forms = (self.form, self.form_ko, self.form_en, self.reading, *self.originals, *self.short_forms, *self.wrong_forms)
        return tuple(dict.fromkeys(form for form in forms if form))


class How(StrEnum):
    """In which of its forms a name stands somewhere."""

    FORM = "form"
    SHORT = "short"
    WRONG = "wrong"
    ORIGINAL = "original"  # another script's form, in the middle of a text, or the sound of kanji as if it were the name


class Found(NamedTuple):
    """A name in a text; ``start`` and ``end`` count characters."""

    name: Name
    start: int
    end: int
    how: How


def in_brackets(name: Name) -> str:
    """Return what Japanese stories put in brackets behind a name when they mention it first; empty if nothing.

    By itself: the reading of a foreign person whose name is written in kanji, the short form of an organisation or a term in Latin letters.
    """
    latin = next((form for form in (*name.short_forms, name.form_en) if form.isascii() and form.isupper()), "")
    chosen = {
        "reading": name.reading,
        "original": next(iter(name.originals), ""),
        "romanised": name.form_en,
        "short": next(iter(name.short_forms), ""),
        "none": "",
    }
    if name.brackets != "auto":
        return chosen[name.brackets]
    if name.kind == "person":
        return name.reading if _is_katakana(name.reading) and not _is_katakana(name.form) else ""
    return latin if latin in name.short_forms and latin != name.form else ""


def first_mention(name: Name, day: date | None = None) -> str:
    """Return a name as a Japanese story mentions it first: 尹錫悦(ユン・ソンニョル)韓国大統領, with the title that holds on the day."""
    within = in_brackets(name)
    title = next((title.text for title in name.titles if day is not None and title.holds_on(day)), "")
    return f"{name.form}({within}){title}" if within else f"{name.form}{title}"


class NameFinder:
    """Finds all names of a registry in a text at once, however many they are (Aho–Corasick, by pyahocorasick)."""

    def __init__(self, names: Iterable[Name], language: str = "ja") -> None:
        self._automaton: Any = ahocorasick.Automaton()
        for name in names:
            for form, how in _forms(name, language):
                # Of two names with one form, the first stays.
                if form not in self._automaton:
                    self._automaton.add_word(form, (len(form), name, how))
        self._automaton.make_automaton()
        self._boundaries = _BOUNDARIES.get(language, _letters_go_on)

    def find(self, text: str) -> list[Found]:
        """Return the names in a text in their order; where several overlap, the one that begins first, of those the longest."""
        if not self._automaton:
            return []
        candidates = [
            Found(name, end + 1 - length, end + 1, how)
            for end, (length, name, how) in self._automaton.iter(text)
            if self._stands_alone(text, end + 1 - length, end + 1)
        ]
        candidates.sort(key=lambda found: (found.start, -found.end))
        found: list[Found] = []
        for candidate in candidates:
            if not found or candidate.start >= found[-1].end:
                found.append(candidate)
        return found

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        before = start > 0 and self._boundaries(text[start - 1], text[start], before=True)
        after = end < len(text) and self._boundaries(text[end - 1], text[end], before=False)
        return not before and not after


def _forms(name: Name, language: str) -> Iterator[tuple[str, How]]:
    if language == "ja":
        own = chain(
            [(name.form, How.FORM)],
            ((form, How.SHORT) for form in name.short_forms if len(form) > 1),
            ((form, How.WRONG) for form in name.wrong_forms),
            ((form, How.ORIGINAL) for form in (*name.originals, *_read_as(name))),
        )
    elif language == "ko":
        own = chain([(name.form_ko, How.FORM)], ((form, How.ORIGINAL) for form in name.originals if _HANGUL[0] <= form[0] <= _HANGUL[1]))
    else:
        own = chain([(name.form_en, How.FORM)], ((form, How.SHORT) for form in name.short_forms if form.isascii()))
    return ((form, how) for form, how in own if form)


def _read_as(name: Name) -> tuple[str, ...]:
    """Return how a foreign person's name stands in stories that write its sound instead of its kanji: ユン・ソンニョル, ユンソンニョル."""
    if name.kind != "person" or "・" not in name.reading or not _is_katakana(name.reading) or _is_katakana(name.form):
        return ()
    return (name.reading, name.reading.replace("・", ""))


_HANGUL = ("가", "힣")


def _letters_go_on(left: str, right: str, *, before: bool) -> bool:
    """Whether a word of Latin letters, digits or katakana goes on from one letter to the next: a name inside it is another word's."""
    return _script(left) == _script(right) != ""


def _korean_goes_on(left: str, right: str, *, before: bool) -> bool:
    """Particles cling to the end of a Korean name; nothing clings to its beginning."""
    if before and _HANGUL[0] <= left <= _HANGUL[1] and _HANGUL[0] <= right <= _HANGUL[1]:
        return True
    return _letters_go_on(left, right, before=before)


_BOUNDARIES = {"ko": _korean_goes_on}


def _script(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return "latin"
    return "katakana" if "ァ" <= letter <= "ヺ" or letter in "ー・" else ""


def _is_katakana(text: str) -> bool:
    return bool(text) and all("ァ" <= letter <= "ヺ" or letter in "ー・=" for letter in text)
