"""The command that proofreads."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kawaraban.project.commands.sites import printed_site, told_in_a_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kawaraban.language.proof import Report

# Texts are handed to another process by so many characters, or so many texts, at once; fewer than that in all are read here, at once.
_AT_ONCE = 60_000
_TEXTS_AT_ONCE = 1_000
_FAULTS_TOLD = 10
_BOM = b"\xef\xbb\xbf"


class _Text(NamedTuple):
    """A text, what each report of it bears besides, and how much of the input it was, in bytes."""

    head: dict[str, Any]
    text: str
    size: int = 0


@click.command()
@click.argument("texts", nargs=-1, metavar="[FILE|-|STORY]...")
@click.option("--all", "everything", is_flag=True, help="Every published story in Japanese or Korean.")
@click.option("--file", "file", help="A text, or - for standard input; the same as FILE.")
@click.option("--json", "as_json", is_flag=True, help="Write the reports as JSON.")
def proof(texts: tuple[str, ...], everything: bool, file: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Proofread texts: a FILE, - for standard input, or a published STORY (its id, or source:source_id).

    A FILE that ends in .jsonl holds a story a line: each body is read, and each report bears its line's id. A line that is no story is
    told and passed over. Korean is told from Japanese by its letters. Exit status 1 if there is an error or a warning, or if something
    could not be read.
    """
    asked = [*texts, *([file] if file else [])]
    if not asked and not everything:
        raise click.UsageError("Name a FILE, - or a STORY, or give --all.")
    faults: list[str] = []
    items: list[dict[str, Any]] = []
    wrong, count = False, 0
    size = sum(Path(name).stat().st_size for name in asked if Path(name).suffix == ".jsonl" and Path(name).is_file())
    with click.progressbar(length=max(size, 1), file=sys.stderr, hidden=not size or not sys.stderr.isatty()) as bar:
        for head, reports, read in _proofread(_texts(asked, everything=everything, faults=faults)):
            bar.update(read)
            count += 1
            wrong = wrong or any(report.level != "hint" for report in reports)
            if as_json:
                items.extend({**head, **report._asdict()} for report in reports)
            else:
                for report in reports:
                    click.echo(_line(head, report))
    if as_json:
        click.echo(json.dumps({"items": items}, ensure_ascii=False))
    if not count and not faults:
        click.echo("kawaraban proof: there is no text in it", err=True)
    for fault in faults[:_FAULTS_TOLD]:
        click.echo(f"kawaraban proof: {fault}", err=True)
    if len(faults) > _FAULTS_TOLD:
        click.echo(f"kawaraban proof: and {len(faults) - _FAULTS_TOLD} more lines that could not be read", err=True)
    if wrong or faults:
        raise SystemExit(1)


def _line(head: dict[str, Any], report: Report) -> str:
    where = f"{head['id']}:" if head else ""
    mended = f" → {report.suggestion}" if report.suggestion is not None else ""
    return f"{where}{report.start}-{report.end}: {report.level} {report.rule}: {report.text}{mended}  {report.message}"


# ---------------------------------------------------------------------- what is read


def _texts(asked: list[str], *, everything: bool, faults: list[str]) -> Iterator[_Text]:
    stories = set()
    for name in asked:
        if name == "-":
            yield _Text({}, _standard_input())
        elif Path(name).suffix == ".jsonl":
            yield from _lines(Path(name), faults)
        elif Path(name).is_file() or "/" in name or Path(name).suffix:
            yield _Text({}, _read(Path(name)))
        else:
            stories.add(name)
    if stories or everything:
        yield from _published(stories, everything=everything)


def _standard_input() -> str:
    with told_in_a_sentence(Path("standard input"), "read"):
        return sys.stdin.buffer.read().decode("utf-8-sig")


def _read(path: Path) -> str:
    with told_in_a_sentence(path, "read"):
        return path.read_text(encoding="utf-8-sig")


def _lines(path: Path, faults: list[str]) -> Iterator[_Text]:
    with told_in_a_sentence(path, "read"), path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            made = _story(line.removeprefix(_BOM) if number == 1 else line, number)
            if isinstance(made, str):
                faults.append(f"{path}, line {number}: {made}")
            else:
                yield made


def _story(line: bytes, number: int) -> _Text | str:
    """Return the story of a line, or why it is none."""
    try:
        story = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return f"it is not UTF-8 (byte {error.start})"
    except (ValueError, RecursionError):
        return "it is no JSON"
    if not isinstance(story, dict) or "body" not in story:
        return "it is no JSON object with a body"
    if not isinstance(story["body"], str):
        return "its body is no text"
    return _Text({"id": story.get("id", number)}, story["body"], len(line))


def _published(wanted: set[str], *, everything: bool) -> Iterator[_Text]:
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Document, Kind

    log = SheetLog(printed_site().sheet_log)
    missing = set(wanted)
    for key in log.keys(Kind.DOCUMENT):
        document = log.get(Kind.DOCUMENT, key, Document)
        if document is None:
            continue
        names = {document.id, f"{document.source}:{document.source_id}"}
        if names & wanted or (everything and document.language in {"ja", "ko"}):
            missing -= names
            yield _Text({"id": document.id}, f"{document.title}\n{document.summary}\n{document.body}")
    if missing:
        raise click.ClickException(f"no published story has the id {', '.join(sorted(missing))}")


# ---------------------------------------------------------------------- reading it, on all cores where it is much


def _proofread(texts: Iterable[_Text]) -> Iterator[tuple[dict[str, Any], list[Report], int]]:
    """Yield what is to be told of each text, in their order."""
    bundles = _bundles(texts)
    first = next(bundles, None)
    if first is None:
        return
    second = next(bundles, None)
    cores = len(os.sched_getaffinity(0))
    if second is None or cores == 1:
        for bundle in (first, *([second] if second else []), *bundles):
            yield from _told_of(bundle, _reports([text.text for text in bundle]))
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as others:
        # Few at a time: a file may be larger than memory.
        waiting = deque((bundle, others.submit(_reports, [text.text for text in bundle])) for bundle in (first, second))
        for bundle in bundles:
            waiting.append((bundle, others.submit(_reports, [text.text for text in bundle])))
            if len(waiting) > cores * 2:
                done, found = waiting.popleft()
                yield from _told_of(done, found.result())
        for done, found in waiting:
            yield from _told_of(done, found.result())


def _bundles(texts: Iterable[_Text]) -> Iterator[list[_Text]]:
    bundle: list[_Text] = []
    letters = 0
    for text in texts:
        bundle.append(text)
        letters += len(text.text)
        if letters >= _AT_ONCE or len(bundle) >= _TEXTS_AT_ONCE:
            yield bundle
            bundle, letters = [], 0
    if bundle:
        yield bundle


def _reports(texts: list[str]) -> list[list[Report]]:
    from kawaraban.language.proof import proof

    return [proof(text) for text in texts]


def _told_of(bundle: list[_Text], reports: list[list[Report]]) -> Iterator[tuple[dict[str, Any], list[Report], int]]:
    for text, found in zip(bundle, reports, strict=True):
        yield text.head, found, text.size
