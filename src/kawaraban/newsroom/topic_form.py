"""A topic's form: its rule, and beside it what the rule would gather now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.forms import Media, Script
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import Panel


class TopicForm(WagtailAdminModelForm):
    """Wagtail's form, with the sections to choose from, and a look at the stories that are put in and taken out."""

    sections = forms.MultipleChoiceField(
        label=gettext_lazy("in these sections"),
        help_text=gettext_lazy("In every edition. None chosen: in all of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = _sections(self.instance.sections)

    def clean(self) -> dict[str, Any]:
        """Look that no story stands twice, or both in and out."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen: set[int] = set()
        for name in ("put_in", "taken_out"):
            formset = self.formsets.get(name)
            if formset is None or not formset.is_bound:
                continue
            formset.full_clean()
            for form in formset.forms:
                told = getattr(form, "cleaned_data", {})
                story = told.get("story")
                if story is None or told.get("DELETE"):
                    continue
                if story.pk in seen:
                    form.add_error("story", gettext("“%(story)s” stands here twice, or is put in and taken out.") % {"story": story})
                seen.add(story.pk)
        return cleaned


def _sections(chosen: list[str]) -> list[tuple[str, str]]:
    """Return the sections of all editions, each slug once, by their name in the first edition; and those chosen that are no more."""
    pages = apps.get_model("newsroom", "SectionPage").objects.live().order_by("path")
    names: dict[str, str] = {}
    for slug, title in pages.values_list("slug", "title"):
        names.setdefault(slug, title)
    return [*names.items(), *((slug, slug) for slug in chosen if slug not in names)]


class GatheredPanel(Panel):
    """Shows what the rule in the form gathers, as it stands there now."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in a form."""

        template_name = "newsroom/topics/rule.html"

        @property
        def media(self) -> Media:
            """The script that asks."""
            return Media(js=[Script("newsroom/topic-rule.js", type="module")])  # type: ignore[list-item]  # the stubs know strings only

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Tell the script where to ask."""
            return {**(super().get_context_data(parent_context) or {}), "gathers_url": reverse("topic_gathers")}
