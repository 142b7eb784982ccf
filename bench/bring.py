"""How fast an old site's stories come in, beside a running site, and how much memory that takes.

    python bench/bring.py [--stories 10000] [--file EXPORT --format jsonl] [--alone]

Without a file an export of a WordPress site is made up: two paragraphs of classic text in three, block-editor HTML in the rest, a
category, tags, an author, custom fields and old addresses for each story. The import runs as people run it, to the end of its report;
the site prints, indexes and relates meanwhile (``--alone``: no site runs, and the import prints at its end). Stories a second are those of
the import itself, and of all until the report is there.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import ground

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROCESS = re.compile(r"kawaraban (?:run )?(\w+)")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>試験</title>
<link>https://old.example.jp</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://old.example.jp</wp:base_site_url>
<wp:base_blog_url>https://old.example.jp</wp:base_blog_url>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--format", default="jsonl")
    parser.add_argument("--alone", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        data, file, kind = Path(directory) / "data", arguments.file, arguments.format
        if file is None:
            file, kind = Path(directory) / "export.xml", "wordpress"
            with file.open("w", encoding="utf-8") as written:
                written.writelines(wordpress(arguments.stories))
        port, newsroom_port = ground.free_port(), ground.free_port()
        env = ground.environment(data, port, newsroom_port)
        ground.kawaraban(env, "found", "--name", "試験新報")
        site = None
        if not arguments.alone:
            url = f"http://127.0.0.1:{port}/healthz"
            site, _ = ground.start(env, "serve", "--port", str(port), "--newsroom-port", str(newsroom_port), url=url)
        try:
            measure(env, kind, file, site)
        finally:
            if site is not None:
                ground.stop(site)


def measure(env: dict[str, str], kind: str, file: Path, site: subprocess.Popen[bytes] | None) -> None:
    """Import, and print what that took."""
    command = [sys.executable, "-m", "kawaraban", "import", kind, str(file), "--source", "bench", "--json"]
    started = time.perf_counter()
    importing = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    watched = Watched([importing.pid, *([site.pid] if site else [])])
    told, _ = importing.communicate()
    seconds = time.perf_counter() - started
    watched.stop()
    report = json.loads(told)
    print(
        f"{report['new']} new of {report['read']} stories; {len(report['problems'])} problems; complete: {report['proof']['is_complete']}"
    )
    print(f"all, to the end of the report: {seconds:.0f} s, {report['read'] / seconds:.1f} stories a second")
    for name, (peak, cpu) in sorted(watched.seen.items()):
        print(f"  {name:<12} at most {peak / 1e6:4.0f} MB, {cpu:5.0f} s of CPU time")


class Watched:
    """Looks at the memory of processes and of all below them, twice a second."""

    def __init__(self, pids: list[int]) -> None:
        self.seen: dict[str, tuple[int, float]] = {}
        self._pids = pids
        self._stopped = threading.Event()
        self._hand = threading.Thread(target=self._look, daemon=True)
        self._hand.start()

    def stop(self) -> None:
        """Look no longer."""
        self._stopped.set()
        self._hand.join()

    def _look(self) -> None:
        while not self._stopped.wait(0.5):
            for pid in {one for root in self._pids for one in ground.family(root)}:
                try:
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                    peak = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) * 1024
                except (OSError, IndexError):
                    continue
                named = _PROCESS.search(words)
                if named:
                    self.seen[named[1]] = peak, ground.cpu_seconds([pid])


def wordpress(count: int) -> Iterator[str]:
    """Write an export of so many stories, newest last."""
    yield _HEAD
    for story in ground.stories(count):
        number = int(str(story["id"])) + 1
        paragraphs = str(story["body"]).split("\n\n")
        is_of_blocks = number % 3 == 0
        text = "\n\n".join(f"<!-- wp:paragraph --><p>{part}</p><!-- /wp:paragraph -->" if is_of_blocks else part for part in paragraphs)
        day = f"{datetime(2014, 1, 1, tzinfo=UTC) + number * timedelta(hours=9):%Y-%m-%d %H:%M:%S}"
        (topic,) = story["topics"] if isinstance(story["topics"], list) else ("",)
        yield (
            f"<item><title><![CDATA[{story['title']}]]></title><link>https://old.example.jp/{number // 700 + 2010}/{number}/</link>"
            f"<dc:creator><![CDATA[writer{number % 9}]]></dc:creator><guid>https://old.example.jp/?p={number}</guid>"
            f"<content:encoded><![CDATA[{text}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>"
            f"<wp:post_id>{number}</wp:post_id><wp:post_date><![CDATA[{day}]]></wp:post_date><wp:post_date_gmt><![CDATA[{day}]]></wp:post_date_gmt>"
            f"<wp:post_name><![CDATA[story-{number}]]></wp:post_name><wp:status><![CDATA[publish]]></wp:status><wp:post_parent>0</wp:post_parent>"
            f"<wp:post_type><![CDATA[post]]></wp:post_type><wp:post_password><![CDATA[]]></wp:post_password><wp:is_sticky>0</wp:is_sticky>"
            f'<category domain="category" nicename="s{hash_of(story["section"])}"><![CDATA[{story["section"]}]]></category>'
            f'<category domain="post_tag" nicename="t{hash_of(topic)}"><![CDATA[{topic}]]></category>'
            "<wp:postmeta><wp:meta_key><![CDATA[views]]></wp:meta_key>"
            f"<wp:meta_value><![CDATA[{number * 7}]]></wp:meta_value></wp:postmeta></item>\n"
        )
    yield "</channel></rss>\n"


def hash_of(name: object) -> str:
    """Return an address for a name."""
    return str(name).encode().hex()[-12:]


if __name__ == "__main__":
    main()
