"""Processes are killed while they work: what was acknowledged comes out, and readers are served meanwhile."""

import json
import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from running import until

pytestmark = pytest.mark.servers


def processes(site, role: str) -> list[int]:
    """The site's processes with a role."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            environment = (path / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if role.encode() in words and f"KAWARABAN_DATA={site.data}".encode() in environment:
            found.append(int(path.name))
    return found


def test_a_printer_that_is_killed_prints_what_was_published(site, tmp_path):
    lines = [{"id": number, "title": f"止められた印刷{number}", "body": "本文。", "section": "社会"} for number in range(6)]
    file = tmp_path / "stories.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    (printer,) = processes(site, "printer")
    site.kawaraban("import", "jsonl", str(file), "--source", "crash")
    os.kill(printer, signal.SIGKILL)
    until(lambda: processes(site, "printer") not in ([], [printer]), 20)
    listed = until(
        lambda: [item for item in httpx.get(f"{site.url}/feed.json").json()["items"] if item["title"].startswith("止められた印刷")][5:], 20
    )
    section = httpx.get(f"{site.url}/society").text
    assert all(urlsplit(item["url"]).path in section for item in listed)
    assert site.kawaraban("check").returncode == 0


def test_a_reader_server_that_is_killed_is_back_at_once(site):
    victims = processes(site, "reader")
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    until(lambda: httpx.get(f"{site.url}/").status_code == 200, 10)
    assert "data-story" in httpx.get(f"{site.url}/").text
    assert not set(processes(site, "reader")) & set(victims)
