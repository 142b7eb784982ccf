"""Asks what was printed for an address, as a reader does."""

from kawaraban.delivery.settings import ReaderSettings
from kawaraban.exchange.proving.asking import ask


def asked(log, paths):
    somewhere = str(log.path.parent / "nowhere")
    settings = ReaderSettings(
        sheet_log=str(log.path),
        media_dir=somewhere,
        related_store=somewhere,
        collector_socket=somewhere,
        search_socket=somewhere,
        base_url="http://127.0.0.1:8000",
    )
    return ask(settings, paths)
