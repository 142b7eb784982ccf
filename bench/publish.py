"""From the end of the publishing call to what readers see; what a publication touches; how soon the reader plane is back.

    python bench/publish.py [--stories 100,1000,10000] [--publications 40]

The archive is made by the real import: with 10,000 stories the run takes about a quarter of an hour.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import ground

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", default="100,1000,10000")
    parser.add_argument("--publications", type=int, default=40)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.stories.split(",")]
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        data = Path(directory) / "data"
        port, newsroom_port = ground.free_port(), ground.free_port()
        env = ground.environment(data, port, newsroom_port)
        os.environ.update(env)
        ground.kawaraban(env, "found", "--name", "試験新報")
        before = 0
        for size in sizes:
            seconds = ground.import_stories(env, Path(directory) / "stories.jsonl", size)
            print(f"\n{size} stories; {size - before} imported and printed at {(size - before) / seconds:.0f} a second")
            before = size
            measure(env, f"http://127.0.0.1:{port}", port, newsroom_port, arguments.publications)


def measure(env: dict[str, str], site: str, port: int, newsroom_port: int, publications: int) -> None:
    """Publish and withdraw beside a running site, and print what that took."""
    process, _ = ground.start(env, "serve", "--port", str(port), "--newsroom-port", str(newsroom_port), url=f"{site}/healthz")
    try:
        # The search process is indexing at first: it is not what is measured.
        ground.wait_for(lambda: httpx.get(f"{site}/search.json", params={"q": "橋"}).status_code == 200)
        time.sleep(5)
        times, touched = publish_some(site, publications)
        for name, seconds in times.items():
            print(f"  {name:<34} p50 {ground.percentile(seconds, 0.5):6.3f} s   p95 {ground.percentile(seconds, 0.95):6.3f} s")
        print(f"  entries of the log that a publication touches: {min(touched)} to {max(touched)}")
    finally:
        ground.stop(process)
    reader, seconds = ground.start(env, "run", "reader", "--port", str(port), url=f"{site}/")
    ground.stop(reader)
    size = Path(env["KAWARABAN_DATA"], "public", "sheets.sqlite3").stat().st_size
    print(f"  reader process, from its start to its first front page: {seconds:.2f} s; sheet log {size / 1e6:.0f} MB")


def publish_some(site: str, count: int) -> tuple[dict[str, list[float]], list[int]]:
    """Publish, watch, withdraw, watch; return seconds by what was watched, and entries touched."""
    from kawaraban.project.django import start_django

    start_django()
    from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story
    from kawaraban.newsroom.models import SectionPage, Topic
    from kawaraban.project.env import read_environment
    from kawaraban.sheetlog.log import SheetLog

    log = SheetLog(read_environment().sheet_log)
    section, topic = SectionPage.objects.select_related("locale").first(), Topic.objects.order_by("pk").first()
    times: dict[str, list[float]] = {}
    touched: list[int] = []
    with httpx.Client(base_url=site) as client:
        for number in range(count):
            draft = StoryDraft(
                headline=f"計測の記事{number}", section=section, body=[("paragraph", "<p>港で計測が続く。</p>" * 20)], topics=[topic]
            )
            sequence = log.last_seq()
            called = time.perf_counter()
            story = publish_new_story(draft=draft, actor=None)
            ended = time.perf_counter()
            note(times, "the publishing call itself", ended - called)
            watch = watcher(client, story.reader_path, section.reader_path, f"/topics/{topic.slug}", story.story_id)
            for name, seconds in until_all(watch(present=True), ended).items():
                note(times, f"published → {name}", seconds)
            touched.append(settled(log, sequence))
            story.unpublish(log_action=True)
            ended = time.perf_counter()
            for name, seconds in until_all(watch(present=False), ended).items():
                note(times, f"withdrawn → {name}", seconds)
            settled(log, log.last_seq())
    return times, touched


def watcher(client: httpx.Client, own: str, section: str, topic: str, story: str) -> Callable[..., dict[str, Callable[[], bool]]]:
    """Return a maker of questions: does each page show the story, or, where it must be gone, not?"""

    def watch(*, present: bool) -> dict[str, Callable[[], bool]]:
        def on(path: str) -> Callable[[], bool]:
            return lambda: (f'data-story="{story}"' in client.get(path).text) is present

        status = 200 if present else 410
        return {"own page": lambda: client.get(own).status_code == status, "front": on("/"), "section": on(section), "topic": on(topic)}

    return watch


def until_all(questions: dict[str, Callable[[], bool]], since: float) -> dict[str, float]:
    """Ask all in turn until each is so; return the seconds until each was."""
    found: dict[str, float] = {}
    while len(found) < len(questions):
        for name, question in questions.items():
            if name not in found and question():
                found[name] = time.perf_counter() - since
        if time.perf_counter() - since > 30:
            raise TimeoutError(f"never seen: {questions.keys() - found.keys()}")
        time.sleep(0.002)
    return found


def settled(log: Any, sequence: int) -> int:
    """Wait until nothing more is printed; return how many entries were."""
    last = -1
    while (now := log.last_seq()) != last:
        last = now
        time.sleep(0.3)
    return len(log.after(sequence))


def note(times: dict[str, list[float]], name: str, seconds: float) -> None:
    times.setdefault(name, []).append(seconds)


if __name__ == "__main__":
    main()
