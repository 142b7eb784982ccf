"""The reader server and its hot files beside nginx that hands out the same pages as finished files: requests per CPU second.

    python bench/delivery.py [--stories 10000] [--seconds 5] [--rounds 3]
    python bench/delivery.py --second-page DATA

All in one run on one machine, taking turns: plain nginx files are the limit. Meanwhile the live ranking changes every two seconds (real reads
go through the collector) and a story is published every second. A sampler reads the bodies that are really served, and tells how old
the ranking in them is. Server's CPU time counts, not wall time: for hot files nginx and the reader server together.

What the next page costs a browser is told of these pages, whose stories are of 6,000 characters, and at the end of the demo's, which are of
ordinary length; with --second-page of a site's own.

Needs nginx (with gzip_static, as Debian builds it) and wrk.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import hashlib
import itertools
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import httpx

import ground
import sheets
from kawaraban.audience.tokens import load_or_make_key, read_token

if TYPE_CHECKING:
    from collections.abc import Iterator

PULSE_SECONDS = 2.0
OWN_DICTIONARY = "/assets/ja.dictionary"
# Before each run: long enough for every page of ten thousand to be asked for.
WARMS_UP_SECONDS = 2
# The search process looks for news 20 times a second and works out lists in turn in a twentieth of a core; when it uses less than so much CPU
# time between two looks, that is all it does.
LOOK_EVERY, RESTING = 3.0, 0.25
AROUND = """
worker_processes 1; daemon off; pid {dir}/{name}.pid; error_log {dir}/{name}.log crit; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type text/html; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c; uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  {site}
}}
"""
FILES = "server {{ listen 127.0.0.1:{port}; root {dir}/www; gzip_static on; {more} location / {{ try_files $uri.html =404; }} }}"
OPEN_FILES = "open_file_cache max=20000 inactive=60s; open_file_cache_valid 1s; open_file_cache_min_uses 1;"
INCLUDES = (
    "server {{ listen 127.0.0.1:{port}; root {dir}/www; ssi on; gzip on; gzip_comp_level 6; location / {{ try_files $uri.shtml =404; }} }}"
)
SPREAD = """
local paths = {{}}
for line in io.lines("{list}") do paths[#paths + 1] = line end
local at = {start}
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
"""


@dataclass
class Server:
    """What is measured: an address, and the processes behind it."""

    name: str
    url: str
    pids: list[int]


@dataclass
class Result:
    """What one run of wrk came to."""

    per_second: float
    per_cpu_second: float
    p50: str
    p99: str


@dataclass
class Pulse:
    """A ranking that moves: every two seconds another story is read more than all others. Knows how old a body's ranking is."""

    url: str
    key: bytes
    stories: list[str]
    leads: list[tuple[str, float]] = field(default_factory=list)  # which story leads, and when the reads that put it first were answered
    ages: list[float] = field(default_factory=list)

    def run(self, ends: threading.Event) -> None:
        """Read on until told to end."""
        asyncio.run(self._run(ends))

    async def _run(self, ends: threading.Event) -> None:
        reads = dict.fromkeys(self.stories, 0)
        visitors = itertools.count()
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=32)) as client:
            for story in itertools.cycle(self.stories):
                due = time.monotonic() + PULSE_SECONDS
                more = max(reads.values()) + 1 - reads[story]
                await asyncio.gather(*(self._read(client, story, next(visitors)) for _ in range(more)))
                reads[story] += more
                self.leads.append((story, time.monotonic()))
                while time.monotonic() < due:
                    if ends.is_set():
                        return
                    await asyncio.sleep(0.05)

    async def _read(self, client: httpx.AsyncClient, story: str, visitor: int) -> None:
        address = f"10.{visitor // 62_500}.{visitor // 250 % 250}.{visitor % 250 + 1}"
        headers = {"x-forwarded-for": address, "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        message = {"story": story, "token": read_token(self.key, story), "visible_ms": 9000, "engaged_ms": 5000, "scrolled": True}
        for _ in range(50):
            answer = await client.post(f"{self.url}/read", json=message, headers=headers)
            if answer.status_code == 204:
                return
            # The server is at its limit and says when to come again, as to a page.
            await asyncio.sleep(0.1)
        raise RuntimeError(f"a read was answered {answer.status_code}: {answer.text}")

    def look(self, body: str) -> None:
        """Note how old the ranking in a body is that was served just now: since when another story leads than the one it shows first."""
        now = time.monotonic()
        shown = re.search(r'data-rank="1"><a[^>]*data-story="(\w+)"', body)
        if shown is None:
            if 'data-rank="' not in body:
                raise RuntimeError("a body shows no ranking")
            # Who leads stands elsewhere on this page, and bears a badge there.
            return
        # The last time that it led; a story that leads and is not known to yet has just been read.
        leads = list(self.leads)
        place = next((place for place in reversed(range(len(leads))) if leads[place][0] == shown[1]), -1)
        after = place + 1
        if place >= 0 or shown[1] not in self.stories:
            self.ages.append(now - leads[after][1] if after < len(leads) else 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--second-page", type=Path, metavar="DATA", help="what the next page costs, on a copy of a site's own data")
    parser.add_argument("--cache", type=int, default=768, metavar="MB", help="KAWARABAN_READER_CACHE_MB beside nginx")
    arguments = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed: this bench compares with it")
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="kawaraban-bench-") as name:
        directory = Path(name)
        # nginx's workers are another user than root.
        directory.chmod(0o755)
        if arguments.second_page:
            second_page_of(directory, arguments.second_page)
        else:
            compare(directory, arguments.stories, arguments.seconds, arguments.rounds, arguments.cache)
            second_page_of(directory, demo(directory))


# ---------------------------------------------------------------------- beside nginx


def compare(directory: Path, stories: int, seconds: int, rounds: int, cache_mb: int) -> None:
    with ExitStack() as stack:
        env, paths, site, reader = stack.enter_context(running_site(directory, stories, cache_mb=cache_mb))
        hot_path = paths[len(paths) // 3]
        script = save_pages(site, paths, directory)
        servers = [Server("reader server", site, reader), *nginx_servers(stack, directory, *hot_reader(stack, directory, env))]
        by_name = {server.name: server for server in servers}
        body = httpx.get(site + hot_path, headers={"accept-encoding": "identity"}).content
        print(f"{len(paths):,} story pages, {len(body) / 1000:.0f} KB; 64 connections; {seconds} s a run, {rounds} rounds, median")
        pulse = stack.enter_context(moving(directory, env, site, paths))
        second_page(pulse, paths)
        limit, cached = "nginx files", "nginx files, kept open"
        print(f"\n{'requests per CPU second':34} {'median':>8}   {'÷ files':>7} {'÷ kept open':>12}   requests/s   p50 / p99")
        loads = [
            ("hot page", list(by_name), []),
            ("spread", [limit, cached, "reader server"], ["-s", str(script)]),
            ("304", [limit, "reader server"], []),
        ]
        for load, names, extra in loads:
            results: dict[str, list[Result]] = {name: [] for name in names}
            if load == "spread":
                warm(site, paths)
            for _ in range(rounds):
                for name in names:
                    server = by_name[name]
                    words = ["-H", f"If-None-Match: {etag(server.url + hot_path)}"] if load == "304" else extra
                    looks_at = None
                    if name.startswith(("reader", "hot")) and load != "304":
                        looks_at = (server.url, [hot_path] if load == "hot page" else paths)
                    with sampled(pulse, looks_at):
                        results[name].append(run_wrk(server.url + hot_path, server.pids, seconds, words))
            show(load, results, limit, cached)
        for encoding in ("br", "zstd", "gzip", "identity"):
            result = run_wrk(site + hot_path, reader, seconds, [], encoding)
            print(
                f"{'hot page, ' + encoding:34} {result.per_cpu_second:8,.0f}   {'':7} {'':12}   {result.per_second:10,.0f}   {result.p50} / {result.p99}"
            )
        print(f"\nage of the live ranking in {len(pulse.ages):,} bodies that were served, seconds: "
              f"p50 {ground.percentile(pulse.ages, 0.5):.2f}, p99 {ground.percentile(pulse.ages, 0.99):.2f}, most {max(pulse.ages):.2f}")  # fmt: skip
        print(f"memory of the reader process, with {cache_mb} MB for bodies: {ground.resident_mb(reader):.0f} MB")


@contextmanager
def running_site(
    directory: Path, stories: int, *, cache_mb: int = 0, search: bool = True
) -> Iterator[tuple[dict[str, str], list[str], str, list[int]]]:
    """Start the reader plane over so many stories; yield its environment, the stories' paths, its address and the reader process.

    With ``search`` the search process has worked all of it out when this yields: until then each list that it writes makes a page anew.
    """
    port = ground.free_port()
    env = ground.environment(directory / f"data-{stories}", port, ground.free_port()) | {"KAWARABAN_TRUSTED_PROXIES": "127.0.0.1"}
    if cache_mb:
        env["KAWARABAN_READER_CACHE_MB"] = str(cache_mb)
    paths = sheets.make(env, stories)
    site = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        if search:
            process, _ = ground.start(env, "serve", "--role", "reader", "--port", str(port), url=f"{site}/healthz")
            stack.callback(ground.stop, process)
            wait_for_search(running(process.pid, b"search"))
        else:
            stack.callback(ground.stop, ground.start(env, "run", "collector")[0])
            process, _ = ground.start(env, "run", "reader", "--port", str(port), url=f"{site}/healthz")
            stack.callback(ground.stop, process)
        ground.wait_for(lambda: httpx.get(site + paths[0]).status_code == 200)
        yield env, paths, site, running(process.pid, b"reader")


def wait_for_search(processes: list[int]) -> None:
    """Wait until the search process has read the archive and rests."""
    started = time.perf_counter()
    used = -1.0

    def rests() -> bool:
        nonlocal used
        before, used = used, ground.cpu_seconds(processes)
        return before >= 0 and used - before < RESTING

    ground.wait_for(rests, seconds=1800, every=LOOK_EVERY)
    print(f"the search process rests after {time.perf_counter() - started:.0f} s")


def hot_reader(stack: ExitStack, directory: Path, env: dict[str, str]) -> tuple[dict[str, str], str, list[int]]:
    """Start a reader server that keeps hot files, beside the one that does not; return its environment, address and process."""
    memory = Path("/dev/shm")  # noqa: S108 - a directory of its own in it
    files = (memory if memory.is_dir() else directory) / f"kawaraban-bench-{os.getpid()}"
    port = ground.free_port()
    env = env | {"KAWARABAN_HOT_FILES": str(files)}
    process, _ = ground.start(env, "run", "reader", "--port", str(port), url=f"http://127.0.0.1:{port}/healthz")
    stack.callback(shutil.rmtree, files, ignore_errors=True)
    stack.callback(ground.stop, process)
    return env, f"http://127.0.0.1:{port}", ground.family(process.pid)


def nginx_servers(stack: ExitStack, directory: Path, env: dict[str, str], site: str, reader: list[int]) -> list[Server]:
    """Start every nginx that we compare with, or that hands out our hot files."""
    user = "user root;" if os.geteuid() == 0 else ""
    found = []
    readers = site.removeprefix("http://")
    for name, key, template, more in (
        ("nginx files", "files", FILES, ""),
        ("nginx files, kept open", "open", FILES, OPEN_FILES),
        ("nginx SSI + gzip", "ssi", INCLUDES, ""),
        ("hot files", "hot", "", "off"),
        ("hot files, kept open", "hotopen", "", "checked"),
    ):
        port = ground.free_port()
        if template:
            text = template.format(dir=directory, port=port, more=more)
        else:
            words = ["nginx", "--readers", readers, "--listen", f"127.0.0.1:{port}", "--open-files", more]
            text = subprocess.run([sys.executable, "-m", "kawaraban", *words], env=env, check=True, capture_output=True, text=True).stdout
        (directory / f"{key}.conf").write_text(AROUND.format(dir=directory, name=key, site=text, user=user))
        process = subprocess.Popen(["nginx", "-c", str(directory / f"{key}.conf")])
        stack.callback(ground.stop, process)
        url = f"http://127.0.0.1:{port}"
        ground.wait_for(lambda url=url: httpx.get(f"{url}/nothing").status_code == 404)  # type: ignore[misc]
        found.append(Server(name, url, [*ground.family(process.pid), *([] if template else reader)]))
    return found


@contextmanager
def moving(directory: Path, env: dict[str, str], site: str, paths: list[str]) -> Iterator[Pulse]:
    """Meanwhile the ranking changes every two seconds and a story is published every second."""
    key = load_or_make_key(Path(env["KAWARABAN_DATA"], "reads", "token.key"))
    # Old stories: they stand nowhere else on the pages that are looked at.
    pulse = Pulse(site, key, [path.rpartition("/")[2] for path in paths[-10:]])
    ends = threading.Event()
    thread = threading.Thread(target=pulse.run, args=(ends,))
    thread.start()
    publisher = sheets.publish(env, 100_000, 1.0)
    publisher.stdout.readline()  # type: ignore[union-attr]
    ground.wait_for(lambda: len(pulse.leads) > 1)
    # The last answers of the collector's first seconds.
    time.sleep(2 * PULSE_SECONDS)
    include = threading.Thread(target=keep_include, args=(directory, site, ends))
    include.start()
    try:
        yield pulse
    finally:
        ends.set()
        publisher.kill()
        publisher.communicate()
        thread.join()
        include.join()


def keep_include(directory: Path, site: str, ends: threading.Event) -> None:
    """Write the live block that nginx's SSI includes, as its operator would: a file, renewed every two seconds."""
    while not ends.wait(PULSE_SECONDS):
        new = directory / "www" / ".live.html"
        answer = httpx.get(f"{site}/live/ranking.json?limit=10")
        rows = answer.json()["items"] if answer.is_success else []
        new.write_text("".join(f'<li><a href="{row["url"]}">{row["title"]}</a></li>' for row in rows), encoding="utf-8")
        new.replace(directory / "www" / "live.html")


@contextmanager
def sampled(pulse: Pulse, looks_at: tuple[str, list[str]] | None) -> Iterator[None]:
    """Look at bodies while a load runs, ten times a second."""
    ends = threading.Event()

    def look() -> None:
        with httpx.Client(base_url=looks_at[0], headers={"accept-encoding": "gzip"}) as client:  # type: ignore[index]
            while not ends.wait(0.1):
                answer = client.get(random.choice(looks_at[1]))  # type: ignore[index]
                if answer.is_success:
                    pulse.look(answer.text)

    thread = threading.Thread(target=look) if looks_at else None
    if thread:
        thread.start()
    try:
        yield
    finally:
        ends.set()
        if thread:
            thread.join()


def warm(site: str, paths: list[str]) -> None:
    """Have every page made once: what a server costs that has been asked for all of them, as the files are in the machine's memory."""
    with httpx.Client(base_url=site, headers={"accept-encoding": "gzip"}) as client:
        for path in paths:
            ground.wait_for(lambda path=path: client.get(path).is_success)  # type: ignore[misc]


def save_pages(site: str, paths: list[str], directory: Path) -> Path:
    """Keep every page as a file, plain and compressed, as a static site would, and with an include for SSI; return wrk's script."""
    with httpx.Client(base_url=site, headers={"accept-encoding": "identity"}) as client:
        for path in paths:
            body = client.get(path).content
            file = directory / "www" / f"{path.lstrip('/')}.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
            file.with_name(file.name + ".gz").write_bytes(gzip.compress(body, 6))
            half = body.rfind(b"<section")
            file.with_suffix(".shtml").write_bytes(body[:half] + b'<!--# include virtual="/live" -->' + body[half:])
    (directory / "www" / "live.html").write_text("")
    (directory / "www" / "live.shtml").symlink_to("live.html")
    # Each page in its turn, in no order that a cache could be lucky with; as many as nginx may keep open, with two files each.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 250
    (directory / "paths.txt").write_text("\n".join(random.Random(3).sample(paths, min(most, len(paths)))))
    script = directory / "spread.lua"
    script.write_text(SPREAD.format(list=directory / "paths.txt", start=random.randrange(len(paths))))
    return script


def second_page(pulse: Pulse, paths: list[str]) -> None:
    """Print what the next page costs a browser that has one already, in shares of what it costs one that has none."""
    shares: dict[str, list[float]] = {"another story, against the page before": [], "another story, against the edition's own": []}
    again: list[float] = []
    with httpx.Client(base_url=pulse.url, headers={"accept-encoding": "gzip, zstd"}) as client:
        own = client.get(OWN_DICTIONARY, follow_redirects=True)
        chosen = random.Random(7).sample(paths, min(41, len(paths)))
        have = {path: client.get(path) for path in chosen}
        for before, after in itertools.pairwise(chosen):
            name = re.search(r'id="([^"]+)"', have[before].headers["use-as-dictionary"])[1]  # type: ignore[index]
            shares["another story, against the page before"].append(share(client, after, have[before].content, name))
            if own.is_success:
                shares["another story, against the edition's own"].append(share(client, after, own.content, own.url.path))
        have = {path: client.get(path) for path in chosen}
        led = len(pulse.leads)
        ground.wait_for(lambda: len(pulse.leads) > led)
        time.sleep(1.5)
        for path in chosen:
            name = re.search(r'id="([^"]+)"', have[path].headers["use-as-dictionary"])[1]  # type: ignore[index]
            again.append(share(client, path, have[path].content, name))
    shares["the same page again, its ranking changed"] = again
    print(
        f"story pages of {statistics.mean(len(page.content) for page in have.values()) / 1000:.0f} KB, what the next one costs a browser:"
    )
    for name, found in shares.items():
        if found:
            print(f"{name}: {statistics.mean(found):.2f} of Brotli 5 without ({len(found)} pages)")


def share(client: httpx.Client, path: str, dictionary: bytes, name: str) -> float:
    """Return how much of its size with Brotli 5 a page takes for somebody who has a dictionary."""
    have = base64.b64encode(hashlib.sha256(dictionary).digest()).decode()
    headers = {"accept-encoding": "gzip, zstd, dcz", "available-dictionary": f":{have}:", "dictionary-id": f'"{name}"'}
    with client.stream("GET", path, headers=headers) as answer:
        packed = b"".join(answer.iter_raw())
    if answer.headers.get("content-encoding") != "dcz":
        raise RuntimeError(f"{path} was not compressed against what the reader has")
    return len(packed) / len(brotli.compress(client.get(path, headers={"accept-encoding": "identity"}).content, quality=5))


def demo(directory: Path) -> Path:
    """Make the demo's newspaper, whose stories are of ordinary length, with the edition's dictionary; return its data directory."""
    port, newsroom_port = ground.free_port(), ground.free_port()
    data = directory / "demo"
    env = ground.environment(data, port, newsroom_port)
    words = ["demo", "--no-readers", "--port", str(port), "--newsroom-port", str(newsroom_port)]
    process, _ = ground.start(env, *words)
    try:
        ground.wait_for(lambda: httpx.get(f"http://127.0.0.1:{port}{OWN_DICTIONARY}", follow_redirects=True).is_success, 300, 0.5)
    finally:
        ground.stop(process)
    return data


def second_page_of(directory: Path, data: Path) -> None:
    """Print it for a copy of a site's own data."""
    port = ground.free_port()
    copy = directory / "data"
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("media", "originals", "*.sock"))
    env = ground.environment(copy, port, ground.free_port()) | {"KAWARABAN_TRUSTED_PROXIES": "127.0.0.1"}
    site = f"http://127.0.0.1:{port}"
    process, _ = ground.start(env, "serve", "--role", "reader", "--port", str(port), url=f"{site}/healthz")
    try:
        ground.wait_for(lambda: httpx.get(f"{site}/sitemap.xml").status_code == 200)
        paths = story_paths(site)
        ends = threading.Event()
        # What leads a site's ranking is new.
        pulse = Pulse(site, load_or_make_key(copy / "reads" / "token.key"), [path.rpartition("/")[2] for path in paths[:10]])
        thread = threading.Thread(target=pulse.run, args=(ends,))
        thread.start()
        ground.wait_for(lambda: len(pulse.leads) > 1)
        time.sleep(2 * PULSE_SECONDS)
        print(f"\n{len(paths):,} stories of {data.name}")
        second_page(pulse, paths)
        ends.set()
        thread.join()
    finally:
        ground.stop(process)


def story_paths(site: str) -> list[str]:
    """Return the addresses of the Japanese stories, newest first, from the sitemaps."""
    found: list[str] = []
    for place in re.findall(r"<loc>https?://[^/]+(/sitemaps/ja-[^<]+)</loc>", httpx.get(f"{site}/sitemap.xml").text):
        found += re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", httpx.get(site + place).text)
    return [path for path in dict.fromkeys(found) if path.count("/") == 2]


# ---------------------------------------------------------------------- measuring


def running(supervisor: int, name: bytes) -> list[int]:
    """Return the processes of this name, such as the reader server's, at a supervisor or below."""
    found = []
    for pid in ground.family(supervisor):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if name in words and b"run" in words:
            found.append(pid)
    return found


def etag(url: str) -> str:
    return str(httpx.get(url, headers={"accept-encoding": "gzip"}).headers["etag"])


def run_wrk(url: str, pids: list[int], seconds: int, extra: list[str], encoding: str = "gzip") -> Result:
    """Load one address, or those of a script, and take the CPU time that its server used meanwhile."""
    words = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", "-H", f"Accept-Encoding: {encoding}", *extra, url]
    # While others took their turns nobody asked, and much moved on.
    subprocess.run([*words[:3], f"-d{WARMS_UP_SECONDS}s", *words[4:]], check=True, capture_output=True)
    before = ground.cpu_seconds(pids)
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    used = ground.cpu_seconds(pids) - before
    count = int(re.search(r"(\d+) requests in", text)[1])  # type: ignore[index]
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        raise RuntimeError(f"{bad[1]} answers were errors")
    latency = dict(re.findall(r"^\s+(50|99)%\s+(\S+)", text, re.MULTILINE))
    return Result(count / seconds, count / used, latency["50"], latency["99"])


def show(load: str, results: dict[str, list[Result]], limit: str, cached: str) -> None:
    """Print a load's rows; ratios are medians of the rounds' ratios."""
    for name, runs in results.items():
        ratios = []
        for base in (limit, cached):
            pairs = zip(runs, results.get(base, []), strict=False)
            ratios.append(
                statistics.median([run.per_cpu_second / other.per_cpu_second for run, other in pairs]) if base in results else None
            )
        ours, kept = (f"{ratio:.2f}" if ratio is not None else "" for ratio in ratios)
        median = statistics.median([run.per_cpu_second for run in runs])
        wall = statistics.median([run.per_second for run in runs])
        print(
            f"{load + ', ' + name:34} {median:8,.0f}   {ours:>7} {kept:>12}   {wall:10,.0f}   {runs[-1].p50} / {runs[-1].p99}", flush=True
        )


if __name__ == "__main__":
    main()
