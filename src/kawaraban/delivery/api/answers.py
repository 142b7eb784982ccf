"""Answers under ``/api/``."""

from __future__ import annotations

import base64
import binascii
from math import isfinite
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kawaraban.delivery import http, live
from kawaraban.delivery.api.catalogue import Catalogue, Filter
from kawaraban.delivery.api.description import description
from kawaraban.delivery.found import WrongFieldError, moment_asked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kawaraban.audience.client import CollectorClient
    from kawaraban.delivery.api.catalogue import Row
    from kawaraban.delivery.store import SheetStore
    from kawaraban.sheetlog.shapes import Document, Story

PREFIX = "/api/"
DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100
# A page in another site's browser may read what is here: it is public, and nothing of a reader's is in it.
OPEN: http.Headers = [("access-control-allow-origin", "*"), ("access-control-expose-headers", "etag, link")]
_PREFLIGHT: http.Headers = [
    *OPEN,
    ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
    ("access-control-allow-headers", "if-none-match"),
    ("access-control-max-age", "86400"),
]
_NAMED = ("language", "section", "topic", "byline", "source")
_FILTERS = (*_NAMED, "since", "until")
_PAGING = ("limit", "cursor")
_RANKING = ("window", "order", "section", "topic", "byline", "language", "limit")


class Api:
    """Answers programs."""

    def __init__(self, sheet_log: Path, store: SheetStore, collector: CollectorClient, base_url: str) -> None:
        self._store = store
        self._collector = collector
        self._base_url = base_url
        self._catalogue = Catalogue(sheet_log, store.story)

    def changed(self, keys: Iterable[tuple[str, str]] | None) -> None:
        """Be told what changed in the log; None: all may have."""
        self._catalogue.changed(keys)

    async def answer(self, path: str, query: str) -> http.Answer:
        """Answer a path that begins with ``/api/``."""
        try:
            answer = await self._answer(path.removeprefix(PREFIX), query)
        except WrongFieldError as error:
            answer = http.problem(400, str(error))
        except FileNotFoundError:
            answer = http.problem(503, "Nothing is printed here yet.")
        return http.Answer(answer.status, answer.body, [*answer.headers, *OPEN])

    @staticmethod
    def preflight() -> http.Answer:
        """Tell a browser that a page of another site may ask here."""
        return http.Answer(204, b"", [*_PREFLIGHT, ("cache-control", "public, max-age=86400")])

    async def _answer(self, name: str, query: str) -> http.Answer:
        if name == "openapi.json":
            return live.document(description(self._base_url), versioned=False)
        if name == "stories":
            return await self._stories(_fields(query, (*_FILTERS, *_PAGING)))
        if name.startswith("stories/"):
            _fields(query, ())
            return await self._story(name.removeprefix("stories/"))
        if name == "sections":
            return await self._sections(_fields(query, ("language",)))
        if name == "topics":
            return await self._topics(_fields(query, ("language", *_PAGING)))
        if name == "ranking":
            _fields(query, _RANKING)
            return await live.ranking_document(self._store, self._collector, query)
        return http.problem(404, "Nothing stands here: /api/openapi.json says what does.")

    async def _stories(self, asked: dict[str, str]) -> http.Answer:
        limit = _limit(asked)
        place = _place(asked)
        wanted = Filter(
            **{name: asked.get(name, "") for name in _NAMED},
            since=moment_asked(asked, "since"),
            until=moment_asked(asked, "until", whole_day=True),
        )
        rows: list[Row] = []
        for row in (await self._catalogue.made()).after(place, wanted):
            rows.append(row)
            if len(rows) > limit:
                break
        items = [self._item(story) for row in rows[:limit] if (story := self._store.story(row.id)) is not None]
        end = rows[limit - 1] if len(rows) > limit else None
        return _page("stories", asked, items, _cursor(repr(end.order), end.id) if end else "")

    async def _story(self, named: str) -> http.Answer:
        name = (await self._catalogue.made()).id_of(named)
        story = self._store.story(name) if name else None
        if story is None:
            return http.problem(404, "No published story has this id.")
        text = self._store.document(name)
        told = {
            "section_name": story.section_name,
            "topic_names": list(text.topic_names) if text else [],
            "byline_names": list(dict.fromkeys(text.bylines)) if text else [],
            "names": list(story.names),
            "translations": [{"id": one.story, "language": one.language, "url": one.url} for one in story.translations],
            "text": text.body if text else "",
        }
        return live.document({**self._item(story), **told}, versioned=False)

    async def _sections(self, asked: dict[str, str]) -> http.Answer:
        made = await self._catalogue.made()
        items = [
            {
                "id": slug,
                "name": made.section_names[language, slug],
                "language": language,
                "url": f"{_prefix(language)}/{slug}",
                "stories": count,
            }
            for (language, slug), count in sorted(made.sections.items())
            if count and asked.get("language", "") in {"", language}
        ]
        return live.document({"items": items}, versioned=False)

    async def _topics(self, asked: dict[str, str]) -> http.Answer:
        limit, made = _limit(asked), await self._catalogue.made()
        behind = _parts(asked) if asked.get("cursor") else ("", "")
        found = sorted(key for key, count in made.topics.items() if count and key > behind and asked.get("language", "") in {"", key[0]})
        items = [
            {
                "id": slug,
                "name": self._topic_name(made.under(language, slug), slug),
                "language": language,
                "url": f"{_prefix(language)}/topics/{slug}",
                "stories": made.topics[language, slug],
            }
            for language, slug in found[:limit]
        ]
        return _page("topics", asked, items, _cursor(*found[limit - 1]) if len(found) > limit else "")

    def _topic_name(self, story: str, slug: str) -> str:
        text: Document | None = self._store.document(story)
        return dict(zip(text.topics, text.topic_names, strict=False)).get(slug, slug) if text else slug

    @staticmethod
    def _item(story: Story) -> dict[str, Any]:
        return {**live.story_item(story), "topics": list(story.topics), "bylines": list(story.bylines)}


def _page(name: str, asked: dict[str, str], items: list[dict[str, Any]], cursor: str) -> http.Answer:
    further = f"{PREFIX}{name}?{urlencode({**asked, 'cursor': cursor})}" if cursor else None
    answer = live.document({"items": items, "next": further}, versioned=False)
    return http.Answer(200, answer.body, [*answer.headers, *([("link", f'<{further}>; rel="next"')] if further else [])])


def _fields(query: str, known: Collection[str]) -> dict[str, str]:
    """Read a request's fields; WrongFieldError for one that means nothing here: an answer to another question helps nobody."""
    try:
        asked = live.first_values(query)
    except ValueError:
        raise WrongFieldError("The query has too many fields.") from None
    for name in asked:
        if name not in known:
            raise WrongFieldError(
                f"{name[:40]!r} is no field of this address: " + (f"those are {', '.join(known)}." if known else "it has none.")
            )
    return {name: value[: live.LONGEST_NAME] for name, value in asked.items() if value}


def _limit(asked: dict[str, str]) -> int:
    limit = live.number(asked.get("limit"), DEFAULT_LIMIT, LARGEST_LIMIT)
    if limit is None:
        raise WrongFieldError(f"limit is {asked['limit'][:40]!r}: it must be a whole number from 1 to {LARGEST_LIMIT}.")
    return limit


def _place(asked: dict[str, str]) -> tuple[float, str] | None:
    if not asked.get("cursor"):
        return None
    order, name = _parts(asked)
    try:
        place = float(order)
    except ValueError:
        raise _wrong_cursor() from None
    if not isfinite(place):
        raise _wrong_cursor()
    return place, name


def _cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode("\n".join(parts).encode()).decode().rstrip("=")


def _parts(asked: dict[str, str]) -> tuple[str, str]:
    written = asked["cursor"]
    try:
        first, second = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True).decode().split("\n")
    except (ValueError, binascii.Error):
        raise _wrong_cursor() from None
    return first, second


def _wrong_cursor() -> WrongFieldError:
    return WrongFieldError("cursor is none that was given out here: begin without one, and go on with 'next'.")


def _prefix(language: str) -> str:
    return "" if language == "ja" else f"/{language}"
