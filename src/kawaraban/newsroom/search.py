"""The newsroom's own search (a first form: Wagtail's)."""

from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchBackend as SearchBackend

__all__ = ["SearchBackend"]
