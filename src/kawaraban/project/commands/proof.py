"""The command that proofreads."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kawaraban.project.commands.sites import printed_site, told_in_a_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof import Report


@click.command()
@click.argument("texts", nargs=-1, metavar="[FILE|-|STORY]...")
@click.option("--all", "everything", is_flag=True, help="Every published story in Japanese.")
@click.option("--file", "file", help="A text, or - for standard input; the same as FILE.")
@click.option("--json", "as_json", is_flag=True, help="Write the reports as JSON.")
def proof(texts: tuple[str, ...], everything: bool, file: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Proofread texts: a FILE, - for standard input, or a published STORY (its id, or source:source_id).

    A FILE that ends in .jsonl holds a story a line: each body is read, and each report bears its line's id. Exit status 1 if there is an
    error or a warning.
    """
    asked = [*texts, *([file] if file else [])]
    if not asked and not everything:
        raise click.UsageError("Name a FILE, - or a STORY, or give --all.")
    from kawaraban.language.proof import Level, proof

    items: list[dict[str, Any]] = []
    for head, text in _texts(asked, everything=everything):
        for report in proof(text):
            items.append({**head, **_as_dict(report)})
            if not as_json:
                where = f"{head['id']}:" if head else ""
                mended = f" → {report.suggestion}" if report.suggestion is not None else ""
                click.echo(f"{where}{report.start}-{report.end}: {report.level} {report.rule}: {report.text}{mended}  {report.message}")
    if as_json:
        click.echo(json.dumps({"items": items}, ensure_ascii=False))
    if any(item["level"] != Level.HINT for item in items):
        raise SystemExit(1)


def _texts(asked: list[str], *, everything: bool) -> Iterator[tuple[dict[str, Any], str]]:
    stories = set()
    for name in asked:
        if name == "-":
            yield {}, sys.stdin.read()
        elif Path(name).suffix == ".jsonl":
            yield from _lines(Path(name))
        elif Path(name).is_file() or "/" in name or Path(name).suffix:
            yield {}, _read(Path(name))
        else:
            stories.add(name)
    if stories or everything:
        yield from _published(stories, everything=everything)


def _read(path: Path) -> str:
    with told_in_a_sentence(path, "read"):
        return path.read_text(encoding="utf-8-sig")


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_read(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            story = json.loads(line)
            body = story["body"]
        except (ValueError, TypeError, KeyError) as error:
            raise click.ClickException(f"{path}, line {number}: no JSON object with a body") from error
        if not isinstance(body, str):
            raise click.ClickException(f"{path}, line {number}: its body is no text")
        yield {"id": story.get("id", number)}, body


def _published(wanted: set[str], *, everything: bool) -> Iterator[tuple[dict[str, Any], str]]:
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Document, Kind

    log = SheetLog(printed_site().sheet_log)
    missing = set(wanted)
    for key in log.keys(Kind.DOCUMENT):
        document = log.get(Kind.DOCUMENT, key, Document)
        if document is None:
            continue
        names = {document.id, f"{document.source}:{document.source_id}"}
        if names & wanted or (everything and document.language == "ja"):
            missing -= names
            yield {"id": document.id}, f"{document.title}\n{document.summary}\n{document.body}"
    if missing:
        raise click.ClickException(f"no published story has the id {', '.join(sorted(missing))}")


def _as_dict(report: Report) -> dict[str, Any]:
    return report._asdict()
