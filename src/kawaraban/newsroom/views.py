"""What the newsroom serves beside its own screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, Http404

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_required
def original(request: HttpRequest, name: str) -> FileResponse:
    """Hand out an original photo, to staff only: as a file to keep, never as a page."""
    storage = storages["default"]
    try:
        file = storage.open(name)
    except (OSError, ValueError) as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True)
