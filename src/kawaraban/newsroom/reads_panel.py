"""A story's reads in its editor: the chart of the last two days, above the settings."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from kawaraban.newsroom.queries.reads import reads_of


class ReadsPanel(Panel):
    """Shows how a published story is read; of what was never published, nothing."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in a form."""

        template_name = "newsroom/reads_panel.html"

        def is_shown(self) -> bool:
            """Say whether there is anything to show."""
            return bool(super().is_shown() and self.instance.pk and self.instance.first_published_at)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Count the story's reads."""
            return {**(super().get_context_data(parent_context) or {}), "story": self.instance, **reads_of(self.instance)}
