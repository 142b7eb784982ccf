"""What real exports hold that no document of theirs tells of."""

import gzip
import time

import pytest
from exports import SITE, attachment, item, picture, wxr

from kawaraban.exchange import formats
from kawaraban.exchange.formats.oldsite import plain_of
from kawaraban.exchange.formats.page.markup import story_in_page
from kawaraban.exchange.formats.page.text import LINES_LEFT_OUT, story_in_text
from kawaraban.exchange.formats.wordpress.index import Attachment, Index
from kawaraban.exchange.formats.wordpress.text import MOST_MADE, EditorText
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.markup.blocks import blocks_of
from kawaraban.exchange.media.files import open_files
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.proving.proof import prove
from kawaraban.newsroom.models import StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(newspaper, tmp_path):
    """Brings files over, and says what came of it."""

    def one(name, *contents, media=None, **asked):
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"export{number}")
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        kind, options = formats.format_named(name), Options(source_name="old", base_url=SITE, **asked)
        report = bring_in(kind.open(paths, options), options=options, media=[open_files(media)] if media else [])
        return report, prove(kind.count(paths), source="old", format_name=name, report=report, ask=None)

    return one


def story(source_id):
    return StoryPage.objects.get(import_source="old", import_id=source_id)


def shown(page):
    """Return a body as a list of kinds and words."""
    return [(block.block_type, str(block.value)) for block in page.body]


# ------------------------------------------------------------------ WordPress


def test_a_gallery_that_names_no_pictures_shows_those_uploaded_with_its_post(bring, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for number, colour in enumerate(("navy", "teal", "maroon", "olive")):
        (photos / f"p{number}.jpg").write_bytes(picture(colour))

    def of(number, name, parent, order):
        return (
            attachment(number, name)
            .replace("<wp:post_parent><![CDATA[0]]>", f"<wp:post_parent><![CDATA[{parent}]]>")
            .replace("<wp:post_type>", f"<wp:menu_order>{order}</wp:menu_order><wp:post_type>")
        )

    report, proof = bring(
        "wordpress",
        wxr(
            item(1, "祭り", "<p>祭りだ。</p>\n[gallery columns=2]"),
            item(2, "別の祭り", '<p>祭りだ。</p>\n[gallery id="1" exclude="11"]'),
            item(3, "写真なし", "<p>祭りだ。</p>\n[gallery]"),
            of(11, "p0.jpg", 1, 2),
            of(12, "p1.jpg", 1, 1),
            of(13, "p2.jpg", 1, 3),
            of(14, "notes.pdf", 1, 4),
            of(15, "p3.jpg", 2, 1),
        ),
        media=photos,
    )
    assert (report.new, report.problems, proof.is_complete) == (3, [], True)
    assert [use["photo"].title for use in story("1").body[1].value["photos"]] == ["p1.jpg", "p0.jpg", "p2.jpg"]
    assert [use["photo"].title for use in story("2").body[1].value["photos"]] == ["p1.jpg", "p2.jpg"]
    assert len(story("3").body) == 1
    assert report.noted["gallery without pictures"] == 1


def test_what_was_uploaded_with_a_post_is_shown_once_however_often_its_gallery_stands_there():
    with Index() as index:
        for number in range(11, 411):
            index.add_attachment(Attachment(str(number), f"{SITE}/{number}.jpg", "", "", "", "", parent="1"))
        editor = EditorText(index, "1")
        made = editor.html("[gallery] " * 400 + '[gallery id="1" exclude="11"] [gallery ids="11"]')
    assert made.count("<img") == 401
    assert editor.noted == {"the same gallery once more": 400}


@pytest.mark.parametrize("order", ["9" * 20, "9" * 5000, "-1", "٣", "first"], ids=["20 nines", "5000 nines", "below", "arabic", "word"])
def test_a_place_that_is_none_holds_up_no_export(bring, order):
    placed = attachment(11, "p0.jpg").replace("<wp:post_type>", f"<wp:menu_order>{order}</wp:menu_order><wp:post_type>")
    report, proof = bring("wordpress", wxr(item(1, "祭り", "<p>祭りだ。</p>"), placed))
    assert (report.new, proof.kinds["story"].in_source) == (1, 1)


def test_elements_of_plugins_hold_up_no_item(bring):
    odd = item(1, "記事", "<p>本文。a:b</p>").replace("<wp:post_id>", '<yoast:score seo:kind="x">5</yoast:score><a1:b/><wp:post_id>')
    report, proof = bring("wordpress", wxr(odd).replace("xmlns:wp=", 'xmlns:yoast="y" xmlns:seo="s" xmlns:a1="a" xmlns:wp='))
    assert (report.new, report.problems, proof.is_complete) == (1, [], True)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_older_versions_come_over(bring, version):
    old = (
        wxr(item(1, "記事", "<p>本文。</p>"))
        .replace("export/1.2/", f"export/{version}/")
        .replace("<wp:wxr_version>1.2", f"<wp:wxr_version>{version}")
    )
    if version == "1.0":
        old = old.replace(f'xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"', "").replace(
            "<excerpt:encoded><![CDATA[]]></excerpt:encoded>\n", ""
        )
    report, proof = bring("wordpress", old)
    assert (report.new, report.problems, proof.is_complete) == (1, [], True)


def test_several_files_are_one_export(bring):
    first = wxr(item(1, "一つ目", "<p>本文。</p>", terms=[("author", "cap-guest", "cap-guest")]))
    second = wxr(
        item(
            2, "客", post_type="guest-author", post_name="cap-guest", meta=[("cap-display_name", "客員 花子"), ("cap-user_login", "guest")]
        )
    )
    third = gzip.compress(wxr(item(3, "三つ目", '<p><a href="/?p=1">前の記事</a></p>')).encode())
    report, proof = bring("wordpress", first, second, third)
    assert (report.new, report.problems, proof.is_complete) == (2, [], True)
    assert [byline.person.name for byline in story("1").bylines.all()] == ["客員 花子"]
    assert 'href="/town/story-1"' in str(story("3").body[0].value)


def test_a_damaged_file_is_told_and_the_next_one_comes_over(bring):
    good, broken = (
        wxr(item(1, "記事", "<p>本文。</p>")),
        gzip.compress(wxr(*(item(n, "記事", f"<p>{n}</p>" * 50) for n in range(2, 60))).encode())[:-200],
    )
    report, proof = bring("wordpress", broken, good)
    broke = [problem for problem in report.problems if ": the packed file is broken from here on (" in problem]
    assert len(broke) == 1
    assert int(broke[0].removeprefix("export0, line ").split(":")[0]) > 10
    assert story("1").live
    assert not proof.is_complete


def test_a_block_that_is_made_when_a_page_is_shown_takes_nothing_before_it_along(bring):
    """Both have attributes in braces: what begins with the first's does not end with the other's."""
    text = (
        '<!-- wp:heading {"level":3} --><h3>見出し</h3><!-- /wp:heading --><!-- wp:paragraph {"align":"left"} --><p>残る一段落。</p>'
        '<!-- /wp:paragraph --><!-- wp:latest-posts {"postsToShow":5} /--><!-- wp:paragraph --><p>次の段落。</p><!-- /wp:paragraph -->'
    )
    report, proof = bring("wordpress", wxr(item(1, "記事", text)))
    assert [kind for kind, _ in shown(story("1"))] == ["subheading", "paragraph", "paragraph"]
    assert report.noted == {"block without content: latest-posts": 1}
    assert (proof.is_complete, proof.lengths) == (True, [])


def test_a_shared_text_stands_as_often_as_it_is_shown_but_never_in_itself(bring):
    def shared(number, text):
        return item(number, f"部品{number}", text, post_type="wp_block")

    text = '<!-- wp:paragraph --><p>本文。</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /--><!-- wp:block {"ref":7} /-->'
    report, proof = bring(
        "wordpress",
        wxr(
            item(1, "記事", text + '<!-- wp:block {"ref":99} /-->'),
            shared(7, '<!-- wp:paragraph --><p>部品。</p><!-- /wp:paragraph --><!-- wp:block {"ref":8} /-->'),
            shared(8, '<!-- wp:paragraph --><p>中。</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /-->'),
        ),
    )
    assert [words for _, words in shown(story("1"))] == ["<p>本文。</p>", *["<p>部品。</p>", "<p>中。</p>"] * 2]
    assert report.noted == {
        "shared text that is not in the export": 1,
        "shared text set in where it was shown": 2,
        "shared texts that stand in each other without an end": 2,
    }
    assert ([row.why for row in proof.lengths], proof.is_complete) == (["shared text set in where it was shown"], True)


def test_texts_and_galleries_that_show_each_other_over_and_over_end():
    with Index() as index:
        for number in range(1, 20):
            index.add_text(str(number), f'<p>段落</p><!-- wp:block {{"ref":{number + 1}}} /-->' * 40)
        for number in range(100, 1100):
            index.add_attachment(Attachment(str(number), f"{SITE}/{number}.jpg", "", "", "", ""))
        editor = EditorText(index, "1")
        made = editor.html('<!-- wp:block {"ref":1} /-->')
        gallery = f'[gallery ids="{",".join(map(str, range(100, 1100)))}"]'
        pictures = EditorText(index, "1").html(gallery * 5000).count("<img")
    assert "段落" in made
    assert len(made) < 2 * MOST_MADE
    assert editor.noted["more galleries and shared texts than one story can hold"] > 0
    assert 1000 < pictures < MOST_MADE / 50


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<!--more", '<!-- wp:image {"a":1}', "[gallery ", '[gallery ids="1,', "[a", "[caption]<img ", "a", "<a ", "\n", "\u3000"],
)
def test_a_text_that_repeats_what_never_ends_is_read_once(piece, tmp_path):
    """Looked through anew from each of its letters, one of these would take minutes."""
    text = piece * (120_000 // len(piece)) + "終"
    began = time.process_time()
    with Index() as index:
        editor = EditorText(index, "1")
        blocks_of(editor.html(text))
        editor.html(f"[gallery {text}]")
    plain_of(text)
    for name, export in (
        ("wordpress", wxr(item(1, "記事", text))),
        ("movabletype", f"TITLE: {text[:-1].replace(chr(10), ' ')}\n-----\nBODY:\n{text}\n-----\n--------\n"),
    ):
        (tmp_path / name).write_text(export, encoding="utf-8")
        assert next(iter(formats.format_named(name).count([tmp_path / name]))).kind == "story"
    assert time.process_time() - began < 3


def test_odd_letters_and_places_come_over(bring):
    report, proof = bring(
        "wordpress",
        wxr(
            item(1, "分けた\x08題", "<p>前]]]]><![CDATA[>後\x0b</p>"),
            item(2, "大きな記事", "<p>" + "長い文章です。" * 8_000 + "</p>"),
            item(3, "段落なし", "一行目。\n二行目。\n\n三行目。\n\n<strong>太字</strong>の行"),
            item(4, "予約", "<p>本文。</p>", status="future", post_date="2099-05-01 18:00:00", post_date_gmt="2099-05-01 09:00:00"),
            item(5, "先頭", "<p>本文。</p>", is_sticky=1),
            item(6, "非公開", "<p>本文。</p>", status="private"),
            item(7, "鍵", "<p>本文。</p>", post_password="x"),
        ),
    )
    assert (report.new, report.problems, proof.is_complete) == (7, [], True)
    assert story("1").title == "分けた題"
    assert "前]]&gt;後" in str(story("1").body[0].value)
    assert len(str(story("2").body[0].value)) > 50_000
    assert [kind for kind, _ in shown(story("3"))] == ["paragraph"] * 3
    assert story("4").go_live_at is not None
    assert [story(number).live for number in "14567"] == [True, False, True, False, False]


def test_side_by_side_captions_stand_where_they_stood(bring):
    figure = f"<figure><img src='{SITE}/x.jpg'><figcaption>集まった人々。/聯合ニュース</figcaption></figure>"
    _, proof = bring("wordpress", wxr(item(1, "記事", f"<p>前。</p>{figure}<p>後。{'あ' * 700}</p>")))
    (pair,) = proof.sample
    assert pair.words_there.startswith("前。集まった人々。/聯合ニュース後。")
    assert pair.words_here.startswith("前。集まった人々。聯合ニュース後。")
    assert pair.words_here.endswith("あ…")


# ------------------------------------------------------------------ Movable Type

ENTRY = "AUTHOR: 橘 圭\nTITLE: {0}\nBASENAME: {0}\nSTATUS: Publish\nCONVERT BREAKS: richtext\nDATE: 05/01/2021 06:00:00 PM\n-----\nBODY:\n{1}\n-----\n"


def test_an_entry_without_its_line_of_hyphens_is_an_entry(bring):
    report, proof = bring(
        "movabletype",
        ENTRY.format("one", "<p>一つ目。</p>")
        + ENTRY.format("two", "<p>二つ目。</p>")
        + "--------\n"
        + ENTRY.format("three", "<p>三つ目。</p>"),
    )
    assert (report.new, proof.is_complete, proof.kinds["story"].in_source) == (3, True, 3)
    assert [str(problem) for problem in report.found] == [
        "export0, line 11: a line of eight hyphens is missing before it: it was taken as an entry of its own, look at both"
    ]
    assert [shown(story(name)) for name in ("one", "two", "three")] == [
        [("paragraph", f"<p>{words}</p>")] for words in ("一つ目。", "二つ目。", "三つ目。")
    ]


@pytest.mark.parametrize(
    "first",
    ["AUTHOR:", "AUTHOR: ", "AUTHOR:  ", "CATEGORY: 市政", "TAGS: 橋", "ALLOW PINGS: 1", "ID: 5", "BODY:", "-----\nBODY: ", "\nTAGS:"],
)
def test_behind_eight_hyphens_an_entry_may_begin_with_any_field(tmp_path, first):
    path = tmp_path / "export"
    entries = [f"{first}\n" + ENTRY.format(name, f"<p>{name}の文。</p>") for name in ("one", "two", "three")]
    path.write_text("--------\n".join(entries), encoding="utf-8")
    kind = formats.format_named("movabletype")
    assert kind.open([path], Options(source_name="old")).total() == 3
    assert sum(item.kind == "story" for item in kind.count([path])) == 3


@pytest.mark.parametrize("hyphens", ["-" * 5, "-" * 8])
def test_a_line_of_hyphens_and_blanks_holds_up_no_count(tmp_path, hyphens):
    path = tmp_path / "export"
    path.write_text(ENTRY.format("one", f"<p>前。</p>\n{hyphens}{' ' * 40_000}x\n{hyphens}{' ' * 40_000}\n<p>後。</p>"), encoding="utf-8")
    began = time.process_time()
    (item,) = formats.format_named("movabletype").count([path])
    assert item.text.endswith("後。")
    assert time.process_time() - began < 2


def test_hyphens_in_a_text_are_its_own(bring):
    text = "<p>前。</p>\n-----\n<p>中。</p>\n--------\n\n<p>後。</p>"
    report, proof = bring(
        "movabletype",
        ENTRY.format("one", text)
        + "EXTENDED BODY:\n<p>続き。</p>\n-----\nEXCERPT:\n\n-----\n--------\n"
        + ENTRY.format("two", "<p>次。</p>")
        + "--------\n",
    )
    assert (report.new, report.problems, proof.is_complete, proof.lengths) == (2, [], True, [])
    assert "".join(words for _, words in shown(story("one"))) == "<p>前。</p><p>-----</p><p>中。</p><p>--------</p><p>後。</p><p>続き。</p>"


def test_a_head_without_a_text_and_comments_that_look_like_heads(bring, tmp_path):
    entry = (
        ENTRY.format("one", "<p>本文。</p>")
        + "COMMENT:\nAUTHOR: 読者\nDATE: 05/02/2021 01:00:00 AM\nTITLE: これは題ではない\nよい。\n-----\n--------\n"
    )
    bare = "TITLE: 題だけ\nBASENAME: bare\nDATE: 05/01/2021 06:00:00 PM\n-----\n--------\n"
    report, proof = bring("movabletype", entry + bare, archive_dir=tmp_path)
    assert (report.new, report.problems, proof.is_complete) == (2, [], True)
    assert (proof.kinds["story"].in_source, proof.kinds["comment"].in_source, proof.kinds["comment"].here) == (2, 1, 1)


# ------------------------------------------------------------------ feeds


def test_times_names_and_subjects_of_feeds(bring):
    rss = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
    <item><guid>1</guid><title>記事</title><link>https://old.example.jp/1</link><description>本文。</description><author>desk@old.example.jp (橘 圭)</author>
    <pubDate>Sat, 01 May 2021 18:00:00 JST</pubDate></item></channel></rss>"""
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="x"><title>潮見</title></channel><item rdf:about="https://old.example.jp/2"><title>二</title><link>https://old.example.jp/2</link>
    <description>本文。</description><dc:creator>沖野 みお</dc:creator><dc:subject>橋</dc:subject><dc:date>2021-05-01T18:00:00+09:00</dc:date></item></rdf:RDF>"""
    report, proof = bring("feed", rss, rdf)
    assert (report.new, report.problems, proof.is_complete) == (2, [], True)
    for number, name in (("1", "橘 圭"), ("https://old.example.jp/2", "沖野 みお")):
        page = story(number)
        assert page.published_at.isoformat() == "2021-05-01T09:00:00+00:00"
        assert [byline.person.name for byline in page.bylines.all()] == [name]
    assert [topic.name for topic in story("https://old.example.jp/2").topics.all()] == ["橋"]


# ------------------------------------------------------------------ bare text of a page

PARAGRAPHS = "\n\n".join(
    f"港の新しい灯台に{word}人が集まり、夜遅くまで明かりが海を照らし続けたと漁協の担当者は話している。" for word in ("多くの", "大勢の")
)


def test_a_short_last_line_stays_and_a_list_of_them_is_told():

    noted = Noted()
    found = story_in_text(
        f"灯台に明かりがともり港に人が集まった夜\n\n{PARAGRAPHS}\n\n詳しくは市のウェブサイトに掲載\n\nアクセスランキング\n\n別の記事の見出し",
        noted,
    )
    assert [block.html for block in found.body][-1] == "<p>詳しくは市のウェブサイトに掲載</p>"
    assert (len(found.body), noted) == (3, {})
    found = story_in_text(
        f"灯台に明かりがともり港に人が集まった夜\n\n{PARAGRAPHS}\n\n別の記事の見出し一\n\n別の記事の見出し二\n\n別の記事の見出し三", noted
    )
    assert (len(found.body), noted[LINES_LEFT_OUT]) == (2, 3)
    for line in ("#灯台", "社会", "2026年11月24日 18:05", "ホーム > 社会 > 地域"):
        found = story_in_text(f"灯台に明かりがともり港に人が集まった夜\n\n{PARAGRAPHS}\n\n{line}", Noted())
        assert len(found.body) == 2, line


def test_a_file_of_which_nothing_comes_is_told(bring):
    for name in formats.NAMES:
        for content in ("", "<html><body><h1>404 Not Found</h1></body></html>"):
            report, _ = bring(name, content)
            assert (report.new, len(report.problems)) == (0, 1), name
            assert report.problems[0].startswith("export0"), name


def test_addresses_by_number_are_tried_too(bring, tmp_path):
    path = tmp_path / "export.xml"
    path.write_text(
        wxr(item(1, "記事", "<p>本文。</p>"), item(2, "頁", "<p>本文。</p>", post_type="page"), item(3, "下書き", status="draft")),
        encoding="utf-8",
    )
    counted = {one.source_id: one.addresses for one in formats.format_named("wordpress").count([path]) if one.kind != "list"}
    assert counted == {"1": ("/town/story-1", "/?p=1"), "2": ("/town/story-2", "/?page_id=2"), "3": ()}


# ------------------------------------------------------------------ saved pages

SAID = "港の新しい灯台に多くの人が集まり、夜遅くまで明かりが海を照らし続けたと漁協の担当者は話している。"
TITLE = "<h1>灯台に明かりがともる</h1>"


def _page(content):
    noted = Noted()
    return story_in_page(f"<html><body>{content}</body></html>", f"{SITE}/a/1", noted), noted


def test_a_picture_above_the_element_of_the_text_is_the_lead():
    figure = "<figure><picture><source srcset='/a.webp 2x'><img data-src=/a.jpg src=data:image/gif;base64,R0></picture><figcaption>人々＝聯合ニュース</figcaption></figure>"
    found, _ = _page(f"<article>{TITLE}{figure}<div class=article-body>{f'<div>{SAID}</div>' * 3}</div></article><aside>{SAID}</aside>")
    assert (found.lead.address, found.lead.caption, found.lead.credit) == (f"{SITE}/a.jpg", "人々", "聯合ニュース")
    assert len(found.body) == 3


@pytest.mark.parametrize("figures", ["<figure></figure>" * 4000, "<figure>" * 1000 + "</figure>" * 1000], ids=["beside", "within"])
def test_figures_without_pictures_hold_up_no_page(figures):
    began = time.process_time()
    found, _ = _page(f"<article>{TITLE}{figures}<div class=article-body>{f'<p>{SAID}</p>' * 2000}</div></article>")
    assert (len(found.body), found.lead) == (2000, None)
    assert time.process_time() - began < 2


def test_pictures_of_amp_are_pictures():
    found, _ = _page(f"<article>{TITLE}<amp-img src=/x.jpg width=600 height=400></amp-img><p>{SAID}</p><p>{SAID}</p></article>")
    assert found.lead.address == f"{SITE}/x.jpg"


def test_what_stands_below_a_label_behind_the_text_is_left_out_and_told():
    found, noted = _page(f"{TITLE}<p>{SAID}<p>{SAID}<p>{SAID}<h2>関連記事</h2><ul><li><a href=/2>別の記事</a></ul>")
    assert (len(found.body), noted["blocks around the text left out"]) == (3, 2)
    # Within a text it is a heading.
    found, noted = _page(f"{TITLE}<p>{SAID}<p>{SAID}<h2>関連する動き</h2><p>{SAID}<p>{SAID}")
    assert (len(found.body), noted) == (5, {})


@pytest.mark.parametrize(
    ("heading", "below", "kinds"),
    [
        ("注目の新戦力", "<p>主将は高校三年の橘さん。", ["Subheading", "Paragraph"]),
        ("注目の新戦力", "<ul><li>橘<li>沖野</ul>", ["Subheading", "Paragraph"]),
        ("特集に寄せて", "<blockquote>海は道だ</blockquote>", ["Subheading", "Quotation"]),
        ("関連団体の動き", "<p>漁協は賛成した。", ["Subheading", "Paragraph"]),
        ("Related charges", "<p>Two were dropped.", ["Subheading", "Paragraph"]),
        ("人気の秘密", "<p>味だという。", ["Subheading", "Paragraph"]),
        ("관련 업계의 반응", "<p>모두 반겼다.", ["Subheading", "Paragraph"]),
        # A label, and below it what no list of other stories is.
        ("総合ランキング", "<table><tr><th>順位<th>名<tr><td>1<td>橘</table>", ["Subheading", "Table"]),
        ("関連データ", "<ul><li>高さ二十メートル<li>費用三億円</ul>", ["Subheading", "Paragraph"]),
        ("注目", "<blockquote>海は道だ</blockquote>", ["Subheading", "Quotation"]),
    ],
)
def test_a_heading_that_begins_like_a_label_ends_no_text(heading, below, kinds):
    found, noted = _page(f"{TITLE}<p>{SAID}<p>{SAID}<p>{SAID}<h2>{heading}</h2>{below}")
    assert [type(block).__name__ for block in found.body[3:]] == kinds
    assert noted == {}


def test_a_heading_that_begins_like_a_label_ends_no_bare_text():
    found = story_in_text(
        f"灯台に明かりがともり港に人が集まった夜\n\n{SAID}\n\n注目の新戦力\n\n{SAID}\n\n{SAID}\n\n人気記事ランキング\n\n{SAID}", Noted()
    )
    assert found.title == "灯台に明かりがともり港に人が集まった夜"
    assert [type(block).__name__ for block in found.body] == ["Paragraph", "Subheading", "Paragraph", "Paragraph"]


LABELS = """関連記事／【関連記事】／関連する記事／▼関連ニュース／関連記事：橋が開通／注目ニュース／人気記事ランキング／アクセスランキング／週間アクセスランキング／おすすめの記事／あなたにおすすめの記事
あわせて読みたい／こちらもおすすめ／この記事を書いた人／この記事の著者／この記事に関連するニュース／最新ニュース／新着記事一覧／特集・連載／コメント(3)／次の記事／PR／もっと見る
Most read／Related stories／Recommended for you／Read more／Share this article／Comments (12)／Trending now／많이 본 뉴스／관련기사／추천 뉴스／이 시각 주요뉴스／댓글 12"""


def test_a_label_below_a_text_is_one():
    for label in LABELS.replace("\n", "／").split("／"):
        found, noted = _page(f"{TITLE}<p>{SAID}<p>{SAID}<p>{SAID}<h2>{label}</h2><ul><li><a href=/2>別の記事</a></ul>")
        assert (len(found.body), noted["blocks around the text left out"]) == (3, 2), label


def test_a_site_and_a_role_are_no_part_of_names():
    page = f"<div>潮見日報</div><p>{SAID}</p><p>{SAID}</p><p>（記者・橘 圭）</p>"
    found = story_in_page(f"<html><head><title>灯台に明かり｜潮見日報</title></head><body>{page}</body></html>", SITE, Noted())
    assert (found.title, found.bylines) == ("灯台に明かり", ["橘 圭"])
