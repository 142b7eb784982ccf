"""The commands that bring stories in and write them out."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from kawaraban.project.commands.printing import print_outbox, progress_bar
from kawaraban.project.commands.sites import open_newsroom, told_in_a_sentence
from kawaraban.project.env import read_environment
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kawaraban.delivery.settings import ReaderSettings
    from kawaraban.exchange.media.shapes import MediaSource
    from kawaraban.exchange.proving.proof import Proof
    from kawaraban.exchange.shapes import ImportReport
    from kawaraban.project.env import Environment

FORMATS = ("jsonl", "wordpress", "movabletype", "ghost", "feed", "ninjs", "page")
LONGEST_SOURCE = 60
# So long may a printer that runs beside do nothing before it is not waited for any more.
PATIENCE_SECONDS = 60.0


@click.command("import")
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--source", "source_name", default="", help="A name for where the stories come from; else the format's.")
@click.option("--language", type=click.Choice(["ja", "ko", "en"]), default="ja", show_default=True, help="Where a story says none.")
@click.option("--media", multiple=True, type=click.Path(exists=True, path_type=Path), help="A directory, tar or zip of pictures.")
@click.option("--media-host", multiple=True, help="A host that may be asked for pictures, such as old.example.com.")
@click.option("--post-type", "post_types", multiple=True, default=("post",), show_default=True, help="wordpress: what is a story.")
@click.option("--base-url", default="", help="Where the old site was, if the source does not say it.")
@click.option("--encoding", default="", help="movabletype: how the file is written, if that is not found out.")
@click.option("--dry-run", is_flag=True, help="Say what would come over, and change nothing.")
@click.option("--no-print", is_flag=True, help="Hand new stories to search only; print --all makes their pages later.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def import_(  # noqa: PLR0913, PLR0917 - each is an option, and click names them
    format_: str,
    sources: tuple[Path, ...],
    source_name: str,
    language: str,
    media: tuple[Path, ...],
    media_host: tuple[str, ...],
    post_types: tuple[str, ...],
    base_url: str,
    encoding: str,
    dry_run: bool,  # noqa: FBT001
    no_print: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Bring stories in from SOURCE (a file, several, or a directory of them), publish them, and prove what came over."""
    if len(source_name) > LONGEST_SOURCE:
        raise click.UsageError(f"--source has {len(source_name)} characters: at most {LONGEST_SOURCE} can be kept.")
    from kawaraban.project.django import migrate, start_django

    start_django()
    migrate()
    from kawaraban.exchange.formats import format_named
    from kawaraban.exchange.importing import Options, bring_in
    from kawaraban.exchange.running import directory_of, run_import

    environment = read_environment()
    environment.make_directories()
    kind, paths = format_named(format_), _files(sources)
    name = source_name or format_
    directory = directory_of(environment.newsroom_dir / "imports", name)
    options = Options(
        source_name=name,
        language=language,
        base_url=base_url,
        post_types=post_types,
        encoding=encoding,
        archive_dir=None if dry_run else directory,
    )
    console = Console(stderr=True)
    with contextlib.ExitStack() as opened:
        opened.enter_context(told_in_a_sentence(paths[0], "read"))
        places = _places(media, media_host, opened)
        progress = opened.enter_context(progress_bar(console))
        task = progress.add_task("Importing", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        if dry_run:
            report, proof = bring_in(kind.open(paths, options), options=options, media=places, dry_run=True, on_progress=told), None
        else:
            report, proof = run_import(
                kind,
                paths,
                options=options,
                media=places,
                directory=directory,
                on_progress=told,
                print_pages=lambda: _print(progress.console, environment, no_print=no_print),
                reader=environment_reader(environment),
            )
    _tell(report, proof, directory, as_json=as_json)
    if report.problems or (proof is not None and not proof.is_complete):
        raise SystemExit(1)


def environment_reader(environment: Environment) -> ReaderSettings:
    """Return what a reader of this site must know."""
    from kawaraban.delivery.settings import reader_settings

    return reader_settings(
        sheet_log=environment.sheet_log,
        media_dir=environment.media_dir,
        related_store=environment.discovery_dir / "related.sqlite3",
        collector_socket=environment.collector_socket,
        search_socket=environment.search_socket,
        base_url=environment.base_url,
    )


def _files(sources: Sequence[Path]) -> list[Path]:
    """Return the files that are meant: themselves, or those in a directory, by name."""
    found = []
    for source in sources:
        found += (
            sorted(path for path in source.iterdir() if path.is_file() and not path.name.startswith(".")) if source.is_dir() else [source]
        )
    if not found:
        raise click.ClickException(f"there is no file in {sources[0]}")
    return found


def _places(media: Sequence[Path], hosts: Sequence[str], opened: contextlib.ExitStack) -> list[MediaSource]:
    from kawaraban.exchange.media.files import open_files
    from kawaraban.exchange.media.shapes import NotHadError
    from kawaraban.exchange.media.web import Web

    places: list[MediaSource] = []
    try:
        places += [open_files(path) for path in media]
    except NotHadError as error:
        raise click.ClickException(str(error)) from error
    if hosts:
        places.append(Web(hosts))
    for place in places:
        opened.callback(place.close)
    return places


def _print(console: Console, environment: Environment, *, no_print: bool) -> bool:
    """Have what came over printed; say whether it is."""
    if no_print:
        from kawaraban.pages.documents import hand_over_documents

        hand_over_documents(SheetLog(environment.sheet_log, writable=True))
        return False
    if not environment.printer_socket.exists():
        print_outbox(console, SheetLog(environment.sheet_log, writable=True))
        return True
    return _wait_for_the_printer(console)


def _wait_for_the_printer(console: Console) -> bool:
    """Wait for the printer of the site that runs, as long as it does something."""
    from kawaraban.press import registry
    from kawaraban.press.models import PrintJob

    # Photos in formats that take their time are made long after.
    waiting = PrintJob.objects.exclude(subject__in=registry.slow_subjects())
    fewest, since = waiting.count(), time.monotonic()
    console.print(f"The site's printer prints {fewest} things.")
    while count := waiting.count():
        if count < fewest:
            fewest, since = count, time.monotonic()
        elif time.monotonic() - since > PATIENCE_SECONDS:
            return False
        time.sleep(0.5)
    return True


def _tell(report: ImportReport, proof: Proof | None, directory: Path, *, as_json: bool) -> None:
    if as_json:
        told = report.as_dict() | ({"proof": proof.as_dict(), "report": str(directory / "report.html")} if proof else {})
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(report.sentence())
    for line in _lines(report, proof):
        click.echo(line, err=True)
    if proof is not None:
        click.echo(f"{proof.verdict} {directory / 'report.html'}")


def _lines(report: ImportReport, proof: Proof | None) -> Iterator[str]:
    from kawaraban.exchange.counting import writable

    yield from report.problems
    if report.missing_photos:
        yield f"{len(report.missing_photos)} pictures could not be had; their places are marked in the stories."
    if proof is not None:
        yield from proof.uncounted
        for row in proof.unexplained:
            yield writable(f"{row.source_id} {row.title}: {row.said}")


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(["jsonl", "ninjs", "site"]))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--media", type=click.Path(file_okay=False, path_type=Path), help="A directory for the originals of their photos.")
def export(format_: str, target: Path, media: Path | None) -> None:
    """Write what is published to TARGET: all stories into a file, or the whole site (FORMAT site) as plain files into a directory."""
    if format_ == "site":
        _export_site(target, media)
        return
    if target.is_dir():
        raise click.ClickException(f"{target} is a directory: name a file")
    open_newsroom()
    with told_in_a_sentence(target, "written"):
        count = _exporter(format_)(target, media)
    click.echo(f"{count} stories written to {target}.")


def _exporter(format_: str) -> Callable[[Path, Path | None], int]:
    from kawaraban.exchange.formats.jsonl.exporting import export_file as jsonl
    from kawaraban.exchange.formats.ninjs.exporting import export_file as ninjs

    return {"jsonl": jsonl, "ninjs": ninjs}[format_]


def _export_site(target: Path, media: Path | None) -> None:
    if media is not None:
        raise click.UsageError("--media is for stories: a site has its pictures in it.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise click.ClickException(f"{target} is there already: name an empty directory, or one that is not there yet")
    open_newsroom()
    from kawaraban.exchange.site import export_site

    environment = read_environment()
    if not environment.sheet_log.exists():
        raise click.ClickException("nothing is printed yet: run 'kawaraban print --all'")
    with told_in_a_sentence(target, "written"):
        target.mkdir(parents=True, exist_ok=True)
        count = export_site(target, environment_reader(environment))
    click.echo(f"{count} files written to {target}. They are meant to stand at the top of {environment.base_url}.")
