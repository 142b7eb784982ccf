"""The editorial database: SQLite's file in the data directory, or PostgreSQL. What the two do differently stands here, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.project.databases.sqlite import SQLite

if TYPE_CHECKING:
    from kawaraban.project.databases.shapes import EditorialDatabase
    from kawaraban.project.env import Environment


def editorial_database(environment: Environment) -> EditorialDatabase:
    """Return the database that the environment names."""
    if not environment.database:
        return SQLite(environment.newsroom_dir / "newsroom.sqlite3")
    from kawaraban.project.databases.postgresql import PostgreSQL

    return PostgreSQL(environment.database)
