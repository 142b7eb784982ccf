"""Gives back what the search process has mapped of the dictionary, which alone may be most of what is meant to be enough.

A page of a mapped file counts as the process's memory from when it is first looked at until the machine is short of memory. Given back, it
stays in the machine's cache, and looking at it again costs less than a microsecond. Linux only; elsewhere nothing is done.

The index is mapped too and is not given back so: its files are unmapped by threads of the index's own whenever it has moved on; other memory may
come to their place between a look at what is mapped and the giving back, and would be lost. It is opened anew instead (``Index.map_anew``), and
the old mapping is let go of when nobody looks at it. The dictionary stays mapped as long as the process.
"""

from __future__ import annotations

import ctypes
import mmap
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

# Above so much, what is mapped is given back; it is looked at so often.
MOST_RESIDENT_BYTES = 220 * 1024 * 1024
LOOK_EVERY_SECONDS = 0.2
_DONT_NEED = getattr(mmap, "MADV_DONTNEED", 4)
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r--. \S+ \S+ \S+ +/.+/sudachidict_core/resources/system\.dic")


def resident_bytes() -> int:
    """Return how much of this process is in memory; 0 where that cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE
    except (OSError, ValueError, IndexError):
        return 0


def give_back_if_much(*, most: int = MOST_RESIDENT_BYTES) -> bool:
    """Give back what is mapped of the dictionary, if the process has become large; say whether it was done."""
    if sys.platform != "linux" or resident_bytes() < most:
        return False
    for start, end in _dictionary():
        # Only read from, so that nothing can be lost: whoever looks again finds what is in the file.
        _libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)
    return True


def _dictionary() -> list[tuple[int, int]]:
    """Return where the dictionary is mapped to be read: where each part begins and ends."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    return [(int(found[1], 16), int(found[2], 16)) for line in lines if (found := _MAPPING.fullmatch(line))]


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)
