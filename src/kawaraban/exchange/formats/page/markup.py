"""Finds the story in a saved HTML page: by what it says of itself (schema.org, Open Graph), and by where its words stand."""

from __future__ import annotations

import html
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
from lxml import etree
from lxml import html as lxml_html

from kawaraban.exchange.formats.oldsite import body_of, photo_at, plain_of
from kawaraban.exchange.formats.page.beside import (
    begun_by,
    lay_out_lines,
    pictures_beside,
    signature_below,
    tell_pictures_beside,
    tell_players_beside,
    without_boxes,
    without_prompts,
)
from kawaraban.exchange.formats.page.text import (
    FoundStory,
    captioned,
    moment_in,
    moments_in,
    signed_by,
    story_in_text,
    without_around,
    without_rights,
    words_of,
)
from kawaraban.exchange.letters import letters, moment_of, one_line
from kawaraban.exchange.markup.inline import emptied, text_of
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.shapes import Paragraph, Picture

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from kawaraban.exchange.shapes import Block, SourcePhoto

_NEVER = ("script", "style", "noscript", "template", "nav", "aside", "footer", "button", "dialog", "svg")
_AROUND = re.compile(
    r"(?:^|[-_ ])(?:related|relation|recommend\w*|ranking|rank|popular|most|share|sns|social|breadcrumbs?|comments?|ads?|advert\w*|banner|promo\w*|newsletter|"
    r"sidebar|side|widget|menu|pager|pagination|toc|author-?box|profile|tags?|topics?|next|prev\w*|footer|global|gnav|subscribe|paywall|pickup)(?:$|[-_ ])",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:article|entry|post|story|news|content|detail)[-_]?(?:body|content|text|main|detail|inner)?|honbun|(?:^|[-_ ])body(?:$|[-_ ])",
    re.IGNORECASE,
)
_ARTICLES = {"NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "OpinionNewsArticle", "AnalysisNewsArticle", "Report"}
_TELLING = ("p", "div", "section", "article", "main", "td", "li", "body")
SHORTEST_HEADLINE = 6
_PARTED = re.compile(r"\s*[|｜]\s*|\s+[-–—]\s+")
LONGEST_DATE = 60
LINES_OF_A_DATE = 4  # from the first that tells a moment on, in which it may be told when the story was changed
_CHANGED = re.compile(r"更新|変更|수정|update|modif", re.IGNORECASE)
LONGEST_CELL = 120  # of a table that holds rows
LONGEST_BELOW_A_PICTURE = 200
MOST_FIGURES = 50  # of an article, in which a picture above the text is looked for: each is read for itself
NARROWER = 0.5  # of the letters, so many must stand in a narrower element for it to be the text
SHARE = 0.6  # of the words around, so many must stand in a narrower element that is taken


def story_in_page(text: str, address: str, noted: Noted) -> FoundStory | None:
    """Find the story in a page; None if there is none. ``address`` is where the page stood, if it does not say it."""
    try:
        root = lxml_html.document_fromstring(letters(text).encode(), parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    except (ValueError, lxml_html.etree.ParserError, lxml_html.etree.XMLSyntaxError):
        return None
    said = _said_of_itself(root)
    meta = _meta(root)
    url = _first(root.xpath("//link[@rel='canonical']/@href")) or meta.get("og:url", "") or address
    found = FoundStory(url=url if url.startswith("http") else address)
    headings: Any = root.xpath("//h1")
    heading = next((text_of(h1) for h1 in headings if _is_headline(h1)), "")
    found.title = (
        plain_of(str(said.get("headline") or ""))
        or heading
        or _own_title(plain_of(meta.get("og:title", "")), root)
        or _without_site(plain_of(_first(root.xpath("//title/text()"))), root)
    )
    found.published_at = moment_of(str(said.get("datePublished") or meta.get("article:published_time", ""))) or _time(root)
    found.updated_at = moment_of(str(said.get("dateModified") or meta.get("article:modified_time", "")))
    found.bylines = _names(said.get("author")) or ([meta["author"]] if meta.get("author") else [])
    found.section = plain_of(str(_one(said.get("articleSection")) or meta.get("article:section", "")))
    found.topics = [one_line(word) for word in _words(said.get("keywords"))]
    found.summary = plain_of(str(said.get("description") or meta.get("og:description", "") or meta.get("description", "")))
    found.language = str(root.get("lang") or "")[:2].lower()
    found.source_name = one_line(
        _first([str(part.get("name") or "") for part in [said.get("publisher")] if isinstance(part, dict)]) or meta.get("og:site_name", "")
    )
    below = _moments_below(found.title, root)
    found.published_at = found.published_at or next(iter(below), None)
    found.updated_at = found.updated_at or max((when for when in below if found.published_at and when > found.published_at), default=None)
    _clear(root)
    without_boxes(root, noted)
    lay_out_lines(root)
    _lay_out(root)
    body = _body(root)
    above, beside = None, []
    if body is not None:
        article = _article_of(body, found.title)
        above = _picture_above(article, body, found.url)
        beside = pictures_beside(article, body, found.url)
        tell_players_beside(article, body, noted)
        found.body = list(body_of(lxml_html.tostring(body, encoding="unicode"), found.url, noted))
    told = [one_line(part) for part in letters(str(said.get("articleBody") or "")).split("\n") if one_line(part)]
    if sum(map(len, told)) > 2 * sum(len(words_of(block)) for block in found.body):
        # A script draws the page, or a part of it.
        found.body = [Paragraph(f"<p>{html.escape(part, quote=False)}</p>") for part in told]
    if not any(not isinstance(block, Picture) for block in found.body):
        bare = story_in_text("\n\n".join(one_line(str(part)) for part in root.itertext()), noted)
        if bare is None:
            return None
        found.title, found.body = found.title or bare.title, bare.body
    _without_headline(found)
    _read_lines(found)
    found.body = without_rights(without_prompts(without_around(found.body, noted), noted), noted)
    found.bylines = found.bylines or [name for name in [begun_by(found.body)] if name]
    _lead(found, said, meta, above)
    tell_pictures_beside(found, beside, noted)
    return found if found.title else None


def _lead(found: FoundStory, said: dict[str, Any], meta: dict[str, str], above: SourcePhoto | None) -> None:
    """A picture at the head of the text, or above it in the article, is the lead photo; else the one that the page names as its own.

    The latter only where the text does not show it.
    """
    if found.body and isinstance(found.body[0], Picture):
        found.lead = found.body[0].photo
        found.body = found.body[1:]
        return
    if above is not None:
        found.lead = above
        return
    image = said.get("image")
    image = image[0] if isinstance(image, list) and image else image
    described = image if isinstance(image, dict) else {}
    address = str(described.get("url") or "") or (image if isinstance(image, str) else "") or meta.get("og:image", "")
    shown = {photo.photo.address for photo in found.body if isinstance(photo, Picture)}
    photo = photo_at(address, caption=str(described.get("caption") or ""), credit=one_line(str(described.get("creditText") or "")))
    if photo is not None and photo.address not in shown:
        found.lead = photo


def _article_of(body: HtmlElement, headline: str) -> HtmlElement:
    """Return what holds the text and what belongs to it."""
    article = next(body.iterancestors("article", "main"), None)
    # Where nothing is called an article it is what holds the headline and the text.
    article = article if article is not None else next((above for above in body.iterancestors() if _holds(above, headline)), None)
    return article if article is not None else body


def _picture_above(article: HtmlElement, body: HtmlElement, address: str) -> SourcePhoto | None:
    """Return the picture that stands in the article above the element of its text."""
    around = {body, *body.iterancestors("figure"), *body.iter("figure")}
    for figure in islice(article.iter("figure"), MOST_FIGURES):
        if figure in around:
            return None
        blocks = body_of(lxml_html.tostring(figure, encoding="unicode", with_tail=False), address, Noted())
        if picture := next((block for block in blocks if isinstance(block, Picture)), None):
            return picture.photo
    return None


def _holds(element: HtmlElement, headline: str) -> bool:
    return any(one_line(part.text_content()) == headline for part in element.iter("h1", "h2", "h3"))


def _without_headline(found: FoundStory) -> None:
    first = next((block for block in found.body if not isinstance(block, Picture)), None)
    if getattr(first, "text", None) == found.title or (first is not None and plain_of(getattr(first, "html", "")) == found.title):
        found.body = [block for block in found.body if block is not first]


def _read_lines(found: FoundStory) -> None:
    """Take what is no text from among the paragraphs: a date above, a caption below a picture, who signed."""
    kept: list[Block] = []
    for one in found.body:
        block, name = signature_below(one) if isinstance(one, Paragraph) else (one, "")
        found.bylines = found.bylines or [each for each in [name] if each]
        words = words_of(block) if isinstance(block, Paragraph) else ""
        above = kept[-1] if kept else None
        if words and isinstance(above, Picture) and not above.photo.caption and (said := captioned(words)):
            kept[-1] = Picture(msgspec.structs.replace(above.photo, caption=said.caption, credit=said.credit or above.photo.credit))
        elif words and (signed := signed_by(words)):
            found.bylines = found.bylines or [signed]
        elif not (words and not _has_text(kept) and len(words) <= LONGEST_DATE and moment_in(words)):
            kept.append(block)
    found.body = kept


def _has_text(blocks: list[Block]) -> bool:
    return any(isinstance(block, Paragraph) for block in blocks)


def _without_site(title: str, root: HtmlElement) -> str:
    """Return a window's title without the site's name: the longest line of the page that stands in it."""
    body = root.find("body")
    lines = {one_line(str(line)) for line in body.itertext()} if body is not None else set()
    own = max((line for line in lines if len(line) >= SHORTEST_HEADLINE and line in title), key=len, default="")
    parts = _PARTED.split(title)
    # What is a line of the page, too, and stands last, is the site's name.
    return own or (title[: -len(parts[-1])].rstrip(" |｜-–—") if len(parts) > 1 and parts[-1] in lines else title)


def _own_title(title: str, root: HtmlElement) -> str:
    return _without_site(title, root) if len(_PARTED.split(title)) > 1 else title


def _moments_below(title: str, root: HtmlElement) -> list[datetime]:
    """Return the moments in the first short lines below the headline that tell one: when it came out, and when it was changed."""
    is_below, lines = False, 0
    moments: list[datetime] = []
    for text in root.itertext():
        line = one_line(str(text))
        is_below = is_below or line == title
        if is_below and line and line != title and len(line) <= LONGEST_DATE:
            found = moments_in(line)
            if not moments or _CHANGED.search(line):
                moments += found
        lines += bool(moments and line)
        if lines > LINES_OF_A_DATE:
            break
    return moments


# ------------------------------------------------------------------ where the words stand


def _lay_out(root: HtmlElement) -> None:
    """Make plain boxes of tables that hold a page rather than rows, and figures of those that hold a picture with a line below it.

    Pictures that only a script of AMP shows become plain ones.
    """
    for image in root.iter("amp-img", "amp-anim"):
        image.tag = "img"
    for table in reversed([*root.iter("table")]):
        cells = [*table.iter("td", "th")]
        images = [*table.iter("img")]
        if len(images) == 1 and len(cells) <= 3 and len(one_line(table.text_content())) <= LONGEST_BELOW_A_PICTURE:  # noqa: PLR2004 - picture, words, credit
            words = one_line(table.text_content())
            table.tag = "figure"
            image = images[0]
            for child in list(table):
                table.remove(child)
            image.tail = None
            table.append(image)
            if words:
                below = lxml_html.Element("figcaption")
                below.text = words
                table.append(below)
        elif any(
            len(one_line(cell.text_content())) >= LONGEST_CELL and [*cell.iter("br", "p", "div", "table", "figure")] for cell in cells
        ):
            for part in [table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")]:
                part.tag = "div"


def _clear(root: HtmlElement) -> None:
    """Take out what is never a part of a story."""
    for element in [*root.iter(*_NEVER)]:
        emptied(element)
    body = root.find("body")
    letters_in = _letters_in_each(root)
    left = letters_in[root]
    gone: set[HtmlElement] = set()
    for element in [*root.iter("div", "section", "ul", "ol", "p", "table", "header", "form")]:
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        # The element that holds the page is not what its class says of the page.
        if (
            element is not body
            and element not in gone
            and element.getparent() is not None
            # Some sites put the whole page into a form.
            and (element.tag == "form" or _AROUND.search(named) or element.get("role") in {"navigation", "complementary", "banner"})
            and letters_in[element] <= SHARE * max(1, left)
        ):
            gone.update(element.iter())
            left -= letters_in[element]
            emptied(element)


def _letters_in_each(root: HtmlElement) -> dict[HtmlElement, int]:
    """Count the letters of every element as ``_letters`` does, in one walk: pages have hundreds of boxes that are looked at."""
    found: dict[HtmlElement, int] = {}
    for _event, part in etree.iterwalk(root, events=("end",)):
        found[part] = (_own_letters(part) if part.tag in _TELLING else 0) + sum(found[child] for child in part if child in found)
    return found


def _body(root: HtmlElement) -> HtmlElement | None:
    """Return the narrowest element that holds most of the page's paragraphs."""
    named = root.xpath("//*[@itemprop='articleBody']")
    if named and _letters(named[0]) > 0:
        return named[0]
    whole = root.find("body") if root.find("body") is not None else root
    best, most = whole, _letters(whole)
    if not most:
        return None
    while True:
        inner = max(
            (child for child in best if isinstance(child.tag, str)), key=lambda child: _letters(child) * _weight(child), default=None
        )
        if inner is None or inner.tag in {"p", "ul", "ol", "table", "blockquote", "figure"} or _letters(inner) < NARROWER * most:
            return best
        best, most = inner, _letters(inner)


def _weight(element: HtmlElement) -> float:
    return 1.3 if element.tag in {"article", "main"} or _BODY.search(f"{element.get('class') or ''} {element.get('id') or ''}") else 1.0


def _letters(element: HtmlElement) -> int:
    """Count the letters of an element's paragraphs that are no links: lists of other stories are nothing but links."""
    return sum(map(_own_letters, element.iter(*_TELLING)))


def _own_letters(part: HtmlElement) -> int:
    own = (part.text or "") + "".join(child.tail or "" for child in part)
    inline = "".join(child.text_content() for child in part if child.tag in {"b", "strong", "em", "i", "span", "ruby", "font"})
    return len("".join((own + inline).split()))


def _is_headline(h1: HtmlElement) -> bool:
    # A site's name is set as a heading too, in the page's head.
    above = {parent.tag for parent in h1.iterancestors("header", "article")}
    return len(one_line(h1.text_content())) >= SHORTEST_HEADLINE and above != {"header"}


def _time(root: HtmlElement) -> Any:
    for element in root.iter("time"):
        if found := moment_of(element.get("datetime") or "") or moment_in(element.text_content()):
            return found
    return None


# ------------------------------------------------------------------ what the page says of itself


def _said_of_itself(root: HtmlElement) -> dict[str, Any]:
    for script in root.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for item in _graph(data):
            kinds = item.get("@type")
            if _ARTICLES & {str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])}:
                return item
    return {}


def _graph(data: Any) -> list[dict[str, Any]]:
    rows = data if isinstance(data, list) else [data]
    found = [row for row in rows if isinstance(row, dict)]
    return found + [row for part in found if isinstance(part.get("@graph"), list) for row in part["@graph"] if isinstance(row, dict)]


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name")
        if name and meta.get("content"):
            found.setdefault(name.lower(), one_line(meta.get("content") or ""))
    return found


def _names(value: Any) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    names = [row.get("name") if isinstance(row, dict) and row.get("@type") in {None, "Person"} else row for row in rows]
    return [one_line(name) for name in names if isinstance(name, str) and one_line(name)]


def _words(value: Any) -> list[str]:
    rows = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str) else []
    return [str(row).strip() for row in rows if isinstance(row, str) and row.strip()]


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _first(values: Any) -> str:
    return str(values[0]) if values else ""
