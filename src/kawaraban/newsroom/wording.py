"""Words that Wagtail wrote into its forms in English only, put into gettext's hands.

What stands in Wagtail's templates so is in ``templates/wagtailadmin``; what merely lacks its Japanese is in the message catalogues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import DateTimeField
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.compare import FieldComparison, register_comparison_class
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.forms.choosers import AnchorLinkChooserForm, EmailLinkChooserForm, ExternalLinkChooserForm, PhoneLinkChooserForm
from wagtail.admin.views.pages import delete
from wagtail.admin.views.pages.bulk_actions import delete as bulk_delete
from wagtail.users.views.bulk_actions.assign_role import RoleForm

if TYPE_CHECKING:
    from datetime import datetime

    from django.forms import Form
    from django.http import HttpRequest
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
}


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
    """Give those fields a label that would show the name of their variable, and that message a translation that has none."""
    for module in (delete, bulk_delete):
        module.type_to_delete_confirmation = is_name_typed
    register_comparison_class(DateTimeField, comparison_class=TimeComparison)
    for form, labels in LABELS.items():
        for name, label in labels.items():
            form.base_fields[name].label = label


def is_name_typed(request: HttpRequest, context: object = None) -> bool:
    """Whether somebody who deletes many pages at once typed the name that the screen asks for; if not, say so."""
    typed = request.POST.get("confirm_site_name")
    if typed and typed != settings.WAGTAIL_SITE_NAME:
        messages.error(request, gettext("Nothing was deleted. Type “%(name)s” to confirm.") % {"name": settings.WAGTAIL_SITE_NAME})
        return False
    return True
