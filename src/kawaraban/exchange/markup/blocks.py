"""Walks through sanitised HTML and makes blocks of it: a paragraph, a heading, a picture each its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _
from lxml import html as lxml_html

from kawaraban.exchange.letters import letters
from kawaraban.exchange.markup import figures
from kawaraban.exchange.markup.cleaning import cleaned, flattened, taken_out
from kawaraban.exchange.markup.embeds import embed_address, provider_of, secure
from kawaraban.exchange.markup.inline import Inline, emptied, lead_from, lines_of, plain, text_of
from kawaraban.exchange.noting import Noted, letters_of
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Block, Embed, Markup, Paragraph, Picture, Quotation, SourcePhoto, Subheading
from kawaraban.newsroom.markup import harmless

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

LONGEST_SUBHEADING = 80
LONGEST_SPEAKER = 120
DEEPEST = 60  # nobody writes so; the parser stops at some hundreds, the walk is in functions inside each other
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What an element is for a paragraph to hold: everything that is neither of these.
BOXES = {"address", "article", "aside", "center", "div", "footer", "header", "main", "nav", "section", "p", "dd", "dt"}
OTHERS = {
    "blockquote",
    "details",
    "dl",
    "figure",
    "hr",
    "ol",
    "pre",
    "table",
    "ul",
    "img",
    "picture",
    "iframe",
    "video",
    "audio",
    *HEADINGS,
}
_BLANK_LINE = re.compile(r"\n[ \t\r\f]*\n\s*")
# A run of blanks is looked at from its beginning alone: a text may be nothing else.
_BREAKS = re.compile(r"(?<!\s)\s*<br/>(?:\s*<br/>)+\s*")
_EDGES = re.compile(r"^(?:\s|<br/>|\u3000(?=\s*$))+|(?<!\s)(?<!<br/>)(?:\s|<br/>)+$")
_WORDS = re.compile(r"<[^<>]*>|\s|&nbsp;|\u3000")
_TAG = re.compile(r"</?([a-z][a-z0-9]*)")
_EMPTY = {"br", "img", "hr", "wbr", "col", "source"}
_BARE_ADDRESS = re.compile(r"https?://\S+")


class Walk:
    """One text's way from HTML to blocks."""

    def __init__(self, *, base: str, keep_lines: bool, photo: Callable[[HtmlElement], SourcePhoto | None]) -> None:
        self.lead = lead_from(base)
        self.keep_lines = keep_lines
        self.photo = photo
        self.blocks: list[Block] = []
        self.noted = Noted()
        self._inline = Inline(self.lead, keep_lines=False)
        self._raw = Inline(self.lead, keep_lines=keep_lines)
        self._run: list[str] = []

    # ------------------------------------------------------------------ what stands side by side

    def children(self, element: HtmlElement, depth: int, *, raw: bool) -> None:
        """Go through what stands in an element; where ``raw``, a blank line begins a paragraph as it does in old editors."""
        inline = self._raw if raw else self._inline
        self._run.append(inline.text(element.text))
        for child in element:
            if self._is_text(child):
                self._run.append(inline.element(child))
            else:
                self.end_run()
                self.block(child, depth + 1)
            self._run.append(inline.text(child.tail))
        self.end_run()

    def _is_text(self, element: HtmlElement) -> bool:
        """Whether an element may stand in a paragraph: neither it nor anything in it is a block."""
        return element.tag not in BOXES and element.tag not in OTHERS and not any(True for _ in element.iter(*BOXES, *OTHERS))

    def end_run(self) -> None:
        """Make paragraphs of the text that came since the last block."""
        run, self._run = "".join(self._run), []
        for part in _BLANK_LINE.split(run) if "\n" in run else [run]:
            lines = part.strip().replace("\n", "<br/>") if self.keep_lines else part
            for paragraph in _BREAKS.split(lines):
                self.paragraph(_EDGES.sub("", paragraph))

    def shown(self, image: HtmlElement) -> SourcePhoto | None:
        """Return what an ``<img>`` shows; of what is no picture of the story's, note that it is left out."""
        photo = self.photo(image)
        if photo is None and figures.is_no_picture(image):
            self.noted.note(Said(_("counters' dots and smileys left out")), pictures=1)
        return photo

    def paragraph(self, inner: str) -> None:
        """Add a paragraph, unless it says nothing; an address alone in one stands for what it shows."""
        if not _WORDS.sub("", inner):
            return
        if _BARE_ADDRESS.fullmatch(inner.strip()) and self.embed(inner.strip().replace("&amp;", "&"), ""):
            return
        self.blocks.append(Paragraph(f"<p>{inner}</p>"))

    def children_text(self, text: str) -> None:
        """Add a bare text as a paragraph."""
        self.paragraph(self._inline.text(text))

    # ------------------------------------------------------------------ blocks

    def block(self, element: HtmlElement, depth: int) -> None:
        """Make what an element stands for."""
        tag = element.tag
        if depth > DEEPEST:
            self.keep(element, Said(_("too deep")))
        elif tag in HEADINGS:
            self.heading(element, depth)
        elif tag in {"ul", "ol"}:
            self.list(element)
        elif tag == "blockquote":
            self.quotation(element)
        elif tag in {"table", "figure", "picture", "img"}:
            figures.add(self, element, depth)
        elif tag in {"iframe", "video", "audio"}:
            self.shown_elsewhere(element)
        elif tag in {"pre", "details", "dl"}:
            self.keep(element, f"<{tag}>")
        elif tag != "hr":
            # A mark around a picture, as old editors leave it, is none of the picture's.
            self.children(element, depth, raw=self.keep_lines and tag in {"div", "center", "section", "article"})

    def heading(self, element: HtmlElement, depth: int) -> None:
        """Make a subheading; a long one becomes a paragraph in bold, and pictures in it stand after it."""
        text = text_of(element)
        if text and len(text) <= LONGEST_SUBHEADING:
            self.blocks.append(Subheading(text))
        elif text:
            self.noted[Said(_("long headings as bold paragraphs"))] += 1
            self.blocks.append(Paragraph(f"<p><b>{self._inline.inner(element).strip()}</b></p>"))
        self.pictures_in(element, depth)

    def pictures_in(self, element: HtmlElement, depth: int) -> None:
        """Add the pictures that stand in an element whose text was taken."""
        for image in list(element.iter("img")):
            figures.add(self, image, depth + 1)

    def list(self, element: HtmlElement) -> None:
        """Make a list; pictures in it stand after it."""
        if any(True for _ in element.iter("table", "blockquote", "pre", "iframe", "dl")):
            self.children(element, 1, raw=False)
            return
        images = [*element.iter("img")]  # before lists in it are taken out of it
        if inner := self._items(element, 0):
            self.blocks.append(Paragraph(inner))
        for image in images:
            figures.add(self, image, 2)

    def _items(self, element: HtmlElement, depth: int) -> str:
        items = []
        for item in element:
            if item.tag in {"ul", "ol"} and depth < DEEPEST:
                items.append(self._items(item, depth + 1))
                continue
            below = [child for child in item if child.tag in {"ul", "ol"}]
            inner = "".join(self._items(child, depth + 1) for child in below) if depth < DEEPEST else ""
            for child in below:
                emptied(child)
            words = _EDGES.sub("", self._inline.inner(item))
            if _WORDS.sub("", words) or inner:
                items.append(f"<li>{words}{inner}</li>")
        return f"<{element.tag}>{''.join(items)}</{element.tag}>" if items else ""

    def quotation(self, element: HtmlElement) -> None:
        """Make a quotation with who said it; of a post elsewhere, what shows the post."""
        classes = element.get("class") or ""
        links = [address for link in element.iter("a") if (address := link.get("href"))]
        if "twitter-tweet" in classes or "instagram-media" in classes or "tiktok-embed" in classes:
            address = element.get("cite") or (links[-1] if links else "")
            words = text_of(element)
            if self.embed(address, words[:100]):
                self.noted.note(Said(_("words of posts elsewhere, which are shown themselves")), letters=letters_of(words))
                return
        said = _who_said(element)
        speaker = text_of(said).lstrip("—–―- ") if said is not None else ""
        if any(True for _ in element.iter("table", "pre")) or len(speaker) > LONGEST_SPEAKER:
            # With who said it, which stands in it.
            self.keep(element, Said(_("%(mark)s with more than words"), mark="<blockquote>"))
            return
        if said is not None:
            said.drop_tree()
        if links:
            self.noted[Said(_("links in quotations"))] += len(links)
        if text := lines_of(element):
            self.blocks.append(Quotation(text, speaker))
        elif speaker:
            self.paragraph(self._inline.text(speaker))
        self.pictures_in(element, 1)

    def shown_elsewhere(self, element: HtmlElement) -> None:
        """Make what shows a video or a post; where nobody does that we know, leave a link."""
        source = element.get("src") or element.get("data-src") or next((part.get("src") for part in element.iter("source")), "") or ""
        if self.embed(source, element.get("title") or ""):
            return
        if address := secure(source) or self.lead(source):
            title = element.get("title") or address
            self.noted.note(Said(_("%(mark)s as a link"), mark=f"<{element.tag}>"), added=letters_of(title))
            shown = self._inline.text(title)
            self.paragraph(f'<a href="{self._inline.text(address).replace(chr(34), "%22")}">{shown}</a>')
        else:
            self.noted[Said(_("%(mark)s without an address"), mark=f"<{element.tag}>")] += 1

    def embed(self, address: str, title: str) -> bool:
        """Add what shows a video or a post, if somebody does that we know."""
        if not (found := embed_address(address)):
            return False
        # The newsroom's own form takes so many letters.
        if len(found) > 200:  # noqa: PLR2004 - Django's URLField
            return False
        self.blocks.append(Embed(found, plain(title)[:100] or provider_of(found)))
        return True

    def keep(self, element: HtmlElement, why: str) -> None:
        """Keep an element as it is, without what could act; pictures in it stand after it."""
        tail, element.tail = element.tail, None
        markup = harmless(lxml_html.tostring(element, encoding="unicode"))
        element.tail = tail
        if plain(re.sub(r"<[^<>]*>", "", markup)):
            self.noted[Said(_("kept as HTML: %(what)s"), what=why)] += 1
            self.blocks.append(Markup(markup))
        self.pictures_in(element, DEEPEST)


def blocks_of(
    html: str,
    *,
    base: str = "",
    keep_lines: bool = False,
    photo: Callable[[HtmlElement], SourcePhoto | None] | None = None,
) -> tuple[tuple[Block, ...], Noted]:
    """Make blocks of a text in HTML, and count by kind what did not come over as it stood.

    ``base`` is the address of the page that it stood on; ``photo`` says what an ``<img>`` shows, or None if it is no picture of the story's.
    Where ``keep_lines``, lines of bare text are lines, and a blank one parts paragraphs.
    """
    noted = taken_out(html)
    tree = tree_of(html)
    if tree is None:
        return (), noted
    walk = Walk(base=base, keep_lines=keep_lines, photo=photo or (lambda image: figures.photo_of(image, base)))
    walk.children(tree, 0, raw=keep_lines)
    noted.take(walk.noted)
    return tuple(walk.blocks), noted


def _who_said(quotation: HtmlElement) -> HtmlElement | None:
    """Return the element that says who speaks. Of several the last one does: works and people that are named before belong to the words."""
    named = [*quotation.iter("cite", "footer")]
    within = set(named)
    return next((part for part in reversed(named) if within.isdisjoint(part.iterancestors())), None)


def tree_of(html: str) -> HtmlElement | None:
    """Return the sanitised HTML as a tree below one element; None if nothing is left of it."""
    # A letter may also be told by its number.
    clean = letters(cleaned(html))
    if clean.count("</") > DEEPEST and _depth(clean) > DEEPEST:
        clean = letters(flattened(clean))
    return lxml_html.fragment_fromstring(clean, create_parent="div") if clean.strip() else None


def _depth(clean: str) -> int:
    """Return how many elements of well-formed HTML are inside each other."""
    depth = deepest = 0
    for found in _TAG.finditer(clean):
        if found[0].startswith("</"):
            depth -= 1
        elif found[1] not in _EMPTY:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def pictures_of(blocks: tuple[Block, ...]) -> list[SourcePhoto]:
    """Return the pictures in blocks, in their order."""
    return [photo for block in blocks for photo in ([block.photo] if isinstance(block, Picture) else getattr(block, "photos", ()))]
