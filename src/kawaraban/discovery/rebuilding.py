"""Which index is the present one, how far it goes, and how another is made beside it while it answers."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery.index import VERSION, Index
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BATCH = 500
_FOLLOWED, _REBUILT = "followed.json", "rebuilt.json"


class Followed(msgspec.Struct, frozen=True):
    """How far an index goes."""

    version: int
    seq: int
    index: str = "index"  # its directory

    def at(self, seq: int) -> Followed:
        """Return the same index, followed so far."""
        return Followed(self.version, seq, self.index)

    def forget(self, directory: Path) -> None:
        """Have the index made anew by whoever is started next."""
        (directory / _FOLLOWED).unlink(missing_ok=True)


def followed(directory: Path) -> Followed:
    """Return the present index; one of another version is thrown away, to be built anew."""
    known = _read(directory / _FOLLOWED)
    if known is not None and known.version == VERSION:
        return known
    shutil.rmtree(directory / (known.index if known else "index"), ignore_errors=True)
    return Followed(VERSION, 0)


def index_directory(directory: Path, known: Followed) -> Path:
    """Return where an index lies."""
    return directory / known.index


def note_followed(directory: Path, known: Followed, seq: int) -> Followed:
    """Note how far the present index goes now."""
    now = known.at(seq)
    _write(directory / _FOLLOWED, now)
    return now


def rebuild(sheet_log: Path, directory: Path, on_progress: Callable[[int, int], None]) -> int:
    """Make another index from the log, beside the present one; return the number of documents. It is taken over by whoever keeps the index.

    ``on_progress`` is told how many documents are done, and of how many.
    """
    log = SheetLog(sheet_log)
    total = log.count(Kind.DOCUMENT)
    made = Followed(VERSION, 0, f"index-{os.getpid()}-{log.last_seq()}")
    index = Index(index_directory(directory, made))
    done = 0
    on_progress(done, total)
    while entries := log.after(made.seq, (Kind.DOCUMENT,), limit=_BATCH):
        documents = [decode(entry.kind, entry.payload) for entry in entries if entry.payload is not None]
        index.put([document for document in documents if isinstance(document, Document)], ())
        index.commit()
        made = made.at(entries[-1].seq)
        done += len(documents)
        on_progress(min(done, total), total)
    index.close()
    _write(directory / _REBUILT, made)
    return done


def take_rebuilt(directory: Path) -> Followed | None:
    """Return the index that was made anew, if there is one; whoever is told takes it over."""
    path = directory / _REBUILT
    if not path.exists():
        return None
    known = _read(path)
    path.unlink(missing_ok=True)
    return known if known is not None and known.version == VERSION and index_directory(directory, known).is_dir() else None


def _read(path: Path) -> Followed | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Followed)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, value: Followed) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_bytes(msgspec.json.encode(value))
    temporary.replace(path)
