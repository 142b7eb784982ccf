"""Particles and the verb that they lead to: 事故を発生した, 会議を開催された, 市長が会議が開いた, 計画の発表した。.

What each verb may stand with is told in ``verbs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.verbs import DONE_BY_PEOPLE, HOW, NOT_SUFFERED, SAYING, WHO, WITH_TO, WITHOUT_NI, WITHOUT_OBJECT, WITHOUT_WAY
from kawaraban.language.proof.words import headlines, kana_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kawaraban.language.proof.grammar import Morpheme

_CASES = frozenset("をがにでとへのはも")
_ENDS_A_CLAUSE = frozenset(("形容詞", "形状詞", "助動詞", "補助記号"))
_NOMINAL = frozenset(("名詞", "代名詞", "接尾辞"))
# A verb in front of these says more of them, and what stands before may belong to another verb: 祭りを[集まった]人々に見せた.
_GOES_ON = frozenset(("名詞", "代名詞", "接頭辞", "形状詞", "連体詞", "接尾辞"))
_FORMAL = frozenset(("こと", "ため", "とき", "際", "場合", "予定", "後", "まま", "ところ", "もの"))
_OF_EXTENT = frozenset(("の", "まで", "よう", "ほど", "だけ", "ばかり", "くらい", "ぐらい", "より", "か", "「", "『", "(", "（", "・", "-"))
# 象は鼻がある, 私が興味がある; 男性2人、女性2人の合わせて4人.
_WITH_TWO_SUBJECTS = frozenset(("ある", "いる", "できる", "わかる", "分かる", "なる", "する", "集まる", "始まる", "進む", "相次ぐ", "続く", "かかる", "異なる", "違う", "決まる"))  # fmt: skip
_ADDING_UP = frozenset(("合わせる", "あわせる", "ある"))
# 乗り出す, 勝ち取る: with these a verb is another one.
_MAKES_ANOTHER = frozenset(("出す", "切る", "込む", "抜く", "取る", "越える", "上げる", "付ける", "つける", "合う", "返す", "直す"))
# Nouns that lean on what stands before them: 事故を際, 会議がため.
_NEVER_BEFORE = {
    **dict.fromkeys(("ため", "際", "場合", "恐れ", "おそれ", "時点", "最中"), "をがにでへ"),
    **dict.fromkeys(("意向", "模様", "状態"), "をがでへ"),
}
_TIMES = frozenset(("日", "月", "年", "時", "期", "後", "前", "中", "以降", "以後", "以前"))
_LINKS = frozenset(("て", "で"))
# を in front of a noun with one of these tells when, how or of what: 式典を前に, 会議を中心に, 開業を目的と.
_SETTING = frozenset("にと")
# Whatever moves does so through these: 雨の中を到着した, 夜空を上昇した.
_MIDST = frozenset(("中", "なか", "空", "夜空", "上空", "間", "下"))
_NEAR = 3  # words
# What ends with these is no one.
_OF_THINGS = frozenset("性力率額数法案量料費権罪策点度品物金税")


class Argument(NamedTuple):
    """A particle of case, and the word before it."""

    noun: int
    at: int
    particle: str


class Predicate(NamedTuple):
    """A verb with its auxiliaries."""

    at: int
    stop: int  # behind its last auxiliary
    verb: str  # as the dictionary lists it; of 発表する 発表
    passive: bool
    causative: bool
    joined: bool  # 勝ち取る: what its first half may stand with is not what the whole may


class Clause(NamedTuple):
    """A verb and what leads to it since the verb, the comma or the bracket before."""

    predicate: Predicate
    arguments: tuple[Argument, ...]
    row: Sequence[Morpheme]

    @property
    def follows(self) -> Morpheme | None:
        """The word behind the verb."""
        return self.row[self.predicate.stop] if self.predicate.stop < len(self.row) else None

    @property
    def ends(self) -> bool:
        """Whether no noun follows that the verb says more of, but for those of grammar."""
        follows = self.follows
        return follows is None or follows.part[0] not in _GOES_ON or follows.surface in _FORMAL

    @property
    def next_to_it(self) -> Argument | None:
        """The particle right before the verb."""
        last = self.arguments[-1] if self.arguments else None
        return last if last is not None and last.at == self.predicate.at - 1 else None

    def all_of(self, particle: str) -> list[Argument]:
        """Return all that stand with a particle."""
        return [each for each in self.arguments if each.particle == particle]


def cases(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """Look at the particles that lead to each verb."""
    closed = kana_told(text) | headlines(text)
    for clause in clauses(row):
        if row[clause.predicate.at].start in closed:
            continue
        for rule in _RULES:
            told = next(rule(clause), None)
            if told is not None:
                argument, level, message, mended = told
                word = row[argument.at]
                yield Report("particle", level, word.start, word.end, word.surface, message, mended)
                break


def sources(text: str, row: Sequence[Morpheme]) -> Iterator[Report]:
    """Look at who says something, and at what is said: 同社を発表によると, 「直す」で述べた, 直すに話した, 最を多い."""
    closed = kana_told(text) | headlines(text)
    for at in range(1, len(row) - 1):
        word = row[at]
        if word.part[0] != "助詞" or word.surface not in _CASES or word.start in closed:
            continue
        before, mended = row[at - 1], None
        if before.surface == "最":
            mended = None if word.surface == "も" else "も"
        elif _leans(row[at + 1], word.surface) or (word.surface in "をへも" and _leads_to_source(row, at)):
            mended = "の"
        elif _says(row, at + 1):
            quoted = before.surface == "」" and word.surface in "でのにはへも"
            told = before.part[0] in {"動詞", "助動詞", "形容詞"} and before.form.startswith("終止形") and word.surface in "にでのはも"
            mended = "と" if quoted or told else None
        if mended is not None:
            message = f"「{word.surface}」は「{mended}」ではありませんか。"
            yield Report("particle", Level.ERROR, word.start, word.end, word.surface, message, mended)


def _leans(noun: Morpheme, particle: str) -> bool:
    return noun.part[0] in {"名詞", "形状詞"} and particle in _NEVER_BEFORE.get(noun.surface, "")


def _leads_to_source(row: Sequence[Morpheme], at: int) -> bool:
    """Whether nothing but a name follows, and によると."""
    stop = at + 1
    while stop < len(row) and row[stop].part[0] in {"名詞", "接尾辞", "接頭辞"}:
        stop += 1
    if stop == at + 1 or stop + 2 >= len(row):
        return False
    return row[stop].surface == "に" and row[stop + 1].base == "よる" and row[stop + 2].surface in {"と", "ば"}


def _says(row: Sequence[Morpheme], at: int) -> bool:
    stop = at if row[at].part[0] == "動詞" else at + 1
    said = row[at].base if stop == at else row[at].surface
    if said not in SAYING or stop >= len(row) or (stop > at and row[stop].base not in {"する", "できる"}):
        return False
    return stop + 1 >= len(row) or row[stop + 1].base not in {"れる", "られる"}


def clauses(row: Sequence[Morpheme]) -> Iterator[Clause]:
    """Cut a sentence at its verbs."""
    arguments: list[Argument] = []
    at = 0
    while at < len(row):
        word = row[at]
        predicate = _predicate(row, at)
        if predicate is not None:
            if arguments:
                yield Clause(predicate, tuple(arguments), row)
            arguments = []
            at = predicate.stop
            continue
        if word.part[0] == "助詞" and word.surface in _CASES and word.part[1] in {"格助詞", "係助詞"} and at:
            arguments.append(Argument(at - 1, at, word.surface))
        elif word.part[0] in _ENDS_A_CLAUSE or word.part[2] == "形状詞可能" or word.surface in {"て", "か"}:
            arguments = []
        at += 1


def _predicate(row: Sequence[Morpheme], at: int) -> Predicate | None:
    word, stop = row[at], at + 1
    if word.part[0] == "動詞":
        verb = word.base
    elif (
        word.part[2].startswith("サ変")
        and stop < len(row)
        and row[stop].part[0] == "動詞"
        and row[stop].base in {"する", "できる", "出来る"}
    ):
        verb, stop = word.surface, stop + 1
    else:
        return None
    passive = causative = joined = False
    while stop < len(row):
        follows = row[stop]
        if follows.part[0] == "動詞" and (follows.part[1] == "一般" or follows.base in _MAKES_ANOTHER):
            joined = True
        elif follows.surface in _LINKS and stop + 1 < len(row) and row[stop + 1].part[1] == "非自立可能":
            pass
        elif follows.part[0] == "助動詞" or follows.part[0] == "動詞":
            passive |= follows.base in {"れる", "られる"}
            causative |= follows.base in {"せる", "させる"}
        else:
            break
        stop += 1
    return Predicate(at, stop, verb, passive, causative, joined)


# Each rule yields the particle that is wrong, how sure that is, the reason, and what would stand there.
Told = tuple[Argument, Level, str, str | None]


def _object_of_nothing(clause: Clause) -> Iterator[Told]:
    """事故を発生した."""
    verb = clause.predicate
    if verb.verb not in WITHOUT_OBJECT or verb.passive or verb.causative or verb.joined or not clause.ends:
        return
    for argument in clause.all_of("を"):
        if _is_setting(clause, argument) or clause.row[argument.noun].surface in _MIDST:
            continue
        near = argument is clause.next_to_it
        if near or any(other.particle == "が" and other.at > argument.at for other in clause.arguments):
            mended = ("に" if clause.all_of("が") else "が") if near else None
            yield argument, Level.ERROR if near else Level.WARN, f"「{verb.verb}」は「を」を取りません。", mended


def _object_in_passive(clause: Clause) -> Iterator[Told]:
    """会議を開催された."""
    verb = clause.predicate
    if verb.verb not in NOT_SUFFERED or not verb.passive or verb.causative or verb.joined or not clause.ends:
        return
    for argument in clause.all_of("を"):
        if argument is clause.next_to_it and clause.row[argument.noun].surface not in {"ところ", "こと", "の"} and not clause.all_of("が"):
            yield argument, Level.ERROR, "受け身の文です。「が」ではありませんか。", "が"


def _subject_twice(clause: Clause) -> Iterator[Told]:
    """市長が会議が開いた."""
    subjects, verb = clause.all_of("が"), clause.predicate
    if not subjects[1:] or subjects[-1] is not clause.next_to_it or verb.verb in _WITH_TWO_SUBJECTS or not _is_over(clause):
        return
    yield subjects[-1], Level.WARN, "一つの述語に「が」が二つあります。", None


def _topic_twice(clause: Clause) -> Iterator[Told]:
    """市長は会議は開いた."""
    topics = [each for each in clause.all_of("は") if _is_thing(clause.row[each.noun])]
    if len(clause.all_of("は")) == len(topics) > 1 and _is_over(clause) and clause.follows is not None and clause.follows.surface == "。":
        yield topics[-1], Level.WARN, "「は」が二つあります。", None


def _is_thing(noun: Morpheme) -> bool:
    """Whether a word is a noun, and tells of no time."""
    return noun.part[0] in _NOMINAL and noun.part[2] not in {"副詞可能", "助数詞可能", "助数詞"} and noun.surface not in _TIMES


def _subject_before_topic(clause: Clause) -> Iterator[Told]:
    """市長が会議は開いた."""
    for first in clause.all_of("が"):
        for second in clause.all_of("は"):
            noun = clause.row[second.noun]
            if second.at > first.at and noun.part[0] in _NOMINAL and noun.part[2] != "副詞可能" and clause.ends:
                yield first, Level.WARN, "「が」の後に「は」があります。どちらかが違いませんか。", None


def _no_noun_follows(clause: Clause) -> Iterator[Told]:
    """計画の発表した。."""
    argument, verb = clause.next_to_it, clause.predicate
    if argument is None or argument.particle != "の" or verb.joined or verb.verb in _ADDING_UP or not _is_over(clause):
        return
    noun, last, follows = clause.row[argument.noun], clause.row[verb.stop - 1], clause.follows
    # 降り始めから, 書き込み、: a verb that has become a noun. 協調の取れた、決定的な: the noun comes behind a comma.
    goes_on = last.form.startswith("連用形") and clause.row[verb.at].part[0] != "動詞"
    closes = follows is None or follows.surface == "。" or (follows.surface in {"、", "て", "ので", "ながら"} and goes_on)
    if closes and clause.row[argument.at].part[1] == "格助詞" and noun.part[0] in _NOMINAL and noun.surface != "もの":
        yield argument, Level.ERROR, "「の」の後に名詞がありません。", None


def _with_whom(clause: Clause) -> Iterator[Told]:
    """計画と進めた."""
    argument, verb = clause.next_to_it, clause.predicate
    if argument is None or argument.particle != "と" or verb.verb in WITH_TO or verb.joined:
        return
    noun = clause.row[argument.noun]
    # 威風堂々と: how it was done.
    if noun.part[:2] == ("名詞", "普通名詞") and noun.part[2] in {"一般", "サ変可能"} and not noun.surface.endswith("々"):
        yield argument, Level.WARN, f"「{verb.verb}」の前の「と」を確かめてください。", None


def _no_way(clause: Clause) -> Iterator[Told]:
    """会議へ開催した."""
    verb = clause.predicate
    if verb.verb not in WITHOUT_WAY or verb.joined:
        return
    argument = clause.next_to_it
    if argument is not None and argument.particle == "へ":
        yield argument, Level.ERROR, f"「{verb.verb}」は「へ」を取りません。", None


def _no_object(clause: Clause) -> Iterator[Told]:
    """発言に否定した."""
    argument, verb = clause.next_to_it, clause.predicate
    if argument is None or argument.particle != "に" or verb.verb not in WITHOUT_NI or not _is_active(clause) or clause.all_of("を"):
        return
    noun = clause.row[argument.noun]
    common = noun.part[:2] == ("名詞", "普通名詞") and noun.part[2] in {"一般", "サ変可能"}
    if (common and noun.surface not in HOW) or noun.part[0] == "代名詞":
        yield argument, Level.ERROR, f"「{verb.verb}」の前の「に」は「を」ではありませんか。", "を"


def _done_by_no_one(clause: Clause) -> Iterator[Told]:
    """計画が発表した."""
    argument, verb = clause.next_to_it, clause.predicate
    if argument is None or argument.particle != "が" or verb.verb not in DONE_BY_PEOPLE or not _is_active(clause) or not clause.ends:
        return
    noun = clause.row[argument.noun]
    deed = noun.part[2] == "サ変可能" and noun.surface not in WHO
    thing = noun.surface in _OF_THINGS
    if (deed or thing or noun.surface == "こと") and not clause.all_of("を"):
        yield argument, Level.WARN, f"「{noun.surface}が」は「{noun.surface}を」ではありませんか。", "を"


def _is_active(clause: Clause) -> bool:
    """Whether somebody does it: 発表した, not 発表された, 発表させた, 発表できた."""
    verb, row = clause.predicate, clause.row
    can = any(word.base in {"できる", "出来る", "うる", "得る", "たい", "やすい", "にくい"} for word in row[verb.at + 1 : verb.stop + 1])
    return not (verb.passive or verb.causative or verb.joined or can)


def _is_over(clause: Clause) -> bool:
    """Whether no noun at all follows, and nothing that makes one of the verb."""
    follows = clause.follows
    return follows is None or (follows.part[0] not in _GOES_ON and follows.surface not in _OF_EXTENT)


def _is_setting(clause: Clause, argument: Argument) -> bool:
    following = next((other for other in clause.arguments if other.at > argument.at), None)
    return following is not None and following.particle in _SETTING and following.at - argument.at <= _NEAR


_RULES = (
    _object_of_nothing,
    _object_in_passive,
    _subject_twice,
    _topic_twice,
    _subject_before_topic,
    _no_noun_follows,
    _with_whom,
    _no_way,
    _no_object,
    _done_by_no_one,
)
