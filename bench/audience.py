"""Every promise about reads, measured in one run on one disk: how fast they are taken, how soon they show, what they weigh.

    python bench/audience.py [--seconds 4] [--rounds 5] [--connections 256] [--quick] [--only http|disk|log|recount]

Needs wrk. Servers, with their databases, share the first core, the load has another. Over HTTP stand beside each other, taking turns of a
few seconds for several rounds: our reader server and collector; the limit, which is our HTTP server answering at once that it did nothing;
and three views of Django's, in SQLite and, where its server is installed, in PostgreSQL: what the plugin that most news sites count by does
for each view, a counter of a total and of a day, and one UPDATE (``bench/views.py`` says what exactly). A ratio is told as the median of
the rounds' ratios, and between which it lay: a machine that is slower for a minute is so for both. Without HTTP there is, beside them, an
UPDATE a view alone. ``--quick`` makes the large log, of 10^8 reads in 30 days, a hundredth of that, and takes two rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx
import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))
import clusters
import views
from ground import free_port
from kawaraban.audience import packing
from kawaraban.audience.client import CollectorClient, SyncCollectorClient
from kawaraban.audience.readlog import ReadLog
from kawaraban.audience.recounting import recount
from kawaraban.audience.segments import ATTENDED_ROW, DROP_ROW, FIRST, OPEN, READ_ROW, Segment, hour_of
from kawaraban.audience.shapes import Asked
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORIES = 2000
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
# The load: readers all over the network, each telling once, of stories with a heavy tail.
LOAD = """
local stories, n = {}, 0
for line in io.lines("%s") do stories[#stories + 1] = line end
math.randomseed(%d)
request = function()
  n = n + 1
  local at = math.min(#stories, math.floor(3 / (1 - math.random()) ^ 1.25) - 2)
  local address = math.random(1, 223) .. "." .. math.random(0, 255) .. "." .. math.random(0, 255) .. "." .. math.random(0, 255)
  local headers = { ["content-type"] = "application/json", ["user-agent"] = "%s", ["accept-language"] = "ja", ["x-forwarded-for"] = address }
  return wrk.format("POST", "/read", headers, stories[at])
end
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=4, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=["http", "disk", "log", "recount"])
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("bench/audience.py needs wrk.")
    # Whoever stops this stops what it started, and finds nothing left of it.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        directory = Path(name)
        print(f"fdatasync of a small write on this disk: {sync_seconds(directory) * 1000:.2f} ms")
        if arguments.only in {None, "http"}:
            of_http(directory, Load(directory, arguments.seconds, arguments.connections), 2 if arguments.quick else arguments.rounds)
        if arguments.only in {None, "disk"}:
            of_the_disk()
        if arguments.only in {None, "log"}:
            of_a_large_log(directory / "large", 0.01 if arguments.quick else 1.0)
        if arguments.only in {None, "recount"}:
            of_a_recount(directory / "recount", 1 if arguments.quick else 24)


def of_http(directory: Path, load: Load, rounds: int) -> None:
    """Reads over HTTP, ours and those of counters in SQL, and how soon ours show."""
    with contextlib.ExitStack() as started:
        databases = {"SQLite": str(views_in_sqlite(directory))}
        if clusters.programs() is not None:
            databases["PostgreSQL"] = started.enter_context(views_in_postgresql())
        kinds = [("nothing", ""), *((kind, engine) for engine in databases for kind in TOLD)]
        theirs = {of: started.enter_context(Views(of[0], databases.get(of[1], ""))) for of in kinds}
        site = started.enter_context(Site(directory / "site", load))
        # What is loaded for the first time is slower than it will be.
        for each in (site, *theirs.values()):
            each.loaded(load, seconds=1)
        ours: list[float] = []
        waited: list[dict[int, float]] = []
        rates: dict[tuple[str, str], list[float]] = {of: [] for of in kinds}
        for number in range(rounds):
            load.seed = number
            ours.append(site.loaded(load))
            waited.append(load.waited)
            for of, server in theirs.items():
                rates[of].append(server.loaded(load))
        shown = asyncio.run(site.read_to_visible(100))
    tell("a POST that does nothing, on one core:", spread(rates["nothing", ""], " answers/s"))
    tell("taken over HTTP, durable, on one core:", f"{spread(ours, ' reads/s')}   (15,000)")
    half, nearly_all = (spread([each[share] for each in waited], " ms", digits=1) for share in (50, 99))
    tell(f"answered meanwhile, {load.connections} at once, p50, p99:", f"{half}, {nearly_all}")
    for (kind, engine), of_each in rates.items():
        if engine:
            times = spread([mine / their for mine, their in zip(ours, of_each, strict=True)], digits=1)
            wanted = "   (20)" if kind == "plugin" else ""
            tell(f"{TOLD[kind]}, in {engine}:", f"{np.median(of_each):10,.0f} views/s; we take {times} times as many{wanted}")
    tell("UPDATE per view alone, in SQLite, without HTTP:", f"{update_per_view(directory):10,.0f} reads/s")
    tell("read to visible in the ranking, p50, p99:", f"{shown[0]:6.2f}, {shown[1]:.2f} s      (2)")


TOLD = {"plugin": "as the plugin does", "counters": "two UPDATEs, two commits", "update": "one UPDATE, one commit"}


def tell(what: str, figures: str) -> None:
    print(f"{what:48}{figures}")


def spread(values: list[float], unit: str = "", digits: int = 0) -> str:
    """Tell the median of some rounds, and between which they lay."""
    return f"{np.median(values):10,.{digits}f}{unit} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


class Load:
    """What wrk sends: readers all over the network, who tell of their reads."""

    def __init__(self, directory: Path, seconds: int, connections: int) -> None:
        self.seconds, self.connections = seconds, connections
        self._messages, self._script = directory / "messages", directory / "load.lua"
        self.seed = -1  # of another one come other readers
        self.waited: dict[int, float] = {}  # for an answer, in the last run: milliseconds by the percentile
        self.read(b"")

    def read(self, key: bytes) -> None:
        """Have the reads bear the tokens of a key."""
        told = (
            f'{{"story":"s{n}","token":"{read_token(key, f"s{n}")}","referrer":"https://www.google.com/","visible_ms":4000}}\n'
            for n in range(STORIES)
        )
        self._messages.write_text("".join(told), encoding="ascii")

    def run(self, port: int, seconds: int = 0) -> tuple[float, int, int]:
        """Return answers by 2xx a second, how many there were, and how many answers were others."""
        self._script.write_text(LOAD % (self._messages, self.seed, PHONE), encoding="ascii")
        words = [
            "wrk",
            "--latency",
            "-t1",
            f"-c{self.connections}",
            f"-d{seconds or self.seconds}s",
            "-s",
            str(self._script),
            f"http://127.0.0.1:{port}/",
        ]
        last = str((os.cpu_count() or 1) - 1)
        told = subprocess.run(["taskset", "-c", last, *words], check=True, capture_output=True, text=True).stdout
        self.waited = {share: milliseconds(told, share) for share in (50, 99)}
        requests, passed = re.search(r"(\d+) requests in ([\d.]+)s", told).groups()  # type: ignore[union-attr]
        refused = int(found[1]) if (found := re.search(r"Non-2xx or 3xx responses: (\d+)", told)) else 0
        return (int(requests) - refused) / float(passed), int(requests) - refused, refused


def milliseconds(told: str, percentile: int) -> float:
    """Return what wrk tells of how long that share of the requests waited at most."""
    value, unit = re.search(rf"^ +{percentile}% +([\d.]+)(us|ms|s) *$", told, re.MULTILINE).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


class Site:
    """A reader server and a collector on the first core, over stories that nobody printed."""

    def __init__(self, directory: Path, load: Load) -> None:
        self.directory, self.port = directory, free_port()
        self.environment = {
            **os.environ,
            "KAWARABAN_DATA": str(directory),
            "KAWARABAN_TRUSTED_PROXIES": "127.0.0.1",
            "KAWARABAN_LOG_FORMAT": "text",
        }
        (directory / "public").mkdir(parents=True)
        self.socket = directory / "run" / "collector.sock"
        log = SheetLog(directory / "public" / "sheets.sqlite3", writable=True)
        log.append(Change(Kind.STORY, f"s{number}", a_story(number)) for number in range(STORIES))
        log.close()
        key = load_or_make_key(directory / "reads" / "token.key")
        load.read(key)
        self.key = key
        self.processes: list[subprocess.Popen[bytes]] = []
        self._answered = 0
        self._rounds = 0

    def __enter__(self) -> Self:
        (self.directory / "run").mkdir(exist_ok=True)
        for words in (["collector"], ["reader", "--port", str(self.port)]):
            self.processes.append(started_on_the_first_core([sys.executable, "-m", "kawaraban", "run", *words], self.environment))
        wait_for(f"http://127.0.0.1:{self.port}/readyz", lambda answer: answer.json().get("collector") == "connected")
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.terminate()
            process.wait()

    def loaded(self, load: Load, seconds: int = 0) -> float:
        """Return reads/s that were answered by 204, and see that each one so far is in the log or among what was dropped."""
        cpu = [cpu_seconds(process.pid) for process in self.processes]
        rate, answered, failed = load.run(self.port, seconds)
        spent = [cpu_seconds(process.pid) - before for process, before in zip(self.processes, cpu, strict=True)]
        log = ReadLog(self.directory / "reads" / "log")
        segments = list(log.segments())
        counted = sum(len(segment.reads) for segment in segments)
        dropped = sum(int(segment.drops["count"].sum()) for segment in segments)
        self._answered, self._rounds = self._answered + answered, self._rounds + 1
        # What was on its way when a load ended was counted and not answered.
        assert self._answered <= counted + dropped <= self._answered + self._rounds * load.connections, (
            self._answered,
            counted,
            dropped,
        )
        print(
            f"({counted:,} of {counted + dropped:,} counted, {failed:,} refused; CPU time a read: collector {spent[0] / answered * 1e6:.0f} µs, reader {spent[1] / answered * 1e6:.0f} µs)"
        )
        return rate

    async def read_to_visible(self, times: int) -> tuple[float, float]:
        """Return the seconds from a read's 204 until a worker has it in its ranking, p50 and p99, while others read along."""
        client = CollectorClient(self.socket)
        await client.start()
        dice, waited = random.Random(3), []
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as http:
            for number in range(times):
                story = f"s{STORIES - 1 - number}"
                before = reads_of(client, story)
                headers = {"user-agent": PHONE, "x-forwarded-for": f"9.{number}.1.1"}
                await http.post("/read", json={"story": story, "token": read_token(self.key, story)}, headers=headers)
                began = time.perf_counter()
                while reads_of(client, story) <= before:  # noqa: ASYNC110 - as a worker's snapshot changes under it
                    await asyncio.sleep(0.005)
                waited.append(time.perf_counter() - began)
                await asyncio.sleep(dice.uniform(0, 0.3))
        await client.stop()
        return float(np.percentile(waited, 50)), float(np.percentile(waited, 99))


def reads_of(client: CollectorClient, story: str) -> int:
    # Each story has a section of its own among a hundred: all its stories stand in that list.
    rows = client.snapshot.ranking("1h", a_story(int(story[1:])).section).rows
    return next((row.reads for row in rows if row.story == story), 0)


class Views:
    """A server of ``bench/views.py``."""

    def __init__(self, kind: str, database: str) -> None:
        self._kind, self._port = kind, free_port()
        self._words = [sys.executable, str(Path(__file__).with_name("views.py")), kind, str(self._port), *([database] if database else [])]

    def __enter__(self) -> Self:
        self._process = started_on_the_first_core(self._words)
        wait_for(f"http://127.0.0.1:{self._port}/", lambda _answer: True)
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()

    def loaded(self, load: Load, seconds: int = 0) -> float:
        """Return how many views a second it takes."""
        before = cpu_seconds(self._process.pid)
        rate, answered, refused = load.run(self._port, seconds)
        if self._kind == "nothing":
            print(f"(a POST that does nothing: {(cpu_seconds(self._process.pid) - before) / answered * 1e6:.0f} µs of CPU time)")
        assert not refused, f"{refused} of {self._kind} were refused"
        return rate


def started_on_the_first_core(words: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, which ends with this one, even if this is killed."""
    ends = ["setpriv", "--pdeathsig=TERM"] if shutil.which("setpriv") else []
    return subprocess.Popen(["taskset", "-c", "0", *ends, *words], env=environment, start_new_session=True)


def views_in_sqlite(directory: Path) -> Path:
    database = directory / "views.sqlite3"
    views.make_tables(str(database), [f"s{number}" for number in range(STORIES)])
    return database


@contextlib.contextmanager
def views_in_postgresql() -> Iterator[str]:
    """A server of PostgreSQL's on the first core, whose commits are durable."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {0})
    cluster = clusters.Cluster(durable=True)
    os.sched_setaffinity(0, own)
    try:
        database = cluster.new_database("views")
        views.make_tables(database, [f"s{number}" for number in range(STORIES)])
        yield database
    finally:
        cluster.remove()


def update_per_view(directory: Path) -> float:
    db = sqlite3.connect(directory / "views.sqlite3", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    dice, began, count = random.Random(1), time.perf_counter(), 0
    while time.perf_counter() - began < 3:
        db.execute("UPDATE views SET views = views + 1 WHERE story = ?", (f"s{dice.randrange(STORIES)}",))
        count += 1
    db.close()
    return count / (time.perf_counter() - began)


def of_the_disk() -> None:
    """What an hour of 300,000 reads, half of which tell how they went on, takes in each form of the log."""
    hour, dice = hour_of(time.time()) - 3600, np.random.default_rng(5)
    segment = an_hour(hour, dice, 300_000, [f"s{number}" for number in range(STORIES)], attended=0.5)
    packed = len(packing.packed(segment, keep_visitors=True)) / 300_000
    forgotten = len(packing.packed(segment, keep_visitors=False)) / 300_000
    summed = len(packing.summed(segment)) / 300_000
    print(f"{'disk, bytes a read after compaction:':48}{packed:10.1f}           (20)")
    print(f"{'    two days later; as sums, for ever:':48}{forgotten:6.1f}; {summed:.2f}")


def of_a_large_log(directory: Path, part: float) -> None:
    """100,000 stories, 10^8 reads in 30 days: a collector's start, its memory, and how long one ranking takes to be asked for."""
    stories, reads, hours = 100_000, int(100_000_000 * part), 30 * 24
    now, dice = time.time(), np.random.default_rng(2)
    site = directory / "public" / "sheets.sqlite3"
    site.parent.mkdir(parents=True)
    log = SheetLog(site, writable=True)
    log.append(Change(Kind.STORY, f"s{n}", a_story(n, published_at=now - n * 26, sections=12)) for n in range(stories))
    log.close()
    names = [f"s{number}" for number in range(stories)]
    files = ReadLog(directory / "reads" / "log")
    files.take()
    for ago in range(hours - 1, -1, -1):
        hour = hour_of(now) - ago * 3600
        # Of this hour, what has passed of it.
        passed = min(1.0, (now - hour) / 3600)
        segment = an_hour(hour, dice, int(reads // hours * passed), names, newest=ago * 138, passed=passed)
        files._replace(files._path(hour), packing.packed(segment, keep_visitors=ago < 24))
    files.close()
    environment = {**os.environ, "KAWARABAN_DATA": str(directory), "KAWARABAN_LOG_FORMAT": "text"}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "kawaraban", "run", "collector"], env=environment)
    door = SyncCollectorClient(directory / "run" / "collector.sock", timeout=10)
    while door.snapshot() is None:
        time.sleep(0.1)
    started = time.perf_counter() - began
    took = []
    # Some twenty seconds: a hundredth of it is no chance.
    for number in range(2000):
        asked = Asked(
            ("1h", "24h", "7d", "30d", "now")[number % 5],
            ("reads", "engaged", "rising")[number % 3],
            f"section{number % 12}" if number % 2 else "",
            "" if number % 4 else f"topic{number % 50}",
        )  # type: ignore[arg-type]
        began = time.perf_counter()
        rows = door.ranking(asked)
        took.append(time.perf_counter() - began)
        assert rows, asked
        time.sleep(0.005)
    memory = resident(process.pid)
    process.kill()
    process.wait()
    shutil.rmtree(directory)
    print(
        f"{'a ranking of 100,000 stories, p50, p99:':48}{np.percentile(took, 50) * 1000:6.1f}, {np.percentile(took, 99) * 1000:.1f} ms     (5)"
    )
    print(f"{'memory of the collector, ' + f'{reads:,}' + ' reads:':48}{memory:10.0f} MB        (200)")
    print(f"{'    it counts them anew at its start in:':48}{started:10.0f} s")


def of_a_recount(directory: Path, hours: int) -> None:
    """A recount of hours at a thousand reads a second."""
    dice, begin = np.random.default_rng(8), hour_of(time.time()) - hours * 3600
    names = [f"s{number}" for number in range(5000)]
    log = ReadLog(directory / "log")
    log.take()
    for hour in range(hours):
        at = begin + hour * 3600
        log._replace(log._path(at), packing.packed(an_hour(at, dice, 3_600_000, names), keep_visitors=True))
    began, worked = time.perf_counter(), time.process_time()
    outcome = recount(log, begin, lambda hour, those: len(log.withdraw(hour, those)))
    passed, worked = time.perf_counter() - began, time.process_time() - worked
    log.close()
    shutil.rmtree(directory)
    print(
        f"{f'recount of {hours} h at 1,000 reads/s:':48}{passed:10.0f} s         ({120 * hours / 24:.0f})   {worked:.0f} s of CPU time; {outcome.reads:,} reads, {sum(outcome.withdrawn.values()):,} left"
    )


def an_hour(
    hour: int, dice: np.random.Generator, reads: int, names: list[str], *, newest: int = 0, attended: float = 0.0, passed: float = 1.0
) -> Segment:
    """An hour's reads: half of them go to the two thousand newest stories, the others to anything; each visitor makes two on average."""
    rows = np.zeros(reads, READ_ROW)
    few = np.minimum(dice.pareto(0.8, reads) * 3, 2000).astype(int) + newest
    rows["story"] = np.where(dice.random(reads) < 0.5, few, dice.integers(0, len(names), reads)).clip(0, len(names) - 1)
    rows["ms"] = np.sort(dice.integers(0, max(1, int(3_600_000 * passed)), reads))
    rows["marks"] = dice.choice([0, 1, 2, 2, 3, 4], reads) | dice.choice([0, 0, 0, 1, 2], reads) << 4
    pool = dice.integers(1, 2**63, max(1, reads // 2), np.uint64)
    rows["visitor"] = pool[dice.integers(0, len(pool), reads)]
    # An hour names only the stories that were read in it.
    read, rows["story"] = np.unique(rows["story"], return_inverse=True)
    names = [names[number] for number in read.tolist()]
    told = np.zeros(int(reads * attended), ATTENDED_ROW)
    told["story"], told["ms"] = rows["story"][: len(told)], rows["ms"][: len(told)]
    told["seconds"] = np.minimum(dice.lognormal(3.4, 0.9, len(told)), 1800)
    told["depth"] = dice.integers(0, 5, len(told)) << 3 | FIRST
    return Segment(hour, OPEN, names, rows, np.zeros(0, DROP_ROW), {}, told)


def wait_for(url: str, is_there: Callable[[httpx.Response], bool]) -> None:
    for _ in range(300):
        try:
            if is_there(httpx.get(url)):
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    sys.exit(f"{url} does not answer")


def a_story(number: int, published_at: float = 0.0, sections: int = 100) -> Story:
    return Story(
        id=f"s{number}",
        url=f"/s{number}",
        title="見出しとしてふつうの長さの文",
        summary="一行の要約。",
        section=f"section{number % sections}",
        section_name="",
        language=("ja", "ja", "ja", "ko", "en")[number % 5],  # type: ignore[arg-type]
        published_at=published_at or 1.7e9 + number,
        updated_at=0.0,
        topics=(f"topic{number % 50}", f"topic{50 + number % 300}"),
        bylines=(f"person{number % 200}",),
    )


def sync_seconds(directory: Path) -> float:
    number = os.open(directory / "sync", os.O_WRONLY | os.O_CREAT)
    began = time.perf_counter()
    for _ in range(200):
        os.write(number, b"x" * 200)
        os.fdatasync(number)
    os.close(number)
    return (time.perf_counter() - began) / 200


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
