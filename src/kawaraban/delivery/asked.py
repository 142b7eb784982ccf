"""What a request that was not answered in passing is known by: its id, in the answer of an error and in the log."""

from __future__ import annotations

import contextvars
import itertools
import logging
import re
import secrets
import time

logger = logging.getLogger(__name__)

SLOW_SECONDS = 1.0
SERVER_ERROR = 500
# The id of the request that is being answered; every line of the log bears it.
REQUEST_ID: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
# By chance for each process, and then counted: a random id for each request would cost more than it says.
_OURS, _NUMBER = secrets.token_hex(4), itertools.count(1)
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Asked:
    """A request on its way. Its id is what a proxy of ours calls it, or one of our own; anybody else's word is not taken."""

    def __init__(self, method: str, path: str, given_id: str | None, began: float | None = None) -> None:
        self.id = given_id if given_id is not None and _ID.fullmatch(given_id) else f"{_OURS}{next(_NUMBER):08x}"
        self._method = method
        self._path = path
        self._at = time.monotonic() if began is None else began
        REQUEST_ID.set(self.id)

    def answered(self, status: int) -> None:
        """Note what an operator should know of: our own failures, and answers that somebody waited for. No address, no query."""
        seconds = time.monotonic() - self._at
        if status >= SERVER_ERROR or seconds >= SLOW_SECONDS:
            what = "failed" if status >= SERVER_ERROR else "slow"
            fields = {"method": self._method, "path": self._path, "status": status, "ms": round(seconds * 1000)}
            logger.warning("a request %s: %s %s", what, self._method, self._path, extra={"fields": fields})
