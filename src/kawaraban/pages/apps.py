"""Django's handle on this room."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.pages"
    label = "pages"

    def ready(self) -> None:
        """Register plates and errands with the press."""
        from kawaraban.pages import plates  # noqa: F401
        from kawaraban.pages.errands import register_errands

        register_errands()
