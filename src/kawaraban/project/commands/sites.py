"""What commands look for before they begin, and how they say that a file is in the way."""

from __future__ import annotations

import contextlib
import zlib
from typing import TYPE_CHECKING

import click

from kawaraban.project.databases import editorial_database
from kawaraban.project.databases.shapes import DatabaseError
from kawaraban.project.env import Environment, read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def printed_site() -> Environment:
    """Return the environment of a site of which something is printed; ClickException if there is none."""
    environment = read_environment()
    if not environment.sheet_log.exists():
        raise click.ClickException(
            f"nothing is printed in {environment.data}: set KAWARABAN_DATA to a site's directory, or run 'kawaraban print' first"
        )
    return environment


def open_newsroom() -> Environment:
    """Start Django over a newspaper that stands, and return the environment; ClickException if none of this version does."""
    from kawaraban.project.django import is_of_this_version, start_django

    environment = read_environment()
    if environment.database:
        # A server that is away may come back: that has an exit status of its own.
        start_django()
    try:
        editorial_database(environment).look()
    except DatabaseError as error:
        raise click.ClickException(f"there is no newspaper in {environment.data}: {error}") from error
    start_django()
    if not is_of_this_version():
        raise click.ClickException(
            f"the newspaper in {environment.data} is of an older version: start its site once, with 'kawaraban serve', which brings it to this one"
        )
    return environment


@contextlib.contextmanager
def told_in_a_sentence(path: Path, what: str) -> Iterator[None]:
    """Say that a file cannot be ``what`` ("read", "written") instead of showing where in the program that was."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} cannot be {what}: it is not UTF-8 (byte {error.start})") from error
    except (OSError, EOFError, zlib.error) as error:
        raise click.ClickException(f"{path} cannot be {what}: {getattr(error, 'strerror', None) or error}") from error
