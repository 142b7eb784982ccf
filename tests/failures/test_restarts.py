"""Reader servers are replaced, killed, and lose nobody."""

import http.client
import os
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from failures.watching import Printer, Watch
from running import until

pytestmark = pytest.mark.servers
PAGES = ["/", "/politics", "/en", "/feed.json"]


def test_readers_are_reloaded_without_one_failed_request(plane):
    before = plane.pids("reader-")
    with Printer(plane.data / "public" / "sheets.sqlite3") as printer, Watch(plane.port, [*PAGES, *printer.paths], readers=4) as watch:
        plane.kawaraban("serve", "--reload-readers")
        after = plane.pids("reader-")
        watch.until_seen(100)
    assert not set(before) & set(after)
    until(lambda: not Path(f"/proc/{before[0]}").exists())
    assert set(watch.statuses) <= {200, 304}


def test_a_reload_that_fails_leaves_the_old_readers_where_they_are(plane):
    before = plane.pids("reader-")
    log = plane.data / "public" / "sheets.sqlite3"
    # A successor does not get ready without a log; the old reader has it open.
    aside = log.with_name("aside")
    supervisor = plane.told()
    with Watch(plane.port, PAGES) as watch:
        log.rename(aside)
        try:
            os.kill(supervisor["pid"], signal.SIGHUP)
            successors = until(lambda: [path for path in (plane.data / "run").glob("reader-*.sock") if str(before[0]) not in path.name])
            successor = int(successors[0].stem.removeprefix("reader-"))
            assert plane.pids("reader-") == before
            os.kill(successor, signal.SIGKILL)
            told = until(lambda: (found := plane.told())["reloads"] > supervisor["reloads"] and found)
        finally:
            aside.rename(log)
        assert "before it was ready" in told["reload_failed"]
        watch.until_seen(50)
    assert plane.pids("reader-") == before


def test_whoever_knocks_while_a_killed_reader_is_replaced_is_answered(plane):
    (victim,) = plane.pids("reader-")
    os.kill(victim, signal.SIGSTOP)
    # It cannot take them in any more: they stand in the queue of the door.
    waiting = [http.client.HTTPConnection("127.0.0.1", plane.port, timeout=20) for _ in range(50)]
    for connection in waiting:
        connection.request("GET", "/")
    os.kill(victim, signal.SIGKILL)
    answers = [connection.getresponse() for connection in waiting]
    assert {answer.status for answer in answers} == {200}
    assert all(answer.read().rstrip().endswith(b"</html>") for answer in answers)
    until(lambda: plane.pids("reader-") and plane.pids("reader-") != [victim])


def test_a_reader_that_is_killed_is_back_within_seconds_and_shows_nothing_older(plane):
    with (
        Printer(plane.data / "public" / "sheets.sqlite3") as printer,
        Watch(plane.port, [*PAGES, *printer.paths], may_be_refused=True) as watch,
    ):
        for _ in range(2):
            killed_at = time.monotonic()
            os.kill(plane.pids("reader-")[0], signal.SIGKILL)
            until(lambda: httpx.get(f"{plane.url}/").status_code == 200)
            assert time.monotonic() - killed_at < 10
        watch.until_seen(100)
    assert set(watch.statuses) <= {200, 304}


def test_a_site_is_run_by_one_supervisor_and_ends_with_it(plane):
    second = plane.kawaraban("serve", "--port", str(plane.port), "--role", "reader", check=False)
    assert second.returncode == 1
    assert "running already, by process" in second.stderr
    processes = plane.told()["processes"]
    plane.process.kill()
    plane.process.wait()
    until(lambda: not any(Path(f"/proc/{process['pid']}").exists() for process in processes.values()))
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", plane.port))
    plane.start("reader")
