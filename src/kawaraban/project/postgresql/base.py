"""Django's connection to PostgreSQL, on which those who write take turns, as they do in SQLite.

A change in the newsroom is many rows that must agree: a page's path in the tree, the addresses below it, index entries, and the jobs that
wish it printed. PostgreSQL lets transactions run side by side, and two that each look right can be wrong together: two pages under one
path, a story under the address that its section had before. A newsroom is a dozen people, and a change takes milliseconds: one at a time is
quick enough, and leaves one way of working for both databases.

Nobody who only reads waits, and printing does not: see ``in_one_moment``.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from django.db import OperationalError, transaction
from django.db.backends.postgresql import base

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# Numbers that mean nothing to anybody else in the database. A turn ends with its transaction, however that ends.
TURN, MIGRATING = 0x6B617761_0001, 0x6B617761_0002
# As long as SQLite's writers wait for each other. A process that hangs in the middle of its turn is cut off, so that the others go on.
WAIT_SECONDS, HANGING_SECONDS = 30, 300
TRIES = 3
_BEGIN_TURN = f"""
SET LOCAL lock_timeout = '{WAIT_SECONDS}s';
SET LOCAL idle_in_transaction_session_timeout = '{HANGING_SECONDS}s';
SELECT pg_advisory_xact_lock({TURN});
"""
_BEGIN_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions take turns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begin = _BEGIN_TURN

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's own signature
        super()._set_autocommit(autocommit)  # type: ignore[misc] # its types leave it out
        if autocommit:
            return
        try:
            with self.wrap_database_errors:
                self.connection.execute(self._begin)
        except BaseException:
            # Django takes the transaction for one that never began.
            with contextlib.suppress(psycopg.Error):
                self.connection.rollback()
                self.connection.autocommit = True
            raise

    def in_one_moment(self, look: Callable[[], T]) -> T:
        """Return what ``look`` returns, which sees one consistent moment of the database, however much is written meanwhile.

        Nobody waits for it, and it for nobody. If it changes a row that another changed meanwhile, it is called again, and sees that.
        """
        if self.in_atomic_block:
            return look()
        for _ in range(TRIES):
            with contextlib.suppress(_OvertakenError):
                return self._once_in_one_moment(look)
        return self._once_in_one_moment(look)

    def _once_in_one_moment(self, look: Callable[[], T]) -> T:
        with contextlib.ExitStack() as moment:
            self._begin = _BEGIN_MOMENT
            try:
                moment.enter_context(transaction.atomic(using=self.alias))
            finally:
                self._begin = _BEGIN_TURN
            try:
                return look()
            except OperationalError as error:
                if isinstance(error.__cause__, psycopg.errors.SerializationFailure):
                    raise _OvertakenError(*error.args) from error
                raise


class _OvertakenError(OperationalError):
    """Another changed the same row meanwhile."""
