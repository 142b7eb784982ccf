"""From a WordPress post to a story, from a page to a page."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange import shapes
from kawaraban.exchange.formats.oldsite import DRAFTS, state_of
from kawaraban.exchange.formats.wordpress.text import EditorText
from kawaraban.exchange.letters import kept_moment, letters, one_line
from kawaraban.exchange.markup import figures
from kawaraban.exchange.markup.blocks import blocks_of
from kawaraban.exchange.markup.captions import part_credit
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Block, SourceByline, SourceName, SourcePage, SourcePhoto, SourceStory

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from kawaraban.exchange.formats.wordpress.index import Attachment, Index
    from kawaraban.exchange.formats.wordpress.items import Head, WordPressPost

# WordPress's own notes to itself; everything else that a site kept beside a post is kept.
_OWN_NOTES = re.compile(
    r"_(?:edit_l|pingme|encloseme|wp_(?:old_(?:slug|date)|page_template|trash|attach|suggested)|oembed|menu_item|customize|thumbnail_id)"
)
_NUMBERED = re.compile(r"\bwp-image-(\d+)\b")
_SHORT_LINK = re.compile(r'href="/?\?(?:p|page_id)=(\d+)"')
_OURS = ("source_name", "source_url", "standfirst", "short_headline")
LATER = timedelta(minutes=10)


class Told(NamedTuple):
    """What was made of an item, and what was counted on the way."""

    what: SourceStory | SourcePage
    noted: Noted


class Stories:
    """Makes stories of one export's posts."""

    def __init__(self, index: Index, *, source_name: str, language: str) -> None:
        self.head: Head | None = None
        self.zone = timedelta(0)  # how far the site's clock is before UTC, as its posts say
        self._index = index
        self._source = source_name
        self._language = language

    @property
    def base(self) -> str:
        """The path below which the site stood; "" where that was a whole host."""
        return old_path(self.head.base_url) if self.head else ""

    # ------------------------------------------------------------------ a story

    def story(self, post: WordPressPost) -> Told:
        """Make a story of a post."""
        noted = Noted()
        body = self._body(post, noted)
        section, topics = self._belongs(post)
        state = self._state(post, noted)
        published = self._moment(post.date_gmt, post.date)
        modified = self._moment(post.modified_gmt, post.modified)
        own = {name: value for name in _OURS if (value := one_line(html.unescape(post.field(name))))}
        lead = self._lead(post)
        if lead is not None and body and isinstance(body[0], shapes.Picture) and body[0].photo.address == lead.address:
            # The theme showed it once, as the one above the text.
            lead = msgspec.structs.replace(body[0].photo, own_caption=lead.own_caption, title=lead.title)
            body = body[1:]
        story = SourceStory(
            source_id=post.id,
            title=self._title(post),
            body=body,
            section=section,
            topics=topics,
            language=self._language,
            published_at=published if state != shapes.DRAFT else None,
            updated_at=modified if modified and published and state == shapes.PUBLISHED and modified - published > LATER else None,
            bylines=self._bylines(post),
            url="",
            summary=one_line(_plain(post.excerpt)),
            standfirst=own.get("standfirst", ""),
            short_headline=own.get("short_headline", ""),
            lead=lead,
            source_name=own.get("source_name", ""),
            state=state,
            old_addresses=self._addresses(post) if state == shapes.PUBLISHED else (),
            fields=self._fields(post),
        )
        if url := own.get("source_url"):
            story = SourceStory(**{name: getattr(story, name) for name in story.__dataclass_fields__ if name != "url"}, url=url)
        return Told(story, noted)

    def page(self, post: WordPressPost) -> Told:
        """Make a page about the paper of a page."""
        noted = Noted()
        state = self._state(post, noted)
        slug = unquote(post.slug)
        page = SourcePage(
            source_id=post.id,
            title=self._title(post),
            body=self._body(post, noted),
            slug=slug if slug.isascii() else "",
            language=self._language,
            state=state,
            old_addresses=self._addresses(post) if state == shapes.PUBLISHED else (),
        )
        return Told(page, noted)

    # ------------------------------------------------------------------ its text

    def _body(self, post: WordPressPost, noted: Noted) -> tuple[Block, ...]:
        editor = EditorText(self._index, post.id)
        text = editor.html(letters(post.content))
        base = self.head.base_url if self.head else ""
        blocks, counted = blocks_of(text, base=base + "/", keep_lines=True, photo=lambda image: self._photo(image, base))
        noted.take(counted)
        noted.take(editor.noted)
        return tuple(self._with_whole_links(block) for block in blocks)

    def _with_whole_links(self, block: Block) -> Block:
        """Lead links by a post's number to its address, which leads on from there."""
        if not isinstance(block, shapes.Paragraph) or "?p" not in block.html:
            return block

        def whole(found: re.Match[str]) -> str:
            path = old_path(self._index.link(found[1]))
            return f'href="{html.escape(path)}"' if path else found[0]

        return shapes.Paragraph(_SHORT_LINK.sub(whole, block.html))

    def _photo(self, image: HtmlElement, base: str) -> SourcePhoto | None:
        photo = figures.photo_of(image, base + "/")
        if photo is None:
            return None
        number = _NUMBERED.search(image.get("class") or "") or re.fullmatch(r"(\d+)", image.get("data-id") or "")
        attachment = self._index.attachment(number[1]) if number else None
        attachment = attachment or self._index.attachment_at(photo.address)
        return self._known(photo, attachment) if attachment else photo

    def _known(self, photo: SourcePhoto, attachment: Attachment) -> SourcePhoto:
        """Return a picture with what the library says of it."""
        said = part_credit(one_line(_plain(attachment.caption)))
        others = tuple(dict.fromkeys([photo.address, *photo.others]))
        return msgspec.structs.replace(
            photo,
            address=attachment.url or photo.address,
            others=tuple(other for other in others if other != attachment.url),
            title=attachment.title,
            own_caption=said.caption,
            credit=photo.credit or said.credit,
            alt_text=photo.alt_text or attachment.alt,
        )

    def attached(self, attachment: Attachment) -> SourcePhoto:
        """Return a picture of the library as it stands there."""
        return self._known(SourcePhoto(address=attachment.url, alt_text=attachment.alt), attachment)

    def _lead(self, post: WordPressPost) -> SourcePhoto | None:
        number = post.field("_thumbnail_id")
        attachment = self._index.attachment(number) if number else None
        if attachment is None or not attachment.url:
            return None
        photo = self.attached(attachment)
        return msgspec.structs.replace(photo, caption=photo.own_caption)

    # ------------------------------------------------------------------ what stands about it

    def _title(self, post: WordPressPost) -> str:
        return one_line(_plain(post.title))

    def _state(self, post: WordPressPost, noted: Noted) -> str:
        if post.password:
            noted[Said(_("drafts: behind a password"))] += 1
            return shapes.DRAFT
        if post.status == "publish":
            return shapes.PUBLISHED
        if post.status == "future":
            noted[Said(_("scheduled"))] += 1
            return shapes.SCHEDULED
        noted[Said(DRAFTS, state=state_of(post.status)) if post.status else Said(_("drafts: without a state"))] += 1
        return shapes.DRAFT

    def _belongs(self, post: WordPressPost) -> tuple[SourceName, tuple[SourceName, ...]]:
        """Say in which section a post stands, and what it is about: a child of a section and further sections are topics."""
        known = self.head.categories if self.head else {}
        categories = [term for term in post.terms if term.domain == "category" and unquote(term.slug) != "uncategorized"]
        parts = _parts(post.link)
        primary = self.head.category_ids.get(post.field("_yoast_wpseo_primary_category"), "") if self.head else ""
        # The one in the address is the one under which readers found it.
        categories.sort(key=lambda term: (term.slug != primary, term.slug not in parts))
        section = SourceName("")
        topics = []
        for number, category in enumerate(categories):
            name, slug = category.name, category.slug
            seen = {slug}
            while (parent := known.get(slug, ("", ""))[1]) and parent in known and parent not in seen:
                slug, name = parent, known[parent][0]
                seen.add(slug)
            if number == 0:
                section = SourceName(one_line(name), _ascii(slug))
            if number or slug != category.slug:
                topics.append(SourceName(one_line(category.name), _ascii(category.slug)))
        topics += [SourceName(one_line(term.name), _ascii(term.slug)) for term in post.terms if term.domain == "post_tag"]
        return section, tuple(dict.fromkeys(topic for topic in topics if topic.name))

    def _bylines(self, post: WordPressPost) -> tuple[SourceByline, ...]:
        authors = self.head.authors if self.head else {}
        named = [(term.slug.removeprefix("cap-"), term.name) for term in post.terms if term.domain == "author"]
        # As the co-authors taxonomy names them; else the one who wrote the post.
        people = [(authors.get(slug) or self._index.author(slug) or name.removeprefix("cap-"), slug) for slug, name in named]
        people = people or [(authors.get(post.creator) or post.creator, post.creator)]
        return tuple(SourceByline(name, "text", _ascii(slug)) for words, slug in dict(people).items() if (name := one_line(words)))

    def _fields(self, post: WordPressPost) -> tuple[tuple[str, str], ...]:
        kept = [(name, letters(value)) for name, value in post.fields if name and not _OWN_NOTES.match(name)]
        if post.is_sticky:
            kept.append(("sticky", "1"))
        return tuple(kept)

    def _addresses(self, post: WordPressPost) -> tuple[str, ...]:
        paths = [old_path(post.link), old_path(f"{self.base}/?{'page_id' if post.type == 'page' else 'p'}={post.id}")]
        return tuple(dict.fromkeys(path for path in paths if path not in {"", "/"}))

    def _moment(self, utc: str, local: str) -> datetime | None:
        for text, shift in ((utc, timedelta(0)), (local, self.zone)):
            try:
                return kept_moment(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) - shift)
            except (ValueError, OverflowError):
                continue
        return None


def zone_of(post: WordPressPost) -> timedelta | None:
    """Return how far a post's clock is before UTC; None if it does not say."""
    try:
        local, utc = (datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) for text in (post.date, post.date_gmt))
    except ValueError:
        return None
    return local - utc if abs(local - utc) <= timedelta(hours=15) else None


def old_path(link: str) -> str:
    """Return an old address as the reader plane looks it up: its path in letters, without a slash at the end, with its query."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    path = letters(unquote(parts.path)).rstrip("/")
    query = f"/?{parts.query}" if parts.query and not path else f"?{parts.query}" if parts.query else ""
    whole = path + query
    return whole if whole.startswith("/") and not whole.startswith("//") else ""


def _parts(link: str) -> list[str]:
    try:
        return [part for part in urlsplit(link).path.split("/") if part]
    except ValueError:
        return []


def _ascii(slug: str) -> str:
    return slug if slug.isascii() and "%" not in slug else ""


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", " ", text))
