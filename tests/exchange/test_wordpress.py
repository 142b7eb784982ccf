"""A WordPress site comes over, with everything that its export holds, and proves it."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from asking import asked
from exports import BRIDGE, SITE, TAIL, TOWN, attachment, item, picture, wxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.contrib.redirects.models import Redirect

from kawaraban.exchange.formats.wordpress.importing import FORMAT
from kawaraban.exchange.formats.wordpress.reading import pieces_of
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.media.files import open_files
from kawaraban.exchange.models import KeptFields
from kawaraban.exchange.proving.proof import prove
from kawaraban.newsroom.models import AboutPage, Photo, StoryPage, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(newspaper, tmp_path, settings):
    """Brings items over, and says what came of it."""
    settings.MEDIA_ROOT = str(tmp_path / "originals")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    media = tmp_path / "uploads/2021/05"
    media.mkdir(parents=True)
    for name in ("port.jpg", "橋.jpg", "o'neill & co (1).jpg"):
        (media / name).write_bytes(picture())

    def one(*items, media_there=True, text=None, **asked):
        path = tmp_path / "export.xml"
        path.write_text(text or wxr(*items), encoding="utf-8")
        options = Options(source_name="old", archive_dir=tmp_path / "archive", **asked)
        places = [open_files(tmp_path / "uploads")] if media_there else []
        report = bring_in(FORMAT.open([path], options), options=options, media=places)
        return report, prove(FORMAT.count([path]), source="old", format_name="wordpress", report=report, ask=None)

    return one


def story(number):
    return StoryPage.objects.get(import_source="old", import_id=str(number))


def kinds(page):
    return [block.block_type for block in page.body]


PORT = attachment(11, "port.jpg", caption="朝の港。/海辺通信", alt="港の写真")
BLOCKS = """<!-- wp:paragraph -->
<p>汐見大橋が開通した。</p>
<!-- /wp:paragraph -->

<!-- wp:image {"id":11} -->
<figure class="wp-block-image"><img src="https://old.example.jp/wp-content/uploads/2021/05/port-1024x683.jpg" alt="港" class="wp-image-11"/><figcaption>開通を祝う船。/海辺通信</figcaption></figure>
<!-- /wp:image -->

<!-- wp:embed {"url":"https://youtu.be/abcdefghijk"} -->
<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">
https://youtu.be/abcdefghijk
</div></figure>
<!-- /wp:embed -->"""


def test_a_post_of_blocks_comes_over(bring):
    report, proof = bring(
        PORT, item(21, "汐見大橋 &amp; 港", BLOCKS, terms=[BRIDGE, ("post_tag", "%e7%a5%ad", "祭")], meta=[("_thumbnail_id", "11")])
    )
    assert (report.new, report.problems, proof.is_complete) == (1, [], True)
    page = story(21)
    assert (page.title, page.live) == ("汐見大橋 & 港", True)
    assert kinds(page) == ["paragraph", "photo", "embed"]
    use = page.body[1].value
    # Its own words here; the credit is the picture's.
    assert (use["caption"], use["photo"].caption, use["photo"].credit, use["photo"].alt_text) == (
        "開通を祝う船。",
        "朝の港。",
        "海辺通信",
        "港の写真",
    )
    assert page.lead_photo == use["photo"]
    assert Photo.objects.count() == 1
    assert page.published_at == datetime(2021, 5, 1, 9, tzinfo=UTC)
    # A child of a section is a topic of its own.
    assert page.get_parent().title == "まち & 港"
    assert page.get_parent().slug == "town"
    assert {topic.name for topic in page.topics.all()} == {"橋", "祭"}
    assert [byline.person.name for byline in page.bylines.all()] == ["橘 圭"]


def test_a_post_of_an_old_editor_comes_over(bring):
    number = '[gallery ids="11,12"]'
    text = f"""一行目。\n二行目。\n\n[caption id="attachment_11" width="300"]<a href="{SITE}/wp-content/uploads/2021/05/port.jpg"><img class="size-large wp-image-11" src="{SITE}/wp-content/uploads/2021/05/port-300x200.jpg" alt="" /></a> 港の会見（写真＝海辺通信）[/caption]\n\n<h3>背景</h3>\n{number}\n\nhttps://www.youtube.com/watch?v=abcdefghijk\n\n[contact-form-7 id="1"]「[注1]」と[[gallery]]を見た。"""
    bridge = attachment(12, "橋.jpg", caption="橋。/海辺通信")
    report, proof = bring(PORT, bridge, item(22, "古い記事", text))
    page = story(22)
    assert kinds(page) == ["paragraph", "photo", "subheading", "gallery", "embed", "paragraph"]
    assert page.body.raw_data[0]["value"] == "<p>一行目。<br/>二行目。</p>"
    assert page.body.raw_data[5]["value"] == "<p>「[注1]」と[gallery]を見た。</p>"
    assert report.noted["shortcode left out: contact-form-7"] == 1
    # What the second reader misses is the form, and that is said.
    assert [(row.source_id, row.why) for row in proof.lengths] == [("22", "shortcode left out: contact-form-7")]
    assert (proof.fewer_pictures, proof.is_complete) == ([], True)


def test_every_state_comes_over_as_it_was(bring):
    later = "2090-01-01 00:00:00"
    bring(
        item(1, "下書き", "本文", status="draft", link=f"{SITE}/?p=1", post_date_gmt="0000-00-00 00:00:00"),
        item(2, "私的", "本文", status="private"),
        item(3, "鍵つき", "本文", post_password="secret"),
        item(4, "予約", "本文", status="future", post_date=later, post_date_gmt=later),
        item(5, "予約の過ぎた", "本文", status="future"),
        item(6, "ごみ箱", "本文", status="trash"),
        item(7, "公開", "本文"),
    )
    assert {page.title: page.live for page in StoryPage.objects.all()} == {
        "下書き": False,
        "私的": False,
        "鍵つき": False,
        "予約": False,
        "予約の過ぎた": True,
        "公開": True,
    }
    assert story(4).go_live_at == story(4).scheduled_revision.approved_go_live_at == datetime(2090, 1, 1, tzinfo=UTC)
    assert set(Redirect.objects.filter(redirect_page__isnull=False, old_path__contains="story").values_list("old_path", flat=True)) == {
        "/town/story-7",
    }


def test_what_readers_linked_to_leads_on(bring, press):
    link = f"{SITE}/town/%e6%a9%8b%e3%81%ae%e8%a9%b1/"
    bring(
        item(8, "橋の話", '<p>本文 <a href="https://old.example.jp/?p=9">次</a></p>', link=link),
        item(9, "次の話", "本文"),
        item(10, "会社", "x", post_type="page", link=f"{SITE}/company/", post_name="company"),
    )
    answers = asked(
        press(), ["/town/橋の話/", "/town/橋の話", "/?p=8", "/company/", "/category/town/bridge", "/tag/祭", "/author/kei", "/nowhere"]
    )
    assert {path: (answer.status, answer.steps) for path, answer in answers.items()} == {
        "/town/橋の話/": (200, 1),
        "/town/橋の話": (200, 1),
        "/?p=8": (200, 1),
        "/company/": (200, 1),
        "/category/town/bridge": (404, 0),
        "/tag/祭": (404, 0),
        "/author/kei": (200, 1),
        "/nowhere": (404, 0),
    }
    # A link by number leads to where that story was, which leads on.
    assert 'href="/town/story-9"' in story(8).body.raw_data[0]["value"]


def test_pages_fields_comments_authors_and_what_is_left_out(bring, tmp_path):
    guest = item(
        30,
        "客員",
        post_type="guest-author",
        post_name="cap-hama",
        terms=[],
        meta=[("cap-display_name", "浜 のり"), ("cap-user_login", "hama")],
    )
    together = [TOWN, ("author", "cap-mio", "cap-mio"), ("author", "cap-hama", "cap-hama")]
    nested = 'a:1:{s:1:"a";a:1:{i:0;s:9:"ネスト";}}'
    report, proof = bring(
        guest,
        item(
            31,
            "共著",
            "本文",
            terms=together,
            is_sticky=1,
            meta=[("views", "120"), ("nested", nested), ("_edit_lock", "1"), ("source_name", "聯合ニュース")],
            comments=[(1, "感想", 1), (2, "広告", "spam")],
        ),
        item(32, "会社概要", "<h2>住所</h2><p>港町</p>", post_type="page", post_name="about", link=f"{SITE}/about/"),
        item(33, "献立", post_type="nav_menu_item", terms=[]),
        item(34, "商品", "本文", post_type="product"),
    )
    assert [byline.person.name for byline in story(31).bylines.all()] == ["沖野 みお", "浜 のり"]
    assert KeptFields.objects.get(story=story(31)).fields == {
        "views": "120",
        "nested": nested,
        "source_name": "聯合ニュース",
        "sticky": "1",
    }
    assert story(31).source_name == "聯合ニュース"
    with gzip.open(tmp_path / "archive/comments.jsonl.gz", "rt", encoding="utf-8") as file:
        comments = [json.loads(line) for line in file]
    assert [(comment["post"], comment["text"], comment["state"]) for comment in comments] == [("31", "感想", "1"), ("31", "広告", "spam")]
    assert "192.0.2.7" not in str(comments)
    assert AboutPage.objects.get(title="会社概要").body == "<h2>住所</h2><p>港町</p>"
    assert report.left_out == {
        "30": "WordPress's own (guest-author)",
        "33": "WordPress's own (nav_menu_item)",
        "34": "of the type product: ask for it by --post-type product",
        **dict.fromkeys(["/category/town/bridge", "/tag/祭", "/author/kei"], "no story that came over stands in it"),
    }
    assert {name: (kind.in_source, kind.here, kind.explained, kind.lost) for name, kind in proof.kinds.items()} == {
        "guest-author": (1, 0, 1, 0),
        "story": (1, 1, 0, 0),
        "comment": (2, 2, 0, 0),
        "page": (1, 1, 0, 0),
        "list": (6, 3, 3, 0),
        "nav_menu_item": (1, 0, 1, 0),
        "product": (1, 0, 1, 0),
    }
    assert proof.is_complete


def test_a_picture_that_cannot_be_had_leaves_a_marked_gap_that_is_filled_later(bring):
    text = f'<p>本文。</p><img src="{SITE}/wp-content/uploads/2021/05/o\'neill &amp; co (1)-300x200.jpg">'
    report, proof = bring(item(40, "写真のない記事", text), media_there=False)
    assert kinds(story(40)) == ["paragraph", "missing_photo"]
    assert list(proof.missing_photos) == [f"{SITE}/wp-content/uploads/2021/05/o'neill & co (1).jpg"]
    assert proof.is_complete
    report, _ = bring(item(40, "写真のない記事", text), media_there=False)
    assert (report.updated, report.unchanged) == (0, 1)
    report, proof = bring(item(40, "写真のない記事", text))
    assert (report.updated, kinds(story(40)), proof.missing_photos) == (1, ["paragraph", "photo"], {})


def test_the_same_export_changes_nothing_and_a_newer_one_only_what_changed(bring, cast):
    items = [PORT, item(50, "一", BLOCKS), item(51, "二", "本文"), item(52, "三", "本文")]
    bring(*items)
    before = list(StoryPage.objects.order_by("pk").values_list("pk", "latest_revision_id", "last_published_at"))
    photos = list(Photo.objects.values_list("pk", flat=True))
    report, _ = bring(*items)
    assert (report.new, report.updated, report.unchanged) == (0, 0, 3)
    assert list(StoryPage.objects.order_by("pk").values_list("pk", "latest_revision_id", "last_published_at")) == before
    edited = story(51)
    edited.title = "こちらで直した"
    edited.save_revision(user=cast["desk"], log_action=True).publish()
    report, proof = bring(PORT, item(50, "一", BLOCKS), item(51, "二の続報", "本文"), item(52, "三の続報", "本文"), item(53, "四", "本文"))
    assert (report.new, report.updated, report.unchanged, report.kept) == (1, 1, 1, 1)
    assert [story(number).title for number in (50, 51, 52, 53)] == ["一", "こちらで直した", "三の続報", "四"]
    assert list(Photo.objects.values_list("pk", flat=True)) == photos
    assert proof.is_complete


def test_a_draft_that_was_published_there_meanwhile_is_published_here(bring):
    bring(item(60, "下書き", "本文", status="draft"))
    assert not story(60).live
    report, _ = bring(item(60, "下書き", "本文"))
    assert (report.updated, story(60).live, story(60).published_at) == (1, True, datetime(2021, 5, 1, 9, tzinfo=UTC))
    # What its source takes back is not taken back here unasked.
    report, _ = bring(item(60, "下書き", "本文", status="draft"))
    assert (report.kept, story(60).live) == (1, True)
    assert "withdraw it" in str(report.found[0])


def test_a_broken_item_is_named_with_its_line_and_the_rest_comes_over(bring):
    broken = item(70, "壊れた", "本文").replace("</wp:post_id>", "</wp:post_wrong>")
    text = wxr(
        item(69, "前", "本文"), broken, item(71, "後", "本文 &nbsp; &copy;").replace("<link>", "<dc:note>&nbsp;caf&eacute;</dc:note><link>")
    )
    report, _ = bring(text=text.replace("後", "後\x0b\x00"))
    assert [page.title for page in StoryPage.objects.order_by("import_id")] == ["前", "後"]
    line = text[: text.index("</wp:post_wrong>")].count("\n") + 1
    (problem,) = report.problems
    assert problem.startswith(f"export.xml, line {line}: it is no XML")
    assert "\n" not in problem


def test_a_file_that_ends_in_the_middle_says_so(bring):
    text = wxr(item(72, "前", "本文"), item(73, "切れた", "本文"))
    report, _ = bring(text=text[: text.index("切れた") + 2])
    assert (report.new, len(report.problems)) == (1, 1)
    assert "ends in the middle" in report.problems[0]


def test_an_item_in_the_text_of_an_item_is_text(bring):
    bring(item(74, "RSSの話", "<pre>&lt;item&gt;</item><item></pre> ]]]]><![CDATA[> 終わり"), item(75, "次", "本文"))
    assert "終わり" in str(story(74).body)
    assert story(75).title == "次"


def test_a_long_headline_and_none_at_all_are_kept(bring):
    report, _ = bring(item(76, "長" * 300, "本文"), item(77, "", "最初の言葉。続き。"))
    assert (len(story(76).title), story(77).title) == (255, "最初の言葉。続き。")
    assert "長" * 300 in story(76).body.raw_data[0]["value"]
    assert report.problems == []


def test_items_are_cut_alike_however_the_file_comes(tmp_path, monkeypatch):
    path = tmp_path / "export.xml"
    path.write_text(wxr(PORT, item(80, "一", "a ]]]]><![CDATA[> <item> b"), item(81, "二")), encoding="utf-8")
    whole = list(pieces_of(path))
    for size in (1, 7, 64):
        monkeypatch.setattr("kawaraban.exchange.unpacking.BLOCK", size)
        assert list(pieces_of(path)) == whole
    assert [piece.is_head for piece in whole] == [True, False, False, False]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "<item>",
                "</item>",
                "<![CDATA[",
                "]]>",
                "<wp:post_id>1</wp:post_id>",
                "&nbsp;",
                "<",
                "本文",
                "<content:encoded>",
                TAIL,
                "\0",
                "<channel>",
            ]
        ),
        max_size=12,
    )
)
def test_no_file_ends_an_import(tmp_path, pieces):
    path = tmp_path / "export.xml"
    path.write_text("<rss><channel>" + "".join(pieces), encoding="utf-8")
    options = Options(source_name="odd")
    bring_in(FORMAT.open([path], options), options=options, dry_run=True)
    list(FORMAT.count([path]))


def test_a_dry_run_changes_nothing(newspaper, tmp_path):
    path = tmp_path / "export.xml"
    path.write_text(wxr(PORT, item(90, "一", BLOCKS)), encoding="utf-8")
    options = Options(source_name="old")
    report = bring_in(FORMAT.open([path], options), options=options, dry_run=True)
    assert (report.new, len(report.missing_photos)) == (1, 1)
    assert StoryPage.objects.count() == Photo.objects.count() == Topic.objects.count() == Redirect.objects.count() == 0


def test_a_real_export_comes_over_whole(newspaper, shared, tmp_path, settings, press):
    settings.MEDIA_ROOT = str(tmp_path / "originals")
    path = shared / "exports" / "wordpress.xml.gz"
    if not path.exists():
        pytest.skip("the real export is not on this machine")
    options = Options(source_name="real")
    report = bring_in(FORMAT.open([path], options), options=options, media=[open_files(shared / "exports" / "uploads.tar")])
    assert (report.new, report.problems) == (261, [])
    proof = prove(FORMAT.count([path]), source="real", format_name="wordpress", report=report, ask=None)
    assert {name: (kind.in_source, kind.here) for name, kind in proof.kinds.items()} == {
        "photo": (24, 24),
        "page": (4, 4),
        "story": (261, 261),
        "list": (30, 30),  # 8 categories, 16 tags and 5 authors, and the feed of all
        "comment": (88, 88),
    }
    # One picture of a hostile post never was one.
    assert (list(proof.missing_photos), proof.lengths, proof.fewer_pictures) == (["https://news.example.jp/x"], [], [])
    assert proof.is_complete
    # One of the 239 published ones was behind a password.
    assert StoryPage.objects.live().count() == 238
