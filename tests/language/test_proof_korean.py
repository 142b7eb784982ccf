"""Proofreading Korean: each rule finds what is wrong, and leaves alone what is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.demo.stories_reading import stories
from kawaraban.language.proof import Level, Style, proof

# (text, rule, what is marked, what is proposed)
WRONG = [
    ("시장은은 다리를 고친다고 말했다.", "doubled", "은은", "은"),
    ("위원회은는 다리를 고친다.", "doubled", "은는", "는"),
    ("학생들이가 다리를 건넜다.", "doubled", "들이가", "들이"),
    ("시는 다리를를 고쳤다.", "doubled", "를를", "를"),
    ("시에서에서 다리를 고쳤다.", "doubled", "에서에서", "에서"),
    ("기자가 학생를 만났다.", "particle", "를", "을"),
    ("그 학생는 웃었다.", "particle", "는", "은"),
    ("시는 회사을 세웠다.", "particle", "을", "를"),
    ("위원회은 모였다.", "particle", "은", "는"),
    ("정부은 발표했다.", "particle", "은", "는"),
    ("새 회의이 열렸다.", "particle", "이", "가"),
    ("대통령가 말했다.", "particle", "가", "이"),
    ("시는 국민와 함께 한다.", "particle", "와", "과"),
    ("기자는 서울으로 갔다.", "particle", "으로", "로"),
    ("배는 항로으로 나갔다.", "particle", "으로", "로"),
    ("전반적로 좋다.", "particle", "로", "으로"),
    ("시는 다리를 다리를 고쳤다.", "doubled", "다리를 다리를", "다리를"),
    ("시장은 그렇게 말했다다.", "doubled", "했다다", "했다"),
    ("시는 공사를 시작했했다.", "doubled", "했했", "했"),
    ("시는 안을 처리했다했다.", "doubled", "했다했다", "했다"),
    ("시는  다리를 고쳤다.", "blank", "  ", " "),
    ("공사가 끝났다 .", "blank", " ", ""),
    ("시는,, 다리를 고쳤다.", "doubled-mark", ",,", ","),
    ("시는 다리(길이 112미터를 고쳤다.", "brackets", "(", None),
    ("2026년 11월 24일(수)에 열린다.", "weekday", "수", "화"),
    ("2026년 11월 24일 수요일에 열린다.", "weekday", "수", "화"),
    ("2026년 2월 30일에 열린다.", "no-such-day", "2026년 2월 30일", None),
]

RIGHT = [
    "먹는 사람과 읽는 책, 있는 것과 좋은 날, 지은 집과 부은 눈을 보았다.",
    "마을을 지나 가을을 보고, 아이가 고양이가 차이가 있다고 했다.",
    "김정은은 은행은 물론 국가가 평가가 달라졌다고 작가가 말했다.",
    "오키나와 원자로 도로로 서울로 사과와 결과와 함께 서로 경로로 갔다.",
    "상점가 전문가 물가 작가, 회의의 의의와 제도도 태도도 그대로다.",
    "2026년 11월 24일(화)에 열린다. 1,340원, 3.4킬로미터…",
    "오래 오래 살았다. 하나 하나 보았다.",
]


@pytest.mark.parametrize(("text", "rule", "marked", "proposed"), WRONG)
def test_what_is_wrong_is_found_with_its_place_and_its_mending(text, rule, marked, proposed):
    found = proof(text)
    assert [(report.rule, report.text, report.suggestion) for report in found] == [(rule, marked, proposed)]
    assert all(text[report.start : report.end] == report.text for report in found)


@pytest.mark.parametrize(("text", "rule", "marked", "proposed"), [row for row in WRONG if row[3] is not None])
def test_a_mended_text_has_nothing_to_mend(text, rule, marked, proposed):
    (report,) = proof(text)
    assert proof(text[: report.start] + report.suggestion + text[report.end :]) == []


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_left_alone(text):
    assert [(report.rule, report.text) for report in proof(text)] == []


def test_reasons_are_korean_with_the_particle_that_fits():
    assert [report.message for report in proof("기자가 학생를 만났다.")] == ["‘학생’ 뒤에는 ‘를’이 아니라 ‘을’을 씁니다."]


def test_the_language_is_told_by_the_letters_or_by_the_caller():
    assert [report.rule for report in proof("시장(市長)은 학생를 만났다.")] == ["particle"]
    assert proof("尹錫悦(윤석열)大統領は橋を見た。") == []
    assert proof("학생를 만났다.", language="ja") == []


def test_a_newsroom_takes_back_and_adds():
    assert proof("기자가 학생를 만났다.", Style(accepted=frozenset([("particle", "를")]))) == []
    assert [report.message for report in proof("새 다리를 놓는다.", Style(unwanted={"다리": "교량"}))] == [
        "‘다리’는 쓰지 않습니다. ‘교량’으로 씁니다."
    ]


def test_the_demos_own_stories_have_nothing_to_look_at():
    reports = {
        story.id: found
        for story in stories()
        if story.language == "ko" and (found := [report for report in proof(story.fields["body"]) if report.level is not Level.HINT])
    }
    assert reports == {}


@given(st.text(alphabet="시장은는이가을를과와으로에서했다 .,()2026년11월24일수", max_size=60))
def test_no_korean_text_makes_it_fail(text):
    assert all(text[report.start : report.end] == report.text for report in proof(text, language="ko"))
