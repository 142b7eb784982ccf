"""What led to a story, in its editor: what was found by itself, and the form that looks at what is chosen by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import Panel

from kawaraban.discovery.related_store import RelatedStore, event_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.forms import ModelForm

    from kawaraban.newsroom.models import StoryPage


class StoryForm(WagtailAdminPageForm):
    """Wagtail's form, which also looks at the stories that are chosen by hand for what led to this one."""

    def clean_slug(self) -> str:
        """Leave a story the address of its id: a form that makes its draft by itself goes on sending the one it was opened with."""
        slug = str(self.cleaned_data["slug"])
        story: StoryPage = self.instance
        return story.story_id if slug != story.slug and story.is_given(slug) else slug

    def clean(self) -> dict[str, Any]:
        """Look that every story is of this edition, is another one, and stands there once."""
        cleaned: dict[str, Any] = super().clean()
        chosen: set[int] = set()
        for form in self._chosen():
            entry = form.cleaned_data["entry"]
            if words := self._fault(entry, chosen):
                form.add_error("entry", words)
            chosen.add(entry.pk)
        return cleaned

    def _chosen(self) -> Iterator[ModelForm]:
        formset = self.formsets.get("course")
        if formset is not None and formset.is_bound:
            formset.full_clean()
            for form in formset.forms:
                told = getattr(form, "cleaned_data", {})
                if told.get("entry") is not None and not told.get("DELETE"):
                    yield form

    def _fault(self, entry: StoryPage, chosen: set[int]) -> str:
        if entry.pk == self.instance.pk:
            return gettext("“%(story)s” is this story itself.") % {"story": entry}
        if self.instance.locale_id and entry.locale_id != self.instance.locale_id:
            return gettext("“%(story)s” is a story of another edition (%(language)s).") % {
                "story": entry,
                "language": entry.locale.get_display_name(),
            }
        if entry.pk in chosen:
            return gettext("“%(story)s” would stand there twice.") % {"story": entry}
        return ""


class FoundCoursePanel(Panel):
    """Shows what the search found to be of the same event, as readers see it while nothing is chosen by hand."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in a form."""

        template_name = "newsroom/found_course.html"

        def is_shown(self) -> bool:
            """Say whether anything can have been found."""
            return bool(super().is_shown() and self.instance.pk and self.instance.first_published_at)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Look up what was found."""
            return {**(super().get_context_data(parent_context) or {}), "found": _found(self.instance)}


def _found(story: StoryPage) -> list[StoryPage]:
    store = RelatedStore(settings.KAWARABAN_DISCOVERY_DIR / "related.sqlite3")
    try:
        ids = list(store.related(event_key(story.story_id)))
    finally:
        store.close()
    stories = {each.story_id: each for each in type(story).objects.live().filter(story_id__in=ids)}
    return [stories[name] for name in ids if name in stories]
