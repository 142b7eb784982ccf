"""Django's handle on this room."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.demo"
    label = "demo"
