"""Feeds and sitemaps are what their readers expect."""

import json

import feedparser
import pytest
from lxml import etree

from kawaraban.audience.shapes import Snapshot
from kawaraban.delivery.composition import compose
from kawaraban.delivery.store import SheetStore
from kawaraban.newsroom.models import Person, Topic
from kawaraban.sheetlog.shapes import Kind, Sheet

pytestmark = pytest.mark.django_db
RUBY = "<ruby>薨去<rp>(</rp><rt>こうきょ</rt><rp>)</rp></ruby>"


@pytest.fixture
def composed(publish, press, newspaper, tmp_path):
    person = Person.objects.create(slug="sato", name="佐登")
    topic = Topic.objects.create(slug="bridge", name="橋 & 港")
    publish('記号の <記事> & "見出し"', summary="要約 ]]> も", bylines=[(person, "text")], topics=[topic])
    for front in newspaper.values():
        front.save_revision().publish()
    log = press()
    from kawaraban.press.actions import ask_to_print_everything

    ask_to_print_everything()
    press()
    store = SheetStore(log.path, tmp_path / "related.sqlite3", lambda: Snapshot(0, 0.0, {}))
    store.news()

    def one(path):
        import time

        return compose(log.get(Kind.SHEET, path, Sheet), store, time.time()).text

    return one


def test_rss_is_read_by_a_feed_reader(composed):
    feed = feedparser.parse(composed("/feed.xml"))
    assert not feed.bozo
    assert feed.feed.title == "試験新報"
    (entry,) = feed.entries
    assert entry.title == '記号の <記事> & "見出し"'
    assert entry.author == "佐登"
    assert entry.tags[0].term == "橋 & 港"


@pytest.mark.parametrize("path", ["/politics/feed.xml", "/topics/bridge/feed.xml", "/by/sato/feed.xml"])
def test_every_list_has_its_feed(composed, path):
    assert len(feedparser.parse(composed(path)).entries) == 1


def test_json_feed_is_json_of_its_version(composed):
    feed = json.loads(composed("/feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["title"] == '記号の <記事> & "見出し"'


def test_atom_is_read_by_a_feed_reader(composed):
    feed = feedparser.parse(composed("/atom.xml"))
    assert not feed.bozo
    assert feed.version == "atom10"
    (entry,) = feed.entries
    assert (entry.title, entry.author, entry.tags[0].term) == ('記号の <記事> & "見出し"', "佐登", "橋 & 港")
    assert entry.id.startswith("tag:127.0.0.1,")
    assert feedparser.parse(composed("/topics/bridge/atom.xml")).entries[0].id == entry.id


@pytest.fixture
def printed(newspaper, publish, press, tmp_path):
    """Prints a story of all kinds of blocks with these settings of the paper, and gives what stands at an address."""
    from kawaraban.newsroom.models import NewspaperSettings
    from kawaraban.press.actions import ask_to_print_everything

    def one(**asked):
        paper = NewspaperSettings.load()
        for name, value in asked.items():
            setattr(paper, name, value)
        paper.save()
        ask_to_print_everything()
        log = press()
        store = SheetStore(log.path, tmp_path / "related.sqlite3", lambda: Snapshot(0, 0.0, {}))
        store.news()

        def composed(path):
            import time

            sheet = log.get(Kind.SHEET, path, Sheet)
            return compose(sheet, store, time.time()).text if sheet else None

        return composed

    publish("全文の記事", body=f'{RUBY}の本文と<a href="/politics/x">前の記事</a>。')
    return one


def test_feeds_hold_whole_stories_if_the_chief_wants_so(printed):
    composed = printed()
    assert "content" not in feedparser.parse(composed("/feed.xml")).entries[0]
    composed = printed(whole_feeds=True)
    text = f'<p>{RUBY}の本文と<a href="http://127.0.0.1:8000/politics/x" rel="noopener">前の記事</a>。</p>'
    assert "http://127.0.0.1:8000/politics/x" in feedparser.parse(composed("/feed.xml")).entries[0].content[0].value
    assert json.loads(composed("/feed.json"))["items"][0]["content_html"] == text
    assert text.replace("<", "&lt;").replace(">", "&gt;") in composed("/atom.xml")


def test_programs_are_told_what_the_chief_wants_them_told(printed):
    composed = printed()
    assert "GPTBot" not in composed("/robots.txt")
    assert "Sitemap: http://127.0.0.1:8000/en/news-sitemap.xml" in composed("/robots.txt")
    assert composed("/llms.txt").startswith("# 試験新報\n")
    assert "- [政治](http://127.0.0.1:8000/politics)" in composed("/llms.txt")
    assert composed("/ads.txt") is composed("/trust.txt") is None
    terms = "https://example.com/rsl.xml"
    composed = printed(
        may_train=False, licence_url=terms, robots_more="User-agent: X\nDisallow: /", ads_txt="a.example, 1, DIRECT", llms_txt="# 新聞"
    )
    robots = composed("/robots.txt")
    assert "User-agent: GPTBot\n" in robots
    assert f"License: {terms}\n" in robots
    assert "User-agent: X\nDisallow: /\n" in robots
    assert (composed("/ads.txt"), composed("/llms.txt")) == ("a.example, 1, DIRECT\n", "# 新聞\n")


@pytest.mark.parametrize("path", ["/sitemap.xml", "/news-sitemap.xml", "/en/news-sitemap.xml"])
def test_sitemaps_are_well_formed(composed, path):
    assert etree.fromstring(composed(path).encode()) is not None


def test_the_index_leads_to_the_days_sitemap_which_leads_to_the_story(composed):
    index = etree.fromstring(composed("/sitemap.xml").encode())
    (day,) = [node.text for node in index.iter("{*}loc")]
    path = day.removeprefix("http://127.0.0.1:8000")
    assert b"/politics/" in composed(path).encode()
