"""SQLite as the newsroom's database: writers take turns, and who only looks takes none.

Every transaction begins by taking the writers' turn (IMMEDIATE), so that none fails in the middle. A round of the press reads for a
good part of a second: it would keep editors and imports waiting, and wait for them, if it took a turn as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import OperationalError, transaction
from django.db.backends.sqlite3 import base

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, which can look at one moment."""

    def in_one_moment(self, look: Callable[[], T]) -> T:
        """Return what ``look`` returns, which sees one consistent moment of the database, however much is written meanwhile.

        If it writes something itself and another wrote meanwhile, it is called again, in the writers' turn.
        """
        if self.in_atomic_block:
            return look()
        try:
            return self._without_a_turn(look)
        except OperationalError as error:
            if not getattr(error.__cause__, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise
        with transaction.atomic(using=self.alias):
            return look()

    def _without_a_turn(self, look: Callable[[], T]) -> T:
        turn: str = self.transaction_mode  # type: ignore[has-type] # Django sets it when it connects
        self.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic(using=self.alias):
                return look()
        finally:
            self.transaction_mode = turn
