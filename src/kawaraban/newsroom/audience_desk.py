"""The audience's screens: what is read, by whom and how; a story's own reads; its place in rankings; all of it as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.widgets import AdminDateTimeInput

from kawaraban.audience.queries import apart_reads, readership
from kawaraban.newsroom.actions.rule_ranking import let_rank_as_read, pin_in_rankings, take_out_of_rankings
from kawaraban.newsroom.charts import bars, chart, points
from kawaraban.newsroom.models import Person, RankingAct, SectionPage, StoryPage, Topic
from kawaraban.newsroom.queries.reads import DEVICE_NAMES, SOURCE_NAMES, reads_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest
    from django.urls import URLPattern

    from kawaraban.audience.queries import Readership
    from kawaraban.audience.shapes import Named, Report
    from kawaraban.newsroom.charts import Bar
    from kawaraban.newsroom.models import User

REASON_NAMES = {
    "malformed": gettext_lazy("No read at all"),
    "opted-out": gettext_lazy("Does not want to be counted"),
    "unknown-story": gettext_lazy("Story not published"),
    "forged": gettext_lazy("Made-up token"),
    "bot": gettext_lazy("Bot"),
    "prefetch": gettext_lazy("Fetched ahead, not opened"),
    "not-seen": gettext_lazy("Not seen for three seconds"),
    "staff": gettext_lazy("Staff or preview"),
    "repeat": gettext_lazy("Same reader within 30 minutes"),
    "too-fast": gettext_lazy("More stories than a person opens"),
    "flood": gettext_lazy("Too many in too short a time"),
    "tireless": gettext_lazy("More in a day than a person reads"),
}
RULE_NAMES = {
    "nameless": gettext_lazy("browser without a name"),
    "from": gettext_lazy("names whom to write to"),
    "proxy": gettext_lazy("by our proxy's word"),
    "another-site": gettext_lazy("sent by another site's page"),
    "hidden": gettext_lazy("in the background"),
    "under-three-seconds": gettext_lazy("closed before"),
    "page": gettext_lazy("by the page's word"),
    "request": gettext_lazy("by the request's word"),
    "network-a-minute": gettext_lazy("a network, within a minute"),
    "story-by-network": gettext_lazy("a network, of one story"),
    "no-json": gettext_lazy("no JSON"),
    "wrong-field": gettext_lazy("a field is missing or of another kind"),
    "too-long": gettext_lazy("too long"),
}
# The others of those that are told stand folded behind them.
STORIES_SHOWN, ALERTS_SHOWN = 20, 3
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_admin_access
def audience(request: HttpRequest) -> HttpResponse:
    """Show what is read now, by story, section and source, and what was dropped and why."""
    known = _known()
    report = known.report
    stories = _stories(
        {*(row.story for row in report.stories), *(one.story for one in report.alerts), *(one.story for one in report.samples)}
    )
    rows = [{"page": stories[row.story], "row": row, "line": points(row.minutes)} for row in report.stories if row.story in stories]
    alerts = [(alert, stories.get(alert.story)) for alert in report.alerts if not alert.story or alert.story in stories]
    hours = [timezone.localtime(datetime.fromtimestamp(report.at - 3600 * ago, UTC)) for ago in range(23, -1, -1)]
    context = {
        "known": known,
        "report": report,
        "told_at": datetime.fromtimestamp(report.at, UTC) if report.at else None,
        "alerts": alerts[:ALERTS_SHOWN],
        "more_alerts": alerts[ALERTS_SHOWN:],
        "stories": rows[:STORIES_SHOWN],
        "more_stories": rows[STORIES_SHOWN:],
        "day": chart(
            "day",
            _("Hour by hour, 24 hours"),
            _("Hour until"),
            [f"{hour:%H:%M}" for hour in hours],
            [(_("the last 24 hours"), report.hours), (_("a week before"), report.week_ago)],
        ),
        "week_ago": sum(report.week_ago),
        "today": _today(report),
        "read_through": round(report.finished * 100),
        "groups": _groups(known),
        "rules": [(REASON_NAMES.get(one.reason, one.reason), _rule(one.rule), one.count) for one in report.rules],
        "samples": [
            {
                "at": datetime.fromtimestamp(one.at, UTC),
                "reason": REASON_NAMES.get(one.reason, one.reason),
                "rule": _rule(one.rule),
                "story": stories.get(one.story),
                "source": SOURCE_NAMES.get(one.source, one.source),
                "device": DEVICE_NAMES.get(one.device, one.device),
            }
            for one in report.samples
        ],
        "acts": RankingAct.objects.that_hold().select_related("story__locale", "actor").order_by("-made_at"),
        "apart": apart_reads(settings.KAWARABAN_READS_DIR, datetime.now(UTC).timestamp()),
    }
    return render(request, "newsroom/audience.html", context)


@require_admin_access
def audience_file(request: HttpRequest, form: str) -> HttpResponse:
    """Hand out what the screen shows as a file: stories and counts as CSV, or everything as JSON."""
    known = _known()
    stories = _stories([row.story for row in known.report.stories])
    if form == "json":
        content = msgspec.to_builtins(known.report)
        rows = [
            {**dict(zip(_STORY_FIELDS, values, strict=True)), "minutes": row.minutes}
            for row, values in zip(known.report.stories, _story_rows(known, stories), strict=True)
        ]
        content |= {"stories": rows, **{name: dict(msgspec.to_builtins(content[name])) for name in _GROUP_FIELDS}}
        answer = HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/json")
    elif form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("kind", *_STORY_FIELDS))
        writer.writerows(("story", *map(_cell, values)) for values in _story_rows(known, stories))
        for kind in _GROUP_FIELDS:
            writer.writerows((kind, _cell(one.name), "", "", "", "", one.count, "", "", "") for one in getattr(known.report, kind))
        # Spreadsheets take a file for UTF-8 that begins so.
        answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="audience-{timezone.localtime():%Y%m%d-%H%M}.{form}"'
    return answer


@require_admin_access
def story_reads(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how one story is read, and let who may publish it settle its place in rankings."""
    story = get_object_or_404(StoryPage.objects.select_related("locale"), pk=pk)
    permissions = story.permissions_for_user(cast("User", request.user))
    form = None
    if permissions.can_publish():
        form = RankingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            _settle(story, cast("User", request.user), form.cleaned_data)
            messages.success(request, _("Settled. Rankings follow within seconds."))
            return redirect("audience_story", pk=pk)
    elif request.method == "POST":
        raise PermissionDenied
    context = {"story": story, "form": form, "act": RankingAct.objects.that_hold().filter(story=story).first(), **reads_of(story)}
    return render(request, "newsroom/story_reads.html", context)


class RankingForm(forms.Form):
    """What an editor says of a story's place in rankings."""

    PIN, TAKE_OUT, LET_RANK = "pin", "take-out", "let-rank"

    act = forms.ChoiceField(
        label=gettext_lazy("In rankings"),
        choices=[
            (PIN, gettext_lazy("pin: it stands first until")),
            (TAKE_OUT, gettext_lazy("take out: it stands in none from")),
            (LET_RANK, gettext_lazy("as it is read")),
        ],
        widget=forms.RadioSelect,
    )
    moment = forms.DateTimeField(
        label=gettext_lazy("Time"), required=False, widget=AdminDateTimeInput, help_text=gettext_lazy("Taken out without a time: now.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("It stands in the story's history."))

    def clean(self) -> dict[str, Any]:
        """A story is pinned until a time that is to come."""
        data = super().clean() or {}
        if data.get("act") == self.PIN and not (data.get("moment") and data["moment"] > timezone.now()):
            raise ValidationError({"moment": _("Say until when: a time that is to come.")})
        return data


def addresses() -> list[URLPattern]:
    """Return the addresses of these screens."""
    return [
        path("audience/", audience, name="audience"),
        path("audience/file.<slug:form>", audience_file, name="audience_file"),
        path("audience/story/<int:pk>/", story_reads, name="audience_story"),
    ]


_STORY_FIELDS = ("story", "url", "title", "reads_hour", "expected_hour", "reads_day", "engaged_seconds", "finished", "language")
_GROUP_FIELDS = ("sections", "topics", "bylines", "sources", "devices", "dropped")


def _known() -> Readership:
    return readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR)


def _stories(ids: Iterable[str]) -> dict[str, StoryPage]:
    stories = StoryPage.objects.select_related("locale").filter(story_id__in=set(ids))
    return {story.story_id: story for story in stories}


def _today(report: Report) -> dict[str, int | None]:
    """Return the reads since midnight, those of the same weekday until the same hour, and how the two stand in hundredths."""
    now = timezone.localtime(datetime.fromtimestamp(report.at, UTC))
    passed = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds() / 3600
    reads, before = _lately(report.hours, passed), _lately(report.week_ago, passed)
    return {"reads": reads, "before": before, "change": round(100 * (reads / before - 1)) if before else None}


def _lately(hours: Sequence[int], length: float) -> int:
    """Return what stands in the last so many of these hours; of one that is in it in part, that part."""
    return round(sum(count * min(1.0, max(0.0, length - ago)) for ago, count in enumerate(reversed(hours))))


def _groups(known: Readership) -> list[tuple[str, str, list[Bar]]]:
    report = known.report
    # A section has a name in each edition: that of who looks wins.
    titles = SectionPage.objects.values_list("slug", "title", "locale__language_code")
    sections = {slug: title for slug, title, _language in sorted(titles, key=lambda row: (row[2] == get_language(), row[2] == "ja"))}
    topics = dict(Topic.objects.filter(slug__in=[one.name for one in report.topics]).values_list("slug", "name"))
    people = dict(Person.objects.filter(slug__in=[one.name for one in report.bylines]).values_list("slug", "name"))

    def named(rows: Sequence[Named], names: dict[str, Any], whole: int | None = None) -> list[Bar]:
        return bars(((names.get(row.name, row.name), row.count) for row in rows), whole)

    return [
        ("sections", _("Sections, 24 hours"), named(report.sections, sections)),
        ("sources", _("Where readers come from, 24 hours"), named(report.sources, SOURCE_NAMES)),
        ("devices", _("Devices, 24 hours"), named(report.devices, DEVICE_NAMES)),
        ("topics", _("Topics, 24 hours"), named(report.topics, topics, report.reads_day)),
        ("bylines", _("Bylines, 24 hours"), named(report.bylines, people, report.reads_day)),
        ("dropped", _("Not counted, and why, 24 hours"), named(report.dropped, REASON_NAMES)),
    ]


def _rule(rule: str) -> Any:
    # A bot's rule is the pattern that its name met.
    return RULE_NAMES.get(rule, rule.replace("\\", ""))


def _story_rows(known: Readership, stories: dict[str, StoryPage]) -> Iterable[tuple[Any, ...]]:
    for row in known.report.stories:
        page = stories.get(row.story)
        url = f"{settings.KAWARABAN_BASE_URL}{page.reader_path}" if page else ""
        title, language = (page.title, page.locale.language_code) if page else ("", "")
        yield row.story, url, title, row.hour, row.expected, row.day, row.engaged, row.finished, language


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _settle(story: StoryPage, actor: User, said: dict[str, Any]) -> None:
    if said["act"] == RankingForm.PIN:
        pin_in_rankings(story=story, until=said["moment"], reason=said["reason"], actor=actor)
    elif said["act"] == RankingForm.TAKE_OUT:
        take_out_of_rankings(story=story, at=said["moment"], reason=said["reason"], actor=actor)
    else:
        let_rank_as_read(story=story, reason=said["reason"], actor=actor)
