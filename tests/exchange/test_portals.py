"""Feeds in portals' own formats: what their documents ask for, within their limits, and what was withdrawn."""

import re
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from wagtail.images.tests.utils import get_test_image_file

from delivery.test_api import Site as Asking
from kawaraban.delivery.settings import ReaderSettings
from kawaraban.exchange.feeds import portals
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import NewspaperSettings, Person, Photo, StoryPage
from kawaraban.press.actions import ask_to_print_everything
from kawaraban.sheetlog.shapes import Kind

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"
SNF, OA = "{http://www.smartnews.be/snf}", "{http://news.line.me/rss/1.0/oa}"
MEDIA, DC, CONTENT = "{http://search.yahoo.com/mrss/}", "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/rss/1.0/modules/content/}"
GOLDEN = Path(__file__).with_name("golden")
# What SmartNews' specification (2.1, RSS 2.0) requires of a file, and what it knows besides.
CHANNEL = {"title", "link", "description", "pubDate"}, {"language", "copyright", "ttl", f"{SNF}logo", f"{SNF}darkModeLogo", "item"}
ITEM = (
    {"title", "link", "guid", "pubDate", f"{CONTENT}encoded", f"{MEDIA}status"},
    {"description", "category", f"{DC}creator", f"{DC}language", f"{MEDIA}thumbnail", f"{SNF}analytics", f"{SNF}advertisement"},
)


@pytest.fixture
def paper(newspaper):
    """Switches on what is named."""

    def one(**asked):
        settings = NewspaperSettings.load()
        for name, value in asked.items():
            setattr(settings, name, value)
        settings.full_clean()
        settings.save()

    return one


@pytest.fixture
def asked(press, settings):
    """Prints, and gives what readers get at an address."""

    def one(*paths, **headers):
        log = press()
        somewhere = str(log.path.parent / "nowhere")
        site = Asking.__new__(Asking)
        site.log = log
        site._settings = ReaderSettings(
            sheet_log=str(log.path),
            media_dir=settings.STORAGES["renditions"]["OPTIONS"]["location"],
            related_store=somewhere,
            collector_socket=somewhere,
            search_socket=somewhere,
            base_url=SITE,
        )
        return site.asked(*paths, **headers)

    return one


@pytest.fixture
def written(publish):
    """A story with a photo, a byline and a summary."""
    photo = Photo.objects.create(
        title="橋", file=get_test_image_file("bridge.jpg", size=(900, 600)), caption="渡り初め & 祭り", credit="写真部・森"
    )
    person = Person.objects.create(name="佐登はるか", slug="sato")
    return publish(
        "汐見大橋 & <開通>\x0b",
        body="橋が<b>開いた</b>。",
        summary="橋が開いた。",
        lead_photo=photo,
        bylines=[(person, "text")],
        published_at=MOMENT,
        updated_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
    )


def _valid_smartformat(body):
    """Hold a file against what the specification says; return its channel."""
    assert len(body) <= 1_000_000
    root = etree.fromstring(body)
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    (channel,) = root
    _holds(channel, CHANNEL)
    assert len(channel.findtext("description")) <= 30
    for name in ("logo", "darkModeLogo"):
        for logo in channel.findall(SNF + name):
            assert [part.tag for part in logo] == ["url"]
            assert logo.findtext("url").startswith(SITE)
    guids = [item.findtext("guid") for item in channel.findall("item")]
    assert len(set(guids)) == len(guids)
    for item in channel.findall("item"):
        _holds(item, ITEM)
        assert item.findtext(f"{MEDIA}status") in {"active", "deleted"}
        assert item.findtext("link").startswith(SITE + "/")
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0900", item.findtext("pubDate"))
        for thumbnail in item.findall(f"{MEDIA}thumbnail"):
            assert thumbnail.get("url").startswith(SITE + "/media/")
        for told in item.findall(f"{SNF}advertisement"):
            assert [part.tag for part in told] == [f"{SNF}adcontent"]
    assert not feedparser.parse(body).bozo
    return channel


def _holds(element, names):
    required, further = names
    tags = [part.tag for part in element]
    assert required <= set(tags) <= required | further, (required - set(tags), set(tags) - required - further)
    assert all(tags.count(tag) == 1 for tag in set(tags) - {"item"})


def test_smartnews_gets_whole_stories_as_its_specification_has_it(paper, written, asked):
    logo = Photo.objects.create(title="題字", file=get_test_image_file("logo.png", size=(1400, 400)), credit="本紙")
    paper(smartnews=True, logo=logo, smartnews_analytics="<script>count()</script>", smartnews_advertisement="<script>ad(']]>')</script>")
    whole, section, other, hidden = asked("/smartnews.xml", "/politics/smartnews.xml", "/en/smartnews.xml", "/line.xml")
    assert (whole.status, section.status, other.status, hidden.status) == (200, 200, 200, 404)
    assert whole.headers["content-type"] == "application/rss+xml; charset=utf-8"
    channel = _valid_smartformat(whole.body)
    assert channel.findtext(f"{SNF}logo/url").startswith(f"{SITE}/assets/logo.")
    assert channel.find(f"{SNF}darkModeLogo") is None
    (item,) = channel.findall("item")
    assert item.findtext("title") == "汐見大橋 & <開通>"
    assert item.findtext("category") == "政治"
    assert item.findtext(f"{DC}creator") == "佐登はるか"
    # Its time is that of the last change: by nothing else does SmartNews know one.
    assert item.findtext("pubDate") == "Wed, 25 Nov 2026 10:00:00 +0900"
    assert "<p>橋が<b>開いた</b>。</p>" in item.findtext(f"{CONTENT}encoded")
    assert "<figcaption>渡り初め &amp; 祭り <small>写真部・森</small></figcaption>" in item.findtext(f"{CONTENT}encoded")
    assert item.findtext(f"{SNF}analytics") == "<script>count()</script>"
    assert item.findtext(f"{SNF}advertisement/{SNF}adcontent") == "<script>ad(']]>')</script>"
    assert _valid_smartformat(section.body).findtext("title") == "試験新報 政治"
    assert _valid_smartformat(other.body).findall("item") == []
    (picture,) = asked(channel.findtext(f"{SNF}logo/url").removeprefix(SITE))
    assert (picture.status, picture.headers["content-type"], picture.body[:4]) == (200, "image/png", b"\x89PNG")


def test_line_gets_whole_stories(paper, written, asked):
    paper(line_news=True)
    whole, section, hidden = asked("/line.xml", "/politics/line.xml", "/smartnews.xml")
    assert (whole.status, section.status, hidden.status) == (200, 200, 404)
    assert not feedparser.parse(whole.body).bozo
    (channel,) = etree.fromstring(whole.body)
    assert [part.tag for part in channel] == ["title", "link", "description", "language", "lastBuildDate", "item"]
    item = channel.find("item")
    names = ["title", "link", "guid", "pubDate", f"{OA}lastPubDate", "description", "enclosure", f"{OA}imgAuthor"]
    assert [part.tag for part in item] == [*names, f"{OA}pubStatus", f"{OA}delStatus"]
    assert item.findtext("pubDate") == "Tue, 24 Nov 2026 18:05:00 +0900"
    assert item.findtext(f"{OA}lastPubDate") == "Wed, 25 Nov 2026 10:00:00 +0900"
    assert "<b>開いた</b>" in item.findtext("description")
    assert (item.find("enclosure").get("type"), item.find("enclosure").get("caption")) == ("image/jpeg", "渡り初め & 祭り")
    assert item.findtext(f"{OA}imgAuthor/{OA}authorName") == "写真部・森"
    assert (item.findtext(f"{OA}pubStatus"), item.findtext(f"{OA}delStatus")) == ("2", "0")


def test_items_are_as_they_were(paper, written, press):
    paper(smartnews=True, line_news=True, smartnews_analytics="<script>count()</script>")
    log = press()
    for shape in ("smartnews", "line"):
        card = log.get(Kind.CARD, f"{written.story_id}/{shape}", portals.Card).html
        plain = re.sub(r"/media/[\w./-]+", "/media/PHOTO", card.replace(written.story_id, "STORY")).replace("><", ">\n<") + "\n"
        assert plain == (GOLDEN / f"{shape}.golden.xml").read_text(encoding="utf-8")


def test_what_was_withdrawn_is_told_to_portals_without_its_words(paper, written, publish, asked):
    paper(smartnews=True, line_news=True)
    publish("残る記事", published_at=MOMENT)
    asked("/smartnews.xml")
    withdraw_story(story=written, actor=None)
    files = asked("/smartnews.xml", "/politics/smartnews.xml", "/line.xml", "/politics/line.xml", "/society/smartnews.xml", "/feed.xml")
    for answer in files:
        assert b"\xe6\xb1\x90\xe8\xa6\x8b" not in answer.body  # 汐見
    for answer in files[:2]:
        items = {item.findtext("guid"): item for item in _valid_smartformat(answer.body).findall("item")}
        gone = items.pop(written.story_id)
        assert (gone.findtext(f"{MEDIA}status"), gone.findtext("title")) == ("deleted", "この記事は取り下げられました")
        assert gone.findtext("link") == SITE + written.reader_path
        assert [item.findtext(f"{MEDIA}status") for item in items.values()] == ["active"]
    for answer in files[2:4]:
        told = {item.findtext("guid"): item.findtext(f"{OA}delStatus") for item in etree.fromstring(answer.body).iter("item")}
        assert told[written.story_id] == "1"
        assert sorted(told.values()) == ["0", "1"]
    assert _valid_smartformat(files[4].body).findall("item") == []
    # It comes back, once, and as it was.
    StoryPage.objects.get(pk=written.pk).get_latest_revision().publish()
    (again,) = asked("/smartnews.xml")
    items = {item.findtext("guid"): item for item in _valid_smartformat(again.body).findall("item")}
    assert items[written.story_id].findtext(f"{MEDIA}status") == "active"


def test_one_is_withdrawn_while_another_comes_back(paper, publish, asked):
    paper(smartnews=True, line_news=True)
    going, coming = publish("去る記事", published_at=MOMENT), publish("戻る記事", published_at=MOMENT)
    asked("/")
    withdraw_story(story=coming, actor=None)
    asked("/")
    withdraw_story(story=going, actor=None)
    StoryPage.objects.get(pk=coming.pk).get_latest_revision().publish()
    smartnews, line = asked("/smartnews.xml", "/politics/line.xml")
    told = {item.findtext("guid"): item.findtext(f"{MEDIA}status") for item in _valid_smartformat(smartnews.body).findall("item")}
    assert told == {going.story_id: "deleted", coming.story_id: "active"}
    told = {item.findtext("guid"): item.findtext(f"{OA}delStatus") for item in etree.fromstring(line.body).iter("item")}
    assert told == {going.story_id: "1", coming.story_id: "0"}


def test_a_file_stays_within_a_megabyte_however_long_the_stories_are(paper, publish, asked, press):
    paper(smartnews=True, line_news=True)
    for number in range(3):
        publish(f"長い記事{number}", body="</p><p>".join(["長い文章。" * 60] * 40) if number else "言葉。" * 40_000, published_at=MOMENT)
    (whole,) = asked("/smartnews.xml")
    items = _valid_smartformat(whole.body).findall("item")
    assert len(items) == 3
    assert all(item.findtext(f"{CONTENT}encoded").endswith(f">{portals.READ_ON['ja']}</a></p>") for item in items)
    log = press()
    cards = [key for key in log.keys(Kind.CARD) if key.endswith(portals.PORTAL_SHAPES)]
    sizes = [len(log.get(Kind.CARD, key, portals.Card).html.encode()) for key in cards]
    assert len(sizes) == 6
    assert max(sizes) <= portals.MOST_BYTES
    # With a feed full of such stories, and of notes of those that are gone.
    assert portals.ROWS * portals.MOST_BYTES + portals.GONE_ROWS * 1_000 < 1_000_000


def test_a_block_that_is_too_large_is_cut_behind_one_of_its_paragraphs():
    link = f'<p><a href="{SITE}/a/b">{portals.READ_ON["ja"]}</a></p>'
    one = f'<p>{"橋" * 3_000}<br><a href="/?a>b">港</a></p>'

    def within(*parts):
        return portals._within(parts, f"{SITE}/a/b", "ja")

    assert within(one * 3) == one * 3
    assert within(one * 5) == one * 3 + link
    assert within("<h2>橋</h2>", one * 2, one * 5, one) == "<h2>橋</h2>" + one * 3 + link
    assert within(one + f"<ul><li>{one * 5}</li></ul>" + one) == one + link, "a list is left whole, or out"
    assert within(f"<aside>{one * 5}</aside>") == link


def test_a_portal_that_is_switched_off_finds_nothing(paper, written, asked):
    paper(smartnews=True)
    assert asked("/smartnews.xml")[0].status == 200
    withdraw_story(story=written, actor=None)
    asked("/")
    paper(smartnews=False)
    ask_to_print_everything()
    assert [answer.status for answer in asked("/smartnews.xml", "/politics/smartnews.xml")] == [410, 410]
    paper(smartnews=True)
    (whole,) = asked("/smartnews.xml")
    assert _valid_smartformat(whole.body).findall("item") == []


def test_stories_name_the_papers_logo(paper, written, asked):
    logo = Photo.objects.create(title="題字", file=get_test_image_file("logo.png", size=(1400, 400)), credit="本紙")
    (before,) = asked(written.reader_path)
    assert b'"logo"' not in before.body
    paper(logo=logo)
    (after,) = asked(written.reader_path)
    assert re.search(
        rb'"logo": ?{"@type": ?"ImageObject", ?"url": ?"http://127.0.0.1:8000/assets/logo[^"]+", ?"width": ?350, ?"height": ?100}',
        after.body,
    )
