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


@pytest.fixture
def asked(press, settings):
    """Prints, and gives what readers get at addresses."""
    from delivery.test_api import Site
    from kawaraban.delivery.settings import ReaderSettings

    def one(*paths, **headers):
        log = press()
        somewhere = str(log.path.parent / "nowhere")
        site = Site.__new__(Site)
        site.log = log
        site._settings = ReaderSettings(
            sheet_log=str(log.path),
            media_dir=settings.STORAGES["renditions"]["OPTIONS"]["location"],
            related_store=somewhere,
            collector_socket=somewhere,
            search_socket=somewhere,
            base_url="http://127.0.0.1:8000",
        )
        return site.asked(*paths, **headers)

    return one


LISTS = ("", "/politics", "/topics/bridge", "/by/sato", "/en", "/en/politics", "/en/topics/bridge", "/en/by/sato")
KINDS = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "smartnews.xml": "application/rss+xml; charset=utf-8",
    "line.xml": "application/rss+xml; charset=utf-8",
}


def test_every_feed_is_there_and_given_again_only_when_it_changed(asked, publish, newspaper):
    from kawaraban.newsroom.models import NewspaperSettings

    person, topic = Person.objects.create(slug="sato", name="佐登"), Topic.objects.create(slug="bridge", name="橋")
    publish("記事", bylines=[(person, "text")], topics=[topic])
    publish("A story", language="en", bylines=[(person, "text")], topics=[topic])
    paper = NewspaperSettings.load()
    paper.smartnews = paper.line_news = True
    paper.save()
    paths = [
        f"{path}/{file}"
        for path in LISTS
        for file in KINDS
        if file not in {"smartnews.xml", "line.xml"} or path.count("/") < 2 or path == "/en/politics"
    ]
    paths += ["/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/llms.txt"]
    tags = {}
    for path, answer in zip(paths, asked(*paths), strict=True):
        assert answer.status == 200, path
        assert answer.headers["content-type"] == KINDS.get(path.rpartition("/")[2], answer.headers["content-type"])
        assert answer.headers["last-modified"].endswith(" GMT")
        if path.endswith(("feed.xml", "atom.xml")):
            feed = feedparser.parse(answer.body)
            assert (feed.bozo, len(feed.entries)) == (False, 1), path
        tags[path] = answer.headers["etag"]
    for path, tag in tags.items():
        (again,) = asked(path, if_none_match=tag)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag), path
    publish("次の記事")
    for path in ("/feed.xml", "/atom.xml", "/feed.json", "/politics/feed.xml", "/news-sitemap.xml", "/smartnews.xml"):
        assert asked(path, if_none_match=tags[path])[0].status == 200, path
    for path in ("/by/sato/feed.xml", "/topics/bridge/atom.xml", "/en/feed.json", "/robots.txt"):
        assert asked(path, if_none_match=tags[path])[0].status == 304, path


def test_news_sitemaps_hold_two_days_and_sitemaps_name_translations(asked, publish):
    from datetime import timedelta

    from django.utils import timezone

    from kawaraban.newsroom.models import StoryPage

    now = timezone.now()
    old = publish("古い記事", published_at=now - timedelta(hours=49))
    new = publish("新しい記事", published_at=now - timedelta(hours=47))
    english = publish("A new story", language="en", published_at=now - timedelta(hours=46), translation_of=new)
    news, index = asked("/news-sitemap.xml", "/sitemap.xml")
    entries = etree.fromstring(news.body)
    assert [entry.findtext("{*}loc") for entry in entries] == [f"http://127.0.0.1:8000{new.reader_path}"]
    assert entries[0].findtext("{*}news/{*}publication/{*}name") == "試験新報"
    days = [loc.text.removeprefix("http://127.0.0.1:8000") for loc in etree.fromstring(index.body).iter("{*}loc")]
    told = {}
    for day in asked(*days):
        for entry in etree.fromstring(day.body):
            told[entry.findtext("{*}loc")] = {link.get("hreflang"): link.get("href") for link in entry.iter("{*}link")}
    pair = {"ja": f"http://127.0.0.1:8000{new.reader_path}", "en": f"http://127.0.0.1:8000{english.reader_path}"}
    assert told == {f"http://127.0.0.1:8000{old.reader_path}": {}, pair["ja"]: pair, pair["en"]: pair}
    assert StoryPage.objects.count() == 3
