"""``kawaraban nginx``: the configuration with which nginx hands out the hot files."""

from __future__ import annotations

import click

from kawaraban.project.env import WrongSettingError, read_environment


@click.command()
@click.option("--readers", default="127.0.0.1:8000", show_default=True, help="Where the reader servers answer.")
@click.option("--listen", default="80", show_default=True, help="What nginx listens on, as in its own listen directive.")
@click.option("--server-name", default="_", show_default=True, help="The site's host names.")
@click.option(
    "--open-files",
    type=click.Choice(["checked", "1s", "off"]),
    default="checked",
    show_default=True,
    help="Keep files open: looked after at every request; unseen for up to a second, in which a withdrawn page is still shown; or not at all.",
)
def nginx(readers: str, listen: str, server_name: str, open_files: str) -> None:
    """Print an nginx configuration that serves the hot files of KAWARABAN_HOT_FILES and leaves all else to the reader servers."""
    from kawaraban.delivery.http import set_manners
    from kawaraban.delivery.nginx import nginx_configuration

    environment = read_environment()
    set_manners(strict_seconds=environment.hsts_seconds)
    if environment.hot_files is None:
        raise WrongSettingError("KAWARABAN_HOT_FILES is not set: set it to the directory in which the reader servers keep hot files.")
    click.echo(
        nginx_configuration(
            readers=readers,
            hot_files=environment.hot_files,
            media=environment.media_dir,
            listen=listen,
            server_name=server_name,
            open_files_valid={"checked": 0, "1s": 1, "off": None}[open_files],
        )
    )
