"""The commands of the newsroom's own work: print, check."""

from __future__ import annotations

import json

import click
from rich.console import Console

from kawaraban.project.commands.printing import print_outbox
from kawaraban.project.commands.sites import open_newsroom
from kawaraban.project.env import read_environment
from kawaraban.sheetlog.log import SheetLog


@click.command("print")
@click.option("--all", "everything", is_flag=True, help="Everything that there is, not only what waits.")
def print_(everything: bool) -> None:  # noqa: FBT001
    """Print what waits in the outbox, or everything; readers see old or new, never a mix."""
    environment = open_newsroom()
    from kawaraban.press.actions import ask_to_print_everything

    if everything:
        ask_to_print_everything()
    print_outbox(Console(stderr=True), SheetLog(environment.sheet_log, writable=True))


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
