"""How long it takes and how much room: the archive is the corpus, repeated with paragraphs exchanged, as large as is asked for."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from finding.corpus import News, document
from finding.known import KINDS
from kawaraban.discovery import analysis
from kawaraban.discovery.archive import Archive
from kawaraban.discovery.rebuilding import rebuild
from kawaraban.discovery.related import related_stories
from kawaraban.discovery.shapes import Query
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERIES, NEW = 1000, 400
SECTIONS = ("politics", "economy", "society", "world", "sports", "science")


def grow(corpus: list[News], size: int, directory: Path) -> Path:
    """Write a sheet log of so many documents."""
    log = SheetLog(directory / "sheets.sqlite3", writable=True)
    batch: list[Change] = []
    for each in _varied(corpus, size):
        batch.append(Change(Kind.DOCUMENT, each.id, each))
        if len(batch) == 2000:
            log.append(batch)
            batch = []
    log.append(batch)
    return log.path


def _varied(corpus: list[News], size: int) -> Iterator[Document]:
    dice = random.Random(11)
    now = time.time()
    for number in range(size):
        news = corpus[number % len(corpus)]
        body, title = news.body, news.title
        if number >= len(corpus):
            # Half of it from another story: words come in other company, as they do in an archive of other days.
            own, other = news.body.split("\n\n"), corpus[dice.randrange(len(corpus))].body.split("\n\n")
            body = "\n\n".join(own[: len(own) // 2 + 1] + other[len(other) // 2 :])
            title = f"{title} {number // len(corpus)}"
        given = document(News(f"s{number}", title, body))
        topics = (f"topic-{number % 300}",)
        yield msgspec.structs.replace(
            given,
            published_at=now - (size - number) * 1800.0,
            section=SECTIONS[number % len(SECTIONS)],
            topics=topics,
            topic_names=tuple(f"話題{topic}" for topic in topics),
            source="bench",
            source_id=str(number),
        )


def build(sheet_log: Path, directory: Path, *, honest: bool) -> float:
    """Make the index; return the seconds that took. Paragraphs that were cut once are not cut again unless it is to be honest."""
    plain = analysis._analysed
    if not honest:
        analysis._analysed = lru_cache(200_000)(plain)
    started = time.perf_counter()
    rebuild(sheet_log, directory, lambda *_: None)
    analysis._analysed = plain
    return time.perf_counter() - started


def measured(sheet_log: Path, directory: Path, corpus_file: Path) -> dict[str, Any]:
    """Measure in a process of its own, which has nothing in memory but what the search process has."""
    words = [
        sys.executable,
        str(Path(__file__).parent.parent / "discovery.py"),
        "--measure",
        str(sheet_log),
        str(directory),
        str(corpus_file),
    ]
    return dict(json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout))


def measure(sheet_log: Path, directory: Path, corpus: list[News]) -> dict[str, Any]:
    """Ask as readers do, one after the other."""
    archive = Archive(sheet_log, directory)
    archive.keep()
    started = time.perf_counter()
    archive.recall()
    archive._take_rebuilt()
    recalled = time.perf_counter() - started
    archive._unrelated = []
    dice = random.Random(3)
    titles = [corpus[dice.randrange(len(corpus))].title for _ in range(QUERIES)]
    asked = [KINDS[at % len(KINDS)][1](title, dice) for at, title in enumerate(titles)]
    for text in asked[:50]:
        _asked(archive, lambda text=text: archive.search(Query(text=text)))
    told = {
        "plain": [_asked(archive, lambda text=text: archive.search(Query(text=text))) for text in asked],
        "page": [_asked(archive, lambda text=text: archive.search(Query(text=text, snippets=True, facets=True))) for text in asked],
        "suggest": [_asked(archive, lambda text=text: archive.suggest(text, "ja")) for title in titles for text in (title[:2], title[:4])],
    }
    documents = [document(News(f"new{at}", title, corpus[at].body)) for at, title in enumerate(titles[:NEW])]
    told["relate"] = [_asked(archive, lambda each=each: related_stories(each, archive._index, archive._documents)) for each in documents]
    log = SheetLog(sheet_log, writable=True)
    told["found"] = []
    for each in documents[:20]:
        log.append([Change(Kind.DOCUMENT, each.id, each)])
        told["found"].append(_waited(archive.follow))
        archive.stay_small()
    size = sum(file.stat().st_size for file in (directory / archive._followed.index).rglob("*"))
    memory = _memory()
    quantiles = {name: [_at(times, 0.5) * 1000, _at(times, 0.99) * 1000] for name, times in told.items()}
    return {**quantiles, "memory": memory, "index_mb": size / 1e6, "recall_seconds": recalled}


def _asked(archive: Archive, work: Any) -> float:
    """Return the time of a question, and of giving back what is mapped, which the search process does behind each."""

    def answered() -> None:
        work()
        archive.stay_small()

    return _time(answered)


def _time(work: Any) -> float:
    """Return the seconds of one core that some work takes: what else runs on the machine does not count."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def _waited(work: Any) -> float:
    """Return the seconds by the clock: other threads and the disk count."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _at(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _memory() -> dict[str, float]:
    """Return megabytes: most that was ever resident, and what of the present is the process's own (the rest is files that are mapped)."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return {name: int(status[field].split()[0]) / 1000 for name, field in (("most", "VmHWM"), ("own", "RssAnon"))}
