"""What the newsroom asks its people about themselves."""

from __future__ import annotations

from wagtail.admin.forms.account import NameEmailForm


def ask_for_no_name() -> None:
    """Let names and the mail address be empty, as they are of an account that a command made: else its language could not be chosen."""
    for field in NameEmailForm.base_fields.values():
        field.required = False
