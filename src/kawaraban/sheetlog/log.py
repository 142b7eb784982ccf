"""The SQLite file that holds the log, and its two doors: one that writes, one that follows.

The log is compacted as it is written: a row a (kind, key), renumbered when it changes. Following it from number *n* gives, in
order, the present state of everything that changed after *n*, and a follower that starts from 0 gets the whole state. So the
store that the reader plane serves from *is* the log, with nothing to apply twice and nothing that grows with every reprint.

The press appends everything that one change touches in one transaction. A follower reads in one transaction too: it sees a
publication whole or not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec
import zstandard

from kawaraban.language.names import Name
from kawaraban.sheetlog.shapes import (
    Asset,
    Card,
    Document,
    Entry,
    Gone,
    Kind,
    Partner,
    PressedSheet,
    Redirect,
    Sheet,
    Story,
    StoryList,
    TimedPart,
    press_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Payload = Sheet | PressedSheet | Story | Card | StoryList | TimedPart | Document | Redirect | Asset | Name | Partner | Gone
T = TypeVar("T", Sheet, PressedSheet, Story, Card, StoryList, TimedPart, Document, Redirect, Asset, Name, Partner, Gone)

SHAPES: dict[Kind, type[Payload]] = {
    Kind.SHEET: PressedSheet,
    Kind.STORY: Story,
    Kind.CARD: Card,
    Kind.LIST: StoryList,
    Kind.PART: TimedPart,
    Kind.DOCUMENT: Document,
    Kind.REDIRECT: Redirect,
    Kind.ASSET: Asset,
    Kind.NAME: Name,
    Kind.PARTNER: Partner,
    Kind.GONE: Gone,
}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload BLOB,
    UNIQUE (kind, key)
);
CREATE TABLE IF NOT EXISTS life (name TEXT NOT NULL);
INSERT INTO life SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM life);
"""

_here = threading.local()
_encoder = msgspec.msgpack.Encoder()
_decoders = {kind: msgspec.msgpack.Decoder(shape) for kind, shape in SHAPES.items()}

# A payload's first byte says whether the rest is compressed: cards are many and small, where zstd gains nothing.
_PLAIN, _ZSTD = b"\x00", b"\x01"
_COMPRESS_FROM_BYTES = 1024


def encode(value: Payload) -> bytes:
    """Turn a shape into a row's payload. A sheet is pressed first."""
    if isinstance(value, Sheet):
        value = press_sheet(value)
    plain = _encoder.encode(value)
    if len(plain) < _COMPRESS_FROM_BYTES:
        return _PLAIN + plain
    return _ZSTD + zstandard.ZstdCompressor(level=3).compress(plain)


def decode(kind: Kind, payload: bytes) -> Payload:
    """Turn a row's payload back into its shape; msgspec.DecodeError if it is not one."""
    plain = payload[1:] if payload[:1] == _PLAIN else _decompressor().decompress(payload[1:])
    return _decoders[kind].decode(plain)


def _prints_the_same(kind: Kind, known: bytes | None, payload: bytes | None) -> bool:
    """Whether two sheets differ in nothing but when they were printed: readers have what they would be given."""
    if kind is not Kind.SHEET or known is None or payload is None:
        return False
    try:
        before, after = decode(kind, known), decode(kind, payload)
    except msgspec.DecodeError:
        # Written by another version: it is replaced.
        return False
    if not isinstance(before, PressedSheet) or not isinstance(after, PressedSheet):
        raise TypeError("a payload of a sheet is a pressed sheet")
    return msgspec.structs.replace(after, modified_at=before.modified_at) == before


def _decompressor() -> zstandard.ZstdDecompressor:
    # One for each thread, kept: to make one takes longer than what it does.
    found: zstandard.ZstdDecompressor | None = getattr(_here, "decompressor", None)
    if found is None:
        found = _here.decompressor = zstandard.ZstdDecompressor()
    return found


def _make(path: Path) -> None:
    """Make an empty log. Its file has its name only when its tables stand: who follows may look at any moment."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(_SCHEMA)
    # A link, not a rename: of two writers that start together, the second takes the first one's file.
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()


@dataclass(frozen=True)
class Change:
    """What the press wants to have in the log: a value under a key, or None for a tombstone."""

    kind: Kind
    key: str
    value: Payload | None


class SheetLog:
    """The log in one SQLite file. One writer at a time; any number of followers, in any process, while it writes.

    ``alone``: read a file that was closed in order and that nobody writes to, as on a full disk, where no file can be made beside it.
    """

    def __init__(self, path: Path, *, writable: bool = False, alone: bool = False) -> None:
        self.path = path
        if writable:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _make(path)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            # A publication that was answered is on disk: see docs/explanation/durability.md.
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        else:
            # Not mode=ro: a reader of a WAL file must be able to make its -shm file when it opens the file first.
            how = "immutable=1" if alone else "mode=rw"
            self._db = sqlite3.connect(f"file:{path}?{how}", uri=True, isolation_level=None, timeout=5, check_same_thread=False)
            self._db.execute("PRAGMA query_only=ON")
        self._db.execute("PRAGMA cache_size=-4000")
        self._file = path.stat().st_ino

    def is_replaced(self) -> bool:
        """Whether another log stands where this one stood, such as a restored backup. While none stands there this one is the last."""
        try:
            return self.path.stat().st_ino != self._file
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # ------------------------------------------------------------------ writing

    def append(self, changes: Iterable[Change]) -> int:
        """Write all changes as one publication; return the log's last number. Unchanged values keep their number."""
        rows = [(change.kind, change.key, None if change.value is None else encode(change.value)) for change in changes]
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            for kind, key, payload in rows:
                known = db.execute("SELECT payload FROM log WHERE kind = ? AND key = ?", (kind, key)).fetchone()
                if known is not None and (known[0] == payload or _prints_the_same(kind, known[0], payload)):
                    continue
                if known is None and payload is None:
                    continue
                # REPLACE deletes the old row and takes a new number: that is the compaction.
                db.execute("INSERT OR REPLACE INTO log (kind, key, payload) VALUES (?, ?, ?)", (kind, key, payload))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        return self.last_seq()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for others who look elsewhere and write here what they saw, and keep them waiting: what is written last is the newest."""
        # Not the file itself: closing a file takes away the locks that SQLite holds on it in this process.
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            yield
        finally:
            os.close(directory)

    def begin_new_life(self) -> None:
        """From now on, numbers mean something else than those of the log that this is a copy of."""
        self._db.execute("UPDATE life SET name = lower(hex(randomblob(8)))")

    def publish_again(self, entries: Iterable[Entry]) -> None:
        """Give entries new numbers, as they stand: who follows hears of them once more."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(
                "INSERT OR REPLACE INTO log (kind, key, payload) SELECT kind, key, payload FROM log WHERE kind = ? AND key = ?",
                [(entry.kind, entry.key) for entry in entries],
            )
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    # ------------------------------------------------------------------ following

    def life(self) -> str:
        """Name this log: numbers of two logs of one name mean the same. A restored log goes on under a new name (``begin_new_life``)."""
        return str(self._db.execute("SELECT name FROM life").fetchone()[0])

    @contextlib.contextmanager
    def one_moment(self) -> Iterator[None]:
        """What is asked within is answered as of one moment, however long it takes; writers go on meanwhile."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def data_version(self) -> int:
        """A number that changes when another connection has written: asking costs microseconds, so followers may poll."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def last_seq(self) -> int:
        """The number of the newest entry; 0 in an empty log."""
        return int(self._db.execute("SELECT COALESCE(MAX(seq), 0) FROM log").fetchone()[0])

    def after(self, seq: int, kinds: Iterable[Kind] = tuple(Kind), *, limit: int = -1) -> list[Entry]:
        """Return the entries numbered above ``seq``, in order: one consistent moment of the log."""
        wanted = tuple(kinds)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(
            f"SELECT seq, kind, key, payload FROM log WHERE seq > ? AND kind IN ({marks}) ORDER BY seq LIMIT ?",  # noqa: S608 - only marks
            (seq, *wanted, limit),
        ).fetchall()
        return [Entry(row[0], Kind(row[1]), row[2], row[3]) for row in rows]

    def changed_keys(self, seq: int) -> list[Entry]:
        """Return kind and key of what changed after ``seq``, in order, without the payloads."""
        rows = self._db.execute("SELECT seq, kind, key FROM log WHERE seq > ? ORDER BY seq", (seq,)).fetchall()
        return [Entry(row[0], Kind(row[1]), row[2], None) for row in rows]

    def get(self, kind: Kind, key: str, shape: type[T]) -> T | None:
        """Return what stands under a key now, or None. A sheet is given as it was printed (``Sheet``) or as it lies (``PressedSheet``)."""
        row = self._db.execute("SELECT payload FROM log WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        if row is None or row[0] is None:
            return None
        value = decode(kind, row[0])
        if shape is Sheet and isinstance(value, PressedSheet):
            value = value.plain
        if not isinstance(value, shape):
            raise TypeError(f"{kind} {key} is no {shape.__name__}")
        return value

    def get_all(self, kind: Kind, keys: Sequence[str], shape: type[T]) -> dict[str, T]:
        """Return what stands under several keys now, without those under which nothing stands. Not for sheets."""
        marks = ",".join("?" * len(keys))
        rows = self._db.execute(
            f"SELECT key, payload FROM log WHERE kind = ? AND key IN ({marks}) AND payload IS NOT NULL",  # noqa: S608 - only marks
            (kind, *keys),
        )
        values = {key: decode(kind, payload) for key, payload in rows}
        return {key: value for key, value in values.items() if isinstance(value, shape)}

    def keys(self, kind: Kind) -> Iterator[str]:
        """Yield the keys of one kind that stand now, in the order in which they were written."""
        for (key,) in self._db.execute("SELECT key FROM log WHERE kind = ? AND payload IS NOT NULL ORDER BY seq", (kind,)):
            yield key

    def count(self, kind: Kind) -> int:
        """How many entries of a kind stand now."""
        return int(self._db.execute("SELECT COUNT(*) FROM log WHERE kind = ? AND payload IS NOT NULL", (kind,)).fetchone()[0])
