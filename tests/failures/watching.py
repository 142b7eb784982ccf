"""Readers who look closely: each answer is checked, and what is wrong with any of them is kept."""

from __future__ import annotations

import http.client
import itertools
import re
import threading
import time
import zlib
from collections import Counter
from typing import Self

VERSION = re.compile(rb"<b>version (\d+)</b>")


class Watch:
    """Readers in threads, each on a connection of its own that it keeps as long as it may.

    Each answer must be complete, bear the validator of its body, and be no older than one that was seen before it was asked for. A
    connection that is closed between two answers is opened anew, as every client does; one that ends within an answer is a fault.
    """

    def __init__(self, port: int, paths: list[str], *, readers: int = 2, may_be_refused: bool = False, pause: float = 0.002) -> None:
        self.problems: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.newest: dict[str, int] = {}
        self.slowest = 0.0
        self._port, self._paths, self._pause = port, paths, pause
        self._may_be_refused = may_be_refused
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(number,), daemon=True) for number in range(readers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.until_seen(10)
        return self

    def __exit__(self, kind, error, trace) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        if error is None:
            self.check()

    def check(self) -> None:
        assert not self.problems, self.problems[:10]

    def until_seen(self, answers: int, within: float = 30.0) -> None:
        """Wait until so many more answers were seen."""
        wanted = self.statuses.total() + answers
        deadline = time.monotonic() + within
        while self.statuses.total() < wanted:
            assert time.monotonic() < deadline, (self.statuses, self.problems[:10])
            time.sleep(0.01)

    def _read(self, number: int) -> None:
        connection, known = None, {}
        for turn in itertools.count(number):
            if self._stop.is_set():
                return
            path = self._paths[turn % len(self._paths)]
            started = time.monotonic()
            floor = self.newest.get(path, 0)
            fresh = connection is None
            headers = {"Accept-Encoding": ("gzip", "identity")[turn // len(self._paths) % 2]}
            if turn % 3 == 0 and path in known:
                headers["If-None-Match"] = known[path]
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                if connection is not None:
                    connection.close()
                connection = None
                if not self._may_be_refused:
                    self._note(f"{path}: {error!r} on a {'new' if fresh else 'kept'} connection")
                time.sleep(0.01)
                continue
            if answer.will_close:
                connection.close()
                connection = None
            self.slowest = max(self.slowest, time.monotonic() - started)
            self._judge(path, answer, body, headers, floor)
            if "etag" in answer.headers:
                known[path] = answer.headers["etag"]
            time.sleep(self._pause)

    def _judge(self, path, answer, body, headers, floor) -> None:
        with self._lock:
            self.statuses[answer.status] += 1
        etag = answer.headers.get("etag")
        if answer.status == 304:
            if etag != headers.get("If-None-Match"):
                self._note(f"{path}: 304 with {etag}, asked with {headers.get('If-None-Match')}")
            body = self._bodies.get(etag)
            if body is None:
                self._note(f"{path}: 304 for a body that nobody was given: {etag}")
                return
        elif answer.status != 200:
            self._note(f"{path}: status {answer.status}")
            return
        else:
            if answer.headers.get("content-encoding") == "gzip":
                body = zlib.decompress(body, 31)
            if self._bodies.setdefault(etag, body) != body:
                self._note(f"{path}: two bodies under {etag}")
        if not body.rstrip().endswith((b"</html>", b"]}" if path.endswith(".json") else b"</html>")):
            self._note(f"{path}: the body has no end: {body[-80:]!r}")
        found = VERSION.search(body)
        if found is not None:
            version = int(found[1])
            if version < floor:
                self._note(f"{path}: version {version} after {floor}")
            with self._lock:
                self.newest[path] = max(self.newest.get(path, 0), version)

    def _note(self, problem: str) -> None:
        self.problems.append(f"{time.strftime('%H:%M:%S')} {problem}")


class Printer:
    """Prints new versions of pages all the time, as the press does: whole publications, into the sheet log."""

    def __init__(self, sheet_log, every: float = 0.05) -> None:
        self.paths = ["/watched-a", "/watched-b"]
        self.version = 0
        self._sheet_log, self._every = sheet_log, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._print_forever, daemon=True)

    def print(self) -> None:
        from kawaraban.sheetlog.log import Change, SheetLog
        from kawaraban.sheetlog.shapes import Kind, Sheet

        self.version += 1
        log = SheetLog(self._sheet_log, writable=True)
        pieces = (f"<html><b>version {self.version}</b>" + "文" * 3000 + "</html>",)
        sheets = [
            Sheet(path=path, language="ja", kind="story", story="", pieces=pieces, modified_at=time.time(), keys=()) for path in self.paths
        ]
        log.append([Change(Kind.SHEET, sheet.path, sheet) for sheet in sheets])
        log.close()

    def __enter__(self) -> Self:
        self.print()
        self._thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._stop.set()
        self._thread.join(30)

    def _print_forever(self) -> None:
        while not self._stop.wait(self._every):
            self.print()
