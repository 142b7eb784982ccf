"""Pictures, galleries and tables, with what stands below them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.markup.captions import LONGEST_CREDIT, part_credit
from kawaraban.exchange.markup.embeds import secure
from kawaraban.exchange.markup.inline import emptied, plain, text_of
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Picture, Pictures, SourcePhoto, Table

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from kawaraban.exchange.markup.blocks import Walk

MOST_IN_A_GALLERY = 30
# Short rows are filled up, up to so many times the cells that there are; a table of few cells in any case.
MOST_FILLED_UP, FEWEST_CELLS = 4, 2000
# A picture of this many dots is a counter's.
SMALLEST = 3
_SIZED = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{3,4}$)")
_SCALED = re.compile(r"-(?:scaled|rotated)(?=\.\w{3,4}$)")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp|heic)$", re.IGNORECASE)
_IN_CSS = {"wp-smiley", "emoji"}


def add(walk: Walk, element: HtmlElement, depth: int) -> None:
    """Make what a picture, a figure or a table stands for."""
    if element.tag == "table":
        _table(walk, element, "")
    elif element.tag == "figure":
        _figure(walk, element, depth)
    else:
        image = element if element.tag == "img" else next(element.iter("img"), None)
        if image is not None and (photo := walk.shown(image)):
            walk.blocks.append(Picture(photo))


def _figure(walk: Walk, figure: HtmlElement, depth: int) -> None:
    captions, credit = [], ""
    for said in figure.findall("figcaption"):
        words, marked = _parted(said)
        captions.append(words)
        credit = marked or credit
        emptied(said)
    caption = " ".join(filter(None, captions))
    images = list(figure.iter("img"))
    # One in another stands where that one does.
    tables = [table for table in figure.iter("table") if next(table.iterancestors("table"), None) is None]
    inner = list(figure.iter("figure"))[1:]
    if tables:
        for table in tables:
            _table(walk, table, caption)
            caption = ""
    elif len(images) > 1:
        _gallery(walk, figure, inner, caption)
    elif images and not any(True for _ in figure.iter("blockquote", "iframe")):
        # A frame around one figure: the caption is that one's.
        inside = [_parted(said) for said in figure.iter("figcaption")]
        credit = credit or next((marked for _, marked in inside if marked), "")
        _picture(walk, images[0], caption or " ".join(words for words, _ in inside), figure, credit)
    else:
        _other(walk, figure, f"{caption} {credit}".strip(), depth)


def _parted(said: HtmlElement) -> tuple[str, str]:
    """Return what a caption says, and the credit at its end where it is marked as one."""
    words = text_of(said)
    for mark in said.iter("small", "cite", "span"):
        credit = text_of(mark)
        if (
            (mark.tag != "span" or "credit" in (mark.get("class") or ""))
            and credit
            and words.endswith(credit)
            and len(credit) <= LONGEST_CREDIT
        ):
            return words.removesuffix(credit).strip(), credit
    return words, ""


def _picture(walk: Walk, image: HtmlElement, caption: str, figure: HtmlElement, credit: str) -> None:
    photo = walk.shown(image)
    if photo is None:
        return
    if credit:
        # Its own words say "Photo: …", where they are not parted by an element alone.
        photo = msgspec.structs.replace(photo, credit=part_credit(credit).credit or credit)
    # What the picture links to is often its file in full size.
    linked = [walk.lead(link.get("href") or "") for link in figure.iter("a")]
    full = [address for address in linked if _PICTURE.search(urlsplit(address).path) and address.startswith("http")]
    walk.blocks.append(Picture(with_caption(msgspec.structs.replace(photo, others=(*photo.others, *full)), caption)))


def _gallery(walk: Walk, figure: HtmlElement, inner: list[HtmlElement], caption: str) -> None:
    photos = []
    for part in inner or [figure]:
        said = [_parted(below) for below in part.findall("figcaption")]
        credit = next((marked for _, marked in said if marked), "")
        found = [photo for image in part.iter("img") if (photo := walk.shown(image))]
        found = [msgspec.structs.replace(photo, credit=credit) for photo in found] if credit else found
        photos += [with_caption(photo, " ".join(words for words, _ in said)) for photo in found]
    known = list({photo.address: photo for photo in photos}.values())
    add_gallery(walk, known, caption)


def add_gallery(walk: Walk, photos: list[SourcePhoto], caption: str) -> None:
    """Add pictures as a gallery, or as galleries where they are too many for one; a single one stands alone."""
    for begin in range(0, len(photos), MOST_IN_A_GALLERY):
        part = tuple(photos[begin : begin + MOST_IN_A_GALLERY])
        if len(part) == 1:
            walk.blocks.append(Picture(with_caption(part[0], caption) if caption and not part[0].caption else part[0]))
        else:
            walk.blocks.append(Pictures(part, caption if begin == 0 else ""))


def _other(walk: Walk, figure: HtmlElement, caption: str, depth: int) -> None:
    """Make a figure of something else: a player, a quotation, an address alone. Its caption stands below as a paragraph."""
    address = plain(figure.text_content())
    before = len(walk.blocks)
    if not (address.startswith("http") and " " not in address and walk.embed(address, caption)):
        walk.children(figure, depth, raw=False)
    if caption and not (len(walk.blocks) > before and getattr(walk.blocks[-1], "title", "") == caption[:100]):
        walk.children_text(caption)


def _table(walk: Walk, table: HtmlElement, caption: str) -> None:
    """Make a table; one whose cells reach over others, or hold more than words, is kept as it is."""
    own = table.find("caption")
    if own is not None:
        caption = caption or text_of(own)
        own.drop_tree()
    cells = list(table.iter("td", "th"))
    spanning = any((cell.get(name) or "1") not in {"1", ""} for cell in cells for name in ("colspan", "rowspan"))
    blocks = any(True for _ in table.iter("ul", "ol", "blockquote", "pre", "iframe", "dl", "figure"))
    nested = any(True for _ in list(table.iter("table"))[1:])
    if spanning or blocks or nested:
        walk.keep(table, Said(_("table with cells over others or blocks in them")))
        if caption:
            walk.children_text(caption)
        return
    rows = [row for row in table.iter("tr") if len(row)]
    if not rows:
        walk.pictures_in(table, depth=1)
        return
    is_head = rows[0].getparent().tag == "thead" or all(cell.tag == "th" for cell in rows[0])
    links = sum(1 for _ in table.iter("a"))
    if links:
        walk.noted[Said(_("links in tables"))] += links
    texts = [[text_of(cell) for cell in row if cell.tag in {"td", "th"}] for row in rows]
    width = max(len(row) for row in texts)
    if len(texts) * width > max(MOST_FILLED_UP * len(cells), FEWEST_CELLS):
        # Filled up, a row of thousands and thousands of rows would be millions of cells.
        walk.keep(table, Said(_("table whose rows are of very different lengths")))
        if caption:
            walk.children_text(caption)
        return
    even = [tuple(row + [""] * (width - len(row))) for row in texts]
    head, body = (even[0], even[1:]) if is_head else (("",) * width, even)
    if any(any(row) for row in even):
        walk.blocks.append(Table(head, tuple(body), caption))
    elif caption:
        walk.children_text(caption)
    walk.pictures_in(table, depth=1)


def with_caption(photo: SourcePhoto, caption: str) -> SourcePhoto:
    """Return the picture with what stands below it, caption and credit parted."""
    caption = plain(caption)
    if not caption:
        return photo
    said = part_credit(caption)
    return msgspec.structs.replace(photo, caption=said.caption, credit=said.credit or photo.credit)


def is_no_picture(image: HtmlElement) -> bool:
    """Whether an ``<img>`` is a counter's dot or a smiley."""
    sizes = [image.get(name) or "" for name in ("width", "height")]
    return bool(_IN_CSS & set((image.get("class") or "").split())) or any(size.isdigit() and int(size) < SMALLEST for size in sizes)


def photo_of(image: HtmlElement, base: str) -> SourcePhoto | None:
    """Return what an ``<img>`` shows; None for a counter's dot, a smiley, or what has no address."""
    if is_no_picture(image):
        return None
    named = [image.get(name) or "" for name in ("data-src", "data-lazy-src", "data-original", "src")]
    addresses = [address for name in named if (address := _whole(name, base))]
    addresses += [address for part in reversed((image.get("srcset") or "").split(",")) if (address := _whole(part.split(" ")[0], base))]
    if not addresses:
        return None
    first = addresses[0]
    best = list(dict.fromkeys([*(original_of(address) for address in addresses[:1]), *addresses]))
    photo = SourcePhoto(
        address=best[0], others=tuple(best[1:]), alt_text=plain(image.get("alt") or "")[:300], credit=image.get("data-credit") or ""
    )
    return photo if not first.startswith("data:") else None


def original_of(address: str) -> str:
    """Return the address of the file that a smaller one was made of, as WordPress names them."""
    return _SCALED.sub("", _SIZED.sub("", address))


def _whole(address: str, base: str) -> str:
    address = address.strip()
    if not address or address.startswith("data:"):
        return ""
    try:
        whole = urljoin(base, address) if base else address
        parts = urlsplit(whole)
    except ValueError:
        return ""
    if parts.scheme in {"http", "https"}:
        return whole if parts.hostname else ""
    return secure(whole) if whole.startswith("//") else whole if not parts.scheme else ""
