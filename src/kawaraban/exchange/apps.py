"""Django's handle on this room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room as a Django app."""

    name = "kawaraban.exchange"
    label = "exchange"
