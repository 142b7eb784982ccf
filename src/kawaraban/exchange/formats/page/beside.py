"""What stands within a page's text and is none of it, and what of the story's own stands beside its text.

The former are lists of other stories, lines that only lead on, what asks the reader to log in; the latter pictures and players.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _
from lxml import etree
from lxml import html as lxml_html

from kawaraban.exchange.formats.oldsite import plain_of
from kawaraban.exchange.formats.page.text import is_around, is_told, signed_by, words_of
from kawaraban.exchange.letters import one_line
from kawaraban.exchange.markup.blocks import pictures_of
from kawaraban.exchange.markup.figures import photo_of
from kawaraban.exchange.markup.inline import emptied
from kawaraban.exchange.noting import Account
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Paragraph

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from kawaraban.exchange.formats.page.text import FoundStory
    from kawaraban.exchange.noting import Noted
    from kawaraban.exchange.shapes import Block, SourcePhoto

LONGEST_PROMPT = 120
MOST_BESIDE = 200  # pictures or players of an article that are named
LONGEST_NAMED = 200  # of an address: one may hold a whole picture
LONGEST_CAPTION = 200
_PLAYERS = ("iframe", "video", "audio")
_SENTENCE = re.compile(r"[。！？]|다\.|[.!?](?:\s|$)")
_LINK = re.compile(r"<a\b[^<>]*>.*?</a>", re.DOTALL)
# What may stand beside a link in a line that is nothing but one.
_BESIDE_A_LINK = re.compile(
    r"[\W\d_]|関連|記事|写真|画像|動画|特集|詳報|図解|解説|連載|一覧|もっと|見る|読む|続き|前回|次回|PR|관련|기사|사진|포토|영상|더|보기|photos?|video|related|read|more|also|see",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    r"(?:有料)?会員(?:限定|専用)|残り\s?[\d,]+\s?(?:文字|字)|(?:ログイン|会員登録|購読)(?:して|すると|が必要)|続きを(?:読む|お読み)|유료\s?회원|회원\s?(?:전용|가입)|로그인\s?(?:후|하)"
    r"|subscribe to (?:read|continue)|(?:sign|log) in to (?:read|continue)|subscribers only",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"(?:ニュースレター|メールマガジン|メルマガ|LINE).{0,20}(?:登録|購読|友だち追加)|뉴스레터.{0,15}구독|newsletter.{0,30}sign ?up|sign up.{0,40}newsletter",
    re.IGNORECASE,
)
_SAID = ("。", "」", "다.", ".")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHOTO = re.compile(r"(?:^|[-_ ])(?:cap|caption|ph|photo|pict?|picture|img|image|figure|shashin)s?(?:$|[-_ \d])", re.IGNORECASE)
# An agency's story begins with the place, the agency and who wrote it.
_BEGUN_BY = re.compile(r"^[\[(（［][^\])）］]{1,30}[\])）］]\s*(?P<name>[가-힣]{2,4})\s*(?:기자|특파원)\s*=")
MEMBERS = Said(_("the page shows its beginning alone: members read on"))


def without_boxes(root: HtmlElement, noted: Noted) -> None:
    """Take out the boxes that begin with a label such as "most read" and hold nothing but links to others."""
    for element in [*root.iter("div", "section", "ul", "ol", "dl")]:
        if element.getparent() is None or element.getroottree().getroot() is not root:
            continue
        first = next((line for text in element.itertext() if (line := one_line(str(text)))), "")
        if is_around(first) and not _SENTENCE.search(_unlinked(element)):
            emptied(element)
            noted[Said(_("blocks around the text left out"))] += 1


def _unlinked(element: HtmlElement) -> str:
    """Return the words of an element that lead nowhere."""
    words: list[str] = []
    links = 0
    # Elements may be inside each other beyond all reason: nothing calls itself here.
    for event, part in etree.iterwalk(element, events=("start", "end")):
        is_link = part.tag == "a"
        if event == "start":
            links += is_link
            words.append((part.text or "") if not links and isinstance(part.tag, str) else "")
        else:
            links -= is_link
            words.append((part.tail or "") if not links and part is not element else "")
    return " ".join(words)


def lay_out_lines(root: HtmlElement) -> None:
    """Make figures of boxes that hold a picture and the line below it, and paragraphs of lines that begin with a blank of a letter's width."""
    for element in [*root.iter("div", "dl", "p", "li")]:
        images = [*islice(element.iter("img"), 2)]
        if len(images) != 1 or next(element.iter("figure", "ul", "ol", "table", "a"), None) is not None:
            continue
        words = one_line(element.text_content())
        if not words or len(words) > LONGEST_CAPTION:
            continue
        if any(_PHOTO.search(f"{part.get('class') or ''} {part.get('id') or ''}") for part in [element, *element.iterdescendants()]):
            (image,) = images
            image.tail, element.text = None, None
            for child in [*element]:
                element.remove(child)
            below = lxml_html.Element("figcaption")
            below.text = words
            element.tag = "figure"
            element.extend([image, below])
    for line in [*root.iter("br")]:
        if (line.tail or "").lstrip(" \t\r\n").startswith("\u3000"):
            line.addprevious(lxml_html.Element("br"))


def without_prompts(blocks: list[Block], noted: Noted) -> list[Block]:
    """Leave out the lines that only lead on or ask for something, and note that a page for members shows no more than its beginning."""
    kept = []
    last = max((at for at, block in enumerate(blocks) if is_told(block)), default=-1)
    for at, block in enumerate(blocks):
        words = words_of(block) if isinstance(block, Paragraph) else ""
        if not words or len(words) > LONGEST_PROMPT:
            kept.append(block)
        elif at > last and _MEMBERS.search(words):
            noted.leave_out(MEMBERS, words)
        elif _leads_on(block) or (_LETTERS.search(words) and not words.endswith(_SAID)) or (at > last and _MAIL.fullmatch(words)):
            noted.leave_out(Said(_("lines that only lead on or ask for something left out")), words)
        else:
            kept.append(block)
    return kept


def _leads_on(block: Block) -> bool:
    markup = getattr(block, "html", "")
    return "<a " in markup and not _BESIDE_A_LINK.sub("", plain_of(_LINK.sub(" ", markup)))


def signature_below(block: Paragraph) -> tuple[Paragraph, str]:
    """Return a paragraph without the line below it that is a signature, and whose it is; "" if there is none."""
    above, line, below = block.html.removesuffix("</p>").rpartition("<br/>")
    name = signed_by(plain_of(below)) if line else ""
    return (Paragraph(f"{above}</p>"), name) if name else (block, "")


def begun_by(blocks: list[Block]) -> str:
    """Return who wrote a story, where its first words say so; else ""."""
    first = next((block for block in blocks if isinstance(block, Paragraph)), None)
    found = _BEGUN_BY.match(words_of(first)) if first else None
    return found["name"] if found else ""


def pictures_beside(article: HtmlElement, body: HtmlElement, address: str) -> list[SourcePhoto]:
    """Return the pictures that stand in the article, and neither in the element of its text nor in a list of other stories."""
    inside = {*body.iter("img")}
    outside = (image for image in article.iter("img") if image not in inside)
    return [photo for image in outside if (photo := photo_of(image, address)) is not None]


def tell_players_beside(article: HtmlElement, body: HtmlElement, noted: Noted) -> None:
    """Note the players that stand in the article outside its text."""
    inside = {*body.iter(*_PLAYERS)}
    addresses = [address for player in article.iter(*_PLAYERS) if player not in inside and (address := _played_by(player))]
    for address in addresses[:MOST_BESIDE]:
        noted[Said(_("player outside the text left out: %(address)s"), address=_named(address))] += 1
    if unnamed := len(addresses[MOST_BESIDE:]):
        noted[Said(_("further players outside the text left out"))] += unnamed


def _played_by(player: HtmlElement) -> str:
    """Return the address that a player shows something from; of several files the first."""
    own = [player, *islice(player.iter("source"), 1)]
    return next((address for part in own for name in ("src", "data-src") if (address := one_line(part.get(name) or ""))), "")


def _named(address: str) -> str:
    return address if len(address) <= LONGEST_NAMED else f"{address[:LONGEST_NAMED]}…"


def tell_pictures_beside(found: FoundStory, beside: list[SourcePhoto], noted: Noted) -> None:
    """Note each picture that stood outside the text and is not the one above it: a person may bring it in."""
    shown = {
        address for photo in [*pictures_of(tuple(found.body)), *filter(None, [found.lead])] for address in (photo.address, *photo.others)
    }
    left_out = [photo.address for photo in beside if shown.isdisjoint((photo.address, *photo.others))]
    for address in left_out[:MOST_BESIDE]:
        noted.note(Said(_("picture outside the text left out: %(address)s"), address=_named(address)), pictures=1)
    if unnamed := len(left_out[MOST_BESIDE:]):
        told = Said(_("further pictures outside the text left out"))
        noted[told] += unnamed
        noted.account(told, Account(pictures=unnamed))
