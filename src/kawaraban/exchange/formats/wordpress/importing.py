"""Brings a WordPress export in: twice through the files, first for what posts need of each other, then post by post."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from collections import Counter
from dataclasses import asdict
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.formats.oldsite import COMMENTS, state_of
from kawaraban.exchange.formats.wordpress.counting import count
from kawaraban.exchange.formats.wordpress.index import Attachment, Index
from kawaraban.exchange.formats.wordpress.items import Head, WordPressPost, WrongItemError, read_head, read_item
from kawaraban.exchange.formats.wordpress.reading import Piece, WrongFileError, pieces_of
from kawaraban.exchange.formats.wordpress.stories import Stories, old_path, zone_of
from kawaraban.exchange.importing import Format, LeftOut, Loose, Read, of_file
from kawaraban.exchange.letters import fitted
from kawaraban.exchange.media.shapes import ENDINGS
from kawaraban.exchange.naming import DEFAULT_SECTION
from kawaraban.exchange.old_lists import OldAddress
from kawaraban.exchange.sentences import Said, line_of
from kawaraban.exchange.shapes import Problem, SourceStory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.exchange.importing import Options
    from kawaraban.exchange.shapes import ImportReport

_MACHINERY = {"revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache", "user_request", "wp_template"}
_MACHINERY |= {"wp_template_part", "wp_global_styles", "wp_navigation", "wp_font_family", "wp_font_face", "wp_block"}
_PLACE = re.compile(r"[0-9]{1,10}")  # as many digits as WordPress's own column holds


class WordPress:
    """One export, in as many files as it has."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        self._paths = paths
        self._options = options
        self._index = Index()
        self._stories = Stories(self._index, source_name=options.source_name, language=options.language)
        self._zones: Counter[object] = Counter()
        self._indexed = -1

    def total(self) -> int:
        """How many items there are; on the way it is remembered what they need of each other."""
        if self._indexed < 0:
            self._indexed = 0
            for path in self._paths:
                # What is wrong with a file is told when it is read again.
                with contextlib.suppress(WrongFileError):
                    for piece in pieces_of(path):
                        self._indexed += self._remember(piece)
            if self._zones:
                self._stories.zone = self._zones.most_common(1)[0][0]  # type: ignore[assignment]
        return self._indexed

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read post by post."""
        self.total()
        comments = self._archive()
        try:
            for path in self._paths:
                yield from of_file(path.name, self._file(path, report, comments))
        finally:
            if comments:
                comments.close()
            self._index.close()

    def _file(self, path: Path, report: ImportReport, comments: IO[str] | None) -> Iterator[Read]:
        try:
            for piece in pieces_of(path):
                if not piece.is_head:
                    yield from self._item(piece, path.name, report, comments)
        except WrongFileError as error:
            yield Read("", Problem(error.where, error.said))

    # ------------------------------------------------------------------ first through

    def _remember(self, piece: Piece) -> bool:
        """Remember what others need of an item; say whether it is one."""
        if piece.is_head:
            self._remember_head(read_head(piece.text))
            return False
        # What is wrong with an item is told when it is read again.
        if piece.is_whole:
            with contextlib.suppress(WrongItemError):
                self._remember_post(read_item(piece.text, piece.line))
        return True

    def _remember_head(self, head: Head) -> None:
        if self._stories.head is None or not self._stories.head.base_url:
            self._stories.head = head
            return
        for known, more in zip(vars(self._stories.head).values(), vars(head).values(), strict=True):
            if isinstance(known, dict):
                known.update(more)

    def _remember_post(self, post: WordPressPost) -> None:
        if zone := zone_of(post):
            self._zones[zone] += 1
        if post.type == "attachment":
            alt = post.field("_wp_attachment_image_alt")
            place = int(post.order) if _PLACE.fullmatch(post.order) else 0
            row = Attachment(post.id, post.attachment_url, post.title, post.excerpt, post.content, alt, post.parent, place)
            self._index.add_attachment(row)
        elif post.type == "wp_block":
            self._index.add_text(post.id, post.content)
        elif post.type == "guest-author":
            name = post.field("cap-display_name") or post.title
            self._index.add_author(post.field("cap-user_login") or post.slug.removeprefix("cap-"), name)
        elif post.status == "publish":
            self._index.add_post(post.id, post.type, post.link)

    # ------------------------------------------------------------------ second

    def _item(self, piece: Piece, name: str, report: ImportReport, comments: IO[str] | None) -> Iterator[Read]:
        where = line_of(name, piece.line)
        if not piece.is_whole:
            told = Said(
                _("the file ends in the middle of an item, or its </item> is missing: export it again; what stands before came over")
            )
            yield Read(where, Problem(where, told))
            return
        try:
            post = read_item(piece.text, piece.line)
        except WrongItemError as error:
            at = line_of(name, error.line) if error.line else where
            told = Said(
                _("%(why)s: the item that begins in line %(line)s is left out; mend it there, and import the file again"),
                why=error.said,
                line=piece.line,
            )
            yield Read(at, Problem(at, told))
            return
        if not post.id:
            yield Read(where, Problem(where, Said(_("an item has no <wp:post_id>, and cannot be known again: it is left out"))))
            return
        self._keep_comments(post, report, comments)
        if post.status in {"trash", "auto-draft"}:
            yield Read(where, LeftOut(post.id, Said(_("in the trash") if post.status == "trash" else _("begun and never saved"))))
        elif post.type in self._options.post_types:
            yield from self._story(post, where, report)
        elif post.type == "page":
            made = self._stories.page(post)
            report.noted.update(made.noted)
            yield Read(where, made.what)
        elif post.type == "attachment":
            yield from self._attachment(post, where)
        elif post.type in _MACHINERY or post.type == "guest-author":
            yield Read(where, LeftOut(post.id, Said(_("WordPress's own (%(kind)s)"), kind=post.type)))
        else:
            yield Read(where, LeftOut(post.id, Said(_("of the type %(kind)s: ask for it by --post-type %(kind)s"), kind=post.type)))

    def _story(self, post: WordPressPost, where: str, report: ImportReport) -> Iterator[Read]:
        told = self._stories.story(post)
        report.tell(post.id, told.noted)
        if post.is_sticky:
            report.noted[Said(_("sticky: place it on the front page by hand"))] += 1
        if isinstance(told.what, SourceStory):
            for made in fitted(told.what, where):
                yield Read(where, made)

    def _attachment(self, post: WordPressPost, where: str) -> Iterator[Read]:
        attachment = self._index.attachment(post.id)
        if attachment is None or (
            not attachment.url.lower().rpartition("?")[0].endswith(ENDINGS) and not attachment.url.lower().endswith(ENDINGS)
        ):
            yield Read(where, LeftOut(post.id, Said(_("a file that is no picture: this newsroom keeps none"))))
        else:
            yield Read(where, Loose(post.id, self._stories.attached(attachment)))

    # ------------------------------------------------------------------ beside the posts

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield where categories, tags and authors had their pages and feeds, as WordPress names them unless told otherwise."""
        head = self._stories.head
        if head is None:
            return
        base = self._stories.base
        yield OldAddress(f"{base}/feed", "paper", is_feed=True)
        for slug, (name, _parent) in head.categories.items():
            above = [slug]
            while (parent := head.categories[above[0]][1]) in head.categories and parent not in above:
                above.insert(0, parent)
            # What belongs nowhere there stands in the news here.
            named = DEFAULT_SECTION[0] if slug == "uncategorized" else name
            yield from _with_feed(f"{base}/category/{'/'.join(above)}", "topic" if len(above) > 1 else "section", named)
        for slug, name in head.tags.items():
            yield from _with_feed(f"{base}/tag/{slug}", "topic", name)
        for login, name in head.authors.items():
            yield from _with_feed(f"{base}/author/{author_address(login)}", "person", name)

    def _archive(self) -> IO[str] | None:
        if self._options.archive_dir is None:
            return None
        self._options.archive_dir.mkdir(parents=True, exist_ok=True)
        path = self._options.archive_dir / "comments.jsonl.gz"
        file = gzip.open(path, "wt", encoding="utf-8")  # noqa: SIM115 - closed when all is read
        path.chmod(0o600)
        return file

    def _keep_comments(self, post: WordPressPost, report: ImportReport, file: IO[str] | None) -> None:
        for comment in post.comments:
            state = {"1": "approved", "0": "waiting"}.get(comment.state, comment.state)
            report.noted[Said(COMMENTS, state=state_of(state)) if state else Said(_("comments: without a state"))] += 1
            if file is not None:
                file.write(json.dumps({"post": post.id, **asdict(comment)}, ensure_ascii=False) + "\n")


def _with_feed(address: str, kind: str, name: str) -> Iterator[OldAddress]:
    path = old_path(address)
    yield OldAddress(path, kind, name)
    yield OldAddress(f"{path}/feed", kind, name, is_feed=True)


def author_address(login: str) -> str:
    """Return the last part of the address of an author's page: what WordPress makes of the name with which they log in."""
    words = re.sub(r"[^a-z0-9 _-]+", "", login.lower().replace(".", "-").strip())
    return re.sub(r"-+", "-", words.replace(" ", "-")).strip("-")


FORMAT = Format("wordpress", WordPress, count)
