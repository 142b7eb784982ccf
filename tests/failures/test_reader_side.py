"""What fails beneath the reader plane: the disk, the clock, the sheet log. Its readers are looked after by a watch meanwhile."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from failures.reading import a_story, counted, read
from failures.watching import Printer, Watch
from running import Site, free_port, until

pytestmark = pytest.mark.servers
PAGES = ["/", "/politics", "/en", "/feed.json"]
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


@pytest.fixture
def small_disk(tmp_path):
    """A directory with 160 MB to it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    directory = tmp_path / "disk"
    directory.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(directory)], capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield directory
    subprocess.run(["umount", "--lazy", str(directory)], check=True)


def fill(directory: Path) -> Path:
    filler = directory / "filler"
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    return filler


def test_a_full_disk_costs_no_page_and_no_read_is_taken_for_counted(archive, small_disk):
    site = Site(small_disk / "data", free_port(), free_port(), more={"KAWARABAN_TRUSTED_PROXIES": "127.0.0.1"})
    site.kawaraban("restore", str(archive))
    site.start("reader")
    try:
        until(lambda: httpx.get(f"{site.url}/readyz").json()["collector"] == "connected")
        before = counted(site.data / "reads")
        story = a_story(site.url)
        acknowledged = [read(site.url, story) for _ in range(20)].count(204)
        assert acknowledged == 20
        with Watch(site.port, PAGES) as watch:
            # The last block of the log may have room for some; and the search process gives room back when it cannot write.
            statuses = []
            while statuses.count(503) < 5 and len(statuses) < 500:
                filler = fill(small_disk)
                statuses.append(read(site.url, story))
            assert 503 in statuses
            assert set(statuses) <= {204, 503}
            acknowledged += statuses.count(204)
            os.kill(site.pids("reader-")[0], signal.SIGHUP)
            watch.until_seen(100)
            filler.unlink()
            until(lambda: read(site.url, story) == 204)
            acknowledged += 1
        assert set(watch.statuses) <= {200, 304}
        # A read that waited too long for the disk may be there though its page was told that it is not, and tells again: a repeat.
        assert acknowledged <= counted(site.data / "reads") - before <= acknowledged + statuses.count(503)
    finally:
        site.stop()


def test_a_clock_that_jumps_costs_no_page_and_no_read(archive, tmp_path):
    if FAKETIME is None:
        pytest.skip("libfaketime is not on this machine")
    offset = tmp_path / "offset"
    offset.write_text("+0", encoding="ascii")
    faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"}
    site = Site(tmp_path / "data", free_port(), free_port(), more={"KAWARABAN_TRUSTED_PROXIES": "127.0.0.1"})
    site.kawaraban("restore", str(archive))
    # Singly, as a supervisor of one's own would start them: it is their clock that jumps.
    processes = [
        subprocess.Popen(
            ["sh", "-c", f"while :; do {sys.executable} -m kawaraban run {words}; done"],
            env=site.environment | faked,
            start_new_session=True,
        )
        for words in ("collector", f"reader --port {site.port}")
    ]
    try:
        until(lambda: httpx.get(f"{site.url}/").status_code == 200, 60)
        until(lambda: httpx.get(f"{site.url}/readyz").json()["collector"] == "connected")
        story = a_story(site.url)
        before = counted(site.data / "reads")
        with Printer(site.data / "public" / "sheets.sqlite3") as printer, Watch(site.port, [*PAGES, *printer.paths]) as watch:
            for jump in ("+40d", "+0"):
                offset.write_text(jump, encoding="ascii")
                time.sleep(1.5)
                # Set back, the collector counts anew: until then reads are refused, and told again.
                until(lambda: read(site.url, story) == 204)
                watch.until_seen(40)
        assert set(watch.statuses) <= {200, 304}
        assert counted(site.data / "reads") - before == 2
        ranked = until(
            lambda: [item for item in httpx.get(f"{site.url}/live/ranking.json?window=1h").json()["items"] if not item["filled"]]
        )
        assert story[0] in {item["id"] for item in ranked}
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def test_a_sheet_log_that_is_replaced_by_a_restored_one_is_followed(plane, archive, tmp_path):
    other = Site(tmp_path / "data", free_port(), free_port())
    other.kawaraban("restore", str(archive))
    public = plane.data / "public"
    with Printer(public / "sheets.sqlite3") as printer:
        until(lambda: b"version" in httpx.get(plane.url + printer.paths[0]).content)
    last = httpx.get(plane.url + printer.paths[0]).content
    with Watch(plane.port, PAGES) as watch:
        aside = tmp_path / "aside"
        aside.mkdir()
        # As an operator does it: the log and what belongs to it go away, the restored one comes in.
        for path in list(public.glob("sheets.sqlite3*")):
            path.rename(aside / path.name)
        assert httpx.get(plane.url + printer.paths[0]).content == last
        (other.data / "public" / "sheets.sqlite3").rename(public / "sheets.sqlite3")
        until(lambda: httpx.get(plane.url + printer.paths[0]).status_code == 404)
        watch.until_seen(50)
        with Printer(public / "sheets.sqlite3") as again:
            until(lambda: b"version" in httpx.get(plane.url + again.paths[0]).content)
        until(lambda: httpx.get(f"{plane.url}/search.json?q=橋").json().get("total"))
    assert set(watch.statuses) <= {200, 304}
    shutil.rmtree(aside)
