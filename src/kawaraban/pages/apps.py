"""Django's handle on this room."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.pages"
    label = "pages"
