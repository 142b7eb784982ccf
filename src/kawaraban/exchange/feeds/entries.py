"""A story's entries in feeds and sitemaps."""

from __future__ import annotations

import json
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from django.conf import settings

from kawaraban.exchange.feeds.bodies import body_html, lead_of
from kawaraban.exchange.feeds.marks import text_of
from kawaraban.exchange.formats.newsml import writing as newsml
from kawaraban.exchange.formats.ninjs import writing as ninjs
from kawaraban.sheetlog.shapes import Card

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.exchange.feeds.bodies import Shown
    from kawaraban.newsroom.models import StoryPage

SHAPES = ("rss", "atom", "jsonfeed", "sitemap", "news")
# For partners alone, where there are any.
PARTNER_SHAPES = ("ninjs", "newsml")


def entries(story: StoryPage, nameplate: str, translations: list[StoryPage], *, whole: bool = False) -> dict[str, Card]:
    """Return the story's entry in every kind of feed; ``whole`` with its text, else with its summary."""
    site = settings.KAWARABAN_BASE_URL
    url = site + story.reader_path
    published = story.published_at.astimezone(UTC)
    updated = (story.updated_at or story.published_at).astimezone(UTC)
    summary = story.summary or story.standfirst
    authors = [byline.person.name_in(story.language) for byline in story.bylines.all() if byline.role == byline.TEXT]
    topics = [topic.name_in(story.language) for topic in story.all_topics]
    text = body_html(story) if whole else ""
    lead = lead_of(story)
    rss = [
        f"<item><title>{text_of(story.title)}</title><link>{text_of(url)}</link>",
        f'<guid isPermaLink="false">{story.story_id}</guid><pubDate>{format_datetime(published)}</pubDate>',
        *(f"<dc:creator>{text_of(author)}</dc:creator>" for author in authors),
        *(f"<category>{text_of(topic)}</category>" for topic in topics),
        f"<description>{text_of(summary)}</description>",
        f"<content:encoded>{text_of(text)}</content:encoded>" if text else "",
        _media(lead) if lead else "",
        "</item>",
    ]
    atom = [
        f"<entry><id>{text_of(_tag(story, published))}</id><title>{text_of(story.title)}</title><link href={quoteattr(url)}/>",
        f"<published>{published.isoformat()}</published><updated>{updated.isoformat()}</updated>",
        *(f"<author><name>{text_of(author)}</name></author>" for author in authors or [nameplate or story.title]),
        *(f"<category term={quoteattr(text_of(topic, escaped=False))}/>" for topic in topics),
        f"<summary>{text_of(summary)}</summary>" if summary else "",
        f'<content type="html">{text_of(text)}</content>' if text else "",
        "</entry>",
    ]
    item = {
        "id": story.story_id,
        "url": url,
        "title": story.title,
        "summary": summary,
        **({"content_html": text} if text else {"content_text": summary or story.title}),
        **({"image": lead.url} if lead else {}),
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
        "atom": Card("".join(atom)),
        "jsonfeed": Card(json.dumps(item, ensure_ascii=False)),
        "sitemap": Card(f"<url><loc>{text_of(url)}</loc><lastmod>{updated.isoformat()}</lastmod>{alternates}</url>"),
        "news": Card(
            f"<url><loc>{text_of(url)}</loc><news:news><news:publication><news:name>{text_of(nameplate)}</news:name>"
            f"<news:language>{story.language}</news:language></news:publication>"
            f"<news:publication_date>{published.isoformat()}</news:publication_date><news:title>{text_of(story.title)}</news:title></news:news></url>"
        ),
    }


def partner_entries(story: StoryPage, nameplate: str, section: str) -> dict[str, Card]:
    """Return the story as an item of each format that partners take."""
    return {
        "ninjs": Card(json.dumps(ninjs.item_of(story, nameplate, section=section), ensure_ascii=False)),
        "newsml": Card(newsml.item_of(story, nameplate, section=section)),
    }


def _media(lead: Shown) -> str:
    credit = f'<media:credit role="photographer">{text_of(lead.credit)}</media:credit>' if lead.credit else ""
    caption = f'<media:description type="plain">{text_of(lead.caption)}</media:description>' if lead.caption else ""
    size = f'width="{lead.width}" height="{lead.height}"'
    return f'<media:content url={quoteattr(lead.url)} type="image/jpeg" medium="image" {size}>{caption}{credit}</media:content>'


def _tag(story: StoryPage, published: datetime) -> str:
    """Return a name that stays the story's wherever it stands (RFC 4151)."""
    return f"tag:{urlsplit(settings.KAWARABAN_BASE_URL).hostname},{published.date().isoformat()}:{story.story_id}"
