"""What a reader worker must know. Workers are processes of their own, so it travels in the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

_VARIABLE = "KAWARABAN_READER"


class ReaderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Paths, doors and bounds of the reader server."""

    sheet_log: str
    media_dir: str
    related_store: str
    collector_socket: str
    search_socket: str
    base_url: str
    trusted_proxies: tuple[str, ...] = ()
    staff_networks: tuple[str, ...] = ()  # whose reads do not count
    read_opt_out: tuple[str, ...] = ()  # "gpc", "dnt": what a browser says for a reader who is not to be counted
    bot_header: str = ""  # by which a trusted proxy tells of machines
    processes_dir: str = ""  # where this process answers its operator; nowhere if empty
    access_log: bool = False
    hot_files: str = ""  # the directory of the hot files; none are kept if empty
    most_hot_files: int = 2_000
    strict_seconds: int = 0  # HSTS; 0 for none
    cache_tags: bool = False  # keys as Cache-Tag, not as Surrogate-Key
    cache_bytes: int = 64 * 1024 * 1024
    most_connections: int = 10_000

    def hand_on(self) -> None:
        """Put the settings where the workers that are started next find them."""
        os.environ[_VARIABLE] = msgspec.json.encode(self).decode()


def handed_on() -> ReaderSettings:
    """Return what ``hand_on`` put into the environment; KeyError if nothing did."""
    return msgspec.json.decode(os.environ[_VARIABLE], type=ReaderSettings)


def reader_settings(
    *,
    sheet_log: Path,
    media_dir: Path,
    related_store: Path,
    collector_socket: Path,
    search_socket: Path,
    base_url: str,
    trusted_proxies: tuple[str, ...] = (),
) -> ReaderSettings:
    """Make settings of paths."""
    return ReaderSettings(
        sheet_log=str(sheet_log),
        media_dir=str(media_dir),
        related_store=str(related_store),
        collector_socket=str(collector_socket),
        search_socket=str(search_socket),
        base_url=base_url,
        trusted_proxies=trusted_proxies,
    )
