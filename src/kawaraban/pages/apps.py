"""Django's handle on this room."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.pages"
    label = "pages"

    def ready(self) -> None:
        """Register the plates with the press."""
        from kawaraban.pages import plates  # noqa: F401
