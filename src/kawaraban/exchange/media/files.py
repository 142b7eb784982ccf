"""Pictures that lie in a directory or an archive, found by the end of their address: the site's own path says where they lay."""

from __future__ import annotations

import os
import tarfile
import unicodedata
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.media.shapes import ENDINGS, LARGER, LARGEST_FILE, FoundFile, NotHadError
from kawaraban.exchange.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_FILES = 2_000_000


class Files:
    """Files by their paths, whatever they lie in."""

    def __init__(self, names: Iterable[str], read: Callable[[str], bytes], close: Callable[[], None] = lambda: None) -> None:
        self._read = read
        self.close = close
        self._by_name: dict[str, list[str]] = {}
        for number, name in enumerate(names):
            if number >= MOST_FILES:
                raise NotHadError(Said(_("there are more than %(most)s files in it"), most=MOST_FILES))
            if name.lower().endswith(ENDINGS):
                self._by_name.setdefault(_same(PurePosixPath(name).name), []).append(name)

    def has(self, address: str) -> bool:
        """Whether a file of this name lies here."""
        return self._path(address) is not None

    def get(self, address: str) -> FoundFile:
        """Return the file whose path ends most like the address. Raises NotHadError."""
        path = self._path(address)
        if path is None:
            raise NotHadError(Said(_("no file of this name is there")))
        try:
            content = self._read(path)
        except (OSError, EOFError, KeyError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile, tarfile.TarError) as error:
            raise NotHadError(
                Said(_("its file cannot be read (%(why)s)"), why=error.args[0] if error.args and isinstance(error.args[0], Said) else error)
            ) from error
        if not content:
            raise NotHadError(Said(_("its file is empty")))
        return FoundFile(PurePosixPath(path).name, content)

    def _path(self, address: str) -> str | None:
        try:
            asked = [_same(part) for part in unquote(urlsplit(address).path).split("/") if part]
        except ValueError:
            return None
        paths = self._by_name.get(asked[-1], []) if asked else []
        return max(paths, key=lambda path: (_alike(asked, path), -len(path)), default=None)


def _same(name: str) -> str:
    # macOS writes が as two letters; and what is one file for an editor's machine may be written in capitals.
    return unicodedata.normalize("NFC", name).casefold()


def _alike(asked: list[str], path: str) -> int:
    parts = [_same(part) for part in PurePosixPath(path).parts]
    count = 0
    for ours, theirs in zip(reversed(parts), reversed(asked), strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def open_files(place: Path) -> Files:
    """Open a directory, a tar (also packed) or a zip. Raises NotHadError with a sentence if it is none of them."""
    if place.is_dir():
        return _directory(place)
    try:
        if zipfile.is_zipfile(place):
            return _zip(place)
        return _tar(place)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise NotHadError(f"{place} is no directory, tar or zip of pictures ({error})") from error


def _directory(place: Path) -> Files:
    def names() -> Iterable[str]:
        for directory, _below, files in os.walk(place):
            for name in files:
                yield str(Path(directory, name).relative_to(place))

    def read(name: str) -> bytes:
        path = place / name
        # A link may lead anywhere on this machine.
        if not path.resolve().is_relative_to(place.resolve()):
            raise OSError(Said(_("it is a link to somewhere else")))
        with path.open("rb") as file:
            return _bounded(file.read(LARGEST_FILE + 1))

    return Files(names(), read)


def _zip(place: Path) -> Files:
    archive = zipfile.ZipFile(place)

    def read(name: str) -> bytes:
        with archive.open(name) as file:
            return _bounded(file.read(LARGEST_FILE + 1))

    return Files([info.filename for info in archive.infolist() if not info.is_dir()], read, archive.close)


def _tar(place: Path) -> Files:
    archive = tarfile.open(place)  # noqa: SIM115 - closed with what it is read by
    members = {member.name: member for member in archive if member.isfile()}

    def read(name: str) -> bytes:
        file = archive.extractfile(members[name])
        if file is None:
            raise OSError("it is no file")
        with file:
            return _bounded(file.read(LARGEST_FILE + 1))

    return Files(members, read, archive.close)


def _bounded(content: bytes) -> bytes:
    if len(content) > LARGEST_FILE:
        raise OSError(Said(LARGER, most=LARGEST_FILE // 1024 // 1024))
    return content
