"""What a site says to programs that come by: robots.txt, ads.txt, trust.txt, llms.txt, and the licence of its content (RSL)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from kawaraban.exchange.feeds.lists import plain_sheet
from kawaraban.exchange.feeds.plates import sitemap_index
from kawaraban.newsroom.models import FrontPage, NewspaperSettings, SectionPage
from kawaraban.newsroom.models.addresses import edition_prefix
from kawaraban.newsroom.queries.editions import editions, sections_of
from kawaraban.press.registry import Wanted, plate, touches
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Who says of itself that it gathers texts to train models with. Search engines and those who fetch a page for somebody who asked are none.
TRAINING = ("Amazonbot", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "Google-Extended", "GPTBot", "meta-externalagent")
NOTICES = ("ads.txt", "trust.txt", "llms.txt")


@touches(FrontPage, SectionPage)
def notices_changed(_: object) -> Iterator[Wanted]:
    """Ask for what the site says to programs: it names editions and sections. When the chief sets something, everything is printed."""
    yield Wanted("robots", "site")


@plate("robots", keys=lambda: ["site"])
def print_notices(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print robots.txt and its like, and the index of sitemaps. What is not set does not stand there."""
    paper = NewspaperSettings.load()
    texts = {"robots.txt": robots(paper), "ads.txt": paper.ads_txt, "trust.txt": paper.trust_txt, "llms.txt": paper.llms_txt or overview()}
    for name, text in texts.items():
        path = f"/{name}"
        sheet = plain_sheet(path, "ja", "text/plain; charset=utf-8", (text.replace("\r\n", "\n").strip() + "\n",))
        yield Change(Kind.SHEET, path, sheet if text.strip() else None)
    yield sitemap_index()


def robots(paper: NewspaperSettings) -> str:
    """Say who may read what: everybody everything but the search, whose pages are endless."""
    site = settings.KAWARABAN_BASE_URL
    prefixes = [edition_prefix(front.language) for front in editions()] or [""]
    closed = [*(f"Disallow: {prefix}/search" for prefix in prefixes), "Disallow: /live/"]
    lines = ["User-agent: *", *closed, ""]
    if not paper.may_train:
        lines += [*(f"User-agent: {name}" for name in TRAINING), "Disallow: /", ""]
    if paper.licence_url:
        lines += [f"License: {paper.licence_url}", ""]
    if paper.robots_more.strip():
        lines += [paper.robots_more.strip(), ""]
    news = [f"Sitemap: {site}{prefix}/news-sitemap.xml" for prefix in prefixes]
    return "\n".join([*lines, f"Sitemap: {site}/sitemap.xml", *news])


def overview() -> str:
    """Say in Markdown what the site is and where its sections and feeds are (llmstxt.org)."""
    site = settings.KAWARABAN_BASE_URL
    lines: list[str] = []
    for front in editions():
        prefix = edition_prefix(front.language)
        lines += [f"{'##' if lines else '#'} {front.nameplate}", ""]
        if front.description:
            lines += [f"> {front.description}", ""]
        lines += [f"- [{section.title}]({site}{section.reader_path})" for section in sections_of(front)]
        lines += [f"- [RSS]({site}{prefix}/feed.xml)", f"- [JSON Feed]({site}{prefix}/feed.json)", ""]
    return "\n".join(lines)
