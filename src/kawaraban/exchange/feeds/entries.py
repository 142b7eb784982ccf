"""A story's entries in feeds and sitemaps."""

from __future__ import annotations

import json
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from kawaraban.sheetlog.shapes import Card

if TYPE_CHECKING:
    from kawaraban.newsroom.models import StoryPage

SHAPES = ("rss", "jsonfeed", "sitemap", "news")


def entries(story: StoryPage, nameplate: str, translations: list[StoryPage]) -> dict[str, Card]:
    """Return the story's entry in every kind of feed."""
    site = settings.KAWARABAN_BASE_URL
    url = site + story.reader_path
    published = story.published_at.astimezone(UTC)
    updated = (story.updated_at or story.published_at).astimezone(UTC)
    summary = story.summary or story.standfirst
    authors = [byline.person.name_in(story.language) for byline in story.bylines.all() if byline.role == byline.TEXT]
    topics = [topic.name_in(story.language) for topic in story.topics.all()]
    rss = [
        f"<item><title>{_text(story.title)}</title><link>{_text(url)}</link>",
        f'<guid isPermaLink="false">{story.story_id}</guid><pubDate>{format_datetime(published)}</pubDate>',
        *(f"<dc:creator>{_text(author)}</dc:creator>" for author in authors),
        *(f"<category>{_text(topic)}</category>" for topic in topics),
        f"<description>{_text(summary)}</description></item>",
    ]
    item = {
        "id": story.story_id,
        "url": url,
        "title": story.title,
        "summary": summary,
        "content_text": summary or story.title,
        "date_published": published.isoformat().replace("+00:00", "Z"),
        "date_modified": updated.isoformat().replace("+00:00", "Z"),
        "authors": [{"name": author} for author in authors],
        "tags": topics,
        "language": story.language,
    }
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{other.language}" href={quoteattr(site + other.reader_path)}/>' for other in translations
    )
    return {
        "rss": Card("".join(rss)),
        "jsonfeed": Card(json.dumps(item, ensure_ascii=False)),
        "sitemap": Card(f"<url><loc>{_text(url)}</loc><lastmod>{updated.isoformat()}</lastmod>{alternates}</url>"),
        "news": Card(
            f"<url><loc>{_text(url)}</loc><news:news><news:publication><news:name>{_text(nameplate)}</news:name>"
            f"<news:language>{story.language}</news:language></news:publication>"
            f"<news:publication_date>{published.isoformat()}</news:publication_date><news:title>{_text(story.title)}</news:title></news:news></url>"
        ),
    }


def _text(text: str) -> str:
    """Escape for XML, which cannot hold control characters at all."""
    return escape("".join(letter for letter in text if letter >= " " or letter in "\t\n\r"))
