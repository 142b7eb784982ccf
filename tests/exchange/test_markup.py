"""HTML of others becomes blocks, and nothing in it can act any more."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.exchange.markup.blocks import blocks_of, pictures_of
from kawaraban.exchange.markup.captions import part_credit
from kawaraban.exchange.shapes import Embed, Markup, Paragraph, Picture, Pictures, Quotation, Subheading, Table


def made(html, **given):
    return list(blocks_of(html, base="https://old.example.jp/", **given)[0])


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("港に入る船。/聯合ニュース", "港に入る船。", "聯合ニュース"),
        ("港に入る船／海辺通信", "港に入る船", "海辺通信"),
        ("汐見の会場＝10日、聯合ニュース", "汐見の会場＝10日", "聯合ニュース"),
        ("市役所＝共同", "市役所", "共同"),
        ("救急入り口＝県央市で、野村直撮影", "救急入り口＝県央市で", "野村直"),
        ("港＝10日、汐見市、読者の浜のりさん撮影", "港＝10日、汐見市", "読者の浜のり"),
        ("市長＝10日、港で、記者が撮影した", "市長＝10日、港で、記者が撮影した", ""),
        ("会見する市長（写真＝共同通信）", "会見する市長", "共同通信"),
        ("会見する市長（写真:沖野みお）", "会見する市長", "沖野みお"),
        ("港の花火（橘圭撮影）", "港の花火", "橘圭"),
        ("完成した橋【写真提供：汐見市】", "完成した橋", "汐見市"),
        ("市内（時事）", "市内", "時事"),
        ("Photo: Reuters", "", "Reuters"),
        ("The bridge at dawn. Photo by Mio Okino", "The bridge at dawn.", "Mio Okino"),
        ("A ferry (AP Photo/M. Okino)", "A ferry", "AP Photo/M. Okino"),
        ("橋の図 ©汐見市", "橋の図", "汐見市"),
        ("항구의 불꽃놀이 [사진=연합뉴스]", "항구의 불꽃놀이", "연합뉴스"),
        ("회견하는 시장. /연합뉴스", "회견하는 시장.", "연합뉴스"),
        # Nobody's credit.
        ("資料写真", "資料写真", ""),
        ("試合は3/4で決まった", "試合は3/4で決まった", ""),
        ("賛成/反対の集会", "賛成/反対の集会", ""),
        ("式典＝10日", "式典＝10日", ""),
        ("", "", ""),
    ],
)
def test_caption_and_credit_are_parted(text, caption, credit):
    assert part_credit(text) == (caption, credit)


def test_each_kind_of_block_is_made():
    html = """<p>第一段落、<strong>太字</strong>と<a href="https://example.com/a?b=1&amp;c=2">先</a>。</p><h3>小見出し</h3>
    <ul><li>一<ul><li>内</li></ul></li><li>二</li></ul><blockquote><p>うれしい</p><p>とても</p><cite>市長</cite></blockquote>
    <table><caption>水揚げ</caption><thead><tr><th>年</th><th>量</th></tr></thead><tbody><tr><td>2024</td><td>1,200</td></tr></tbody></table>
    <figure><img src="/p-300x200.jpg" alt="橋"><figcaption>開通した橋。/海辺通信</figcaption></figure>
    <iframe src="//www.youtube.com/embed/abcdefghijk" title="橋の映像"></iframe>"""
    blocks = made(html)
    assert [type(block) for block in blocks] == [Paragraph, Subheading, Paragraph, Quotation, Table, Picture, Embed]
    assert blocks[0].html == '<p>第一段落、<b>太字</b>と<a href="https://example.com/a?b=1&amp;c=2">先</a>。</p>'
    assert blocks[2].html == "<ul><li>一<ul><li>内</li></ul></li><li>二</li></ul>"
    assert (blocks[3].text, blocks[3].speaker) == ("うれしい\nとても", "市長")
    assert (blocks[4].head, blocks[4].rows, blocks[4].caption) == (("年", "量"), (("2024", "1,200"),), "水揚げ")
    photo = blocks[5].photo
    assert (photo.address, photo.others) == ("https://old.example.jp/p.jpg", ("https://old.example.jp/p-300x200.jpg",))
    assert (photo.caption, photo.credit, photo.alt_text) == ("開通した橋。", "海辺通信", "橋")
    assert (blocks[6].address, blocks[6].title) == ("https://www.youtube-nocookie.com/embed/abcdefghijk", "橋の映像")


def test_what_no_block_holds_is_kept_without_what_could_act_and_counted():
    html = '<table><tr><td colspan="2" onclick="x()">広い</td></tr></table><dl><dt>語</dt><dd>意味</dd></dl><pre style="x">a  b</pre>'
    blocks, noted = blocks_of(html)
    assert [type(block) for block in blocks] == [Markup, Markup, Markup]
    assert blocks[0].html == '<table><tbody><tr><td colspan="2">広い</td></tr></tbody></table>'
    assert sum(count for name, count in noted.items() if name.startswith("kept as HTML")) == 3


@pytest.mark.parametrize(
    "words", ["<table><tr><td>表</td></tr></table><cite>山田太郎</cite>", f"<p>言葉</p><footer>{'山田太郎' * 60}</footer>"]
)
def test_who_said_it_stays_where_a_quotation_is_kept_as_html(words):
    (block,) = made(f"<blockquote>{words}</blockquote>")
    assert isinstance(block, Markup)
    assert "山田太郎" in block.html


def test_pictures_in_lists_inside_each_other_stand_after_the_list():
    blocks = made('<ul><li>港<ul><li>船<img src="/a.jpg"></li></ul></li></ul>')
    assert [type(block) for block in blocks] == [Paragraph, Picture]


def test_a_table_in_another_is_kept_once():
    assert str(made("<figure><table><tr><td>外<table><tr><td>内</td></tr></table></td></tr></table></figure>")).count("内") == 1


def test_a_frame_of_anybody_becomes_a_link():
    (block,) = made('<iframe src="https://stranger.example/frame"></iframe>')
    assert block == Paragraph('<p><a href="https://stranger.example/frame">https://stranger.example/frame</a></p>')


def test_pictures_in_paragraphs_stand_between_them():
    blocks = made('<p>前<a href="/big.jpg"><img src="/small.jpg"></a>後</p>')
    assert [type(block) for block in blocks] == [Paragraph, Picture, Paragraph]


def test_pictures_side_by_side_are_a_gallery():
    one = '<figure><img src="/{0}.jpg"><figcaption>{0}番。/海辺通信</figcaption></figure>'
    (block,) = made("<figure>" + one.format(1) + one.format(2) + "<figcaption>祭の一日</figcaption></figure>")
    assert isinstance(block, Pictures)
    assert [(photo.caption, photo.credit) for photo in block.photos] == [("1番。", "海辺通信"), ("2番。", "海辺通信")]
    assert block.caption == "祭の一日"


def test_lines_of_old_editors_are_lines():
    blocks = made("一行目\n二行目\n\n次の段落<br><br>その次", keep_lines=True)
    assert [block.html for block in blocks] == ["<p>一行目<br/>二行目</p>", "<p>次の段落</p>", "<p>その次</p>"]


def test_unclosed_html_is_read_as_browsers_read_it():
    blocks = made("<p>一<b>太<i>斜</b></i><p>二<center>三</center>")
    assert [re.sub("<[^>]*>", "", block.html) for block in blocks] == ["一太斜", "二", "三"]


def test_ruby_stays():
    (block,) = made("<p><ruby>汐見<rp>(</rp><rt>しおみ</rt><rp>)</rp></ruby>の港</p>")
    assert block.html == "<p><ruby>汐見<rp>(</rp><rt>しおみ</rt><rp>)</rp></ruby>の港</p>"


def test_links_to_the_old_site_become_paths():
    (block,) = made('<p><a href="https://www.old.example.jp/town/1/">前の記事</a></p>')
    assert block.html == '<p><a href="/town/1/">前の記事</a></p>'


ACTING = re.compile(
    r"<\s*(script|iframe|object|embed|svg|style|form)|\son\w+\s*=|(href|src)\s*=\s*[\"']?\s*(javascript|vbscript|data):", re.IGNORECASE
)
PIECES = [
    *(
        "<script>x()</script>",
        "<svg onload=x()>",
        '<p onclick="x()">',
        "<img src=x onerror=x()>",
        '<a href="javascript:x()">',
        "<style>x</style>",
    ),
    *(
        '<a href="jav&#x09;ascript:x()">',
        '<iframe src="javascript:x()">',
        '<iframe srcdoc="<script>x()</script>">',
        "<math><mtext><script>x()",
    ),
    *(
        "<table><tr><td colspan=2><svg/onload=x()>",
        "<noscript><p title='</noscript><img src=x onerror=x()>'>",
        "<pre>",
        "<details open ontoggle=x()>",
    ),
    *(
        "<figure>",
        "<figcaption>",
        "<blockquote>",
        "<ul><li>",
        "<h2>",
        "</p>",
        "</div>",
        "<div>",
        "<dl><dt>",
        "<table>",
        "本文",
        "\n\n",
        "<!--",
        "-->",
        "]]>",
    ),
]


def written(blocks):
    for block in blocks:
        yield from (value for value in (getattr(block, name, "") for name in ("html", "address")) if value)
        yield from (f'src="{photo.address}"' for photo in pictures_of((block,)))


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=14))
def test_nothing_that_acts_survives_whatever_is_put_together(pieces):
    for text in written(blocks_of("".join(pieces), base="https://old.example.jp/", keep_lines=True)[0]):
        # Outside tags it is a word like any other.
        assert not [tag for tag in re.findall(r"<[^>]*>?|^src=.*", text) if ACTING.search(tag)], text


@given(st.text(max_size=300))
def test_no_text_ends_the_walk(text):
    blocks_of(text, keep_lines=True)
    part_credit(text)


@pytest.mark.parametrize("tag", ["div", "b", "span", "blockquote", "ul><li", "table><tr><td", "figure", "a", "ruby"])
def test_thousands_of_elements_inside_each_other_are_read(tag):
    blocks = made(f"<{tag}>" * 3000 + "底")
    assert any("底" in str(block) for block in blocks)


def test_rows_are_not_filled_up_to_millions_of_cells():
    (block,) = made(f"<table>{'<tr><td>一' * 3000}<tr>{'<td>二' * 3000}</table>")
    assert isinstance(block, Markup)
    assert (block.html.count("一"), block.html.count("二")) == (3000, 3000)
    assert isinstance(made(f"<table>{'<tr><td>一' * 30}<tr>{'<td>二' * 30}</table>")[0], Table)


GROWING = {
    "cites in one another": ("<blockquote><p>a</p><cite>", "<span><cite>x</cite></span>", "</cite></blockquote>"),
    "captions": ("<figure><img src=https://a.example/b.jpg>", "<figcaption>x</figcaption>あいうえお", "</figure>"),
    "lists in an item": ("<ul><li>", "<ul><li>a</ul>あいうえお", "</ul>"),
    "boxes in one another": ("", "<div>", "底"),
}


@pytest.mark.parametrize(("begin", "piece", "end"), GROWING.values(), ids=GROWING)
def test_four_times_as_much_takes_about_four_times_as_long(begin, piece, end):
    def seconds(pieces):
        began = time.process_time()
        blocks_of(f"{begin}{piece * pieces}{end}")
        return time.process_time() - began

    seconds(100)
    # By the square it would be sixteen times as long.
    assert seconds(16_000) < 8 * min(seconds(4000), seconds(4000)) + 0.05


@pytest.mark.parametrize(
    ("begins", "repeated", "ends"),
    [
        ("<svg><title>図</title>", "<path d=M0/>", "</svg>"),
        ("<map name=m>", "<area href=/a>", "</map>"),
        ("<!--", "<div>", "-->"),
        ("<script>write('", "<div>", "')</script>"),
        ("<textarea>", "<b>", "</textarea>"),
    ],
)
def test_what_stands_behind_many_tags_that_are_inside_nothing_stays_as_it_is(begins, repeated, ends):
    after = '<h2>見出し</h2><p>本文の<a href="https://a.example/">先</a></p><ul><li>一</li></ul>'
    kinds = [type(block).__name__ for block in made(f"<p>前</p>{begins}{repeated * 150}{ends}{after}")]
    assert kinds == ["Paragraph", "Subheading", "Paragraph", "Paragraph"]
