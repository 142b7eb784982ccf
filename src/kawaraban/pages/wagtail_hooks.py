"""What this room adds to the newsroom's screens: the live preview is the real page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from wagtail import hooks

from kawaraban.pages.preview import preview_text

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.models import Page


@hooks.register("kawaraban_preview")
def print_preview(page: Page, request: HttpRequest) -> HttpResponse:
    """Show a page as readers will get it, from what is in the editor now."""
    response = HttpResponse(preview_text(page))
    # The preview is shown in a frame of the newsroom's own; its pictures and styles come from the reader plane.
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {settings.KAWARABAN_BASE_URL}; img-src {settings.KAWARABAN_BASE_URL}"
    )
    return response
