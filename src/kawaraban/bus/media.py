"""Photos, and the key of the read tokens, as files: what changed where the newsroom keeps them, and how a node writes what it is told."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.bus.streams import KEY, MEDIA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# A file that was written so lately may not be whole yet: it is looked at again.
FRESH_SECONDS = 60.0
# A file that is replaced under its own name long after it was written is noticed by looking at all of them.
LOOK_AT_ALL_SECONDS = 600.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (run TEXT NOT NULL, message INTEGER NOT NULL);
INSERT INTO sent SELECT '', 0 WHERE NOT EXISTS (SELECT 1 FROM sent);
CREATE TABLE IF NOT EXISTS files (kind TEXT, name TEXT, stamp INTEGER, size INTEGER, PRIMARY KEY (kind, name)) WITHOUT ROWID;
"""


class File(NamedTuple):
    """A file as it stands, or (``size`` below 0) that it stands no more."""

    kind: str
    name: str  # its path in its directory
    stamp: int  # when it was written, in nanoseconds
    size: int


class Sent:
    """What was sent, in a file of the forwarder's own. Without it, or with an older one, everything is sent again."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        self._db.executescript(_SCHEMA)
        self.run, self.message = self._db.execute("SELECT run, message FROM sent").fetchone()
        self.files = {(row[0], row[1]): File(*row) for row in self._db.execute("SELECT kind, name, stamp, size FROM files")}

    def begin(self, run: str, message: int) -> None:
        """Forget all that was sent: it is sent again behind this message."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM files")
        self._db.execute("UPDATE sent SET run = ?, message = ?", (run, message))
        self._db.execute("COMMIT")
        self.run, self.message = run, message
        self.files.clear()

    def note(self, files: Iterable[File], message: int) -> None:
        """Note that the stream holds these files, and all up to this message."""
        self._db.execute("BEGIN")
        for file in files:
            if file.size < 0:
                self.files.pop((file.kind, file.name), None)
                self._db.execute("DELETE FROM files WHERE kind = ? AND name = ?", (file.kind, file.name))
            else:
                self.files[file.kind, file.name] = file
                self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", file)
        self._db.execute("UPDATE sent SET message = ?", (message,))
        self._db.execute("COMMIT")
        self.message = message

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class Cupboard:
    """The newsroom's files, looked through cheaply: a directory that did not change is not read, but for what is fresh in it."""

    def __init__(self, media_dir: Path, token_key: Path) -> None:
        self._media_dir = media_dir
        self._token_key = token_key
        self._directories: dict[Path, _Directory] = {}
        self._fresh: set[str] = set()
        self._looked_at_all = 0.0

    def path(self, file: File) -> Path:
        """Where a file lies."""
        return self._token_key if file.kind == KEY else self._media_dir / file.name

    def news(self, sent: dict[tuple[str, str], File]) -> list[File]:
        """Return what differs from what was sent, oldest first, and in the end what stands no more."""
        found = {(file.kind, file.name): file for file in self._looked_at(sent)}
        news = [file for name, file in found.items() if sent.get(name) != file and (file.size >= 0 or name in sent)]
        return sorted(news, key=lambda file: (file.size < 0, file.stamp))

    def forget(self) -> None:
        """Look at everything the next time."""
        self._directories.clear()
        self._looked_at_all = 0.0

    def _looked_at(self, sent: dict[tuple[str, str], File]) -> Iterator[File]:
        yield self._file(KEY, self._token_key.name)
        names = set(self._fresh)
        if self._has_changed():
            standing = {name for directory in self._directories.values() for name in directory.files}
            known = {name for kind, name in sent if kind == MEDIA}
            names |= standing ^ known
            if time.monotonic() - self._looked_at_all > LOOK_AT_ALL_SECONDS or not self._looked_at_all:
                self._looked_at_all = time.monotonic()
                names |= standing
        fresh_since = (time.time() - FRESH_SECONDS) * 1e9
        for name in names:
            file = self._file(MEDIA, name)
            if file.stamp > fresh_since:
                self._fresh.add(name)
            else:
                self._fresh.discard(name)
            yield file

    def _has_changed(self) -> bool:
        """Read the directories that changed since the last time; say whether there were any."""
        changed = False
        standing: dict[Path, _Directory] = {}
        waiting = [self._media_dir]
        while waiting:
            path = waiting.pop()
            with contextlib.suppress(FileNotFoundError):
                stamp = path.stat().st_mtime_ns
                known = self._directories.get(path)
                if known is None or known.stamp != stamp:
                    known, changed = self._read(path, stamp), True
                standing[path] = known
                waiting.extend(known.directories)
        changed = changed or standing.keys() != self._directories.keys()
        self._directories = standing
        return changed

    def _read(self, path: Path, stamp: int) -> _Directory:
        files, directories = [], []
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    directories.append(path / entry.name)
                elif entry.is_file(follow_symlinks=False):
                    files.append(str((path / entry.name).relative_to(self._media_dir)))
        return _Directory(stamp, files, directories)

    def _file(self, kind: str, name: str) -> File:
        try:
            status = (self._token_key if kind == KEY else self._media_dir / name).stat()
        except FileNotFoundError:
            return File(kind, name, 0, -1)
        return File(kind, name, status.st_mtime_ns, status.st_size)


class _Directory(NamedTuple):
    stamp: int
    files: list[str]
    directories: list[Path]


class Cabinet:
    """A node's files, written as they are told: under their name only when they are whole."""

    def __init__(self, media_dir: Path, token_key: Path) -> None:
        self._media_dir = media_dir
        self._token_key = token_key

    def put(self, kind: str, name: str, content: bytes, stamp: int) -> None:
        """Write a file, on disk, with the newsroom's time, so that every node says the same validator; ValueError for a name that leads out."""
        path = self._path(kind, name)
        with contextlib.suppress(OSError):
            if path.stat().st_mtime_ns == stamp and path.stat().st_size == len(content):
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.new")
        with temporary.open("wb") as file:
            os.fchmod(file.fileno(), 0o600 if kind == KEY else 0o644)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(temporary, ns=(stamp, stamp))
        temporary.replace(path)

    def remove(self, kind: str, name: str) -> None:
        """Take a file away; that it is not there is no matter."""
        self._path(kind, name).unlink(missing_ok=True)

    def _path(self, kind: str, name: str) -> Path:
        if kind == KEY:
            return self._token_key
        path = self._media_dir / name
        if not name or (path.is_absolute() and not path.is_relative_to(self._media_dir)) or ".." in path.parts or "\x00" in name:
            raise ValueError(f"{name!r} is no name of a photo")
        return path
