"""Whether what is looked for is found, whether what is called related is, and how long both take.

    make bench-discovery CORPUS=stories.jsonl.gz [SIZES="3670 10000 100000"]

The corpus is JSON Lines with ``id``, ``title`` and ``body``, in Japanese; none is part of the project. Every question is made by rule from the
corpus itself, with a fixed seed: two runs over one corpus give the same figures, but for the times.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from finding.alike import Bm25, Cosine, WithDays, bigram_terms, judge, noun_terms, ours, put
from finding.corpus import News, read_corpus
from finding.engines import compare
from finding.known import known_item
from finding.pairs import SETS, all_sets
from finding.speed import build, grow, measure, measured
from finding.together import read_together
from kawaraban.discovery.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable

    from kawaraban.sheetlog.shapes import Document

OURS, OURS_WITH_DAYS = "ours, the text alone", "ours, with days"
PAIRS, PAIRS_WITH_DAYS = "letter pairs, TF-IDF", "letter pairs, with days"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?", default="")
    parser.add_argument("--sizes", default="3670", help="of the archives that are timed")
    parser.add_argument("--every", type=int, default=1, help="ask only for each so manieth story")
    parser.add_argument("--only", choices=["known", "related", "together", "engines", "speed"])
    parser.add_argument("--set", default="", choices=["", *SETS], help="ask this set of related stories alone")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        log, directory, corpus_file = map(Path, arguments.measure)
        print(json.dumps(measure(log, directory, read_corpus(corpus_file))))
        return
    if not arguments.corpus or not Path(arguments.corpus).is_file():
        print("No corpus: nothing is measured. Give one as CORPUS=stories.jsonl.gz (JSON Lines with id, title and body, in Japanese).")
        return
    corpus = read_corpus(Path(arguments.corpus))
    print(f"{len(corpus):,} stories, {sum(len(news.body) for news in corpus) / len(corpus):,.0f} characters each")
    if arguments.only in {None, "known"}:
        known(corpus, arguments.every)
    if arguments.only in {None, "related"}:
        related(corpus, arguments.every, arguments.set)
    if arguments.only in {None, "together"}:
        together(corpus, arguments.every)
    if arguments.only in {None, "engines"}:
        engines(corpus, arguments.every)
    if arguments.only in {None, "speed"}:
        for size in arguments.sizes.split():
            speed(corpus, Path(arguments.corpus), int(size))


def known(corpus: list[News], every: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        print("\n| asked for by | recall@1 | recall@10 | MRR |\n|---|---|---|---|")
        for name, first, within, reciprocal in known_item(corpus, Path(directory), every=every):
            print(f"| {name} | {first:.3f} | {within:.3f} | {reciprocal:.3f} |", flush=True)


def related(corpus: list[News], every: int, only: str = "") -> None:
    days = {news.id: news.day for news in corpus if news.day is not None}
    for questions in all_sets(corpus, only):
        earlier = [asked for asked in questions.asked if not asked.is_held_out][::every]
        later = [asked for asked in questions.asked if asked.is_held_out][::every]
        print(f"\n{questions.name}: {len(earlier):,} questions that weights were chosen on, {len(later):,} held out\n")
        print("| | MRR, chosen on | MRR, held out | share within six, held out | ms a story |\n|---|---|---|---|---|")
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            documents, index = questions.indexed, Index(Path(directory))
            pairs = Cosine(documents, bigram_terms)
            pairs_with_days = WithDays(pairs, days, earlier)
            methods: dict[str, Callable[[], Callable[[Document], list[str]]]] = {
                OURS: lambda documents=documents, index=index: ours(documents, index, {}),
                OURS_WITH_DAYS: lambda documents=documents, index=index: ours(documents, index, days),
                PAIRS: lambda pairs=pairs: pairs,
                PAIRS_WITH_DAYS: lambda pairs=pairs_with_days: pairs,
                "nouns, TF-IDF": lambda documents=documents: Cosine(documents, noun_terms),
                "nouns, BM25": lambda documents=documents: Bm25(documents, noun_terms),
            }
            held_out = {}
            for name, make in methods.items():
                find = make()
                chosen, _ = judge(find, earlier)
                started = time.perf_counter()
                held_out[name], shared = judge(find, later)
                spent = (time.perf_counter() - started) / len(later) * 1000
                print(f"| {name} | {chosen:.3f} | {held_out[name]:.3f} | {shared:.3f} | {spent:.1f} |", flush=True)
            print(
                f"\nheld out, ours above letter pairs: {_above(held_out, OURS, PAIRS)} by the text alone, "
                f"{_above(held_out, OURS_WITH_DAYS, PAIRS_WITH_DAYS)} where both have days (theirs {pairs_with_days.strength} strong)"
            )


def _above(found: dict[str, float], one: str, other: str) -> str:
    return f"{100 * (found[one] / found[other] - 1):+.1f} %"


def together(corpus: list[News], every: int) -> None:
    questions = next(iter(all_sets(corpus, "pointed")))
    days = {news.id: news.day or 0.0 for news in corpus}
    order = sorted((document.id for document in questions.indexed), key=lambda story: (days[story], story))
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        index = Index(Path(directory))
        put(questions.indexed, index)
        print("\n| visits a story | pairs known | weight | MRR, chosen on | MRR, held out |\n|---|---|---|---|---|")
        for row in read_together(questions, index, order, every=every):
            print(f"| {row.visits:,} | {row.pairs:,} | {row.weight} | {row.chosen_on:.3f} | {row.held_out:.3f} |", flush=True)


def engines(corpus: list[News], every: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        print("\n| over the same words | recall@1 | recall@10 | p50 / p99 ms | MB | MB of memory |\n|---|---|---|---|---|---|")
        for name, first, within, half, most, size, memory in compare(corpus, Path(directory), every=max(every, 4)):
            print(f"| {name} | {first:.3f} | {within:.3f} | {half:.2f} / {most:.2f} | {size:.0f} | {memory:.0f} |", flush=True)


def speed(corpus: list[News], corpus_file: Path, size: int) -> None:
    directory = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        log = grow(corpus, size, directory)
        seconds = build(log, directory / "discovery", honest=size <= len(corpus))
        told = measured(log, directory / "discovery", corpus_file)
        print(f"\n{size:,} stories, their index made in {seconds:.0f} s" + ("" if size <= len(corpus) else ", each paragraph cut once"))
        for name in ("plain", "page", "suggest", "found", "relate"):
            print(f"  {name:8s} p50 {told[name][0]:6.2f} ms  p99 {told[name][1]:6.2f} ms")
        print(
            f"  index {told['index_mb']:.0f} MB, memory {told['memory']['most']:.0f} MB at most, of which its own {told['memory']['own']:.0f} MB"
        )
        print(f"  ready {told['recall_seconds']:.1f} s after its start", flush=True)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
