"""What feeds and sitemaps are printed when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import timezone

from kawaraban.exchange.feeds.entries import SHAPES, entries
from kawaraban.newsroom.models import FrontPage, Person, SectionPage, StoryPage, Topic
from kawaraban.newsroom.models.addresses import edition_prefix
from kawaraban.newsroom.queries.editions import editions, people_by_slug, sections_of, topics_by_slug
from kawaraban.newsroom.queries.stories import days_with_stories, published_stories, stories_for_feeds, translations_of
from kawaraban.press.registry import Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Sheet, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEED_ROWS = 40
NEWS_SECONDS = 48 * 3600
NEWS_ROWS = 1000
_RSS = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@touches(StoryPage)
def story_changed(story: StoryPage) -> Iterator[Wanted]:
    """Ask for the story's entries, and for the sitemap of its day."""
    yield Wanted("feed-entry", story.story_id)
    if story.published_at:
        yield Wanted("sitemap", f"{story.language}/{timezone.localtime(story.published_at).date().isoformat()}")


@touches(FrontPage, SectionPage)
def edition_changed(page: FrontPage | SectionPage) -> Iterator[Wanted]:
    """Ask for the feeds of the edition."""
    yield Wanted("feeds", page.language)


@touches(Topic, Person)
def name_changed(_: Topic | Person) -> Iterator[Wanted]:
    """Ask for the feeds of all editions: the name stands in each."""
    for front in editions():
        yield Wanted("feeds", front.language)


@plate("feed-entry", keys=lambda: published_stories().values_list("story_id", flat=True))
def print_entries(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print stories' entries; a withdrawn story leaves every feed with them."""
    stories = stories_for_feeds(item.key for item in wanted)
    translations = translations_of(stories)
    nameplates = {front.language: front.nameplate for front in editions()}
    standing = set()
    for story in stories:
        standing.add(story.story_id)
        others = translations.get(str(story.translation_key), [])
        for shape, card in entries(story, nameplates.get(story.language, ""), others if len(others) > 1 else []).items():
            yield Change(Kind.CARD, f"{story.story_id}/{shape}", card)
    for item in wanted:
        if item.key not in standing:
            for shape in SHAPES:
                yield Change(Kind.CARD, f"{item.key}/{shape}", None)


@plate("feeds", keys=lambda: [front.language for front in editions()])
def print_feeds(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print an edition's feeds: of the paper, its sections, its topics and its people."""
    asked = {item.key for item in wanted}
    for front in editions():
        language = front.language
        if language not in asked:
            continue
        prefix = edition_prefix(language)
        yield from _feed(language, front.nameplate, front.description, prefix, f"{language}/latest")
        for section in sections_of(front):
            name = f"{front.nameplate} {section.title}"
            yield from _feed(language, name, section.description, section.reader_path, f"{language}/section/{section.slug}")
        for topic in topics_by_slug():
            name = f"{front.nameplate} {topic.name_in(language)}"
            path = f"{prefix}/topics/{topic.slug}"
            yield from _feed(language, name, topic.description_in(language), path, f"{language}/topic/{topic.slug}")
        for person in people_by_slug():
            name = f"{front.nameplate} {person.name_in(language)}"
            yield from _feed(language, name, "", f"{prefix}/by/{person.slug}", f"{language}/by/{person.slug}")
        yield _news_sitemap(language, f"{prefix}/news-sitemap.xml")


@plate("sitemap", keys=lambda: [f"{front.language}/{day.isoformat()}" for front in editions() for day in days_with_stories(front.language)])
def print_sitemaps(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print the sitemaps of days, over the lists of the day archive's parts; and the index when a day is new."""
    fresh = False
    for item in wanted:
        language, _, day = item.key.partition("/")
        path = f"/sitemaps/{language}-{day}.xml"
        fresh = fresh or log.get(Kind.SHEET, path, Sheet) is None
        # Parts are fixed in size: a day of more than a thousand stories is an import's, and its rest is found through the archive.
        lists = tuple(f"list:{language}/day/{day}/{part}" for part in range(1, 21))
        slot = Slot(name="items", fill="stories", rows=1000, shape="sitemap", sources=lists, repeats=True)
        opening = f'<?xml version="1.0" encoding="UTF-8"?><urlset {_SITEMAP} xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        yield Change(Kind.SHEET, path, _sheet(path, language, "application/xml; charset=utf-8", (opening, slot, "</urlset>")))
    if fresh:
        yield _sitemap_index()


@plate("robots", keys=lambda: ["site"])
def print_robots(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print robots.txt: everything may be read but the search, whose pages are endless."""
    site = settings.KAWARABAN_BASE_URL
    text = (
        "User-agent: *\nDisallow: /search\nDisallow: /ko/search\nDisallow: /en/search\nDisallow: /live/\n"
        f"\nSitemap: {site}/sitemap.xml\nSitemap: {site}/news-sitemap.xml\n"
    )
    yield Change(Kind.SHEET, "/robots.txt", _sheet("/robots.txt", "ja", "text/plain; charset=utf-8", (text,)))
    yield _sitemap_index()


def _feed(language: str, title: str, description: str, path: str, list_key: str) -> Iterator[Change]:
    site = settings.KAWARABAN_BASE_URL
    home = site + (path or "/")
    rows = Slot(name="items", fill="stories", rows=FEED_ROWS, shape="rss", sources=(f"list:{list_key}",), repeats=True)
    opening = (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {_RSS}><channel><title>{escape(title)}</title><link>{escape(home)}</link>'
        f"<description>{escape(description or title)}</description><language>{language}</language>"
        f'<atom:link href="{escape(site)}{path}/feed.xml" rel="self" type="application/rss+xml"/>'
    )
    feed_path = f"{path}/feed.xml"
    pieces = (opening, rows, "</channel></rss>")
    yield Change(Kind.SHEET, feed_path, _sheet(feed_path, language, "application/rss+xml; charset=utf-8", pieces))

    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "feed_url": f"{site}{path}/feed.json",
        "language": language,
    }
    items = Slot(name="items", fill="stories", rows=FEED_ROWS, shape="jsonfeed", sources=(f"list:{list_key}",), repeats=True, between=",")
    json_path = f"{path}/feed.json"
    json_pieces = (json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [', items, "]}")
    yield Change(Kind.SHEET, json_path, _sheet(json_path, language, "application/feed+json; charset=utf-8", json_pieces))


def _news_sitemap(language: str, path: str) -> Change:
    slot = Slot(
        name="items",
        fill="stories",
        rows=NEWS_ROWS,
        shape="news",
        sources=(f"list:{language}/latest",),
        repeats=True,
        since=NEWS_SECONDS,
    )
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    opening = f'<?xml version="1.0" encoding="UTF-8"?><urlset {_SITEMAP} {news}>'
    return Change(Kind.SHEET, path, _sheet(path, language, "application/xml; charset=utf-8", (opening, slot, "</urlset>")))


def _sitemap_index() -> Change:
    site = settings.KAWARABAN_BASE_URL
    rows = [
        f"<sitemap><loc>{site}/sitemaps/{front.language}-{day.isoformat()}.xml</loc></sitemap>"
        for front in editions()
        for day in reversed(days_with_stories(front.language))
    ]
    text = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {_SITEMAP}>{"".join(rows)}</sitemapindex>'
    return Change(Kind.SHEET, "/sitemap.xml", _sheet("/sitemap.xml", "ja", "application/xml; charset=utf-8", (text,)))


def _sheet(path: str, language: str, content_type: str, pieces: tuple[str | Slot, ...]) -> Sheet:
    return Sheet(
        path=path,
        content_type=content_type,
        language=language,  # type: ignore[arg-type]
        kind="feed",
        pieces=pieces,
        modified_at=float(int(timezone.now().timestamp())),
    )
