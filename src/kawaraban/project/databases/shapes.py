"""What a site asks of its editorial database beside Django's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager, ExitStack
    from pathlib import Path

    # (a file's name below ``newsroom/``, what writes it)
    Copies = Sequence[tuple[str, Callable[[Path], None]]]


class DatabaseError(Exception):
    """The database cannot be used; the message says which, why, and what to do."""


class EditorialDatabase(Protocol):
    """SQLite's file, or PostgreSQL."""

    @property
    def kind(self) -> str:
        """Name the kind, as modules that exist for each are named."""

    def settings(self) -> dict[str, Any]:
        """Return what Django is told of it."""

    def look(self) -> None:
        """DatabaseError if it is not there."""

    def damages(self) -> list[tuple[str, str]]:
        """Read everything in it; return (what, problem)."""

    def one_printer(self) -> AbstractContextManager[None]:
        """Be the one printer of this database; DatabaseError if another machine's is. Each would print half of what is asked for."""

    def held_still(self, opened: ExitStack) -> AbstractContextManager[Copies]:
        """Hold it still: while this is entered nobody publishes, and no job leaves the outbox.

        Returns what makes copies as of this moment, for as long as ``opened`` is; nothing if the database lies in the data directory.
        DatabaseError if it cannot be done.
        """

    def look_empty(self) -> None:
        """DatabaseError if a backup cannot be put into it, such as for its holding something."""

    def take_in(self, directory: Path) -> None:
        """Take what a backup holds of the newsroom, whole or not at all; DatabaseError if that fails."""
