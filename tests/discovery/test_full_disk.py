"""A disk that cannot be written to: what was found before is found, it is said once, and what came meanwhile is found as soon as there is room."""

import asyncio
import contextlib
import errno
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kawaraban.discovery import archive as module
from kawaraban.discovery import process
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.client import SearchAwayError, SearchClient
from kawaraban.discovery.index import Index
from kawaraban.discovery.rebuilding import rebuild
from kawaraban.discovery.related_store import RelatedWriter
from kawaraban.discovery.searches import Searches
from kawaraban.discovery.shapes import Query
from kawaraban.discovery.unwritten import why_unwritten
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind

SEARCH = """
import asyncio, sys
from pathlib import Path
from kawaraban.discovery.process import run_search
asyncio.run(run_search(*map(Path, sys.argv[1:])))
"""


def change(name: str, title: str) -> Change:
    story = Document(id=name, language="ja", title=title, body=f"{title}。", section="s", published_at=time.time())
    return Change(Kind.DOCUMENT, name, story)


@pytest.fixture
def log(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append([change("bridge", "汐見大橋の架け替え"), change("fish", "アオサバの水揚げ")])
    return log


@pytest.mark.skipif(sys.platform != "linux", reason="another process is given limits on Linux alone")
def test_a_full_disk_is_said_once_and_all_goes_on_when_there_is_room(tmp_path: Path, log: SheetLog):
    """The process may write no file of more than some bytes, as on a full disk; then its limit is lifted."""
    paths = [tmp_path / "search.sock", log.path, tmp_path / "discovery"]
    process = subprocess.Popen([sys.executable, "-c", SEARCH, *map(str, paths)], stderr=subprocess.PIPE)
    lines: list[str] = []

    def listen() -> None:
        lines.extend(line.decode() for line in process.stderr)

    listener = threading.Thread(target=listen)
    listener.start()
    client = SearchClient(tmp_path / "search.sock")

    async def found(text: str) -> tuple[str, ...]:
        for _ in range(200):
            try:
                if stories := (await client.search(Query(text=text))).stories:
                    return stories
            except SearchAwayError:
                pass
            assert process.poll() is None, "".join(lines)
            await asyncio.sleep(0.05)
        return ()

    async def play() -> None:
        assert await found("大橋") == ("bridge",)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
        log.append([change("light", "灯台の一般公開"), Change(Kind.DOCUMENT, "fish", None)])
        while not lines:
            assert await found("大橋") == ("bridge",)
        # Tried again meanwhile, and not said again. What was withdrawn is not found, though the index has it.
        await asyncio.sleep(1.5)
        assert await found("大橋") == ("bridge",)
        assert (await client.search(Query(text="アオサバ"))).stories == ()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert await found("灯台") == ("light",)

    try:
        asyncio.run(play())
    finally:
        process.kill()
        process.wait()
        listener.join()
    assert [(str(tmp_path / "discovery") in line, "File too large" in line) for line in lines] == [(True, True), (True, False)], "".join(
        lines
    )


@pytest.mark.skipif(sys.platform != "linux", reason="another process is given limits on Linux alone")
@pytest.mark.parametrize("all_stopped", [False, True])
def test_a_search_process_that_was_stopped_in_order_answers_on_a_full_disk_with_what_it_has(tmp_path, log, all_stopped):
    """What SQLite keeps beside a file went with the last process that had it open, and cannot be made again."""
    paths = [tmp_path / "search.sock", log.path, tmp_path / "discovery"]
    archive = Archive(log.path, paths[2])
    while archive.work():
        pass
    for one in (archive._related, archive._searches._db, archive._log, archive._texts, archive._index):
        one.close()
    del archive
    log.append([change("light", "灯台の一般公開"), Change(Kind.DOCUMENT, "fish", None)])
    if all_stopped:
        log.close()
    assert {path.name for path in tmp_path.rglob("*-wal")} == (set() if all_stopped else {"sheets.sqlite3-wal"})
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))\n" + SEARCH
    process = subprocess.Popen([sys.executable, "-c", limited, *map(str, paths)], stderr=subprocess.PIPE)
    client = SearchClient(paths[0])

    async def found(text: str, *, until: bool) -> tuple[str, ...]:
        for _ in range(200):
            with contextlib.suppress(SearchAwayError):
                stories = (await client.search(Query(text=text))).stories
                if bool(stories) is until:
                    return stories
            assert process.poll() is None, process.stderr.read().decode()
            await asyncio.sleep(0.05)
        raise AssertionError(text)

    async def play() -> None:
        assert await found("大橋", until=True) == ("bridge",)
        assert (await client.search(Query(text="アオサバ"))).stories == ()
        assert await client.often(language="ja", limit=5) == ()
        if not all_stopped:
            log.append([Change(Kind.DOCUMENT, "bridge", None)])
            await found("大橋", until=False)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert await found("灯台", until=True) == ("light",)

    try:
        asyncio.run(play())
    finally:
        process.kill()
        process.wait()
    said = process.stderr.read().decode().splitlines()
    assert ["what was found before still is" in line for line in said] == [True, False], said


def test_an_index_that_was_never_whole_is_not_taken_for_what_was_found_before(tmp_path, log, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 1)
    archive = Archive(log.path, tmp_path / "discovery")
    assert archive.follow()
    assert not archive.is_whole
    again = Archive(log.path, tmp_path / "discovery")
    assert (again.count(), again.is_whole) == (1, False)
    while archive.follow():
        pass
    assert archive.is_whole
    again = Archive(log.path, tmp_path / "discovery")
    assert (again.count(), again.is_whole) == (2, True)
    rebuild(log.path, tmp_path / "discovery", lambda *_: None)
    assert archive.work()
    assert Archive(log.path, tmp_path / "discovery").is_whole


@pytest.mark.parametrize("stands", [True, False])
def test_a_search_process_that_starts_on_a_full_disk_finds_what_was_found_before(tmp_path, log, monkeypatch, caplog, stands):
    if stands:
        archive = Archive(log.path, tmp_path / "discovery")
        while archive.follow():
            pass
        archive._index.close()
        del archive
    log.append([change("light", "灯台の一般公開")])

    def refuse(_index: Index) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def play() -> tuple[str, ...] | None:
        stop = asyncio.Event()
        running = asyncio.create_task(process.run_search(tmp_path / "search.sock", log.path, tmp_path / "discovery", stop))
        client = SearchClient(tmp_path / "search.sock")
        while not caplog.records:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        try:
            return (await client.search(Query(text="大橋"))).stories
        except SearchAwayError:
            return None
        finally:
            stop.set()
            await running

    monkeypatch.setattr(Index, "commit", refuse)
    monkeypatch.setattr(process, "TRY_EVERY_SECONDS", 0.02)
    assert asyncio.run(play()) == (("bridge",) if stands else None)
    (record,) = (record for record in caplog.records if record.name == process.__name__)
    assert record.getMessage().endswith("what was found before still is" if stands else "Nothing is found until it can be")


def test_an_index_that_was_made_anew_is_taken_when_there_is_room_again(tmp_path, log, monkeypatch):
    directory = tmp_path / "discovery"
    archive = Archive(log.path, directory)
    while archive.work():
        pass
    rebuild(log.path, directory, lambda *_: None)
    log.append([change("light", "灯台の一般公開")])

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for owner, verb in ((Index, "commit"), (module, "note_followed")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, verb, refuse)
            with pytest.raises(OSError, match="No space"):
                archive.work()
        archive.begin_again()
        assert archive.search(Query(text="大橋")).stories == ("bridge",)
    while archive.work():
        pass
    assert archive.search(Query(text="灯台")).stories == ("light",)
    (standing,) = directory.glob("index*")
    assert standing.name != "index"
    # What was noted before the process ended is no index to be taken once more, in its own place.
    (directory / "rebuilt.json").write_bytes((directory / "followed.json").read_bytes())
    while archive.work():
        pass
    assert standing.is_dir()


def test_of_an_index_that_was_not_made_to_its_end_nothing_stays(tmp_path, log, monkeypatch):
    directory = tmp_path / "discovery"

    def refuse(_index: Index) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Index, "commit", refuse)
        with pytest.raises(OSError, match="No space"):
            rebuild(log.path, directory, lambda *_: None)
    assert not [*directory.glob("index*")]
    killed = directory / "index-1-1"
    killed.mkdir()
    rebuild(log.path, directory, lambda *_: None)
    (made,) = directory.glob("index*")
    killed.mkdir()
    assert Archive(log.path, directory).keep()
    assert {path.name for path in directory.glob("index*")} == {"index", made.name}


def test_what_could_not_be_written_is_done_again(tmp_path: Path, log: SheetLog, monkeypatch: pytest.MonkeyPatch):
    archive = Archive(log.path, tmp_path / "discovery")
    full = sqlite3.OperationalError("database or disk is full")

    def refuse(*_: object, **__: object) -> None:
        raise full

    for owner, verb in ((Index, "commit"), (RelatedWriter, "write")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, verb, refuse)
            with pytest.raises(sqlite3.OperationalError):
                archive.follow()
        archive.begin_again()
    while archive.follow():
        pass
    assert archive.search(Query(text="大橋")).stories == ("bridge",)
    with monkeypatch.context() as patch:
        patch.setattr(RelatedWriter, "_write", refuse)
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError):
                archive.relate_some()
    while archive.work():
        pass
    assert {"bridge", "fish"} <= RelatedWriter(tmp_path / "discovery" / "related.sqlite3").stories()


def test_who_searches_is_answered_though_it_cannot_be_written_down(tmp_path: Path, log: SheetLog, monkeypatch: pytest.MonkeyPatch, caplog):
    archive = Archive(log.path, tmp_path / "discovery")
    while archive.follow():
        pass

    def refuse(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Searches, "note", refuse)
    for _ in range(3):
        assert archive.search(Query(text="大橋", asker="198.51.100.0/24")).stories == ("bridge",)
    assert [record.getMessage() for record in caplog.records] == ["searches are not counted: database or disk is full"]


def test_errors_of_another_kind_are_not_passed_over():
    assert why_unwritten(OSError(errno.ENOSPC, "…")) == "No space left on device"
    assert why_unwritten(ValueError("An IO error occurred: 'No space left on device (os error 28)'")) == "No space left on device"
    refused = (
        "Failed to open file for write: 'IoError { io_error: Custom { error: PathError { err: Os { code: 27, kind: FileTooLarge } } } }'"
    )
    assert why_unwritten(ValueError(refused)) == "File too large"
    assert why_unwritten(ValueError("An index writer was killed."))
    for other in (OSError(errno.ENOENT, "…"), ValueError("os error 2"), ValueError("a wrong value"), sqlite3.ProgrammingError("closed")):
        assert why_unwritten(other) == ""
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA max_page_count=1")
    with pytest.raises(sqlite3.OperationalError) as full:
        db.executescript("CREATE TABLE t (c)")
    assert why_unwritten(full.value) == "database or disk is full"
    with pytest.raises(sqlite3.OperationalError) as wrong:
        db.execute("SELECT nothing")
    assert why_unwritten(wrong.value) == ""
