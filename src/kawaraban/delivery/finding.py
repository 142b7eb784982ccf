"""The search page's request, and what the page says of it: what was meant, how to bound and order what was found, further pages.

Every word that is said was printed with the page (``Slot.sentences``); here are only addresses, numbers and what the reader typed.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kawaraban.delivery.live import first_values, number
from kawaraban.discovery.shapes import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kawaraban.discovery.shapes import Answer, Marked
    from kawaraban.sheetlog.shapes import Slot

ROWS = 20
MOST_PAGES = 50
OFTEN = 8
_DAYS = frozenset({"1", "7", "30", "365"})
_DAY = 86400.0
_YEARS = frozenset(map(str, range(1900, 2200)))


@dataclass(frozen=True)
class SearchRequest:
    """What the search page is asked for; all of it stands in its address."""

    text: str = ""
    section: str = ""
    topic: str = ""
    by: str = ""
    when: str = ""  # within so many days, or a year of four digits
    order: str = ""  # "new", else the best first
    editions: str = ""  # "all", else the page's own
    page: int = 1

    @classmethod
    def read(cls, query_string: str) -> SearchRequest:
        """Read an address's fields; ValueError if there are too many. What is no choice of ours is not made."""
        asked = first_values(query_string)
        when = asked.get("when", "")
        return cls(
            text=asked.get("q", "").strip(),
            section=asked.get("section", "")[:100],
            topic=asked.get("topic", "")[:100],
            by=asked.get("by", "")[:100],
            when=when if when in _DAYS or when in _YEARS else "",
            order="new" if asked.get("order") == "new" else "",
            editions="all" if asked.get("editions") == "all" else "",
            page=number(asked.get("page"), 1, MOST_PAGES) or 1,
        )

    def query(self, language: str, now: float, asker: str) -> Query:
        """Return the query."""
        since = until = 0.0
        if self.when in _DAYS:
            since = now - int(self.when) * _DAY
        elif self.when:
            since, until = (datetime(int(self.when) + after, 1, 1, tzinfo=UTC).timestamp() for after in (0, 1))
        return Query(
            text=self.text,
            language="" if self.editions else language,
            section=self.section,
            topic=self.topic,
            byline=self.by,
            since=since,
            until=until,
            limit=ROWS,
            offset=(self.page - 1) * ROWS,
            newest=bool(self.order),
            facets=True,
            snippets=True,
            asker=asker,
        )

    def address(self, **changes: Any) -> str:
        """Return the address of the same search with other choices, escaped for HTML. It begins with its first page."""
        other = replace(self, **({"page": 1} | changes))
        fields = [
            ("q", other.text),
            *((name, getattr(other, name)) for name in ("section", "topic", "by", "when", "order", "editions")),
            ("page", other.page if other.page > 1 else ""),
        ]
        return html.escape("?" + urlencode([(name, value) for name, value in fields if value != ""]))


class Notes:
    """Writes what the page says of a request, a slot at a time: each key of an "asked" slot is a method here."""

    def __init__(self, asked: SearchRequest, answer: Answer | None, often: Sequence[str] = ()) -> None:
        self._asked, self._answer, self._often = asked, answer, often

    def written(self, slot: Slot) -> str:
        """Write a slot of the fill "asked"; nothing where there is nothing to say."""
        ways: dict[str, Callable[[Slot], str]] = {
            "instead": self._instead,
            "order": self._order,
            "editions": self._editions,
            "section": self._section,
            "topic": self._topic,
            "when": self._when,
            "pages": self._pages,
            "often": self._often_searched,
            "kept": self._kept,
        }
        way = ways.get(slot.key)
        return way(slot) if way else ""

    def _instead(self, slot: Slot) -> str:
        if self._answer is None or not self._answer.instead:
            return ""
        link = f'<a href="{self._asked.address(text=self._answer.instead)}">{html.escape(self._answer.instead)}</a>'
        return slot.sentences[0].replace("{query}", link)

    def _order(self, slot: Slot) -> str:
        return self._choices(slot, "order", [(value, word, None) for value, word in _words(slot)]) if self._has_found() else ""

    def _editions(self, slot: Slot) -> str:
        if self._answer is None or not self._asked.text:
            return ""
        return self._choices(slot, "editions", [(value, word, None) for value, word in _words(slot)])

    def _section(self, slot: Slot) -> str:
        facets = self._answer.facets if self._answer else None
        counts = dict(facets.sections) if facets else {}
        names = dict(_words(slot))
        found = [(value, names.get(value, value), counts[value]) for value in sorted(counts, key=lambda value: -counts[value])]
        return self._bounds(slot, "section", names, found)

    def _topic(self, slot: Slot) -> str:
        facets = self._answer.facets if self._answer else None
        return self._bounds(slot, "topic", dict(_words(slot)), list(facets.topics) if facets else [])

    def _when(self, slot: Slot) -> str:
        facets = self._answer.facets if self._answer else None
        if not self._has_found() and not self._asked.when:
            return ""
        rows: list[tuple[str, str, int | None]] = [(value, word, None) for value, word in _words(slot)]
        years = facets.years if facets else ()
        if len(years) > 1 or self._asked.when in dict(years):
            rows += [(year, year, count) for year, count in years]
        return self._choices(slot, "when", rows)

    def _bounds(self, slot: Slot, field: str, words: dict[str, str], found: list[tuple[str, str, int]]) -> str:
        """Offer what was found to be chosen from; and the way back, if something was chosen."""
        chosen = getattr(self._asked, field)
        if len(found) < 2 and not chosen:  # noqa: PLR2004 - one is no choice
            return ""
        rows: list[tuple[str, str, int | None]] = [("", words.get("", ""), None)] if chosen else []
        rows += [(value, word, count) for value, word, count in found]
        if chosen and all(value != chosen for value, _, _ in rows):
            rows.append((chosen, words.get(chosen, chosen), 0))
        return self._choices(slot, field, rows)

    def _choices(self, slot: Slot, field: str, rows: list[tuple[str, str, int | None]]) -> str:
        chosen = getattr(self._asked, field)
        written = [
            f'{slot.row_opening}<a href="{self._asked.address(**{field: value})}"{" aria-current=true" if value == chosen else ""}>'
            f"{html.escape(word)}{'' if count is None else f' <small>{count}</small>'}</a>{slot.row_closing}"
            for value, word, count in rows
        ]
        return slot.opening + slot.between.join(written) + slot.closing if written else ""

    def _pages(self, slot: Slot) -> str:
        total = self._answer.total if self._answer else 0
        last = min(MOST_PAGES, -(-total // ROWS))
        links = []
        if self._asked.page > 1:
            links.append(f'<a rel="prev" href="{self._asked.address(page=self._asked.page - 1)}">{slot.sentences[0]}</a>')
        if self._asked.page < last:
            links.append(f'<a rel="next" href="{self._asked.address(page=self._asked.page + 1)}">{slot.sentences[1]}</a>')
        return slot.opening + "".join(links) + slot.closing if links else ""

    def _often_searched(self, slot: Slot) -> str:
        rows = [
            f'{slot.row_opening}<a href="?{html.escape(urlencode({"q": query}))}">{html.escape(query)}</a>{slot.row_closing}'
            for query in self._often
        ]
        return slot.opening + "".join(rows) + slot.closing if rows else ""

    def _kept(self, slot: Slot) -> str:
        """Keep what was chosen while other words are typed."""
        fields = ("section", "topic", "by", "when", "order", "editions")
        kept = [(name, getattr(self._asked, name)) for name in fields]
        return "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in kept if value)

    def _has_found(self) -> bool:
        return self._answer is not None and self._answer.total > 0


def snippets(answer: Answer) -> dict[str, str]:
    """Write where each story was found, by its id."""
    return {
        story: f'<span class="snippet">{marked(shown.text)}</span>'
        for story, shown in zip(answer.stories, answer.snippets, strict=False)
        if any(shown.text)
    }


def marked(pieces: Marked) -> str:
    """Write a text whose odd pieces were looked for."""
    return "".join(f"<mark>{html.escape(piece)}</mark>" if at % 2 else html.escape(piece) for at, piece in enumerate(pieces))


def _words(slot: Slot) -> list[tuple[str, str]]:
    """Return the choices that were printed with a slot: a value and its word, with a tab between."""
    return [(value, word) for value, _, word in (sentence.partition("\t") for sentence in slot.sentences)]
