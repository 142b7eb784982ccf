"""What the newsroom shows of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from wagtail.admin.auth import require_admin_access

from kawaraban.exchange.models import ImportRun
from kawaraban.newsroom.models.frames import KEEPS_THE_PAPER

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_RUNS = 100


@require_admin_access
def import_runs(request: HttpRequest) -> HttpResponse:
    """List the imports, newest first."""
    _only_for_chiefs(request)
    return render(request, "exchange/runs.html", {"runs": ImportRun.objects.all()[:MOST_RUNS]})


@require_admin_access
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an import proved."""
    _only_for_chiefs(request)
    run = get_object_or_404(ImportRun, pk=pk)
    return render(request, "exchange/run.html", {"run": run, "proof": run.report, "base_url": settings.KAWARABAN_BASE_URL})


def _only_for_chiefs(request: HttpRequest) -> None:
    # Drafts and what was private in the old system are named in it.
    if not request.user.has_perm(KEEPS_THE_PAPER):
        raise PermissionDenied
