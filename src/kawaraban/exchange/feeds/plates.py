"""What feeds and sitemaps are printed when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.utils import timezone

from kawaraban.exchange.feeds.entries import PARTNER_SHAPES, SHAPES, entries, partner_entries
from kawaraban.exchange.feeds.lists import FEED_ROWS, FILES, lists_of, path_of_list, plain_sheet
from kawaraban.exchange.feeds.portals import (
    PORTAL_FILES,
    PORTAL_SHAPES,
    chosen,
    gone_and_back,
    portal_entries,
    portal_feeds,
    told_now,
)
from kawaraban.newsroom.models import FrontPage, NewspaperSettings, Person, Photo, SectionPage, StoryPage, Topic
from kawaraban.newsroom.models.addresses import edition_prefix
from kawaraban.newsroom.queries.editions import editions, sections_of
from kawaraban.newsroom.queries.namings import ids_about, ids_below, ids_by
from kawaraban.newsroom.queries.stories import (
    days_with_stories,
    ids_of_translations,
    ids_showing,
    published_stories,
    stories_for_feeds,
    translations_of,
)
from kawaraban.press.addresses import stands, withdrawn
from kawaraban.press.registry import Wanted, compares, once_a_round, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Sheet, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from kawaraban.exchange.feeds.lists import Listed

NEWS_SECONDS = 48 * 3600
NEWS_ROWS = 1000
_RSS = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
)
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@touches(StoryPage)
def story_changed(story: StoryPage) -> Iterator[Wanted]:
    """Ask for the story's entries, for its translations', which name it in sitemaps, and for the sitemap of its day."""
    yield Wanted("feed-entry", story.story_id)
    for other in ids_of_translations(story):
        yield Wanted("feed-entry", other)
    if story.published_at:
        yield Wanted("sitemap", f"{story.language}/{timezone.localtime(story.published_at).date().isoformat()}")


@touches(Photo)
def photo_changed(photo: Photo) -> Iterator[Wanted]:
    """Ask for the entries of the stories that show it: they bear its credit, and nothing of it once its rights have ended."""
    for story_id in ids_showing(photo):
        yield Wanted("feed-entry", story_id)


@touches(FrontPage)
def edition_changed(front: FrontPage) -> Iterator[Wanted]:
    """Ask for the feeds of the edition."""
    yield Wanted("feeds", front.language)


@touches(SectionPage)
def section_changed(section: SectionPage) -> Iterator[Wanted]:
    """Ask for the section's feeds; its stories' entries bear its address, and follow when there is time."""
    yield Wanted("feeds", f"{section.language}/section/{section.slug}")
    for story_id in ids_below(section):
        yield Wanted("feed-entry", story_id, urgent=False)


@touches(Topic)
def topic_changed(topic: Topic) -> Iterator[Wanted]:
    """Ask for the topic's feeds; entries that name it follow when there is time."""
    yield from _feeds_in_all_editions("topic", topic.slug)
    for story_id in ids_about(topic):
        yield Wanted("feed-entry", story_id, urgent=False)


@touches(Person)
def person_changed(person: Person) -> Iterator[Wanted]:
    """Ask for the person's feeds; entries that name them follow when there is time."""
    yield from _feeds_in_all_editions("by", person.slug)
    for story_id in ids_by(person):
        yield Wanted("feed-entry", story_id, urgent=False)


@compares(Topic, Person)
def renamed(before: Topic | Person | None, after: Topic | Person | None) -> Iterator[Wanted]:
    """Ask for the feeds under an address that a topic or a person gave up."""
    if before and after and before.slug != after.slug:
        yield from _feeds_in_all_editions("topic" if isinstance(before, Topic) else "by", before.slug)


def _feeds_in_all_editions(kind: str, slug: str) -> Iterator[Wanted]:
    for front in editions():
        yield Wanted("feeds", f"{front.language}/{kind}/{slug}")


@plate("feed-entry", keys=lambda: published_stories().values_list("story_id", flat=True))
def print_entries(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print stories' entries; a withdrawn story leaves every feed with them."""
    paper = NewspaperSettings.load()
    whole, has_partners, has_portals = paper.whole_feeds, bool(paper.partner_tokens), bool(chosen(paper))
    fronts = editions()
    nameplates = {front.language: front.nameplate for front in fronts}
    found = stories_for_feeds((item.key for item in wanted), whole=whole or has_partners or has_portals)
    # One whose edition has ended is not there for readers.
    stories = [story for story in found if story.language in nameplates]
    translations = translations_of(stories)
    sections = {section.path: section.title for front in fronts for section in sections_of(front)} if has_partners or has_portals else {}
    portals = {}
    for story in stories:
        others = translations.get(str(story.translation_key), [])
        for shape, card in entries(story, nameplates.get(story.language, ""), others if len(others) > 1 else [], whole=whole).items():
            yield Change(Kind.CARD, f"{story.story_id}/{shape}", card)
        section = sections.get(story.path[: -story.steplen], "")
        told = partner_entries(story, nameplates.get(story.language, ""), section) if has_partners else {}
        for shape in PARTNER_SHAPES:
            yield Change(Kind.CARD, f"{story.story_id}/{shape}", told.get(shape))
        portals[story.story_id] = portal_entries(story, section, paper)
        for shape in PORTAL_SHAPES:
            yield Change(Kind.CARD, f"{story.story_id}/{shape}", portals[story.story_id].get(shape))
    gone = [item.key for item in wanted if item.key not in portals]
    for key in gone:
        for shape in (*SHAPES, *PARTNER_SHAPES):
            yield Change(Kind.CARD, f"{key}/{shape}", None)
    yield from gone_and_back(gone, portals, paper, log)
    if has_portals:
        yield from told_now(nameplates)


@plate("feeds", keys=lambda: [front.language for front in editions()])
def print_feeds(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print all feeds of an edition ("ja"), or those of one list ("ja/topic/bridge"); those of a list that is no more are taken away."""
    asked = {item.key for item in wanted}
    paper = NewspaperSettings.load()
    for front in editions():
        language = front.language
        lists = {listed.key: listed for listed in lists_of(front)} if any(key.split("/")[0] == language for key in asked) else {}
        for listed in lists.values():
            if asked & {language, listed.key}:
                yield from _feed(language, listed, front.last_published_at or timezone.now(), paper.hub)
                if listed.key.split("/")[1] in {"latest", "section"}:
                    yield from portal_feeds(front, listed, paper, log)
        for key in sorted(asked - set(lists)):
            if key.startswith(f"{language}/"):
                yield from _no_feed(language, key, log)
        if language in asked:
            yield _news_sitemap(language, f"{edition_prefix(language)}/news-sitemap.xml")


def _no_feed(language: str, key: str, log: SheetLog) -> Iterator[Change]:
    for feed in (*FILES, *PORTAL_FILES):
        yield from withdrawn(f"{path_of_list(key)}/{feed}", "feed", language, log)


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
        yield Change(Kind.SHEET, path, plain_sheet(path, language, "application/xml; charset=utf-8", (opening, slot, "</urlset>")))
    if fresh:
        yield sitemap_index()


def _feed(language: str, listed: Listed, changed: datetime, hub: str) -> Iterator[Change]:
    list_key, path, title, description = listed
    site = settings.KAWARABAN_BASE_URL
    home = site + (path or "/")
    rows = Slot(name="items", fill="stories", rows=FEED_ROWS, shape="rss", sources=(f"list:{list_key}",), repeats=True)
    opening = (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {_RSS}><channel><title>{escape(title)}</title><link>{escape(home)}</link>'
        f"<description>{escape(description or title)}</description><language>{language}</language>"
        f'<atom:link href="{escape(site)}{path}/feed.xml" rel="self" type="application/rss+xml"/>'
        + (f'<atom:link href={quoteattr(hub)} rel="hub"/>' if hub else "")
    )
    feed_path = f"{path}/feed.xml"
    pieces = (opening, rows, "</channel></rss>")
    yield from stands(plain_sheet(feed_path, language, "application/rss+xml; charset=utf-8", pieces))

    rows = Slot(name="items", fill="stories", rows=FEED_ROWS, shape="atom", sources=(f"list:{list_key}",), repeats=True)
    # Of the feed as such; its entries say when they changed, and headers when any did.
    opening = (
        f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}"><id>{escape(home)}</id>'
        f"<title>{escape(title)}</title><subtitle>{escape(description)}</subtitle><updated>{changed.isoformat(timespec='seconds')}</updated>"
        f'<link href={quoteattr(home)}/><link rel="self" type="application/atom+xml" href={quoteattr(f"{site}{path}/atom.xml")}/>'
        + (f'<link rel="hub" href={quoteattr(hub)}/>' if hub else "")
    )
    yield from stands(plain_sheet(f"{path}/atom.xml", language, "application/atom+xml; charset=utf-8", (opening, rows, "</feed>")))

    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "feed_url": f"{site}{path}/feed.json",
        "language": language,
        **({"hubs": [{"type": "WebSub", "url": hub}]} if hub else {}),
    }
    items = Slot(name="items", fill="stories", rows=FEED_ROWS, shape="jsonfeed", sources=(f"list:{list_key}",), repeats=True, between=",")
    json_path = f"{path}/feed.json"
    json_pieces = (json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [', items, "]}")
    yield from stands(plain_sheet(json_path, language, "application/feed+json; charset=utf-8", json_pieces))


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
    return Change(Kind.SHEET, path, plain_sheet(path, language, "application/xml; charset=utf-8", (opening, slot, "</urlset>")))


def _all_days(language: str) -> list[date]:
    # The archive of days asks the same.
    return once_a_round(f"days {language}", lambda: days_with_stories(language))


def sitemap_index() -> Change:
    """Return the index of the days' sitemaps."""
    site = settings.KAWARABAN_BASE_URL
    rows = [
        f"<sitemap><loc>{site}/sitemaps/{front.language}-{day.isoformat()}.xml</loc></sitemap>"
        for front in editions()
        for day in reversed(_all_days(front.language))
    ]
    text = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {_SITEMAP}>{"".join(rows)}</sitemapindex>'
    return Change(Kind.SHEET, "/sitemap.xml", plain_sheet("/sitemap.xml", "ja", "application/xml; charset=utf-8", (text,)))
