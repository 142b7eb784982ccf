"""Words: said twice, not used by newspapers, written in two ways in one story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kawaraban.language.proof.shapes import Level, Report
from kawaraban.language.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof.shapes import Style

# What says one thing twice, and what says it once.
_REDUNDANT = (
    (r"まず(?:は)?最初に", "最初に"),
    (r"(?:一番|いちばん)最初", "最初"),
    (r"(?:一番|いちばん)最後", "最後"),
    (r"後で後悔", "後悔"),
    (r"頭痛が痛", "頭が痛"),
    (r"違和感を感じ", "違和感を覚え"),
    (r"不快感を感じ", "不快感を覚え"),
    (r"被害を被", "被害を受け"),
    (r"犯罪を犯", "罪を犯"),
    (r"従来(?:まで|から)", "従来"),
    (r"いま現在|今現在", "現在"),
    (r"あらかじめ(予約|予告|予定|予測|用意)", r"\1"),
    (r"過半数を超え", "半数を超え"),
    (r"過半数以上", "過半数"),
    (r"必ず必要", "必要"),
    (r"余分なぜい肉|余分な贅肉", "ぜい肉"),
    (r"炎天下の(?:下|もと)", "炎天下"),
    (r"元旦の朝", "元日の朝"),
    (r"製造メーカー", "メーカー"),
    (r"沿岸沿い", "沿岸"),
    (r"突然(?:の)?(急死|ハプニング)", r"\1"),
    (r"加工を加え", "加工し"),
    (r"日本(?:に|へ)来日", "来日"),
    (r"(?<=各[一-鿿]{2})ごと", ""),
    (r"最も(?:最適|最大|最高|最多|最初)", None),
    (r"まだ(?:未定|未完成|未公開|未発表)", None),
    (r"再び再(?=[一-鿿])", "再"),
    (r"(?:上)に上[げが](?=る|った|て)", None),
    (r"返事を返", "返事を"),
    (r"思いがけない(?:ハプニング|偶然)", None),
    (r"捺印を押", "印を押"),
    (r"古来から", "古来"),
    (r"(?<![一-鿿])車に乗車", "乗車"),
    (r"馬から落馬", "落馬"),
    (r"尽力を尽く", "力を尽く"),
    (r"(?:およそ|約)[0-9０-９,.万千百]+(?:人|円|件|台|キロ|メートル|時間|分|日|年|カ月|回)?(?:ほど|程度|くらい|ぐらい)", None),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), right) for pattern, right in _REDUNDANT)

# What newspapers do not call people and things any more. A newsroom adds its own, and takes out what it uses (``Style.unwanted``).
UNWANTED = {
    "看護婦": "看護師",
    "保健婦": "保健師",
    "保母": "保育士",
    "助産婦": "助産師",
    "スチュワーデス": "客室乗務員",
    "父兄": "保護者",
    "痴呆症": "認知症",
    "精神分裂病": "統合失調症",
    "気違い": "",
    "きちがい": "",
    "めくら": "",
    "つんぼ": "",
    "びっこ": "",
    "土人": "",
    "片手落ち": "不公平",
    "支那": "中国",
    "浮浪者": "路上生活者",
    "魚屋": "鮮魚店",
    "床屋": "理髪店",
    "登校拒否": "不登校",
    "外人": "外国人",
    "後進国": "発展途上国",
    "裏日本": "日本海側",
    "身体障害者用": "",
    "ブラインドタッチ": "タッチタイピング",
}
_WITHIN_OTHERS = {
    "外人": re.compile(r"(?:[国邦以除内]外人|外人[墓部工気材数])"),
    "土人": re.compile(r"[風郷国]土人"),
    "支那": re.compile(r"支那そば|東支那海"),
}
_TITLES = re.compile(r"『[^『』]*』|「[^「」。、]{1,20}」")  # what others called theirs is theirs
_SHORTEST_VARIANT = 2
# Countries as newspapers shorten them to one letter. 日中 and 中日 are words of their own.
_COUNTRIES = "米韓日朝露英仏独伊印欧豪台"
_PAIR = re.compile(rf"(?<![一-鿿・0-9０-９])([{_COUNTRIES}])(・?)([{_COUNTRIES}])(?![・ァ-ヶ])")
_OTHER_WORDS = frozenset(("日朝", "朝日", "日台", "台日"))


def redundant(text: str, style: Style) -> Iterator[Report]:
    """What says one thing twice."""
    for pattern, right in _COMPILED:
        for found in pattern.finditer(text):
            suggestion = found.expand(right) if right is not None else None
            yield Report("redundant", Level.WARN, *found.span(), found[0], f"「{found[0]}」は意味が重なっています。", suggestion)


def unwanted(text: str, style: Style) -> Iterator[Report]:
    """Words that this newspaper does not use."""
    titles = {at for found in _TITLES.finditer(text) for at in range(*found.span())}
    for word, right in {**UNWANTED, **style.unwanted}.items():
        if right == word:  # a newsroom takes a word back in by writing it for itself
            continue
        others = {at for found in _WITHIN_OTHERS[word].finditer(text) for at in range(*found.span())} if word in _WITHIN_OTHERS else ()
        for found in re.finditer(re.escape(word), text):
            if found.start() not in others and found.start() not in titles:
                message = f"「{word}」は使いません。" + (f"「{right}」とします。" if right else "言い換えてください。")
                yield Report("unwanted-word", Level.WARN, *found.span(), word, message, right or None)


def variants(text: str, style: Style) -> Iterator[Report]:
    """One noun written in two ways: サーバ and サーバー, 打合せ and 打ち合わせ. The rarer way is shown, at each of its places."""
    ways: dict[str, dict[str, int]] = {}
    for word in words(text):
        if word.part_of_speech.startswith("名詞-普通名詞") and len(word.surface) >= _SHORTEST_VARIANT and not word.surface.isascii():
            counts = ways.setdefault(word.normalized, {})
            counts[word.surface] = counts.get(word.surface, 0) + 1
    for counts in ways.values():
        usual = max(counts, key=lambda way: counts[way])
        for way in counts.keys() - {usual}:
            if not _is_one_word(way, usual):
                continue
            # サーバ stands in every サーバー: only where nothing follows that would make it the other.
            behind = f"(?!{re.escape(usual[len(way) :])})" if usual.startswith(way) else ""
            places = re.finditer(re.escape(way) + behind, text)
            for found in places:
                sure = counts[usual] > counts[way] and not _is_kana(way) and not _is_kana(usual)
                level = Level.WARN if sure else Level.HINT
                yield Report("variant", level, *found.span(), way, f"この記事のほかの所では「{usual}」と書いています。", usual)


def _is_one_word(way: str, usual: str) -> bool:
    """Whether the two differ in kana: letters of old and new shape are names' own (聯合, 連合), and brackets are a reading."""
    return not re.search(r"[()（）]", way + usual) and bool(re.search(r"[ぁ-んァ-ヶー]", way + usual))


def _is_kana(word: str) -> bool:
    return re.fullmatch(r"[ぁ-んー]+", word) is not None


def pairs(text: str, style: Style) -> Iterator[Report]:
    """One pair of countries in two orders, or with and without ・: 米韓, 韓米, 米・韓. The rarer ways are shown."""
    ways: dict[frozenset[str], dict[str, list[re.Match[str]]]] = {}
    for found in _PAIR.finditer(text):
        if found[1] != found[3] and found[0] not in _OTHER_WORDS:
            ways.setdefault(frozenset((found[1], found[3])), {}).setdefault(found[0], []).append(found)
    for written in ways.values():
        usual = max(written, key=lambda way: len(written[way]))
        for way in written.keys() - {usual}:
            for found in written[way]:
                yield Report("two-forms", Level.WARN, *found.span(), way, f"この記事のほかの所では「{usual}」と書いています。", usual)
