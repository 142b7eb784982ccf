"""Brings the entries of a feed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext_noop as _
from lxml import etree

from kawaraban.exchange.formats.feed.counting import count
from kawaraban.exchange.formats.oldsite import body_of, path_of, photo_at, plain_of
from kawaraban.exchange.importing import Format, Read, of_file
from kawaraban.exchange.letters import LANGUAGES, LONGEST_ID, bylines, fitted, kept_moment, letters, moment_of, one_line
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.sentences import Said, line_of
from kawaraban.exchange.shapes import Problem, SourceName, SourceStory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from lxml.etree import _Element as Element

    from kawaraban.exchange.importing import Options
    from kawaraban.exchange.old_lists import OldAddress
    from kawaraban.exchange.shapes import ImportReport


_DC = "{http://purl.org/dc/elements/1.1/}"
_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]\s*$")
# Mail knows America's zones by name and no others.
_EAST = re.compile(r"\b(?:JST|KST)\b")


@dataclass(kw_only=True)
class _Entry:
    """An entry, whatever feed it stands in."""

    id: str
    title: str = ""
    url: str = ""
    html: str = ""
    summary: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    image: str = ""
    language: str = ""


class Feed:
    """Files of entries."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        self._paths = paths
        self._options = options

    def total(self) -> int:
        """How many entries there are, as far as that is known before: it is found out when they are read."""
        return 0

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read entry by entry."""
        for path in self._paths:
            yield from of_file(path.name, self._file(path, report))

    def _file(self, path: Path, report: ImportReport) -> Iterator[Read]:
        for number, entry in enumerate(self._entries(path), start=1):
            where = Said(_("%(file)s, entry %(number)s"), file=path.name, number=number)
            if isinstance(entry, Problem):
                yield Read(entry.where, entry)
            elif not entry.id or len(entry.id) > LONGEST_ID:
                yield Read(where, Problem(where, Said(_("it has no id and no address of a length that can be kept: it is left out"))))
            else:
                noted = Noted()
                story = self._story(entry, noted)
                report.tell(entry.id, noted)
                yield from (Read(where, made) for made in fitted(story, where))

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield none: feeds tell of entries alone."""
        yield from ()

    def _entries(self, path: Path) -> Iterator[_Entry | Problem]:
        content = path.read_bytes()
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
            yield from _json_entries(content, path.name)
            return
        try:
            root = etree.fromstring(content, _parser())
        except etree.XMLSyntaxError as error:
            line = error.lineno or 1
            yield Problem(line_of(path.name, line), Said(_("it is no XML (%(why)s): save the feed again, or mend it there"), why=error.msg))
            root = _what_can_be_read(content)
        if root is None:
            return
        for item in root.iter("{*}item"):
            yield _rss(item)
        for item in root.iter("{http://www.w3.org/2005/Atom}entry"):
            yield _atom(item)

    def _story(self, entry: _Entry, noted: Noted) -> SourceStory:
        path = path_of(entry.url)
        tags = tuple(SourceName(tag) for tag in dict.fromkeys(one_line(tag) for tag in entry.tags) if tag)
        image = photo_at(entry.image)
        return SourceStory(
            source_id=entry.id,
            title=plain_of(entry.title),
            body=body_of(entry.html or entry.summary, self._options.base_url or entry.url, noted),
            topics=tags,
            language=entry.language if entry.language in LANGUAGES else self._options.language,
            published_at=entry.published,
            updated_at=entry.updated if entry.updated and entry.published and entry.updated > entry.published else None,
            bylines=bylines(entry.authors),
            summary=plain_of(entry.summary) if entry.html else "",
            lead=image,
            old_addresses=(path,) if path else (),
        )


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=recover)


def _what_can_be_read(content: bytes) -> Element | None:
    try:
        return etree.fromstring(content, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def _json_entries(content: bytes, name: str) -> Iterator[_Entry | Problem]:
    try:
        feed = msgspec.json.decode(content.decode("utf-8-sig", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        yield Problem(name, Said(_("it is no JSON (%(why)s): save the feed again"), why=error))
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield _json_entry(item, str(feed.get("language") or ""))


def _json_entry(item: dict[str, Any], language: str) -> _Entry:
    def said(name: str) -> str:
        return letters(str(item.get(name) or ""))

    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    plain = said("content_text")
    return _Entry(
        id=one_line(said("id") or said("url")),
        title=said("title"),
        url=said("url"),
        html=said("content_html") or "".join(f"<p>{_escaped(part)}</p>" for part in plain.split("\n\n") if part.strip()),
        summary=said("summary"),
        published=moment_of(said("date_published")),
        updated=moment_of(said("date_modified")),
        authors=[str(person.get("name") or "") for person in people or [] if isinstance(person, dict)],
        tags=[str(tag) for tag in item.get("tags") or [] if isinstance(tag, str)] if isinstance(item.get("tags"), list) else [],
        image=said("image"),
        language=(said("language") or language)[:2],
    )


def _rss(item: Element) -> _Entry:
    pictures = [
        found.get("url") or ""
        for found in item.iter("enclosure", "{*}content")
        if (found.get("type") or found.get("medium") or "").startswith("image")
    ]
    return _Entry(
        id=one_line(_said(item, "guid") or _said(item, "link")),
        title=_said(item, "title"),
        url=_said(item, "link"),
        html=_said(item, "encoded"),
        summary=_said(item, "description"),
        published=_date(_said(item, "pubDate") or _said(item, "date")),
        authors=[_text(found) for found in item.iterfind("{*}creator")]
        or [name for found in item.iterfind("author") if (name := _named(_text(found)))],
        # RSS 1.0 says subjects where others say categories.
        tags=[_text(found) for found in [*item.iterfind("{*}category"), *item.iterfind(f"{_DC}subject")]],
        image=pictures[0] if pictures else "",
    )


def _atom(entry: Element) -> _Entry:
    content = entry.find("{*}content")
    links = [link for link in entry.iterfind("{*}link") if (link.get("rel") or "alternate") == "alternate"]
    if content is not None and content.get("type") == "xhtml":
        text = "".join(etree.tostring(part, encoding="unicode", with_tail=True) for part in content)
    else:
        text = _text(content) if content is not None else ""
        text = f"<p>{_escaped(text)}</p>" if content is not None and content.get("type") in {None, "text"} and text else text
    return _Entry(
        id=one_line(_said(entry, "id") or (links[0].get("href") or "" if links else "")),
        title=_said(entry, "title"),
        url=(links[0].get("href") or "") if links else "",
        html=text,
        summary=_said(entry, "summary"),
        published=_date(_said(entry, "published") or _said(entry, "updated")),
        updated=_date(_said(entry, "updated")),
        authors=[_text(name) for name in entry.iterfind("{*}author/{*}name")],
        tags=[found.get("label") or found.get("term") or "" for found in entry.iterfind("{*}category")],
        language=(entry.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:2],
    )


def _named(author: str) -> str:
    """Return the name in RSS's "mail@example.jp (Name)"; an address alone is none."""
    if "@" not in author:
        return author
    found = _IN_BRACKETS.search(author)
    return found[1].strip() if found else ""


def _date(text: str) -> datetime | None:
    if found := moment_of(text):
        return found
    text = _EAST.sub("+0900", text)
    try:
        return kept_moment(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _said(element: Element, name: str) -> str:
    found = element.find(name) if element.find(name) is not None else element.find("{*}" + name)
    return _text(found) if found is not None else ""


def _text(element: Element) -> str:
    return letters("".join(str(part) for part in element.itertext())).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


FORMAT = Format("feed", Feed, count)
