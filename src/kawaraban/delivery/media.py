"""Photos as files: looked up under the media directory and nowhere else, with ranges, kept for ever by caches."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path

from kawaraban.delivery import http

_TYPES = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
}
# A file opened as a page of its own may run nothing and show nothing else.
_LOCKED = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")


def media_answer(directory: Path, name: str, range_header: str | None, if_none_match: str | None) -> http.Answer | None:
    """Answer with a photo; None if there is none of this name."""
    path = Path(os.path.normpath(directory / name))
    if directory not in path.parents or "\x00" in name:
        return None
    try:
        # Not following links: whatever lies in the directory was put there by us, and nothing outside belongs here.
        if path.is_symlink() or not path.is_file():
            return None
        status = path.stat()
        size = status.st_size
        etag = f'"{status.st_mtime_ns:x}-{size:x}"'
        kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = [
            ("content-type", kind),
            ("cache-control", http.FOR_EVER),
            ("etag", etag),
            ("last-modified", http.http_date(status.st_mtime)),
            ("accept-ranges", "bytes"),
            ("x-content-type-options", "nosniff"),
            _LOCKED,
        ]
        if http.matches(if_none_match, etag):
            return http.Answer(304, b"", headers)
        wanted = http.byte_range(range_header, size)
        if wanted is False:
            return http.Answer(416, b"", [*headers, ("content-range", f"bytes */{size}")])
        with path.open("rb") as file:
            if isinstance(wanted, tuple):
                file.seek(wanted[0])
                body = file.read(wanted[1] - wanted[0] + 1)
                return http.Answer(206, body, [*headers, ("content-range", f"bytes {wanted[0]}-{wanted[1]}/{size}")])
            return http.Answer(200, file.read(), headers)
    except (OSError, ValueError):
        return None
