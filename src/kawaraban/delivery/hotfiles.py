"""Hot files: the pages that are being read, composed and compressed, as files that another web server hands out.

A page that a reader server is asked for again and again is kept as ``DIRECTORY/{path}.gz``, and written anew whenever something in it
changed, as it stands in an answer of its own, byte for byte. That pays for pages which are read more often than they change: who
asks elsewhere is not seen here, but their reads are, and a page of which neither comes is left. What was withdrawn is taken away before anything else is done.
Files are replaced in one step, so nobody sees half of one; they are no store: a server begins with an empty directory, and
leaves one.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import time
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING

from kawaraban.delivery.allowance import Allowance

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kawaraban.delivery.bodies import Bodies, Body

FRONT = "/_front"
SUFFIX = ".gz"
# Asked for so often within some seconds, a page becomes a file; with hardly a read any more, it is one no longer.
_BECOMES_HOT_AT = 5.0
_IS_HOT_ABOVE = 0.5
_HALF_LIFE_SECONDS = 10.0
# Pages that are watched whether they become hot.
_MOST_WATCHED = 20_000
# Every file is as new as this, or there are fewer of them.
_RENEWED_WITHIN_SECONDS = 2.0
_SHARE = 0.25
_SLICE_SECONDS = 0.003
_LOOK_EVERY_SECONDS = 0.02
# Between two walks over all files: what changes in that time is written once.
_WALK_EVERY_SECONDS = 0.2
_LOOK_FOR_UNREAD_EVERY_SECONDS = 5.0
# Also the sign that a directory is ours to empty.
MARK = ".kawaraban-hot-files"


class HotFiles:
    """The files of one reader server; of several that share a directory, one keeps it and the others stand by."""

    def __init__(self, directory: Path, bodies: Bodies, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._bodies = bodies
        self._most = most
        self._clock = clock
        self._heat: OrderedDict[str, tuple[float, float]] = OrderedDict()  # path: how hot, and when that was
        self._written: dict[str, str] = {}  # path: digest of the body in the file
        self._new: dict[str, None] = {}  # asked for, not written yet
        self._due = float("inf")  # when the first of them changes by the clock alone
        self._allowance = Allowance(_SHARE, most=0.1, clock=clock)
        self._seconds_a_file = 0.0002
        self._last_modified = 0
        self._lock: int | None = None
        self._epoch = -1

    @property
    def paths(self) -> list[str]:
        """The paths that have a file."""
        return list(self._written)

    def asked(self, path: str) -> None:
        """Somebody reads this page."""
        if self._lock is None:
            return
        heat = self._heat_of(path) + 1.0
        self._heat[path] = (heat, self._clock())
        self._heat.move_to_end(path)
        if len(self._heat) > _MOST_WATCHED:
            self._forget(next(iter(self._heat)))
        if heat >= _BECOMES_HOT_AT and path not in self._written:
            self._new[path] = None

    def _heat_of(self, path: str) -> float:
        heat, at = self._heat.get(path, (0.0, 0.0))
        return float(heat * 0.5 ** ((self._clock() - at) / _HALF_LIFE_SECONDS))

    def changed(self, paths: Iterable[str] | None) -> None:
        """Take away at once what stands no more, of these paths or of all; call it as soon as the bodies know of a change."""
        for path in self.paths if paths is None else paths:
            if path in self._written and self._bodies.present(path) is None:
                self._remove(path)

    async def keep(self) -> None:
        """Keep the directory until cancelled."""
        self._directory.mkdir(parents=True, exist_ok=True)
        try:
            while not self._locked():  # noqa: ASYNC110 - another process holds it: no event tells
                await asyncio.sleep(0.5)
            self._wipe()
            walked_at = 0.0
            while True:
                since = self._clock() - walked_at
                changed = self._bodies.epoch != self._epoch or time.time() >= self._due
                if (changed and since >= _WALK_EVERY_SECONDS) or since >= _LOOK_FOR_UNREAD_EVERY_SECONDS:
                    walked_at = self._clock()
                    await self._renew_all()
                await self._write_each(list(self._new))
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
        except OSError:
            logger.exception("%s: the hot files cannot be kept; pages are answered without them", self._directory)
        finally:
            if self._lock is not None:
                self._wipe()
                os.close(self._lock)
                self._lock = None

    # ------------------------------------------------------------------ what is written when

    async def _renew_all(self) -> None:
        """Write what has changed, the hottest first; take away what nobody reads and what would not be renewed in time."""
        self._epoch = self._bodies.epoch
        self._due = float("inf")
        heats = {path: self._heat_of(path) for path in self._written}
        hottest = sorted((path for path, heat in heats.items() if heat > _IS_HOT_ABOVE), key=heats.__getitem__, reverse=True)
        fitting = hottest[: min(self._most, int(_SHARE * _RENEWED_WITHIN_SECONDS / self._seconds_a_file))]
        others = sorted(heats.keys() - set(fitting), key=len, reverse=True)
        for path in others:
            self._forget(path)
        # What is left of these has others beneath it.
        await self._write_each([*fitting, *(path for path in others if path in self._written)])

    async def _write_each(self, paths: list[str]) -> None:
        began = self._clock()
        for path in paths:
            started = time.thread_time()
            self._write(path)
            self._allowance.spend(time.thread_time() - started)
            if self._clock() - began > _SLICE_SECONDS:
                # Readers are answered between.
                await asyncio.sleep(0 if self._allowance.is_left() else _LOOK_EVERY_SECONDS)
                began = self._clock()

    def _write(self, path: str) -> None:
        self._new.pop(path, None)
        body = self._bodies.present(path)
        if body is None or not _fit(body):
            self._forget(path)
            return
        for above in _above(path):
            # nginx leads from an address without a file to the directory of that name, and we from there back: what has others beneath it is a file.
            if above not in self._written:
                self._write(above)
        self._due = min(self._due, body.until)
        if self._written.get(path) == body.digest:
            return
        started = time.thread_time()
        self._replace(self._file(path), body.in_encoding("gzip").body)
        self._written[path] = body.digest
        self._seconds_a_file += (time.thread_time() - started - self._seconds_a_file) * 0.05

    def _forget(self, path: str) -> None:
        self._heat.pop(path, None)
        self._new.pop(path, None)
        if not (self._directory / path.lstrip("/")).is_dir() or self._bodies.present(path) is None or path == "/":
            self._remove(path)

    # ------------------------------------------------------------------ files

    def _replace(self, file: Path, packed: bytes) -> None:
        beside = self._directory / ".new"
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        except FileNotFoundError:
            self._directory.mkdir(parents=True, exist_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            view = memoryview(packed)
            while view:
                view = view[os.write(handle, view) :]
            # nginx makes its ETag of whole seconds and the length: each second is given once.
            self._last_modified = max(self._last_modified + 1, int(time.time()))
            os.utime(handle, (self._last_modified, self._last_modified))
        finally:
            os.close(handle)
        try:
            beside.replace(file)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.replace(file)

    def _file(self, path: str) -> Path:
        return self._directory / ((FRONT if path == "/" else path).lstrip("/") + SUFFIX)

    def _remove(self, path: str) -> None:
        if self._written.pop(path, None) is not None:
            file = self._file(path)
            file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # others stand there
                for directory in file.relative_to(self._directory).parents[:-1]:
                    (self._directory / directory).rmdir()

    def _locked(self) -> bool:
        handle = os.open(self._directory / MARK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def _wipe(self) -> None:
        """Take away our files, whoever wrote them; seconds that were given to them are not given again."""
        # Directories first, each at once: an address that has one has a file as long as it has.
        for found in sorted(self._directory.iterdir(), key=lambda found: (found.is_file(), not found.name.startswith("."))):
            if found.name == MARK:
                continue
            with contextlib.suppress(OSError):
                if found.is_dir():
                    shutil.rmtree(found.rename(self._directory / f".{found.name}"))
                else:
                    self._last_modified = max(self._last_modified, int(found.stat().st_mtime))
                    found.unlink()
        self._written.clear()
        self._new.clear()
        self._heat.clear()


def is_ours(directory: Path) -> bool:
    """Whether a directory may be emptied: it is not there yet, empty, or one that hot files were kept in before."""
    return not directory.exists() or (directory.is_dir() and ((directory / MARK).exists() or not any(directory.iterdir())))


def _above(path: str) -> list[str]:
    """Return the addresses that are directories of a page's file, the outermost first."""
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[: number + 1]) for number in range(len(parts))]


def _fit(body: Body) -> bool:
    sheet = body.sheet
    return sheet.status == HTTPStatus.OK and sheet.content_type.startswith("text/html") and not sheet.path.startswith("/_")
