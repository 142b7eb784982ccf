"""Words that Wagtail wrote into its forms in English only, or translates once when a process starts, put into gettext's hands.

What stands in Wagtail's templates so is in ``templates/wagtailadmin``; what merely lacks its Japanese or Korean is in the message catalogues.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import DateTimeField
from django.urls import reverse_lazy
from django.utils.formats import date_format
from django.utils.text import capfirst, format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import auth
from wagtail.admin.compare import FieldComparison, register_comparison_class
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.forms.choosers import AnchorLinkChooserForm, EmailLinkChooserForm, ExternalLinkChooserForm, PhoneLinkChooserForm
from wagtail.admin.localization import get_localized_response
from wagtail.admin.views.pages import delete
from wagtail.admin.views.pages.bulk_actions import delete as bulk_delete
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import AdminPageChooser
from wagtail.contrib.redirects.filters import RedirectsReportFilterSet
from wagtail.contrib.redirects.views import IndexView as RedirectsView
from wagtail.forms import TaskStateCommentForm
from wagtail.images.forms import ImageInsertionForm, URLGeneratorForm
from wagtail.models import Page
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail.users.views.bulk_actions.assign_role import RoleForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

LINK_TEXT = _("Link text")
LABELS: dict[type[Form], dict[str, _StrPromise]] = {
    ExternalLinkChooserForm: {"link_text": LINK_TEXT},
    AnchorLinkChooserForm: {"link_text": LINK_TEXT},
    EmailLinkChooserForm: {
        "link_text": LINK_TEXT,
        "email_address": _("Email address"),
        "subject": _("Subject"),
        "body": _("Body"),
    },
    PhoneLinkChooserForm: {"link_text": LINK_TEXT, "phone_number": _("Phone number")},
    LoginForm: {"password": _("Password")},
    RoleForm: {"role": _("Role")},
    # From here on: translated, but into the language in which the process starts.
    TaskStateCommentForm: {"comment": _("Comment")},
    ImageInsertionForm: {"format": _("Format"), "image_is_decorative": _("Image is decorative"), "alt_text": _("Alt text")},
    URLGeneratorForm: {"filter_method": _("Filter"), "width": _("Width"), "height": _("Height"), "closeness": _("Closeness")},
}
CHOOSERS = {
    "choose_one_text": _("Choose"),
    "choose_another_text": _("Choose another"),
    "edit_item_text": _("Edit"),
    "search_tab_label": _("Search"),
    "create_action_label": _("Create"),
}
SIZES = [
    ("original", _("Original size")),
    ("width", _("Resize to width")),
    ("height", _("Resize to height")),
    ("min", _("Resize to min")),
    ("max", _("Resize to max")),
    ("fill", _("Resize to fill")),
]
REDIRECTS = {"old_path": _("From"), "site": _("Site"), "link": _("To"), "get_is_permanent_display": _("Type")}
HOME = _("Home")


class TimeComparison(FieldComparison):
    """Compares two moments as a newsroom writes them; Wagtail's shows Python's word where there is none."""

    val_a: Any
    val_b: Any

    def htmldiff(self) -> Any:
        """Return what was and what is."""
        self.val_a, self.val_b = _moment(self.val_a), _moment(self.val_b)
        return super().htmldiff()


def _moment(value: datetime | None) -> str:
    return date_format(localtime(value), "SHORT_DATETIME_FORMAT") if value else "—"


def put_into_words() -> None:
    """Give those fields a label in the reader's language, and that message a translation that has none."""
    for module in (delete, bulk_delete):
        module.type_to_delete_confirmation = is_name_typed
    register_comparison_class(DateTimeField, comparison_class=TimeComparison)
    for form, labels in LABELS.items():
        for name, label in labels.items():
            form.base_fields[name].label = label
    URLGeneratorForm.base_fields["filter_method"].choices = SIZES
    for name, label in CHOOSERS.items():
        setattr(ChooserViewSet, name, label)
    kept = RedirectsReportFilterSet.base_filters["is_permanent"]
    kept.label = _("Type")
    kept.extra |= {"choices": [(True, _("Permanent")), (False, _("Temporary"))], "empty_label": _("All")}
    RedirectsView.export_headings = REDIRECTS
    auth.permission_denied = _refusing(auth.permission_denied)
    AdminPageChooser.__init__ = _asking(AdminPageChooser.__init__)
    way_here = SnippetViewSet.breadcrumbs_items.fget
    SnippetViewSet.breadcrumbs_items = property(
        lambda views: [{"url": reverse_lazy("wagtailadmin_home"), "label": HOME}, *way_here(views)[1:]],
    )


def _asking(begin: Callable[..., None]) -> Callable[..., None]:
    """Have a chooser of pages say what it chooses in the language of who sees it, not of who opened its form first."""

    @wraps(begin)
    def begin_and_ask(chooser: Any, *args: Any, **options: Any) -> None:
        begin(chooser, *args, **options)
        if chooser.model is not Page and "choose_one_text" not in options:
            kind = capfirst(chooser.model._meta.verbose_name)  # noqa: SLF001
            chooser.choose_one_text = format_lazy("{words} ({kind})", words=type(chooser).choose_one_text, kind=kind)

    return begin_and_ask


def _refusing(refuse: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse in the language that a person chose for the newsroom; Wagtail does it in the browser's."""

    def refuse_in_words(request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = get_localized_response(refuse, request)
        return answer

    return refuse_in_words


def is_name_typed(request: HttpRequest, context: object = None) -> bool:
    """Whether somebody who deletes many pages at once typed the name that the screen asks for; if not, say so."""
    typed = request.POST.get("confirm_site_name")
    if typed and typed != settings.WAGTAIL_SITE_NAME:
        messages.error(request, gettext("Nothing was deleted. Type “%(name)s” to confirm.") % {"name": settings.WAGTAIL_SITE_NAME})
        return False
    return True
