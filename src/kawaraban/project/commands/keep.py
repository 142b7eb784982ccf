"""The commands that keep a site safe."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

import click

from kawaraban.project.env import Environment, read_environment
from kawaraban.sheetlog.log import SheetLog

# Never in a backup: the salts of readers' hashes, sockets, and what can be made again from the rest.
LEFT_OUT = ("reads/salts", "run", "public/discovery")


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write what was kept as JSON.")
def backup(target: Path, as_json: bool) -> None:  # noqa: FBT001
    """Copy the whole site, consistently and while everything runs, into the archive TARGET (.tar)."""
    environment = read_environment()
    if not environment.sheet_log.exists():
        raise click.ClickException(f"there is no site in {environment.data}: set KAWARABAN_DATA to its directory")
    partial = target.with_name(target.name + ".partial")
    count = 0
    with tempfile.TemporaryDirectory(dir=environment.data) as scratch, tarfile.open(partial, "w") as archive:
        # The editorial database first, the sheet log after it: what the log says is printed is then at least what was written,
        # and a job that was printed in between is printed once more, which changes nothing.
        for path in _files(environment):
            name = path.relative_to(environment.data)
            if path.suffix == ".sqlite3":
                copy = Path(scratch) / path.name
                _copy_database(path, copy)
                archive.add(copy, str(name))
            else:
                archive.add(path, str(name))
            count += 1
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(target)
    size = target.stat().st_size
    click.echo(json.dumps({"files": count, "bytes": size}) if as_json else f"{count} files, {size / 1e6:.1f} MB, in {target}.")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(source: Path) -> None:
    """Put the site of the archive SOURCE into an empty data directory."""
    environment = read_environment()
    if environment.data.exists() and any(environment.data.iterdir()):
        raise click.ClickException(f"{environment.data} is not empty: move it away first, nothing is overwritten")
    staging = environment.data.with_name(environment.data.name + ".restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        with tarfile.open(source) as archive:
            # "data" refuses absolute names, "..", links out, and devices.
            archive.extractall(staging, filter="data")
    except (tarfile.TarError, OSError) as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise click.ClickException(f"{source} cannot be restored: {error}") from error
    if (log := staging / environment.sheet_log.relative_to(environment.data)).exists():
        # Followers on other machines know numbers of the log that go beyond it.
        with contextlib.closing(SheetLog(log, writable=True)) as restored:
            restored.begin_new_life()
    if environment.data.exists():
        environment.data.rmdir()
    staging.replace(environment.data)
    environment.make_directories()
    click.echo(f"Restored into {environment.data}. Run 'kawaraban check', then 'kawaraban serve'.")


def _files(environment: Environment) -> list[Path]:
    left_out = [environment.data / name for name in LEFT_OUT]
    files = [
        path
        for path in environment.data.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not path.name.endswith((".sqlite3-wal", ".sqlite3-shm", ".new"))
        and not any(out in path.parents for out in left_out)
    ]
    order = {"newsroom.sqlite3": 0, "sheets.sqlite3": 1}
    return sorted(files, key=lambda path: (order.get(path.name, 2), str(path)))


def _copy_database(path: Path, copy: Path) -> None:
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
