"""What fails in the newsroom plane is no reader's business."""

import json
import os
import signal
import time
from urllib.parse import urlsplit

import httpx
import pytest

from failures.watching import Watch
from running import until

pytestmark = pytest.mark.servers
PAGES = ["/", "/politics", "/society", "/en", "/feed.json"]


def kill(site, name: str) -> None:
    for process in site.pids(name):
        os.killpg(process, signal.SIGKILL)


def stories(tmp_path, title: str, count: int):
    file = tmp_path / "stories.jsonl"
    lines = [{"id": f"{title}{number}", "title": f"{title}{number}", "body": "本文。" * 200, "section": "社会"} for number in range(count)]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_a_printer_that_is_killed_while_it_prints_shows_nothing_half_printed(patient, tmp_path):
    file = stories(tmp_path, "止", 12)
    with Watch(patient.port, PAGES) as watch:
        (first,) = patient.pids("printer")
        patient.kawaraban("import", "jsonl", str(file), "--source", "halves")
        kill(patient, "printer")
        until(lambda: patient.pids("printer") not in ([], [first]))
        # It is woken by nobody: it finds the outbox, and is killed as soon as something of it is out.
        seen: set[str] = set()
        kills = 0
        deadline = time.monotonic() + 150
        while len(seen) < 12:
            assert time.monotonic() < deadline, seen
            fresh = {path for path in printed(patient) if path not in seen}
            if fresh and kills < 1:
                kill(patient, "printer")
                kills += 1
            for path in fresh:
                # Whatever a list shows stands under its address, whole.
                page = httpx.get(patient.url + path)
                assert page.status_code == 200
                assert page.text.rstrip().endswith("</html>")
            seen |= fresh
            time.sleep(0.01)
        until(lambda: patient.kawaraban("check", check=False).returncode == 0, 60)
    assert kills == 1
    assert set(watch.statuses) <= {200, 304}


def printed(site) -> list[str]:
    """The paths of the imported stories that a feed shows."""
    items = httpx.get(f"{site.url}/society/feed.json").json()["items"]
    return [urlsplit(item["url"]).path for item in items if item["title"].startswith("止")]


def test_neither_a_killed_newsroom_nor_its_missing_database_costs_a_page(patient, tmp_path):
    private = patient.data / "newsroom"
    with Watch(patient.port, PAGES) as watch:
        kill(patient, "newsroom")
        watch.until_seen(100)
        aside = tmp_path / "aside"
        aside.mkdir()
        for path in list(private.glob("newsroom.sqlite3*")):
            path.rename(aside / path.name)
        kill(patient, "newsroom")
        kill(patient, "printer")
        watch.until_seen(200)
        assert httpx.get(f"{patient.url}/readyz").status_code == 200
        kill(patient, "newsroom")
        kill(patient, "printer")
        for path in list(private.glob("newsroom.sqlite3*")):
            path.unlink()
        for path in aside.iterdir():
            path.rename(private / path.name)
        until(lambda: httpx.get(f"{patient.newsroom_url}/admin/login/").status_code == 200, 60)
        watch.until_seen(50)
    assert set(watch.statuses) <= {200, 304}
    assert patient.kawaraban("check").returncode == 0
