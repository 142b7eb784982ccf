"""The search for programs: ``/search.json`` and ``/suggest.json``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kawaraban.delivery.finding import ROWS
from kawaraban.delivery.live import document, number, story_item
from kawaraban.discovery.shapes import LARGEST_OFFSET, Query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kawaraban.delivery import http
    from kawaraban.delivery.store import SheetStore
    from kawaraban.discovery.shapes import Answer, Suggestion

_PREFIXES = {"ko": "/ko", "en": "/en"}
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LARGEST_LIMIT = 100


class WrongFieldError(Exception):
    """A field of a request cannot be used; the message says which, and what it must be."""


def search_query(asked: dict[str, str]) -> Query:
    """Read the fields of ``/search.json``; WrongFieldError if one cannot be used."""
    limit = number(asked.get("limit"), ROWS, LARGEST_LIMIT)
    if limit is None:
        raise WrongFieldError(f"limit is {asked['limit'][:40]!r}: it must be a whole number from 1 to {LARGEST_LIMIT}.")
    offset = 0 if asked.get("offset") == "0" else number(asked.get("offset"), 0, LARGEST_OFFSET)
    if offset is None:
        raise WrongFieldError(f"offset is {asked['offset'][:40]!r}: it must be a whole number up to {LARGEST_OFFSET}.")
    order = asked.get("order", "") or "best"
    if order not in {"best", "new"}:
        raise WrongFieldError(f"order is {order[:40]!r}: it must be best or new.")
    return Query(
        text=asked.get("q", ""),
        language=asked.get("language", ""),
        section=asked.get("section", ""),
        topic=asked.get("topic", ""),
        byline=asked.get("byline", ""),
        since=moment_asked(asked, "since"),
        until=moment_asked(asked, "until", whole_day=True),
        limit=limit,
        offset=offset,
        newest=order == "new",
        facets=True,
        snippets=True,
    )


def moment_asked(asked: dict[str, str], name: str, *, whole_day: bool = False) -> float:
    """Read a day or a moment, in seconds since 1970; a day that bounds the end belongs to it. WrongFieldError if it is neither."""
    after = timedelta(days=1) if whole_day else timedelta()
    text = asked.get(name, "")
    if not text:
        return 0.0
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment + after if _A_DAY.fullmatch(text) else moment).timestamp()
    except (ValueError, OverflowError):
        raise WrongFieldError(f"{name} is {text[:40]!r}: it must be a day such as 2026-11-28, or a moment in RFC 3339.") from None


def search_document(store: SheetStore, answer: Answer, *, language: str) -> http.Answer:
    """Write what was found."""
    items = []
    for at, name in enumerate(answer.stories):
        story = store.story(name)
        if story is not None:
            shown = {"snippet": list(answer.snippets[at].text)} if answer.snippets else {}
            items.append({**story_item(story), **shown})
    facets = answer.facets
    counted = {
        "sections": [{"section": slug, "count": count} for slug, count in facets.sections] if facets else [],
        "topics": [{"topic": slug, "name": name, "count": count} for slug, name, count in facets.topics] if facets else [],
        "languages": [{"language": code, "count": count} for code, count in facets.languages] if facets else [],
        "years": [{"year": int(year), "count": count} for year, count in facets.years] if facets else [],
    }
    return document({"items": items, "total": answer.total, "near": answer.near, "instead": answer.instead, "facets": counted})


def suggestion_document(store: SheetStore, found: Sequence[Suggestion], *, language: str) -> http.Answer:
    """Write what may be meant by what is typed; each with the page that it leads to, if there is one."""
    prefix = _PREFIXES.get(language, "")
    items = []
    for one in found:
        if one.kind == "story":
            story = store.story(one.target)
            url = story.url if story else ""
        else:
            url = f"{prefix}/{'topics' if one.kind == 'topic' else 'names'}/{one.target}"
            url = url if store.sheet(url) is not None else ""
        items.append({"kind": one.kind, "text": one.text, "url": url})
    return document({"items": items})
