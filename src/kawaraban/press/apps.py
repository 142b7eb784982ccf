"""Django's handle on this room."""

from django.apps import AppConfig


class PressConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.press"
    label = "press"
