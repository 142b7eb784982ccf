"""Which searches may be shown to everybody: those whose words the paper has printed itself.

Whoever searches writes what they like, and enough machines make anything asked for often. On the paper's own page stand a registered
name, a topic, or words out of one headline that is published now, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.discovery.analysis import analysed_query
from kawaraban.discovery.names import folded
from kawaraban.discovery.questions import is_plain
from kawaraban.language.words import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kawaraban.discovery.facts import Documents
    from kawaraban.discovery.names import Names

FEW_WORDS = 4


class Ours:
    """An edition's names, topics and headlines, at one moment. ``headlines`` gives those that have all of some terms."""

    def __init__(self, names: Names, documents: Documents, headlines: Callable[[Sequence[str]], Iterable[str]], language: str) -> None:
        self._names = names
        self._topics = {_spaced(name) for code, _, name, _ in documents.topics() if code == language}
        self._headlines = headlines

    def has(self, query: str) -> bool:
        """Whether a query is nothing but words of ours."""
        asked = _spaced(query)
        if not asked or not is_plain(asked) or len(asked.split()) > FEW_WORDS:
            return False
        return asked in self._topics or self._is_name(asked) or self._is_in_a_headline(asked)

    def _is_name(self, asked: str) -> bool:
        # A form that is not to be used is found by whoever types it, and not put before others.
        return any(
            folded(asked) in {folded(form) for form in name.searched} - {folded(form) for form in name.wrong_forms}
            for name in self._names.named(asked)
        )

    def _is_in_a_headline(self, asked: str) -> bool:
        """Whether one headline has every word. Out of two, somebody would put a third together that nobody wrote."""
        words = asked.split()
        cut = [[term.text for term in analysed_query(word).terms] for word in words]
        if not all(cut):
            return False
        headlines = self._headlines(list(dict.fromkeys(term for terms in cut for term in terms)))
        return any(all(word in headline for word in words) for headline in map(_spaced, headlines))


def _spaced(text: str) -> str:
    return " ".join(normal(text).split())
