"""Which index is the present one, how far it goes, and how another is made beside it while it answers."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery.index import VERSION, Index
from kawaraban.discovery.unwritten import why_unwritten
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_BATCH = 500
_FOLLOWED, _REBUILT = "followed.json", "rebuilt.json"
_FIRST = "index"


class Followed(msgspec.Struct, frozen=True):
    """How far an index goes."""

    version: int
    seq: int
    index: str = _FIRST  # its directory
    # Whether it ever went to the log's end. Files of before do not say so: theirs do.
    is_whole: bool = True

    def at(self, seq: int) -> Followed:
        """Return the same index, followed so far."""
        return msgspec.structs.replace(self, seq=seq)

    def as_whole(self) -> Followed:
        """Return the same index, which has all that there is."""
        return msgspec.structs.replace(self, is_whole=True)

    def forget(self, directory: Path) -> None:
        """Have the index made anew by whoever is started next."""
        (directory / _FOLLOWED).unlink(missing_ok=True)


def followed(directory: Path) -> Followed:
    """Return the present index; one of another version is thrown away, to be built anew."""
    known = _read(directory / _FOLLOWED)
    if known is not None and known.version == VERSION:
        return known
    shutil.rmtree(directory / (known.index if known else _FIRST), ignore_errors=True)
    return Followed(VERSION, 0, is_whole=False)


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
    directory.mkdir(parents=True, exist_ok=True)
    clear(directory)
    with _lock(directory, fcntl.LOCK_SH):
        log = SheetLog(sheet_log)
        made = Followed(VERSION, 0, f"index-{os.getpid()}-{log.last_seq()}")
        index = Index(index_directory(directory, made))
        try:
            return _rebuild(log, directory, index, made, on_progress)
        except BaseException:
            index.forget()
            shutil.rmtree(index_directory(directory, made), ignore_errors=True)
            raise


def _rebuild(log: SheetLog, directory: Path, index: Index, made: Followed, on_progress: Callable[[int, int], None]) -> int:
    total = log.count(Kind.DOCUMENT)
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


@contextmanager
def taken_over(directory: Path, present: Followed) -> Iterator[Followed | None]:
    """Give the index that was made anew, if there is one, to whoever puts it in the place of the present one.

    When that has been done the old one is thrown away, and not before: on a disk that was full it is done again.
    """
    path = directory / _REBUILT
    known = _read(path) if path.exists() else None
    if known is None or known.version != VERSION or known.index == present.index or not index_directory(directory, known).is_dir():
        # It was taken over already, or cannot be.
        path.unlink(missing_ok=True)
        yield None
        return
    try:
        yield known
    except Exception as error:
        if not why_unwritten(error):
            # Of what is wrong with it itself whoever is started next would die again.
            path.unlink(missing_ok=True)
        raise
    if _read(path) == known:
        path.unlink(missing_ok=True)
    shutil.rmtree(index_directory(directory, present), ignore_errors=True)


def clear(directory: Path) -> None:
    """Throw away what is left of indexes that were not made to their end, or were the present one; not while one is being made."""
    # On a full disk it is left for the next time.
    with suppress(OSError), _lock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_locked:
        if is_locked:
            # In this order: what is taken over is noted as the present one before it is no longer the one made anew.
            rebuilt, present = _read(directory / _REBUILT), _read(directory / _FOLLOWED)
            kept = {present.index if present else _FIRST, *([rebuilt.index] if rebuilt else [])}
            for path in directory.glob("index*"):
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _lock(directory: Path, how: int) -> Iterator[bool]:
    # Unlocked when it is closed, also by a process that was killed.
    with (directory / "rebuild.lock").open("a") as lock:
        try:
            fcntl.flock(lock, how)
        except BlockingIOError:
            yield False
        else:
            yield True


def _read(path: Path) -> Followed | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Followed)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, value: Followed) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_bytes(msgspec.json.encode(value))
    temporary.replace(path)
