"""Proofreading Korean: each rule finds what is wrong, and leaves alone what is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.demo.stories_reading import stories
from kawaraban.language.proof import Level, Style, proof

# (text, rule, what is marked, what is proposed)
WRONG = [
    ("시장은은 다리를 고친다고 말했다.", "doubled", "시장은은", "시장은"),
    ("위원회은는 다리를 고친다.", "doubled", "위원회은는", "위원회는"),
    ("학생들이가 다리를 건넜다.", "doubled", "학생들이가", "학생들이"),
    ("시는 다리를를 고쳤다.", "doubled", "다리를를", "다리를"),
    ("시에서에서 다리를 고쳤다.", "doubled", "시에서에서", "시에서"),
    ("기자가 학생를 만났다.", "particle", "학생를", "학생을"),
    ("그 학생는 웃었다.", "particle", "학생는", "학생은"),
    ("시는 회사을 세웠다.", "particle", "회사을", "회사를"),
    ("위원회은 모였다.", "particle", "위원회은", "위원회는"),
    ("정부은 발표했다.", "particle", "정부은", "정부는"),
    ("새 회의이 열렸다.", "particle", "회의이", "회의가"),
    ("대통령가 말했다.", "particle", "대통령가", "대통령이"),
    ("시는 국민와 함께 한다.", "particle", "국민와", "국민과"),
    ("기자는 서울으로 갔다.", "particle", "서울으로", "서울로"),
    ("배는 항로으로 나갔다.", "particle", "항로으로", "항로로"),
    ("전반적로 좋다.", "particle", "전반적로", "전반적으로"),
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


# Plain sentences as newspapers write them: nouns that end like a particle, names, verbs before 는.
PLAIN = [
    "전주 한옥마을을 찾는 관광객이 크게 늘었다.",
    "시골마을 주민들은 벽화마을 조성을 반겼다.",
    "저녁노을 아래에서 어르신들이 국수를 나눠 먹었다.",
    "늦가을 정취를 느끼는 나들이객이 산을 메웠다.",
    "김소은 기자는 현장에서 살아남는 법을 물었다.",
    "정여은 선수는 받아적는 속도가 빨랐다.",
    "이해은 씨는 되살아남는 골목이 반갑다고 했다.",
    "가족 나들이가 잦은 봄에는 도로가 붐빈다.",
    "봄나들이가 한창인 주말, 집들이가 이어졌다.",
    "정부는 쌀 공급가 인상을 검토하고 있다.",
    "보급가 조정과 도급가 산정은 내년으로 미뤄졌다.",
    "반포자이 입주민들은 분양가 공개를 요구했다.",
    "증권가 전망은 엇갈렸고 환율은 소폭 올랐다.",
    "모험가 박도이 씨는 법률가 출신이다.",
    "탐험가 두 명이 남극으로 떠났다.",
    "조형가 한가은 씨의 전시가 다음 달까지 열린다.",
    "매킬로이 선수가 마지막 날 역전했다.",
    "브이제이 출신 방송인이 라디오를 맡는다.",
    "안후이 성의 공장이 다시 문을 열었다.",
    "오키나와와 제주를 잇는 하늘길이 열렸다.",
    "가나가와와 도쿄에서도 흔들림이 느껴졌다.",
    "시는 끌어모은 기금으로 도서관을 짓는다.",
    "구청은 예산을 쏟아부은 사업을 다시 살핀다.",
    "소방관은 아이를 둘러업는 훈련을 되풀이했다.",
    "민원처리과 직원은 창구를 두 곳 더 열었다.",
    "스마트도시과 담당자는 결과를 곧 알리겠다고 했다.",
    "대법원은 원심을 깨고 사건을 돌려보냈다.",
    "경찰은 달아난 용의자를 쫓는 한편 목격자를 찾는다.",
    "물가는 석 달째 오름세를 잇는 모습이다.",
    "기상청은 밤부터 눈이 쌓이는 곳이 있겠다고 내다봤다.",
    "농민들은 볏짚을 묶는 일손이 모자란다고 호소했다.",
    "교육청은 늘봄교실을 맡는 교사를 더 뽑는다.",
    "병원은 야간 진료를 하는 날을 이틀 늘렸다.",
    "어촌마을 앞바다에서 잡은 굴이 서울로 실려 간다.",
    "겨울 축제는 조금씩 조금씩 규모를 키워 왔다.",
    "노은동 주민센터는 천천히 천천히 걷기 모임을 연다.",
    "위원장은 찬성과 반대를 묻는 절차를 밟겠다고 밝혔다.",
    "은행권은 대출을 갚는 기간을 늘리기로 했다.",
    "선수단은 금메달을 품는 꿈에 한 걸음 다가섰다.",
    "알을 품는 두루미가 다시 논을 찾았다.",
    "기름값이 오르는데도 차를 모는 사람은 줄지 않았다.",
    "시장은 낡은 다리를 고치는 공사를 서두르라고 했다.",
    "사당로 일대와 종로 거리는 주말에 차가 다니지 않는다.",
    "예술의전당로 공사는 다음 달에 끝난다.",
    "대통령은 국회가 법안을 미루는 까닭을 물었다.",
    "두 나라는 관세를 낮추는 협정에 서명했다.",
    "법원은 회사가 노동자에게 임금을 주는 것이 옳다고 봤다.",
    "연구진은 물속에서 숨 쉬는 물고기의 유전자를 밝혔다.",
    "마을회관은 어르신이 쉬는 곳이자 아이가 노는 곳이다.",
    "이은 의원은 조례안을 내고 최은 의원은 반대했다.",
    "김나은 씨와 박시은 씨는 결승에서 만난다.",
    "한강공원은 노을을 보는 사람들로 가득 찼다.",
    "감을 깎는 손길이 바쁜 상주의 가을이다.",
    "마이크 잡은 후보는 청년이 돌아오는 도시를 약속했다.",
    "시는 빈집을 사들이는 사업에 12억 원을 쓴다.",
    "지하철 9호선은 사고로 30분가량 멈췄다.",
    "신문가판대가 사라지는 거리에 책방이 들어섰다.",
    "가) 예산을 늘리고 나) 인력을 뽑는다.",
    "반도체 수출은 두 자릿수로 늘었고 자동차는 제자리다.",
    "소비자가 제값에 사는 길을 여는 것이 이번 대책이다.",
    "남은 표를 세는 동안 두 후보는 말을 아꼈다.",
    "퍼부을 듯한 눈에 비닐하우스가 주저앉는 일이 잇따랐다.",
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


@pytest.mark.parametrize("text", RIGHT + PLAIN)
def test_what_is_right_is_left_alone(text):
    assert [(report.rule, report.text) for report in proof(text)] == []


def test_only_what_no_word_ends_with_is_an_error():
    levels = {text: {report.level for report in proof(text)} for text, rule, *_ in WRONG if rule == "particle"}
    assert {text for text, found in levels.items() if Level.ERROR in found} == {"기자가 학생를 만났다."}
    assert [report.level for report in proof("학생들이가 다리를 건넜다. 시장은은 왔다.")] == [Level.WARN] * 2


def test_what_is_accepted_is_one_word_and_no_particle():
    accepted = Style(accepted=frozenset([("particle", "학생는")]))
    assert [report.text for report in proof("학생는 갔다. 정부은 국민와 만났다.", accepted)] == ["정부은", "국민와"]


def test_reasons_are_korean_with_the_particle_that_fits():
    assert [report.message for report in proof("기자가 학생를 만났다.")] == ["‘학생’ 뒤에는 ‘를’이 아니라 ‘을’을 씁니다."]


def test_the_language_is_told_by_the_letters_or_by_the_caller():
    assert [report.rule for report in proof("시장(市長)은 학생를 만났다.")] == ["particle"]
    assert proof("尹錫悦(윤석열)大統領は橋を見た。") == []
    assert proof("학생를 만났다.", language="ja") == []


def test_a_newsroom_takes_back_and_adds():
    assert proof("기자가 학생를 만났다.", Style(accepted=frozenset([("particle", "학생를")]))) == []
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
