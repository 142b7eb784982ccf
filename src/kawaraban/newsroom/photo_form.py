"""The form of a photo: what its file says of itself stands where nobody wrote anything else."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.images.forms import BaseImageForm

from kawaraban.newsroom.photo_facts import facts_of


class PhotoForm(BaseImageForm):
    """Wagtail's form, which also reads IPTC and XMP from a file that comes in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asks_credit = "credit" in self.fields and self.fields["credit"].required
        if self._asks_credit and "file" in self.fields and self.instance.pk is None:
            # Asked for below, when the file has been looked into.
            self.fields["credit"].required = False
        if "caption" in self.fields:
            self.fields["caption"].widget = AdminAutoHeightTextInput()

    def clean(self) -> dict[str, Any]:
        """Fill what is empty from the file."""
        cleaned: dict[str, Any] = super().clean()
        file = cleaned.get("file")
        if file and "file" in self.changed_data:
            facts = facts_of(file)
            for name in ("credit", "caption", "alt_text", "rights_holder"):
                if name in self._meta.fields and not cleaned.get(name):
                    cleaned[name] = getattr(facts, name)
            # A name that only repeats the file's is nobody's choice.
            if facts.title and cleaned.get("title") in {file.name, PurePath(file.name).stem}:
                cleaned["title"] = facts.title
        if self._asks_credit and "file" in self.fields and not cleaned.get("credit") and "credit" not in self.errors:
            self.add_error("credit", self.fields["credit"].error_messages["required"])
        return cleaned
