"""Finds the story in the bare text of a page: what a reader copies from a browser."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from kawaraban.exchange.letters import kept_moment, one_line
from kawaraban.exchange.markup.captions import part_credit
from kawaraban.exchange.shapes import Paragraph, Picture, SourcePhoto, Subheading

if TYPE_CHECKING:
    from kawaraban.exchange.shapes import Block

LONGEST_CAPTION = 400
FEWEST_LETTERS = 45  # of a paragraph
LONGEST_HEADLINE = 160
LONGEST_LABEL = 24
# What stands over blocks that are no part of a story. A short line that is or begins with one of these ends it.
_AROUND = re.compile(
    r"^(?:[【■▼●◆▶>＞・\s]*)(?:アクセス|人気|週間|デイリー|総合|注目|新着|最新|関連|おすすめ|オススメ|あわせて読|あなたにおすすめ|こちらも|トピック|ランキング|特集|連載|"
    r"この記事|記事一覧|コメント|シェア|ツイート|フォロー|著者|プロフィール|PR\b|広告|スポンサー|編集部|ピックアップ|もっと見る|次の記事|前の記事|続きを読む|"
    r"Most (?:read|viewed|popular)|Related|Recommended|Read (?:more|next)|More (?:from|stories)|Popular|Trending|Share|Comments|Advertisement|Newsletter|"
    r"많이 본|인기|관련|추천|랭킹|최신|댓글|공유|구독|광고)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^(?:(?:文|取材・文|取材|執筆|記者|By|Text)[\s:：＝=・/／]+(?P<a>.{2,40})|(?P<b>[^\s、。]{2,12}(?:\s[^\s、。]{1,8})?)[\s　]*(?:記者|기자)(?:\s.*)?)$",
    re.IGNORECASE,
)
_DAY = r"(?P<y>(?:19|20)\d\d)\s*(?:年|[./-])\s*(?P<m>\d{1,2})\s*(?:月|[./-])\s*(?P<d>\d{1,2})\s*日?"
_WHEN = re.compile(_DAY + r"(?:\s*[(（][^)）]{1,5}[)）])?[\s　T]*(?:(?P<h>\d{1,2})\s*[:時]\s*(?P<n>\d{2})?)?")
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


def story_in_text(text: str) -> FoundStory | None:
    """Find the story in a page's text; None if there is none."""
    parts = [one_line(part) for part in re.split(r"\n[ \t\u3000]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))]
    parts = [part for part in parts if part]
    first = _first_paragraph(parts)
    if first is None:
        return None
    found = FoundStory()
    begin = _headline(parts, first)
    if begin is not None:
        found.title = parts[begin]
    for part in parts[(begin + 1 if begin is not None else first) :]:
        if _is_around(part):
            break
        _take(part, found)
    _drop_tail(found)
    return found if any(isinstance(block, Paragraph) for block in found.body) else None


def _is_paragraph(part: str) -> bool:
    return len(part) >= FEWEST_LETTERS and bool(_SENTENCE.search(part + " ")) and part.endswith(_ENDS)


def _is_around(part: str) -> bool:
    return len(part) <= LONGEST_LABEL and bool(_AROUND.match(part)) and not part.endswith("。")


def _first_paragraph(parts: list[str]) -> int | None:
    """Return where the body begins: the first of the longest run of paragraphs before a block of something else."""
    best, best_letters, at, letters = None, 0, None, 0
    for number, part in enumerate([*parts, "関連記事"]):
        if _is_paragraph(part):
            at = number if at is None else at
            letters += len(part)
        elif _is_around(part):
            if letters > best_letters:
                best, best_letters = at, letters
            at, letters = None, 0
    return best


def _headline(parts: list[str], first: int) -> int | None:
    """Return which part is the headline: the longest line before the body that is no sentence, no date and no label; the nearest of like ones."""
    choices = []
    for number in range(max(0, first - 8), first):
        part = parts[number]
        is_line = len(part) <= LONGEST_HEADLINE and not part.endswith(("。", ".")) and not _is_around(part)
        if is_line and not (_WHEN.match(part) and len(part) < 40) and not _SIGNED.match(part) and not _captioned(part) and len(part) >= 8:  # noqa: PLR2004 - letters
            choices.append((min(len(part), 20), number))
    return max(choices)[1] if choices else None


def _captioned(part: str) -> SourcePhoto | None:
    """Return the picture below which a line stood, if it ends as captions do and no paragraph does."""
    said = part_credit(part)
    is_caption = said.credit and len(part) <= LONGEST_CAPTION and _CREDITED.search(part[len(said.caption) :])
    return SourcePhoto(address="", caption=said.caption, credit=said.credit) if is_caption else None


def _take(part: str, found: FoundStory) -> None:
    if photo := _captioned(part):
        found.body.append(Picture(photo))
    elif not found.body and (when := moment_in(part)) and len(part) <= 60:  # noqa: PLR2004 - letters
        found.published_at, found.updated_at = found.published_at or when, when if found.published_at else None
    elif (signed := _SIGNED.match(part)) and len(part) <= 40:  # noqa: PLR2004 - letters
        found.bylines.append((signed["a"] or signed["b"]).strip())
    elif _is_paragraph(part) or part.endswith(("。", "다.")) or len(part) >= FEWEST_LETTERS:
        found.body.append(Paragraph(f"<p>{html.escape(part, quote=False)}</p>"))
    elif found.body and len(part) <= 80:  # noqa: PLR2004 - what a subheading holds
        found.body.append(Subheading(part))


def _drop_tail(found: FoundStory) -> None:
    """Short lines after the last paragraph are no headings: nothing follows them."""
    while found.body and isinstance(found.body[-1], Subheading):
        found.body.pop()


def moment_in(text: str) -> datetime | None:
    """Return the moment that a line says, in the newsroom's own zone where it says none; None if there is none."""
    found = _WHEN.search(text)
    if found is None:
        return None
    try:
        day = datetime(int(found["y"]), int(found["m"]), int(found["d"]), int(found["h"] or 0), int(found["n"] or 0))  # noqa: DTZ001 - made aware
        return kept_moment(timezone.make_aware(day))
    except (ValueError, OverflowError):
        return None
