"""What the benches stand on: a newspaper of made-up stories, a running site, and the CPU time of its processes."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECTIONS = ("政治", "経済", "社会", "国際", "文化", "スポーツ")
PLACES = ("汐見", "港町", "川上", "北浜", "南台", "灯台前", "西野", "東原")
THINGS = (
    "橋",
    "予算",
    "市場",
    "図書館",
    "船",
    "学校",
    "祭り",
    "選挙",
    "台風",
    "新駅",
    "漁場",
    "公園",
    "美術展",
    "試合",
    "工場",
    "路面電車",
)
VERBS = ("を見直す", "が再開", "で協議", "に反対の声", "を公開", "が決まる", "の工事始まる", "に期待", "が遅れる", "を支援")


def stories(count: int, seed: int = 7) -> Iterator[dict[str, object]]:
    """Yield made-up stories of about 700 characters, as the import takes them."""
    dice = random.Random(seed)
    for number in range(count):
        place, thing = dice.choice(PLACES), dice.choice(THINGS)
        paragraphs = [
            "".join(f"{dice.choice(PLACES)}では{dice.choice(THINGS)}{dice.choice(VERBS)}と関係者が話した。" for _ in range(4))
            for _ in range(7)
        ]
        yield {
            "id": number,
            "title": f"{place}の{thing}{dice.choice(VERBS)} {number}",
            "body": "\n\n".join(paragraphs),
            "section": dice.choice(SECTIONS),
            "topics": [f"{place}の{thing}"],
        }


def environment(data: Path, port: int, newsroom_port: int) -> dict[str, str]:
    """Return the environment of a site's processes."""
    return {
        **os.environ,
        "KAWARABAN_DATA": str(data),
        "KAWARABAN_BASE_URL": f"http://127.0.0.1:{port}",
        "KAWARABAN_NEWSROOM_URL": f"http://127.0.0.1:{newsroom_port}",
        "KAWARABAN_WEATHER": "sample",
    }


def kawaraban(env: dict[str, str], *arguments: str) -> None:
    """Run a command to its end."""
    subprocess.run([sys.executable, "-m", "kawaraban", *arguments], env=env, check=True)


def import_stories(env: dict[str, str], file: Path, count: int) -> float:
    """Bring ``count`` stories in, in all, and print them; return the seconds it took."""
    file.write_text("\n".join(json.dumps(story, ensure_ascii=False) for story in stories(count)), encoding="utf-8")
    started = time.perf_counter()
    kawaraban(env, "import", "jsonl", str(file), "--source", "bench")
    return time.perf_counter() - started


def start(env: dict[str, str], *arguments: str, url: str = "") -> tuple[subprocess.Popen[bytes], float]:
    """Start a process of the site; return it, and the seconds until ``url``, if there is one, answered 200."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "kawaraban", *arguments],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if url:
        wait_for(lambda: httpx.get(url).status_code == 200)
    return process, time.perf_counter() - started


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and all that it started."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def wait_for(question: Callable[[], bool], seconds: float = 60.0, every: float = 0.01) -> None:
    """Ask until it is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if question():
                return
        except httpx.HTTPError:
            pass
        time.sleep(every)
    raise TimeoutError("it did not come true")


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children.get(found[-1], []))
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Return the CPU time that processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident_mb(pids: list[int]) -> float:
    """Return the memory that processes hold, in MB; what they share is counted with each."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
