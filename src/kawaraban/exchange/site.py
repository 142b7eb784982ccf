"""Writes the whole published site as plain files, which any web server can hand out: what a reader is answered now, address by address."""

from __future__ import annotations

import asyncio
import re
import shutil
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kawaraban.delivery.reader import Reader
from kawaraban.delivery.request import Request, Scope
from kawaraban.sheetlog.log import SheetLog
from kawaraban.sheetlog.shapes import Kind, Redirect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kawaraban.delivery.settings import ReaderSettings

_MEDIA = re.compile(rb"/media/([A-Za-z0-9][A-Za-z0-9._/-]*)")
# Rankings come from another process: so long it is waited for, and then pages are written with what they show without it.
_RANKINGS_WITHIN_SECONDS = 2.0
_OK = 200


class _Taken:
    """Takes an answer as a server does."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, {}, b""  # type: ignore[var-annotated]

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.response_bytes(status, headers, b"")

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body


def export_site(target: Path, settings: ReaderSettings) -> int:
    """Write the site below an empty directory; return how many addresses it has."""
    return asyncio.run(_write(target, settings))


async def _write(target: Path, settings: ReaderSettings) -> int:
    from pathlib import Path

    reader = Reader(settings)
    reader.__rsgi_init__(asyncio.get_running_loop())
    pictures: set[str] = set()
    count = 0
    try:
        await _rankings(reader, Path(settings.collector_socket))
        log = SheetLog(Path(settings.sheet_log))
        for path in _addresses(log):
            taken = await _asked(reader, path)
            if taken.status == _OK:
                _put(target, path, taken.body, is_page=taken.headers.get("content-type", "").startswith("text/html"))
                pictures.update(name.decode() for name in _MEDIA.findall(taken.body))
                count += 1
        for language in ("ja", "ko", "en"):
            # What a web server shows for an address where nothing stands.
            if (missing := await _asked(reader, f"/{language}/-nothing-" if language != "ja" else "/-nothing-")).body:
                _put(target, "/404.html" if language == "ja" else f"/{language}/404.html", missing.body, is_page=False)
        count += _lead(target, log)
        log.close()
    finally:
        await reader.close()
    for name in pictures:
        picture = Path(settings.media_dir) / name
        if picture.is_file() and ".." not in name:
            place = target / "media" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, place)
            count += 1
    return count


async def _rankings(reader: Reader, socket: Path) -> None:
    waited = 0.0
    while socket.exists() and not reader.tell()["collector_connected"] and waited < _RANKINGS_WITHIN_SECONDS:
        await asyncio.sleep(0.05)
        waited += 0.05


def _addresses(log: SheetLog) -> Iterator[str]:
    """Yield what is printed for everybody."""
    for kind in (Kind.SHEET, Kind.ASSET):
        yield from (path for path in list(log.keys(kind)) if not path.startswith("/_"))


async def _asked(reader: Reader, path: str) -> _Taken:
    request, taken = Request(), _Taken()
    request.method, request.target = b"GET", quote(path).encode()
    answer: Any = taken
    await reader.__rsgi__(Scope(request, "127.0.0.1:0"), answer)
    return taken


def _put(target: Path, path: str, body: bytes, *, is_page: bool) -> None:
    """Write a file; a page under a name without an ending is its directory's ``index.html``, which servers show there."""
    place = _place(target, path, is_page=is_page)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)


def _place(target: Path, path: str, *, is_page: bool) -> Path:
    parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
    return target.joinpath(*parts, "index.html") if is_page else target.joinpath(*parts)


def _lead(target: Path, log: SheetLog) -> int:
    """Have old addresses lead on by a page, for plain files know no other way; one with a query cannot be a file."""
    count = 0
    for path in list(log.keys(Kind.REDIRECT)):
        known = log.get(Kind.REDIRECT, path, Redirect)
        if known is None or "?" in path or len(path.encode()) > 200:  # noqa: PLR2004 - a file's name has an end
            continue
        place = _place(target, path, is_page=not re.search(r"\.(xml|json)$", path))
        if place.exists() or place.is_dir() or any(parent.is_file() for parent in place.parents):
            continue
        to = escape(known.to)
        place.parent.mkdir(parents=True, exist_ok=True)
        page = f'<!doctype html><meta charset="utf-8"><title>→</title><link rel="canonical" href="{to}">'
        place.write_text(f'{page}<meta http-equiv="refresh" content="0; url={to}"><a href="{to}">{to}</a>\n', encoding="utf-8")
        count += 1
    return count
