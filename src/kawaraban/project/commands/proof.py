"""The command that proofreads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from kawaraban.project.commands.sites import printed_site, told_in_a_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proofing import Remark


@click.command()
@click.argument("stories", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every published story in Japanese.")
@click.option("--file", type=click.File(encoding="utf-8"), help="A text, or - for standard input.")
@click.option("--json", "as_json", is_flag=True, help="Write the remarks as JSON.")
def proof(stories: tuple[str, ...], everything: bool, file: TextIO | None, as_json: bool) -> None:  # noqa: FBT001
    """Proofread STORIES (ids, or source:source_id), or a text: what is certainly wrong, and what is written in two ways.

    Exit status 1 if there is anything to look at.
    """
    if not stories and not everything and file is None:
        raise click.UsageError("Name STORIES, or give --all or --file.")
    from kawaraban.language.proofing import remarks_on

    items = [{**head, "remarks": [_as_dict(remark) for remark in remarks_on(text)]} for head, text in _texts(stories, everything, file)]
    if as_json:
        click.echo(json.dumps({"items": items}, ensure_ascii=False))
    else:
        for item in items:
            for remark in item["remarks"]:
                click.echo(
                    f"{item.get('id', file.name if file else '')}:{remark['at']}: {remark['text']}  {remark['advice']} ({remark['rule']})"
                )
    if any(item["remarks"] for item in items):
        raise SystemExit(1)


def _texts(stories: tuple[str, ...], everything: bool, file: TextIO | None) -> Iterator[tuple[dict[str, Any], str]]:  # noqa: FBT001
    if file is not None:
        with told_in_a_sentence(Path(file.name), "read"):
            text = file.read()
        yield {}, text
    if not stories and not everything:
        return
    from kawaraban.delivery.live import story_item
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Document, Kind, Story

    log = SheetLog(printed_site().sheet_log)
    wanted = set(stories)
    for key in log.keys(Kind.DOCUMENT):
        document, story = log.get(Kind.DOCUMENT, key, Document), log.get(Kind.STORY, key, Story)
        if document is None or story is None:
            continue
        names = {document.id, f"{document.source}:{document.source_id}"}
        if names & wanted or (everything and document.language == "ja"):
            wanted -= names
            yield story_item(story), f"{document.title}\n{document.summary}\n{document.body}"
    if wanted:
        raise click.ClickException(f"no published story has the id {', '.join(sorted(wanted))}")


def _as_dict(remark: Remark) -> dict[str, Any]:
    return remark._asdict()
