"""What this room adds to Wagtail: the reports of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from kawaraban.exchange.views import import_run, import_runs
from kawaraban.newsroom.models.frames import KEEPS_THE_PAPER

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern


class ImportsMenuItem(MenuItem):
    """Imports among the reports, for those who keep the paper."""

    def is_shown(self, request: HttpRequest) -> Any:
        """Whether this person may look."""
        return request.user.has_perm(KEEPS_THE_PAPER)


@hooks.register("register_admin_urls")
def import_addresses() -> list[URLPattern]:
    """Give the reports their addresses."""
    return [path("imports/", import_runs, name="import_runs"), path("imports/<int:pk>/", import_run, name="import_run")]


@hooks.register("register_reports_menu_item")
def imports_menu() -> MenuItem:
    """Put the reports into the menu."""
    return ImportsMenuItem(_("Imports"), reverse("import_runs"), name="imports", icon_name="download", order=900)


@hooks.register("insert_global_admin_css")
def import_styles() -> str:
    """Dress the reports."""
    return format_html('<link rel="stylesheet" href="{}">', static("exchange/exchange.css"))
