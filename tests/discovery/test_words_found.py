"""Every kind of word finds its story, however it is written; and what is shown of what was found."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.discovery.analysis import also_read
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.index import Index
from kawaraban.discovery.names import Names
from kawaraban.discovery.shapes import Query
from kawaraban.discovery.snippets import pattern_of, snippet
from kawaraban.discovery.starts import folded_start
from kawaraban.language.names import Name
from kawaraban.language.words import units
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind

DAY = 86400.0
NOW = time.time()


def document(name: str, title: str, body: str, language: str = "ja", **fields) -> Document:
    fields = {"section": "politics", "published_at": NOW - DAY} | fields
    return Document(id=name, language=language, title=title, body=body, **fields)


DOCUMENTS = [
    document(
        "lamp", "灯台の一般公開、二十年ぶり", "沖ノ鼻灯台が開く。見学は無料。", section="society", topics=("sea",), topic_names=("海",)
    ),
    document(
        "summit",
        "米韓首脳会談で共同文書",
        "核抑止について協議した。尹錫悦大統領はサーバの防護も論じた。会談は午後３時に始まり、核軍縮にも触れた。",
        topics=("diplomacy",),
        topic_names=("外交",),
        published_at=NOW - 400 * DAY,
    ),
    document("meeting", "打ち合わせの経緯を公開", "渡邊議員が経緯を説明した。龍神の祭りの話も出た。", bylines=("佐登はるか",)),
    document("storm", "台風5号が北上", "強い台風5号は北上を続ける。ｷｬﾝｾﾙが相次いだ。"),
    document("other-storm", "台風15号が発生", "台風15号が発生した。島に近づくおそれがある。"),
    document("festival", "학교에서 열린 축제", "서울의 학교에서 학생들이 축제를 열었다. 핵심 행사는 저녁이다.", "ko", section="society"),
    document("ministers", "Ministers agree on the bridges", "The ministers were running late, but signed the treaty about NATO.", "en"),
    document("yoon", "Yoon Suk Yeol speaks", "The president spoke about trade.", "en", section="world"),
]
YOON = Name(
    slug="yoon",
    kind="person",
    form="尹錫悦",
    form_ko="윤석열",
    form_en="Yoon Suk Yeol",
    reading="ユン・ソンニョル",
    originals=("尹錫悅", "윤석열"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    names = Names()
    names.put(YOON)
    index = Index(tmp_path_factory.mktemp("index"), names)
    index.put(DOCUMENTS)
    index.commit()
    return index


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # one letter, alone and inside longer words
        ("核", "summit"),
        ("灯", "lamp"),
        ("핵", "festival"),
        # inside a longer word
        ("米韓", "summit"),
        ("韓首", "summit"),
        ("首脳会談", "summit"),
        ("般公", "lamp"),
        # normalised forms
        ("打合せ", "meeting"),
        ("打ち合せ", "meeting"),
        ("サーバー", "summit"),
        # kanji in original and common form
        ("渡辺", "meeting"),
        ("渡邉", "meeting"),
        ("竜神", "meeting"),
        ("燈臺", "lamp"),
        # readings, as typed before conversion
        ("とうだい", "lamp"),
        ("トウダイ", "lamp"),
        ("うちあわせ", "meeting"),
        ("しゅのうかいだん", "summit"),
        ("べいかんしゅのうかいだん", "summit"),
        ("わたなべぎいん", "meeting"),
        # widths and case
        ("サーバ", "summit"),
        ("ｻｰﾊﾞ", "summit"),
        ("キャンセル", "storm"),
        ("3時", "summit"),
        ("ｎａｔｏ", "ministers"),
        # phrases
        ("「核抑止について」", "summit"),
        ('"signed the treaty"', "ministers"),
        # what is counted
        ("台風5号", "storm"),
        # Korean without its particles, spaced or not
        ("학교", "festival"),
        ("축제를 열었다", "festival"),
        ("축제를열었다", "festival"),
        ("서울 학생", "festival"),
        # English by its stems
        ("minister", "ministers"),
        ("BRIDGE", "ministers"),
        ("run", "ministers"),
        # a headline of another paper
        ("米韓の首脳が会談、「核抑止」の共同文書を発表", "summit"),
    ],
)
def test_it_finds(index, query, found):
    assert index.search(Query(text=query)).stories[:1] == (found,)


@pytest.mark.parametrize(
    "form", ["尹錫悦", "尹錫悅", "ゆんそんにょる", "ユンソンニョル", "ユン・ソンニョル", "윤석열", "yoon suk yeol", "Yoon Suk-yeol"]
)
def test_a_name_is_found_by_each_of_its_forms(index, form):
    assert set(index.search(Query(text=form)).stories) == {"summit", "yoon"}
    assert index.search(Query(text=f"{form} 核")).stories[0] == "summit"


@pytest.mark.parametrize(
    ("query", "not_found"),
    [
        ("「協議について」", "summit"),
        ("公開 -灯台", "lamp"),
        ("公開 −とうだい", "lamp"),
        ("核 -「核抑止」", "summit"),
    ],
)
def test_it_leaves_out(index, query, not_found):
    assert not_found not in index.search(Query(text=query)).stories


def test_a_number_is_told_from_one_that_ends_alike(index):
    assert index.search(Query(text="台風15号")).stories[0] == "other-storm"


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"section": "society"}, {"lamp"}),
        ({"topic": "sea"}, {"lamp"}),
        ({"byline": "佐登はるか"}, {"meeting"}),
        ({"language": "ko"}, set()),
        ({"since": NOW - 10 * DAY}, {"lamp", "meeting"}),
        ({"until": NOW - 10 * DAY}, set()),
        ({"since": -1e300, "until": 1e300}, {"lamp", "meeting"}),
    ],
)
def test_what_is_found_is_bounded(index, bounds, found):
    assert set(index.search(Query(text="公開", **bounds)).stories) == found


def test_the_newest_come_first_when_that_is_wanted(index):
    assert index.search(Query(text="台風 発生")).near is False
    stories = index.search(Query(text="の", newest=True)).stories
    assert list(stories) == sorted(stories, key=lambda story: -next(each.published_at for each in DOCUMENTS if each.id == story))


def test_what_has_not_all_of_it_is_near(index):
    found = index.search(Query(text="灯台 축제"))
    assert found.near
    assert set(found.stories) == {"lamp", "festival"}


def test_in_a_long_question_a_word_that_all_stories_have_makes_better_and_finds_nothing_itself(tmp_path):
    index = Index(tmp_path / "index")
    plain = [document(f"plain-{number}", "市民の橋", "市民が橋を渡る。") for number in range(30)]
    told = {
        "one": "灯台の前で市民が橋を渡る。",
        "two": "灯台で児童が丘から花火を見る。",
        "two-and-all": "灯台で市民が橋から花火を見る。",
    }
    index.put([*plain, *(document(name, "祭りの後", body) for name, body in told.items())])
    index.commit()
    # Four words tell something, of which half must be there; 市民 and 橋 are no help.
    assert index.search(Query(text="灯台 花火 太鼓 屋台 市民 橋")).stories == ("two-and-all", "two")
    # Where nothing else is left, they find what they find.
    assert index.search(Query(text="市民 橋 渡る 灯台")).total == 32
    assert index.search(Query(text="市民 橋")).total == 32


def test_pages_turn_over_one_order(index):
    whole = index.search(Query(text="公開 台風 축제 the")).stories
    turned = [index.search(Query(text="公開 台風 축제 the", limit=1, offset=at)).stories[0] for at in range(len(whole))]
    assert tuple(turned) == whole


def test_facets_count_what_was_found(index):
    facets = index.facets(Query(text="公開"), near=False)
    assert dict(facets.sections) == {"society": 1, "politics": 1}
    assert facets.topics == (("sea", "sea", 1),)
    assert facets.languages == (("ja", 2),)
    assert sum(count for _, count in facets.years) == 2


@pytest.fixture(scope="module")
def korean(tmp_path_factory):
    index = Index(tmp_path_factory.mktemp("korean"))
    talks = document(
        "talks", "한미정상회담 개최", "한미정상회담이 서울에서 열렸다. 핵심 의제는 안보였다.", "ko", published_at=NOW - 9 * DAY
    )
    growth = document(
        "growth", "지역경제활성화 논의", "부산국제영화제를 앞두고 지역경제활성화를 논의했다.", "ko", published_at=NOW - 8 * DAY
    )
    index.put([talks, growth, document("apart", "정상 회담", "정상회담 이야기와 안보 이야기.", "ko", published_at=NOW - 7 * DAY)])
    index.commit()
    return index


@pytest.mark.parametrize(
    ("query", "found"),
    [("정상회담 서울", "talks"), ("미정상", "talks"), ("활성화", "growth"), ("영화제를", "growth"), ("국제 영화제", "growth")],
)
def test_a_korean_word_is_found_inside_a_compound(korean, query, found):
    assert korean.search(Query(text=query)).stories[:1] == (found,)
    shown = snippet(document("x", "한미정상회담", "한미정상회담이 열렸다.", "ko"), pattern_of("정상회담", Names()))
    assert shown.title == ("한미", "정상회담", "")


def test_in_a_long_question_a_korean_compound_counts_as_its_words_do(korean):
    # Half of a headline's words are enough: 정상회담 stands alone in another story, and in a compound here.
    found = korean.search(Query(text="정상회담 개최, 핵심 의제 예산 편성 국회 심의"))
    assert (found.stories, found.near) == (("talks",), False)


def test_a_korean_headline_is_suggested_by_any_word_of_a_compound(korean):
    for typed, found in (("정상ㅎ", ["apart", "talks"]), ("회담", ["apart", "talks"]), ("활성", ["growth"]), ("한미저", ["talks"])):
        assert korean.starting(folded_start(typed), language="ko", limit=5) == found
    # One syllable says too little of what is inside.
    assert korean.starting(folded_start("상"), language="ko", limit=5) == []


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    directory = tmp_path_factory.mktemp("archive")
    log = SheetLog(directory / "sheets.sqlite3", writable=True)
    log.append(Change(Kind.DOCUMENT, each.id, each) for each in DOCUMENTS)
    log.append([Change(Kind.NAME, YOON.slug, YOON)])
    return Archive.current(log.path, directory / "discovery")


def test_a_name_is_known_when_it_is_registered_and_not_when_it_was_taken_out(archive, tmp_path):
    assert set(archive.search(Query(text="Yoon Suk Yeol")).stories) == {"summit", "yoon"}
    assert set(archive.search(Query(text="ゆんそんにょる大統領")).stories) == {"summit"}
    assert [(one.kind, one.text) for one in archive.suggest("ゆん", "")] == [("name", "尹錫悦")]
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append([*(Change(Kind.DOCUMENT, each.id, each) for each in DOCUMENTS), Change(Kind.NAME, YOON.slug, YOON)])
    other = Archive.current(log.path, tmp_path / "discovery")
    log.append([Change(Kind.NAME, YOON.slug, None)])
    while other.work():
        pass
    assert set(other.search(Query(text="Yoon Suk Yeol")).stories) == {"yoon"}
    assert other.suggest("ゆん", "") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("公会", "公開"),  # read the same, converted wrongly
        ("沖ノ鼻灯代", "沖ノ鼻灯台"),
        ("ministars", "ministers"),
        ("首悩会談", "首脳会談"),
        ("학겨에서", "학교에서"),
        ("treayt", "treaty"),  # two letters that changed places
    ],
)
def test_what_was_meant_is_asked(archive, typed, meant):
    answer = archive.search(Query(text=typed))
    assert answer.instead == meant
    assert archive.search(Query(text=answer.instead)).total


def test_what_is_read_alike_is_found_the_likeliest_first(tmp_path):
    texts = {
        "mountain": "富士山の初冠雪が観測された。",
        "person": "藤さんは会見で語った。",
        "kana": "ふじさんと書かれた看板。",
        "none": "富山県の港。",
    }
    index = Index(tmp_path / "index")
    index.put(document(name, "題", text) for name, text in texts.items())
    index.commit()
    found = index.search(Query(text="ふじさん")).stories
    assert (set(found[:2]), found[2:]) == ({"mountain", "kana"}, ("person",))
    assert index.search(Query(text="フジサン")).stories == ("mountain",)
    assert index.search(Query(text="とやま")).stories == ("none",)


@pytest.mark.parametrize(
    ("text", "reading", "also"),
    [
        ("富士山", "ふじやま", {"ふじさん", "ふじざん"}),
        ("日本", "にっぽん", {"にほん"}),
        ("信濃川", "しなのがわ", {"しなのかわ"}),
        ("山", "やま", set()),
    ],
)
def test_a_word_is_known_by_its_other_readings_too(text, reading, also):
    word = units(text)[-1].whole
    assert word.reading == reading
    assert also <= set(also_read(word)) - {reading}


def test_nothing_is_asked_back_of_what_was_found(archive):
    assert archive.search(Query(text="灯台")).instead == ""


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("とう", "story", "灯台の一般公開、二十年ぶり"),
        ("とうd", "story", "灯台の一般公開、二十年ぶり"),
        ("灯台", "story", "灯台の一般公開、二十年ぶり"),
        ("うみ", "topic", "海"),
        ("がいこ", "topic", "外交"),
        ("학교", "story", "학교에서 열린 축제"),
        ("학ㄱ", "story", "학교에서 열린 축제"),
        ("축젱", "story", None),
        ("minis", "story", "Ministers agree on the bridges"),
        ("bri", "story", "Ministers agree on the bridges"),
    ],
)
def test_it_suggests_while_it_is_typed(archive, typed, kind, text):
    found = [(one.kind, one.text) for one in archive.suggest(typed, "")]
    assert ((kind, text) in found) if text else not found


def test_one_letter_suggests_nothing(archive):
    assert archive.suggest("と", "") == []
    assert archive.suggest("", "") == []


def test_a_snippet_marks_what_was_looked_for_and_keeps_the_text(index):
    summit = DOCUMENTS[1]
    shown = snippet(summit, pattern_of("核抑止 サーバー", Names()))
    assert shown.text[1::2] == ("核抑止", "サーバ")
    assert "".join(shown.text).strip("…") in summit.body
    assert snippet(summit, pattern_of("首脳会談", Names())).title == ("米韓", "首脳会談", "で共同文書")
    assert snippet(DOCUMENTS[3], pattern_of("キャンセル", Names())).text[1::2] == ("ｷｬﾝｾﾙ",)
    assert snippet(DOCUMENTS[2], pattern_of("打合せ", Names())).title[1] == "打ち合わせ"
    assert snippet(DOCUMENTS[6], pattern_of("minister", Names())).title[1] == "Ministers"


def test_a_long_text_is_cut_at_phrases():
    text = (
        "はじめに長い前置きがあって、なかなか本題に入らない。" * 10
        + "ようやく灯台の話になった。"
        + "そのあとも話は尽きることなく続いていった。" * 10
    )
    shown = snippet(document("long", "長い話", text), pattern_of("灯台", Names()))
    assert "灯台" in shown.text
    assert len("".join(shown.text)) <= 120
    assert "".join(shown.text).startswith("ようやく")
    assert shown.text[-1][-1] in "…。"


@given(text=st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_string_gets_an_answer_with_all_that_is_shown(archive, text):
    answer = archive.search(Query(text=text, snippets=True, facets=True))
    assert len(answer.snippets) == len(answer.stories)
    assert answer.total >= len(answer.stories)
    archive.suggest(text, "ja")


@pytest.mark.parametrize(
    "text",
    ["「", "」「", '"""', "-", "--", "－ー", "・", "ー", "\x00", "𠮷", "a" * 5000, "核" * 5000, "「核" * 100, "(" * 200, "🗾", "\u202e核"],
)
def test_an_odd_string_gets_an_answer(archive, text):
    archive.search(Query(text=text, snippets=True, facets=True, offset=10**9))
    archive.suggest(text, "")


def test_beginnings_are_folded():
    assert folded_start("トウキョウt") == folded_start("とうきょう")
    assert folded_start("서우") == folded_start("서울")[: len(folded_start("서우"))]
