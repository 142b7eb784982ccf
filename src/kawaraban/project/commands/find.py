"""The commands that answer as the search and the related lists do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kawaraban.project.commands.sites import printed_site, told_in_a_sentence

if TYPE_CHECKING:
    from kawaraban.discovery.archive import Archive
    from kawaraban.project.env import Environment

# Work on fewer stories is done before anybody asks how long it takes.
WORTH_TELLING = 200


@click.command()
@click.argument("query", required=False)
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='A file with a {"query": …} a line.')
@click.option("--language", type=click.Choice(["ja", "ko", "en"]), help="Of one edition only.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--newest", is_flag=True, help="The newest first, not the best.")
@click.option("--json", "as_json", is_flag=True, help="Answer as /search.json does.")
@click.option("--rebuild", is_flag=True, help="Make the index anew; the old one answers meanwhile.")
def search(
    query: str | None,
    queries: Path | None,
    language: str | None,
    limit: int,
    newest: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    rebuild: bool,  # noqa: FBT001
) -> None:
    """Find stories, as the search page does."""
    if (query is not None) + (queries is not None) + rebuild != 1:
        raise click.UsageError("Give a QUERY, --queries FILE, or --rebuild.")
    if rebuild:
        _rebuild()
        return
    from kawaraban.delivery.live import story_item
    from kawaraban.discovery.shapes import Query
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Kind, Story

    environment = printed_site()
    archive = _archive(environment, relates=False)
    log = SheetLog(environment.sheet_log)

    def answer(text: str) -> dict[str, Any]:
        found = archive.search(Query(text=text, language=language or "", limit=limit, newest=newest))
        stories = [log.get(Kind.STORY, story, Story) for story in found.stories]
        items = [story_item(story) for story in stories if story is not None]
        return {"items": items, "total": found.total, "near": found.near, "instead": found.instead}

    if queries is not None:
        for asked in _questions(queries):
            click.echo(json.dumps({**asked, **answer(str(asked["query"]))}, ensure_ascii=False))
        return
    result = answer(query or "")
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for item in result["items"]:
        _show(item)
    click.echo(f"{result['total']} found" + (", none with all of it." if result["near"] else "."))
    if result["instead"]:
        click.echo(f"Did you mean {result['instead']}?")


def _show(item: dict[str, Any]) -> None:
    click.echo(f"{item['published_at'][:10]}  {item['title']}  {item['url']}")


def _rebuild() -> None:
    from kawaraban.discovery.rebuilding import rebuild

    environment = printed_site()
    environment.discovery_dir.mkdir(parents=True, exist_ok=True)
    done = rebuild(environment.sheet_log, environment.discovery_dir, _Progress("indexed"))
    # The search process takes it over by itself; where none runs, this command does.
    _archive(environment)
    click.echo(f"The index of {done:,} stories is made anew.")


class _Progress:
    """Tells of long work, a line for each tenth: progress goes into logs too. What is done in a moment is not told."""

    def __init__(self, what: str) -> None:
        self._what, self._told = what, 0

    def __call__(self, done: int, total: int) -> None:
        if total >= WORTH_TELLING and done > self._told and (done == total or done >= self._told + total / 10):
            self._told = done
            click.echo(f"{done:,} of {total:,} stories {self._what}", err=True)


def _archive(environment: Environment, *, relates: bool = True) -> Archive:
    """Return what search knows, followed to the end of the log; the first time that takes a while, and is told."""
    from kawaraban.audience.together import ReadTogether
    from kawaraban.discovery.archive import Archive

    indexed, related = _Progress("indexed"), _Progress("compared with the others")

    def tell(known: int, compared: int, total: int) -> None:
        indexed(known, total)
        if relates and known == total:
            related(compared, total)

    together = ReadTogether(environment.reads_dir, environment.read_together)
    archive = Archive.current(environment.sheet_log, environment.discovery_dir, together, tell, relates=relates)
    if not archive.is_whole:
        # The search process is at it, and only one writes.
        click.echo(f"The index is being made: {archive.count():,} stories so far. What it does not have yet is not found.", err=True)
    return archive


def _questions(path: Path) -> list[dict[str, Any]]:
    """Read the file whole, so that it is answered whole or not at all."""
    with told_in_a_sentence(path, "read"):
        lines = path.read_text(encoding="utf-8").split("\n")
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict) or "query" not in asked:
            raise click.ClickException(f'{path}, line {number}: it is no question such as {{"query": "灯台"}}')
        questions.append(asked)
    return questions


@click.command()
@click.argument("story", required=False)
@click.option("--all", "everything", is_flag=True, help="Of every story.")
@click.option("--limit", default=6, show_default=True, type=click.IntRange(1, 50))
@click.option("--json", "target", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), help="Write JSON to a file, or - .")
def related(story: str | None, everything: bool, limit: int, target: Path | None) -> None:  # noqa: FBT001
    """Show the stories related to STORY (its id, or source:source_id), as its page does."""
    if (story is None) != everything:
        raise click.UsageError("Give a STORY, or --all.")
    from kawaraban.delivery.live import story_item
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Kind, Story

    environment = printed_site()
    archive = _archive(environment)
    documents = archive.documents()
    if story is not None:
        ids = [name for name, facts in documents.items() if story in {name, f"{facts.source}:{facts.source_id}"}]
        if not ids:
            raise click.ClickException(f"no published story has the id {story}")
    else:
        ids = list(documents)
    items = [{"id": name, "source_id": documents[name].source_id, "related": archive.related(name, limit)} for name in ids]
    text = json.dumps({"items": items}, ensure_ascii=False)
    if target is not None and str(target) != "-":
        with told_in_a_sentence(target, "written"):
            target.write_text(text, encoding="utf-8")
    elif target is not None:
        click.echo(text)
    elif everything:
        for item in items:
            click.echo(f"{item['id']}: {' '.join(item['related'])}")
    else:
        log = SheetLog(environment.sheet_log)
        for name in items[0]["related"]:
            if (facts := log.get(Kind.STORY, name, Story)) is not None:
                _show(story_item(facts))
