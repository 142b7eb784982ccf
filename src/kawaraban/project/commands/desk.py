"""The commands of the newsroom's own work: in, out, print, check."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kawaraban.project.commands.sites import open_newsroom, told_in_a_sentence
from kawaraban.project.env import read_environment
from kawaraban.sheetlog.log import SheetLog

FORMATS = ("jsonl",)
LONGEST_SOURCE = 60


@click.command("import")
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "source_name", default="", help="A name for where the stories come from; else the format's.")
@click.option("--language", type=click.Choice(["ja", "ko", "en"]), default="ja", show_default=True, help="Where a story says none.")
@click.option("--no-print", is_flag=True, help="Hand new stories to search only; print --all makes their pages later.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def import_(format_: str, source: Path, source_name: str, language: str, no_print: bool, as_json: bool) -> None:  # noqa: FBT001
    """Bring stories in from SOURCE and publish them."""
    if len(source_name) > LONGEST_SOURCE:
        raise click.UsageError(f"--source has {len(source_name)} characters: at most {LONGEST_SOURCE} can be kept.")
    from kawaraban.project.django import migrate, start_django

    start_django()
    migrate()
    from kawaraban.exchange.formats.jsonl.importing import import_file

    environment = read_environment()
    environment.make_directories()
    console = Console(stderr=True)
    with told_in_a_sentence(source, "read"), _progress(console) as progress:
        task = progress.add_task("Importing", total=None)
        report = import_file(
            source,
            source_name=source_name or format_,
            language=language,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if no_print:
        from kawaraban.pages.documents import hand_over_documents

        hand_over_documents(SheetLog(environment.sheet_log, writable=True))
    elif not environment.printer_socket.exists():
        _print_outbox(console, SheetLog(environment.sheet_log, writable=True))
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        click.echo(report.sentence())
        for problem in report.problems:
            click.echo(problem, err=True)
    if report.problems:
        raise SystemExit(1)


@click.command("print")
@click.option("--all", "everything", is_flag=True, help="Everything that there is, not only what waits.")
def print_(everything: bool) -> None:  # noqa: FBT001
    """Print what waits in the outbox, or everything; readers see old or new, never a mix."""
    environment = open_newsroom()
    from kawaraban.press.actions import ask_to_print_everything

    if everything:
        ask_to_print_everything()
    _print_outbox(Console(stderr=True), SheetLog(environment.sheet_log, writable=True))


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(["jsonl"]))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def export(format_: str, target: Path) -> None:
    """Write all published stories to TARGET."""
    open_newsroom()
    from kawaraban.exchange.formats.jsonl.exporting import export_file

    with told_in_a_sentence(target, "written"):
        count = export_file(target)
    click.echo(f"{count} stories written to {target}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def check(as_json: bool) -> None:  # noqa: FBT001
    """Look whether the site is whole: databases, sheet log, media; say what is wrong."""
    from kawaraban.project.django import start_django

    start_django()
    from kawaraban.project.checking import findings

    found = findings(read_environment())
    if as_json:
        click.echo(json.dumps({"items": [{"what": what, "problem": problem} for what, problem in found]}, ensure_ascii=False))
    else:
        for what, problem in found:
            click.echo(f"{what}: {problem}")
        if not found:
            click.echo("Everything is whole.")
    if found:
        raise SystemExit(1)


def _print_outbox(console: Console, log: SheetLog) -> None:
    from kawaraban.press.models import PrintJob
    from kawaraban.press.printing import print_round, work_slowly
    from kawaraban.press.statistics import refresh_statistics

    refresh_statistics()
    with _progress(console) as progress:
        task = progress.add_task("Printing", total=PrintJob.objects.count())
        printed = 0
        while jobs := print_round(log).jobs or int(work_slowly()):
            printed += jobs
            # Slow work asks for more to be printed: the whole grows.
            progress.update(task, completed=printed, total=printed + PrintJob.objects.count())
    log.close()


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=console
    )
