"""What a place of files answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_noop as _

LARGEST_FILE = 60 * 1024 * 1024
LARGER = _("it is larger than %(most)s MB")
ENDINGS = (".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".avif", ".tif", ".tiff", ".bmp")


class NotHadError(Exception):
    """A file could not be had; the message says why, as the end of a sentence."""

    @property
    def said(self) -> str:
        """Why, as a sentence that can be said in other languages where it is one."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


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
