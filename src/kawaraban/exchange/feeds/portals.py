"""Feeds in the formats of portals: SmartNews' SmartFormat 2.1, and RSS with LINE's namespace.

Both want whole stories, each file within a megabyte, and want to be told of a story that was withdrawn: it stands in the feed for a
while as one that is no more, without its headline.
"""

from __future__ import annotations

import re
from email.utils import format_datetime
from html import escape as escape_html
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.utils import timezone

from kawaraban.exchange.feeds.bodies import body_parts, lead_of
from kawaraban.exchange.feeds.lists import plain_sheet
from kawaraban.exchange.feeds.marks import text_of
from kawaraban.newsroom.models.addresses import edition_prefix
from kawaraban.newsroom.queries.logos import logo_of
from kawaraban.press.addresses import stands, withdrawn
from kawaraban.sheetlog.log import Change
from kawaraban.sheetlog.shapes import Card, Kind, Slot, StoryList, TimedPart, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kawaraban.exchange.feeds.lists import Listed
    from kawaraban.newsroom.models import FrontPage, NewspaperSettings, StoryPage
    from kawaraban.sheetlog.log import SheetLog

ROWS, GONE_ROWS = 30, 50
# SmartNews wants at most a megabyte a file: thirty stories of this, and the notes of those that are gone, are less.
MOST_BYTES = 30_000
MOST_FURTHER_BYTES = 2_000
LONGEST_DESCRIPTION = 30
MINUTES = 5
READ_ON = {"ja": "この記事の続きを読む", "ko": "이 기사 이어서 읽기", "en": "Read the whole story"}
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)(?:[^<>"]|"[^"]*")*>""")
_ALONE = frozenset({"br", "hr", "img", "wbr"})
WITHDRAWN = {"ja": "この記事は取り下げられました", "ko": "이 기사는 취소되었습니다", "en": "This story was withdrawn"}


class Portal(NamedTuple):
    """A portal's feed: the name of its file and of its cards, and what opens the file."""

    shape: str
    namespaces: str
    published: str  # how an item says that it stands
    gone: str  # and that it does not any more

    @property
    def file(self) -> str:
        """The last part of its address."""
        return f"{self.shape}.xml"


SMARTNEWS = Portal(
    "smartnews",
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:snf="http://www.smartnews.be/snf"',
    "<media:status>active</media:status>",
    "<media:status>deleted</media:status>",
)
LINE = Portal(
    "line",
    'xmlns:oa="http://news.line.me/rss/1.0/oa"',
    "<oa:pubStatus>2</oa:pubStatus><oa:delStatus>0</oa:delStatus>",
    "<oa:pubStatus>0</oa:pubStatus><oa:delStatus>1</oa:delStatus>",
)
PORTALS = (SMARTNEWS, LINE)
PORTAL_SHAPES = tuple(portal.shape for portal in PORTALS)
PORTAL_FILES = tuple(portal.file for portal in PORTALS)


def chosen(paper: NewspaperSettings) -> list[Portal]:
    """Return the portals for which feeds are switched on."""
    return [portal for portal, is_on in ((SMARTNEWS, paper.smartnews), (LINE, paper.line_news)) if is_on]


# ------------------------------------------------------------------ a story's items


def portal_entries(story: StoryPage, section: str, paper: NewspaperSettings) -> dict[str, Card]:
    """Return the story as an item for each portal that is switched on."""
    portals = chosen(paper)
    if not portals:
        return {}
    url = settings.KAWARABAN_BASE_URL + story.reader_path
    text = _within(body_parts(story), url, story.language)
    written = {SMARTNEWS: _smartnews_item, LINE: _line_item}
    return {portal.shape: Card(written[portal](story, url, section, text, paper)) for portal in portals}


def _smartnews_item(story: StoryPage, url: str, section: str, text: str, paper: NewspaperSettings) -> str:
    lead = lead_of(story)
    authors = [byline.person.name_in(story.language) for byline in story.bylines.all() if byline.role == byline.TEXT]
    # SmartNews takes an item anew when its time has changed; it has no other for an update.
    changed = max(story.published_at, story.updated_at or story.published_at)
    advertisement = paper.smartnews_advertisement.strip()
    return "".join(
        [
            _head(story, url, story.title),
            f"<pubDate>{format_datetime(timezone.localtime(changed))}</pubDate>",
            f"<dc:language>{story.language}</dc:language>",
            f"<category>{text_of(section)}</category>" if section else "",
            f"<dc:creator>{text_of('、'.join(authors) if story.language == 'ja' else ', '.join(authors))}</dc:creator>" if authors else "",
            f"<description>{text_of(story.summary or story.standfirst)}</description>" if story.summary or story.standfirst else "",
            f"<content:encoded>{text_of(text)}</content:encoded>",
            f"<media:thumbnail url={quoteattr(lead.url)}/>" if lead else "",
            SMARTNEWS.published,
            f"<snf:analytics>{text_of(paper.smartnews_analytics.strip())}</snf:analytics>" if paper.smartnews_analytics.strip() else "",
            f"<snf:advertisement><snf:adcontent>{text_of(advertisement)}</snf:adcontent></snf:advertisement>" if advertisement else "",
            "</item>",
        ]
    )


def _line_item(story: StoryPage, url: str, section: str, text: str, paper: NewspaperSettings) -> str:
    lead = lead_of(story)
    changed = max(story.published_at, story.updated_at or story.published_at)
    caption = f" caption={quoteattr(text_of(lead.caption, escaped=False))}" if lead and lead.caption else ""
    credit = f"<oa:imgAuthor><oa:authorName>{text_of(lead.credit)}</oa:authorName></oa:imgAuthor>" if lead and lead.credit else ""
    return "".join(
        [
            _head(story, url, story.title),
            f"<pubDate>{format_datetime(timezone.localtime(story.published_at))}</pubDate>",
            f"<oa:lastPubDate>{format_datetime(timezone.localtime(changed))}</oa:lastPubDate>",
            f"<description>{text_of(text)}</description>",
            f'<enclosure url={quoteattr(lead.url)} type="image/jpeg"{caption}/>' if lead else "",
            credit,
            LINE.published,
            "</item>",
        ]
    )


def _head(story: StoryPage, url: str, title: str) -> str:
    guid = f'<guid isPermaLink="false">{story.story_id}</guid>'
    return f"<item><title>{text_of(title)}</title><link>{escape(url)}</link>{guid}"


def _within(parts: Sequence[str], url: str, language: str) -> str:
    """Return a text in as many of its blocks as a portal's file has room for, and where the rest stands."""
    kept, room = [], MOST_BYTES - MOST_FURTHER_BYTES
    for part in parts:
        room -= _size(part)
        if room < 0:
            kept.append(_beginning(part, room + _size(part)))
            kept.append(f'<p><a href="{escape_html(url)}">{READ_ON[language]}</a></p>')
            break
        kept.append(part)
    return "".join(kept)


def _beginning(part: str, room: int) -> str:
    """Return those of a block's first paragraphs for which there is room: an imported story may be one block."""
    end = depth = read = 0
    for tag in _TAG.finditer(part):
        room -= _size(part[read : tag.end()])
        read = tag.end()
        if room < 0:
            break
        depth += 0 if tag[2] in _ALONE else -1 if tag[1] else 1
        # Within a list or a box its end would be missing.
        if depth == 0 and tag[0] == "</p>":
            end = read
    return part[:end]


def _size(part: str) -> int:
    return len(escape(part).encode())


# ------------------------------------------------------------------ what was withdrawn


def gone_and_back(gone: Iterable[str], cards: dict[str, dict[str, Card]], paper: NewspaperSettings, log: SheetLog) -> Iterator[Change]:
    """Make items of what was withdrawn of the items that stand there, and tell the lists of what is gone.

    What was withdrawn stands at their heads, and what is published, given with its ``cards``, does not stand in them. Each list is told
    once: of two tellings in a round the later is what stands.
    """
    come: dict[str, list[str]] = {}
    back: dict[str, set[str]] = {}
    for key, story_id, item in _gone_items(gone, chosen(paper), log):
        yield Change(Kind.CARD, key, Card(item.xml) if item else None)
        for name in item.lists if item else ():
            come.setdefault(name, []).append(story_id)
    for story_id, item in _standing_again(cards, log):
        for name in item.lists:
            back.setdefault(name, set()).add(story_id)
    for name in dict.fromkeys([*come, *back]):
        before = log.get(Kind.LIST, name, StoryList)
        ids = dict.fromkeys([*come.get(name, ()), *(before.stories if before else ())])
        yield Change(Kind.LIST, name, StoryList(tuple(one for one in ids if one not in back.get(name, ()))[:GONE_ROWS]))


def _gone_items(story_ids: Iterable[str], portals: Sequence[Portal], log: SheetLog) -> Iterator[tuple[str, str, _Gone | None]]:
    for story_id in story_ids:
        for portal in PORTALS:
            key = f"{story_id}/{portal.shape}"
            known = log.get(Kind.CARD, key, Card) if portal in portals else None
            yield key, story_id, _gone(known.html, portal) if known is not None else None


def _standing_again(cards: dict[str, dict[str, Card]], log: SheetLog) -> Iterator[tuple[str, _Gone]]:
    for story_id, shapes in cards.items():
        for portal in PORTALS:
            known = log.get(Kind.CARD, f"{story_id}/{portal.shape}", Card) if portal.shape in shapes else None
            if known is not None and portal.gone in known.html and (item := _gone(known.html, portal)):
                yield story_id, item


class _Gone(NamedTuple):
    xml: str
    lists: tuple[str, ...]


def _gone(html: str, portal: Portal) -> _Gone | None:
    """Return what stands for a withdrawn item, and the lists that it enters. Neither headline nor text of it is told any more."""
    item = fromstring(f"<rss {portal.namespaces}>{html}</rss>")[0]
    said = {name: item.findtext(name) or "" for name in ("guid", "link", "pubDate")}
    parts = [part for part in urlsplit(said["link"]).path.split("/") if part]
    language = parts[0] if parts and edition_prefix(parts[0]) == f"/{parts[0]}" and parts[0] in WITHDRAWN else "ja"
    if len(parts) < 2:  # noqa: PLR2004 - a section and the story
        return None
    now = format_datetime(timezone.localtime())
    changed = item.findtext("{http://news.line.me/rss/1.0/oa}lastPubDate") or said["pubDate"] if portal.gone in html else now
    words = [
        f"<item><title>{WITHDRAWN[language]}</title><link>{escape(said['link'])}</link>",
        f'<guid isPermaLink="false">{escape(said["guid"])}</guid>',
    ]
    if portal is LINE:
        words += [f"<pubDate>{said['pubDate']}</pubDate><oa:lastPubDate>{changed}</oa:lastPubDate>"]
        words += [f"<description>&lt;p&gt;{WITHDRAWN[language]}&lt;/p&gt;</description>"]
    else:
        words += [f"<pubDate>{changed}</pubDate><dc:language>{language}</dc:language>"]
        words += [f"<content:encoded>&lt;p&gt;{WITHDRAWN[language]}&lt;/p&gt;</content:encoded>"]
    return _Gone(
        "".join([*words, portal.gone, "</item>"]), (_gone_list(f"{language}/latest"), _gone_list(f"{language}/section/{parts[-2]}"))
    )


def _gone_list(key: str) -> str:
    return f"gone/{key}"


# ------------------------------------------------------------------ the feeds


def portal_feeds(front: FrontPage, listed: Listed, paper: NewspaperSettings, log: SheetLog) -> Iterator[Change]:
    """Print a list's feeds for portals; those of portals that are switched off are taken away."""
    on = chosen(paper)
    for portal in PORTALS:
        path = f"{listed.path}/{portal.file}"
        if portal not in on:
            yield from withdrawn(path, "feed", front.language, log)
            continue
        rows = Slot(name="items", fill="stories", rows=ROWS, shape=portal.shape, sources=(f"list:{listed.key}",), repeats=True)
        gone = Slot(
            name="gone", fill="stories", rows=GONE_ROWS, shape=portal.shape, sources=(f"list:{_gone_list(listed.key)}",), repeats=True
        )
        date = Slot(name="date", fill="part", key=told_part(front.language))
        before, after = _opening(portal, front, listed, paper)
        pieces = (before, date, after, rows, gone, "</channel></rss>")
        yield from stands(plain_sheet(path, front.language, "application/rss+xml; charset=utf-8", pieces))
    if on and log.get(Kind.PART, told_part(front.language), TimedPart) is None:
        yield from told_now([front.language])
    if not on:
        yield Change(Kind.LIST, _gone_list(listed.key), None)


def told_part(language: str) -> str:
    """Return the key of the part that says when anything in an edition's feeds for portals changed."""
    return f"{language}/told"


def told_now(languages: Iterable[str]) -> Iterator[Change]:
    """Say that something changed now."""
    for language in sorted(set(languages)):
        yield Change(
            Kind.PART, told_part(language), TimedPart((Variant(0.0, format_datetime(timezone.localtime().replace(microsecond=0))),))
        )


def _opening(portal: Portal, front: FrontPage, listed: Listed, paper: NewspaperSettings) -> tuple[str, str]:
    site = settings.KAWARABAN_BASE_URL
    description = listed.description if 0 < len(listed.description) <= LONGEST_DESCRIPTION else listed.name
    opened = (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {portal.namespaces}><channel><title>{text_of(listed.name)}</title>'
        f"<link>{escape(site + (listed.path or '/'))}</link><description>{text_of(description)}</description>"
        f"<language>{front.language}</language>"
    )
    if portal is LINE:
        return f"{opened}<lastBuildDate>", "</lastBuildDate>"
    logos = [
        f"<snf:{name}><url>{escape(site + logo.url)}</url></snf:{name}>"
        for name, logo in (("logo", logo_of(paper.logo)), ("darkModeLogo", logo_of(paper.logo_dark)))
        if logo
    ]
    rest = [f"</pubDate><copyright>© {text_of(front.nameplate)}</copyright><ttl>{MINUTES}</ttl>", *logos]
    return f"{opened}<pubDate>", "".join(rest)
