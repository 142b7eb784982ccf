"""What a place of files answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LARGEST_FILE = 60 * 1024 * 1024
ENDINGS = (".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".avif", ".tif", ".tiff", ".bmp")


class NotHadError(Exception):
    """A file could not be had; the message says why, as the end of a sentence."""


@dataclass(frozen=True)
class FoundFile:
    """A file of a picture."""

    name: str
    content: bytes


class MediaSource(Protocol):
    """A place where pictures' files lie."""

    def has(self, address: str) -> bool:
        """Whether the file of this address may be had; said without asking another machine."""
        ...

    def get(self, address: str) -> FoundFile:
        """Return the file of an address. Raises NotHadError."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...
