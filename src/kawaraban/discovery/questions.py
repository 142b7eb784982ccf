"""From what was typed to what the index is asked.

A question is a row of *units*, each of which is found in one of several ways: as its words, as the same letters inside longer words, by
its reading. A short question wants every unit; a long one (somebody pasted a headline) wants half of them, and order does the rest.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

import tantivy

from kawaraban.discovery.analysis import NEARLY_NOTHING, Analysed, analysed_query
from kawaraban.discovery.days import without_days
from kawaraban.discovery.kana import cut_by_readings, is_mostly_kana
from kawaraban.language.words import grams, hiragana, normal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from kawaraban.discovery.days import TypedDay
    from kawaraban.discovery.names import Names

MUST, SHOULD, MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
# What a word is worth where it stands. Measured on real headlines (bench/discovery.py): the first lines of a story say what it is about.
WEIGHTS = {"title": 3.0, "names": 2.0, "summary": 0.6, "lead": 0.5, "body": 1.0}
# A date without its year is likely another year's.
WITHOUT_YEAR = 0.3
# 11月 and 12月 end as 1月 and 2月 do.
LAST_ENDING_MONTH = 2
MARK_WEIGHT, READING_WEIGHT, GUESS_WEIGHT, INSIDE_WEIGHT = 1.0, 0.5, 0.2, 0.4
# A compound of so many words is looked for as one thing.
SHORT = 3
# From so many units on, this share of them is enough.
LONG, ENOUGH = 4, 0.5
# Of so many words altogether, it is a sentence: each word counts for itself.
PROSE = 6
MOST_UNITS = 60
# A word that so much of the archive has tells nothing in a long question: it makes better what others find, and finds nothing itself.
COMMON = 0.2
# In an archive of few stories every word is in many of them.
FEW = 12

_PHRASES = re.compile(r"[「『\"“”＂]([^「」『』\"“”＂]+)[」』\"“”＂]")
_QUOTES = re.compile(r"[「」『』\"“”＂]")
# A headline has quotes of its own, with text right before or behind them.
_QUOTES_IN_PROSE = re.compile(r"(?<=[^\s「『])[「『]|[」』](?=[^\s」』])")
_MARKS = r"\s、。，．,;:：；|()\[\]{}【】（）〈〉《》「」『』…―—–"
_MINUS = "-－−‐–ー"
_KANA = re.compile(r"[ぁ-ゖー]+")
_HANGUL = re.compile(r"[가-힣]{2,}")


class Question(NamedTuple):
    """A question, ready to be asked."""

    units: tuple[Any, ...]  # each finds and scores
    phrases: tuple[Any, ...]  # must all be there
    unwanted: tuple[Any, ...]
    bonuses: tuple[Any, ...]  # better if they are there
    is_long: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.units or self.phrases)

    def whole(self) -> Any:
        """Return the query that finds what has all of it; of a long question, half of it."""
        needed = max(2, int(len(self.units) * ENOUGH)) if self.is_long else len(self.units)
        return self._query(needed)

    def some(self) -> Any:
        """Return the query that finds what has any of it."""
        return self._query(1)

    def _query(self, needed: int) -> Any:
        clauses = [(MUST, phrase) for phrase in self.phrases]
        if self.units:
            units = tantivy.Query.boolean_query([(SHOULD, unit) for unit in self.units], minimum_number_should_match=needed)
            clauses.append((MUST, units))
        clauses += [(SHOULD, bonus) for bonus in self.bonuses]
        clauses += [(MUST_NOT, unwanted) for unwanted in self.unwanted]
        return tantivy.Query.boolean_query(clauses)


class _Unit(NamedTuple):
    """A part of a question."""

    clause: Any
    is_common: bool = False
    bonus: Any = None  # what is better if it is there, where that is cheaper to tell than all that the clause finds


class Asker:
    """Turns texts into questions for one state of the index."""

    def __init__(self, schema: Any, frequency: Callable[[str, str], int], total: Callable[[], int], names: Names) -> None:
        self._schema = schema
        self._frequency = frequency
        self._total = total
        self._names = names

    def question(self, text: str) -> Question:
        """Read what was typed: phrases in 「」 or quotes, words, and words that must not stand there (with a minus before them)."""
        typed = _typed(text)
        phrases = [clause for phrase in typed.phrases if (clause := self.inside(phrase)) is not None]
        units = [self._day_unit(day) for day in typed.days]
        bonuses: list[Any] = []
        wanted = [chunk for word in typed.words for chunk in _chunks(word)]
        is_prose = len(wanted) > len(typed.words) + len(typed.unwanted) or _is_prose(wanted)
        for chunk in self._names.joined(wanted):
            more, better = self._units(chunk, is_prose=is_prose)
            units += more
            bonuses += better
        unwanted = [clause for word in typed.unwanted if (clause := self._unwanted(word)) is not None]
        finding = [unit for unit in units[:MOST_UNITS] if not unit.is_common]
        if LONG <= len(finding) < len(units):
            bonuses = [*(unit.bonus or unit.clause for unit in units[:MOST_UNITS] if unit.is_common), *bonuses]
        else:
            finding = units[:MOST_UNITS]
        clauses = tuple(unit.clause for unit in finding)
        return Question(clauses, tuple(phrases), tuple(unwanted), tuple(bonuses[:MOST_UNITS]), len(units) >= LONG)

    def _is_common(self, terms: Collection[str], *fields: str) -> bool:
        """Whether each of these stands in a large part of the archive, in one of some fields."""
        least = max(FEW, COMMON * self._total())
        return bool(terms) and all(any(self._frequency(field, term) > least for field in fields) for term in terms)

    # ------------------------------------------------------------------ what a chunk is found by

    def _unwanted(self, word: str) -> Any:
        """Find what must not stand there: a date in either calendar, with its year if it says one; anything else as it was typed."""
        rest, days = without_days(word)
        if rest.strip():
            return self._whole_word(word)
        return all_of(any_of(map(self.inside, day.letters)) if day.letters else self._day(day) for day in days)

    def _day_unit(self, day: TypedDay) -> _Unit:
        years = [] if day.month else day.years
        # Of a year that a large part of the archive names, the letters are looked for in all of it: 14 ms in 100,000 stories.
        return _Unit(self._day(day), self._is_common(years[:1], "told"), any_of(self.term("told", year) for year in years))

    def _day(self, day: TypedDay) -> Any:
        """Find a date as texts write it: its year in either calendar, and where they leave that out, month and day alone."""
        rest = [self._month_and_day(day)] if day.phrase else [self.term("told", mark) for mark in day.marks]
        years = [*(self.term("told", year) for year in day.years), *map(self.inside, day.first_years)]
        choices = [all_of([year, *rest]) for year in years]
        # Of a fiscal year in two calendars, the one that was typed first.
        worths = [INSIDE_WEIGHT * (2 if day.is_fiscal and not at else 1) for at in range(len(day.letters))]
        choices += [boosted(self.inside(form), worth) for form, worth in zip(day.letters, worths, strict=True)]
        if rest and day.day:
            choices.append(boosted(all_of(rest), WITHOUT_YEAR if choices else 1.0))
        return any_of(choices)

    def _month_and_day(self, day: TypedDay) -> Any:
        inside, longer = self.inside(day.phrase), self.inside(f"1{day.phrase}")
        if day.month > LAST_ENDING_MONTH:
            return inside
        # 1月1日 stands in 11月1日 too: a story that has both is known by its marks.
        alone = tantivy.Query.boolean_query([(MUST, inside), (MUST_NOT, longer)])
        return any_of([alone, all_of([inside, *(self.term("told", mark) for mark in day.marks)])])

    def _units(self, typed: str, *, is_prose: bool) -> tuple[list[_Unit], list[Any]]:
        cut = analysed_query(typed)
        if typed in self._names:
            return [_Unit(self._whole_word(typed))], []
        bonuses = [boosted(self.term("lead", mark), MARK_WEIGHT) for mark in dict.fromkeys(cut.marks)]
        bonuses += [boosted(self.term("title", mark), WEIGHTS["title"] * MARK_WEIGHT) for mark in dict.fromkeys(cut.marks)]
        if is_mostly_kana(typed):
            return self._read_units(typed, cut), bonuses
        if len(cut.terms) <= SHORT and not is_prose:
            found = self._whole_word(typed)
            return ([] if found is None else [_Unit(found, self._is_common([term.text for term in cut.terms], "body"))]), bonuses
        kinds: dict[str, _Unit] = {}
        for term in cut.terms:
            if term.weight > NEARLY_NOTHING and term.text not in kinds:
                kinds[term.text] = _Unit(self._one(term.text, term.surface, term.weight), self._is_common([term.text], "body"))
        return list(kinds.values()), bonuses

    def _read_units(self, typed: str, cut: Analysed) -> list[_Unit]:
        """Kana: typed before conversion, or because nobody is sure of the kanji. Cut where the index's own readings end."""
        read = cut_by_readings(hiragana(normal(typed)), lambda reading: self._frequency("readings", reading))
        if len(read) <= 1:
            whole = self._whole_word(typed)
            return [] if whole is None else [_Unit(whole)]
        units = []
        for piece in dict.fromkeys(read):
            choices = [boosted(self.term("readings", piece), READING_WEIGHT), *self._everywhere(piece, 1.0)]
            units.append(_Unit(any_of(choices), self._is_common([piece], "readings", "body")))
        if len(cut.terms) <= SHORT and (whole := self._whole_word(typed)) is not None:
            # A short one may be written so in the text (ひまわり畑): that is as good as all of its readings.
            return [_Unit(any_of([whole, all_of(unit.clause for unit in units)]))]
        return units

    def _whole_word(self, typed: str) -> Any:
        """Find a word or a short compound: as its words, inside a longer word, by its reading, by other forms of a name."""
        choices: list[Any] = []
        cut = analysed_query(typed)
        told = [term for term in cut.terms if term.weight > NEARLY_NOTHING] or list(cut.terms)
        folded = hiragana(normal(typed))
        is_kana = bool(_KANA.fullmatch(folded))
        is_read = is_kana and bool(self._frequency("readings", folded))
        if told:
            words = all_of([any_of(self._everywhere(term.text, term.weight)) for term in told])
            # ふじさん is 富士山; 藤 and さん are what the dictionary makes of it.
            choices.append(boosted(words, GUESS_WEIGHT) if is_read and len(told) > 1 else words)
        choices += [boosted(inside, INSIDE_WEIGHT) for inside in self._inside_choices(typed)]
        if is_kana:
            choices.append(boosted(self.term("readings", folded), READING_WEIGHT))
            if len(cut.readings) > 1:
                # One word that is read so is likelier than several, such as 藤さん; those are found behind it.
                pieces = all_of([boosted(self.term("readings", reading), READING_WEIGHT) for reading in dict.fromkeys(cut.readings)])
                choices.append(boosted(pieces, GUESS_WEIGHT) if is_read else pieces)
        for form in self._names.other_forms(typed):
            choices += self._inside_choices(form)
        return any_of(choices) if choices else None

    def _one(self, term: str, surface: str, weight: float) -> Any:
        """Find one word of a long question."""
        choices = self._everywhere(term, weight)
        folded = hiragana(surface)
        if _KANA.fullmatch(folded) and len(folded) > 1:
            choices.append(boosted(self.term("readings", folded), READING_WEIGHT * weight))
        if _HANGUL.fullmatch(surface) or not any(self._frequency(field, term) for field in ("body", "title")):
            # It stands nowhere as a word: it may be a part of one. Korean compounds are not cut (정상회담 in 한미정상회담): there it always may.
            inside = term if _HANGUL.fullmatch(surface) else surface
            choices += [boosted(found, INSIDE_WEIGHT * weight) for found in self._inside_choices(inside)]
        return any_of(choices)

    def _everywhere(self, term: str, weight: float) -> list[Any]:
        return [boosted(self.term(field, term), worth * weight) for field, worth in WEIGHTS.items()]

    def _inside_choices(self, text: str) -> list[Any]:
        inside = self.inside(text)
        return [] if inside is None else [inside]

    def inside(self, text: str) -> Any:
        """Find letters in their order, wherever words begin and end; None for a text without letters."""
        pairs = grams(text)
        if not pairs:
            return None
        if len(pairs) == 1:
            return self.term("letters" if len(pairs[0]) == 1 else "grams", pairs[0])
        return tantivy.Query.phrase_query(self._schema, "grams", _placed(text))

    def term(self, field: str, term: str) -> Any:
        """Find a term in a field."""
        return tantivy.Query.term_query(self._schema, field, term)


def wanted_chunks(text: str) -> list[str]:
    """Return the words and phrases that somebody wants, as they were typed; of dates outside of phrases none."""
    typed = _typed(text)
    return [*typed.phrases, *(chunk for word in typed.words for chunk in _chunks(word))]


def wanted_days(text: str) -> tuple[TypedDay, ...]:
    """Return the dates that somebody wants."""
    return _typed(text).days


def is_plain(text: str) -> bool:
    """Whether nothing but words is asked for: no phrase in quotes, and none that must not stand there."""
    return not _QUOTES.search(text) and not any(map(_is_unwanted, text.split()))


def any_of(clauses: Iterable[Any]) -> Any:
    """Find what one of these finds; what several find is better."""
    return tantivy.Query.boolean_query([(SHOULD, clause) for clause in clauses])


def all_of(clauses: Iterable[Any]) -> Any:
    """Find what each of these finds."""
    return tantivy.Query.boolean_query([(MUST, clause) for clause in clauses])


def boosted(query: Any, weight: float) -> Any:
    """Find the same, worth more or less."""
    return tantivy.Query.boost_query(query, weight)


class _Typed(NamedTuple):
    """What was typed, taken apart."""

    phrases: tuple[str, ...]
    days: tuple[TypedDay, ...]
    words: tuple[str, ...]
    unwanted: tuple[str, ...]  # without their minus


def _typed(text: str) -> _Typed:
    """Take apart what was typed. Dates last: one in a phrase is a part of it, and one behind a minus is not wanted."""
    text = _within_prose(unicodedata.normalize("NFKC", text))
    words = _PHRASES.sub(" ", text).split()
    rest, days = without_days(" ".join(word for word in words if not _is_unwanted(word)))
    unwanted = tuple(word.lstrip(_MINUS) for word in words if _is_unwanted(word))
    return _Typed(tuple(_PHRASES.findall(text)), tuple(days), tuple(rest.split()), unwanted)


def _within_prose(text: str) -> str:
    """Take quotes that are glued to other words for marks: what stands in them is wanted like the words around it."""
    return text.translate(_NO_QUOTES) if _QUOTES_IN_PROSE.search(text) else text


_NO_QUOTES = str.maketrans(dict.fromkeys("「」『』", "、"))


def _is_unwanted(word: str) -> bool:
    return word[0] in _MINUS and bool(word.strip(_MINUS))


def _chunks(text: str) -> list[str]:
    return [chunk for chunk in re.split(rf"[{_MARKS}]+", text) if chunk.strip(_MINUS)]


def _is_prose(chunks: list[str]) -> bool:
    """Whether these are a sentence's words, of which each counts for itself, and not one compound."""
    cut = [analysed_query(chunk) for chunk in chunks]
    return any(one.functions for one in cut) or sum(len(one.terms) for one in cut) > PROSE


def _placed(text: str) -> list[tuple[int, str]]:
    """Return a text's pairs with their places: 「核抑止、協議」 has a gap where the mark stands, and so has the index."""
    return list(enumerate(grams(text)))
