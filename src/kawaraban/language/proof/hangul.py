"""Korean: particles that do not fit the syllable before them, or stand twice, words and blanks that stand twice, brackets, weekdays.

There is no dictionary here: 먹는 ends like 학생는, 아이가 like 학생이가. So a rule speaks only where the syllable before a particle ends nouns
and neither a verb's stem nor a name, and is silent elsewhere. What a new word or a name may still end with is only to be looked at; an
error is what no Korean word ends with (학생를, 은는). The noun is reported with its particle: accepted, it is that word alone. Reasons are in Korean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kawaraban.language.korean import with_particle
from kawaraban.language.proof import days, marks
from kawaraban.language.proof.shapes import Level, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kawaraban.language.proof.shapes import Style

_WORD = re.compile(r"[가-힣]+")
_BEHIND_VOWELS = {"은": "는", "을": "를", "이": "가", "과": "와"}
_FIRST, _FINALS, _RIEUL = 0xAC00, 28, 8

# Syllables that end nouns, and no verb's stem before 는: 안는, 신는, 감는, 살아남는, 받아적는, 품는, 속는 are left out.
_CLOSED = frozenset("들령국원관장당팀군법률율량권점금력성상진단행청정명병통선전인민연영용산강경공광균난농능문반방번변본분비생설술실압액약역월임작절족종준중직질책천철촌총축출층탄택판편평폭풍한함합항향험현협형환황획훈학력업식측급것")  # fmt: skip
# The same for nouns that end in a vowel, before 은: neither names (지은, 하은) nor verbs (부은, 나은, 모은).
_OPEN = frozenset("회자구도비소어여요우위의제조차체초치터토파표해허화후로류료래대게계거과교내네노누더디러레마매무미배버브스트크프드르티키피호")  # fmt: skip
# Words end with these that are no noun and a particle: 한옥마을, 저녁노을, 둘러업는.
_NOT_A_PARTICLE = ("마을", "가을", "겨울", "노을", "고을", "서을", "거의", "러업는", "쳐업는", "춰업는", "떠업는")
# A name of three letters: 김소은, 박도이.
_NAME = re.compile(
    r"[강고곽구권김나남노류민박배백변서성송신심안양엄오우원유윤이임장전정조주지진차채천최하한허홍황][소여해도초제조로래미비우루대무주구][은이]"
)
# Before 이 a noun that ends in a vowel: 회의이 for 회의가. Left out are 아이, 차이, 사이 and what ends names: 자이, 제이, 로이, 후이.
_OPEN_BEFORE_I = frozenset("회부기도표화교계대료류무고")
# Nouns of every newspaper whose last syllable alone would not tell: 부은 may be a verb, 가이 a name.
_NOUNS = (
    "정부",
    "국가",
    "회사",
    "경기",
    "도시",
    "연구",
    "보도",
    "처리",
    "문제",
    "결과",
    "전문가",
    "대표",
    "후보",
    "시대",
    "의회",
    "회의",
    "학교",
    "환자",
    "위원회",
)
# Of these no office has its name: 처리과, 도시과 are offices.
_NO_OFFICE = ("정부", "회사", "결과", "전문가", "후보", "의회", "환자", "위원회")
# Before 은은 and 을을, which end names and nouns too: 김정은은, 마을을.
_SURELY_CLOSED = frozenset("들령원관장당팀군법률권력업식측급책것국생")
# Before 가 and 로 a noun that ends in a consonant. Before them stand many longer nouns: 작가, 모험가, 공급가, 증권가, 고속도로, 원자로, 성당로.
_CLOSED_BEFORE_GA = frozenset("들령팀것청측층")
_CLOSED_BEFORE_RO = frozenset("적팀법점식측권것")
# What comes after the topic, the subject or the object in one: 은는, 를을.
_TWICE = re.compile(r"(?:은는|는은|을를|를을|를를|는는|와와|에에|에서에서|에게에게|으로로|으로으로|까지까지|부터부터|들이가|것이가)$")
# Nouns that end so: 나들이가, 오키나와와.
_NOT_TWICE = re.compile(r"(?:[나집길]들이가|[가나기니사아오자카]와와)$")
_TWICE_BEHIND = re.compile(r"(?:은은|을을)$")
# Names and nouns may end so.
_PERHAPS_TWICE = frozenset(("들이가", "와와", "은은", "을을"))
_PAST_TWICE = re.compile(
    r"([했됐있없겠습않였졌갔왔났렸])\1|[했됐였겠었]다다$|습니다다$|니다다$|한다다$|된다다$|(했다|됐다|한다|된다|였다|있다|없다)\2$"
)
_REPEATED = re.compile(r"(?<![가-힣])([가-힣]{2,})([ \u00a0]+)\1(?![가-힣])")
# Said twice on purpose, as is what ends with 씩 and 히.
_MEANT_TWICE = frozenset(("오래", "매우", "하나", "서로", "조금", "차례", "여기", "저기", "거기", "점점", "아주", "정말", "제발", "빨리", "천천히", "다시", "얼른", "어서", "자꾸", "두고", "가다", "하루", "이리", "저리"))  # fmt: skip
_BLANKS = re.compile(r"(?<=\S)[ \u00a0\u3000]{2,}(?=\S)")
_BLANK_BEFORE = re.compile(r"(?<=[가-힣])[ \u00a0]+(?=[,.](?![0-9.]))")
_MARKS_TWICE = re.compile(r",,+|(?<!\.)\.\.(?!\.)|[?!]\.(?!\.)|,\.|\.,")
_DATE = re.compile(
    r"(?<![0-9.])(?:(?P<western>[0-9]{4})년\s?)?(?P<month>[0-9]{1,2})월\s?(?P<day>[0-9]{1,2})일"
    r"(?:\s?[(（](?P<weekday>[월화수목금토일])(?:요일)?[)）]|\s(?P<spoken>[월화수목금토일])요일)?(?P<era>(?!))?(?P<year>(?!))?"
)
_WEEKDAYS = "월화수목금토일"


def particles(text: str, style: Style) -> Iterator[Report]:
    """A particle that is another's behind this syllable, or stands twice."""
    for found in _WORD.finditer(text):
        word = found[0]
        twice = _TWICE.search(word) or (_TWICE_BEHIND.search(word) if word[-3:-2] in _SURELY_CLOSED else None)
        if twice:
            if twice.start() > 0 and not _NOT_TWICE.search(word):
                noun = word[: twice.start()]
                level = Level.WARN if twice[0] in _PERHAPS_TWICE else Level.ERROR
                message = f"조사 {with_particle(f'‘{twice[0]}’', '이/가')} 겹쳤습니다."
                yield Report("doubled", level, *found.span(), word, message, noun + _single(noun, twice[0]))
            continue
        made = _other_particle(word)
        if made is not None:
            wrong, right = made
            noun = word[: -len(wrong)]
            message = f"‘{noun}’ 뒤에는 {with_particle(f'‘{wrong}’', '이/가')} 아니라 {with_particle(f'‘{right}’', '을/를')} 씁니다."
            level = Level.ERROR if wrong == "를" else Level.WARN
            yield Report("particle", level, *found.span(), word, message, noun + right)


def _other_particle(word: str) -> tuple[str, str] | None:
    """Return the particle of a word that does not fit, and the one that does."""
    # Two syllables are rather a word than a noun and a particle.
    if len(word) < 3 or word.endswith(_NOT_A_PARTICLE) or (_NAME.fullmatch(word) and not word[:-1].endswith(_NOUNS)):  # noqa: PLR2004
        return None
    before, last = word[-2], word[-1]
    final = _final(before)
    if word.endswith("으로") and len(word) > 3 and _final(word[-3]) in {0, _RIEUL}:  # noqa: PLR2004
        return "으로", "로"
    if last == "를" and final:
        return "를", "을"
    if last == "와" and final and before not in "안못둘":
        return "와", "과"
    if last in _BEHIND_VOWELS and word[:-1].endswith(_NOUNS) and (last != "과" or word[:-1].endswith(_NO_OFFICE)):
        return last, _BEHIND_VOWELS[last]
    closed = {"는": ("은", _CLOSED), "가": ("이", _CLOSED_BEFORE_GA), "로": ("으로", _CLOSED_BEFORE_RO)}
    opened = {"은": ("는", _OPEN), "을": ("를", _OPEN | {"사", "기", "수", "시", "주", "보", "리"}), "이": ("가", _OPEN_BEFORE_I)}
    if last in closed and final and final != (_RIEUL if last == "로" else -1) and before in closed[last][1]:
        return last, closed[last][0]
    if last in opened and not final and before in opened[last][1]:
        return last, opened[last][0]
    return None


def _single(noun: str, twice: str) -> str:
    """Return the one particle that fits, of two."""
    final = _final(noun[-1])
    if twice in {"은는", "는은", "는는"}:
        return "은" if final else "는"
    if twice in {"을를", "를을", "를를"}:
        return "을" if final else "를"
    if twice in {"으로로", "으로으로"}:
        return "으로" if final and final != _RIEUL else "로"
    return {"들이가": "들이", "것이가": "것이", "와와": "과" if final else "와"}.get(twice, twice[: len(twice) // 2])


def _final(syllable: str) -> int:
    return (ord(syllable) - _FIRST) % _FINALS


def doubled(text: str, style: Style) -> Iterator[Report]:
    """A word, or an ending, that stands twice."""
    for found in _REPEATED.finditer(text):
        word = found[1]
        if word not in _MEANT_TWICE and word[-1] not in "씩히":
            # 힘내라 힘내라 may be meant; a noun with its particle is not.
            sure = word[-1] in "은는을를의에"
            yield Report(
                "doubled",
                Level.ERROR if sure else Level.WARN,
                *found.span(),
                found[0],
                f"{with_particle(f'‘{word}’', '이/가')} 두 번 쓰였습니다.",
                word,
            )
    for found in _WORD.finditer(text):
        if twice := _PAST_TWICE.search(found[0]):
            start, end = found.start() + twice.start(), found.start() + twice.end()
            right = twice[2] or (twice[0][:-1] if twice[0].endswith("다다") else twice[0][0])
            message = f"{with_particle(f'‘{twice[2] or twice[0][-1]}’', '이/가')} 겹쳤습니다."
            yield Report("doubled", Level.ERROR, start, end, twice[0], message, right)


def blanks(text: str, style: Style) -> Iterator[Report]:
    """Two blanks, or one before a mark."""
    for found in _BLANKS.finditer(text):
        yield Report("blank", Level.WARN, *found.span(), found[0], "띄어쓰기가 두 번 되어 있습니다.", " ")
    for found in _BLANK_BEFORE.finditer(text):
        yield Report("blank", Level.WARN, *found.span(), found[0], "문장 부호 앞은 띄지 않습니다.", "")


def doubled_marks(text: str, style: Style) -> Iterator[Report]:
    """A mark that stands twice."""
    for found in _MARKS_TWICE.finditer(text):
        level = Level.ERROR if len(set(found[0])) == 1 else Level.WARN
        yield Report("doubled-mark", level, *found.span(), found[0], "문장 부호가 겹쳤습니다.", found[0][0])


def brackets(text: str, style: Style) -> Iterator[Report]:
    """Brackets without their other half."""
    for at, mark in marks.unpaired(text):
        yield Report("brackets", Level.ERROR, at, at + 1, mark, f"‘{mark}’의 짝이 없습니다.")


def weekdays(text: str, style: Style) -> Iterator[Report]:
    """A date whose weekday is another's, or that is in no calendar."""
    year = None
    for found in _DATE.finditer(text):
        day = days.told_day(found)
        year = day.year or year
        weekday = found["weekday"] or found["spoken"]
        if not days.exists(day):
            yield Report("no-such-day", Level.ERROR, *found.span(), found[0], "달력에 없는 날짜입니다.")
        elif weekday is not None:
            meant = days.candidates(day, year, style.day)
            right = [_WEEKDAYS[each.weekday()] for each in meant]
            if right and weekday not in right:
                span = found.span("weekday" if found["weekday"] else "spoken")
                first = meant[0]
                message = f"{first.year}년 {first.month}월 {first.day}일은 {right[0]}요일입니다."
                yield Report("weekday", Level.ERROR, *span, weekday, message, right[0])


def long_sentences(text: str, style: Style) -> Iterator[Report]:
    """A sentence that is longer than the house wants."""
    for found in re.finditer(r"[^.?!\n]+[.?!]?", text):
        length = len(found[0].strip())
        if length > style.longest_sentence:
            message = f"한 문장이 {length}자입니다. {style.longest_sentence}자 이내로 나눌 수 있습니까?"
            yield Report("long-sentence", Level.HINT, *found.span(), found[0], message)


def unwanted(text: str, style: Style) -> Iterator[Report]:
    """Words that this newspaper does not use."""
    for word, right in style.unwanted.items():
        for found in re.finditer(re.escape(word), text):
            message = f"{with_particle(f'‘{word}’', '은/는')} 쓰지 않습니다." + (
                f" {with_particle(f'‘{right}’', '으로/로')} 씁니다." if right else ""
            )
            yield Report("unwanted-word", Level.WARN, *found.span(), word, message, right or None)


KOREAN_RULES: tuple[Callable[[str, Style], Iterator[Report]], ...] = (
    *(particles, doubled, blanks, doubled_marks, brackets, weekdays, long_sentences, unwanted),
)
