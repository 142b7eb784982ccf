"""Django's handle on this room."""

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.newsroom"
    label = "newsroom"
