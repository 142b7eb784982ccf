"""Servers that the bench of reads puts beside ours. Run as ``python bench/views.py nothing|update|counters|plugin PORT [DATABASE]``.

``nothing`` answers every POST with 204 at once, by our own HTTP server: no read can be taken faster. The others are a view of Django's
over a database (a file of SQLite's, or postgresql://…), with no middleware, one process, and connections that stay open. Every commit is on
disk before it is answered, as ours are. ``update`` is the least that can be called a counter in SQL: one UPDATE of one total. ``counters`` is
the least from which "most read today" can be told: an UPDATE of the total and one of the day's, each committed by itself, for WordPress opens
no transaction. ``plugin`` asks and writes, statement by statement, what a WordPress site with the plugin "WordPress Popular Posts" does for
each view by its default settings:

- the options that are loaded with every request, here 150 of them with 60 KB (WordPress, which has no object cache by default);
- the post, to know its type: the whole row, here with a text of 3 KB;
- INSERT … ON DUPLICATE KEY UPDATE of the post's total, committed by itself;
- INSERT of a row into the table of views by the day, which has an index each of post, day and moment, committed likewise.

What is left out is in the plugin's favour: WordPress and its plugins are started anew for each request, the request is checked and
answered in JSON by WordPress' REST server, and the table of views is not that of a month, but empty.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TABLES = (
    "CREATE TABLE views (story VARCHAR(40) PRIMARY KEY, views INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE days (story VARCHAR(40), day DATE, views INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (story, day))",
    "CREATE TABLE options (id INTEGER PRIMARY KEY, name VARCHAR(191) UNIQUE, value TEXT NOT NULL, autoload VARCHAR(20) NOT NULL)",
    "CREATE INDEX options_autoload ON options (autoload)",
    "CREATE TABLE posts (id BIGINT PRIMARY KEY, type VARCHAR(20) NOT NULL, status VARCHAR(20) NOT NULL, title TEXT, content TEXT)",
    "CREATE TABLE totals (post BIGINT PRIMARY KEY, day TIMESTAMP NOT NULL, last_viewed TIMESTAMP NOT NULL, views BIGINT NOT NULL)",
    "CREATE TABLE viewed ({id}, post BIGINT NOT NULL, views BIGINT NOT NULL, day DATE NOT NULL, moment TIMESTAMP NOT NULL)",
    "CREATE INDEX viewed_post ON viewed (post)",
    "CREATE INDEX viewed_day ON viewed (day)",
    "CREATE INDEX viewed_moment ON viewed (moment)",
)
OPTIONS, OPTION_BYTES, POST_BYTES = 150, 400, 3000
DATABASE, KIND = "KAWARABAN_BENCH_DATABASE", "KAWARABAN_BENCH_VIEW"
OF_STORY = "UPDATE views SET views = views + 1 WHERE story = %s"
OF_DAY = "UPDATE days SET views = views + 1 WHERE story = %s AND day = '2026-11-28'"
OF_OPTIONS = "SELECT name, value FROM options WHERE autoload IN ('yes', 'on', 'auto-on', 'auto')"
OF_POST = "SELECT * FROM posts WHERE id = %s LIMIT 1"
OF_TOTAL = """INSERT INTO totals (post, day, last_viewed, views) VALUES (%s, %s, %s, 1)
ON CONFLICT (post) DO UPDATE SET views = totals.views + 1, last_viewed = excluded.last_viewed"""
OF_VIEW = "INSERT INTO viewed (post, views, day, moment) VALUES (%s, 1, %s, %s)"


def make_tables(database: str, stories: list[str]) -> None:
    """Make the tables of both kinds of view with a row for each story."""
    names, posts = [(name,) for name in stories], [(number_of(name), "字" * (POST_BYTES // 3)) for name in stories]
    options = [(number, f"option_{number}", "x" * OPTION_BYTES) for number in range(OPTIONS)]
    rows = (
        ("INSERT INTO views (story) VALUES (%s)", names),
        ("INSERT INTO days (story, day) VALUES (%s, '2026-11-28')", names),
        ("INSERT INTO posts VALUES (%s, 'post', 'publish', '見出し', %s)", posts),
        ("INSERT INTO options VALUES (%s, %s, %s, 'on')", options),
    )
    if not is_postgresql(database):
        with sqlite3.connect(database) as db:
            for table in TABLES:
                db.execute(table.format(id="id INTEGER PRIMARY KEY AUTOINCREMENT"))
            for insert, those in rows:
                db.executemany(insert.replace("%s", "?"), those)
        db.close()
        return
    import psycopg

    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table.format(id="id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"))
        for insert, those in rows:
            cursor.executemany(insert, those)


def number_of(story: str) -> int:
    return int(story.removeprefix("s"))


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
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def update(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(OF_STORY, [json.loads(request.body)["story"]])
        return HttpResponse(status=204)

    def counters(request: HttpRequest) -> HttpResponse:
        story = json.loads(request.body)["story"]
        with connection.cursor() as cursor:
            # Each by itself: Django commits after every statement where no transaction is asked for.
            cursor.execute(OF_STORY, [story])
            cursor.execute(OF_DAY, [story])
        return HttpResponse(status=204)

    def plugin(request: HttpRequest) -> HttpResponse:
        post = number_of(json.loads(request.body)["story"])
        with connection.cursor() as cursor:
            cursor.execute(OF_OPTIONS)
            options = dict(cursor.fetchall())
            cursor.execute(OF_POST, [post])
            if len(options) != OPTIONS or cursor.fetchone() is None:
                return HttpResponse(status=404)
            now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
            # Likewise.
            cursor.execute(OF_TOTAL, [post, now, now])
            cursor.execute(OF_VIEW, [post, now.date(), now])
        return HttpResponse(status=201)

    read = {"update": update, "counters": counters, "plugin": plugin}[os.environ[KIND]]
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


def serve_views(kind: str, database: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    os.environ[DATABASE], os.environ[KIND] = database, kind
    # As many as each is quickest with: PostgreSQL syncs once for several commits; in SQLite, which takes one after the other, one view
    # is read and answered while another is synced.
    threads = 4 if is_postgresql(database) else 2
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
    kind, number = sys.argv[1], int(sys.argv[2])
    if kind == "nothing":
        import uvloop

        asyncio.Runner(loop_factory=uvloop.new_event_loop).run(serve_nothing(number))
    else:
        serve_views(kind, sys.argv[3], number)
