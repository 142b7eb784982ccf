"""The editorial database in PostgreSQL: on this machine or another, looked after by whoever looks after your databases."""

from __future__ import annotations

import contextlib
import os
import subprocess
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kawaraban.project.databases.shapes import DatabaseError
from kawaraban.project.databases.sqlite import COPY_OF_POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kawaraban.project.databases.shapes import Copies

# A publication takes milliseconds, a batch of an import some seconds.
_WAIT_SECONDS = 60
# A server that does not answer at all is told of soon, rather than when the network gives up.
_CONNECT_SECONDS = 10
_FAREWELL_SECONDS = 5
# Beside the numbers of the locks in kawaraban.project.postgresql.base.
_PRINTER = 0x6B617761_0003
_OUTBOX = "press_printjob"
_TABLES: LiteralString = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2
"""


class PostgreSQL:
    """A database at an address."""

    kind: ClassVar[str] = "postgresql"

    def __init__(self, address: str) -> None:
        self._address = address

    @cached_property
    def _parts(self) -> dict[str, Any]:
        return {"connect_timeout": _CONNECT_SECONDS, "application_name": "kawaraban", **conninfo_to_dict(self._address)}

    @property
    def _name(self) -> str:
        return f"the database {self._parts['dbname']}"

    def settings(self) -> dict[str, Any]:
        """Return what Django is told of it."""
        parts = dict(self._parts)
        own = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        return {
            "ENGINE": "kawaraban.project.postgresql",
            **{name: str(parts.pop(part, "")) for name, part in own.items()},
            "OPTIONS": parts,
            "CONN_MAX_AGE": None,
            # A server that was started again meanwhile costs nobody a failed request.
            "CONN_HEALTH_CHECKS": True,
        }

    def look(self) -> None:
        """DatabaseError if it cannot be reached or holds no newspaper."""
        with self._connection() as connection:
            self._find_outbox(connection)

    def damages(self) -> list[tuple[str, str]]:
        """Read every row of every table."""
        found = []
        with self._connection() as connection:
            for schema, table in connection.execute(_TABLES).fetchall():
                every_row = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
                try:
                    with connection.cursor() as cursor, cursor.copy(every_row) as rows:
                        for _ in rows:
                            pass
                except psycopg.Error as error:
                    found.append((table, f"PostgreSQL cannot read it: {_sentence(error)}"))
                    if connection.closed:
                        break
        return found

    @contextlib.contextmanager
    def one_printer(self) -> Iterator[None]:
        """Hold a lock that the server gives to one connection at a time, and takes back when that ends."""
        with contextlib.ExitStack() as held:
            connection = held.enter_context(self._connection())
            try:
                # One that was killed a moment ago may seem to live.
                connection.execute(sql.SQL("SET lock_timeout = {}").format(f"{_FAREWELL_SECONDS}s"))
                connection.execute("SELECT pg_advisory_lock(%s)", [_PRINTER])
            except psycopg.errors.LockNotAvailable as error:
                raise DatabaseError(
                    f"another printer prints what is published in {self._name}: run the newsroom on one machine only"
                ) from error
            yield

    @contextlib.contextmanager
    def held_still(self, opened: contextlib.ExitStack) -> Iterator[Copies]:
        """Keep everybody from the outbox, and see the whole database as it is meanwhile."""
        gate, moment = (opened.enter_context(self._connection()) for _ in range(2))
        self._find_outbox(gate)
        try:
            with gate.transaction():
                gate.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(f"{_WAIT_SECONDS}s"))
                # Who publishes writes a job before the change is there for others; so what is there from here on has its job, or is printed.
                gate.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(_OUTBOX)))
                moment.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                (snapshot,) = moment.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
                yield [(COPY_OF_POSTGRESQL, lambda path: self._dump(path, snapshot))]
        except psycopg.errors.LockNotAvailable as error:
            raise DatabaseError(f"{self._name} was written into for {_WAIT_SECONDS} s without a pause: try again later") from error

    def look_empty(self) -> None:
        """DatabaseError if it cannot be reached or holds a table."""
        with self._connection() as connection:
            if connection.execute(_TABLES).fetchone():
                raise DatabaseError(f"{self._name} is not empty: give KAWARABAN_DATABASE a new one, nothing is overwritten")

    def take_in(self, directory: Path) -> None:
        """Put the copy that lies there into the database, in one transaction, and take it away."""
        copy = directory / COPY_OF_POSTGRESQL
        if not copy.exists():
            raise DatabaseError("its newsroom is in SQLite: restore it without KAWARABAN_DATABASE, then move it over")
        self._run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={self._told}", copy)
        copy.unlink()

    # ------------------------------------------------------------------ its own programs

    def _dump(self, path: Path, snapshot: str) -> None:
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}"]
        self._run("pg_dump", *options, f"--dbname={self._told}")

    @property
    def _told(self) -> str:
        """The address as others on this machine may read it in a list of processes: without the password."""
        return make_conninfo("", **{part: value for part, value in self._parts.items() if part != "password"})

    def _run(self, program: str, *arguments: str | Path) -> None:
        environment = dict(os.environ)
        if "password" in self._parts:
            environment["PGPASSWORD"] = str(self._parts["password"])
        try:
            done = subprocess.run(
                [program, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            raise DatabaseError(f"{program} is not installed: install PostgreSQL's client programs, of the server's version") from error
        if done.returncode:
            raise DatabaseError(f"{program} failed on {self._name}: {done.stderr.strip()}")

    # ------------------------------------------------------------------ asking it

    @contextlib.contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Sequence[Any]]]:
        try:
            with psycopg.connect(**self._parts, autocommit=True) as connection:
                yield connection
        except psycopg.OperationalError as error:
            raise DatabaseError(f"{self._name} cannot be reached: {_sentence(error)}") from error

    def _find_outbox(self, connection: psycopg.Connection[Sequence[Any]]) -> None:
        if connection.execute("SELECT to_regclass(%s)", [_OUTBOX]).fetchone() == (None,):
            raise DatabaseError(f"{self._name} holds no newspaper: begin one with 'kawaraban found', or restore one")


def _sentence(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
