"""Servers that the bench of reads puts beside ours. Run as ``python bench/views.py nothing|DATABASE PORT``.

``nothing`` answers every POST with 204 at once, by our own HTTP server: no read can be taken faster. Otherwise a view of Django's does
what a popular-posts plugin does for each view, in the database that is named (a file of SQLite's, or postgresql://…): one UPDATE of a
total, one of the day's, one durable commit.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sqlite3
import sys
from pathlib import Path
from typing import Any

TABLES = (
    "CREATE TABLE views (story VARCHAR(40) PRIMARY KEY, views INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE days (story VARCHAR(40), day DATE, views INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (story, day))",
)
DATABASE = "KAWARABAN_BENCH_DATABASE"
PER_VIEW = (
    "UPDATE views SET views = views + 1 WHERE story = %s",
    "UPDATE days SET views = views + 1 WHERE story = %s AND day = '2026-11-28'",
)


def make_tables(database: str, stories: list[str]) -> None:
    """Make the plugin's tables with a row for each story."""
    rows = [(name,) for name in stories]
    if not is_postgresql(database):
        with sqlite3.connect(database) as db:
            for table in TABLES:
                db.execute(table)
            db.executemany("INSERT INTO views (story) VALUES (?)", rows)
            db.executemany("INSERT INTO days (story, day) VALUES (?, '2026-11-28')", rows)
        db.close()
        return
    import psycopg

    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table)
        cursor.executemany("INSERT INTO views (story) VALUES (%s)", rows)
        cursor.executemany("INSERT INTO days (story, day) VALUES (%s, '2026-11-28')", rows)


def is_postgresql(database: str) -> bool:
    return database.startswith("postgresql:")


def settings_of(database: str) -> dict[str, Any]:
    if not is_postgresql(database):
        options = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", "transaction_mode": "IMMEDIATE"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": database, "CONN_MAX_AGE": None, "OPTIONS": options}
    from psycopg.conninfo import conninfo_to_dict

    told = conninfo_to_dict(database)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told["dbname"],
        "USER": told["user"],
        "HOST": told["host"],
        "CONN_MAX_AGE": None,
    }


def application() -> Any:
    """Make the view's application; Granian calls this in its worker."""
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection, transaction
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def read(request: HttpRequest) -> HttpResponse:
        story = json.loads(request.body)["story"]
        with transaction.atomic(), connection.cursor() as cursor:
            for update in PER_VIEW:
                cursor.execute(update, [story])
        return HttpResponse(status=204)

    sys.modules["views_urls"] = type(sys)("views_urls")
    sys.modules["views_urls"].urlpatterns = [path("read", read)]  # type: ignore[attr-defined]
    settings.configure(
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="views_urls",
        SECRET_KEY=secrets.token_hex(),
        DATABASES={"default": settings_of(os.environ[DATABASE])},
    )
    django.setup()
    return get_wsgi_application()


def serve_views(database: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    os.environ[DATABASE] = database
    # PostgreSQL takes several at once; SQLite one after the other, whoever asks.
    threads = 4 if is_postgresql(database) else 1
    Granian(
        "views:application",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        log_enabled=False,
        working_dir=Path(__file__).parent,
    ).serve()


class Nothing:
    """Answers every POST at once."""

    is_late = False

    def ready(self, target: bytes, headers: dict[bytes, bytes], *, head: bool) -> tuple[int, tuple[bytes, ...]]:
        return 200, (b"content-length: 0\r\n\r\n",)

    def hand_on(self, request: Any, client: str, answered: Any) -> bool:
        answered(request, 204, (b"cache-control: no-store\r\n\r\n",))
        return True

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        proto.response_empty(404, [])


async def serve_nothing(port: int) -> None:
    from kawaraban.delivery.http1 import Connection
    from kawaraban.delivery.server import Server

    server = Server(Nothing(), 1000)
    await asyncio.get_running_loop().create_server(lambda: Connection(server), "127.0.0.1", port)
    await server.keep_time()


if __name__ == "__main__":
    what, number = sys.argv[1], int(sys.argv[2])
    if what == "nothing":
        import uvloop

        asyncio.Runner(loop_factory=uvloop.new_event_loop).run(serve_nothing(number))
    else:
        serve_views(what, number)
