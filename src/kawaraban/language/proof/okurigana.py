"""Kana that a stem shows: 亡なった, 変った, になた, 状況にいて, 発表によれ、.

What is wrong in letters alone, whatever words the dictionary would make of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.proof.words import kana_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof.shapes import Style

_NAME = r"[\u3400-\u9fff々ァ-ヶーA-Za-z0-9」』）)]"
# Nouns in which nobody is: 状況にいて is 状況について.
_ABSTRACT = "経緯|状況|問題|件|理由|原因|内容|方針|対策|対応|可能性|見通し|将来|目標|関係|責任|法案|制度|計画|課題|扱い|見解|情報|結果|事実|有無|規模|時期|方法|措置|影響|今後|詳細|評価|開催|実施|導入|地震|事件|事故|疑惑|報道|発言|処分|判決|予算|条約|協定|合意|政策|改革|選挙|提案|要求|指摘|動機|身元|死因"


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    right: str
    level: Level


def _form(pattern: str, right: str, level: Level = Level.ERROR) -> _Form:
    return _Form(re.compile(pattern), right, level)


_FORMS = (
    _form(rf"(?<={_NAME})によば", "によれば"),
    _form(rf"(?<={_NAME})にれば", "によれば"),
    _form(rf"(?<={_NAME})によ(?=、)", "により"),
    _form(rf"(?<={_NAME})によと", "によると"),
    _form(rf"(?:(?<={_NAME})|(?<=こと))につて(?=[^\u3400-\u9fff])", "について"),
    _form(rf"(?:(?<={_NAME})|(?<=こと))につい(?=[、。』」])", "について"),
    _form(rf"(?P<noun>{_ABSTRACT})にいて(?![いもほくたし])", r"\g<noun>について"),
    _form(rf"(?<={_NAME})にいて(?=』)", "について"),
    _form(rf"(?:(?<={_NAME})|(?<=もの)|(?<=こと))で(?=。)", "です", Level.WARN),
    _form(rf"(?:(?<={_NAME})|(?<=こと))([とに])な([たて])(?=[。、』」]|い[たるなま]|お[りら]|が[、、]|こと|[\u3400-\u9fff])", r"\1なっ\2"),
    _form(r"亡な([っりるれ])", r"亡くな\1"),
    _form(r"のでが(?=[、。])", "のですが"),
    _form(r"(?<=[\u3400-\u9fff])よより(?=[、\u3400-\u9fff])|(?<=に)よより", "より"),
    _form(r"によよ([るりっ])", r"によ\1"),
    _form(r"(?<=[\u3400-\u9fffぁ-ん])(?<![、を])るる(?=[。、とこたのはよ\u3400-\u9fffァ-ヶ])", "る"),
    _form(r"こととに(?!も)", "ことに"),
    _form(r"(?<=[るた])こここと", "こと"),
    # さ and す of する behind a noun, and endings behind a kanji that shows none of its own.
    _form(r"(?<=[\u3400-\u9fff]{2})ささ(?=れ[たるて、])", "さ"),
    _form(r"([行言失問買払追違伴思願])わわ(?=[れせなず])", r"\1わ"),
    _form(r"([開書聞引置続動働描築])かか(?=[れせなず])", r"\1か"),
)
# Forms that the rules of okurigana allow, and newspapers do not use.
_PAPERS = {
    r"変(?=[っりるらろ])": "変わ", r"終(?=[っりるらろ])": "終わ", r"起(?=[っりるら])": "起こ", r"(?<=[がにを])当(?=[っりるら])": "当た",
    r"決(?=[っりるら])": "決ま", r"加(?=[っりるら])": "加わ", r"基(?=[いくき])": "基づ", r"異(?=[っりるら])": "異な", r"捕え(?=[たてるら])": "捕らえ",
    r"生れ(?=[たてるま])": "生まれ", r"落(?=[し][たて])": "落と", r"暮(?=し[たて])": "暮ら", r"果(?=し[たて])": "果た", r"浮(?=んだ|んで|ぶ)": "浮か",
    r"費(?=[しす])": "費や", r"及(?=し[たて])": "及ぼ", r"広(?=[っりる])": "広が", r"高(?=[っりる])": "高ま", r"伝(?=[っりる])": "伝わ",
    r"埋(?=っ[たて])": "埋ま", r"始(?=[っりる])": "始ま",
    r"分(?=っ[たて])": "分か", r"積(?=っ[たて])": "積も", r"向(?=っ[たて])": "向か", r"断わ(?=[っりるら])": "断", r"行な(?=[っいうわ])": "行",
    r"表わ(?=[しすさ])": "表", r"現われ": "現れ",
}  # fmt: skip
_PAPER = re.compile("(?<![\u3400-\u9fff])(?:" + "|".join(f"(?P<p{number}>{pattern})" for number, pattern in enumerate(_PAPERS)) + ")")
_RIGHT = list(_PAPERS.values())


def okurigana(text: str, style: Style) -> Iterator[Report]:
    """Look at what is left out of, or stands twice in, the kana behind a stem."""
    closed = kana_told(text)
    for form in _FORMS:
        for found in form.pattern.finditer(text):
            if found.start() not in closed:
                right = found.expand(form.right)
                message = f"「{found[0]}」は「{right}」ではありませんか。"
                yield Report("dropped-kana", form.level, *found.span(), found[0], message, right)
    for found in _PAPER.finditer(text):
        if found.start() not in closed and found.lastgroup:
            right = _RIGHT[int(found.lastgroup[1:])]
            yield Report("okurigana", Level.WARN, *found.span(), found[0], f"送りがなは「{right}」とします。", right)
