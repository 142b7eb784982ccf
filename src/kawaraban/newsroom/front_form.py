"""The form of a front page: whoever places a story by hand is offered the edition's own, and told what cannot stand so, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.forms import ModelForm
    from wagtail.query import PageQuerySet

    from kawaraban.newsroom.models import FrontPage, StoryPage

# The places in the order in which readers meet them.
PLACES = {"lead": _("Lead"), "seconds": _("Seconds"), "topic_strip": _("Topics strip")}
EDITION = "edition-"


class EditionStoryChooser(AdminPageChooser):
    """Opens at an edition's front page. What it offers is settled by the hook that asks for the queryset: it hears of the edition."""

    def __init__(self, front: FrontPage) -> None:
        # The one thing that Wagtail hands on from here to browsing and searching alike.
        super().__init__(target_models="newsroom.StoryPage", user_perms=f"{EDITION}{front.pk}")
        self.front = front

    def get_chooser_modal_url(self) -> str:
        """Return where choosing begins."""
        return reverse("wagtailadmin_choose_page_child", args=(self.front.pk,))

    def get_value_data_from_instance(self, instance: Page) -> dict[str, Any]:
        """Return what is shown of the chosen story; without its section, so that choosing again begins at the front page too."""
        return {**super().get_value_data_from_instance(instance), "parent_id": None}


class FrontForm(WagtailAdminPageForm):
    """Wagtail's form, which also looks at the stories placed by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name in PLACES:
            if name in self.formsets:
                self.formsets[name].form = _offering(self.formsets[name].form, self.instance)
        if "breaking_story" in self.fields:
            self.fields["breaking_story"].widget = EditionStoryChooser(self.instance)

    def clean(self) -> dict[str, Any]:
        """Look that every story is published, of this edition, and placed once."""
        cleaned: dict[str, Any] = super().clean()
        front = type(self.instance).objects.filter(locale_id=self.instance.locale_id).exclude(pk=self.instance.pk).first()
        if front is not None:
            words = gettext("There is a front page in this language already: “%(nameplate)s”.") % {"nameplate": front.nameplate}
            self.add_error(None, ValidationError(words))
        placed: dict[int, Any] = {}
        for place, form in self._placements():
            story = form.cleaned_data["story"]
            if words := self._fault(story, is_new=form.has_changed()):
                form.add_error("story", words)
            elif story.pk in placed:
                words = gettext("“%(story)s” would stand there twice: it is placed under “%(place)s” already.")
                form.add_error("story", words % {"story": story, "place": placed[story.pk]})
            else:
                placed[story.pk] = place
        breaking = cleaned.get("breaking_story")
        if breaking is not None and (words := self._fault(breaking, is_new="breaking_story" in self.changed_data)):
            self.add_error("breaking_story", words)
        return cleaned

    def _placements(self) -> Iterator[tuple[Any, ModelForm]]:
        for name, place in PLACES.items():
            formset = self.formsets.get(name)
            if formset is not None and formset.is_bound:
                formset.full_clean()
                for form in formset.forms:
                    cleaned = getattr(form, "cleaned_data", {})
                    if cleaned.get("story") is not None and not cleaned.get("DELETE"):
                        yield place, form

    def _fault(self, story: StoryPage, *, is_new: bool) -> str:
        """Say what is wrong with a story; one that was withdrawn since it was placed stops nobody, pages leave it out."""
        if story.locale_id != self.instance.locale_id:
            return gettext("“%(story)s” is a story of another edition (%(language)s).") % {
                "story": story,
                "language": story.locale.get_display_name(),
            }
        if is_new and not story.live:
            return gettext("“%(story)s” is not published: readers would not see it.") % {"story": story}
        return ""


def _offering(form: type[ModelForm], front: FrontPage) -> type[ModelForm]:
    class Placing(form):  # type: ignore[valid-type,misc]
        """A place of this front page."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["story"].widget = EditionStoryChooser(front)

    return Placing


def offered(pages: PageQuerySet, *, page_type: str, user_perms: str) -> PageQuerySet:
    """Return of these pages what a chooser of stories offers: what is published, of the edition where one is asked for."""
    if page_type != "newsroom.storypage":
        return pages
    pages = pages.live()
    edition = user_perms.removeprefix(EDITION)
    if edition == user_perms or not edition.isdecimal():
        return pages
    front = Page.objects.filter(pk=int(edition)).first()
    return pages.none() if front is None else pages.descendant_of(front)
