"""A read's token: the story's MAC, printed in its page.

The same for all readers, so that any cache may keep the page; made-up ones do not count. It proves that whoever sends a read has
had the page, not who that is: repeats and floods are the business of other steps.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# 96 bits: nobody guesses one, and it adds 16 letters to a page.
TOKEN_BYTES = 12
KEY_BYTES = 32
MOST_KNOWN = 65_536


def read_token(key: bytes, story: str) -> str:
    """Return a story's token: 16 letters, safe in a URL."""
    mac = hmac.digest(key, b"read:" + story.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode("ascii")


class Tokens:
    """The tokens of the stories that are asked for."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def is_of(self, story: str, token: str) -> bool:
        """Whether a token is this story's, in constant time."""
        known = self._known.get(story) or self._reckoned(story)
        # Letters beyond ASCII stand in no token, and the comparison takes none.
        return token.isascii() and hmac.compare_digest(known, token)

    def _reckoned(self, story: str) -> str:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        token = self._known[story] = read_token(self._key, story)
        return token


@lru_cache(maxsize=8)
def load_or_make_key(path: Path) -> bytes:
    """Return the site's key, made once; its file is readable by its owner only.

    Raises:
        OSError: the file can neither be read nor made.
        ValueError: the file holds no key, as after a copy that broke off.
    """
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} holds {len(key)} bytes and no key of {KEY_BYTES}: restore it, or remove it and print all pages again.")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_bytes(KEY_BYTES))
        # On disk before it has its name: every page that is printed from now on bears tokens of this key.
        os.fsync(file)
    finally:
        os.close(file)
    try:
        # A link, not a rename: of two processes that start together, the second takes the first one's key.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
