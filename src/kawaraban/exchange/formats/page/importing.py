"""Brings saved pages in, a story a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.formats.oldsite import path_of
from kawaraban.exchange.formats.page.counting import count
from kawaraban.exchange.formats.page.markup import story_in_page
from kawaraban.exchange.formats.page.text import FoundStory, story_in_text
from kawaraban.exchange.importing import Format, Read
from kawaraban.exchange.letters import LANGUAGES, bylines, fitted, letters, one_line
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.sentences import Said
from kawaraban.exchange.shapes import Paragraph, Problem, SourceName, SourceStory
from kawaraban.language.words import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.exchange.importing import Options
    from kawaraban.exchange.old_lists import OldAddress
    from kawaraban.exchange.shapes import ImportReport

LARGEST_PAGE = 20 * 1024 * 1024
_HTML = re.compile(r"<(?:!doctype|html|head|body|article|div|p)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


class Pages:
    """Files that are a page each."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        self._paths = paths
        self._options = options

    def total(self) -> int:
        """How many pages there are."""
        return len(self._paths)

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read page by page."""
        for path in self._paths:
            # In whatever letters an old machine named it.
            name = letters(path.name)
            noted = Noted()
            if path.stat().st_size > LARGEST_PAGE:
                yield Read(
                    "",
                    Problem(name, Said(_("it is larger than %(most)s MB: no page of words is"), most=LARGEST_PAGE // 1024 // 1024), name),
                )
                continue
            text = text_of(path.read_bytes())
            found = story_in_page(text, self._options.base_url, noted) if _HTML.search(text[:5000]) else story_in_text(letters(text), noted)
            if found is None:
                told = Said(_("no story was found in it: save the page of one story, with its text"))
                yield Read("", Problem(name, told, name))
                continue
            story = self._story(found, name)
            report.tell(story.source_id, noted)
            yield from (Read(name, made) for made in fitted(story, name))

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield none: a page says nothing of the site's lists."""
        yield from ()

    def _story(self, found: FoundStory, name: str) -> SourceStory:
        path = path_of(found.url)
        updated = found.updated_at
        return SourceStory(
            source_id=name[:200],
            title=one_line(found.title),
            body=tuple(found.body),
            section=SourceName(found.section),
            topics=tuple(SourceName(topic) for topic in dict.fromkeys(found.topics)),
            language=found.language if found.language in LANGUAGES else self._told_by_letters(found),
            published_at=found.published_at,
            updated_at=updated if updated and found.published_at and updated > found.published_at else None,
            bylines=bylines(found.bylines),
            url=found.url,
            summary=found.summary,
            lead=found.lead,
            source_name=found.source_name,
            old_addresses=(path,) if path else (),
        )

    def _told_by_letters(self, found: FoundStory) -> str:
        """A text without a letter of Japanese is in no Japanese, whatever edition was asked for."""
        words = " ".join(block.html for block in found.body if isinstance(block, Paragraph))
        written_in = language_of(words)
        return self._options.language if written_in == "ja" or not words else written_in


def text_of(content: bytes) -> str:
    """Return a page's letters: as it says of itself, else in UTF-8, else in what Japanese pages were written in."""
    said = _CHARSET.search(content[:4096])
    for name in ([said[1].decode("ascii")] if said else []) + ["utf-8-sig", "cp932", "euc_jp"]:
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


FORMAT = Format("page", Pages, count)
