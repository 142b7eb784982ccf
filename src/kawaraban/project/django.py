"""Starting Django inside a command."""

from __future__ import annotations

import contextlib
import gc
import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


# Objects made, rounds of the young, rounds of the middle.
_SELDOM = (100_000, 20, 100)


class UnreachableError(click.ClickException):
    """The newsroom's database cannot be reached now. Its exit status says that it may be tried again (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75


def start_django() -> None:
    """Load the newsroom plane into this process; UnreachableError if its database cannot be reached."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawaraban.project.settings")
    import django

    django.setup()
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise UnreachableError(f"the newsroom's database cannot be reached: {' '.join(str(error).split())}") from error


def migrate() -> None:
    """Bring the editorial database to this version; quick when it is there already."""
    from django.core.management import call_command

    with _alone(), _seldom_collected():
        call_command("migrate", verbosity=0, interactive=False)


def is_of_this_version() -> bool:
    """Whether the editorial database has all that this version asks of it."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Have Python look for cycles seldom: migrations make classes by the thousand, and to go through them was a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """On PostgreSQL, wait for other commands that do the same: each would find the same tables missing, and make them."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    from kawaraban.project.postgresql.base import MIGRATING

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
