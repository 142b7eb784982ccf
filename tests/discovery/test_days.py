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
        # No dates.
        ("3月", "3月", []),
        ("13月40日", "13月40日", []),
        ("昭和99年", "昭和99年", []),
        ("12011年", "12011年", []),
        ("2対1", "2対1", []),
    ],
)
def test_dates_are_taken_out_of_what_was_typed(typed, rest, days):
    assert without_days(typed) == (rest, days)


@given(st.text(alphabet="0123456789年月日平成令和元/-. 核", max_size=30))
def test_any_text_gives_dates_that_can_be_asked_for(typed):
    for day in without_days(typed)[1]:
        assert day.years or day.marks


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
