"""What keeps the search process from writing: a full disk, a limit, a disk that was mounted to be read only."""

from __future__ import annotations

import errno
import os
import re
import sqlite3

_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
# The index tells of errors in words alone.
_NUMBER = re.compile(r"os error (\d+)|Os \{ code: (\d+)")
_WRITER_GONE = re.compile(r"index writer was killed", re.IGNORECASE)


def why_unwritten(error: BaseException) -> str:
    """Return what an error says of the disk, for a log; "" if it is of another kind and must not be passed over."""
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return os.strerror(error.errno)
    # The lower eight bits are the kind, those above say more.
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _SQLITE:
        return str(error)
    if isinstance(error, ValueError):
        numbers = [int(found[1] or found[2]) for found in _NUMBER.finditer(str(error))]
        if known := next((number for number in numbers if number in _NUMBERS), 0):
            return os.strerror(known)
        if _WRITER_GONE.search(str(error)):
            return str(error)
    return ""
