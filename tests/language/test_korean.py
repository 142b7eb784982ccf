"""Korean particles fit what they follow; proposals for names are what newspapers would write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.language.korean import in_kana, romanised, with_particle


@pytest.mark.parametrize(
    ("word", "pair", "whole"),
    [
        ("서울", "은/는", "서울은"),
        ("부산시", "은/는", "부산시는"),
        ("해온", "이/가", "해온이"),
        ("다리", "을/를", "다리를"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("3", "을/를", "3을"),
        ("2", "이/가", "2가"),
        ("FIFA", "은/는", "FIFA는"),
        ("KBL", "은/는", "KBL은"),
        ("「물결」", "과/와", "「물결」과"),
        ("橋", "은/는", "橋은(는)"),
    ],
)
def test_a_particle_fits_the_syllable_before_it(word, pair, whole):
    assert with_particle(word, pair) == whole


@pytest.mark.parametrize(
    ("name", "latin", "kana"),
    [
        ("한세진", "Han Sejin", "ハン・セジン"),
        ("윤석열", "Yun Seokyeol", "ユン・ソギョル"),
        ("김대중", "Gim Daejung", "キム・デジュン"),
        ("박지성", "Bak Jiseong", "パク・チソン"),
        ("유다인", "Yu Dain", "ユ・ダイン"),
        ("남궁민수", "Namgung Minsu", "ナムグン・ミンス"),
        ("Kim", "", ""),
    ],
)
def test_a_name_is_proposed_in_latin_letters_and_in_kana(name, latin, kana):
    assert (romanised(name), in_kana(name)) == (latin, kana)


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6))
def test_every_name_in_hangul_has_proposals(name):
    assert romanised(name).replace(" ", "").isalpha()
    assert all("ァ" <= letter <= "ヺ" or letter == "・" for letter in in_kana(name))
