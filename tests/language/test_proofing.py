"""Proofreading: what is wrong is found, what is right is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.demo.stories_reading import stories
from kawaraban.language.proofing import remarks_on


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ("市長は「橋を架けると述べた。", "bracket", "「"),
        ("橋を架ける」と述べた。", "bracket", "」"),
        ("橋をを架ける。", "doubled", "をを"),
        ("橋を架ける。。", "doubled", "。。"),
        ("橋,道,港を直す。", "mark", ","),
        ("ｻｰﾊﾞが止まった。", "half-width", "ｻｰﾊﾞ"),
        ("2026年11月24日(水)に開く。", "date", "2026年11月24日(水)"),
        ("2026年2月30日(月)に開く。", "date", "2026年2月30日(月)"),
        ("参加は12人、うち３人が欠席した。", "digits", "３"),
        ("サーバーを直した。サーバーは古い。新しいサーバが着いた。", "variant", "サーバ"),
    ],
)
def test_what_is_wrong_is_found(text, rule, found):
    assert (rule, found) in [(remark.rule, remark.text) for remark in remarks_on(text)]


@pytest.mark.parametrize(
    "text",
    [
        "市長は「橋(全長112メートル)を架ける」と述べた。",
        "2026年11月24日(火)に開く。価格は1,340円、3.4キロ。",
        "Wagtail 8.0を使う。「え……」と言った。",
        "母が花を生ける。",
    ],
)
def test_what_is_right_is_left_alone(text):
    assert remarks_on(text) == []


def test_a_remark_says_where_it_stands():
    (remark,) = remarks_on("正しい段落。\n橋をを架ける。")
    assert remark.at == 8


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    assert all(0 <= remark.at <= len(text) for remark in remarks_on(text))


def test_the_demos_own_stories_are_clean():
    remarks = {
        story.id: found
        for story in stories()
        if story.language == "ja" and (found := [remark for remark in remarks_on(story.fields["body"]) if remark.rule != "variant"])
    }
    assert remarks == {}
