"""The report as files: JSON for programs, HTML for people, who may look at it without the newsroom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.exchange.proving.proof import Proof


def write_report(proof: Proof, directory: Path, *, language: str) -> tuple[Path, Path]:
    """Write ``report.json`` and ``report.html`` into a directory, whole or not at all; return where they lie."""
    directory.mkdir(parents=True, exist_ok=True)
    found = proof.as_dict()
    with translation.override(language):
        page = render_to_string(
            "exchange/report.html",
            {"proof": found, "base_url": settings.KAWARABAN_BASE_URL, "made_at": timezone.now(), "language": language},
        )
    paths = directory / "report.json", directory / "report.html"
    for path, text in zip(paths, (json.dumps(found, ensure_ascii=False, indent=2), page), strict=True):
        partial = path.with_suffix(path.suffix + ".new")
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    return paths
