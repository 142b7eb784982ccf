"""How one story is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kawaraban.audience.queries import per_story_series
from kawaraban.newsroom.charts import chart

if TYPE_CHECKING:
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


def reads_of(story: StoryPage) -> dict[str, Any]:
    """Return a story's chart of the last two days, by the hour, and where its readers came from."""
    now = timezone.now()
    since = now - timedelta(hours=HOURS_OF_A_STORY - 1)
    series = per_story_series(settings.KAWARABAN_READS_DIR, story.story_id, since=since.timestamp() // 3600 * 3600, until=now.timestamp())
    hours = [timezone.localtime(datetime.fromtimestamp(series.since + place * series.step, UTC)) for place in range(len(series.counts))]
    return {
        "reads": sum(series.counts),
        "engaged": round(series.seconds / series.told) if series.told else None,
        "finished": round(100 * series.depths[-1] / series.told) if series.told else None,
        "chart": chart("story", _("Reads by the hour, 48 hours"), [f"{hour:%m-%d %H:%M}" for hour in hours], [(_("reads"), series.counts)]),
        "groups": [
            ("sources", _("Where readers come from"), [(SOURCE_NAMES.get(one.name, one.name), one.count) for one in series.sources]),
            ("devices", _("Devices"), [(DEVICE_NAMES.get(one.name, one.name), one.count) for one in series.devices]),
            (
                "depths",
                _("How far it is read"),
                [(_("to {share} %").format(share=25 * (place + 1)), count) for place, count in enumerate(series.depths)]
                if series.told
                else [],
            ),
        ],
    }
