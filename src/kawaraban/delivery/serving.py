"""Starts the reader server's workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces

if TYPE_CHECKING:
    from kawaraban.delivery.settings import ReaderSettings


def serve_readers(settings: ReaderSettings, *, host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    settings.hand_on()
    Granian(
        "kawaraban.delivery.app:app",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        log_access=False,
        websockets=False,
        respawn_failed_workers=True,
    ).serve()
