"""How one story is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kawaraban.audience.days import days_of
from kawaraban.audience.queries import per_story_series
from kawaraban.audience.readlog import ReadLog
from kawaraban.newsroom.charts import bars, chart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kawaraban.audience.days import DayOfStory
    from kawaraban.newsroom.charts import Chart
    from kawaraban.newsroom.models import StoryPage

SOURCE_NAMES = {
    "direct": gettext_lazy("Direct"),
    "internal": gettext_lazy("From our own pages"),
    "search": gettext_lazy("Search engines"),
    "social": gettext_lazy("Social networks"),
    "portal": gettext_lazy("News portals"),
    "newsletter": gettext_lazy("Newsletter"),
    "other": gettext_lazy("Other sites"),
}
DEVICE_NAMES = {"phone": gettext_lazy("Phone"), "tablet": gettext_lazy("Tablet"), "desktop": gettext_lazy("Computer")}
HOURS_OF_A_STORY = 48


# More days than these are not drawn; they are counted.
DAYS_OF_A_STORY = 90


def reads_of(story: StoryPage) -> dict[str, Any]:
    """Return a story's charts, of the last two days by the hour and of its life by the day, and where its readers came from."""
    now = timezone.now()
    since = now - timedelta(hours=HOURS_OF_A_STORY - 1)
    series = per_story_series(settings.KAWARABAN_READS_DIR, story.story_id, since=since.timestamp() // 3600 * 3600, until=now.timestamp())
    hours = [timezone.localtime(datetime.fromtimestamp(series.since + place * series.step, UTC)) for place in range(len(series.counts))]
    days = days_of(
        ReadLog(settings.KAWARABAN_READS_DIR / "log"),
        settings.KAWARABAN_READS_DIR,
        story.story_id,
        timezone=settings.TIME_ZONE,
        now=now.timestamp(),
    )
    return {
        "reads": sum(series.counts),
        "reads_in_all": sum(day.reads for day in days),
        "days": _chart_of_days(days, timezone.localdate(now)),
        "engaged": round(series.seconds / series.told) if series.told else None,
        "finished": round(100 * series.depths[-1] / series.told) if series.told else None,
        "chart": chart(
            "story", _("Reads by the hour, 48 hours"), _("Hour"), [f"{hour:%m-%d %H:%M}" for hour in hours], [(_("reads"), series.counts)]
        ),
        "groups": [
            ("sources", _("Where readers come from"), bars((SOURCE_NAMES.get(one.name, one.name), one.count) for one in series.sources)),
            ("devices", _("Devices"), bars((DEVICE_NAMES.get(one.name, one.name), one.count) for one in series.devices)),
            (
                "depths",
                _("How far it is read"),
                bars(((_("to {share} %").format(share=25 * (place + 1)), count) for place, count in enumerate(series.depths)), series.told)
                if series.told
                else [],
            ),
        ],
    }


def _chart_of_days(days: Sequence[DayOfStory], today: date) -> Chart | None:
    """Draw a story's reads by the day, from the first on that it was read; nothing while the hours of two days say it all."""
    if not days or (today - days[0].day).days < HOURS_OF_A_STORY // 24:
        return None
    first = max(days[0].day, today - timedelta(days=DAYS_OF_A_STORY - 1))
    reads = {day.day: day.reads for day in days}
    steps = [first + timedelta(days=ago) for ago in range((today - first).days + 1)]
    title = _("Reads by the day") if first == days[0].day else _("Reads by the day, {days} days").format(days=DAYS_OF_A_STORY)
    return chart("story-days", title, _("Day"), [f"{day:%Y-%m-%d}" for day in steps], [(_("reads"), [reads.get(day, 0) for day in steps])])
