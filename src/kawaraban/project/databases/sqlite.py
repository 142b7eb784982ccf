"""The editorial database as a file in the data directory: one machine, one newsroom, nothing to administer."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kawaraban.project.databases.shapes import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kawaraban.project.databases.shapes import Copies

COPY_OF_POSTGRESQL = "newsroom.pgdump"
_WAIT_SECONDS = 30


@dataclass(frozen=True)
class SQLite:
    """A file."""

    path: Path
    kind: ClassVar[str] = "sqlite"

    def settings(self) -> dict[str, Any]:
        """Return what Django is told of it."""
        return {
            "ENGINE": "kawaraban.project.sqlite",
            "NAME": self.path,
            "OPTIONS": {
                # IMMEDIATE: a writer that waits for its turn never fails in the middle with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": _WAIT_SECONDS,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
            },
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": ":memory:"},
        }

    def look(self) -> None:
        """DatabaseError if the file is not there, or empty."""
        if not self.path.exists():
            raise DatabaseError(f"it is missing from {self.path.parent}")
        if not self.path.stat().st_size:
            # Whoever only connects makes one.
            raise DatabaseError("it holds no newspaper: begin one with 'kawaraban found', or restore one")

    def damages(self) -> list[tuple[str, str]]:
        """Have SQLite look through the file."""
        return damages_of(self.path)

    def one_printer(self) -> contextlib.AbstractContextManager[None]:
        """Nothing to see to: whoever runs the site in this directory has taken it."""
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def held_still(self, opened: contextlib.ExitStack) -> Iterator[Copies]:
        """Take the writers' turn. The file is copied as all of SQLite's files are."""
        if not self.path.exists():
            yield ()
            return
        gate = opened.enter_context(contextlib.closing(sqlite3.connect(self.path, isolation_level=None, timeout=_WAIT_SECONDS)))
        gate.execute("BEGIN IMMEDIATE")
        yield ()
        gate.execute("ROLLBACK")

    def look_empty(self) -> None:
        """Nothing to look at: where it is to lie is looked at as a whole."""

    def take_in(self, directory: Path) -> None:
        """DatabaseError if the backup's newsroom is PostgreSQL's; else its file lies where it has to already."""
        if (directory / COPY_OF_POSTGRESQL).exists():
            raise DatabaseError("its newsroom is in PostgreSQL: set KAWARABAN_DATABASE to an empty database")


def damages_of(path: Path) -> list[tuple[str, str]]:
    """Have SQLite look through one of its files; return (what, problem)."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    return [] if answer == "ok" else [(path.name, f"SQLite finds it damaged: {answer}")]
