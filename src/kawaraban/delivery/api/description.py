"""The API's own description, in OpenAPI 3.1. What is answered is checked against it in the tests."""

from __future__ import annotations

from typing import Any

from kawaraban.audience.shapes import ORDERS, WINDOWS

_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time", "description": "RFC 3339, in UTC."}
_SLUG = {"type": "string", "pattern": "^[a-z0-9-]+$"}
_SLUGS = {"type": "array", "items": _SLUG}
_LANGUAGE = {"type": "string", "enum": ["ja", "ko", "en"]}
_PATH = {"type": "string", "description": "Path on this site.", "pattern": "^/"}
_COUNT = {"type": "integer", "minimum": 0}

_ITEM = {
    "id": {"type": "string", "description": "The story's id, which never changes."},
    "url": _PATH,
    "title": _TEXT,
    "summary": _TEXT,
    "section": _SLUG,
    "language": _LANGUAGE,
    "published_at": _MOMENT,
    "updated_at": _MOMENT,
    "source": {"type": "string", "description": "Of an imported story: where it came from."},
    "source_id": {"type": "string", "description": "Its id there. Its id here may be told as source:source_id too."},
}
_ALWAYS = ["id", "url", "title", "summary", "section", "language", "published_at", "updated_at"]
_LISTED = {"topics": _SLUGS, "bylines": _SLUGS}
_NEXT = {"type": ["string", "null"], "description": "The address of the next page, or null."}
_WITH_COUNT = {
    "type": "object",
    "properties": {"id": _SLUG, "name": _TEXT, "language": _LANGUAGE, "url": _PATH, "stories": _COUNT},
    "required": ["id", "name", "language", "url", "stories"],
    "additionalProperties": False,
}
_SCHEMAS: dict[str, Any] = {
    "StoryItem": {"type": "object", "properties": {**_ITEM, **_LISTED}, "required": [*_ALWAYS, *_LISTED], "additionalProperties": False},
    "Story": {
        "type": "object",
        "properties": {
            **_ITEM,
            **_LISTED,
            "section_name": _TEXT,
            "topic_names": {"type": "array", "items": _TEXT},
            "byline_names": {"type": "array", "items": _TEXT},
            "names": {**_SLUGS, "description": "Registered names in it, in the order in which it mentions them."},
            "translations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": _TEXT, "language": _LANGUAGE, "url": _PATH},
                    "required": ["id", "language", "url"],
                    "additionalProperties": False,
                },
            },
            "text": {"type": "string", "description": "Its words, paragraphs split by a blank line."},
        },
        "required": [*_ALWAYS, *_LISTED, "section_name", "topic_names", "byline_names", "names", "translations", "text"],
        "additionalProperties": False,
    },
    "RankedItem": {
        "type": "object",
        "properties": {
            **_ITEM,
            "rank": {"type": "integer", "minimum": 1},
            "score": {"type": "number"},
            "reads": _COUNT,
            "filled": {"type": "boolean", "description": "A newest story, where few were read."},
            "pinned": {"type": "boolean", "description": "An editor put it first."},
        },
        "required": [*_ALWAYS, "rank", "score", "reads", "filled"],
        "additionalProperties": False,
    },
    "Section": _WITH_COUNT,
    "Topic": _WITH_COUNT,
    "Stories": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/StoryItem"}}, "next": _NEXT},
        "required": ["items", "next"],
        "additionalProperties": False,
    },
    "Sections": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Section"}}},
        "required": ["items"],
        "additionalProperties": False,
    },
    "Topics": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Topic"}}, "next": _NEXT},
        "required": ["items", "next"],
        "additionalProperties": False,
    },
    "Ranking": {
        "type": "object",
        "properties": {
            "version": _TEXT,
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/RankedItem"}},
            "window": {"type": "string", "enum": list(WINDOWS)},
            "order": {"type": "string", "enum": list(ORDERS)},
        },
        "required": ["version", "items", "window"],
        "additionalProperties": False,
    },
    "Problem": {
        "type": "object",
        "properties": {"error": {"type": "string", "description": "One sentence that says what is wrong."}},
        "required": ["error"],
        "additionalProperties": False,
    },
}


def description(base_url: str) -> dict[str, Any]:
    """Return the document of a site."""
    from kawaraban import __version__

    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Published stories",
            "version": __version__,
            "description": "All that readers may see, for programs. Read-only, without a key, from any site's pages.",
        },
        "servers": [{"url": base_url}],
        "paths": {
            "/api/stories": _get(
                "Stories, newest first, a page at a time.",
                "listStories",
                "Stories",
                _in_query("language", _LANGUAGE, "Of one edition."),
                _in_query("section", _SLUG, "Of one section."),
                _in_query("topic", _SLUG, "Under one topic."),
                _in_query("byline", _SLUG, "By one person."),
                _in_query("source", _TEXT, "Imported from one source."),
                _in_query("since", _TEXT, "Not older than this day (2026-11-28, in UTC) or moment (RFC 3339)."),
                _in_query("until", _TEXT, "Not newer than this day, which belongs to it, or moment."),
                *_paged(100),
                wrong=True,
            ),
            "/api/stories/{id}": _get(
                "One story, with its words.",
                "getStory",
                "Story",
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "schema": _TEXT,
                    "description": "Its id; of an imported story also source:source_id.",
                },
                missing=True,
            ),
            "/api/sections": _get(
                "Sections in which stories stand.",
                "listSections",
                "Sections",
                _in_query("language", _LANGUAGE, "Of one edition."),
                wrong=True,
            ),
            "/api/topics": _get(
                "Topics under which stories stand, by edition and address.",
                "listTopics",
                "Topics",
                _in_query("language", _LANGUAGE, "Of one edition."),
                *_paged(100),
                wrong=True,
            ),
            "/api/ranking": _get(
                "What is read most.",
                "getRanking",
                "Ranking",
                _in_query("window", {"type": "string", "enum": list(WINDOWS), "default": "24h"}, "Over which time."),
                _in_query("order", {"type": "string", "enum": list(ORDERS), "default": ORDERS[0]}, "By what."),
                _in_query("language", _LANGUAGE, "Of one edition."),
                _in_query("section", _SLUG, "Of one section."),
                _in_query("topic", _SLUG, "Under one topic."),
                _in_query("byline", _SLUG, "By one person."),
                _in_query("limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}, "How many."),
                wrong=True,
            ),
        },
        "components": {"schemas": _SCHEMAS},
    }


def _get(summary: str, name: str, schema: str, *parameters: dict[str, Any], wrong: bool = False, missing: bool = False) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {"description": "As asked.", **_json(schema), "headers": {"ETag": {"schema": _TEXT}}},
        "304": {"description": "What If-None-Match names still stands."},
        "503": {"description": "Nothing is printed yet.", **_json("Problem")},
    }
    if wrong:
        responses["400"] = {"description": "A field cannot be used.", **_json("Problem")}
    if missing:
        responses["404"] = {"description": "No published story has this id.", **_json("Problem")}
    return {"get": {"operationId": name, "summary": summary, "parameters": list(parameters), "responses": responses}}


def _json(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _in_query(name: str, schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": said}


def _paged(most: int) -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": 20}
    return [
        _in_query("limit", limit, "How many a page."),
        _in_query("cursor", _TEXT, "Where the page before ended; it stands in its 'next'. Stories published meanwhile move nothing."),
    ]
