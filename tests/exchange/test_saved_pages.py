"""What stands within a page's text and is none of it stays behind, and the text around it comes over."""

import time

import pytest
import saved_pages

from kawaraban.exchange.formats.oldsite import plain_of
from kawaraban.exchange.formats.page.counting import count
from kawaraban.exchange.formats.page.markup import story_in_page
from kawaraban.exchange.noting import Account, Noted, summed
from kawaraban.exchange.shapes import Paragraph, Subheading

ADDRESS = "https://old.example.jp/a/1"


def found_in(page):
    noted = Noted()
    return story_in_page(page, ADDRESS, noted), noted


@pytest.mark.parametrize(
    ("name", "title", "published", "updated", "authors", "lead", "begins"),
    [
        (
            "BOXES",
            "浜辺図書館、夜の開館を始める",
            "2026-11-27T18:05:00+09:00",
            None,
            [],
            ("https://old.example.jp/img/p1.jpg", "夜の閲覧室で本を読む利用者＝26日、浜辺市本町", "早瀬薫"),
            ["浜辺市立図書館は", "初日は約百二十人が", "職員は二交代に", "職員は昼と夜の", "館長は「利用の数を"],
        ),
        (
            "RANKING_INSIDE",
            "山辺高原にスキー場、十年ぶり営業へ",
            "2026-11-27T05:00:00+09:00",
            None,
            [],
            ("https://old.example.jp/i/1.jpg", "整備が進むゲレンデ（山辺高原で）", ""),
            ["山辺高原のスキー場が", "リフトは二本を", "町長は「雪のある町の", "営業は三月十五日まで。"],
        ),
        (
            "MEMBERS",
            "【独自】県立病院、夜間救急を縮小へ",
            "2026-11-27T06:00:00+09:00",
            None,
            ["野村直"],
            ("https://old.example.jp/a/ph/byoin.jpg", "県立病院の救急入り口＝県央市で", "野村直"),
            ["県立病院が来年四月から、", "関係者によると、", "県は近くの民間病院と"],
        ),
        (
            "LEADING_ON",
            "新しい連絡橋、開通 渡り初めに三千人",
            "2026-11-27T09:05:00+00:00",
            "2026-11-27T12:00:00+00:00",
            [],
            None,
            ["【瀬戸島27日瀬戸通信】", "橋の長さは", "渡船は年内まで", "七十年続いた渡船は", "市は来年度、"],
        ),
        (
            "KOREAN_AGENCY",
            '바람시, 내년부터 시내버스 무료화…"전국 두 번째"',
            "2026-11-27T18:05:00+09:00",
            "2026-11-28T09:10:00+09:00",
            ["한솔"],
            ("https://old.example.jp/photo/bus.jpg", "바람시 중앙로를 지나는 시내버스.", "바람신문"),
            ["[바람=바람신문] 한솔 기자 =", "먼저 65세 이상과", "시는 한 해 210억 원이"],
        ),
    ],
)
def test_a_page_gives_its_story_whole_and_alone(name, title, published, updated, authors, lead, begins):
    found, _ = found_in(getattr(saved_pages, name))
    assert (found.title, found.bylines) == (title, authors)
    assert [when and when.isoformat() for when in (found.published_at, found.updated_at)] == [published, updated]
    assert (found.lead and (found.lead.address, found.lead.caption, found.lead.credit)) == lead
    words = [block.text if isinstance(block, Subheading) else plain_of(block.html) for block in found.body]
    assert [said[: len(begin)] for said, begin in zip(words, begins, strict=True)] == begins


def test_what_a_page_shows_to_members_alone_is_told():
    _, noted = found_in(saved_pages.MEMBERS)
    assert noted["the page shows its beginning alone: members read on"] == 1
    _, noted = found_in(saved_pages.BOXES)
    assert not any("members" in name for name in noted)


@pytest.mark.parametrize(
    "line",
    [
        "図書館は<a href='/rules'>利用の決まり</a>を改める。",
        "詳しくは<a href='https://city.example.jp/'>市のサイト</a>で公開している。",
        "会員登録が必要だった自習室も、だれでも使えるようになる。",
        "ランキングは廃止する。",
        "市のニュースレターに登録した人は三千人を超えた。",
    ],
)
def test_a_line_of_the_storys_own_is_kept(line):
    paragraphs = "<p>浜辺市立図書館は二十七日、平日の閉館を午後九時に延ばした。働く人が仕事の帰りに立ち寄れるようにする試みで、来年三月まで続ける。</p>"
    found, _ = found_in(f"<html><body><article><h1>浜辺図書館の夜</h1>{paragraphs}<p>{line}</p>{paragraphs}</article></body></html>")
    assert plain_of(found.body[1].html) == plain_of(line)


def test_a_box_with_sentences_of_its_own_is_no_list_of_others():
    told = "<p>港の倉庫は五十年前に建てられ、魚の箱をつくる工場として使われてきた。二十年前に閉まり、そのあとは空いていた。</p>"
    found, _ = found_in(
        f"<html><body><article><h1>倉庫の五十年を振り返る</h1>{told}<section><h2>関連</h2>{told}</section></article></body></html>"
    )
    assert sum("五十年前" in plain_of(getattr(block, "html", "")) for block in found.body) == 2


def test_boxes_inside_each_other_beyond_all_reason_hold_up_no_page():
    told = (
        "<p>浜辺市立図書館は二十七日、平日の閉館を午後九時に延ばした。働く人が仕事の帰りに立ち寄れるようにする試みで、来年三月まで続ける。</p>"
        * 300
    )
    deep = f"{'<div>' * 1500}関連記事<img src=/a.jpg>{'</div>' * 1500}"
    began = time.process_time()
    found, _ = found_in(f"<html><body><article><h1>浜辺図書館の夜の開館</h1>{told}{deep}</article></body></html>")
    assert len([block for block in found.body if isinstance(block, Paragraph)]) == 300
    assert time.process_time() - began < 3


def test_thousands_of_boxes_around_a_text_hold_up_no_page():
    told = "<p>浜辺市立図書館は二十七日、平日の閉館を午後九時に延ばした。働く人が仕事の帰りに立ち寄れるようにする試みである。</p>" * 20
    began = time.process_time()
    found, _ = found_in(
        f"<html><body><article><h1>浜辺図書館の夜</h1>{told}</article>{'<div class=related><a href=/a>港</a></div>' * 4000}</body></html>"
    )
    assert len([block for block in found.body if isinstance(block, Paragraph)]) == 20
    assert time.process_time() - began < 3


def test_a_page_that_stands_in_a_form_as_a_whole_has_its_story_and_no_other_form_is_a_part_of_it(tmp_path):
    told = "<p>浜辺市立図書館は二十七日、平日の閉館を午後九時に延ばした。働く人が仕事の帰りに立ち寄れるようにする試みである。</p>" * 3
    asked = "<form><p>ご意見をお寄せください。お名前は任意です。</p><textarea></textarea></form>"
    page = f"<html><body><form id=aspnetForm><div><h1>浜辺図書館の夜の開館</h1>{told}</div></form>{asked}</body></html>"
    found, _ = found_in(page)
    assert (found.title, len(found.body)) == ("浜辺図書館の夜の開館", 3)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (counted,) = count([tmp_path / "page.html"])
    assert (len(counted.passages), "ご意見" in counted.shown) == (6, False)


def test_what_is_taken_out_between_words_takes_time_by_the_size_of_a_page():
    taken_out = "".join(f"{box}港の灯台が灯った" for box in ("<aside>港</aside>", "<div class=share></div>", "<ul><li>関連記事</li></ul>"))
    told = "<p>浜辺市立図書館は二十七日、平日の閉館を午後九時に延ばした。働く人が仕事の帰りに立ち寄れるようにする試みである。</p>" * 20
    began = time.process_time()
    found_in(f"<html><body><article><h1>浜辺図書館の夜</h1>{told}{taken_out * 7_000}</article></body></html>")
    assert time.process_time() - began < 5


def test_pictures_of_the_article_outside_its_text_are_told_one_by_one():
    text = "".join(
        f"<p>港の灯台に新しい明かりがともり、人々が岸に集まった。{n}番目の船が戻ると、岸から拍手が起きた。</p>" for n in range(4)
    )
    gallery = "".join(f'<li><a href="/p/{n}"><img src="/img/p{n}.jpg" alt="{n}"></a></li>' for n in (1, 2, 3))
    page = f"""<html><head><meta property="og:image" content="https://old.example.jp/img/p1.jpg"></head><body><article><h1>灯台に明かり、港に人</h1>
    <ul class="photos">{gallery}</ul><div class="article-body">{text}<figure><img src="/img/in.jpg"></figure></div>
    <p><img src="/img/below.jpg"><img src="/img/p2.jpg" width="1" height="1"></p><div><iframe src="https://v.example/1"></iframe></div></article><div class="list"><img src="/img/other.jpg"></div></body></html>"""
    found, noted = found_in(page)
    assert found.lead.address == "https://old.example.jp/img/p1.jpg"
    told = [f"picture outside the text left out: https://old.example.jp/img/{name}.jpg" for name in ("p2", "p3", "below")]
    assert noted == dict.fromkeys([*told, "player outside the text left out: https://v.example/1"], 1)
    _, noted = found_in(saved_pages.BOXES)
    assert not [what for what in noted if what.startswith("picture outside")]


def noted_beside(beside):
    text = "<p>港の灯台に新しい明かりがともり、人々が岸に集まった。市長が挨拶した。</p>" * 12
    _, noted = found_in(f"<html><body><article><h1>灯台に明かり、港に人</h1>{beside}<div class='body'>{text}</div></article></body></html>")
    return noted


def test_players_are_named_by_what_they_play():
    noted = noted_beside(
        '<video><source src="https://v.example/a.mp4"><source src="https://v.example/a.webm"></video><audio src="/b.mp3"></audio>'
    )
    assert noted == dict.fromkeys([f"player outside the text left out: {address}" for address in ("https://v.example/a.mp4", "/b.mp3")], 1)


def test_beyond_two_hundred_it_is_told_how_many_there_are():
    noted = noted_beside("".join(f'<iframe src="https://v.example/{n}"></iframe><img src="https://p.example/{n}.jpg">' for n in range(230)))
    for kind in ("player", "picture"):
        assert sum(name.startswith(f"{kind} outside the text left out: ") for name in noted) == 200
        assert noted[f"further {kind}s outside the text left out"] == 30
    assert summed(noted.accounts.values()) == Account(pictures=230)


def test_an_address_that_is_a_whole_picture_is_cut():
    assert max(map(len, noted_beside(f'<iframe src="data:text/html,{"A" * 2_000_000}"></iframe>'))) < 300
