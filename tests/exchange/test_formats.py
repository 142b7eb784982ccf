"""Every other format that a newsroom may come from: what it holds comes over, what is wrong is told, and nothing ends an import."""

import gzip
import json
import os
import re
from html import escape

import pytest
import saved_pages
from exports import item, wxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kawaraban.exchange import formats
from kawaraban.exchange.counting import CountedItem, Uncounted, shown_in
from kawaraban.exchange.formats.movabletype.reading import encoding_of
from kawaraban.exchange.formats.oldsite import plain_of
from kawaraban.exchange.formats.page.markup import story_in_page
from kawaraban.exchange.formats.page.text import moment_in, story_in_text
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.models import ImportRun
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.proving.proof import prove
from kawaraban.exchange.proving.writing import write_report
from kawaraban.exchange.shapes import ImportReport, Problem
from kawaraban.newsroom.models import AboutPage, StoryPage
from kawaraban.project.commands.bring import FORMATS

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(newspaper, tmp_path):
    """Brings a file over, and says what came of it."""

    def one(name, content, **asked):
        path = tmp_path / f"export.{name}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        kind, options = formats.format_named(name), Options(source_name="old", base_url="https://old.example.jp", **asked)
        report = bring_in(kind.open([path], options), options=options)
        return report, prove(kind.count([path]), source="old", format_name=name, report=report, ask=None)

    return one


def story(source_id):
    return StoryPage.objects.get(import_source="old", import_id=source_id)


def kinds(page):
    return [block.block_type for block in page.body]


def test_the_command_knows_the_formats_that_there_are():
    assert FORMATS == formats.NAMES
    with pytest.raises(KeyError):
        formats.format_named("other")


# ------------------------------------------------------------------ Movable Type

MOVABLE_TYPE = """AUTHOR: 橘 圭
TITLE: 橋の開通 &amp; 祭
BASENAME: bridge_opening
STATUS: Publish
ALLOW COMMENTS: 1
CONVERT BREAKS: 1
PRIMARY CATEGORY: まち
CATEGORY: まち
CATEGORY: 橋
DATE: 05/01/2021 06:00:00 PM
TAGS: "祭 り",港
-----
BODY:
一行目
二行目

次の段落。
-----
EXTENDED BODY:
<p>続き。</p>
-----
EXCERPT:
要約。
-----
KEYWORDS:

-----
COMMENT:
AUTHOR: 読者
IP: 192.0.2.7
感想
-----
--------
AUTHOR: 橘 圭
TITLE: 下書き
STATUS: Draft
CONVERT BREAKS: richtext
DATE: 05/02/2021 01:00:00 AM
-----
BODY:
<p>本文。</p>
-----
--------
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp"])
def test_movable_type_comes_over_in_every_encoding(bring, tmp_path, encoding):
    report, proof = bring("movabletype", MOVABLE_TYPE.replace("\n", "\r\n").encode(encoding), archive_dir=tmp_path)
    assert (report.new, report.problems, proof.lengths, proof.is_complete) == (2, [], [], True)
    page = story("bridge_opening")
    assert (page.title, page.summary, page.get_parent().title) == ("橋の開通 & 祭", "要約。", "まち")
    assert [block["value"] for block in page.body.raw_data] == ["<p>一行目<br/>二行目</p>", "<p>次の段落。</p>", "<p>続き。</p>"]
    assert {topic.name for topic in page.topics.all()} == {"橋", "祭 り", "港"}
    assert page.published_at.isoformat() == "2021-05-01T09:00:00+00:00"
    assert [byline.person.name for byline in page.bylines.all()] == ["橘 圭"]
    assert not StoryPage.objects.get(title="下書き").live
    assert (proof.kinds["comment"].in_source, proof.kinds["comment"].here) == (1, 1)


def test_an_encoding_may_be_told(tmp_path):
    path = tmp_path / "x"
    path.write_bytes("ｱｲｳ".encode("cp932"))
    assert encoding_of(path, "euc-jp") == "euc_jp"
    # The second reader takes it as it is told, too.
    path.write_bytes("TITLE: ｱｲｳ橋\n-----\nBODY:\n本文。\n-----\n--------\n".encode("cp932"))
    kind = formats.format_named("movabletype")
    assert [item.title for item in kind.count([path], "cp932")] == ["ｱｲｳ橋"]
    assert kind.has_encoding


# ------------------------------------------------------------------ Ghost


def lexical(*children):
    return json.dumps({"root": {"type": "root", "children": list(children)}})


def words(text, form=0):
    return {"type": "extended-text", "text": text, "format": form}


GHOST = {
    "db": [
        {
            "meta": {"version": "6.0.0"},
            "data": {
                "posts": [
                    {
                        "id": "p1",
                        "title": "橋が開通",
                        "slug": "bridge",
                        "status": "published",
                        "visibility": "public",
                        "type": "post",
                        "lexical": lexical(
                            {"type": "paragraph", "children": [words("太字", 1), words("と<本文>。")]},
                            {"type": "extended-heading", "tag": "h2", "children": [words("背景")]},
                            {"type": "image", "src": "__GHOST_URL__/content/images/a.jpg", "alt": "橋", "caption": "橋。/海辺通信"},
                            {"type": "list", "listType": "number", "children": [{"type": "listitem", "children": [words("一")]}]},
                            {"type": "embed", "url": "https://youtu.be/abcdefghijk"},
                            {"type": "signup", "header": "x"},
                        ),
                        "html": "<p><b>太字</b>と&lt;本文&gt;。</p><h2>背景</h2><figure><img src='__GHOST_URL__/content/images/a.jpg'><figcaption>橋。/海辺通信</figcaption></figure><ol><li>一</li></ol>",
                        "custom_excerpt": "要約。",
                        "published_at": "2021-05-01T09:00:00.000Z",
                        "updated_at": "2021-05-01T09:00:10.000Z",
                    },
                    {
                        "id": "p2",
                        "title": "古い記事",
                        "slug": "old",
                        "status": "published",
                        "type": "post",
                        "mobiledoc": json.dumps(
                            {
                                "markups": [["strong"], ["a", ["href", "https://example.com/"]]],
                                "cards": [["html", {"html": "<p>札</p><script>x()</script>"}], ["callout", {"calloutText": "注意"}]],
                                "sections": [
                                    [1, "p", [[0, [0], 1, "太字"], [0, [], 0, "本文"], [0, [1], 1, "先"]]],
                                    [10, 0],
                                    [10, 1],
                                    [3, "ul", [[[0, [], 0, "一"]]]],
                                    [10, 99],
                                ],
                            }
                        ),
                        "published_at": "2021-05-01T09:00:00.000Z",
                    },
                    {
                        "id": "p3",
                        "title": "会員",
                        "slug": "m",
                        "status": "published",
                        "visibility": "members",
                        "type": "post",
                        "html": "<p>本文。</p>",
                    },
                    {"id": "p4", "title": "会社", "slug": "about-us", "status": "published", "type": "page", "html": "<p>本文。</p>"},
                ],
                "tags": [
                    {"id": "t1", "name": "まち", "slug": "town"},
                    {"id": "t2", "name": "橋", "slug": "b"},
                    {"id": "t3", "name": "#内部", "slug": "i"},
                ],
                "posts_tags": [
                    {"post_id": "p1", "tag_id": "t2", "sort_order": 1},
                    {"post_id": "p1", "tag_id": "t1", "sort_order": 0},
                    {"post_id": "p1", "tag_id": "t3", "sort_order": 2},
                ],
                "users": [{"id": "u1", "name": "橘 圭", "slug": "kei"}],
                "posts_authors": [{"post_id": "p1", "author_id": "u1"}],
            },
        }
    ]
}


def test_ghost_comes_over(bring):
    report, proof = bring("ghost", json.dumps(GHOST))
    assert (report.new, report.problems, proof.is_complete) == (3, [], True)
    page = story("p1")
    assert kinds(page) == ["paragraph", "subheading", "missing_photo", "paragraph", "embed"]
    assert page.body.raw_data[0]["value"] == "<p><b>太字</b>と&lt;本文&gt;。</p>"
    assert page.body.raw_data[2]["value"]["credit"] == "海辺通信"
    assert (page.summary, page.get_parent().title, [topic.name for topic in page.topics.all()], page.updated_at) == (
        "要約。",
        "まち",
        ["橋"],
        None,
    )
    assert [block["value"] for block in story("p2").body.raw_data] == [
        '<p><b>太字</b>本文<a href="https://example.com/">先</a></p>',
        "<p>札</p>",
        {"text": "注意", "speaker": ""},
        "<ul><li>一</li></ul>",
    ]
    assert not story("p3").live
    assert AboutPage.objects.get(title="会社").slug == "about-us"
    assert report.noted["card of Ghost's own: signup"] == 1


# ------------------------------------------------------------------ feeds

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<item><title>橋 &amp; 港</title><link>https://old.example.jp/town/1/</link><guid isPermaLink="false">x1</guid><pubDate>Sat, 01 May 2021 18:00:00 +0900</pubDate>
<dc:creator>橘 圭</dc:creator><category>祭</category><description>要約。</description><content:encoded><![CDATA[<p>本文。</p><h2>背景</h2><p>続き。</p>]]></content:encoded></item>
<item><description>題のない記事。</description><link>https://old.example.jp/town/2/</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja"><entry><id>x1</id><title>橋 &amp; 港</title><link href="https://old.example.jp/town/1/"/>
<published>2021-05-01T18:00:00+09:00</published><updated>2021-05-02T18:00:00+09:00</updated><author><name>橘 圭</name></author><category term="祭"/>
<summary>要約。</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>本文。</p><h2>背景</h2><p>続き。</p></div></content></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "x1",
                "url": "https://old.example.jp/town/1/",
                "title": "橋 & 港",
                "content_html": "<p>本文。</p><h2>背景</h2><p>続き。</p>",
                "summary": "要約。",
                "date_published": "2021-05-01T18:00:00+09:00",
                "authors": [{"name": "橘 圭"}],
                "tags": ["祭"],
            }
        ],
    }
)


@pytest.mark.parametrize("feed", [RSS, ATOM, JSON_FEED])
def test_feeds_come_over(bring, feed):
    report, proof = bring("feed", feed)
    assert (report.problems, proof.is_complete) == ([], True)
    page = story("x1")
    assert (page.title, page.summary, kinds(page)) == ("橋 & 港", "要約。", ["paragraph", "subheading", "paragraph"])
    assert page.published_at.isoformat() == "2021-05-01T09:00:00+00:00"
    assert ([byline.person.name for byline in page.bylines.all()], [topic.name for topic in page.topics.all()]) == (["橘 圭"], ["祭"])


def test_a_broken_feed_is_told_with_its_line_and_what_can_be_read_comes_over(bring):
    report, _ = bring("feed", RSS.replace("</channel></rss>", ""))
    assert (report.new, len(report.problems)) == (2, 1)
    assert report.problems[0].startswith("export.feed, line 4: it is no XML")


# ------------------------------------------------------------------ ninjs


def ninjs(**fields):
    return {
        "uri": "urn:x:1",
        "type": "text",
        "language": "ja",
        "versioncreated": "2021-05-02T09:00:00Z",
        "firstcreated": "2021-05-01T09:00:00Z",
        **fields,
    }


@pytest.mark.parametrize(
    "item",
    [
        ninjs(headline="橋", body_html="<p>本文。</p>", byline="橘 圭", subject=[{"name": "祭"}], copyrightholder="海辺通信"),
        ninjs(
            headlines=[{"value": "橋"}],
            bodies=[{"contenttype": "text/html", "value": "<p>本文。</p>"}],
            by=[{"name": "橘 圭"}],
            subjects=[{"name": "祭"}],
            infosources=[{"name": "海辺通信"}],
        ),
        ninjs(headline="橋", body_text="本文。", byline="橘 圭", subject=[{"name": "祭"}], copyrightholder="海辺通信"),
    ],
)
def test_ninjs_of_every_version_comes_over(bring, item):
    picture = {
        "uri": "urn:x:2",
        "type": "picture",
        "headline": "橋の写真",
        "byline": "沖野みお",
        "renditions": {"small": {"href": "https://w.example/s.jpg", "width": 9}, "large": {"href": "https://w.example/l.jpg", "width": 90}},
    }
    report, proof = bring("ninjs", json.dumps({**item, "associations": {"main": picture}}))
    assert (report.problems, proof.is_complete, list(proof.missing_photos)) == ([], True, ["https://w.example/l.jpg"])
    page = story("urn:x:1")
    assert (page.title, kinds(page), page.source_name) == ("橋", ["missing_photo", "paragraph"], "海辺通信")
    assert page.updated_at > page.published_at


def test_withdrawn_and_embargoed_items_are_not_published(bring):
    lines = [
        ninjs(headline="取消", body_text="x", pubstatus="canceled"),
        ninjs(uri="urn:x:3", headline="解禁前", body_text="x", embargoed="2090-01-01T00:00:00Z"),
    ]
    report, proof = bring("ninjs", "\n".join(json.dumps(line) for line in lines))
    assert report.left_out == {"urn:x:1": "its sender says of it: canceled"}
    assert (story("urn:x:3").live, proof.is_complete) == (False, True)


def test_a_broken_line_of_items_is_named_and_the_others_come_over(bring):
    lines = [
        json.dumps(ninjs(uri="urn:x:4", headline="一", body_text="x")),
        "{",
        json.dumps(ninjs(uri="urn:x:5", headline="二", body_text="x")),
    ]
    report, _ = bring("ninjs", "\n".join(lines))
    (problem,) = report.problems
    assert "line 2 is no JSON" in problem
    assert story("urn:x:4").live
    assert story("urn:x:5").live
    report, _ = bring("ninjs", "{\n" * 3)
    assert len(report.problems) == 1
    assert "is no JSON" in report.problems[0]


@pytest.mark.parametrize("depth", [600, 800])
def test_an_item_that_is_nested_too_deeply_is_told_and_the_others_come_over(bring, depth):
    deep = json.loads("[" * depth + "]" * depth)
    items = [
        ninjs(uri="urn:x:6", headline="一", body_text="x"),
        ninjs(uri="urn:x:7", headline="二", body_text="x", x=deep),
        ninjs(uri="urn:x:8", headline="三", body_text="x"),
    ]
    report, proof = bring("ninjs", json.dumps({"items": items}))
    assert report.problems == ["export.ninjs, item 2: it is nested too deeply to be read: the item is left out"]
    assert [story(name).title for name in ("urn:x:6", "urn:x:8")] == ["一", "三"]
    assert ([row.source_id for row in proof.explained], proof.is_complete) == (["urn:x:7"], True)


# ------------------------------------------------------------------ pages

PAGE_TEXT = """2026年 11月 28日 (土曜日)

9.7 C

汐見

汐見大橋が開通、市民ら三千人が朝から渡り初め

2026年11月27日 18:05

開通した汐見大橋を渡る市民ら。/海辺通信

汐見市で二十七日、架け替え工事が終わった汐見大橋が開通し、市民ら約三千人が朝から新しい橋を渡った。

「子どものころから毎日渡った橋。新しくなってうれしい」と、渡り初めに加わった港町の女性は話した。

高さを増した橋の下

工事は四年前に始まり、橋の高さが二メートル増えたことで、満潮のときにも漁船が下を通れるようになった。

文：橘 圭

アクセスランキング

潮見が丘の新しい市場、初日から行列

市場には朝の五時から行列ができ、水揚げされたばかりの鯖や鰺が並ぶそばから売れていったという。

関連記事
"""


def test_the_story_is_found_in_a_page_of_text():
    found = story_in_text(PAGE_TEXT, Noted())
    assert found.title == "汐見大橋が開通、市民ら三千人が朝から渡り初め"
    assert [type(block).__name__ for block in found.body] == ["Picture", "Paragraph", "Paragraph", "Subheading", "Paragraph"]
    assert (found.body[0].photo.caption, found.body[0].photo.credit) == ("開通した汐見大橋を渡る市民ら。", "海辺通信")
    assert (found.published_at.isoformat(), found.bylines) == ("2026-11-27T18:05:00+09:00", ["橘 圭"])


def shape_of(page):
    """Return what came over of a page, in a few words."""
    blocks = []
    for block in page.body.raw_data:
        value = block["value"]
        words = value if isinstance(value, str) else f"{value['caption']} / {value['credit']}"
        blocks.append((block["type"], re.sub(r"<[^>]*>", "", words)))
    return blocks


@pytest.mark.parametrize(
    ("name", "title", "language", "moment", "authors", "photo", "begin_and_end", "count"),
    [
        (
            "TABLES",
            "朝市に千人、磯浜港で三年ぶり",
            "ja",
            "2026-11-27T09:05:00+00:00",
            [],
            "魚を買い求める人たち＝27日、磯浜港 / ",
            ("磯浜港の朝市が", "臨時のバスも走らせる。"),
            4,
        ),
        (
            "KOREAN",
            "해오름시 새 다리 개통…시민 3천 명 몰려",
            "ko",
            "2026-11-27T09:05:00+00:00",
            ["김바다"],
            "27일 새 다리를 걷는 시민들. / 해오름일보",
            ("(해오름=해오름일보)", "자전거길도 놓을 계획이다."),
            4,
        ),
        (
            "SCRIPTED",
            "Harbour bridge reopens after four years",
            "en",
            "2026-11-27T09:05:00+00:00",
            ["Jo Marlow"],
            "People cross the bridge. / Ann Reyes",
            ("The harbour bridge", "the old town said."),
            4,
        ),
        (
            "LINES",
            "朝市に千人、磯浜港で三年ぶりに開催",
            "ja",
            "2026-11-27T09:05:00+00:00",
            ["森あおい"],
            "魚を買い求める人たち＝27日、磯浜港 / 磯浜タイムス",
            ("磯浜港の朝市が", "臨時のバスも走らせる。"),
            5,
        ),
        (
            "ENGLISH",
            "Harbour bridge reopens after four years of work",
            "en",
            "2026-11-27T09:05:00+00:00",
            ["Jo Marlow"],
            "People cross the new bridge on Friday morning. / Ann Reyes",
            ("The harbour bridge", "stand on the new one."),
            6,
        ),
    ],
)
def test_a_page_built_in_any_way_gives_its_story_and_nothing_around_it(  # noqa: PLR0917
    bring, name, title, language, moment, authors, photo, begin_and_end, count
):
    report, proof = bring("page", getattr(saved_pages, name))
    assert (report.new, report.problems) == (1, [])
    # The second reader found each of its sentences here; of bare text, and of what a script draws, it can say nothing.
    assert (proof.is_complete, proof.lengths) == (True, [])
    assert bool(proof.sample[0].words_there) == (name != "SCRIPTED")
    if photo.startswith("魚"):
        named = "picture without an address" in next(iter(proof.missing_photos))
        assert named == (name == "LINES")
    page = story("export.page")
    assert (page.title, page.language, page.published_at.isoformat()) == (title, language, moment)
    assert [byline.person.name for byline in page.bylines.all()] == authors
    (picture, *words) = shape_of(page)
    assert picture == ("missing_photo", photo)
    assert len(words) + 1 == count
    assert words[0][1].startswith(begin_and_end[0])
    assert words[-1][1].endswith(begin_and_end[1])


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("Published Nov. 27, 2026 6:05 p.m.", "2026-11-27T18:05:00+09:00"),
        ("27 November 2026, 12:10 am", "2026-11-27T00:10:00+09:00"),
        ("입력 2026.11.27. 오후 6:05", "2026-11-27T18:05:00+09:00"),
        ("2026年11月27日 午前9時05分", "2026-11-27T09:05:00+09:00"),
        ("2026/2/30 10:00", None),
        ("May 1 is a holiday", None),
    ],
)
def test_a_moment_is_read_in_every_language(said, moment):
    found = moment_in(said)
    assert (found and found.isoformat()) == moment


def test_a_page_comes_over_in_whatever_letters_its_file_is_named(newspaper, tmp_path):
    path = tmp_path / os.fsdecode("橋.txt".encode("cp932"))
    path.write_text(PAGE_TEXT, encoding="utf-8")
    kind, options = formats.format_named("page"), Options(source_name="old")
    report = bring_in(kind.open([path], options), options=options)
    assert (report.new, report.problems) == (1, [])


def test_the_page_that_we_began_with(shared):
    path = shared / "seed" / "page.txt"
    text = path.read_text(encoding="utf-8")
    found = story_in_text(text, Noted())
    kinds = [type(block).__name__ for block in found.body]
    assert (kinds.count("Paragraph"), kinds.count("Picture"), len(kinds)) == (12, 2, 14)
    assert (found.title, found.published_at) == (text.splitlines()[4], None)
    assert {block.photo.credit for block in found.body if hasattr(block, "photo")} == {"聯合ニュース"}


PAGE_HTML = """<!doctype html><html lang="ja"><head><title>汐見大橋が開通 | 汐見新聞</title><meta property="og:site_name" content="汐見新聞">
<link rel="canonical" href="https://old.example.jp/town/1/">{data}</head><body><header><h1>汐見新聞オンライン</h1></header><nav><ul><li><a href="/">面の一覧から探す</a></li></ul></nav>
<div class="wrapper"><div class="main-column"><h1>汐見大橋が開通</h1><time datetime="2026-11-27T18:05:00+09:00">11月27日</time><div class="share">シェアする、投稿する、送る、保存する</div>
<div class="entry-body"><figure><img src="/a.jpg"><figcaption>開通した橋。（写真＝海辺通信）</figcaption></figure><p>汐見市で二十七日、架け替え工事が終わった汐見大橋が開通した。</p><h2>工事は四年</h2>
<p>工事は四年前に始まり、橋の高さが二メートル増えた。<script>x()</script></p><ul class="related-list"><li><a href="/2">関連する記事の見出しが並ぶところ</a></li></ul></div></div>
<aside><h2>ランキング</h2><p>一位の記事の見出しと、その要約がここに長く長く書かれている。</p></aside></div><footer><p>無断転載を禁じます。著作権は汐見新聞社に帰属します。</p></footer></body></html>"""
SAYS = '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"汐見大橋が開通","datePublished":"2026-11-27T18:05:00+09:00","author":[{"@type":"Person","name":"橘 圭"}],"articleSection":"まち"}]}</script>'


@pytest.mark.parametrize("data", ["", SAYS, '<script type="application/ld+json">{"@type":</script>'])
def test_the_story_is_found_in_a_page_of_html(bring, data):
    report, proof = bring("page", PAGE_HTML.format(data=data) if not data else PAGE_HTML.replace("{data}", data))
    assert (report.new, report.problems, proof.is_complete) == (1, [], True)
    page = story("export.page")
    assert page.title == "汐見大橋が開通"
    assert page.published_at.isoformat() == "2026-11-27T09:05:00+00:00"
    assert kinds(page) == ["missing_photo", "paragraph", "subheading", "paragraph"]
    assert (page.body.raw_data[0]["value"]["caption"], page.body.raw_data[0]["value"]["credit"]) == ("開通した橋。", "海辺通信")
    assert "x()" not in str(page.body)
    assert page.source_url == "https://old.example.jp/town/1/"


RIGHTS_STORY = [
    "改正著作権法が28日の参院本会議で可決、成立した。漫画や論文を許しなく載せたサイトへ読み手を導くことにも、来年から罰が科されることになる。",
    "文化庁は、作品をたまたま写真に写し込んだ場合などは罪に問わないとし、使う人が萎縮しないように手引きを作って広く知らせるとしている。",
    "漫画の無断転載による被害は、昨年だけで数千億円に上るとみられる。",
    "施行のあとも、著作権者が訴え出なければ罪には問われない。",
]
KOREAN_RIGHTS_STORY = [
    "저작권법 개정안이 28일 국회 본회의를 통과해 내년 1월부터 시행된다. 만화를 허락 없이 올린 곳으로 이끄는 일도 처벌을 받게 된다.",
    "문화부는 쓰는 사람이 위축되지 않도록 안내서를 만들어 널리 알리겠다고 밝혔으며, 다음 달부터 전국에서 설명회를 열 예정이다.",
    "만화 무단 복제에 따른 피해는 지난해에만 수천억 원에 이른다.",
]


@pytest.mark.parametrize("paragraphs", [RIGHTS_STORY, KOREAN_RIGHTS_STORY], ids=["ja", "ko"])
@pytest.mark.parametrize(
    "notice",
    [
        "",
        "無断転載禁止",
        "当サイトの記事、写真の無断転載を禁じます。すべての内容は日本の著作権法により保護されています。",
        "記事・写真の無断複製を禁ず。",
        "著作権は汐見新聞社に帰属します。",
        "（無断転載禁止）",
        "<저작권자(c) 해오름일보, 무단 전재-재배포 금지>",
        "모든 콘텐츠는 저작권법의 보호를 받습니다.",
        "© 2026 The Shoreline Post. All rights reserved.",
    ],
)
@pytest.mark.parametrize("form", ["text", "html"])
def test_a_story_about_rights_keeps_its_paragraphs_and_notices_below_it_are_noted(paragraphs, notice, form):
    noted = Noted()
    found = found_in(["法の改正、来年一月から", *paragraphs, *([notice] if notice else [])], form, noted)
    assert [plain_of(block.html) for block in found.body] == paragraphs
    assert noted == ({"notice of rights below the text left out": 1} if notice else {})


def found_in(lines, form, noted):
    markup = "".join(f"<p>{escape(line)}</p>" for line in lines[1:])
    page = f"<html><body><article><h1>{lines[0]}</h1>{markup}</article></body></html>"
    return story_in_text("\n\n".join(lines), noted) if form == "text" else story_in_page(page, "", noted)


def test_the_report_says_that_a_notice_was_left_out(bring):
    report, _ = bring("page", "\n\n".join(["法の改正、来年一月から", *RIGHTS_STORY, "無断転載禁止"]))
    assert (report.new, report.noted) == (1, {"notice of rights below the text left out": 1})
    assert [words for _, words in shape_of(story("export.page"))] == RIGHTS_STORY


@pytest.mark.parametrize(
    "last",
    [
        "「無断転載を禁じます」と書かれた看板が立つ。",
        "作家の一人は「著作権は作者に帰属します」と話した。",
        "「わたしたちの著作権は、わたしたちで守る」",
        "市は、写真の無断転載を禁じる条例案を来月の議会に出す。",
        "Copyright law was changed on Friday, and printers are not pleased.",
        'On the cover stands "all rights reserved."',
        "저작권자 단체는 이를 환영했다.",
        "改正著作権法が28日の参院本会議で可決、成立した。（共同）",
        "「写真の無断転載を禁じます」。看板はそう告げる。",
    ],
)
def test_a_last_paragraph_that_speaks_of_rights_is_the_storys_own(last):
    noted = Noted()
    found = found_in(["法の改正、来年一月から", *RIGHTS_STORY[:2], last], "html", noted)
    assert [plain_of(block.html) for block in found.body] == [*RIGHTS_STORY[:2], last]
    assert noted == {}


def test_a_page_without_a_story_is_told(bring):
    report, proof = bring("page", "<html><body><nav><a href='/'>x</a></nav></body></html>")
    assert report.problems == ["export.page: no story was found in it: save the page of one story, with its text"]
    assert proof.is_complete


# ------------------------------------------------------------------ what the second reader cannot read

NO_ADDRESS = "http://[x/"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("feed", RSS.replace("https://old.example.jp/town/1/", NO_ADDRESS)),
        ("feed", json.dumps({"items": [{"id": "x1", "url": NO_ADDRESS}, {"id": "x2"}]})),
        ("movabletype", MOVABLE_TYPE.replace("STATUS: Publish\n", f"STATUS: Publish\nUNIQUE URL: {NO_ADDRESS}\n")),
        ("wordpress", wxr(item(1, "一", "本文", link=NO_ADDRESS), item(2, "二", "本文"))),
    ],
    ids=["rss", "json feed", "movabletype", "wordpress"],
)
def test_what_is_no_address_keeps_no_item_from_being_counted(bring, name, content):
    _, proof = bring(name, content)
    assert (proof.kinds["story"].in_source, proof.kinds["story"].here, proof.uncounted, proof.is_complete) == (2, 2, [], True)


@pytest.mark.parametrize(
    ("name", "content", "counted", "why"),
    [
        ("feed", RSS.replace("</channel></rss>", ""), 0, "no element found: line 4"),
        ("feed", '{"items": 1}', 0, "not iterable"),
        ("ghost", json.dumps(GHOST)[:-1], 0, "delimiter"),
        ("ninjs", json.dumps(ninjs()) + "\n{\n", 1, "line 2 is no JSON"),
        ("jsonl", b"no gzip", 0, "Not a gzipped file"),
        ("wordpress", wxr(item(1, "一")) + wxr(item(2, "二")), 1, "junk after document element"),
        ("wordpress", wxr(item(1, "一")).rpartition("</channel>")[0], 1, "no element found"),
        ("wordpress", gzip.compress(wxr(item(1, "一")).encode())[:-8], 0, "ended before the end-of-stream marker"),
        ("wordpress", gzip.compress(wxr(item(1, "一")).encode()), 1, None),
    ],
    ids=range(9),
)
def test_a_file_that_cannot_be_counted_to_its_end_is_told_and_the_next_one_is_counted(tmp_path, name, content, counted, why):
    first, second = tmp_path / ("first.gz" if name == "jsonl" else "first"), tmp_path / "second"
    first.write_bytes(content if isinstance(content, bytes) else content.encode())
    second.write_text({"wordpress": wxr(item(3, "三")), "ghost": json.dumps(GHOST)}.get(name) or SEEDS[name], encoding="utf-8")
    kind = formats.format_named(name)
    after = len(list(kind.count([second])))
    proof = prove(kind.count([first, second]), source="old", format_name=name, report=ImportReport(), ask=None)
    assert sum(each.in_source for each in proof.kinds.values()) == counted + after > counted
    if why is None:
        assert proof.uncounted == []
    else:
        (sentence,) = proof.uncounted
        assert sentence.startswith(f"{first.name} could not be counted to its end (")
        assert why in sentence


def test_a_proof_that_counted_not_all_is_not_complete(tmp_path):
    def proved(*counted):
        return prove(counted, source="old", format_name="feed", report=ImportReport(), ask=None)

    whole, part = (
        proved(CountedItem(source_id="1", kind="photo")),
        proved(CountedItem(source_id="1", kind="photo"), Uncounted("a.xml", "x")),
    )
    assert (whole.is_complete, part.is_complete, part.as_dict()["is_complete"]) == (True, False, False)
    assert part.verdict == "Not all of the source could be counted."
    _, page = write_report(part, tmp_path, language="ja")
    assert "元のファイルの一部を数えられませんでした。" in page.read_text(encoding="utf-8")
    assert "a.xmlを最後まで数えられませんでした（x）。その先は検証できていません" in page.read_text(encoding="utf-8")
    assert part.uncounted == ["a.xml could not be counted to its end (x): what stands behind is not proved"]


def test_what_begins_like_a_declaration_and_is_none_hides_nothing():
    assert shown_in("前<![foo[ x ]]>中<![ y>後<img src='/a.jpg'>") == ("前中後", 1)


def test_no_letter_of_a_source_keeps_its_report_from_being_written(bring, tmp_path):
    odd = "\0\x0b\uffff"
    feed = {"items": [{"id": f"x{odd}1", "title": f"題{odd}", "url": f"https://old.example.jp/a{odd}", "content_html": f"<p>本文{odd}。"}]}
    report, proof = bring("feed", json.dumps(feed))
    assert (proof.kinds["story"].here, proof.is_complete, proof.sample[0].title_there, proof.sample[0].old) == (1, True, "題", "/a")
    odd += "\ud800"
    report.found.append(Problem("", f"{odd}!"))
    report.left_out[f"1{odd}"] = f"of the type {odd}."
    report.noted[f"card {odd}"] += 1
    report.missing_photos[f"/a{odd}.jpg"] = odd
    counted = [CountedItem(source_id=f"1{odd}", kind="x"), Uncounted(f"{odd}.xml", odd)]
    proof = prove(counted, source="old", format_name="feed", report=report, ask=None)
    run = ImportRun.objects.create(source="old", format="feed", report=proof.as_dict())
    run.refresh_from_db()
    for text in [
        json.dumps(run.report, ensure_ascii=False),
        *(path.read_text("utf-8") for path in write_report(proof, tmp_path, language="ko")),
    ]:
        assert not {"\\u0000", "\\u000b", *odd} & set(text)
        assert "card " in text


# ------------------------------------------------------------------ whatever comes

SEEDS = {
    "movabletype": MOVABLE_TYPE,
    "ghost": json.dumps(GHOST),
    "feed": RSS,
    "ninjs": json.dumps(ninjs(headline="橋", body_html="<p>x")),
    "page": PAGE_TEXT,
    "jsonl": '{"id": 1, "title": "題"}',
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(sorted(SEEDS)))
def test_no_file_of_any_format_ends_an_import(newspaper, tmp_path, data, name):
    seed = SEEDS[name].encode()
    begin = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(begin, min(len(seed), begin + 200)))
    content = (
        seed[:begin]
        + data.draw(st.binary(max_size=20) | st.sampled_from([b"", b"<", b'"', b"null", b"[", b"\0", b"-----\n", b"9" * 400]))
        + seed[end:]
    )
    path = tmp_path / "odd"
    path.write_bytes(content)
    kind, options = formats.format_named(name), Options(source_name="odd")
    report = bring_in(kind.open([path], options), options=options, dry_run=True)
    assert all("\n" not in problem for problem in report.problems)
    list(kind.count([path]))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "posts",
                    "id",
                    "uri",
                    "items",
                    "headline",
                    "bodies",
                    "lexical",
                    "html",
                    "associations",
                    "renditions",
                    "url",
                    "title",
                    "tags",
                    "value",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON_VALUES, name=st.sampled_from(["ghost", "ninjs", "feed"]))
def test_no_json_ends_an_import(newspaper, tmp_path, value, name):
    path = tmp_path / "odd.json"
    wrapped = (
        {"db": [{"data": {"posts": value if isinstance(value, list) else [value]}}]}
        if name == "ghost"
        else {"items": value}
        if name == "feed"
        else value
    )
    path.write_text(json.dumps(wrapped), encoding="utf-8")
    kind, options = formats.format_named(name), Options(source_name="odd")
    bring_in(kind.open([path], options), options=options, dry_run=True)
    list(kind.count([path]))
