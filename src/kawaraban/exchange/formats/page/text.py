"""Finds the story in the bare text of a page: what a reader copies from a browser."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.formats.oldsite import plain_of
from kawaraban.exchange.letters import kept_moment, one_line
from kawaraban.exchange.markup.captions import part_credit
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Box, Paragraph, Picture, Quotation, SourcePhoto, Subheading, Table

if TYPE_CHECKING:
    from kawaraban.exchange.noting import Noted
    from kawaraban.exchange.shapes import Block

LONGEST_CAPTION = 400
FEWEST_LETTERS = 45  # of a paragraph
LONGEST_HEADLINE = 160
LONGEST_LABEL = 24
LONGEST_RIGHTS = 160
LONGEST_SIGNATURE = 40
MOST_LAST_LINES, FEWEST_LAST_LETTERS = 2, 8
# What stands over blocks that are no part of a story: a line that is nothing but such words ends it. One that only begins with them is a heading.
_LABELS = (
    r"人気|注目|関連|おすすめ|オススメ|お薦め|お勧め|あわせて読(?:みたい|む)|こちらも|トピックス?|ランキング|特集|連載|この記事|記事一覧|コメント|シェア|ツイート|フォロー|著者|筆者|プロフィール|PR|広告"
    r"|スポンサー|ピックアップ|もっと見る|もっと読む|続きを読む|(?:最新|新着|話題|その他|本日|今日|今週|編集部|次|前)の?(?:記事|ニュース|動画|写真|コラム)"
)
_BESIDE = (
    r"あなた|アクセス|週間|月間|今週|今日|本日|デイリー|リアルタイム|総合|新着|最新|あわせて|こちら|その他|次|前|編集部|読者|記事|ニュース|動画|写真|コラム|コンテンツ|キーワード|タグ|テーマ"
    r"|カテゴリー?|リンク|サイト|ページ|情報|話題|一覧|見出し|ライター|書いた人|続き|もっと|読む|読みたい|読まれている|見る|見られている|関する|する|した|書く|どうぞ|チェック|気に入ったら|よく|SNS|から|への|[のをもにでがへ件・]|TOP|トップ|ベスト|位"
)
_AROUND = re.compile(
    rf"[【■▼●◆▶>＞・\s]*(?:(?=.*(?:{_LABELS}))(?:{_LABELS}|{_BESIDE}|[\d\s:：／/|｜()（）\[\]】»›>＞])+"
    r"|(?:関連(?:記事|ニュース|リンク|動画)|おすすめ記事|あわせて読みたい|related|read (?:more|next|also)|관련\s?(?:기사|뉴스))\s*[】\]:：>＞▶→].*"
    r"|(?:the )?most (?:read|viewed|popular|shared)(?: (?:in|on|today|this|now|news|stories|articles|posts).*)?"
    r"|(?:related|recommended|popular|trending)(?: (?:stories|story|articles?|news|posts?|topics?|tags?|links?|content|coverage|reading|videos?|now|for you|in .+))*"
    r"|more (?:from .+|stories|news|articles)|read (?:more|next|also)|share(?: (?:this|on|via|by|article|story).*)?|(?:\d+ )?comments?(?: ?\(\d+\))?"
    r"|advertisement|newsletters?(?: sign-?up)?|(?:(?:가장\s?)?많이 본|(?:실시간\s?)?인기|관련|추천|최신|랭킹|이 시각)(?:\s?(?:주요|뉴스|기사|영상|동영상|콘텐츠|검색어|링크|키워드|태그|랭킹|순위|더\s?보기))*"
    r"|댓글(?:\s?(?:\(?\d+\)?|쓰기|보기))?|공유(?:하기)?|구독(?:하기)?|광고)\W*",
    re.IGNORECASE,
)
# What stands between a headline and its text, or within it, and is neither: buttons, notices.
_NOISE = re.compile(
    r"^(?:シェア|シェアする|ツイート|ポスト|ブックマーク|印刷|印刷する|保存|保存する|文字サイズ.*|広告|PR|スポンサーリンク|ログイン|会員登録|Share|Tweet|Post|Print|Save|Copy link"
    r"|Advertisement|Sign in|Log in|Subscribe|Listen|공유|공유하기|인쇄|인쇄하기|글자 크기.*|광고|로그인|스크랩)$",
    re.IGNORECASE,
)
# Notices of rights. A line that is no sentence is one where it names them; a sentence may be the story's own, and has to be nothing but a notice,
# in the polite form in which papers speak of themselves and do not tell news.
_RIGHTS_FIRST = re.compile(
    r"^[\[<(（［＜【]?\s*(?:[ⓒⒸ©]|\(c\)\s*\d{4}|Copyright\s*(?:[ⓒⒸ©(]|\d{4})|저작권자\s*[ⓒⒸ©(])|(?:^|[.,|]\s*)all rights reserved\W*$",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"^(?:\(c\)|（c）|Copyright\b|저작권자|<?\s*저작권)|無断(?:転載|複製)|무단\s*(?:전재|복제)|all rights reserved|著作権(?:法|は|者)",
    re.IGNORECASE,
)
_RIGHTS_ALONE = re.compile(
    r".{0,60}(?:無断.{0,15}(?:転載|複製|使用|利用|引用|掲載)|著作権).{0,60}(?:禁じ(?:ます|ており?ます|られて(?:い|おり)ます)|禁ずる?|お断り(?:し|いたし|しており)ます"
    r"|禁止(?:です|(?:し|いたし|して(?:い|おり)|されて(?:い|おり))ます)?|ご遠慮ください|(?:帰属|所有)(?:し|して(?:い|おり))ます|保護されて(?:い|おり)ます)"
    r"|.{0,60}(?:무단\s*(?:전재|복제|배포)|저작권).{0,60}(?:금지(?:합니다|됩니다|되어 있습니다)?|금합니다|받습니다|에 있습니다)"
)
_SAYS = re.compile(r"。|다\.|[.!?！？][\"”’')）]?$|[」』]$")
LEFT_OUT = Said(_("notice of rights below the text left out"))
LINES_LEFT_OUT = Said(_("short lines below the text left out"))
_CRUMBS = re.compile(r"\s[>›»＞]\s")
_SIGNED = re.compile(
    r"^(?:[（(](?P<c>[^\s、。()（）\d]{2,10}(?:[ 　][^\s、。()（）]{1,8})?)[)）]|(?:文|取材・文|取材|執筆|記者|By|Text)[\s:：＝=・/／]+(?P<a>.{2,40})|(?P<b>[^\s、。]{2,12}(?:\s[^\s、。]{1,8})?)[\s　]*(?:記者|기자)(?:\s.*)?)$",
    re.IGNORECASE,
)
_ROLE = re.compile(r"^(?:記者|文|取材|執筆|기자|글)[・･:：＝=/／\s]+")
_DAY = r"(?P<y>(?:19|20)\d\d)\s*(?:年|년|[./-])\s*(?P<m>\d{1,2})\s*(?:月|월|[./-])\s*(?P<d>\d{1,2})\s*[日일.]?"
_CLOCK = r"(?P<half>오전|오후|午前|午後)?\s*(?P<h>\d{1,2})\s*[:時시]\s*(?P<n>\d{2})?"
_WHEN = re.compile(_DAY + rf"(?:\s*[(（][^)）]{{1,5}}[)）])?[\s　T]*(?:{_CLOCK})?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<m>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_WHEN_IN_ENGLISH = re.compile(
    rf"\b(?:{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?|(?P<d2>\d{{1,2}})\s+{_MONTH.replace('<m>', '<m2>')},?)\s+(?P<y>(?:19|20)\d\d)"
    r"(?:,?\s*(?:at\s+)?(?P<h>\d{1,2})(?::(?P<n>\d{2}))?\s*(?P<half>[ap])?\.?(?:m\b)?)?",
    re.IGNORECASE,
)
_ENDS = ("。", "」", "』", "）", ")", ".", "!", "?", "！", "？", "”", '"', "다.")
_SENTENCE = re.compile(r"[。！？!?]|[.]\s|다\.")
_CREDITED = re.compile(r"[/／©ⓒⒸ]|写真|撮影|提供|Photo|사진|제공")


@dataclass
class FoundStory:
    """A story as it was found in a page."""

    title: str = ""
    body: list[Block] = field(default_factory=list)
    published_at: datetime | None = None
    updated_at: datetime | None = None
    bylines: list[str] = field(default_factory=list)
    section: str = ""
    topics: list[str] = field(default_factory=list)
    summary: str = ""
    lead: SourcePhoto | None = None
    url: str = ""
    source_name: str = ""
    language: str = ""


def story_in_text(text: str, noted: Noted) -> FoundStory | None:
    """Find the story in a page's text; None if there is none. What is left out of its lines is noted."""
    parts = [part for part in _parts(text.replace("\r\n", "\n").replace("\r", "\n")) if part and not _NOISE.match(part)]
    first = _first_paragraph(parts)
    if first is None:
        return None
    found = FoundStory()
    begin = _headline(parts, first)
    if begin is not None:
        found.title = parts[begin]
    for part in parts[(begin + 1 if begin is not None else first) :]:
        if is_around(part):
            if any(isinstance(block, Paragraph) and not is_rights(words_of(block)) for block in found.body):
                break
        else:
            _take(part, found)
    found.body = without_rights(found.body, noted)
    _end(found, noted)
    return found if any(isinstance(block, Paragraph) for block in found.body) else None


def _parts(text: str) -> list[str]:
    """Return a text's paragraphs: what blank lines part, or each line where hardly any stands between them."""
    lines = [one_line(line) for line in text.split("\n")]
    apart = [one_line(part) for part in re.split(r"\n[ \t\u3000]*\n", text)]
    long = [line for line in lines if len(line) >= FEWEST_LETTERS]
    # A text that is broken at the end of each line has few lines that end a sentence.
    are_whole = sum(line.endswith(_ENDS) for line in long) * 2 > len(long)
    return lines if len(list(filter(None, apart))) * 3 < len(list(filter(None, lines))) and are_whole else apart


def _is_paragraph(part: str) -> bool:
    return len(part) >= FEWEST_LETTERS and bool(_SENTENCE.search(part + " ")) and part.endswith(_ENDS)


def is_around(part: str) -> bool:
    """Whether a line is nothing but a label over what is no part of a story."""
    return len(part) <= LONGEST_LABEL and bool(_AROUND.fullmatch(part)) and not part.endswith("。")


def without_around(blocks: list[Block], noted: Noted) -> list[Block]:
    """Leave out what stands below a label such as "related stories" behind the last words of the story's own: links, pictures of others."""
    last = max((at for at, block in enumerate(blocks) if is_told(block)), default=-1)
    for at in range(max(last + 1, 1), len(blocks)):
        if isinstance(blocks[at], Subheading | Paragraph) and is_around(words_of(blocks[at])):
            noted[Said(_("blocks around the text left out"))] += len(blocks) - at
            return blocks[:at]
    return blocks


def is_told(block: Block) -> bool:
    """Whether a block is a text's own: words of others are headlines, links and pictures."""
    if isinstance(block, Paragraph):
        return _is_paragraph(words_of(block)) if block.html.startswith("<p>") else "<a " not in block.html
    return isinstance(block, Quotation | Table | Box)


def _first_paragraph(parts: list[str]) -> int | None:
    """Return where the body begins: the first of the longest run of paragraphs before a block of something else."""
    best, best_letters, at, letters = None, 0, None, 0
    for number, part in enumerate([*parts, "関連記事"]):
        if _is_paragraph(part):
            at = number if at is None else at
            letters += len(part)
        elif is_around(part):
            if letters > best_letters:
                best, best_letters = at, letters
            at, letters = None, 0
    return best


def _headline(parts: list[str], first: int) -> int | None:
    """Return which part is the headline: a line before the body that is no sentence, no date and no label.

    Of lines that stand together the first long one, for what stands below a headline explains it; of others the longest, the nearest of like ones.
    """
    choices = [number for number in range(max(0, first - 8), first) if _may_be_headline(parts[number])]
    if not choices:
        return None
    best = max(choices, key=lambda number: (min(len(parts[number]), 20), number))
    while best - 1 in choices and len(parts[best - 1]) >= (12 if not parts[best - 1].isascii() else 20):
        best -= 1
    return best


def _may_be_headline(part: str) -> bool:
    is_line = 8 <= len(part) <= LONGEST_HEADLINE and not part.endswith(("。", ".")) and not is_around(part)  # noqa: PLR2004 - letters
    is_date = moment_in(part) is not None and len(part) < 40  # noqa: PLR2004 - letters
    return is_line and not is_date and not _SIGNED.match(part) and not captioned(part) and not _CRUMBS.search(part) and not _is_menu(part)


def _is_menu(part: str) -> bool:
    """Whether a line is nothing but a few names of sections."""
    words = part.split()
    return 2 < len(words) <= 6 and part.isascii() and all(word[0].isupper() for word in words) and not re.search(r"[,.:;'\"0-9]", part)  # noqa: PLR2004 - words


def is_rights(part: str) -> bool:
    """Whether a line says who may use the page. Below a story it is no part of it; among its paragraphs nobody can tell."""
    if len(part) > LONGEST_RIGHTS:
        return False
    if _RIGHTS_FIRST.search(part):
        return True
    if not _SAYS.search(part):
        return bool(_RIGHTS.search(part))
    return all(_RIGHTS_ALONE.fullmatch(said.rstrip(".").strip()) for said in re.split(r"。|(?<=다)\.", part) if said.strip())


def without_rights(blocks: list[Block], noted: Noted) -> list[Block]:
    """Leave out the notices of rights that stand behind the last paragraph, and note each."""
    kept = list(blocks)
    for at in range(len(kept) - 1, -1, -1):
        if is_rights(words_of(kept[at])):
            noted.leave_out(LEFT_OUT, words_of(kept[at]))
            del kept[at]
        elif not isinstance(kept[at], Picture | Subheading):
            break
    return kept


def words_of(block: Block) -> str:
    """Return a block's words, without marks."""
    return plain_of(getattr(block, "html", "")) or getattr(block, "text", "")


def signed_by(part: str) -> str:
    """Return who signed a story, if a line is a signature; else ""."""
    signed = _SIGNED.match(part) if len(part) <= LONGEST_SIGNATURE and not is_rights(part) else None
    return _ROLE.sub("", (signed["a"] or signed["b"] or signed["c"]).strip()) if signed else ""


def captioned(part: str) -> SourcePhoto | None:
    """Return the picture below which a line stood, if it ends as captions do and no paragraph does."""
    said = part_credit(part)
    is_caption = said.credit and len(part) <= LONGEST_CAPTION and _CREDITED.search(part[len(said.caption) :])
    return SourcePhoto(address="", caption=said.caption, credit=said.credit) if is_caption else None


def _take(part: str, found: FoundStory) -> None:
    if (photo := captioned(part)) and not is_rights(part):
        found.body.append(Picture(photo))
    elif not found.body and (when := moment_in(part)) and len(part) <= 60:  # noqa: PLR2004 - letters
        found.published_at, found.updated_at = found.published_at or when, when if found.published_at else None
    elif signed := signed_by(part):
        found.bylines.append(signed)
    elif _is_paragraph(part) or part.endswith(("。", "다.")) or len(part) >= FEWEST_LETTERS:
        found.body.append(Paragraph(f"<p>{html.escape(part, quote=False)}</p>"))
    elif found.body and len(part) <= 80:  # noqa: PLR2004 - what a subheading holds
        found.body.append(Subheading(part))


def _end(found: FoundStory, noted: Noted) -> None:
    """Short lines after the last paragraph are no headings: nothing follows them. One or two may be words of the story; more are a list."""
    tail: list[str] = []
    while found.body and isinstance(last := found.body[-1], Subheading):
        tail.insert(0, last.text)
        found.body.pop()
    if len(tail) <= MOST_LAST_LINES and all(map(_may_be_text, tail)):
        found.body += [Paragraph(f"<p>{html.escape(line, quote=False)}</p>") for line in tail]
    else:
        noted[LINES_LEFT_OUT] += len(tail)


def _may_be_text(line: str) -> bool:
    is_mark = line.startswith(("#", "＃", "・", "▶", "＞", ">", "http"))
    return len(line) >= FEWEST_LAST_LETTERS and not (is_mark or moment_in(line) or _CRUMBS.search(line) or _is_menu(line))


def moment_in(text: str) -> datetime | None:
    """Return the moment that a line says, in the newsroom's own zone where it says none; None if there is none."""
    found = _WHEN.search(text) or _WHEN_IN_ENGLISH.search(text)
    return _moment(found) if found else None


def moments_in(text: str) -> list[datetime]:
    """Return all moments that a line says, in their order."""
    found = [*_WHEN.finditer(text)] or [*_WHEN_IN_ENGLISH.finditer(text)]
    return [moment for one in found if (moment := _moment(one))]


def _moment(found: re.Match[str]) -> datetime | None:
    said = found.groupdict()
    month, day_of_month = said["m"] or said.get("m2") or "", said["d"] or said.get("d2") or ""
    hour = int(said["h"] or 0)
    if said["half"] and hour <= 12:  # noqa: PLR2004 - the clock's
        hour = hour % 12 + (12 if said["half"].lower() in {"p", "오후", "午後"} else 0)
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
        day = datetime(int(said["y"]), number, int(day_of_month), hour, int(said["n"] or 0))  # noqa: DTZ001 - made aware
        return kept_moment(timezone.make_aware(day))
    except (ValueError, OverflowError):
        return None
