"""Django's handle on this room."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.project"
    label = "project"
