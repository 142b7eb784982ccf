"""The ``kawaraban`` command. Exit status: 0 done, 1 the work failed, 2 the words are off.

Each command imports the rooms it needs when it runs, so that the reader plane's commands never load Django.
"""

from __future__ import annotations

import sys

import click

from kawaraban import __version__
from kawaraban.project.commands.bring import export, import_
from kawaraban.project.commands.carry import collector, follower, forwarder
from kawaraban.project.commands.demo import demo
from kawaraban.project.commands.desk import check, print_
from kawaraban.project.commands.find import related, search
from kawaraban.project.commands.found import found
from kawaraban.project.commands.keep import backup, restore
from kawaraban.project.commands.names import names
from kawaraban.project.commands.nginx import nginx
from kawaraban.project.commands.proof import proof
from kawaraban.project.commands.read import audience, ranking, replay
from kawaraban.project.commands.run import run, serve
from kawaraban.project.env import WrongSettingError


class Failed(click.ClickException):
    """The work failed, for a reason that stands in the message."""

    exit_code = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kawaraban")
def cli() -> None:
    """Kawaraban: a newsroom writes, the press prints, readers read."""


for command in (
    demo,
    found,
    serve,
    run,
    import_,
    export,
    search,
    related,
    ranking,
    replay,
    audience,
    proof,
    names,
    print_,
    check,
    backup,
    restore,
    nginx,
):
    cli.add_command(command)
for process in (collector, forwarder, follower):
    run.add_command(process)


def main() -> None:
    """Run the command line."""
    try:
        cli.main(standalone_mode=True)
    except WrongSettingError as error:
        click.echo(f"kawaraban: {error}", err=True)
        sys.exit(2)
