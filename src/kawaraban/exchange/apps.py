"""Django's handle on this room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Register feeds and sitemaps with the press."""
        from kawaraban.exchange.feeds import hubs, notices, partners, plates  # noqa: F401

        hubs.register()
