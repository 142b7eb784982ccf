"""Brings Movable Type's entries in."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kawaraban.exchange import shapes
from kawaraban.exchange.formats.movabletype.counting import count
from kawaraban.exchange.formats.movabletype.reading import Entry, encoding_of, entries_of
from kawaraban.exchange.formats.oldsite import COMMENTS, DRAFTS, body_of, path_of, plain_of, state_of
from kawaraban.exchange.importing import Format, Read, of_file
from kawaraban.exchange.letters import bylines, fitted, kept_moment, one_line
from kawaraban.exchange.noting import Noted
from kawaraban.exchange.sentences import Said, line_of
from kawaraban.exchange.shapes import Problem, SourceName, SourceStory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.exchange.importing import Options
    from kawaraban.exchange.old_lists import OldAddress
    from kawaraban.exchange.shapes import ImportReport

_TAG = re.compile(r'"([^"]*)"|([^,"]+)')
_DATES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")
# What the export says of a text's lines: these are HTML already.
_HTML = {"0", "", "richtext", "none", "wysiwyg"}


class MovableType:
    """Files of entries."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        self._paths = paths
        self._options = options

    def total(self) -> int:
        """How many entries there are."""
        return sum(1 for path in self._paths for _ in entries_of(path, self._encoding(path)))

    def read(self, report: ImportReport) -> Iterator[Read]:
        """Read entry by entry."""
        comments: list[dict[str, str]] = []
        for path in self._paths:
            yield from of_file(path.name, self._file(path, report, comments))
        self._keep(comments)

    def _file(self, path: Path, report: ImportReport, comments: list[dict[str, str]]) -> Iterator[Read]:
        for entry in entries_of(path, self._encoding(path)):
            where = line_of(path.name, entry.line)
            noted = Noted()
            story = self._story(entry, noted)
            report.tell(story.source_id, noted)
            report.noted[Said(COMMENTS, state=state_of("approved"))] += len(entry.parts.get("COMMENT", []))
            comments += [{"entry": story.source_id, "text": text} for text in entry.parts.get("COMMENT", [])]
            if entry.is_unparted:
                told = Said(_("a line of eight hyphens is missing before it: it was taken as an entry of its own, look at both"))
                yield Read(where, Problem(where, told, story.source_id, lost=False))
            if "\ufffd" in story.title + entry.part("BODY"):
                told = Said(_("letters of it cannot be read: say by --encoding how the file is written"))
                yield Read(where, Problem(where, told, story.source_id))
            yield from (Read(where, made) for made in fitted(story, where))

    def old_addresses(self) -> Iterator[OldAddress]:
        """Yield none: where lists were, is not said."""
        yield from ()

    def _encoding(self, path: Path) -> str:
        return encoding_of(path, self._options.encoding)

    def _story(self, entry: Entry, noted: Noted) -> SourceStory:
        title, date = plain_of(entry.said("TITLE")), _date(entry.said("DATE"))
        keep_lines = entry.said("CONVERT BREAKS").lower() not in _HTML
        text = "\n\n".join(part for part in (entry.part("BODY"), entry.part("EXTENDED BODY")) if part)
        categories = [entry.said("PRIMARY CATEGORY"), *entry.fields.get("CATEGORY", [])]
        named = list(dict.fromkeys(name for name in (one_line(category) for category in categories) if name))
        tags = [one_line(first or second) for first, second in _TAG.findall(entry.said("TAGS"))]
        state = {"publish": shapes.PUBLISHED, "future": shapes.SCHEDULED}.get(entry.said("STATUS").lower() or "publish", shapes.DRAFT)
        if state == shapes.DRAFT:
            noted[Said(DRAFTS, state=state_of("draft"))] += 1
        path = path_of(entry.said("UNIQUE URL") or entry.said("PERMALINK"))
        basename = one_line(entry.said("BASENAME"))
        source_id = path or basename
        if basename and date and not path:
            # As Movable Type itself names an entry's page.
            path = f"/{date.year}/{date.month:02}/{basename.replace('_', '-')}.html"
        return SourceStory(
            source_id=(source_id or hashlib.blake2b(f"{entry.said('DATE')}\n{title}".encode(), digest_size=10).hexdigest())[:200],
            title=title,
            body=body_of(text, self._options.base_url, noted, keep_lines=keep_lines),
            section=SourceName(named[0]) if named else SourceName(""),
            topics=tuple(SourceName(name) for name in dict.fromkeys([*named[1:], *tags]) if name),
            language=self._options.language,
            published_at=date if state != shapes.DRAFT else None,
            bylines=bylines([entry.said("AUTHOR")]),
            summary=plain_of(entry.part("EXCERPT")),
            state=state,
            old_addresses=(path,) if path and state == shapes.PUBLISHED else (),
            fields=tuple((name, value) for name, value in (("keywords", entry.part("KEYWORDS")),) if value),
        )

    def _keep(self, comments: list[dict[str, str]]) -> None:
        if self._options.archive_dir is not None and comments:
            self._options.archive_dir.mkdir(parents=True, exist_ok=True)
            path = self._options.archive_dir / "comments.jsonl.gz"
            # Who wrote from where is nobody's business any more.
            lines = (
                json.dumps({**row, "text": re.sub(r"^IP: .*\n?", "", row["text"], flags=re.MULTILINE)}, ensure_ascii=False)
                for row in comments
            )
            with gzip.open(path, "wt", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in lines)
            path.chmod(0o600)


def _date(text: str) -> datetime | None:
    for form in _DATES:
        try:
            # The newsroom's own zone: the export says none.
            return kept_moment(timezone.make_aware(datetime.strptime(text, form)))  # noqa: DTZ007 - made aware here
        except (ValueError, OverflowError):
            continue
    return None


FORMAT = Format("movabletype", MovableType, count, has_encoding=True)
