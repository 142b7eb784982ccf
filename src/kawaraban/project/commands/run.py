"""The commands that run the planes."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import subprocess
import threading
from functools import partial
from typing import TYPE_CHECKING

import click
from msgspec import structs

from kawaraban.delivery import vitals
from kawaraban.delivery.door import open_door
from kawaraban.project.databases import editorial_database
from kawaraban.project.databases.shapes import DatabaseError
from kawaraban.project.django import UnreachableError
from kawaraban.project.env import read_environment
from kawaraban.project.logs import configuration, set_up_logs
from kawaraban.project.supervision import (
    NOTICES,
    READY_WITHIN_SECONDS,
    AlreadyRunningError,
    Notice,
    Post,
    Supervisor,
    ask_to_reload,
    end_with_supervisor,
    kawaraban_run,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from kawaraban.project.env import Environment


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Of the reader plane.")
@click.option("--newsroom-port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Of the newsroom.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address both listen on.")
@click.option("--role", type=click.Choice(["all", "newsroom", "reader"]), default="all", show_default=True, help="Which plane to run.")
@click.option("--bus", default="", help="Where the planes meet when they run on several machines; else KAWARABAN_BUS.")
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Tell Prometheus there, on the loopback; else KAWARABAN_METRICS_PORT.")
@click.option("--reload-readers", is_flag=True, help="Have the site that runs replace its reader servers, without losing a request.")
def serve(
    port: int,
    newsroom_port: int,
    host: str,
    role: str,
    bus: str,
    metrics_port: int | None,
    reload_readers: bool,  # noqa: FBT001
) -> None:
    """Run both planes, or one of them, until Ctrl-C."""
    if bus:
        os.environ["KAWARABAN_BUS"] = bus
    environment = read_environment()
    if environment.bus and role == "all":
        raise click.UsageError("With a bus the planes run apart: say --role newsroom or --role reader.")
    environment.make_directories()
    if reload_readers:
        _reload_readers(environment)
        return
    set_up_logs(environment.log_format)
    notice = taken_notice(environment, role)
    if role != "reader":
        # A server that is away keeps nobody from reading: the newsroom works when it is back.
        status = subprocess.run(kawaraban_run("migrations"), check=False).returncode
        if status not in {0, UnreachableError.exit_code}:
            raise click.ClickException("the editorial database could not be brought up to date: see above")
    jobs = posts(environment, port, newsroom_port, host, role)
    if metrics_port or environment.metrics_port:
        jobs.append(Post("metrics", kawaraban_run("metrics", "--port", str(metrics_port or environment.metrics_port))))
    click.echo(f"Readers:  http://{host}:{port}/" if role != "newsroom" else "", nl=role != "newsroom")
    click.echo(f"Newsroom: http://{host}:{newsroom_port}/" if role != "reader" else "", nl=role != "reader")
    Supervisor(jobs, notice).run()


def posts(environment: Environment, port: int, newsroom_port: int, host: str, role: str = "all") -> list[Post]:
    """Return the processes of a site. The readers' door is opened here: who knocks from now on waits for the first that serves."""
    newsroom = [
        Post("printer", kawaraban_run("printer")),
        Post("newsroom", kawaraban_run("newsroom", "--port", str(newsroom_port), "--host", host)),
    ]
    reader = [Post("collector", kawaraban_run("collector")), Post("search", kawaraban_run("search"))]
    if environment.bus:
        newsroom += [Post("collector", kawaraban_run("collector", "--of-all-nodes")), Post("forwarder", kawaraban_run("forwarder"))]
        reader.insert(0, Post("follower", kawaraban_run("follower")))
    if role == "newsroom":
        return newsroom
    words = kawaraban_run("reader", "--port", str(port), "--host", host)
    door, is_ready = None, None
    # Granian opens its own.
    if environment.reader_server == "own":
        is_ready = partial(vitals.is_ready, environment.socket_dir)
        door = ask_for_door(host, port, "--port")
    # Several share the door: whoever is free takes the next reader in.
    reader += [Post(f"reader-{number}", words, door, is_ready) for number in range(1, environment.reader_workers + 1)]
    if environment.purge:
        reader.append(Post("purger", kawaraban_run("purger")))
    return reader if role == "reader" else [*reader, *newsroom]


def ask_for_door(host: str, port: int, option: str) -> socket.socket:
    """Open a door; ClickException with the option that names another port if somebody stands there."""
    try:
        return open_door(host, port)
    except OSError as error:
        why = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror
        raise click.ClickException(f"nobody can listen on {host}, port {port}: {why}. {option} names another") from error


def taken_notice(environment: Environment, role: str) -> Notice:
    """Take the notice of who runs the site, or this plane of it; ClickException if somebody does already."""
    notices = {name: Notice.of(environment.socket_dir, name) for name in NOTICES}
    for name, notice in notices.items():
        if (role == "all" or name in {"all", role}) and notice.holds():
            raise click.ClickException(notice.who)
    try:
        notices[role].take()
    except AlreadyRunningError as error:
        raise click.ClickException(str(error)) from error
    return notices[role]


def _reload_readers(environment: Environment) -> None:
    notices = [Notice.of(environment.socket_dir, name) for name in ("all", "reader")]
    notice = next((notice for notice in notices if notice.holds()), notices[0])
    problem = ask_to_reload(notice, READY_WITHIN_SECONDS + 10)
    if problem:
        raise click.ClickException(f"the readers were not reloaded: {problem}")
    click.echo("New reader servers have taken over; the old ones let their last readers go.")


@click.group(hidden=True)
def run() -> None:
    """Run a single process of a site, as a supervisor of your own would."""
    end_with_supervisor()
    set_up_logs(read_environment().log_format)


@run.command()
def migrations() -> None:
    """Bring the editorial database up to date. In a process of its own: Django is not held for as long as the site runs."""
    from kawaraban.project.django import migrate, start_django

    start_django()
    migrate()
    from kawaraban.newsroom.models import FrontPage

    if not FrontPage.objects.exists():
        click.echo("There is no newspaper here yet: 'kawaraban found' begins one. Is KAWARABAN_DATA right?", err=True)


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
    settings = structs.replace(
        settings,
        processes_dir=str(environment.socket_dir),
        access_log=environment.access_log,
        hot_files=str(environment.hot_files or ""),
        cache_bytes=environment.reader_cache_mb * 1024 * 1024,
        strict_seconds=environment.hsts_seconds,
        cache_tags=environment.purge.startswith("cloudflare"),
        staff_networks=environment.staff_networks,
        read_opt_out=environment.read_opt_out,
        bot_header=environment.bot_header,
    )
    start = serve_with_granian if environment.reader_server == "granian" else serve_readers
    start(settings, host=host, port=port)


@run.command("search")
def search_process() -> None:
    """The search process."""
    from kawaraban.audience.together import ReadTogether
    from kawaraban.discovery.process import run_search

    environment = read_environment()
    environment.make_directories()
    together = ReadTogether(environment.reads_dir, environment.read_together)
    asyncio.run(run_search(environment.search_socket, environment.sheet_log, environment.discovery_dir, together=together))


@run.command()
def purger() -> None:
    """The purger of the caches in front of us."""
    import httpx

    from kawaraban.delivery.purging import Purger, cache_of

    environment = read_environment()
    environment.make_directories()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with httpx.Client() as client:
        cache = cache_of(environment.purge, environment.purge_token, environment.base_url, client)
        Purger(environment.sheet_log, environment.public_dir / "purged", cache).run(stop.is_set)


@run.command()
def printer() -> None:
    """The printer."""
    from kawaraban.project.django import migrate, start_django

    environment = read_environment()
    environment.make_directories()
    start_django()
    if environment.database:
        # Its server may have been away when the site was started.
        migrate()
    from kawaraban.press.printer import run_printer
    from kawaraban.sheetlog.log import SheetLog

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    log = SheetLog(environment.sheet_log, writable=True)
    with contextlib.closing(log), _as_only_printer(environment):
        # Into a log that nobody follows any more nothing is printed: started again, the printer finds the one that stands there.
        run_printer(environment.printer_socket, log, lambda: stop.is_set() or log.is_replaced())


@contextlib.contextmanager
def _as_only_printer(environment: Environment) -> Iterator[None]:
    try:
        with editorial_database(environment).one_printer():
            yield
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error


@run.command()
@click.option("--port", default=8001, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1")
def newsroom(port: int, host: str) -> None:
    """The newsroom's server."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

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
        log_dictconfig=configuration(read_environment().log_format),
        log_level=LogLevels.warning,
    ).serve()


@run.command()
@click.option("--port", default=9100, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1")
def metrics(port: int, host: str) -> None:
    """What Prometheus asks for."""
    from kawaraban.project.metrics import serve_metrics

    serve_metrics(read_environment(), host, port)


@run.command("simulated-readers")
@click.option("--site", default="http://127.0.0.1:8000")
@click.option("--per-second", default=3.0, type=click.FloatRange(0.01, 1000))
def simulated_readers(site: str, per_second: float) -> None:
    """The demo's readers: they use nothing but pages and POST /read."""
    from kawaraban.demo.readers import read_forever

    read_forever(site, per_second)
