"""Processes are killed while they work: what was acknowledged comes out, and readers are served meanwhile."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from kawaraban.sheetlog.log import SheetLog
from kawaraban.sheetlog.shapes import Kind, Sheet
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
    until(lambda: processes(site, "printer") not in ([], [printer]))
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
    until(lambda: httpx.get(f"{site.url}/").status_code == 200)
    assert "data-story" in httpx.get(f"{site.url}/").text
    assert not set(processes(site, "reader")) & set(victims)


REPRINT = """
from kawaraban.project.django import start_django
start_django()
from kawaraban.newsroom.models import NewspaperSettings
paper = NewspaperSettings.load()
paper.accent = "#c8371e"
paper.save()
"""


def test_a_printer_that_is_killed_in_the_middle_of_a_reprint_finishes_it_while_readers_see_old_or_new(site):
    log = SheetLog(site.data / "public" / "sheets.sqlite3")
    started_at = log.last_seq()
    # Every page that a site's first print has made; each names the style in whose path the accent colour is hashed.
    pages = {
        key: style_of(log, key) for key in log.keys(Kind.SHEET) if log.get(Kind.SHEET, key, Sheet).content_type.startswith("text/html")
    }
    stories = [key for key in pages if log.get(Kind.SHEET, key, Sheet).kind == "story"]
    (old,) = set(pages.values())
    seen, stopped = [], threading.Event()

    def read() -> None:
        with httpx.Client(base_url=site.url) as reader:
            while not stopped.is_set():
                for path in random.Random(len(seen)).sample(stories, 3):
                    answer = reader.get(path)
                    seen.append((answer.status_code, STYLES.findall(answer.text), answer.text.rstrip().endswith("</html>")))
                time.sleep(0.05)

    reading = threading.Thread(target=read)
    reading.start()
    try:
        subprocess.run([sys.executable, "-c", REPRINT], env=site.environment, check=True, timeout=120)
        (printer,) = processes(site, "printer")
        until(lambda: fresh(log, stories, old) > 0, 60)
        os.kill(printer, signal.SIGKILL)
        # A round is in the log whole or not at all: nothing half-printed stands there after the blow.
        assert all(style_of(log, key) for key in stories)
        until(lambda: fresh(log, pages, old) == len(pages), 120)
    finally:
        stopped.set()
        reading.join(30)
    assert log.last_seq() > started_at
    new = style_of(log, stories[0])
    assert {status for status, _, _ in seen} == {200}
    assert all(whole and styles in ([old], [new]) for _, styles, whole in seen)
    assert [httpx.get(site.url + style).status_code for style in (old, new)] == [200, 200]
    assert site.kawaraban("check").returncode == 0


STYLES = re.compile(r'href="(/assets/site\.[0-9a-f]+\.css)"')


def style_of(log: SheetLog, key: str) -> str:
    """The style that a page names."""
    sheet = log.get(Kind.SHEET, key, Sheet)
    (style,) = STYLES.findall("".join(piece for piece in sheet.pieces if isinstance(piece, str)))
    return style


def fresh(log: SheetLog, keys, old: str) -> int:
    """How many of these pages name another style than the old one."""
    return sum(style_of(log, key) != old for key in keys)
