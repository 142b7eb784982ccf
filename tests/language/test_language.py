"""Phrases, dates, lengths, words."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.language import words as language_words
from kawaraban.language.dates import age_in_words, date_in_words, moment_in_words, short_moment
from kawaraban.language.lengths import reading_minutes
from kawaraban.language.phrases import line_pieces, phrase_html, phrases
from kawaraban.language.words import grams, index_terms, normal


@given(st.text(max_size=120), st.sampled_from(["ja", "ko", "en"]))
def test_phrases_joined_are_the_text(text, language):
    assert "".join(phrases(text, language)) == text


@pytest.mark.parametrize("text", ["工費は120億円に", "「架け替え」を決定", "ユン・ソンウ代表が", "気温は9.7℃まで"])
def test_what_belongs_together_is_not_torn(text):
    for whole in ("120億円", "「架", "ユン・ソンウ", "9.7℃"):
        if whole in text:
            assert any(whole in phrase for phrase in phrases(text, "ja"))


def test_phrases_are_escaped_for_html():
    assert "<script" not in phrase_html("<script>と「引用」", "ja")
    assert phrase_html("市議会は橋の架け替えを可決した", "ja").count("<wbr>") >= 2


def test_dates_are_written_as_each_edition_writes_them():
    day = date(2025, 12, 10)
    assert [date_in_words(day, language) for language in ("ja", "ko", "en")] == [
        "2025年12月10日(水)",
        "2025년 12월 10일(수)",
        "Wednesday, 10 December 2025",
    ]
    wall = datetime(2026, 11, 24, 8, 5)  # noqa: DTZ001 - words of a clock on the wall
    assert moment_in_words(wall, "ja") == "2026年11月24日 08:05"
    assert [short_moment(wall, language) for language in ("ja", "ko", "en")] == ["11/24 08:05", "11/24 08:05", "24 Nov 08:05"]
    assert [age_in_words(7300, language) for language in ("ja", "ko", "en")] == ["2時間前", "2시간 전", "2 hours ago"]


def test_reading_takes_at_least_a_minute_and_grows_with_the_text():
    assert reading_minutes("", "ja") == 1
    assert reading_minutes("あ" * 2500, "ja") == 5
    assert reading_minutes("word " * 660, "en") == 3


def test_words_are_found_however_they_were_written():
    assert index_terms("サーバー", "ja") == index_terms("ｻｰﾊﾞ", "ja")
    assert index_terms("打ち合わせ", "ja") == index_terms("打合せ", "ja")
    assert index_terms("학교에서", "ko") == index_terms("학교", "ko")
    assert index_terms("Ministers", "en") == index_terms("minister", "en")
    assert grams("ユン・ソンウ") == grams("ユンソンウ")
    assert normal("ＡＢＣ") == "abc"


@given(st.text(max_size=200))
def test_any_text_has_terms_without_blanks(text):
    assert all(" " not in term for term in index_terms(text, "ja") if term.strip())


def test_a_text_that_the_tokenizer_breaks_on_keeps_its_letters_and_the_next_is_cut(monkeypatch):
    # As Rust's bindings raise it: no Exception, so that nothing holds it by chance.
    panic = type("PanicException", (BaseException,), {})
    sound = language_words._sudachi

    class Broken:
        def tokenize(self, *_: object) -> list[object]:
            raise panic("index out of bounds")

    monkeypatch.setattr(language_words, "_sudachi", Broken)
    assert index_terms("汐見大橋、灯台", "ja") == ["汐見大橋", "灯台"]
    assert [unit.whole.surface for unit in language_words.units("汐見大橋、灯台")] == ["汐見大橋", "灯台"]
    assert "".join(line_pieces("汐見大橋の架け替え")) == "汐見大橋の架け替え"
    monkeypatch.setattr(language_words, "_sudachi", sound)
    assert "灯台" in index_terms("汐見大橋の灯台", "ja")


def test_two_threads_cut_texts_at_once():
    text = "汐見大橋の架け替えを市議会が可決した。" * 400
    together = threading.Barrier(4)

    def cut(_: int) -> list[str]:
        together.wait()
        return [term for _ in range(5) for term in index_terms(text, "ja")]

    with ThreadPoolExecutor(4) as hands:
        found = list(hands.map(cut, range(4)))
    assert all(terms == found[0] for terms in found)
