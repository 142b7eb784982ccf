"""The commands that keep a site safe."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kawaraban.discovery.searches import SEARCHES_FILE
from kawaraban.project.commands.sites import told_in_a_sentence
from kawaraban.project.databases import editorial_database
from kawaraban.project.databases.shapes import DatabaseError
from kawaraban.project.env import Environment, read_environment
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Iterator

# Never in a backup: the salts of readers' hashes, sockets, and what can be made again from the rest.
LEFT_OUT = ("reads/salts", "reads/apart/salts", "reads/days", "run", "public/discovery")
# But this: what was searched for cannot be made again.
KEPT = (f"public/discovery/{SEARCHES_FILE}",)


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write what was kept as JSON.")
def backup(target: Path, as_json: bool) -> None:  # noqa: FBT001
    """Copy the whole site, consistently and while everything runs, into the archive TARGET (.tar)."""
    environment = read_environment()
    if not environment.sheet_log.exists():
        raise click.ClickException(f"there is no site in {environment.data}: set KAWARABAN_DATA to its directory")
    partial = target.with_name(target.name + ".partial")
    with told_in_a_sentence(target, "written"):
        with _scratch(environment) as scratch, tarfile.open(partial, "w") as archive:
            try:
                copies = _copy_databases(environment, scratch)
            except DatabaseError as error:
                raise click.ClickException(str(error)) from error
            files = [(path, path) for path in _files(environment)]
            count = 0
            for path, content in [*copies, *files]:
                # What was packed or taken away since it was listed is left out: what it held stands elsewhere.
                with contextlib.suppress(FileNotFoundError):
                    archive.add(content, str(path.relative_to(environment.data)))
                    count += 1
        _sync(partial)
        partial.replace(target)
        _sync(target.parent)
    size = target.stat().st_size
    click.echo(json.dumps({"files": count, "bytes": size}) if as_json else f"{count} files, {size / 1e6:.1f} MB, in {target}.")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(source: Path) -> None:
    """Put the site of the archive SOURCE into an empty data directory."""
    environment = read_environment()
    if environment.data.exists() and any(environment.data.iterdir()):
        raise click.ClickException(f"{environment.data} is not empty: move it away first, nothing is overwritten")
    if environment.data.is_mount():
        raise click.ClickException(f"{environment.data} is a mount: set KAWARABAN_DATA to a directory below it")
    editorial = editorial_database(environment)
    log_name = str(environment.sheet_log.relative_to(environment.data))
    staging = environment.data.with_name(environment.data.name + ".restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        editorial.look_empty()
        staging.mkdir(parents=True)
    except (OSError, DatabaseError) as error:
        if not isinstance(error, PermissionError):
            raise click.ClickException(f"{source} cannot be restored: {error}") from error
        # It is put together beside its place, and takes that whole.
        raise click.ClickException(
            f"{staging.parent} cannot be written into: restore as root, then give {environment.data} to the site's user (chown -R)"
        ) from error
    try:
        with tarfile.open(source) as archive:
            if log_name not in archive.getnames():
                raise tarfile.TarError(f"it is no backup of a site, there is no {log_name} in it")
            # "data" refuses absolute names, "..", links out, and devices.
            archive.extractall(staging, filter="data")
        # Followers on other machines know numbers of the log that go beyond it.
        with contextlib.closing(SheetLog(staging / log_name, writable=True)) as restored:
            restored.begin_new_life()
        # Last, so that little can fail after it: what was put into a server is not taken back with the files.
        editorial.take_in(staging / environment.newsroom_dir.relative_to(environment.data))
    except (tarfile.TarError, OSError, EOFError, zlib.error, sqlite3.DatabaseError, DatabaseError) as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise click.ClickException(f"{source} cannot be restored: {error}") from error
    # All of it is on disk before it takes its place.
    os.sync()
    if environment.data.exists():
        environment.data.rmdir()
    staging.replace(environment.data)
    _sync(environment.data.parent)
    environment.make_directories()
    click.echo(f"Restored into {environment.data}. Run 'kawaraban check', then 'kawaraban serve'.")


@contextlib.contextmanager
def _scratch(environment: Environment) -> Iterator[Path]:
    """Give a directory for the copies, which no backup holds. What a backup that was killed left there is taken away."""
    directory = environment.data / "run" / "backup"
    directory.parent.mkdir(exist_ok=True)
    with directory.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise click.ClickException("another backup of this site is running: wait for that one") from error
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _copy_databases(environment: Environment, scratch: Path) -> list[tuple[Path, Path]]:
    """Copy all databases as of one moment: what the newsroom says is published, what waits to be printed and what is printed agree."""
    paths = _files(environment, databases=True)
    editorial = editorial_database(environment)
    with contextlib.ExitStack() as opened:
        sources = {
            path: opened.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30))) for path in paths
        }
        # For the time that it takes to begin, nobody publishes and no job is taken out of the outbox.
        with editorial.held_still(opened) as others:
            for source in sources.values():
                source.execute("BEGIN")
                source.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        copies = []
        for number, (path, source) in enumerate(sources.items()):
            copy = scratch / f"{number}.sqlite3"
            with contextlib.closing(sqlite3.connect(copy)) as target:
                source.backup(target)
            copies.append((path, copy))
        for name, write in others:
            write(scratch / name)
            copies.append((environment.newsroom_dir / name, scratch / name))
    return copies


def _files(environment: Environment, *, databases: bool = False) -> list[Path]:
    """Return the databases of a site, or all its other files."""
    left_out = [environment.data / name for name in LEFT_OUT]
    kept = {environment.data / name for name in KEPT}
    return sorted(
        path
        for path in environment.data.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and (path.suffix == ".sqlite3") == databases
        and not path.name.endswith((".sqlite3-wal", ".sqlite3-shm", ".new"))
        and (path in kept or not any(out in path.parents for out in left_out))
    )


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
