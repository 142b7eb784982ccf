"""Brings ninjs items in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange import shapes
from kawaraban.exchange.formats.ninjs.counting import count
from kawaraban.exchange.formats.oldsite import body_of, photo_at, plain_of
from kawaraban.exchange.importing import Format, LeftOut, Read, of_file
from kawaraban.exchange.letters import LANGUAGES, LONGEST_ID, bylines, fitted, letters, moment_of, one_line
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Problem, SourceName, SourcePhoto, SourceStory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.exchange.importing import Options
    from kawaraban.exchange.old_lists import OldAddress
    from kawaraban.exchange.shapes import ImportReport

Item = dict[str, Any]


class Ninjs:
    """Files of items."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        self._paths = paths
        self._options = options

    def total(self) -> int:
        """How many files there are."""
        return len(self._paths)

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read item by item."""
        for path in self._paths:
            yield from of_file(path.name, self._file(path, report))

    def _file(self, path: Path, report: ImportReport) -> Iterator[Read]:
        for number, item in _items(path):
            where = Said(_("%(file)s, item %(number)s"), file=path.name, number=number)
            if isinstance(item, str):
                yield Read(path.name, Problem(path.name, item))
                continue
            try:
                small = _in_small_letters(item)
            except RecursionError:
                named = _source_id({name.lower(): value for name, value in item.items()})
                yield Read(where, Problem(where, Said(_("it is nested too deeply to be read: the item is left out")), named))
            else:
                yield from self._item(small, where, report)

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield none: an agency's items have no addresses of ours."""
        yield from ()

    def _item(self, item: Item, where: str, report: ImportReport) -> Iterator[Read]:
        source_id = _source_id(item)
        if not source_id or len(source_id) > LONGEST_ID:
            yield Read(
                where,
                Problem(where, Said(_('"uri" is missing, or longer than %(most)s characters: the item is left out'), most=LONGEST_ID)),
            )
        elif (kind := _said(item, "type")) not in {"", "text", "composite"}:
            yield Read(where, LeftOut(source_id, Said(_("of the type %(kind)s: it is no story by itself"), kind=kind)))
        elif _said(item, "pubstatus") in {"canceled", "withheld"}:
            yield Read(where, LeftOut(source_id, Said(_("its sender says of it: %(status)s"), status=_said(item, "pubstatus"))))
        else:
            noted = Noted()
            story = self._story(item, source_id, noted)
            report.tell(source_id, noted)
            yield from (Read(where, made) for made in fitted(story, where))

    def _story(self, item: Item, source_id: str, noted: Noted) -> SourceStory:
        language = _said(item, "language")[:2].lower()
        published = moment_of(_said(item, "firstcreated") or _said(item, "contentcreated") or _said(item, "versioncreated"))
        versioned = moment_of(_said(item, "versioncreated"))
        photos = [photo for photo in (_photo(part) for part in _associated(item)) if photo]
        subjects = _list(item, "subjects") or _list(item, "subject")
        # Exports of ours say so; for others a subject is what a story is about.
        section = next((one_line(_said(subject, "name")) for subject in subjects if _said(subject, "rel") == "section"), "")
        sources = _list(item, "infosources") or _list(item, "infosource")
        origin = next((source for source in sources if _said(source, "role") == "originator"), None)
        if origin is None and sources and _said(sources[0], "role") != "publisher":
            origin = sources[0]
        embargo = moment_of(_said(item, "embargoed") or _said(item, "embargoeduntil"))
        return SourceStory(
            source_id=source_id,
            title=_headline(item),
            body=(*body_of(_body(item), self._options.base_url, noted), *(shapes.Picture(photo) for photo in photos[1:])),
            section=SourceName(section),
            topics=tuple(SourceName(name) for name in dict.fromkeys(_topic(subject) for subject in subjects) if name),
            language=language if language in LANGUAGES else self._options.language,
            published_at=embargo or published,
            updated_at=versioned if published and versioned and versioned > published else None,
            bylines=bylines(_creators(item)),
            short_headline=_words(item, "headlines", "short"),
            summary=plain_of(_said(item, "description_text")) or _words(item, "descriptions", "summary") or _words(item, "descriptions"),
            standfirst=_words(item, "descriptions", "standfirst"),
            lead=photos[0] if photos else None,
            source_name=one_line(_said(origin, "name")) if origin or sources else one_line(_said(item, "copyrightholder")),
            state=shapes.SCHEDULED if embargo else shapes.PUBLISHED,
        )


def _items(path: Path) -> Iterator[tuple[int, Item | str]]:
    """Yield the items of a file, or what is wrong with it."""
    content = path.read_bytes().decode("utf-8-sig", "replace")
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as whole:
        found, broken = _by_lines(content)
        if not found:
            yield 1, Said(_("it is no JSON (%(why)s): ask for the file again"), why=whole)
            return
        for number in broken:
            yield number, Said(_("line %(line)s is no JSON: ask for the item again; all others come over"), line=number)
    if isinstance(found, dict) and isinstance(found.get("items"), list):
        found = found["items"]
    for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
        yield number, item if isinstance(item, dict) else Said(_("item %(number)s is no ninjs object: ask for it again"), number=number)


def _in_small_letters(value: Any) -> Any:
    """Return an item with its names in small letters: from version 2 on they are in camel case."""
    if isinstance(value, dict):
        return {name.lower(): _in_small_letters(inner) for name, inner in value.items()}
    return [_in_small_letters(inner) for inner in value] if isinstance(value, list) else value


def _by_lines(content: str) -> tuple[list[Item], list[int]]:
    """Return the items of a file that holds one in each line, and the numbers of the lines that are none."""
    found, broken = [], []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            found.append(msgspec.json.decode(line, type=Item))
        except (msgspec.DecodeError, RecursionError):
            if line.strip():
                broken.append(number)
    return found, broken


def _source_id(item: Item) -> str:
    return one_line(_said(item, "uri") or _said(item, "guid"))


def _topic(subject: Item) -> str:
    return "" if _said(subject, "rel") == "section" else one_line(_said(subject, "name"))


def _creators(item: Item) -> list[str]:
    """Return who made an item: a line, in the words of any version, or people by their names."""
    said = _said(item, "byline") or _said(item, "by")
    return [said] if said else [_said(person, "name") for person in _list(item, "by")]


def _headline(item: Item) -> str:
    said = plain_of(_said(item, "headline")) or _words(item, "headlines", "main") or _words(item, "headlines")
    return said or plain_of(_said(item, "title"))


def _body(item: Item) -> str:
    """Return the text: HTML where there is some, in whatever version's words."""
    for body in _list(item, "bodies"):
        if "html" in _said(body, "contenttype") or _said(body, "value").lstrip().startswith("<"):
            return _said(body, "value")
    html = _said(item, "body_html") or _said(item, "body_xhtml")
    plain = _said(item, "body_text") or _first(item, "bodies")
    return html or "".join(f"<p>{escape(part)}</p>" for part in plain.split("\n\n") if part.strip())


def _associated(item: Item) -> list[Item]:
    parts = item.get("associations")
    if isinstance(parts, dict):
        parts = list(parts.values())
    return (
        [part for part in parts if isinstance(part, dict) and _said(part, "type") in {"picture", "graphic"}]
        if isinstance(parts, list)
        else []
    )


def _photo(item: Item) -> SourcePhoto | None:
    renditions = item.get("renditions")
    renditions = list(renditions.values()) if isinstance(renditions, dict) else renditions
    sized = [part for part in renditions if isinstance(part, dict)] if isinstance(renditions, list) else []
    sized.sort(key=lambda part: part["width"] if isinstance(part.get("width"), int) else 0, reverse=True)
    addresses = [_said(part, "href") for part in sized if _said(part, "href")]
    if not addresses:
        return None
    caption = _said(item, "description_text") or _first(item, "descriptions") or _said(item, "headline")
    alt_text = _first(item, "headlines", "alternative text")
    credit = one_line(_said(item, "byline") or _said(item, "by") or _said(item, "copyrightholder"))
    photo = photo_at(addresses[0], caption=caption or ("" if alt_text else _headline(item)), alt_text=alt_text, credit=credit)
    return msgspec.structs.replace(photo, others=tuple(addresses[1:])) if photo else None


def _words(item: Item, name: str, role: str = "") -> str:
    """Return the first of several texts in one line: what is said to be plain text as it is, and else what HTML shows."""
    for part in _list(item, name):
        if _said(part, "value") and (not role or _said(part, "role") == role):
            is_plain = _said(part, "contenttype") == "text/plain"
            return one_line(_said(part, "value")) if is_plain else plain_of(_said(part, "value"))
    return ""


def _first(item: Item, name: str, role: str = "") -> str:
    parts = (part for part in _list(item, name) if not role or _said(part, "role") == role)
    return next((_said(part, "value") for part in parts if _said(part, "value")), "")


def _list(item: Item, name: str) -> list[Item]:
    found = item.get(name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _said(item: Item | None, name: str) -> str:
    value = item.get(name) if item else None
    return letters(value) if isinstance(value, str) else ""


FORMAT = Format("ninjs", Ninjs, count)
