"""Django's handle on this room."""

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.newsroom"
    label = "newsroom"

    def ready(self) -> None:
        """Put words into gettext's hands that Wagtail keeps from it, ask less, and have stories go into search when they are saved."""
        from kawaraban.newsroom.account import ask_for_no_name
        from kawaraban.newsroom.receivers import connect
        from kawaraban.newsroom.wording import put_into_words

        put_into_words()
        ask_for_no_name()
        connect()
