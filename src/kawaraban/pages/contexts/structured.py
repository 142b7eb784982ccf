"""A story as schema.org's NewsArticle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.pages.shapes import Edition, NameView, Picture, StoryView


def structured_data(story: StoryView, edition: Edition) -> dict[str, Any]:
    """Return the JSON-LD of a story's page."""
    site = edition.base_url
    publisher = _publisher(edition)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": site + story.url,
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
        "copyrightYear": localtime(story.published_at).year,
        "copyrightHolder": {"@type": "Organization", "name": story.source_name} if story.source_name else publisher,
        "isAccessibleForFree": True,
    }
    if story.short_title != story.title:
        data["alternativeHeadline"] = story.short_title
    if story.topics:
        data["keywords"] = [topic.name for topic in story.topics]
    about, mentions = ([_thing(name, site) for name in story.names if name.prominent is prominent] for prominent in (True, False))
    data |= {word: things for word, things in (("about", about), ("mentions", mentions)) if things}
    if edition.licence_url:
        data["license"] = edition.licence_url
    if images := [*([story.lead] if story.lead else []), *story.shown][:MOST_IMAGES]:
        data["image"] = [_image(shown, edition) for shown in images]
    if story.card:
        data["thumbnailUrl"] = site + story.card.fallback.url
    return data | _origin(story, site) | _corrections(story)


def _publisher(edition: Edition) -> dict[str, Any]:
    """Say who publishes, with the logo where the paper has one."""
    told: dict[str, Any] = {"@type": "NewsMediaOrganization", "name": edition.nameplate, "url": edition.base_url + edition.front_url}
    if edition.logo:
        size = {"width": edition.logo.width, "height": edition.logo.height}
        told["logo"] = {"@type": "ImageObject", "url": edition.base_url + edition.logo.url, **size}
    return told


def _origin(story: StoryView, site: str) -> dict[str, Any]:
    """Say what a story was made from, and what was made from it."""
    told: dict[str, Any] = {}
    if translators := [{"@type": "Person", "name": byline.name} for byline in story.bylines if byline.role == "translation"]:
        told["translator"] = translators
    if story.translated_from:
        told["translationOfWork"] = {"@type": "NewsArticle", "@id": site + story.translated_from, "url": site + story.translated_from}
    elif story.translations:
        told["workTranslation"] = [
            {"@type": "NewsArticle", "@id": site + other.url, "url": site + other.url, "inLanguage": other.language}
            for other in story.translations
        ]
    if story.source_url:
        told["isBasedOn"] = story.source_url
    return told


def _corrections(story: StoryView) -> dict[str, Any]:
    rows = [
        {"@type": "CorrectionComment", "text": correction.text, "datePublished": _moment(correction.made_at)}
        for correction in story.corrections
    ]
    return {"correction": rows} if rows else {}


# As many as any search engine shows; a page stays small.
MOST_IMAGES = 4


def _image(shown: Picture, edition: Edition) -> dict[str, Any]:
    """Say of a photo what it shows and whose it is."""
    image = {
        "@type": "ImageObject",
        "url": edition.base_url + shown.largest.url,
        "width": shown.largest.width,
        "height": shown.largest.height,
        "caption": shown.caption or shown.alt,
        "creditText": shown.credit,
        "copyrightNotice": shown.rights_holder or shown.credit,
    }
    # The paper's terms hold for what is its own, and not for what another holds the rights in.
    return image | ({"license": edition.licence_url} if edition.licence_url and not shown.rights_holder else {})


# What schema.org calls each kind of name.
THINGS = {"person": "Person", "organisation": "Organization", "place": "Place", "work": "CreativeWork", "term": "DefinedTerm"}


def _thing(name: NameView, site: str) -> dict[str, str]:
    return {"@type": THINGS[name.kind], "name": name.name, "url": site + name.url, **same_as(name.wikidata)}


def same_as(wikidata: str) -> dict[str, str]:
    """Say which thing of the world is meant, where that is known."""
    return {"sameAs": f"https://www.wikidata.org/entity/{wikidata}"} if wikidata else {}


def _moment(when: datetime) -> str:
    return localtime(when).isoformat(timespec="seconds")
