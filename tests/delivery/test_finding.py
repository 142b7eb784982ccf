"""The search page's request, and what the page says of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.delivery.finding import Notes, SearchRequest, marked, snippets
from kawaraban.delivery.found import WrongFieldError, search_query
from kawaraban.discovery.shapes import Answer, Facets, Snippet
from kawaraban.sheetlog.shapes import Slot

NOW = 1_790_000_000.0
SECTIONS = ("\tすべて", "politics\t政治", "society\t社会")


def slot(key, *sentences):
    return Slot(
        name=key, fill="asked", key=key, sentences=sentences, opening="<ul>", closing="</ul>", row_opening="<li>", row_closing="</li>"
    )


def links(text):
    return re.findall(r'href="([^"]*)"(?: aria-current=true)?>([^<]*)', text)


def test_a_search_is_in_its_address_and_the_default_is_not():
    asked = SearchRequest.read("q=%E7%81%AF%E5%8F%B0&section=society&when=7&order=new&page=3")
    assert asked.address(page=3) == "?q=%E7%81%AF%E5%8F%B0&amp;section=society&amp;when=7&amp;order=new&amp;page=3"
    # Another choice begins with its first page.
    assert asked.address(order="") == "?q=%E7%81%AF%E5%8F%B0&amp;section=society&amp;when=7"
    query = asked.query("ja", NOW, "somebody")
    assert (query.language, query.section, query.since, query.newest, query.offset) == ("ja", "society", NOW - 7 * 86400, True, 40)


def test_a_year_bounds_both_ends_and_all_editions_bound_nothing():
    query = SearchRequest.read("q=x&when=2024&editions=all").query("ja", NOW, "")
    assert (query.language, query.until - query.since) == ("", 366 * 86400)


@pytest.mark.parametrize(
    "given",
    [
        *(
            "when=tomorrow",
            "when=99999999999",
            "when=-1",
            "when=020201",
            "when=02026",
            "when=20261",
            "when=2026x",
            "when=%EF%BC%92026",
            "when=1899",
            "when=2200",
        ),
        *("when=07", "order=old", "editions=some", "page=0", "page=51", "page=x"),
    ],
)
def test_what_is_no_choice_is_not_made(given):
    assert SearchRequest.read(f"q=x&{given}") == SearchRequest(text="x")


@given(text=st.text(max_size=200))
def test_nothing_that_is_typed_gets_out_of_its_place(text):
    asked = SearchRequest(text=text, section=text, topic=text, by=text, when="7")
    answer = Answer((), 3, instead=text or "x", facets=Facets(sections=((text, 1), ("b", 2)), topics=((text, text, 2), ("a", "a", 1))))
    notes = Notes(asked, answer, often=[text])
    for key in ("instead", "order", "editions", "section", "topic", "when", "pages", "often", "kept"):
        written = notes.written(slot(key, "{query}", "x\ty"))
        plain = re.sub(r"</?(ul|li|a|small|input)( (href|rel|type|name|value)=\"[^\"<>]*\"| aria-current=true)*>", "", written)
        assert "<" not in plain


def test_sections_are_offered_when_there_is_a_choice_and_the_way_back_when_one_was_made():
    facets = Facets(sections=(("politics", 2), ("society", 5)))
    text = Notes(SearchRequest(text="x"), Answer(("a",), 7, facets=facets)).written(slot("section", *SECTIONS))
    assert links(text) == [("?q=x&amp;section=society", "社会 "), ("?q=x&amp;section=politics", "政治 ")]
    one = Answer(("a",), 5, facets=Facets(sections=(("society", 5),)))
    assert Notes(SearchRequest(text="x"), one).written(slot("section", *SECTIONS)) == ""
    chosen = Notes(SearchRequest(text="x", section="society"), one).written(slot("section", *SECTIONS))
    assert links(chosen) == [("?q=x", "すべて"), ("?q=x&amp;section=society", "社会 ")]
    assert "aria-current=true>社会" in chosen


def test_pages_are_turned_as_far_as_there_is_something():
    def turned(page, total):
        text = Notes(SearchRequest(text="x", page=page), Answer(("a",), total)).written(slot("pages", "前", "次"))
        return re.findall(r'rel="(\w+)"', text)

    assert (turned(1, 20), turned(1, 21), turned(2, 41), turned(3, 41), turned(50, 10**6)) == (
        [],
        ["next"],
        ["prev", "next"],
        ["prev"],
        ["prev"],
    )


def test_where_it_was_found_is_marked_and_escaped():
    assert marked(("<b>", "灯台", "&")) == "&lt;b&gt;<mark>灯台</mark>&amp;"
    answer = Answer(("a", "b"), 2, snippets=(Snippet(("t",), ("沖の", "灯台", "")), Snippet(("",), ("",))))
    assert snippets(answer) == {"a": '<span class="snippet">沖の<mark>灯台</mark></span>'}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "x"),
        ("offset", "-1"),
        ("offset", "10001"),
        ("order", "old"),
        ("since", "yesterday"),
        ("until", "9999-99-99"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(field, value):
    with pytest.raises(WrongFieldError, match=f"^{field} is '{value}'"):
        search_query({"q": "x", field: value})


def test_a_day_that_bounds_the_end_belongs_to_it():
    query = search_query({"q": "x", "since": "2026-11-01", "until": "2026-11-01"})
    assert query.until - query.since == 86400
