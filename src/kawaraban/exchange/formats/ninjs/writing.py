"""A story as a ninjs item. Written to IPTC's ninjs 3.1, whose names are in camel case; what it has no name for is said in the reference."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from kawaraban.exchange.feeds.bodies import body_html, shown_on_site
from kawaraban.newsroom.queries.texts import body_text

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.exchange.feeds.bodies import Show, Shown
    from kawaraban.newsroom.models import StoryPage

STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
# Where our kinds of names stand in an item.
_THINGS = {"person": "people", "organisation": "organisations", "place": "places", "work": "objects", "term": "subjects"}


def item_of(story: StoryPage, nameplate: str, *, section: str, show: Show = shown_on_site) -> dict[str, Any]:
    """Return a published story as an item; ``show`` says where its photos may be had."""
    published = story.published_at
    authors = [byline.person.name_in(story.language) for byline in story.bylines.all() if byline.role == byline.TEXT]
    lead = show(story.lead_photo, story.lead_caption, story.lead_alt)
    item: dict[str, Any] = {
        "standard": STANDARD,
        "uri": uri_of(story),
        "type": "text",
        "representationType": "full",
        "pubStatus": "usable",
        "language": story.language,
        "firstCreated": moment(published),
        "versionCreated": moment(story.updated_at or published),
        "contentCreated": moment(published),
        "title": story.short_headline or story.title,
        "headlines": [_said("main", story.title), *([_said("short", story.short_headline)] if story.short_headline else [])],
        "descriptions": [
            *([_said("summary", story.summary)] if story.summary else []),
            *([_said("standfirst", story.standfirst)] if story.standfirst else []),
        ],
        "bodies": [
            {**_said("main", body_html(story, show, with_lead=False)), "contentType": "text/html"},
            _said("plain", body_text(story)),
        ],
        "by": ", ".join(authors),
        "subjects": [
            {"name": section, "rel": "section"},
            *({"name": topic.name_in(story.language), "rel": "about"} for topic in story.topics.all()),
        ],
        "infoSources": [
            {"name": nameplate or story.source_name, "role": "publisher"},
            *([{"name": story.source_name, "role": "originator"}] if story.source_name else []),
        ],
        "copyrightHolder": story.source_name or nameplate,
        "altIds": [
            {"role": "story", "value": story.story_id},
            {"role": "address", "value": settings.KAWARABAN_BASE_URL + story.reader_path},
            *([{"role": "source", "value": f"{story.import_source}:{story.import_id}"}] if story.import_source else []),
        ],
        "edNote": "\n".join(f"{moment(made.made_at)} {made.text}" for made in story.corrections.all()),
        "associations": [_picture(lead, f"{uri_of(story)}:lead")] if lead else [],
    }
    for row in story.names_in_it.all():
        thing = {"name": row.name.name_in(story.language), "rel": "about" if row.prominent else "mentions"}
        known = {"uri": f"http://www.wikidata.org/entity/{row.name.wikidata}"} if row.name.wikidata else {}
        item.setdefault(_THINGS[row.name.kind], []).append(thing | known)
    return {name: value for name, value in item.items() if value}


def uri_of(story: StoryPage) -> str:
    """Return a name that stays the story's wherever it stands (RFC 4151)."""
    day = story.published_at.astimezone(UTC).date().isoformat()
    return f"tag:{urlsplit(settings.KAWARABAN_BASE_URL).hostname},{day}:{story.story_id}"


def moment(when: datetime) -> str:
    """Write a moment as items and messages do."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _said(role: str, value: str) -> dict[str, str]:
    return {"role": role, "contentType": "text/plain", "value": value}


def _picture(shown: Shown, uri: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "name": "lead",
        "uri": uri,
        "type": "picture",
        "descriptions": [_said("caption", shown.caption)] if shown.caption else [],
        "by": shown.credit,
        "copyrightHolder": shown.credit,
        "headlines": [_said("alternative text", shown.alt_text)] if shown.alt_text else [],
        "renditions": [
            {
                "name": "main",
                "href": shown.url,
                "contentType": "image/jpeg",
                **({"width": shown.width, "height": shown.height} if shown.width else {}),
            }
        ],
    }
    return {name: value for name, value in item.items() if value}
