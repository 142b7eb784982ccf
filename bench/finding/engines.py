"""Three engines over the same cut words: SQLite's FTS5, tantivy, PostgreSQL. What differs is how they rank, how fast, and how much room."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import tantivy

from kawaraban.discovery.analysis import NEARLY_NOTHING, analysed
from kawaraban.discovery.index import _cut_lead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finding.corpus import News

LEAD_WEIGHT = 0.5
LIMIT = 10


class Cut(NamedTuple):
    """A story, cut: its first lines and the whole of it."""

    id: str
    lead: str
    body: str


class Engine(NamedTuple):
    """An engine that holds the stories."""

    name: str
    find: Callable[[list[str]], list[str]]
    megabytes: float
    memory: Callable[[], float]  # resident since it was opened, in megabytes: of who asks, or of the server that answers


def compare(corpus: list[News], directory: Path, *, every: int) -> Iterator[tuple[str, float, float, float, float, float, float]]:
    """Yield for each engine: its name, recall@1, recall@10, milliseconds p50 and p99, megabytes on disk, megabytes of memory."""
    stories = [Cut(news.id, *_words(news.body)) for news in corpus]
    asked = [
        (news.id, list(dict.fromkeys(term.text for term in analysed(news.title).terms if term.weight > NEARLY_NOTHING))) for news in corpus
    ]
    for opened in (_fts5, _tantivy, _postgresql):
        with opened(stories, directory) as engine:
            if engine is None:
                continue
            times, first, within = [], 0, 0
            for story, terms in asked[::every]:
                started = time.perf_counter()
                found = engine.find(terms)
                times.append((time.perf_counter() - started) * 1000)
                first += found[:1] == [story]
                within += story in found
            times.sort()
            many = len(times)
            yield engine.name, first / many, within / many, times[many // 2], times[int(many * 0.99)], engine.megabytes, engine.memory()


def _memory() -> Callable[[], float]:
    """Return what tells how much more of this process is resident than now."""
    before = _resident()
    return lambda: _resident() - before


def _resident(process: int | str = "self") -> float:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines())
    return int(status["VmRSS"].split()[0]) / 1000


def _words(body: str) -> tuple[str, str]:
    lead, rest = _cut_lead(body)
    first = [term.text for term in analysed(lead).terms]
    return " ".join(first), " ".join([*first, *(term.text for term in analysed(rest).terms)])


@contextlib.contextmanager
def _fts5(stories: list[Cut], directory: Path) -> Iterator[Engine]:
    path = directory / "fts5.sqlite3"
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE found USING fts5 (id UNINDEXED, lead, body, tokenize = 'unicode61')")
    db.executemany("INSERT INTO found VALUES (?, ?, ?)", stories)
    db.commit()
    db.execute("INSERT INTO found (found) VALUES ('optimize')")
    db.commit()
    db.close()
    memory = _memory()
    db = sqlite3.connect(path)
    question = f"SELECT id FROM found WHERE found MATCH ? ORDER BY bm25(found, 0, {LEAD_WEIGHT}, 1.0) LIMIT {LIMIT}"  # noqa: S608 - our numbers

    def find(terms: list[str]) -> list[str]:
        words = " OR ".join('"' + term.replace('"', "") + '"' for term in terms if any(letter.isalnum() for letter in term))
        return [row[0] for row in db.execute(question, (words,))] if words else []

    yield Engine("SQLite FTS5", find, path.stat().st_size / 1e6, memory)
    db.close()


@contextlib.contextmanager
def _tantivy(stories: list[Cut], directory: Path) -> Iterator[Engine]:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("lead", "body"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    place = directory / "tantivy"
    place.mkdir()
    index = tantivy.Index(schema, path=str(place))
    writer = index.writer(50_000_000, 1)
    for story in stories:
        writer.add_document(tantivy.Document(**story._asdict()))
    writer.commit()
    writer.wait_merging_threads()
    del writer, index
    memory = _memory()
    searcher = tantivy.Index.open(str(place)).searcher()

    def find(terms: list[str]) -> list[str]:
        clauses = []
        for term in terms:
            for field, weight in (("lead", LEAD_WEIGHT), ("body", 1.0)):
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, field, term), weight)))
        hits = searcher.search(tantivy.Query.boolean_query(clauses), limit=LIMIT, count=True).hits if clauses else []
        return [str(searcher.doc(address)["id"][0]) for _, address in hits]

    yield Engine("tantivy", find, sum(file.stat().st_size for file in place.rglob("*")) / 1e6, memory)


@contextlib.contextmanager
def _postgresql(stories: list[Cut], _directory: Path) -> Iterator[Engine | None]:
    """PostgreSQL, if its programs are here; started as the tests start it."""
    import psycopg

    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from clusters import Cluster, programs

    if programs() is None:
        yield None
        return
    cluster = Cluster()
    try:
        with psycopg.connect(host=str(cluster.directory), user="kawaraban", dbname="postgres", autocommit=True) as db:
            db.execute("CREATE TABLE found (id text, words tsvector)")
            with db.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO found VALUES (%s, setweight(to_tsvector('simple', %s), 'A') || to_tsvector('simple', %s))", stories
                )
            db.execute("CREATE INDEX ON found USING gin (words)")
            db.execute("ANALYZE found")
            row = db.execute("SELECT pg_total_relation_size('found')").fetchone()

            def find(terms: list[str]) -> list[str]:
                words = " | ".join(
                    "'" + term.replace("'", "").replace("\\", "") + "'" for term in terms if any(letter.isalnum() for letter in term)
                )
                if not words:
                    return []
                # Normalised by the logarithm of the length, its nearest to BM25.
                rows = db.execute(
                    "SELECT id FROM found, to_tsquery('simple', %s) AS asked WHERE words @@ asked ORDER BY ts_rank(words, asked, 1) DESC LIMIT %s",
                    (words, LIMIT),
                )
                return [str(found[0]) for found in rows.fetchall()]

            backend = db.info.backend_pid
            yield Engine("PostgreSQL", find, int(row[0] if row else 0) / 1e6, lambda: _resident(backend))
    finally:
        cluster.stop()
