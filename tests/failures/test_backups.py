"""Backups are taken and put back while everything runs, and killed on the way."""

import json
import signal
import subprocess
import sys
import tarfile
import time
from urllib.parse import urlsplit

import httpx
import pytest

from failures.reading import a_story, counted, read
from failures.watching import Watch
from kawaraban.sheetlog.log import SheetLog
from kawaraban.sheetlog.shapes import Kind
from running import Site, free_port, until

pytestmark = pytest.mark.servers


def begin(site, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kawaraban", *words], env=site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_a_backup_holds_what_was_acknowledged_before_it_began_and_is_whole(patient, tmp_path):
    file = tmp_path / "stories.jsonl"
    lines = [{"id": f"控え{number}", "title": f"控え{number}", "body": "本文。" * 200, "section": "社会"} for number in range(12)]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    target = tmp_path / "site.tar"
    with Watch(patient.port, ["/", "/society"]) as watch:
        importing = begin(patient, "import", "jsonl", str(file), "--source", "backup")
        feed = f"{patient.url}/society/feed.json"
        until(lambda: any(item["title"].startswith("控え") for item in httpx.get(feed).json()["items"]), 150)
        story = a_story(patient.url)
        until(lambda: read(patient.url, story) == 204)
        published = {urlsplit(item["url"]).path for item in httpx.get(feed).json()["items"]}
        reads = counted(patient.data / "reads")
        patient.kawaraban("backup", str(target))
        assert importing.wait(120) == 0
        watch.until_seen(20)
    with tarfile.open(target) as kept:
        # The index can be made again; what was searched for cannot.
        assert [name for name in kept.getnames() if name.startswith("public/discovery")] == ["public/discovery/searches.sqlite3"]
    copy = Site(tmp_path / "copy", free_port(), free_port())
    copy.kawaraban("restore", str(target))
    found = copy.kawaraban("check", "--json", check=False)
    assert found.returncode == 0, found.stdout
    assert counted(copy.data / "reads") >= reads
    assert published <= set(SheetLog(copy.data / "public" / "sheets.sqlite3").keys(Kind.SHEET))


def test_a_backup_that_is_killed_leaves_neither_an_archive_nor_anything_behind(plane, tmp_path):
    target = tmp_path / "site.tar"
    partial = target.with_name("site.tar.partial")
    for seconds in (0.0, 0.1, 0.3):
        running = begin(plane, "backup", str(target))
        until(lambda running=running: partial.exists() or running.poll() is not None)
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        running.wait()
        # Either it had come to its end, or there is no archive.
        assert partial.exists() != target.exists()
        target.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)
    plane.kawaraban("backup", str(target))
    with tarfile.open(target) as archive:
        names = archive.getnames()
    assert len(names) == len(set(names))
    assert not [name for name in names if "backup" in name or name.startswith(("run", "tmp"))]
    assert not (plane.data / "run" / "backup").exists()
    assert not list(plane.data.glob("tmp*"))


def test_a_restore_that_is_killed_leaves_no_half_of_a_site(archive, tmp_path):
    copy = Site(tmp_path / "copy", free_port(), free_port())
    interrupted = 0
    staging = copy.data.with_name("copy.restoring")
    for _ in range(2):
        running = begin(copy, "restore", str(archive))
        until(staging.exists)
        running.send_signal(signal.SIGKILL)
        interrupted += running.wait() == -signal.SIGKILL
        assert not copy.data.exists()
    assert interrupted == 2
    copy.kawaraban("restore", str(archive))
    assert copy.kawaraban("check").returncode == 0
    assert not staging.exists()
