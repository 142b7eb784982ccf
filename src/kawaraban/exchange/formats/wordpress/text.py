"""From what WordPress's editors write to plain HTML: shortcodes and blocks that are made when a page is shown stand for something."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.media.shapes import ENDINGS
from kawaraban.exchange.noting import Noted, letters_of
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from kawaraban.exchange.formats.wordpress.index import Index

DEEPEST = 3
# A text may show a shared text or a gallery as often as it likes, and that one again: so many letters are made of one post.
MOST_MADE = 4_000_000
MOST_WITHIN = 20
# Whoever writes the text may write it so that a pattern looks through all of it again from every letter: none here goes beyond what it
# stands in, and each begins where a name can begin.
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
_OPENING = re.compile(r"(?<!\[)\[(?P<name>[a-zA-Z][\w-]*)(?P<given>\s[^\[\]]*)?\]")
_ESCAPED = re.compile(r"\[(\[[a-zA-Z][\w-]*[^\[\]]*\])\]")
# Both between "<!--" and "-->".
_DYNAMIC = re.compile(r"\s+wp:(?P<name>[\w/-]+)(?:\s+(?P<given>\{.*\}))?\s+/", re.DOTALL)
_PAGES = re.compile(r"\s*(?:nextpage|more)\b")
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
_MARK = re.compile(r"<[^<>]*>")
_CLOSING = re.compile(r"\[/([a-zA-Z][\w-]*)\]")
# What only plugins of the old site made: without them it is nothing, and a reader would see its bare words in brackets.
_MADE_ELSEWHERE = {
    "contact-form-7",
    "contact-form",
    "wpforms",
    "ninja_form",
    "gravityform",
    "toc",
    "wpp",
    "wpp_ranking",
    "adsense",
    "ad",
    "ads",
}
_MADE_ELSEWHERE |= {
    "related_posts",
    "jetpack-related-posts",
    "social",
    "share",
    "addtoany",
    "playlist",
    "rev_slider",
    "metaslider",
    "mailpoet_form",
}


class EditorText:
    """Makes plain HTML of one post's text, and counts by kind what had to be left."""

    def __init__(self, index: Index, post: str = "") -> None:
        self._index = index
        self._post = post
        self._shown: set[str] = set()  # the posts whose uploads stand in the text
        self._within: list[str] = []  # the shared texts that are being made, the outermost first
        self._made_letters = 0
        self.noted = Noted()

    def html(self, content: str, depth: int = 0) -> str:
        """Return the text as HTML in which nothing waits to be made any more."""
        text = self._comments(content.replace("\r\n", "\n").replace("\r", "\n"), depth)
        return _ESCAPED.sub(r"\1", self._shortcodes(text, depth))

    def _comments(self, text: str, depth: int) -> str:
        """Make what comments stand for: blocks, and the ends of a post's pages. All others stay."""
        parts: list[str] = []
        at = 0
        while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
            said, kept = text[begin + 4 : end], at
            at = end + 3
            if _PAGES.match(said):
                parts += [text[kept:begin], "\n\n"]
            elif found := _DYNAMIC.fullmatch(said):
                parts += [text[kept:begin], self._block(found, depth)]
            else:
                parts.append(text[kept:at])
        return "".join(parts) + text[at:]

    # ------------------------------------------------------------------ blocks that are made when a page is shown

    def _block(self, found: re.Match[str], depth: int) -> str:
        name = found["name"].removeprefix("core/")
        try:
            given = json.loads(found["given"] or "{}")
        except (ValueError, RecursionError):
            given = {}
        if name == "block":
            return self._shared(str(given.get("ref", "")) if isinstance(given, dict) else "", depth)
        if name in {"embed", "core-embed/youtube"} and isinstance(given.get("url"), str):
            return f"<figure>{html.escape(given['url'])}</figure>"
        if name not in {"separator", "spacer", "more", "nextpage"}:
            self.noted[Said(_("block without content: %(name)s"), name=name)] += 1
        return ""

    def _shared(self, number: str, depth: int) -> str:
        """Make a text that several posts show. In itself it is shown no more, as WordPress has it."""
        content = self._index.text(number)
        if content is None:
            self.noted[Said(_("shared text that is not in the export"))] += 1
        elif number in self._within or len(self._within) >= MOST_WITHIN:
            self.noted[Said(_("shared texts that stand in each other without an end"))] += 1
        elif self._has_room(content):
            self._within.append(number)
            made = self.html(content, depth + 1)
            self._within.pop()
            if not self._within:
                self.noted.note(Said(_("shared text set in where it was shown")), added=_letters_in(made))
            return made
        return ""

    def _has_room(self, made: str) -> bool:
        """Note what is made; say whether there is room for it."""
        self._made_letters += len(made)
        if self._made_letters > MOST_MADE:
            self.noted[Said(_("more galleries and shared texts than one story can hold"))] += 1
            return False
        return True

    # ------------------------------------------------------------------ shortcodes

    def _shortcodes(self, text: str, depth: int) -> str:
        parts: list[str] = []
        at = 0
        # Where each name is closed last: behind that nobody looks for it.
        closed = {found[1]: found.start() for found in _CLOSING.finditer(text)}
        while found := _OPENING.search(text, at):
            parts.append(text[at : found.start()])
            name, at = found["name"], found.end()
            inner: str | None = None
            if closed.get(name, -1) >= at and not (found["given"] or "").rstrip().endswith("/"):
                end = text.find(f"[/{name}]", at)
                inner, at = text[at:end], end + len(name) + 3
            parts.append(self._made(found, inner, text[found.start() : at], depth))
        return "".join(parts) + text[at:]

    def _made(self, found: re.Match[str], inner: str | None, whole: str, depth: int) -> str:
        name = found["name"].lower()
        given = {key.lower(): first or second or third for key, first, second, third in _ATTRIBUTE.findall(found["given"] or "")}
        made: Callable[[dict[str, str], str | None], str] | None = {
            "caption": self._caption,
            "wp_caption": self._caption,
            "gallery": self._gallery,
            "embed": self._embed,
            "youtube": self._embed,
            "video": self._file,
            "audio": self._file,
        }.get(name)
        if made is not None:
            return made(given, inner)
        if name in _MADE_ELSEWHERE:
            kept = inner if inner and depth < DEEPEST else ""
            self.noted.note(Said(_("shortcode left out: %(name)s"), name=name), letters=_letters_in(whole) - _letters_in(kept))
            return self.html(kept, depth + 1) if kept else ""
        if given or inner is not None:
            self.noted[Said(_("shortcode left as text: %(name)s"), name=name)] += 1
        return whole

    def _caption(self, given: dict[str, str], inner: str | None) -> str:
        inner = inner or ""
        end = inner.lower().rfind("</a>") + 4 if "</a>" in inner.lower() and "<img" in inner.lower() else -1
        image = _IMAGE.search(inner)
        shown = inner.find(">", image.end()) + 1 if image else 0
        # The link around the picture ends after it; words behind both are the caption.
        end = max(end, shown) if shown else end
        picture, words = (inner[:end], inner[end:]) if end > 0 else (inner, "")
        words = (given.get("caption") or words).strip()
        return f"\n\n<figure>{picture}<figcaption>{words}</figcaption></figure>\n\n"

    def _gallery(self, given: dict[str, str], _inner: str | None) -> str:
        if not self._has_room(""):
            return ""
        numbers = [part for part in re.split(r"[\s,]+", given.get("ids", "") or given.get("include", "")) if part]
        if not numbers:
            # All pictures that were uploaded for the post, or for another one; once, for a text may say it without an end.
            post = given.get("id") or self._post
            if post in self._shown:
                self.noted[Said(_("the same gallery once more"))] += 1
                return ""
            self._shown.add(post)
            left_out = re.split(r"[\s,]+", given.get("exclude", ""))
            attached = self._index.attached_to(post)
            numbers = [one.id for one in attached if one.id not in left_out and one.url.lower().partition("?")[0].endswith(ENDINGS)]
            if not numbers:
                self.noted[Said(_("gallery without pictures"))] += 1
                return ""
        figures = []
        for number in numbers:
            attachment = self._index.attachment(number)
            if attachment is None:
                self.noted.note(Said(_("pictures of galleries that are not in the export")), pictures=1)
                continue
            image = f'<img class="wp-image-{html.escape(number)}" src="{html.escape(attachment.url)}" alt="{html.escape(attachment.alt)}">'
            figure = f"<figure>{image}<figcaption>{html.escape(attachment.caption)}</figcaption></figure>"
            if not self._has_room(figure):
                break
            figures.append(figure)
        return f"\n\n<figure>{''.join(figures)}</figure>\n\n" if figures else ""

    def _embed(self, given: dict[str, str], inner: str | None) -> str:
        address = (inner or given.get("url") or given.get("src") or given.get("id") or "").strip()
        if re.fullmatch(r"[\w-]{11}", address):
            address = f"https://www.youtube.com/watch?v={address}"
        return f"\n\n<figure>{html.escape(html.unescape(address))}</figure>\n\n" if address.startswith("http") else ""

    def _file(self, given: dict[str, str], _inner: str | None) -> str:
        names = ("src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav")
        address = next((given[name] for name in names if given.get(name)), "")
        return f'\n\n<video src="{html.escape(address)}"></video>\n\n' if address else ""


def _letters_in(text: str) -> int:
    return letters_of(html.unescape(_MARK.sub("", text)))
