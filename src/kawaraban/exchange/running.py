"""One import from its beginning to its report."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from kawaraban.exchange.counting import writable
from kawaraban.exchange.importing import bring_in
from kawaraban.exchange.models import ImportRun
from kawaraban.exchange.proving.asking import ask
from kawaraban.exchange.proving.proof import Proof, prove
from kawaraban.exchange.proving.writing import write_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kawaraban.delivery.settings import ReaderSettings
    from kawaraban.exchange.importing import Format, OnProgress, Options
    from kawaraban.exchange.media.shapes import MediaSource
    from kawaraban.exchange.shapes import ImportReport


def directory_of(imports: Path, source: str) -> Path:
    """Return where a source's reports and archives lie."""
    return imports / f"{slugify(source) or 'source'}-{hashlib.blake2b(source.encode(), digest_size=3).hexdigest()}"


def run_import(
    kind: Format,
    paths: Sequence[Path],
    *,
    options: Options,
    media: Sequence[MediaSource],
    directory: Path,
    on_progress: OnProgress,
    print_pages: Callable[[], bool],
    reader: ReaderSettings,
) -> tuple[ImportReport, Proof]:
    """Bring in, have it printed, prove it, and keep the report in the newsroom and as files.

    ``print_pages`` says whether pages are printed now, so that old addresses may be tried.
    """
    names = writable("\n".join(path.name for path in paths))
    run = ImportRun.objects.create(source=options.source_name, format=kind.name, files=names)
    report = bring_in(kind.open(paths, options), options=options, media=media, on_progress=on_progress)
    is_printed = print_pages()
    counted = kind.count(paths, options.encoding) if kind.has_encoding else kind.count(paths)
    proof = prove(
        counted,
        source=options.source_name,
        format_name=kind.name,
        report=report,
        ask=(lambda old: ask(reader, old)) if is_printed else None,
    )
    with transaction.atomic():
        run.ended_at, run.is_complete, run.report = timezone.now(), proof.is_complete, proof.as_dict()
        run.save()
    write_report(proof, directory, language=options.language)
    return report, proof
