"""The commands about what is read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kawaraban.audience.shapes import WINDOWS
from kawaraban.project.commands.sites import printed_site


@click.command()
@click.option("--window", type=click.Choice(WINDOWS), default="24h", show_default=True)
@click.option("--section", default="", help="A section's slug.")
@click.option("--language", default="", help="An edition's language.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 50))
@click.option("--at", help="A moment of the past, in RFC 3339; else now.")
@click.option("--json", "as_json", is_flag=True, help="Answer as /live/ranking.json does.")
def ranking(window: str, section: str, language: str, limit: int, at: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Show what is read most, now or at any moment of the past, from the log of reads."""
    from kawaraban.audience.replay import moment_of, ranking_at
    from kawaraban.delivery.live import story_item
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Kind, Story

    try:
        moment = moment_of(at) if at else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    environment = printed_site()
    rows = ranking_at(environment.reads_dir, environment.sheet_log, window, moment, section=section, language=language)
    log = SheetLog(environment.sheet_log)
    items = [
        {**story_item(story), "rank": row.rank, "score": row.score, "reads": row.reads, "filled": row.filled}
        for row in rows[:limit]
        if (story := log.get(Kind.STORY, row.story, Story)) is not None
    ]
    if as_json:
        click.echo(json.dumps({"items": items, "window": window}, ensure_ascii=False))
        return
    for item in items:
        click.echo(f"{item['rank']:>3}  {item['score']:>9}  {item['title']}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="Seconds of the data in one of ours; else as fast as it goes.")
@click.option("--json", "as_json", is_flag=True, help="Write the outcome as JSON.")
def replay(file: Path, speed: float | None, as_json: bool) -> None:  # noqa: FBT001
    """Feed the clicks in FILE through the real steps, with the clock of the data.

    FILE holds JSON Lines (at, story, visitor, ua) or a web server's log in the combined format.

    The collector must not be running: the replay writes into its log.
    """
    from kawaraban.audience.readlog import LogIsTakenError
    from kawaraban.audience.replay import replay_file

    environment = printed_site()
    environment.make_directories()
    try:
        outcome = replay_file(file, reads_dir=environment.reads_dir, sheet_log=environment.sheet_log, speed=speed)
    except LogIsTakenError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
    else:
        click.echo(outcome.sentence())
        for problem in outcome.problems[:20]:
            click.echo(problem, err=True)
    if outcome.problems:
        raise SystemExit(1)
