"""Reads a JSON Lines file line by line; what is wrong in a line is said with its number, and the next line is read."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.utils.translation import gettext_noop as _

from kawaraban.exchange import unpacking
from kawaraban.exchange.letters import EARLIEST, LANGUAGES, LATEST, LONGEST_ID, LONGEST_TITLE, LONGEST_URL, letters
from kawaraban.exchange.markup.embeds import secure
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import (
    Block,
    Box,
    Embed,
    Markup,
    Paragraph,
    SourceByline,
    SourceCorrection,
    SourceName,
    SourcePhoto,
    SourceStory,
)
from kawaraban.exchange.unpacking import BROKEN, PACKED
from kawaraban.newsroom.markup import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


Told = TypeVar("Told", bound=msgspec.Struct)
TOO_LONG = _('"%(name)s" has %(count)s characters: at most %(most)s can be kept.')


class _Line(msgspec.Struct, kw_only=True):
    id: str | int
    title: str
    body: str = ""
    section: str | None = None
    topics: list[str] | str | None = None
    language: str | None = None
    published_at: str | None = None
    byline: list[str] | str | None = None
    url: str | None = None
    # What an export of ours says besides.
    blocks: list[Block] | None = None
    lead: SourcePhoto | None = None
    short_headline: str | None = None
    summary: str | None = None
    standfirst: str | None = None
    source_name: str | None = None
    updated_at: str | None = None
    bylines: list[SourceByline] | None = None
    corrections: list[SourceCorrection] | None = None
    translation_of: str | None = None


class WrongLineError(ValueError):
    """A line is no story; the message says why and what to do, and the line's id, where it has one, whose story is missing."""

    def __init__(self, sentence: str, source_id: str = "") -> None:
        super().__init__(sentence)
        self.said = sentence
        self.source_id = source_id[:LONGEST_ID]


class BrokenFileError(ValueError):
    """A packed file is broken: what stands before came; it says from which line on, and why."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line, self.said = line, sentence


_BEGINS_A_LINE = (b"", b"{", b" ", b"\t", b"\r", b"\n", b"\xef")
_decoder = msgspec.json.Decoder(_Line)


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the file's lines with their numbers; one that is packed (gzip), whatever its name, is unpacked on the way.

    Raises BrokenFileError behind the last whole line of one that is packed and broken; OSError if it cannot be read.
    """
    with path.open("rb") as file:
        begin = file.read(len(PACKED))
    # What is named so and is neither is a broken one.
    is_packed = begin == PACKED or (path.suffix == ".gz" and begin[:1] not in _BEGINS_A_LINE)
    number = 0
    try:
        for number, line in enumerate(unpacking.lines_of(path, is_packed=is_packed), start=1):
            if line.strip():
                yield number, line
    except unpacking.BrokenPackError as error:
        raise BrokenFileError(number + 1, Said(BROKEN, why=error)) from error


def story_of(line: bytes) -> SourceStory:
    """Read one line; WrongLineError if it is no story."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongLineError(Said(_("it is not UTF-8 (byte %(number)s): save the file as UTF-8."), number=error.start)) from error
    try:
        row = _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WrongLineError(
            Said(_("%(why)s: a line is JSON such as %(example)s."), why=error, example='{"id": "1", "title": "…", "body": "…"}')
        ) from error
    title = _plain(row.title)
    source_id = _plain(str(row.id))

    def wrong(sentence: str) -> WrongLineError:
        return WrongLineError(sentence, source_id)

    if not title or not source_id:
        raise wrong(Said(_('"id" and "title" must not be empty.')))
    if len(source_id) > LONGEST_ID:
        # Cut, it could be another story's.
        raise wrong(Said(TOO_LONG, name="id", count=len(source_id), most=LONGEST_ID))
    if len(title) > LONGEST_TITLE:
        raise wrong(Said(TOO_LONG, name="title", count=len(title), most=LONGEST_TITLE))
    url = _plain(row.url or "")
    if len(url) > LONGEST_URL:
        raise wrong(Said(TOO_LONG, name="url", count=len(url), most=LONGEST_URL))
    language = row.language or ""
    if language and language not in LANGUAGES:
        raise wrong(
            Said(_('"language" is %(value)s: it must be one of %(choices)s.'), value=repr(language[:20]), choices=", ".join(LANGUAGES))
        )
    return SourceStory(
        source_id=source_id,
        title=title,
        body=_blocks(row),
        section=SourceName(_plain(row.section or "")),
        topics=tuple(SourceName(name) for name in _several(row.topics)),
        language=language,
        published_at=_moment(row.published_at, wrong) if row.published_at else None,
        bylines=tuple(_lettered(byline) for byline in row.bylines)
        if row.bylines
        else tuple(SourceByline(name) for name in _several(row.byline)),
        url=url,
        short_headline=_plain(row.short_headline or ""),
        summary=None if row.summary is None else _plain(row.summary),
        standfirst=_plain(row.standfirst or ""),
        lead=_lettered(row.lead) if row.lead else None,
        source_name=_plain(row.source_name or ""),
        updated_at=_moment(row.updated_at, wrong) if row.updated_at else None,
        corrections=tuple(_lettered(made) for made in row.corrections or ()),
        translation_of=_plain(row.translation_of or ""),
    )


def _blocks(row: _Line) -> tuple[Block, ...]:
    if row.blocks is None:
        return tuple(_paragraph(part) for part in (_plain(part) for part in row.body.replace("\r\n", "\n").split("\n\n")) if part)
    return tuple(_harmless(_lettered(block)) for block in row.blocks)


def _harmless(block: Block) -> Block:
    """Take out what could act: a file is anybody's."""
    if isinstance(block, Paragraph | Box | Markup):
        # Breaks are written as the newsroom writes them: an export of what came over is the same.
        clean = harmless(block.html, rel=None).replace("<br>", "<br/>") if "<" in block.html else block.html
        return msgspec.structs.replace(block, html=clean)
    if isinstance(block, Embed):
        return Embed(secure(block.address), block.title) if secure(block.address) else Paragraph(f"<p>{html.escape(block.title)}</p>")
    return block


def _lettered(told: Told) -> Told:
    """Leave out what is no letter, in all of its texts."""
    return msgspec.json.decode(msgspec.json.encode(_letters_in(msgspec.to_builtins(told))), type=type(told))


def _letters_in(value: Any) -> Any:
    if isinstance(value, str):
        return letters(value)
    if isinstance(value, dict):
        return {name: _letters_in(inner) for name, inner in value.items()}
    return [_letters_in(inner) for inner in value] if isinstance(value, list) else value


def _paragraph(text: str) -> Paragraph:
    return Paragraph(f"<p>{html.escape(text).replace(chr(10), '<br/>')}</p>")


def _moment(text: str, wrong: Callable[[str], WrongLineError]) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise wrong(Said(_('"published_at" is %(value)s: write it as 2026-11-24T18:05:00+09:00.'), value=repr(text[:40]))) from error
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if not EARLIEST <= when <= LATEST:
        raise wrong(Said(_('"published_at" is %(value)s: no year before 1000 or after 9998 can be kept.'), value=repr(text[:40])))
    return when


def _several(value: list[str] | str | None) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value or []
    return tuple(dict.fromkeys(text for text in (_plain(item) for item in values) if text))


def _plain(text: str) -> str:
    return letters(text).strip()
