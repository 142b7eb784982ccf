"""Stories for partners and agencies, and the whole site as plain files."""

import functools
import http.server
import json
import os
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import httpx
import pytest
from django.core.exceptions import ValidationError
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree, html
from wagtail.images.tests.utils import get_test_image_file

from delivery.test_api import Site as Asking
from kawaraban.delivery.settings import ReaderSettings
from kawaraban.exchange.formats import format_named
from kawaraban.exchange.formats.ninjs.exporting import export_file
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.media.files import open_files
from kawaraban.exchange.site import export_site
from kawaraban.newsroom.actions.lead_old_addresses import lead_old_addresses
from kawaraban.newsroom.actions.publish_story import CorrectionDraft
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import Name, NewspaperSettings, Person, Photo, StoryPage, Topic

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-the-city-wire-1"
MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
G2 = "{http://iptc.org/std/nar/2006-10-01/}"
TEXT, URI, TIME = {"type": "string"}, {"type": "string", "format": "uri"}, {"type": "string", "format": "date-time"}


def _of(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _several(shape):
    return {"type": "array", "items": shape, "minItems": 1}


ROLED = _of("value", role=TEXT, value=TEXT, contentType=TEXT)
NAMED = _of(name=TEXT, rel=TEXT, uri=URI, literal=TEXT)
# What ninjs 3.1 says of the properties that we use, and of none besides; written from IPTC's description of it.
PROPERTIES = {
    "standard": _of(name={"const": "ninjs"}, version={"const": "3.1"}, schema=URI),
    "uri": URI,
    "type": {"enum": ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"]},
    "representationType": {"enum": ["full", "partial"]},
    "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
    "language": TEXT,
    "firstCreated": TIME,
    "versionCreated": TIME,
    "contentCreated": TIME,
    "title": TEXT,
    "by": TEXT,
    "edNote": TEXT,
    "copyrightHolder": TEXT,
    "headlines": _several(ROLED),
    "descriptions": _several(ROLED),
    "bodies": _several(ROLED),
    "subjects": _several(NAMED),
    "people": _several(NAMED),
    "places": _several(NAMED),
    "organisations": _several(NAMED),
    "objects": _several(NAMED),
    "infoSources": _several(_of(name=TEXT, role=TEXT, uri=URI)),
    "altIds": _several(_of(role=TEXT, value=TEXT)),
    "renditions": _several(_of("name", name=TEXT, href=URI, contentType=TEXT, width={"type": "integer"}, height={"type": "integer"})),
}
ASSOCIATED = _of("name", "uri", name=TEXT, rel=TEXT, **{name: shape for name, shape in PROPERTIES.items() if name != "standard"})
NINJS = Draft202012Validator(_of("uri", **PROPERTIES, associations=_several(ASSOCIATED)), format_checker=FormatChecker())


@pytest.fixture
def written(publish):
    """A story with all that it may have, and a bare one."""
    photo = Photo.objects.create(
        title="橋", file=get_test_image_file("bridge.jpg", size=(90, 60)), caption="渡り初め", credit="写真部・森", alt_text="橋を渡る人"
    )
    inline = Photo.objects.create(title="港", file=get_test_image_file("harbour.jpg", size=(80, 50)), credit="森あおい")
    topic = Topic.objects.create(name="橋", slug="bridge")
    person = Person.objects.create(name="佐登はるか", slug="sato")
    Name.objects.create(name="汐見大橋", slug="shiomi-bridge", kind="place", wikidata="Q42")
    whole = publish(
        "汐見大橋 & <開通>",
        short_headline="大橋開通",
        summary="橋が開いた。",
        standfirst="十年かかった。",
        lead_photo=photo,
        topics=[topic],
        bylines=[(person, "text")],
        corrections=[CorrectionDraft(made_at=MOMENT, text="長さを正しました。")],
        published_at=MOMENT,
        updated_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
    )
    whole.body = [
        ("paragraph", '<p>汐見大橋が<b>開通</b>した。<a href="/politics">政治面</a></p>'),
        ("subheading", "渡り初め"),
        ("photo", {"photo": inline, "caption": "船が並ぶ", "alt_text": ""}),
        ("quotation", {"text": "待っていた。", "speaker": "市長"}),
    ]
    whole.save_revision().publish()
    return StoryPage.objects.get(pk=whole.pk), publish("ただの記事", published_at=MOMENT)


@pytest.fixture
def partner(newspaper):
    """A partner, before there is anything to take."""
    paper = NewspaperSettings.load()
    paper.partners = f"市の通信社: {TOKEN}"
    paper.full_clean()
    paper.save()


@pytest.fixture
def site(partner, written, press, settings):
    """The printed paper, asked as readers ask it."""
    log = press()
    asking = Asking.__new__(Asking)
    asking.log = log
    somewhere = str(log.path.parent / "nowhere")
    asking._settings = ReaderSettings(
        sheet_log=str(log.path),
        media_dir=settings.STORAGES["renditions"]["OPTIONS"]["location"],
        related_store=somewhere,
        collector_socket=somewhere,
        search_socket=somewhere,
        base_url="http://127.0.0.1:8000",
    )
    return asking


def test_partners_and_nobody_else_get_stories_in_the_formats_of_agencies(site, press, written):
    _ninjs(site, written)
    _newsml(site, written)
    _nothing_is_given_without_a_token(site, written[0])
    _what_was_withdrawn_is_given_to_nobody(site, press, *written)
    _who_is_no_partner_any_more_gets_nothing_more(site, press, written[1])


def _ninjs(site, written):
    (feed,) = site.asked("/partners/ja/ninjs.json", authorization=f"Bearer {TOKEN}")
    assert feed.headers["cache-control"] == "private, no-cache"
    items = {item["altIds"][0]["value"]: item for item in feed.told["items"]}
    assert set(items) == {story.story_id for story in written}
    for item in items.values():
        NINJS.validate(item)
    item = items[written[0].story_id]
    assert [(said["role"], said["value"]) for said in item["headlines"]] == [("main", "汐見大橋 & <開通>"), ("short", "大橋開通")]
    assert item["places"] == [{"name": "汐見大橋", "rel": "about", "uri": "http://www.wikidata.org/entity/Q42"}]
    assert (item["by"], item["edNote"]) == ("佐登はるか", "2026-11-24T09:05:00Z 長さを正しました。")
    (lead,) = item["associations"]
    assert (lead["by"], lead["descriptions"][0]["value"]) == ("写真部・森", "渡り初め")
    assert lead["renditions"][0]["href"].startswith("http://127.0.0.1:8000/media/")
    (single,) = site.asked(f"/partners/stories/{written[0].story_id}/ninjs.json?token={TOKEN}")
    assert single.told == item


def _newsml(site, written):
    (feed,) = site.asked("/partners/ja/newsml.xml", authorization=f"Bearer {TOKEN}")
    message = etree.fromstring(feed.body)
    items = message.findall(f"{G2}itemSet/{G2}newsItem")
    assert len(items) == 2
    (item,) = [item for item in items if item.findtext(f"{G2}contentMeta/{G2}altId") == written[0].story_id]
    assert (item.get("standard"), item.get("standardversion"), item.get("conformance")) == ("NewsML-G2", "2.34", "power")
    meta = item.find(f"{G2}itemMeta")
    assert [child.tag.removeprefix(G2) for child in meta] == [
        *("itemClass", "provider", "versionCreated", "firstCreated", "pubStatus", "title", "edNote"),
    ]
    assert item.findtext(f"{G2}contentMeta/{G2}headline") == "汐見大橋 & <開通>"
    page = item.find(f"{G2}contentSet/{G2}inlineXML")[0]
    assert page.tag == "{http://www.w3.org/1999/xhtml}html"
    assert "待っていた。" in "".join(page.itertext())
    (single,) = site.asked(f"/partners/stories/{written[0].story_id}/newsml.xml?token={TOKEN}")
    assert etree.fromstring(single.body).get("guid") == item.get("guid")


@pytest.mark.skipif("KAWARABAN_NEWSML_XSD" not in os.environ, reason="KAWARABAN_NEWSML_XSD names no schema of NewsML-G2")
def test_newsml_is_as_its_schema_has_it(site):
    (feed,) = site.asked("/partners/ja/newsml.xml", authorization=f"Bearer {TOKEN}")
    etree.XMLSchema(file=os.environ["KAWARABAN_NEWSML_XSD"]).assertValid(etree.fromstring(feed.body))


@pytest.mark.skipif("KAWARABAN_NINJS_SCHEMA" not in os.environ, reason="KAWARABAN_NINJS_SCHEMA names no schema of ninjs 3.1")
def test_ninjs_is_as_its_schema_has_it(site):
    schema = json.loads(Path(os.environ["KAWARABAN_NINJS_SCHEMA"]).read_text(encoding="utf-8"))
    (feed,) = site.asked("/partners/ja/ninjs.json", authorization=f"Bearer {TOKEN}")
    for item in feed.told["items"]:
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(item)


def _nothing_is_given_without_a_token(site, story):
    address = f"/partners/stories/{story.story_id}/ninjs.json"
    for target, headers in ((address, {}), (f"{address}?token=none", {}), ("/partners/ja/ninjs.json", {"authorization": "Bearer x"})):
        (answer,) = site.asked(target, **headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "token" in answer.told["error"]
    (hidden,) = site.asked("/_partners/ja/ninjs.json")
    assert hidden.status == 404


def _what_was_withdrawn_is_given_to_nobody(site, press, withdrawn, other):
    withdraw_story(story=withdrawn, actor=None)
    press()
    one, feed = site.asked(f"/partners/stories/{withdrawn.story_id}/ninjs.json", "/partners/ja/ninjs.json", authorization=f"Bearer {TOKEN}")
    assert one.status == 404
    assert [item["altIds"][0]["value"] for item in feed.told["items"]] == [other.story_id]


def _who_is_no_partner_any_more_gets_nothing_more(site, press, story):
    paper = NewspaperSettings.load()
    paper.partners = ""
    paper.save()
    press()
    (answer,) = site.asked(f"/partners/stories/{story.story_id}/ninjs.json", authorization=f"Bearer {TOKEN}")
    assert answer.status == 401


@pytest.mark.parametrize("line", ["no token", "name: short", ": aaaaaaaaaaaaaaaaaaaaaaaaa", f"a: {TOKEN}\nb: {TOKEN}"])
def test_a_line_that_is_no_partner_is_refused(newspaper, line):
    paper = NewspaperSettings.load()
    paper.partners = line
    with pytest.raises(ValidationError, match=r"Line|行"):
        paper.full_clean()


def test_ninjs_goes_out_and_comes_in_again(written, tmp_path):
    file, media = tmp_path / "out.ninjs", tmp_path / "photos"
    assert export_file(file, media) == 2
    for line in file.read_text(encoding="utf-8").splitlines():
        NINJS.validate(json.loads(line))
    kind, options = format_named("ninjs"), Options(source_name="again")
    report = bring_in(kind.open([file], options), options=options, media=[open_files(media)])
    assert (report.new, report.problems, report.missing_photos) == (2, [], {})
    for before in written:
        after = StoryPage.objects.get(import_source="again", title=before.title)
        # Where no summary is told, an import takes the first sentence.
        assert after.summary == (before.summary or "本文です。")
        for name in ("title", "short_headline", "standfirst", "published_at", "updated_at"):
            assert getattr(after, name) == getattr(before, name), name
        assert [_shown(block) for block in after.body] == [_shown(block) for block in before.body]
        assert list(after.topics.all()) == list(before.topics.all())
        assert [byline.person.name for byline in after.bylines.all()] == [byline.person.name for byline in before.bylines.all()]
        assert after.get_parent().pk == before.get_parent().pk
        assert (after.lead_photo and (after.lead_photo.credit, after.lead_photo.caption)) == (
            before.lead_photo and (before.lead_photo.credit, before.lead_photo.caption)
        )


def _shown(block):
    """What readers see of a block: where a photo's caption is kept is nobody's business."""
    if block.block_type != "photo":
        return block.block_type, re.sub(r'href="[^"]*"', "", str(block.value))
    photo = block.value["photo"]
    return block.value["caption"] or photo.caption, photo.credit


def test_the_whole_site_stands_in_plain_files(site, written, press, tmp_path):
    old = ("/2021/05/bridge", "/archives/12.html", "/?p=12", "/元の/記事")
    lead_old_addresses(to=dict.fromkeys(old, written[0]))
    press()
    count = export_site(tmp_path / "site", site._settings)
    assert count > 20
    handler = functools.partial(_Silent, directory=tmp_path / "site")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        with httpx.Client(base_url=base, follow_redirects=True) as client:
            pages, broken = _crawled(client)
            story = client.get(written[0].reader_path)
            led = {path: html.fromstring(client.get(path).content) for path in old if "?" not in path}
            feeds = {name: feedparser.parse(client.get(name).content) for name in ("/feed.xml", "/atom.xml", "/politics/feed.xml")}
    finally:
        server.shutdown()
        server.server_close()
    assert broken == {}
    assert "汐見大橋" in story.text
    for page in led.values():
        assert page.xpath("//meta[@http-equiv='refresh']/@content") == [f"0; url={written[0].reader_path}"]
    for feed in feeds.values():
        assert (feed.bozo, {entry.link.removeprefix("http://127.0.0.1:8000") for entry in feed.entries}) == (
            False,
            {story.reader_path for story in written},
        )
    assert {"/", "/politics", written[0].reader_path, "/en", "/feed.xml"} <= pages
    assert {"feed.json", "sitemap.xml", "robots.txt", "news-sitemap.xml"} <= {path.name for path in (tmp_path / "site").iterdir()}
    assert any(page.startswith("/media/") for page in pages)
    assert "partners" not in {path.name for path in (tmp_path / "site").iterdir()}
    assert (tmp_path / "site" / "404.html").exists()


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


def _crawled(client) -> tuple[set[str], dict[str, str]]:
    """Follow every link within the site from its front page on; return what was found, and what was not with the page that names it."""
    waiting, known, broken = [("/", "")], {"/"}, {}
    while waiting:
        path, named_by = waiting.pop()
        answer = client.get(path)
        if answer.status_code != 200:
            broken[path] = named_by
            continue
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            tree = html.fromstring(answer.content)
            found = [
                *tree.xpath("//@href"),
                *tree.xpath("//@src"),
                *(part.split()[0] for text in tree.xpath("//@srcset") for part in text.split(",")),
            ]
        elif "xml" in kind:
            found = re.findall(r"http://127\.0\.0\.1:8000(/[^<\"&\s]*)", answer.text)
        else:
            found = []
        for link in found:
            parts = urlsplit(urljoin(f"http://127.0.0.1:8000{path}", link.replace("http://127.0.0.1:8000", "")))
            if parts.netloc == "127.0.0.1:8000" and parts.path not in known and not parts.query:
                known.add(parts.path)
                waiting.append((parts.path, path))
    return known, broken
