"""What a story's page says of itself to search engines and to whoever shares it, read from the page as it is printed."""

import json
from datetime import UTC, datetime

import pytest
from lxml import html
from wagtail.images.tests.utils import get_test_image_file

from kawaraban.newsroom.actions.publish_story import CorrectionDraft
from kawaraban.newsroom.models import Name, NewspaperSettings, Person, Photo, Topic
from kawaraban.sheetlog.shapes import Kind, Sheet

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
UPDATED = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def pages(publish, press):
    """The pages of a story with all that it may have, and of its translation."""
    paper = NewspaperSettings.load()
    paper.licence_url = "https://paper.example/terms"
    paper.save()
    photo, map_, theirs = (
        Photo.objects.create(title=name, file=get_test_image_file(f"{name}.png", size=(60, 40)), credit=f"{name}の credit", **more)
        for name, more in (("橋", {"caption": "渡り初め", "alt_text": "橋を渡る人"}), ("地図", {}), ("港", {"rights_holder": "遠洋通信"}))
    )
    Name.objects.create(name="汐見大橋", slug="shiomi-bridge", kind="place", wikidata="Q42")
    Name.objects.create(name="遠洋市", slug="enyo", kind="place")
    sato, mori = (Person.objects.create(name=name, slug=slug) for name, slug in (("佐登はるか", "sato"), ("A. Mori", "mori")))
    original = publish(
        "汐見大橋が開通",
        short_headline="大橋開通",
        summary="橋が開いた。",
        lead_photo=photo,
        topics=[Topic.objects.create(name="橋", slug="bridge")],
        bylines=[(sato, "text")],
        corrections=[CorrectionDraft(made_at=UPDATED, text="長さを正しました。")],
        published_at=MOMENT,
        updated_at=UPDATED,
        source_name="遠洋通信",
        source_url="https://enyo.example/1",
    )
    original.body = [
        ("paragraph", "<p>遠洋市からも人が来た。</p>"),
        ("photo", {"photo": map_, "caption": "通る道", "alt_text": ""}),
        (
            "gallery",
            {"photos": [{"photo": theirs, "caption": "", "alt_text": "港"}, {"photo": map_, "caption": "", "alt_text": ""}], "caption": ""},
        ),
    ]
    original.save_revision().publish()
    translation = publish(
        "Shiomi bridge opens", language="en", bylines=[(mori, "translation")], translation_of=original, published_at=UPDATED
    )
    log = press()
    return tuple(_page(log, story.reader_path) for story in (original, translation))


def _page(log, path):
    sheet = log.get(Kind.SHEET, path, Sheet)
    return html.fromstring("".join(piece for piece in sheet.pieces if isinstance(piece, str)))


def data_of(page):
    (script,) = page.xpath('//script[@type="application/ld+json"]')
    return json.loads(script.text)


def test_it_says_what_the_story_is(pages):
    data = data_of(pages[0])
    path = pages[0].xpath('string(//link[@rel="canonical"]/@href)')
    expected = {
        "@type": "NewsArticle",
        "@id": path,
        "url": path,
        "headline": "汐見大橋が開通",
        "alternativeHeadline": "大橋開通",
        "description": "橋が開いた。",
        "inLanguage": "ja",
        "datePublished": "2026-11-24T18:05:00+09:00",
        "dateModified": "2026-11-25T10:00:00+09:00",
        "articleSection": "政治",
        "keywords": ["橋"],
        "isBasedOn": "https://enyo.example/1",
        "license": "https://paper.example/terms",
        "copyrightHolder": {"@type": "Organization", "name": "遠洋通信"},
    }
    assert {name: data[name] for name in expected} == expected
    assert data["author"] == [{"@type": "Person", "name": "佐登はるか", "url": f"{SITE}/by/sato"}]
    assert data["publisher"]["name"] == "試験新報"
    assert data["correction"] == [
        {"@type": "CorrectionComment", "text": "長さを正しました。", "datePublished": "2026-11-25T10:00:00+09:00"}
    ]
    place = {"@type": "Place", "name": "汐見大橋", "url": f"{SITE}/names/shiomi-bridge", "sameAs": "https://www.wikidata.org/entity/Q42"}
    assert data["about"] == [place]
    assert [thing["name"] for thing in data["mentions"]] == ["遠洋市"]


def test_no_picture_stands_there_without_its_credit(pages):
    images = data_of(pages[0])["image"]
    assert [(image["caption"], image["creditText"]) for image in images] == [
        *(("渡り初め", "橋の credit"), ("通る道", "地図の credit"), ("港", "港の credit"), ("地図", "地図の credit")),
    ]
    # The paper's terms are not those of whoever else holds the rights.
    assert [image.get("license") for image in images] == [
        "https://paper.example/terms",
        "https://paper.example/terms",
        None,
        "https://paper.example/terms",
    ]
    assert images[2]["copyrightNotice"] == "遠洋通信"
    assert all(image["url"].startswith(f"{SITE}/media/") and image["width"] and image["height"] for image in images)


def test_a_translation_and_its_original_name_each_other(pages):
    paths = [page.xpath('string(//link[@rel="canonical"]/@href)') for page in pages]
    original, translation = map(data_of, pages)
    assert original["workTranslation"] == [{"@type": "NewsArticle", "@id": paths[1], "url": paths[1], "inLanguage": "en"}]
    assert translation["translationOfWork"]["@id"] == paths[0]
    assert translation["translator"] == [{"@type": "Person", "name": "A. Mori"}]
    for page in pages:
        alternates = {link.get("hreflang"): link.get("href") for link in page.xpath('//link[@rel="alternate"][@hreflang]')}
        assert alternates == {"ja": paths[0], "en": paths[1], "x-default": paths[0]}


def test_it_says_how_it_is_shared(pages):
    told = {meta.get("property"): meta.get("content") for meta in pages[0].xpath("//meta[@property]")}
    expected = {
        "og:type": "article",
        "og:site_name": "試験新報",
        "og:title": "汐見大橋が開通",
        "og:description": "橋が開いた。",
        "og:url": pages[0].xpath('string(//link[@rel="canonical"]/@href)'),
        "og:locale": "ja_JP",
        "og:locale:alternate": "en_US",
        "og:image:alt": "橋を渡る人",
        "article:published_time": "2026-11-24T18:05:00+09:00",
        "article:modified_time": "2026-11-25T10:00:00+09:00",
        "article:section": "政治",
        "article:tag": "橋",
    }
    assert {name: told.get(name) for name in expected} == expected
    assert told["og:image"].startswith(f"{SITE}/media/")
    assert "og:image" not in {meta.get("property") for meta in pages[1].xpath("//meta[@property]")}
