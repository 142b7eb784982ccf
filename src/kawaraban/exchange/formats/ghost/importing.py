"""Brings Ghost's posts in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange import shapes
from kawaraban.exchange.formats.ghost.counting import count
from kawaraban.exchange.formats.ghost.documents import lexical_html, mobiledoc_html
from kawaraban.exchange.formats.oldsite import DRAFTS, body_of, path_of, photo_at, plain_of, state_of
from kawaraban.exchange.importing import Format, LeftOut, Read, of_file
from kawaraban.exchange.letters import fitted, letters, moment_of, one_line
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.old_lists import OldAddress
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Problem, SourceByline, SourceName, SourcePage, SourceStory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.exchange.importing import Options
    from kawaraban.exchange.shapes import ImportReport

HERE = "__GHOST_URL__"
# What is saved sooner after it was published is no update that a reader should know of.
LATER = timedelta(minutes=10)
_STATES = {"published": shapes.PUBLISHED, "sent": shapes.PUBLISHED, "scheduled": shapes.SCHEDULED}

Row = dict[str, Any]


class Ghost:
    """Files of Ghost's export."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        self._paths = paths
        self._options = options
        self._lists: list[OldAddress] = []

    def total(self) -> int:
        """How many posts there are: it is found out when they are read."""
        return 0

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read post by post."""
        for path in self._paths:
            yield from of_file(path.name, self._file(path, report))

    def _file(self, path: Path, report: ImportReport) -> Iterator[Read]:
        try:
            data = _data_of(msgspec.json.decode(path.read_bytes().decode("utf-8-sig", "replace")))
        except (msgspec.DecodeError, RecursionError) as error:
            yield Read("", Problem(path.name, Said(_("it is no JSON (%(why)s): export it again from Ghost"), why=error)))
            return
        if data is None:
            yield Read("", Problem(path.name, Said(_("it holds no posts as Ghost exports them: db → data → posts"))))
            return
        posts = _Posts(data, self._options)
        self._lists += posts.lists()
        for number, post in enumerate(_rows(data, "posts"), start=1):
            yield from self._post(posts, post, Said(_("%(file)s, post %(number)s"), file=path.name, number=number), report)

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield where tags and authors had their pages and feeds."""
        yield OldAddress("/rss", "paper", is_feed=True)
        yield from dict.fromkeys(self._lists)

    def _post(self, posts: _Posts, post: Row, where: str, report: ImportReport) -> Iterator[Read]:
        noted = Noted()
        source_id = one_line(str(post.get("id") or ""))[:200]
        if not source_id:
            yield Read(where, Problem(where, Said(_("it has no id, and cannot be known again: it is left out"))))
        elif post.get("type") == "page":
            page = posts.page(post, source_id, noted)
            report.noted.update(noted)
            yield Read(where, page)
        elif post.get("type", "post") != "post":
            yield Read(where, LeftOut(source_id, Said(_("of the type %(kind)s"), kind=post.get("type"))))
        else:
            story = posts.story(post, source_id, noted)
            report.tell(source_id, noted)
            yield from (Read(where, made) for made in fitted(story, where))


class _Posts:
    """What posts of one export are, with what its tables say beside them."""

    def __init__(self, data: Row, options: Options) -> None:
        self._options = options
        self._tags = {str(row.get("id")): row for row in _rows(data, "tags")}
        self._users = {str(row.get("id")): row for row in _rows(data, "users")}
        self._meta = {str(row.get("post_id")): row for row in _rows(data, "posts_meta")}
        self._tags_of = _joined(data, "posts_tags", "tag_id")
        self._authors_of = _joined(data, "posts_authors", "author_id")

    def lists(self) -> Iterator[OldAddress]:
        """Yield where tags and people had their pages: those that readers saw."""
        tags = [("tag", "section", row) for row in self._tags.values() if not _said(row, "name").startswith("#")]
        for place, kind, row in [*tags, *(("author", "person", row) for row in self._users.values())]:
            if path := path_of(f"/{place}/{slug}/") if (slug := _said(row, "slug")) else "":
                yield OldAddress(path, kind, one_line(_said(row, "name")))
                yield OldAddress(f"{path}/rss", kind, one_line(_said(row, "name")), is_feed=True)

    def story(self, post: Row, source_id: str, noted: Noted) -> SourceStory:
        tags = [self._tags[tag] for tag in self._tags_of.get(source_id, []) if tag in self._tags]
        named = [SourceName(one_line(_said(tag, "name")), _said(tag, "slug")) for tag in tags if not _said(tag, "name").startswith("#")]
        named = [tag for tag in named if tag.name]
        people = [self._users[user] for user in self._authors_of.get(source_id, [_said(post, "author_id")]) if user in self._users]
        meta = self._meta.get(source_id, {})
        published, updated = moment_of(_said(post, "published_at")), moment_of(_said(post, "updated_at"))
        state = self._state(post, noted)
        return SourceStory(
            source_id=source_id,
            title=one_line(_said(post, "title")),
            body=self._body(post, noted),
            section=named[0] if named else SourceName(""),
            topics=tuple(dict.fromkeys(named[1:])),
            language=self._options.language,
            published_at=published if state != shapes.DRAFT else None,
            updated_at=updated if state == shapes.PUBLISHED and published and updated and updated - published > LATER else None,
            bylines=tuple(SourceByline(name, "text", _said(user, "slug")) for user in people if (name := one_line(_said(user, "name")))),
            summary=plain_of(_said(post, "custom_excerpt")),
            lead=photo_at(
                self._whole(_said(post, "feature_image")),
                caption=_said(meta, "feature_image_caption"),
                alt_text=_said(meta, "feature_image_alt"),
            ),
            state=state,
            old_addresses=self._addresses(post) if state == shapes.PUBLISHED else (),
            fields=tuple(
                (name, value)
                for name in ("codeinjection_head", "codeinjection_foot", "visibility")
                if (value := _said(post, name)) and value != "public"
            ),
        )

    def page(self, post: Row, source_id: str, noted: Noted) -> SourcePage:
        state = self._state(post, noted)
        return SourcePage(
            source_id=source_id,
            title=one_line(_said(post, "title")) or "—",
            body=self._body(post, noted),
            slug=_said(post, "slug"),
            language=self._options.language,
            state=state,
            old_addresses=self._addresses(post) if state == shapes.PUBLISHED else (),
        )

    def _state(self, post: Row, noted: Noted) -> str:
        status, visibility = _said(post, "status"), _said(post, "visibility") or "public"
        if visibility != "public" and status in _STATES:
            noted[Said(_("drafts: for %(whom)s only"), whom=visibility)] += 1
            return shapes.DRAFT
        if status not in _STATES:
            noted[Said(DRAFTS, state=state_of("draft"))] += 1
        return _STATES.get(status, shapes.DRAFT)

    def _body(self, post: Row, noted: Noted) -> tuple[shapes.Block, ...]:
        text = ""
        if lexical := _said(post, "lexical"):
            text = lexical_html(lexical, noted)
        if not text and (mobiledoc := _said(post, "mobiledoc")):
            text = mobiledoc_html(mobiledoc, noted)
        if not text and not _said(post, "html") and (lexical or _said(post, "mobiledoc")):
            noted[Said(_("text without words, or one that cannot be read"))] += 1
        return body_of(self._whole(text or _said(post, "html")), self._options.base_url, noted)

    def _whole(self, text: str) -> str:
        return text.replace(HERE, self._options.base_url.rstrip("/"))

    def _addresses(self, post: Row) -> tuple[str, ...]:
        path = path_of(f"/{_said(post, 'slug')}/")
        return (path,) if path else ()


def _data_of(export: Any) -> Row | None:
    databases = export.get("db") if isinstance(export, dict) else None
    first = databases[0] if isinstance(databases, list) and databases else export
    data = first.get("data") if isinstance(first, dict) else None
    return data if isinstance(data, dict) and isinstance(data.get("posts"), list) else None


def _rows(data: Row, name: str) -> list[Row]:
    rows = data.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _joined(data: Row, name: str, other: str) -> dict[str, list[str]]:
    """Return what belongs to each post, in the order in which an editor put it."""

    def order(row: Row) -> int:
        return row["sort_order"] if isinstance(row.get("sort_order"), int) else 0

    found: dict[str, list[str]] = {}
    for row in sorted(_rows(data, name), key=order):
        found.setdefault(str(row.get("post_id")), []).append(str(row.get(other)))
    return found


def _said(row: Row, name: str) -> str:
    return letters(str(row.get(name) or ""))


FORMAT = Format("ghost", Ghost, count)
