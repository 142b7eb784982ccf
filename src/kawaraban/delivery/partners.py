"""Stories for partners, in the formats of agencies, to whoever has a token. Printed like all else; nothing is asked of the newsroom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.delivery import http
from kawaraban.delivery.live import first_values

if TYPE_CHECKING:
    from typing import Any

    from kawaraban.delivery.bodies import Bodies
    from kawaraban.delivery.store import SheetStore

PREFIX = "/partners/"
LONGEST_TOKEN = 200
# The shape of a story's card, and what it is sent as.
FORMATS = {"ninjs.json": ("ninjs", "application/json"), "newsml.xml": ("newsml", "application/xml; charset=utf-8")}
# One partner's answer is nobody else's.
_OWN: http.Headers = [("cache-control", "private, no-cache"), ("vary", "authorization")]


def partner_answer(store: SheetStore, bodies: Bodies, scope: Any, path: str) -> http.Answer:
    """Answer a path below ``/partners/``: ``{language}/ninjs.json``, or ``stories/{id}/newsml.xml``."""
    if store.partner(_token(scope)) is None:
        sentence = "A partner's token is wanted: as Authorization: Bearer …, or as ?token=…"
        return http.Answer(
            401, http.problem(401, sentence).body, [("content-type", "application/json"), ("www-authenticate", "Bearer"), *_OWN]
        )
    where, _, name = path.removeprefix(PREFIX).rpartition("/")
    if name not in FORMATS:
        return http.problem(
            404, "Nothing stands here: {language}/ninjs.json and {language}/newsml.xml do, and stories/{id}/ with either name."
        )
    shape, content_type = FORMATS[name]
    if where.startswith("stories/"):
        story = where.removeprefix("stories/")
        card = store.cards([story], shape).get(story) if store.story(story) else None
        if card is None:
            return http.problem(404, "No published story has this id.")
        text = f'<?xml version="1.0" encoding="UTF-8"?>{card.html}' if shape == "newsml" else card.html
        return _answer(text.encode(), content_type)
    body = bodies.body(f"/_partners/{where}/{name}")
    if body is None:
        return http.problem(404, "No edition stands under this language.")
    return _answer(body.for_accepted(b"").body, content_type)


def _token(scope: Any) -> str:
    kind, _, given = (scope.headers.get("authorization") or "").partition(" ")
    if kind.lower() != "bearer":
        try:
            given = first_values(scope.query_string).get("token", "")
        except ValueError:
            return ""
    return str(given.strip()[:LONGEST_TOKEN])


def _answer(body: bytes, content_type: str) -> http.Answer:
    return http.Answer(200, body, [("content-type", content_type), ("etag", http.etag_of(body)), *_OWN])
