"""The registry's screens: the list, the form, a file of names that comes in or goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from kawaraban.language import registry_csv
from kawaraban.newsroom.actions.register_names import register_names
from kawaraban.newsroom.models import Name
from kawaraban.newsroom.queries.names import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest
    from django.urls import URLPattern

    from kawaraban.newsroom.models import User

_LARGEST_FILE = 10 * 1024 * 1024
_TOLD = 10  # faults in one message


class NamesIndexView(IndexView):
    """The list of names, with the ways in and out beside it."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer to bring names in from a file, and to take all of them along."""
        buttons = list(super().header_more_buttons)
        buttons.append(Button(_("Export names (CSV)"), url=reverse("names_export"), icon_name="download", priority=90))
        if self.user_has_permission("add"):
            buttons.append(Button(_("Import names (CSV)"), url=reverse("names_import"), icon_name="upload", priority=91))
        return buttons


def _wide_column(field: str) -> Column:
    """Make a column that a phone does without: the name has the room instead."""
    label = label_for_field(field, Name)
    return Column(field, label=label, sort_key=field, classname="newsroom-list__wide")


class NameViewSet(SnippetViewSet):
    """Names in the main menu."""

    model = Name
    icon = "openquote"
    menu_label = gettext_lazy("Names")
    menu_name = "names"
    menu_order = 255
    add_to_admin_menu = True
    index_view_class = NamesIndexView
    list_display = [
        "name",
        "kind",
        *map(_wide_column, ("reading", "name_en", "short_forms")),
        UpdatedAtColumn(label=gettext_lazy("Updated")),
    ]
    list_filter = ["kind"]
    list_per_page = 50


class NamesFileForm(forms.Form):
    """A file of names."""

    file = forms.FileField(label=gettext_lazy("File (CSV, UTF-8)"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> str:
        """Take text of a bearable size only."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > _LARGEST_FILE:
            raise ValidationError(_("The file is larger than 10 MB."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("The file is not in UTF-8. Save it as “CSV UTF-8”.")) from error


def addresses() -> list[URLPattern]:
    """Return the addresses of the ways in and out."""
    return [path("names/import/", import_names, name="names_import"), path("names/export/", export_names, name="names_export")]


def import_names(request: HttpRequest) -> HttpResponse:
    """Bring names in from a CSV file. Lines that are no names are told with their number; the others come."""
    if not request.user.has_perms(["newsroom.add_name", "newsroom.change_name"]):
        raise PermissionDenied
    form = NamesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        entries, faults = registry_csv.read(form.cleaned_data["file"])
        done = register_names(entries=entries, actor=cast("User", request.user))
        told = _("{added} added, {changed} changed, {unchanged} as they were.")
        messages.success(request, told.format(added=done.added, changed=done.changed, unchanged=done.unchanged))
        if faults:
            messages.error(request, _told(faults))
        return redirect(NameViewSet().get_url_name("list"))
    context = {"form": form, "columns": registry_csv.COLUMNS, "page_title": _("Import names (CSV)"), "header_icon": "upload"}
    return render(request, "newsroom/names/import.html", context)


def export_names(request: HttpRequest) -> HttpResponse:
    """Hand the whole registry out as CSV, as it can be brought in again."""
    if not any(request.user.has_perm(f"newsroom.{may}_name") for may in ("add", "change", "view", "delete")):
        raise PermissionDenied
    # With a mark of UTF-8 in front: spreadsheets would take Japanese for something else.
    response = HttpResponse("\ufeff" + registry_csv.write(registry()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="names.csv"'
    return response


def _told(faults: Iterable[registry_csv.Fault]) -> str:
    faults = list(faults)
    lines = [_line(fault) for fault in faults[:_TOLD]]
    head = ngettext("{count} line was left out:", "{count} lines were left out:", len(faults)).format(count=len(faults))
    return f"{head} {'; '.join(lines)}"


def _line(fault: registry_csv.Fault) -> str:
    words = {"line": fault.line, "column": fault.column, "value": fault.value, "longest": fault.longest}
    if fault.longest:
        return _("line {line}, column {column}: longer than {longest} characters: “{value}”").format(**words)
    return _("line {line}, column {column}: “{value}”").format(**words)
