"""How fast the press prints: everything again after every page has changed, and one page alone.

    python bench/print.py [--stories 10000] [--profile]

The archive is made by the real import and printed once; then the paper's accent colour is changed, which stands on every page, and
everything is printed again, in this one process. Pages are sheets that changed in the log; with a story's page go its ten cards and
feed entries, its facts and its document, which are counted as entries.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.sheetlog.log import SheetLog


@dataclass
class Taken:
    """What a print took."""

    seconds: float = 0.0
    cpu: float = 0.0
    queries: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true", help="Say where the time goes.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        env = ground.environment(Path(directory) / "data", ground.free_port(), ground.free_port())
        os.environ.update(env)
        ground.kawaraban(env, "found", "--name", "試験新報")
        seconds = ground.import_stories(env, Path(directory) / "stories.jsonl", arguments.stories)
        print(f"{arguments.stories} stories; imported and printed at {arguments.stories / seconds:.0f} a second")
        reprint(profile=arguments.profile)


def reprint(*, profile: bool) -> None:
    """Print everything again, then single stories, and say what that took."""
    from kawaraban.project.django import start_django

    start_django()
    from kawaraban.newsroom.models import NewspaperSettings, StoryPage
    from kawaraban.press.actions import ask_to_print, ask_to_print_everything
    from kawaraban.press.printing import print_everything_asked
    from kawaraban.press.registry import Wanted
    from kawaraban.project.env import read_environment
    from kawaraban.sheetlog.log import SheetLog

    log = SheetLog(read_environment().sheet_log, writable=True)
    print_everything_asked(log)
    # Not by save(): that would ask for everything behind the bench's back.
    NewspaperSettings.objects.update(accent="#1f5fc8")
    before = log.last_seq()
    ask_to_print_everything()
    with measured() as taken, profiled(profile):
        print_everything_asked(log)
    tell("everything", taken, *changed(log, before))

    before, singles = log.last_seq(), Taken()
    NewspaperSettings.objects.update(accent="#5fc81f")
    for story_id in StoryPage.objects.live().order_by("-pk").values_list("story_id", flat=True)[:40]:
        ask_to_print([Wanted("story", story_id)])
        with measured(singles):
            print_everything_asked(log)
    tell("one story at a time", singles, *changed(log, before))


@contextmanager
def measured(taken: Taken | None = None) -> Iterator[Taken]:
    """Add up seconds, CPU seconds and queries."""
    from django.db import connection

    taken = taken or Taken()

    def count(execute: Any, *words: Any) -> Any:
        taken.queries += 1
        return execute(*words)

    started, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        yield taken
    taken.seconds += time.perf_counter() - started
    taken.cpu += time.process_time() - cpu


@contextmanager
def profiled(wanted: bool) -> Iterator[None]:  # noqa: FBT001 - a switch of this script
    if not wanted:
        yield
        return
    profile = cProfile.Profile()
    with profile:
        yield
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile).sort_stats(order).print_stats(60)


def changed(log: SheetLog, before: int) -> tuple[int, int]:
    """Return how many sheets, and how many entries in all, were written after a moment of the log."""
    from kawaraban.sheetlog.shapes import Kind

    entries = log.changed_keys(before)
    return sum(entry.kind is Kind.SHEET for entry in entries), len(entries)


def tell(what: str, taken: Taken, pages: int, entries: int) -> None:
    print(
        f"  {what:<20} {pages} pages, {entries} entries in {taken.seconds:.1f} s: {pages / taken.seconds:.0f} pages a second, "
        f"{pages / taken.cpu:.0f} a CPU second, {taken.queries / pages:.2f} queries a page, {taken.cpu / pages * 1000:.1f} ms of CPU a page"
    )


if __name__ == "__main__":
    main()
