"""The commands that run the planes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from urllib.parse import urlsplit

import click

from kawaraban.project.env import read_environment
from kawaraban.project.supervision import Supervisor, kawaraban_run


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Of the reader plane.")
@click.option("--newsroom-port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Of the newsroom.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address both listen on.")
@click.option("--role", type=click.Choice(["all", "newsroom", "reader"]), default="all", show_default=True, help="Which plane to run.")
def serve(port: int, newsroom_port: int, host: str, role: str) -> None:
    """Run both planes, or one of them, until Ctrl-C."""
    environment = read_environment()
    environment.make_directories()
    if role != "reader" and subprocess.run(kawaraban_run("migrations"), check=False).returncode:
        raise click.ClickException("the editorial database could not be brought up to date: see above")
    click.echo(f"Readers:  http://{host}:{port}/" if role != "newsroom" else "", nl=role != "newsroom")
    click.echo(f"Newsroom: http://{host}:{newsroom_port}/" if role != "reader" else "", nl=role != "reader")
    Supervisor(posts(port, newsroom_port, host, role, environment.reader_workers)).run()


def posts(port: int, newsroom_port: int, host: str, role: str = "all", reader_workers: int = 1) -> list[tuple[str, list[str]]]:
    """Return the processes of a site by name."""
    reader = [
        ("collector", kawaraban_run("collector")),
        ("search", kawaraban_run("search")),
        # Several share the port: the kernel deals connections out among them.
        *[(f"reader-{number}", kawaraban_run("reader", "--port", str(port), "--host", host)) for number in range(1, reader_workers + 1)],
    ]
    newsroom = [
        ("printer", kawaraban_run("printer")),
        ("newsroom", kawaraban_run("newsroom", "--port", str(newsroom_port), "--host", host)),
    ]
    return {"all": [*reader, *newsroom], "reader": reader, "newsroom": newsroom}[role]


@click.group(hidden=True)
def run() -> None:
    """Run a single process of a site, as a supervisor of your own would."""


@run.command()
def migrations() -> None:
    """Bring the editorial database up to date. In a process of its own: Django is not held for as long as the site runs."""
    from kawaraban.project.django import migrate, start_django

    start_django()
    migrate()


@run.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1")
def reader(port: int, host: str) -> None:
    """The reader server."""
    from kawaraban.delivery.serving import serve_readers, serve_with_granian
    from kawaraban.delivery.settings import reader_settings

    environment = read_environment()
    settings = reader_settings(
        sheet_log=environment.sheet_log,
        media_dir=environment.media_dir,
        related_store=environment.discovery_dir / "related.sqlite3",
        collector_socket=environment.collector_socket,
        search_socket=environment.search_socket,
        base_url=environment.base_url,
        trusted_proxies=environment.trusted_proxies,
    )
    start = serve_with_granian if environment.reader_server == "granian" else serve_readers
    start(settings, host=host, port=port)


@run.command()
def collector() -> None:
    """The collector of reads."""
    from kawaraban.audience.collector import run_collector

    environment = read_environment()
    environment.make_directories()
    # A referrer on the site's own name is no other site's.
    hosts = [host] if (host := urlsplit(environment.base_url).hostname) else []
    asyncio.run(run_collector(environment.collector_socket, environment.reads_dir, environment.sheet_log, own_hosts=hosts))


@run.command("search")
def search_process() -> None:
    """The search process."""
    from kawaraban.discovery.process import run_search

    environment = read_environment()
    environment.make_directories()
    asyncio.run(run_search(environment.search_socket, environment.sheet_log, environment.discovery_dir))


@run.command()
def printer() -> None:
    """The printer."""
    from kawaraban.project.django import start_django

    start_django()
    from kawaraban.press.printer import run_printer
    from kawaraban.sheetlog.log import SheetLog

    environment = read_environment()
    environment.make_directories()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    log = SheetLog(environment.sheet_log, writable=True)
    with contextlib.closing(log):
        run_printer(environment.printer_socket, log, stop.is_set)


@run.command()
@click.option("--port", default=8001, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1")
def newsroom(port: int, host: str) -> None:
    """The newsroom's server."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawaraban.project.settings")
    Granian(
        "kawaraban.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_access=False,
        websockets=False,
    ).serve()


@run.command("simulated-readers")
@click.option("--site", default="http://127.0.0.1:8000")
@click.option("--per-second", default=3.0, type=click.FloatRange(0.01, 1000))
def simulated_readers(site: str, per_second: float) -> None:
    """The demo's readers: they use nothing but pages and POST /read."""
    from kawaraban.demo.readers import read_forever

    read_forever(site, per_second)
