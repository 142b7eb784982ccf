"""The commands that bring the registry of names in and hand it out, as CSV."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kawaraban.project.commands.sites import open_newsroom, told_in_a_sentence

_LINES_TOLD = 20


@click.group()
def names() -> None:
    """The registry of names, as CSV: the same file as on the newsroom's screen."""


@names.command("import")
@click.argument("file", metavar="FILE|-")
def import_names(file: str) -> None:
    """Add the names of a CSV FILE (UTF-8; - for standard input), or change those that are known.

    Asked again for the same, it changes nothing. Lines that are no names are told with line and column, and the others come; exit status
    1 if there is such a line.
    """
    source = Path("standard input" if file == "-" else file)
    with told_in_a_sentence(source, "read"):
        text = (sys.stdin.buffer.read() if file == "-" else source.read_bytes()).decode("utf-8-sig")
    open_newsroom()
    from kawaraban.language import registry_csv
    from kawaraban.newsroom.actions.register_names import register_names

    entries, faults = registry_csv.read(text)
    done = register_names(entries=entries, actor=None)
    click.echo(f"{done.added} added, {done.changed} changed, {done.unchanged} as they were")
    for fault in faults[:_LINES_TOLD]:
        why = f"longer than {fault.longest} characters: " if fault.longest else ""
        click.echo(f"{source}, line {fault.line}, column {fault.column}: {why}“{fault.value}”", err=True)
    if len(faults) > _LINES_TOLD:
        click.echo(f"and {len(faults) - _LINES_TOLD} more lines", err=True)
    if faults:
        raise SystemExit(1)


@names.command("export")
@click.argument("file", metavar="[FILE|-]", default="-")
def export_names(file: str) -> None:
    """Write the whole registry into a CSV FILE, or to standard output, as it can be brought in again."""
    open_newsroom()
    from kawaraban.language import registry_csv
    from kawaraban.newsroom.queries.names import registry

    text = registry_csv.write(registry())
    if file == "-":
        click.echo(text, nl=False)
        return
    with told_in_a_sentence(Path(file), "written"):
        # With a mark of UTF-8 in front: spreadsheets would take Japanese for something else.
        Path(file).write_text(text, encoding="utf-8-sig", newline="")
