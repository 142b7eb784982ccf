"""The command that shows everything."""

from __future__ import annotations

import time

import click

from kawaraban.project.commands.run import ask_for_door, posts, taken_notice
from kawaraban.project.env import read_environment
from kawaraban.project.supervision import Post, Supervisor, kawaraban_run


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Of the reader plane.")
@click.option("--newsroom-port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Of the newsroom.")
@click.option("--readers/--no-readers", default=True, help="With simulated readers, or without.")
def demo(port: int, newsroom_port: int, readers: bool) -> None:  # noqa: FBT001
    """Make a small newspaper if there is none in KAWARABAN_DATA, and run it with readers until Ctrl-C."""
    import os

    os.environ.setdefault("KAWARABAN_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("KAWARABAN_NEWSROOM_URL", f"http://127.0.0.1:{newsroom_port}")
    # No weather provider is asked from a demo: it shows a value that is marked as a sample.
    os.environ.setdefault("KAWARABAN_WEATHER", "sample")
    environment = read_environment()
    environment.make_directories()
    notice = taken_notice(environment, "all")
    # Told before the work and not after it: the newspaper takes half a minute.
    for number, option in ((port, "--port"), (newsroom_port, "--newsroom-port")):
        ask_for_door("127.0.0.1", number, option).close()
    from kawaraban.project.django import migrate, start_django

    started = time.monotonic()
    start_django()
    migrate()
    from kawaraban.demo.making import PASSWORD, STAFF, make_newspaper

    make_newspaper(environment.sheet_log)
    click.echo(f"The newspaper is ready after {time.monotonic() - started:.0f} s.\n")
    click.echo(f"  Readers   http://127.0.0.1:{port}/   (한국어 /ko, English /en)")
    click.echo(f"  Newsroom  http://127.0.0.1:{newsroom_port}/   log in as {', '.join(STAFF)}; the password of each is {PASSWORD}")
    click.echo("\n  Ctrl-C stops everything.")
    jobs = posts(environment, port, newsroom_port, "127.0.0.1")
    if readers:
        jobs.append(Post("simulated-readers", kawaraban_run("simulated-readers", "--site", f"http://127.0.0.1:{port}")))
    Supervisor(jobs, notice).run()
