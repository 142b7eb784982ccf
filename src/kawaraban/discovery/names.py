"""Names that are written in several ways: whoever asks for one way finds the others.

ユン・ソンニョル, ユンソンニョル, ゆんそんにょる, 尹錫悦, 윤석열, Yoon Suk Yeol are one person. What is known of names comes from the sheet log;
the index holds nothing of it, so that a name that is entered today finds the stories of ten years at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from kawaraban.language.words import hiragana, normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.language.names import Name

# More ways than these are asked for in no query.
MOST_FORMS = 12


_MOST_WORDS = 5
_SHORTEST_PART, _LONGEST_WORD = 2, 40
_SCRIPTS = re.compile(r"[ァ-ヺー・]{2}|[a-zA-Z0-9]{2}|[ぁ-ん]{2}")


class Names:
    """All names, by every form."""

    def __init__(self) -> None:
        self._names: dict[str, Name] = {}
        self._by_form: dict[str, list[str]] = defaultdict(list)
        self.changed = 0  # grows whenever there are others

    def put(self, name: Name) -> None:
        """Take a name, in the place of what was known of it."""
        self.drop(name.slug)
        self._names[name.slug] = name
        self.changed += 1
        for form in _folded_forms(name):
            self._by_form[form].append(name.slug)

    def drop(self, name: str) -> None:
        """Forget a name."""
        known = self._names.pop(name, None)
        if known is not None:
            self.changed += 1
            for form in _folded_forms(known):
                self._by_form[form].remove(name)
                if not self._by_form[form]:
                    del self._by_form[form]

    def all(self) -> Iterable[Name]:
        """Return every name."""
        return self._names.values()

    def named(self, typed: str) -> list[Name]:
        """Return the names of which this is a form."""
        return [self._names[slug] for slug in self._by_form.get(folded(typed), ())]

    def __contains__(self, typed: str) -> bool:
        return folded(typed) in self._by_form

    def joined(self, words: list[str]) -> list[str]:
        """Join words that are a name's form together (Yoon Suk Yeol), and take names out of longer words (尹錫悦大統領)."""
        found: list[str] = []
        at = 0
        while at < len(words):
            length = next(
                (length for length in range(min(_MOST_WORDS, len(words) - at), 1, -1) if " ".join(words[at : at + length]) in self), 1
            )
            found.extend([" ".join(words[at : at + length])] if length > 1 else self._parts(words[at]))
            at += length
        return found

    def _parts(self, word: str) -> list[str]:
        if not self._by_form or word in self or not _SHORTEST_PART < len(word) <= _LONGEST_WORD:
            return [word]
        for length in range(len(word) - 1, _SHORTEST_PART - 1, -1):
            for start in range(len(word) - length + 1):
                name = word[start : start + length]
                if name in self and not _goes_on(word, start) and not _goes_on(word, start + length):
                    return [part for part in (word[:start], name, word[start + length :]) if part]
        return [word]

    def other_forms(self, typed: str) -> list[str]:
        """Return the other ways to write a name; none if it is no name's form."""
        asked = folded(typed)
        found: dict[str, str] = {}
        for name in self._by_form.get(asked, ()):
            for form in self._names[name].searched:
                found.setdefault(folded(form), form)
        found.pop(asked, None)
        return list(found.values())[:MOST_FORMS]


def _goes_on(word: str, at: int) -> bool:
    """Whether a word of one script goes on at a place: no name ends within it."""
    return bool(0 < at < len(word) and _SCRIPTS.fullmatch(word[at - 1 : at + 1]))


def folded(text: str) -> str:
    """Fold a form so that ways to write it that differ in nothing but ・, spaces, width or kana are one."""
    return re.sub(r"[\s・･·=＝\-'’.]+", "", hiragana(normal(text)))


def _folded_forms(name: Name) -> set[str]:
    return {key for form in name.searched if (key := folded(form))}
