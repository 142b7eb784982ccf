"""The topics' screens: the list, the form, and what a rule would gather before it is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from kawaraban.newsroom.models import Topic
from kawaraban.newsroom.models.topics import look_through_words
from kawaraban.newsroom.queries.gathering import rule_of, would_gather

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

# Of what a rule gathers so many are shown; looked for is as long as somebody who types will wait.
SHOWN, SECONDS = 30, 2.0
_TAKEN_OUT = re.compile(r"taken_out-(\d+)-story")
_KEY = re.compile("[0-9]{1,18}")


class TopicViewSet(SnippetViewSet):
    """Topics in the main menu."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_name = "topics"
    menu_order = 250
    add_to_admin_menu = True
    list_display = ["name", "slug", Column("gathers", label=_("gathered"), accessor=lambda topic: topic.gathers or "")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Count what each has gathered and readers have. Counted together, topics lose their order."""
        return Topic.objects.annotate(gathers=Count("gathered", filter=Q(gathered__story__live=True))).order_by("name")


def addresses() -> list[URLPattern]:
    """Return what the form asks for."""
    return [path("topics/gathers/", gathers, name="topic_gathers")]


@require_POST
def gathers(request: HttpRequest) -> HttpResponse:
    """Show what the rule that stands in the form would gather now."""
    if not any(request.user.has_perm(f"newsroom.{may}_topic") for may in ("add", "change")):
        raise PermissionDenied
    any_words, not_words = request.POST.get("any_words", ""), request.POST.get("not_words", "")
    template = "newsroom/topics/gathers.html"
    try:
        look_through_words(any_words)
        look_through_words(not_words)
    except ValidationError as error:
        return render(request, template, {"wrong": error.messages[0]})
    rule = rule_of(any_words=any_words, not_words=not_words, sections=request.POST.getlist("sections"))
    if rule is None:
        return render(request, template, {})
    found = would_gather(rule, shown=SHOWN, seconds=SECONDS)
    return render(
        request, template, {"found": found, "more": found.total - len(found.stories), "out": _taken_out(request), "has_rule": True}
    )


def _taken_out(request: HttpRequest) -> set[int]:
    """Return the keys of the stories that the form has among those taken out."""
    keys = set()
    for name, value in request.POST.items():
        place = _TAKEN_OUT.fullmatch(name)
        if place and isinstance(value, str) and _KEY.fullmatch(value) and not request.POST.get(f"taken_out-{place[1]}-DELETE"):
            keys.add(int(value))
    return keys
