"""The desk's reading in the editor: a panel beside the text that marks what is to be looked at, and a step before publishing."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, cast

from django.core.exceptions import PermissionDenied
from django.forms import Media, Script
from django.http import HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.log_actions import log
from wagtail.models import Task

from kawaraban.language.mentions import State
from kawaraban.newsroom.actions.accept_wording import accept_wording
from kawaraban.newsroom.models import StoryPage
from kawaraban.newsroom.queries.desk_reading import Field, Named, Remark, day_of, read_fields, read_story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
    from django.urls import URLPattern
    from wagtail.admin.views.pages.bulk_actions.publish import PublishBulkAction
    from wagtail.models import Page

PUBLISHED_OVER = "newsroom.published_over"
_LARGEST = 2_000_000  # bytes of a story's words
_LANGUAGES = frozenset(("ja", "ko"))  # that have rules
_TOLD = 5  # errors in one message
_MOST_IGNORED = 200
STATES = {
    State.RIGHT: gettext_lazy("right"),
    State.BRACKETS_MISSING: gettext_lazy("first mention without its reading"),
    State.BRACKETS_OTHER: gettext_lazy("another reading than registered"),
    State.WRONG_FORM: gettext_lazy("a form not to be used"),
    State.SHORT_FIRST: gettext_lazy("short form before the whole name"),
    State.TITLE_NOT_THEN: gettext_lazy("title not valid on the story's day"),
    State.TWO_FORMS: gettext_lazy("two forms in one story"),
}


class DeskReadingPanel(BaseSidePanel):
    """Beside the text: names and words to look at."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """Its button, with the number of what is to be looked at."""

        aria_label = gettext_lazy("Toggle desk reading")
        icon_name = "edit"

    name = "desk-reading"
    title = gettext_lazy("Desk reading")
    template_name = "newsroom/desk/panel.html"
    order = 120

    @property
    def media(self) -> Media:
        """The script that reads along."""
        return Media(js=[Script("newsroom/desk.js", type="module")])  # type: ignore[list-item]  # the stubs know strings only

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Tell the panel where to ask."""
        context = super().get_context_data(parent_context)
        return {
            **context,
            "read_url": reverse("desk_read"),
            "accept_url": reverse("desk_accept"),
            "story": self.object.pk or "",
            "language": self.object.locale.language_code,
        }


class _WithReading:
    """A story's form with the panel beside it, in the languages that have rules."""

    def get_side_panels(self) -> MediaContainer:
        """Put the panel beside Wagtail's own."""
        panels = super().get_side_panels()  # type: ignore[misc]
        story = self.page  # type: ignore[attr-defined]
        if getattr(story.locale, "language_code", "") not in _LANGUAGES or getattr(self, "expects_json_response", False):
            return panels
        request = self.request  # type: ignore[attr-defined]
        return MediaContainer([*panels, DeskReadingPanel(story, request)])


class StoryEditView(_WithReading, EditView):
    """The form of a story."""

    def perform_workflow_action(self) -> HttpResponse:
        """Approve or send back; errors ask for a reason. An approval with changes does not publish: they wait to be approved themselves."""
        if self.workflow_action == "approve" and not self.has_content_changes and _approval_publishes(self.page):
            refused = ask_for_a_reason(self.request, self.page)
            if refused is not None:
                return refused
        return super().perform_workflow_action()


class StoryWorkflowActionView(WorkflowActionView):
    """What the desk does with a story from its first screen."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve or send back; an approval that would publish errors leads to the form, where a reason can be given."""
        refused = None
        if self.action_name == "approve" and _approval_publishes(self.object):
            refused = ask_for_a_reason(request, self.object.get_latest_revision_as_object())
        if refused is None:
            return super().post(request, *args, **kwargs)
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            # From the window that asks for a comment: its script goes where the answer says.
            return self.render_modal_json(request, {"step": "success", "redirect": refused["Location"]})
        return refused


def _approval_publishes(page: Page) -> bool:
    """Whether nothing else is to be approved: no other task, and no version that is newer than the one that was handed in."""
    state = page.current_workflow_state
    task = page.current_workflow_task_state
    others = Task.objects.filter(workflow_tasks__workflow=state.workflow, active=True).exclude(task_states__in=state.successful_task_states)
    return task.revision_id == page.latest_revision_id and not others.exclude(pk=task.task_id).exists()


class StoryCreateView(_WithReading, CreateView):
    """The form of a new story."""


class StoryViewSet(PageViewSet):
    """Stories in the newsroom."""

    model = StoryPage
    add_view_class = StoryCreateView
    edit_view_class = StoryEditView
    workflow_action_view_class = StoryWorkflowActionView

    @cached_property
    def parent_models(self) -> tuple[type, ...]:
        """Leave lists of sections to Wagtail."""
        return ()


def addresses() -> list[URLPattern]:
    """Return what the panel asks for."""
    return [path("desk/read/", read, name="desk_read"), path("desk/accept/", accept, name="desk_accept")]


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Read what stands in the editor now; answer with the panel's content and the places to mark."""
    if len(request.body) > _LARGEST:
        return HttpResponseBadRequest(_("The story is too long to be read at once."))
    try:
        asked = json.loads(request.body)
        fields = [Field(str(field["key"]), str(field["text"]), bool(field.get("body"))) for field in asked["fields"]]
        story = int(asked["story"]) if asked.get("story") else None
        topics = frozenset(int(str(topic)[:9]) for topic in asked.get("topics", ()))
        language = str(asked.get("language") or "ja")
        photos = {str(photo["key"]): int(str(photo["id"])[:9]) for photo in asked.get("photos", ())}
        day = _typed_day(str(asked.get("day") or ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return HttpResponseBadRequest(_("This is no story."))
    if language not in _LANGUAGES:
        return HttpResponseBadRequest(_("This is no story."))
    reading = read_fields(fields, day=day, story=story, topics=topics, photos=photos, language=cast("Literal['ja', 'ko']", language))
    rows = [{"remark": remark, "number": number} for number, remark in enumerate(reading.remarks)]
    names = [{"named": named, "state": STATES[named.state], "number": len(rows) + at} for at, named in enumerate(reading.names)]
    of_form = [number for number, remark in enumerate(reading.remarks) if remark.is_of_form]
    told = {"rows": rows, "names": names, "reading": reading, "of_form": len(of_form) if len(of_form) > 1 else 0}
    html = render_to_string("newsroom/desk/reading.html", told, request)
    places = [_place(remark, remark.level) for remark in reading.remarks]
    places += [_place(named, "" if named.state is State.RIGHT else "name") for named in reading.names]
    wrong = sum(named.state is not State.RIGHT for named in reading.names)
    count = sum(remark.level != "hint" for remark in reading.remarks) + wrong
    return JsonResponse({"html": html, "places": places, "of_form": of_form, "count": count})


def _typed_day(typed: str) -> date:
    """Return the story's day as its form says it, 2024-05-01 with or without a time behind; today for a story without one, or a half typed one."""
    try:
        return date.fromisoformat(typed[:10])
    except ValueError:
        return timezone.localdate()


def _place(told: Remark | Named, level: str) -> dict[str, Any]:
    return {"field": told.field, "start": told.start, "end": told.end, "text": told.text, "suggestion": told.suggestion, "level": level}


@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Have a rule leave a text alone: in a story, or, for those who publish, always."""
    rule, text = request.POST.get("rule", "")[:40], request.POST.get("text", "")[:200]
    story = StoryPage.objects.filter(pk=request.POST.get("story") or None).first() if request.POST.get("story", "").isdigit() else None
    always = request.POST.get("always") == "1"
    if not rule or not text or (story is None and not always):
        return HttpResponseBadRequest(_("This is no wording."))
    if always and not request.user.has_perm("newsroom.add_acceptedwording"):
        raise PermissionDenied
    if story is not None and not story.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    accept_wording(rule=rule, text=text, story=None if always else story, actor=request.user)  # type: ignore[arg-type]
    return JsonResponse({})


def keep_ignored(request: HttpRequest, page: Page) -> None:
    """Have what was ignored in a story before it was saved first be left alone in it."""
    if not isinstance(page, StoryPage):
        return
    try:
        told = [(str(rule)[:40], str(text)[:200]) for rule, text in json.loads(request.POST.get("proof-ignored") or "[]")[:_MOST_IGNORED]]
    except (ValueError, TypeError):
        return
    for rule, text in told:
        if rule and text:
            accept_wording(rule=rule, text=text, story=page, actor=request.user)  # type: ignore[arg-type]


def ask_for_a_reason(request: HttpRequest, page: Page) -> HttpResponseRedirect | None:
    """Before a story goes out: errors ask for a reason. The story is saved as a draft; with a reason, which is logged, it goes out."""
    story = page.specific
    keep_ignored(request, story)
    errors = _errors_in(story)
    if not errors:
        return None
    reason = request.POST.get("proof-reason", "").strip()
    if reason:
        told = [{"rule": error.rule, "text": error.text} for error in errors]
        log(instance=story, action=PUBLISHED_OVER, user=request.user, data={"reason": reason[:500], "errors": told})
        return None
    head = ngettext(
        "Not published, saved as a draft: {count} error. Mend it, or say under “Desk reading” why it goes out so.",
        "Not published, saved as a draft: {count} errors. Mend them, or say under “Desk reading” why it goes out so.",
        len(errors),
    ).format(count=len(errors))
    told_errors = " / ".join(f"「{error.text}」{error.message}" for error in errors[:_TOLD])
    messages.error(request, f"{head} {told_errors}")
    return redirect("wagtailadmin_pages:edit", story.pk)


def refuse_errors_together(request: HttpRequest, pages: Iterable[Page], action: PublishBulkAction) -> HttpResponseRedirect | None:
    """Before several pages go out together: errors have none of them go out, for one reason would not do for all."""
    deep = action.cleaned_form.cleaned_data["include_descendants"]
    titles = [story.title for story in _going_out(request, pages, deep=deep) if _errors_in(story)]
    if not titles:
        return None
    stories = " / ".join(titles[:_TOLD]) + (" …" if len(titles) > _TOLD else "")
    told = _(
        "Nothing was published. Stories with errors: {stories}. Mend them, or publish them one by one from their forms, with a reason."
    )
    messages.error(request, told.format(stories=stories))
    return redirect(action.next_url)


def _going_out(request: HttpRequest, pages: Iterable[Page], *, deep: bool) -> Iterator[Page]:
    for page in pages:
        yield page.get_latest_revision_as_object()
        for draft in page.get_descendants().type(StoryPage).not_live() if deep else ():
            if draft.permissions_for_user(request.user).can_publish():
                yield draft.get_latest_revision_as_object()


def _errors_in(page: Page) -> list[Remark]:
    story = page.specific
    return read_story(story, day=day_of(story)).errors if isinstance(story, StoryPage) and story.language in _LANGUAGES else []
