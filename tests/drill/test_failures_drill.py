"""A bad hour: processes are killed and replaced in any order, while readers look at every answer and reads are counted."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import httpx

from failures.reading import a_story, counted, read
from failures.watching import Printer, Watch
from running import until

if TYPE_CHECKING:
    from running import Site

SECONDS = int(os.environ.get("KAWARABAN_DRILL_SECONDS", "120"))
PAGES = ["/", "/politics", "/society", "/en", "/feed.json"]


def test_a_bad_hour_costs_answers_in_flight_and_nothing_else(plane: Site) -> None:
    dice = random.Random(7)
    story = a_story(plane.url)
    before, acknowledged, asked = counted(plane.data / "reads"), 0, 0
    with (
        Printer(plane.data / "public" / "sheets.sqlite3") as printer,
        Watch(plane.port, [*PAGES, *printer.paths], may_be_refused=True) as watch,
    ):
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            what = dice.choice(["reader-", "collector", "search", "reload"])
            if what == "reload":
                # One that meets a reader process which is just being started is told so: the next comes soon.
                plane.kawaraban("serve", "--reload-readers", check=False)
            else:
                for process in plane.pids(what):
                    os.kill(process, signal.SIGKILL)
            for _ in range(20):
                asked += 1
                try:
                    acknowledged += read(plane.url, story) == 204
                except httpx.HTTPError:
                    time.sleep(0.05)
            until(lambda: httpx.get(f"{plane.url}/").status_code == 200)
        until(lambda: httpx.get(f"{plane.url}/readyz").json()["collector"] == "connected")
        watch.until_seen(100)
    assert set(watch.statuses) <= {200, 304}
    assert acknowledged > 0
    assert acknowledged <= counted(plane.data / "reads") - before <= asked
