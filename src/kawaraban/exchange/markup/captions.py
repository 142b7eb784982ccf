"""Parts a picture's caption and its credit, as papers in Japan, Korea and elsewhere write them in one line."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_CREDIT = 80
LONGEST_PARTED = 600

# What the names of agencies, papers and photographers' credits end or are. A short piece that is none of these stays in the caption.
_HOUSE = (
    r"(?:[^\s、。/／＝=()（）]{0,40}?"
    r"(?:通信社?|新聞社?|ニュース|共同|時事|聯合|ロイター|新華社|写真部|報道部|放送局?|テレビ|ゲッティ(?:イメージズ)?|アフロ"
    r"|뉴스|뉴시스|뉴스1|신문|일보|통신|방송|제공|기자)"
    r"|(?:[A-Z][\w&.' -]{0,40})?(?:AFP|AP|EPA|UPI|NHK|Reuters|REUTERS|Getty(?: Images)?|Xinhua|Yonhap|Kyodo|Jiji|News|Press|Images)(?:[/ ・=-][\w .・/-]{1,40})?)"
)
_MADE = r"(?:撮影|提供|写真提供|写真|撮影者|제공|촬영)"
_SIGN = r"[\s]*[:：=＝・/／][\s]*"

# In this order: what says of itself that it is a credit, before what only looks like one. Each leaves the caption in ``c``.
_FORMS = [
    # （写真＝共同通信）【写真提供：市】[사진=연합뉴스]
    re.compile(
        rf"^(?P<c>.*?)\s*[（(【\[［](?:写真|画像|撮影|提供|写真提供|사진|사진제공|자료){_SIGN}(?P<by>[^（）()【】\[\]]+)[）)】\]］][。.]?$",
        re.DOTALL,
    ),
    # （佐登はるか撮影）（市提供）
    re.compile(r"^(?P<c>.*?)\s*[（(](?P<by>[^（）()]{1,40}?)(?:が?撮影|提供)[）)][。.]?$", re.DOTALL),
    # （共同）
    re.compile(rf"^(?P<c>.*?)\s*[（(](?P<by>{_HOUSE})[）)][。.]?$", re.DOTALL),
    # Photo: Reuters. Photo by A. Name. Credit: Name. 写真：市
    re.compile(
        r"^(?P<c>.*?)(?:^|[\s。.．、,，])[\[(]?(?:Photo(?:graph)?(?:\s+(?:by|courtesy of)\s+|\s*[:：]\s*|\s*/\s*)|(?:Photo\s+)?[Cc]redits?\s*:\s*)(?P<by>[^\n。]+?)[\])]?\.?$",
        re.DOTALL,
    ),
    re.compile(
        r"^(?P<c>.*?)(?:^|[\s。＝=/／])(?:写真|撮影|提供|写真提供|사진|사진제공)\s*[:：＝=・]\s*(?P<by>[^\n。、]{1,60})$", re.DOTALL
    ),
    # ©AFP, (c) AFP
    re.compile(r"^(?P<c>.*?)\s*[（(]?(?:©|\([cC]\)|ⓒ|Ⓒ)\s*(?P<by>[^（）()\n]{1,60}?)[）)]?$", re.DOTALL),
    # (AP Photo/A. Name)
    re.compile(r"^(?P<c>.*?)\s*\((?P<by>[A-Z][\w ]{0,20}(?:Photo|Images?|Pool)[\w ./'-]{0,50})\)\.?$", re.DOTALL),
    # …している。/聯合ニュース: after a whole sentence whatever stands there is the credit.
    re.compile(r"^(?P<c>.*[。．.!?！？」』）)])\s*[/／]\s*(?P<by>[^/／\n。]{1,60})$", re.DOTALL),
    # …会場/聯合ニュース
    re.compile(rf"^(?P<c>.*?)\s*[/／]\s*(?P<by>{_HOUSE})$", re.DOTALL),
    # …会場＝10日、聯合ニュース: the date stays with the caption.
    re.compile(rf"^(?P<c>.*?[＝=][^＝=]*?)[、,]\s*(?P<by>{_HOUSE})$", re.DOTALL),
    # …入り口＝10日、港町、佐登はるか撮影
    re.compile(r"^(?P<c>.*?[＝=][^＝=]*?)[、,]\s*(?P<by>[^\s、,。＝=]{2,20}?)(?:さん)?撮影[。.]?$", re.DOTALL),
    # …会場＝聯合ニュース
    re.compile(rf"^(?P<c>.*?)\s*[＝=]\s*(?P<by>{_HOUSE})$", re.DOTALL),
]
_ALONE = re.compile(rf"^{_HOUSE}$")


class Captioned(NamedTuple):
    """What a picture shows, and whose it is."""

    caption: str
    credit: str


def part_credit(text: str) -> Captioned:
    """Part a caption from the credit in it; where none is found, the text is the caption as it stands."""
    text = " ".join(text.split())
    # What runs on for pages is no caption: forms that look anywhere would look long.
    if len(text) > LONGEST_PARTED:
        return Captioned(text, "")
    for form in _FORMS:
        if (found := form.match(text)) and len(credit := found["by"].strip(" 　")) <= LONGEST_CREDIT and credit:
            return Captioned(found["c"].strip(" 　"), credit)
    return Captioned("", text) if _ALONE.match(text) else Captioned(text, "")


def has_credit(text: str) -> bool:
    """Whether a text ends as a caption with its credit does."""
    return bool(part_credit(text).credit)
