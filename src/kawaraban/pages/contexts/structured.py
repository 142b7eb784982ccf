"""A story as schema.org's NewsArticle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.pages.shapes import Edition, NameView, StoryView


def structured_data(story: StoryView, edition: Edition) -> dict[str, Any]:
    """Return the JSON-LD of a story's page."""
    site = edition.base_url
    publisher = {"@type": "NewsMediaOrganization", "name": edition.nameplate, "url": site + edition.front_url}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.summary or story.standfirst,
        "inLanguage": story.language,
        "url": site + story.url,
        "mainEntityOfPage": site + story.url,
        "datePublished": _moment(story.published_at),
        "dateModified": _moment(story.updated_at or story.published_at),
        "articleSection": story.section.name,
        "author": [{"@type": "Person", "name": byline.name, "url": site + byline.url} for byline in story.bylines if byline.role == "text"]
        or [publisher],
        "publisher": publisher,
        "isAccessibleForFree": True,
    }
    if story.topics:
        data["keywords"] = [topic.name for topic in story.topics]
    about, mentions = ([_thing(name, site) for name in story.names if name.prominent is prominent] for prominent in (True, False))
    data |= {word: things for word, things in (("about", about), ("mentions", mentions)) if things}
    if story.lead:
        data["image"] = {
            "@type": "ImageObject",
            "url": site + story.lead.largest.url,
            "width": story.lead.largest.width,
            "height": story.lead.largest.height,
            "caption": story.lead.caption,
            "creditText": story.lead.credit,
        }
    translators = [{"@type": "Person", "name": byline.name} for byline in story.bylines if byline.role == "translation"]
    if translators:
        data["translator"] = translators
    if story.translated_from:
        data["translationOfWork"] = {"@type": "NewsArticle", "url": site + story.translated_from}
    elif story.source_url:
        data["isBasedOn"] = story.source_url
    if story.corrections:
        data["correction"] = [
            {"@type": "CorrectionComment", "text": correction.text, "datePublished": _moment(correction.made_at)}
            for correction in story.corrections
        ]
    return data


# What schema.org calls each kind of name.
THINGS = {"person": "Person", "organisation": "Organization", "place": "Place", "work": "CreativeWork", "term": "DefinedTerm"}


def _thing(name: NameView, site: str) -> dict[str, str]:
    return {"@type": THINGS[name.kind], "name": name.name, "url": site + name.url, **same_as(name.wikidata)}


def same_as(wikidata: str) -> dict[str, str]:
    """Say which thing of the world is meant, where that is known."""
    return {"sameAs": f"https://www.wikidata.org/entity/{wikidata}"} if wikidata else {}


def _moment(when: datetime) -> str:
    return localtime(when).isoformat(timespec="seconds")
