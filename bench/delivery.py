"""The reader server beside nginx handing out the same pages as finished files: requests per second and per CPU second.

    python bench/delivery.py [--stories 300] [--seconds 6]

Needs nginx (with gzip_static, as Debian builds it) and wrk.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

import ground

NGINX = """
worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type text/html; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c; uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; gzip_static on; location / {{ try_files $uri.html =404; }} }}
}}
"""
SPREAD = """
local paths = {{}}
for line in io.lines("{list}") do paths[#paths + 1] = line end
local at = 0
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
"""


@dataclass
class Result:
    """What one run of wrk came to."""

    per_second: float
    per_cpu_second: float
    p50: str
    p99: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=6)
    arguments = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed: this bench compares with it")
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="kawaraban-bench-") as directory:
        # nginx's workers are another user than root.
        Path(directory).chmod(0o755)
        compare(Path(directory), arguments.stories, arguments.seconds)


def compare(directory: Path, stories: int, seconds: int) -> None:
    port, nginx_port = ground.free_port(), ground.free_port()
    env = ground.environment(directory / "data", port, ground.free_port())
    ground.kawaraban(env, "found", "--name", "試験新報")
    ground.import_stories(env, directory / "stories.jsonl", stories)
    site, files = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{nginx_port}"
    ours, _ = ground.start(env, "serve", "--role", "reader", "--port", str(port), url=f"{site}/healthz")
    peer = None
    try:
        paths = story_paths(site, stories)
        lists = save_pages(site, paths, directory)
        (directory / "nginx.conf").write_text(NGINX.format(dir=directory, port=nginx_port))
        peer = subprocess.Popen(["nginx", "-c", str(directory / "nginx.conf")])
        ground.wait_for(lambda: httpx.get(files + paths[0]).status_code == 200)
        size = len(httpx.get(site + paths[0]).content)
        print(f"{len(paths)} story pages, the first {size / 1000:.0f} KB; gzip; 64 connections; {seconds} s a run\n")
        reader = reader_pids(ours.pid)
        rows = {
            "hot page": [],
            "spread over all pages": ["-s", str(lists)],
            "304": ["-H", f"If-None-Match: {etag(site + paths[0])}"],
        }
        print(f"{'':24} {'nginx files':>24} {'reader server':>24}   ratio (CPU)   p50/p99 of the reader server")
        for name, extra in rows.items():
            validator = ["-H", f"If-None-Match: {etag(files + paths[0])}"] if name == "304" else extra
            limit = run_wrk(files + paths[0], ground.family(peer.pid), seconds, validator)
            own = run_wrk(site + paths[0], reader, seconds, extra)
            ratio = own.per_cpu_second / limit.per_cpu_second
            print(f"{name:24} {show(limit):>24} {show(own):>24}   {ratio:.2f}          {own.p50} / {own.p99}")
        print(f"\nmemory of the reader server: {ground.resident_mb(reader):.0f} MB")
    finally:
        if peer is not None:
            ground.stop(peer)
        ground.stop(ours)


def story_paths(site: str, count: int) -> list[str]:
    """Return the addresses of story pages, from the sitemaps."""
    index = httpx.get(f"{site}/sitemap.xml").text
    found: list[str] = []
    for place in re.findall(r"<loc>https?://[^/]+(/sitemaps/[^<]+)</loc>", index):
        found += re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", httpx.get(site + place).text)
    return found[:count]


def save_pages(site: str, paths: list[str], directory: Path) -> Path:
    """Keep every page as a file, plain and compressed, as a static site would; return the list of their addresses."""
    for path in paths:
        body = httpx.get(site + path).content
        file = directory / "www" / f"{path.lstrip('/')}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(body, 6))
    (directory / "paths.txt").write_text("\n".join(paths))
    script = directory / "spread.lua"
    script.write_text(SPREAD.format(list=directory / "paths.txt"))
    return script


def reader_pids(supervisor: int) -> list[int]:
    """Return the reader server's processes: not the collector's, not the search's."""
    found = []
    for pid in ground.family(supervisor):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"reader" in words and b"run" in words:
            found.append(pid)
    return found


def etag(url: str) -> str:
    return str(httpx.get(url, headers={"accept-encoding": "gzip"}).headers["etag"])


def run_wrk(url: str, pids: list[int], seconds: int, extra: list[str]) -> Result:
    """Load one address, or those of a script, and take the CPU time that its server used meanwhile."""
    words = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip", *extra, url]
    subprocess.run([*words[:3], "-d1s", *words[4:]], check=True, capture_output=True)
    before = ground.cpu_seconds(pids)
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    used = ground.cpu_seconds(pids) - before
    count = int(re.search(r"(\d+) requests in", text)[1])  # type: ignore[index]
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        raise RuntimeError(f"{bad[1]} answers were errors")
    latency = dict(re.findall(r"^\s+(50|99)%\s+(\S+)", text, re.MULTILINE))
    return Result(count / seconds, count / used, latency["50"], latency["99"])


def show(result: Result) -> str:
    return f"{result.per_second:,.0f}/s {result.per_cpu_second:,.0f}/CPU s"


if __name__ == "__main__":
    main()
