"""Names are found in all their forms, and what is wrong with how a story mentions them is told."""

import itertools
import random
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.language import registry_csv
from kawaraban.language.mentions import State, mentions
from kawaraban.language.names import How, Name, NameFinder, Title, first_mention

MINISTER = Name(
    slug="han-sejin",
    kind="person",
    form="韓世珍",
    form_ko="한세진",
    form_en="Han Sejin",
    reading="ハン・セジン",
    originals=("한세진",),
    titles=(Title("海洋相", "2023-05-10", "2025-04-04"), Title("前海洋相", "2025-04-05")),
)
LEAGUE = Name(
    slug="harbour-league", kind="organisation", form="港湾都市連盟", form_en="HCL", short_forms=("HCL",), wrong_forms=("港湾都市同盟",)
)
SEOUL = Name(slug="seoul", kind="place", form="ソウル", form_ko="서울", form_en="Seoul", originals=("서울",))
FINDER = NameFinder([MINISTER, LEAGUE, SEOUL])
DAY = date(2024, 7, 11)


def told(text: str, day: date = DAY) -> list[tuple[str, str, str, str | None]]:
    return [(m.name.slug, m.state.value, text[m.start : m.end], m.suggestion) for m in mentions(text, FINDER, day)]


def test_a_first_mention_is_made_of_form_reading_and_the_title_of_the_day():
    assert first_mention(MINISTER, DAY) == "韓世珍(ハン・セジン)海洋相"
    assert first_mention(MINISTER, date(2025, 6, 1)) == "韓世珍(ハン・セジン)前海洋相"
    assert first_mention(LEAGUE) == "港湾都市連盟(HCL)"
    assert first_mention(SEOUL) == "ソウル"


def test_names_are_found_in_all_their_forms():
    text = "韓世珍(한세진)氏はHCL、旧称の港湾都市同盟をソウルで語った。"
    assert [(found.name.slug, found.how) for found in FINDER.find(text)] == [
        ("han-sejin", How.FORM),
        ("han-sejin", How.ORIGINAL),
        ("harbour-league", How.SHORT),
        ("harbour-league", How.WRONG),
        ("seoul", How.FORM),
    ]
    assert all(text[found.start : found.end] in found.name.searched for found in FINDER.find(text))


@pytest.mark.parametrize("text", ["ソウルミュージックの夜。", "ネオ・ソウルの新譜。", "HCLXを買う。"])
def test_a_name_inside_another_word_is_none(text):
    assert FINDER.find(text) == []


def test_the_longest_of_two_names_is_meant():
    finder = NameFinder([Name(slug="a", kind="place", form="汐見"), Name(slug="b", kind="place", form="汐見大橋")])
    assert [found.name.slug for found in finder.find("汐見大橋と汐見の町")] == ["b", "a"]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [("ko", "한세진은 서울에서 말했다.", ["han-sejin", "seoul"]), ("en", "Han Sejin met HCL.", ["han-sejin", "harbour-league"])],
)
def test_each_edition_has_its_own_forms(language, text, found):
    assert [place.name.slug for place in NameFinder([MINISTER, LEAGUE, SEOUL], language).find(text)] == found


def test_korean_names_do_not_begin_inside_a_word():
    assert NameFinder([SEOUL], "ko").find("제서울은") == []


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("韓世珍(ハン・セジン)海洋相は韓世珍と名乗った。", ("han-sejin", "right", "韓世珍", None)),
        ("韓世珍海洋相が来た。", ("han-sejin", "brackets-missing", "韓世珍", "韓世珍(ハン・セジン)")),
        ("韓世珍(かん・せちん)海洋相が来た。", ("han-sejin", "brackets-other", "韓世珍(かん・せちん)", "韓世珍(ハン・セジン)")),
        ("韓世珍(54)が来た。", ("han-sejin", "right", "韓世珍", None)),
        ("HCLの総会。港湾都市連盟は続く。", ("harbour-league", "short-first", "HCL", "港湾都市連盟(HCL)")),
        ("港湾都市同盟の総会。", ("harbour-league", "wrong-form", "港湾都市同盟", "港湾都市連盟")),
        ("ソウルで開く。서울の春。", ("seoul", "two-forms", "서울", "ソウル")),
        ("韓世珍(ハン・セジン)氏が来た。ハン・セジン氏は語った。", ("han-sejin", "two-forms", "ハン・セジン", "韓世珍")),
        ("韓世珍(ハン・セジン)氏が来た。ハンセジン氏は語った。", ("han-sejin", "two-forms", "ハンセジン", "韓世珍")),
        ("ハン・セジン氏が来た。", ("han-sejin", "two-forms", "ハン・セジン", "韓世珍(ハン・セジン)")),
        ("ハン・セジン(韓世珍)氏が来た。", ("han-sejin", "two-forms", "ハン・セジン(韓世珍)", "韓世珍(ハン・セジン)")),
    ],
)
def test_each_state_of_a_mention(text, mention):
    assert mention in told(text)


def test_a_title_is_right_only_in_its_time():
    text = "韓世珍(ハン・セジン)海洋相が来た。"
    assert told(text) == [("han-sejin", "right", "韓世珍", None)]
    assert told(text, date(2025, 6, 1)) == [("han-sejin", "title-not-then", "海洋相", "前海洋相")]
    assert told(text, date(2020, 1, 1)) == [("han-sejin", "title-not-then", "海洋相", None)]


@pytest.mark.parametrize("between", ["の", "・", ""])
def test_a_title_may_stand_before_the_name(between):
    text = f"海洋相{between}韓世珍(ハン・セジン)氏が来た。"
    assert told(text) == [("han-sejin", "right", "韓世珍", None)]
    assert told(text, date(2025, 6, 1)) == [("han-sejin", "title-not-then", "海洋相", "前海洋相")]
    assert told(f"元{text}", date(2025, 6, 1)) == [("han-sejin", "right", "韓世珍", None)]


def test_a_mending_mends():
    text = "韓世珍海洋相が来た。HCLは続く。港湾都市同盟の総会。서울の春。"
    for mention in sorted(mentions(text, FINDER, DAY), key=lambda each: -each.start):
        if mention.suggestion is not None:
            text = text[: mention.start] + mention.suggestion + text[mention.end :]
    assert {mention.state for mention in mentions(text, FINDER, DAY)} <= {State.RIGHT, State.SHORT_FIRST}


@given(st.text(alphabet="韓世珍HCL港湾都市連盟同盟ソウル(ハン・セジ)サ", max_size=60))
def test_places_never_overlap_and_lie_in_the_text(text):
    found = FINDER.find(text)
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))
    assert all(0 <= place.start < place.end <= len(text) for place in found)


def test_twenty_thousand_names_are_looked_for_in_five_milliseconds():
    dice = random.Random(7)
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 1200)]
    names = [Name(slug=f"n{at}", kind="person", form="".join(dice.choices(letters, k=4)), reading="カナ") for at in range(20_000)]
    text = "".join(name.form + "は" for name in dice.sample(names, 30)) + "".join(dice.choices(letters, k=1850))
    finder = NameFinder(names)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        assert len(finder.find(text)) >= 30
        took.append(time.perf_counter() - began)
    assert min(took) < 0.005


def test_a_registry_comes_back_as_it_was_written():
    entries = [registry_csv.Entry(MINISTER, "読みは本人の希望"), registry_csv.Entry(LEAGUE), *registry_csv.public_terms()]
    assert registry_csv.read(registry_csv.write(entries)) == (entries, [])


def test_faulty_lines_are_told_with_line_and_column_and_the_others_come():
    text = "form,kind,titles,reading,wikidata\n汐見市,place,,,\n誰か,alien,,,\n彼,person,市長 2026-02-30..,,\n彼女,person,,kana,\n港,place,,,W1\n"
    entries, faults = registry_csv.read(text)
    assert [entry.name.form for entry in entries] == ["汐見市"]
    assert [(fault.line, fault.column, fault.value) for fault in faults] == [
        (3, "kind", "alien"),
        (4, "titles", "市長 2026-02-30.."),
        (5, "reading", "kana"),
        (6, "wikidata", "W1"),
    ]


@pytest.mark.parametrize(
    ("column", "longest"),
    [("form", 80), ("form_ko", 80), ("form_en", 80), ("slug", 60), ("originals", 300), ("short_forms", 300), ("wrong_forms", 300)],
)
def test_what_is_longer_than_the_registry_keeps_is_told(column, longest):
    head = column if column == "form" else f"{column},form"
    for length, told in ((longest, []), (longest + 1, [registry_csv.Fault(2, column, "a" * min(80, longest + 1), longest)])):
        entries, faults = registry_csv.read(f"{head}\n{'a' * length},港の会\n")
        assert (faults, len(entries)) == (told, 0 if told else 1)


def test_a_title_and_a_wikidata_id_have_their_lengths():
    text = f"form,titles,wikidata\n甲,市長、{'長' * 81} 2024-01-01..,\n乙,{'長' * 80},Q{'1' * 19}\n丙,,Q{'1' * 20}\n"
    entries, faults = registry_csv.read(text)
    assert [entry.name.form for entry in entries] == ["乙"]
    assert [(fault.line, fault.column, fault.longest) for fault in faults] == [(2, "titles", 80), (4, "wikidata", 20)]


def test_nul_is_left_out_and_columns_are_known():
    entries, faults = registry_csv.read("note,form,other\n\0総会は\0六月,港の\0会,x\n")
    assert faults == []
    assert (entries[0].name.form, entries[0].note, entries[0].columns) == ("港の会", "総会は六月", {"form", "note"})


@given(st.text(max_size=200))
def test_any_file_is_read_or_told(text):
    entries, faults = registry_csv.read(text)
    assert isinstance(entries, list)
    assert isinstance(faults, list)


def test_the_public_terms_do_not_contradict_each_other():
    names = [entry.name for entry in registry_csv.public_terms()]
    assert len(names) >= 30
    assert len({name.slug for name in names}) == len(names)
    wrong = {form for name in names for form in name.wrong_forms}
    assert not wrong & {form for name in names for form in (name.form, *name.short_forms, *name.originals)}
