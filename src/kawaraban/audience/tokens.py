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

TOKEN_BYTES = 12


def read_token(key: bytes, story: str) -> str:
    """Return a story's token: 16 letters, safe in a URL."""
    mac = hmac.digest(key, b"read:" + story.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode("ascii")


def is_token_of(key: bytes, story: str, token: str) -> bool:
    """Whether a token is this story's, in constant time."""
    return hmac.compare_digest(read_token(key, story).encode(), token.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=8)
def load_or_make_key(path: Path) -> bytes:
    """Return the site's key, made once; its file is readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.touch(mode=0o600)
        temporary.write_bytes(secrets.token_bytes(32))
        try:
            # A link, not a rename: of two processes that start together, the second takes the first one's key.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_bytes()
