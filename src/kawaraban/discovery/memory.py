"""Gives back what the search process has mapped, before it is more than is meant to be enough.

A page of a mapped file counts as the process's memory from when it is first looked at until the machine is short of memory. Given back, it
stays in the machine's cache, and looking at it again costs less than a microsecond. Linux only; elsewhere nothing is done.

Two things are mapped. The dictionary is, as long as the process is there. The index's files come and go, and threads of the index's own unmap
them: other memory may come to their place between a look at what is mapped and the giving back, and would be lost. So only those files are
given back that somebody holds until it is done (``Index.held``).
"""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

# Above so much, what is mapped is given back. 300 MB are meant to be enough: one question, or one story's related ones, may come on top.
MOST_RESIDENT_BYTES = 230 * 1024 * 1024
# Where what is the process's own is more than that, what is mapped may still grow to so much before it is given back again.
ROOM_BYTES = 50 * 1024 * 1024
# So much is given back at a time, at least: after each answer a little, not all at once after some.
LEAST_BYTES = 8 * 1024 * 1024
_PIECE = 4 * 1024 * 1024
_DONT_NEED = getattr(mmap, "MADV_DONTNEED", 4)
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r--. \S+ \S+ \S+ +(/.+)")
_DICTIONARY = "/sudachidict_core/resources/system.dic"


def resident_bytes() -> int:
    """Return how much of this process is in memory; 0 where that cannot be told."""
    try:
        return int(os.pread(_statm(os.getpid()), 200, 0).split()[1]) * mmap.PAGESIZE
    except (OSError, ValueError, IndexError):
        return 0


class Mapped:
    """What is mapped of the dictionary and of files, given back piece by piece, in turn: what is looked at often is given back no oftener."""

    def __init__(self) -> None:
        self._next = 0

    def give_back(self, files: Collection[str], until: int) -> bool:
        """Give back until no more than so many bytes are resident; say whether that was reached. The files must stay mapped until this returns."""
        pieces = _pieces(files)
        for _ in pieces:
            if resident_bytes() <= until:
                return True
            self._next = (self._next + 1) % len(pieces)
            start, end = pieces[self._next]
            # Only read from, so that nothing can be lost: whoever looks again finds what is in the file.
            _libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)
        return resident_bytes() <= until


def _pieces(files: Collection[str]) -> list[tuple[int, int]]:
    places: dict[str, list[tuple[int, int]]] = {}
    for start, end, path in _mapped():
        if path in files or path.endswith(_DICTIONARY):
            places.setdefault(path, []).append((start, end))
    # Of a file that is mapped twice nobody knows which of both is held. The dictionary is mapped once, and stays.
    whole = [place for found in places.values() if len(found) == 1 for place in found]
    return [(at, min(at + _PIECE, end)) for start, end in whole for at in range(start, end, _PIECE)]


def _mapped() -> list[tuple[int, int, str]]:
    """Return what is mapped of files to be read only: where each part begins and ends, and of which file it is."""
    if sys.platform != "linux":
        return []
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    return [(int(found[1], 16), int(found[2], 16), found[3]) for line in lines if (found := _MAPPING.fullmatch(line))]


@cache
def _statm(_process: int) -> int:
    # Read after every answer: opened once a process.
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)
