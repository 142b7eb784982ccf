"""The registry of names as CSV, as newsrooms hand such lists on. Several forms stand in one field, with 、 or | between them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, cast

from kawaraban.language.names import BRACKETS, KINDS, Brackets, Kind, Name, Title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS = (
    *("kind", "form", "slug", "form_ko", "form_en", "reading", "originals", "brackets", "titles", "short_forms", "wrong_forms"),
    *("wikidata", "note"),
)
# In characters, all forms of a field together.
LONGEST = {"form": 80, "form_ko": 80, "form_en": 80, "slug": 60, "reading": 120, "wikidata": 20} | dict.fromkeys(
    ("originals", "short_forms", "wrong_forms"), 300
)
LONGEST_TITLE = 80
_BETWEEN = re.compile(r"[、|\n]")
_TITLE = re.compile(r"(?P<text>.+?)(?: (?P<since>\d{4}-\d\d-\d\d)?\.\.(?P<until>\d{4}-\d\d-\d\d)?)?")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・=＝ 　]*")
_WIKIDATA = re.compile(r"(Q[1-9][0-9]*)?")


@dataclass(frozen=True)
class Entry:
    """A line of the registry: the name, and the newsroom's own note about it, which readers do not see.

    Of the others than ``columns`` the file says nothing: they are empty here, and as they were in a name that is known.
    """

    name: Name
    note: str = ""
    columns: frozenset[str] = frozenset(COLUMNS)


@dataclass(frozen=True)
class Fault:
    """Why a line is no name: which line of the file (its head is 1), which column, what stands there.

    ``longest`` is how many characters may stand there, if it has more; else 0.
    """

    line: int
    column: str
    value: str
    longest: int = 0


def read(text: str) -> tuple[list[Entry], list[Fault]]:
    """Read a CSV file with a head; columns in any order, and not all of them. Lines without a form are left out.

    A faulty line is told and left out; the others come. A head without ``form`` is a fault of line 1. NUL, which no database keeps, is
    left out.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff").replace("\0", "")), restval="", restkey="more")
    entries: list[Entry] = []
    faults: list[Fault] = []
    try:
        if "form" not in (rows.fieldnames or ()):
            return [], [Fault(1, "form", ",".join(rows.fieldnames or ())[:80])]
        columns = frozenset(COLUMNS).intersection(rows.fieldnames or ())
        for row in rows:
            if not (row.get("form") or "").strip():
                continue
            made = _entry(rows.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}, columns)
            if isinstance(made, Fault):
                faults.append(made)
            else:
                entries.append(made)
    except csv.Error as error:
        faults.append(Fault(rows.line_num + 1, "", str(error)))
    return entries, faults


def write(entries: Iterable[Entry]) -> str:
    """Write the registry as ``read`` reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        name = entry.name
        writer.writerow(
            [
                *(name.kind, name.form, name.slug, name.form_ko, name.form_en, name.reading, joined(name.originals), name.brackets),
                joined(title_text(title) for title in name.titles),
                *(joined(name.short_forms), joined(name.wrong_forms), name.wikidata, entry.note),
            ]
        )
    return out.getvalue()


def public_terms() -> list[Entry]:
    """Return the registry that a newspaper begins with: public terms that every paper needs."""
    entries, _ = read(resources.files("kawaraban.language").joinpath("public_terms.csv").read_text(encoding="utf-8"))
    return entries


def joined(forms: Iterable[str]) -> str:
    """Write several forms into one field."""
    return "、".join(forms)


def parted(field: str) -> tuple[str, ...]:
    """Return the forms of a field."""
    return tuple(dict.fromkeys(form for part in _BETWEEN.split(field) if (form := part.strip())))


def title_text(title: Title) -> str:
    """Write a title with its days: 韓国大統領 2022-05-10..2025-04-04."""
    return f"{title.text} {title.since}..{title.until}" if title.since or title.until else title.text


def _entry(line: int, row: dict[str, str], columns: frozenset[str]) -> Entry | Fault:
    kind = row["kind"] or "term"
    brackets = row["brackets"] or "auto"
    titles = [_title(text) for text in parted(row["titles"])]
    for column, fits in (
        ("kind", kind in KINDS),
        ("brackets", brackets in BRACKETS),
        ("titles", all(titles)),
        ("slug", not row["slug"] or _SLUG.fullmatch(row["slug"]) is not None),
        ("reading", _KANA.fullmatch(row["reading"]) is not None),
        ("wikidata", _WIKIDATA.fullmatch(row["wikidata"]) is not None),
        ("wrong_forms", row["form"] not in parted(row["wrong_forms"])),
    ):
        if not fits:
            return Fault(line, column, row[column][:80])
    for column, longest in LONGEST.items():
        if len(row[column]) > longest:
            return Fault(line, column, row[column][:80], longest)
    for title in titles:
        if title and len(title.text) > LONGEST_TITLE:
            return Fault(line, "titles", title.text[:80], LONGEST_TITLE)
    name = Name(
        slug=row["slug"],
        kind=cast("Kind", kind),
        form=row["form"],
        form_ko=row["form_ko"],
        form_en=row["form_en"],
        reading=row["reading"],
        originals=parted(row["originals"]),
        brackets=cast("Brackets", brackets),
        titles=tuple(cast("Sequence[Title]", titles)),
        short_forms=parted(row["short_forms"]),
        wrong_forms=parted(row["wrong_forms"]),
        wikidata=row["wikidata"],
    )
    return Entry(name, row["note"], columns)


def _title(text: str) -> Title | None:
    found = _TITLE.fullmatch(text)
    if found is None:
        return None
    since, until = found["since"] or "", found["until"] or ""
    try:
        days = [date.fromisoformat(day) for day in (since, until) if day]
    except ValueError:
        return None
    return Title(found["text"], since, until) if days == sorted(days) else None
