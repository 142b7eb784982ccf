"""Gives back what the search process has mapped of files: the dictionary and the index, which together may be larger than the machine.

A page of a mapped file counts as the process's memory from when it is first looked at until the machine is short of memory. Given back, it
stays in the machine's cache, and looking at it again costs less than a microsecond. Linux only; elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

# Above so much, what is mapped is given back; it is looked at so often.
MOST_RESIDENT_BYTES = 220 * 1024 * 1024
LOOK_EVERY_SECONDS = 1.0
_DONT_NEED = getattr(mmap, "MADV_DONTNEED", 4)
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r--. \S+ \S+ \S+ +(/.+)")
# What is smaller is a library's: it is not worth the look.
_LEAST_BYTES = 64 * 1024


def resident_bytes() -> int:
    """Return how much of this process is in memory; 0 where that cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE
    except (OSError, ValueError, IndexError):
        return 0


def give_back_if_much(directory: Path, *, most: int = MOST_RESIDENT_BYTES) -> bool:
    """Give back what is mapped of the dictionary and of files in a directory, if the process has become large; say whether it was done."""
    if sys.platform != "linux" or resident_bytes() < most:
        return False
    wanted = (str(directory.resolve()) + os.sep, "system.dic")
    for start, end, file in _mappings():
        if file.startswith(wanted[0]) or file.endswith(wanted[1]):
            # Only read from, so that nothing can be lost: whoever looks again finds what is in the file.
            _libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)
    return True


def _mappings() -> list[tuple[int, int, str]]:
    """Return the files that are mapped to be read: where each begins and ends, and its path."""
    found = []
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        mapping = _MAPPING.fullmatch(line)
        if mapping and int(mapping[2], 16) - int(mapping[1], 16) >= _LEAST_BYTES:
            found.append((int(mapping[1], 16), int(mapping[2], 16), mapping[3]))
    return found


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)
