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


@pytest.mark.parametrize("path", ["/sitemap.xml", "/news-sitemap.xml", "/en/news-sitemap.xml"])
def test_sitemaps_are_well_formed(composed, path):
    assert etree.fromstring(composed(path).encode()) is not None


def test_the_index_leads_to_the_days_sitemap_which_leads_to_the_story(composed):
    index = etree.fromstring(composed("/sitemap.xml").encode())
    (day,) = [node.text for node in index.iter("{*}loc")]
    path = day.removeprefix("http://127.0.0.1:8000")
    assert b"/politics/" in composed(path).encode()
