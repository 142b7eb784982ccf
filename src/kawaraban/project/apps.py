"""Django's handle on this room."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The composition root as a Django app: it is ready last, when every room has said what it prints."""

    name = "kawaraban.project"
    label = "project"

    def ready(self) -> None:
        """Have the press listen to what the rooms registered for."""
        from kawaraban.press.receivers import connect

        connect()
