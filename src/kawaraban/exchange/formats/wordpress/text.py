"""From what WordPress's editors write to plain HTML: shortcodes and blocks that are made when a page is shown stand for something."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.media.shapes import ENDINGS
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from kawaraban.exchange.formats.wordpress.index import Index

DEEPEST = 3
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
_OPENING = re.compile(r"(?<!\[)\[(?P<name>[a-zA-Z][\w-]*)(?P<given>\s[^\[\]]*)?\]")
_ESCAPED = re.compile(r"\[(\[[a-zA-Z][\w-]*[^\[\]]*\])\]")
_DYNAMIC = re.compile(r"<!--\s+wp:(?P<name>[\w/-]+)(?:\s+(?P<given>\{.*?\}))?\s+/-->", re.DOTALL)
_PAGES = re.compile(r"<!--\s*(?:nextpage|more[^>]*)\s*-->")
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
        self.noted: Counter[str] = Counter()

    def html(self, content: str, depth: int = 0) -> str:
        """Return the text as HTML in which nothing waits to be made any more."""
        text = _PAGES.sub("\n\n", content.replace("\r\n", "\n").replace("\r", "\n"))
        text = _DYNAMIC.sub(lambda found: self._block(found, depth), text)
        return _ESCAPED.sub(r"\1", self._shortcodes(text, depth))

    # ------------------------------------------------------------------ blocks that are made when a page is shown

    def _block(self, found: re.Match[str], depth: int) -> str:
        name = found["name"].removeprefix("core/")
        try:
            given = json.loads(found["given"] or "{}")
        except (ValueError, RecursionError):
            given = {}
        if name == "block" and depth < DEEPEST:
            content = self._index.text(str(given.get("ref", "")))
            if content is not None:
                return self.html(content, depth + 1)
        if name in {"embed", "core-embed/youtube"} and isinstance(given.get("url"), str):
            return f"<figure>{html.escape(given['url'])}</figure>"
        if name not in {"separator", "spacer", "more", "nextpage"}:
            self.noted[Said(_("block without content: %(name)s"), name=name)] += 1
        return ""

    # ------------------------------------------------------------------ shortcodes

    def _shortcodes(self, text: str, depth: int) -> str:
        parts: list[str] = []
        at = 0
        never_closed: set[str] = set()
        while found := _OPENING.search(text, at):
            parts.append(text[at : found.start()])
            name, at = found["name"], found.end()
            inner: str | None = None
            if name not in never_closed and not (found["given"] or "").rstrip().endswith("/"):
                end = text.find(f"[/{name}]", at)
                if end < 0:
                    never_closed.add(name)
                else:
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
            self.noted[Said(_("shortcode left out: %(name)s"), name=name)] += 1
            return self.html(inner, depth + 1) if inner and depth < DEEPEST else ""
        if given or inner is not None:
            self.noted[Said(_("shortcode left as text: %(name)s"), name=name)] += 1
        return whole

    def _caption(self, given: dict[str, str], inner: str | None) -> str:
        inner = inner or ""
        end = inner.lower().rfind("</a>") + 4 if "</a>" in inner.lower() and "<img" in inner.lower() else -1
        image = re.search(r"<img\b[^>]*>", inner, re.IGNORECASE)
        # The link around the picture ends after it; words behind both are the caption.
        if image and (end < image.end()):
            end = image.end()
        picture, words = (inner[:end], inner[end:]) if end > 0 else (inner, "")
        words = (given.get("caption") or words).strip()
        return f"\n\n<figure>{picture}<figcaption>{words}</figcaption></figure>\n\n"

    def _gallery(self, given: dict[str, str], _inner: str | None) -> str:
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
                self.noted[Said(_("pictures of galleries that are not in the export"))] += 1
                continue
            image = f'<img class="wp-image-{html.escape(number)}" src="{html.escape(attachment.url)}" alt="{html.escape(attachment.alt)}">'
            figures.append(f"<figure>{image}<figcaption>{html.escape(attachment.caption)}</figcaption></figure>")
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
