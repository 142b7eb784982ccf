"""What the reader server costs as its archive grows: the same figures at several sizes, and a chart of them.

    python bench/growth.py [--sizes 1000 10000 100000] [--seconds 4] [--chart docs/explanation/growth.svg]

Requests per CPU second of one page, and of 1,000 pages in turn; the seconds from the start of a reader process to its first page, and
those of opening the store alone; from a publication in the log to a reader who sees it; the memory of the reader process after it was
asked for up to 10,000 pages with the 64 MB that it may keep by default.

Needs wrk.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from dataclasses import astuple, dataclass
from pathlib import Path

import httpx

import ground
import sheets
from delivery import SPREAD, run_wrk, running_site, warm
from kawaraban.audience.shapes import Snapshot
from kawaraban.delivery.store import SheetStore

SPREAD_OVER = 1_000
ASKED_FOR = 10_000
COLUMNS = (
    "hot page, requests per CPU second",
    "1,000 pages, requests per CPU second",
    "start to first page, s",
    "opening the store, ms",
    "published to seen, p50, ms",
    "published to seen, p95, ms",
    "memory, MB",
    "sheet log, MB",
)


@dataclass
class Figures:
    """What was measured at one size, in the order of COLUMNS."""

    hot: float
    spread: float
    start: float
    opening: float
    seen: float
    seen_late: float
    memory: float
    log: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--chart", type=Path, help="write a chart (SVG)")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: it makes the load")
    found = {}
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(prefix="kawaraban-bench-") as name:
            found[size] = measure(Path(name), size, arguments.seconds)
        print(f"{size:,} stories")
        for column, value in zip(COLUMNS, astuple(found[size]), strict=True):
            print(f"  {column:40} {shown(value)}", flush=True)
    if arguments.chart:
        arguments.chart.write_text(chart(found), encoding="utf-8")


def measure(directory: Path, size: int, seconds: int) -> Figures:
    """Take all figures at one size."""
    with running_site(directory, size, search=False) as (env, paths, site, reader):
        chosen = random.Random(3).sample(paths, min(SPREAD_OVER, len(paths)))
        (directory / "paths.txt").write_text("\n".join(chosen))
        script = directory / "spread.lua"
        script.write_text(SPREAD.format(list=directory / "paths.txt", start=1))
        hot = run_wrk(site + paths[0], reader, seconds, [])
        warm(site, chosen)
        spread = run_wrk(site + paths[0], reader, seconds, ["-s", str(script)])
        seen = published_to_seen(env, site)
        warm(site, random.Random(5).sample(paths, min(ASKED_FOR, len(paths))))
        memory = ground.resident_mb(reader)
        port = ground.free_port()
        again, start = ground.start(env, "run", "reader", "--port", str(port), url=f"http://127.0.0.1:{port}{paths[0]}")
        ground.stop(again)
    log = Path(env["KAWARABAN_DATA"], "public", "sheets.sqlite3")
    return Figures(
        hot.per_cpu_second,
        spread.per_cpu_second,
        start,
        opening(log, paths[0]) * 1000,
        ground.percentile(seen, 0.5) * 1000,
        ground.percentile(seen, 0.95) * 1000,
        memory,
        log.stat().st_size / 1e6,
    )


def published_to_seen(env: dict[str, str], site: str) -> list[float]:
    """Publish 40 stories into the log; return the seconds from each until a reader gets it."""
    publisher = sheets.publish(env, 40, 0.5)
    seen = []
    for line in publisher.stdout or ():
        path, at = line.split()
        ground.wait_for(lambda path=path: httpx.get(site + path).status_code == 200, every=0.002)  # type: ignore[misc]
        seen.append(time.time() - float(at))
    publisher.wait()
    return seen


def opening(log: Path, path: str) -> float:
    """Return the seconds from nothing to the first sheet in hand."""
    started = time.perf_counter()
    store = SheetStore(log, log.parent / "discovery" / "related.sqlite3", lambda: Snapshot(0, 0.0, {}))
    store.news()
    if store.sheet(path) is None:
        raise RuntimeError(f"{path} is not in the log")
    return time.perf_counter() - started


# ---------------------------------------------------------------------- the chart

_PANEL_WIDTH, _PANEL_HEIGHT, _LEFT, _TOP, _ACROSS = 210, 120, 14, 40, 3
_PANELS = ((0,), (1,), (2,), (3,), (4, 5), (6,))
_NAMES = (
    "hot page, requests per CPU s",
    "1,000 pages, requests per CPU s",
    "start to first page, s",
    "opening the store, ms",
    "published to seen, ms: p50, p95",
    "memory, MB",
)
_STYLE = """
text { font: 12px sans-serif; fill: #333 } .name { font-weight: 600 } .axis { stroke: #bbb }
.line { fill: none; stroke: #b3341f; stroke-width: 2 } .dot { fill: #b3341f }
.line.second { stroke: #666; stroke-dasharray: 4 3 } .dot.second { fill: #666 }
@media (prefers-color-scheme: dark) {
text { fill: #ddd } .axis { stroke: #555 } .line { stroke: #ef7a62 } .dot { fill: #ef7a62 } .line.second { stroke: #aaa } .dot.second { fill: #aaa } }
"""


def chart(found: dict[int, Figures]) -> str:
    """Draw a panel for each figure, from nought up: what does not grow is a level line."""
    rows = -(-len(_PANELS) // _ACROSS)
    width, height = _ACROSS * (_PANEL_WIDTH + 2 * _LEFT), rows * (_PANEL_HEIGHT + 2 * _TOP)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="figures by size of the archive">',
        f"<style>{_STYLE}</style>",
    ]
    for number, (columns, name) in enumerate(zip(_PANELS, _NAMES, strict=True)):
        left = number % _ACROSS * (_PANEL_WIDTH + 2 * _LEFT) + _LEFT
        top = number // _ACROSS * (_PANEL_HEIGHT + 2 * _TOP) + _TOP
        drawn += panel(left, top, name, list(found), [[astuple(figures)[column] for figures in found.values()] for column in columns])
    return "\n".join([*drawn, "</svg>", ""])


def panel(left: int, top: int, name: str, sizes: list[int], lines: list[list[float]]) -> list[str]:
    """Draw one figure, or two that belong together."""
    most = max(value for line in lines for value in line)
    bottom = top + _PANEL_HEIGHT
    across = [left + 24 + (_PANEL_WIDTH - 48) * at / max(1, len(sizes) - 1) for at in range(len(sizes))]
    drawn = [
        f'<text class="name" x="{left}" y="{top - 20}">{name}</text>',
        f'<path class="axis" d="M{left} {bottom}h{_PANEL_WIDTH}"/>',
        *(f'<text text-anchor="middle" x="{x:.0f}" y="{bottom + 16}">{size:,}</text>' for x, size in zip(across, sizes, strict=True)),
    ]
    for line, second in zip(lines, ("", " second"), strict=False):
        heights = [bottom - (_PANEL_HEIGHT - 24) * value / most for value in line]
        points = " ".join(f"{x:.0f},{y:.0f}" for x, y in zip(across, heights, strict=True))
        drawn.append(f'<polyline class="line{second}" points="{points}"/>')
        for x, y, value in zip(across, heights, line, strict=True):
            drawn.append(f'<circle class="dot{second}" cx="{x:.0f}" cy="{y:.0f}" r="3"/>')
            drawn.append(f'<text text-anchor="middle" x="{x:.0f}" y="{y - 8:.0f}">{shown(value)}</text>')
    return drawn


def shown(value: float) -> str:
    """Write a figure with as many digits as it deserves."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    main()
