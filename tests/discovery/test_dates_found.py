"""A date that somebody types is one thing: it finds the stories that tell of that day."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.discovery.days import TypedDay, without_days
from kawaraban.discovery.index import Index
from kawaraban.discovery.names import Names
from kawaraban.discovery.shapes import Query
from kawaraban.discovery.snippets import pattern_of, snippet
from kawaraban.sheetlog.shapes import Document


@pytest.mark.parametrize(
    ("typed", "rest", "days"),
    [
        ("2011年3月11日", " ", [TypedDay(2011, 3, 11)]),
        ("２０１１年３月 地震", "  地震", [TypedDay(2011, 3)]),
        ("平成23年の地震", " の地震", [TypedDay(2011)]),
        ("令和元年5月1日", " ", [TypedDay(2019, 5, 1)]),
        ("津波 3月11日", "津波  ", [TypedDay(0, 3, 11)]),
        ("2011/3/11", " ", [TypedDay(2011, 3, 11)]),
        ("2011-03-11 津波", "  津波", [TypedDay(2011, 3, 11)]),
        ("2024年の予算", " の予算", [TypedDay(2024)]),
        ("2024年度予算", " 予算", [TypedDay(2024, is_fiscal=True)]),
        ("令和6年度", " ", [TypedDay(2024, is_fiscal=True, by_era=True)]),
        ("平成元年度", " ", [TypedDay(1989, is_fiscal=True, by_era=True)]),
        # No dates.
        ("昭和99年度", "昭和99年度", []),
        ("3月", "3月", []),
        ("13月40日", "13月40日", []),
        ("昭和99年", "昭和99年", []),
        ("12011年", "12011年", []),
        ("2対1", "2対1", []),
    ],
)
def test_dates_are_taken_out_of_what_was_typed(typed, rest, days):
    assert without_days(typed) == (rest, days)


@given(st.text(alphabet="0123456789年月日度平成令和元/-. 核", max_size=30))
def test_any_text_gives_dates_that_can_be_asked_for(typed):
    for day in without_days(typed)[1]:
        assert day.letters if day.is_fiscal else day.years or day.marks


@pytest.fixture
def found(tmp_path):
    """What a search for it finds among texts, best first; nothing where it only comes near."""
    index = Index(tmp_path / "index")

    def among(texts, *typed):
        index.put(
            Document(id=name, language=name[:2], title="地震", body=text, section="s", published_at=time.time())
            for name, text in texts.items()
        )
        index.commit()
        return [() if (one := index.search(Query(text=text))).near else one.stories for text in typed]

    return among


def test_a_fiscal_year_is_no_year_and_one_in_both_calendars(found):
    texts = {
        "ja-24": "2024年度予算が成立した。",
        "ja-r6": "令和6年度の予算を編成する。",
        "ja-23": "2023年度予算は八月に改められた。",
        "ja-year": "2024年の八月に橋が架かった。",
    }
    budget, fiscal, era, year, without = found(texts, "2024年度予算", "2024年度", "令和6年度", "2024年", "予算 -令和6年度")
    assert budget == fiscal == ("ja-24", "ja-r6")
    assert era == ("ja-r6", "ja-24")
    assert without == ("ja-23",)
    assert "ja-year" in year
    assert "ja-23" not in year


def test_an_era_begins_with_a_first_year_of_its_own_name(found):
    texts = {
        "ja-first": "平成元年の夏、町に橋が架かった。",
        "ja-digit": "平成1年に開業した。",
        "ja-west": "1989年に閉じた。",
        "ja-reiwa": "改元は令和元年5月1日だった。",
        "ja-apart": "令和元年の春、5月1日に式があった。",
        "ja-other": "昭和64年は七日間で、平成21年の5月2日に語られた。",
    }
    *heisei, by_era, by_year, year = found(texts, "平成元年", "平成1年", "1989年", "令和元年5月1日", "2019年5月1日", "令和元年")
    for stories in heisei[:2]:
        assert {"ja-first", "ja-digit", "ja-west"} <= set(stories) <= {"ja-first", "ja-digit", "ja-west", "ja-other"}
    assert set(by_era) == set(by_year) == set(year) == {"ja-reiwa", "ja-apart"}


def test_a_date_in_digits_finds_those_who_write_it_so_in_any_language(found):
    texts = {
        "en-iso": "The wave came on 2011-03-11 at noon.",
        "ko-iso": "지진은 2011-03-11 오후에 일어났다.",
        "ko-dots": "지진은 2011.3.11 오후에 일어났다.",
        "ja-day": "2011年3月11日に地震があった。",
        "en-other": "The wave came on 2011-03-12, and 11 more on 2011-11-03.",
    }
    for stories in found(texts, "2011-03-11", "2011/3/11", "2011.3.11", "2011年3月11日", "平成23年3月11日"):
        assert set(stories) == set(texts) - {"en-other"}


def test_a_year_is_found_within_longer_words_too(found):
    texts = {"ja-decade": "1990年代の流行が戻る。", "ja-term": "2011年3月期の決算を発表した。", "ja-none": "1980年代の3月。"}
    assert found(texts, "1990年代", "1990年", "2011年3月期", "2011年3月") == [("ja-decade",)] * 2 + [("ja-term",)] * 2


def test_a_day_without_its_year_is_found_wherever_it_stands_and_not_within_another(tmp_path):
    summaries = {"march": "3月11日の式典", "first": "1月1日の式典", "eleventh": "11月1日の式典", "both": "11月1日と1月1日の式典"}
    index = Index(tmp_path / "index")
    index.put(
        Document(id=name, language="ja", title="式", summary=text, body=text if name == "both" else "式。", section="s", published_at=1.0)
        for name, text in summaries.items()
    )
    index.commit()
    for typed, stories in (("3月11日", {"march"}), ("1月1日", {"first", "both"}), ("11月1日", {"eleventh", "both"})):
        assert set(index.search(Query(text=typed)).stories) == stories, typed


def test_a_date_behind_a_minus_is_not_wanted_in_either_calendar(found):
    texts = {
        "ja-day": "2011年3月11日の地震。",
        "ja-era": "平成23年3月11日の地震。",
        "ja-first": "令和元年5月1日の地震。",
        "en-iso": "地震 came on 2011-03-11.",
        "ja-year": "2011年4月の地震。",
        "ja-none": "3月11日の地震。",
        "ja-next": "2011年の地震から一年、2012年3月11日。",
    }
    that_day = {"ja-day", "ja-era", "en-iso"}
    day, digits, year, first, none, more = found(
        texts, "地震 -2011年3月11日", "地震 －2011-03-11", "地震 -平成23年", "地震 -2019年", "地震 -3月11日", "地震 -2011年4月の地震"
    )
    assert set(day) == set(digits) == set(texts) - that_day
    assert set(year) == {"ja-first", "ja-none", "en-iso"}
    assert set(first) == set(texts) - {"ja-first"}
    assert set(none) == {"ja-first", "en-iso", "ja-year"}
    assert set(more) == set(texts) - {"ja-year"}
    assert pattern_of("地震 -2011年3月11日", Names()).pattern == pattern_of("地震", Names()).pattern


def test_a_date_in_quotes_is_a_part_of_its_phrase(found):
    texts = {
        "ja-day": "2011年3月11日の地震を語る。",
        "ja-era": "平成23年3月11日の地震を語る。",
        "ja-apart": "2011年3月11日。あの地震を語る。",
    }
    assert found(texts, "「2011年3月11日の地震」") == [("ja-day",)]


def test_a_day_finds_its_stories_in_either_calendar_and_others_not(tmp_path):
    texts = {
        "that-day": "2011年3月11日、三陸沖を震源とする地震があった。",
        "by-era": "平成23年3月11日の地震から、町は高台へ移った。",
        "no-year": "3月11日の地震のあと、列車は動かなかった。",
        "other-day": "2011年4月11日にも地震があった。3月には雪が降り、11日間続いた。",
        "eleven": "2011年11月3日、文化の日の催しが開かれた。",
    }
    documents = [
        Document(id=name, language="ja", title="地震", body=text, section="s", published_at=time.time()) for name, text in texts.items()
    ]
    index = Index(tmp_path / "index")
    index.put(documents)
    index.commit()
    for typed in ("2011年3月11日", "２０１１年３月１１日", "平成23年3月11日", "2011/3/11"):
        found = index.search(Query(text=typed))
        assert set(found.stories) == {"that-day", "by-era", "no-year"}, typed
        assert found.stories[2] == "no-year"
    assert set(index.search(Query(text="3月11日 列車")).stories) == {"no-year"}
    shown = snippet(documents[0], pattern_of("2011/3/11", Names()))
    assert shown.text[:2] == ("", "2011年3月11日")
    english = Document(id="e", language="en", title="Quake", body="It came on 2011-03-11.", section="s", published_at=time.time())
    assert "2011-03-11" in snippet(english, pattern_of("2011/3/11", Names())).text
    first = Document(id="f", language="ja", title="式", body="令和元年5月1日に式。", section="s", published_at=time.time())
    assert "令和元年5月1日" in snippet(first, pattern_of("2019年5月1日", Names())).text
