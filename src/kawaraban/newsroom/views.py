"""What the newsroom serves beside its own screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, Http404
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response

if TYPE_CHECKING:
    from django.core.files import File
    from django.http import HttpRequest, HttpResponse


_catalog = JavaScriptCatalog.as_view(packages=["wagtail.admin", "kawaraban.newsroom"])


def script_messages(request: HttpRequest) -> HttpResponse:
    """Hand out the messages of Wagtail's scripts, with those that its own Japanese lacks, in the language that its user chose."""
    return get_localized_response(_catalog, request)


@login_required
def original(request: HttpRequest, name: str) -> FileResponse:
    """Hand out an original photo, to staff only: as a file to keep, never as a page."""
    return FileResponse(_opened("default", name), as_attachment=True)


@login_required
def rendition(request: HttpRequest, name: str) -> FileResponse:
    """Show a photo in a size that the screens use: the reader plane's address is another host's."""
    return FileResponse(_opened("renditions", name))


def _opened(storage: str, name: str) -> File[bytes]:
    try:
        return storages[storage].open(name)
    except (OSError, ValueError) as error:
        raise Http404 from error
