"""The search process: follows the log's documents, keeps index and related stories, and answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import shutil
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery import wire
from kawaraban.discovery.index import VERSION, Index
from kawaraban.discovery.related import related_stories
from kawaraban.discovery.related_store import RelatedStore, RelatedWriter
from kawaraban.discovery.shapes import Answer, Query
from kawaraban.sheetlog.log import SheetLog, decode
from kawaraban.sheetlog.shapes import Document, Kind

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.05
# So many documents are indexed between two commits: a publication is one, an archive's thousands go in such steps.
BATCH = 200
# A new story enters the lists of so many neighbours: nothing is reprinted, their pages take it up by themselves.
NEIGHBOURS = 8


class ReplacedLogError(Exception):
    """Another log is to be followed: whoever is started next makes the index anew from it."""


class Discovery:
    """Index, related stories and the documents that they are made of, in one directory."""

    def __init__(self, sheet_log: Path, directory: Path) -> None:
        self._path = sheet_log
        self._directory = directory
        self._log: SheetLog | None = None
        self._version = -1  # of the log, when nothing in it was left to follow
        self._state_file = directory / "followed.json"
        self._seq = self._followed()
        self._index = Index(directory / "index")
        self._related = RelatedWriter(directory / "related.sqlite3")
        self._documents: dict[str, Document] = {}
        self._unrelated: list[str] = []

    @classmethod
    def current(cls, sheet_log: Path, directory: Path) -> Discovery:
        """Return it as it stands at this moment, for a command: followed to the end of the log.

        While the search process runs, that one holds the index's writer and keeps it current; this one only reads.
        """
        discovery = cls(sheet_log, directory)
        discovery.recall()
        try:
            while discovery.work():
                pass
        except ValueError as error:
            logger.info("the search process keeps the index: %s", error)
        return discovery

    def documents(self) -> list[Document]:
        """Return the facts of all documents that stand."""
        return list(self._documents.values())

    def related(self, story: str) -> list[str]:
        """Return the related stories as the pages show them."""
        return list(RelatedStore(self._directory / "related.sqlite3").related(story))

    def recall(self) -> None:
        """Know again what every document is about; the index itself is on disk."""
        if self._open():
            for entry in self._log.after(0, (Kind.DOCUMENT,)) if self._log else ():
                if entry.seq <= self._seq and entry.payload is not None:
                    self._remember(entry.key, entry.payload)
            # Those that were indexed before a restart and not yet related.
            related = self._related.stories()
            self._unrelated = [story for story in self._documents if story not in related]

    def follow(self) -> bool:
        """Take up to a batch of what changed; say whether there was any."""
        if not self._open() or self._log is None:
            return False
        version = self._log.data_version()
        if version == self._version:
            return False
        entries = self._log.after(self._seq, (Kind.DOCUMENT,), limit=BATCH)
        if not entries:
            self._version = version
            return False
        gone = [entry.key for entry in entries if entry.payload is None]
        for entry in entries:
            if entry.payload is not None:
                self._remember(entry.key, entry.payload)
        for story in gone:
            self._documents.pop(story, None)
        fresh = [entry.key for entry in entries if entry.payload is not None]
        full = [self._full(entry.payload) for entry in entries if entry.payload is not None]
        self._index.put(full, gone)
        self._index.commit()
        self._seq = entries[-1].seq
        # After the commit: what is followed twice after a crash replaces itself.
        _write_whole(self._state_file, json.dumps({"version": VERSION, "seq": self._seq}))
        self._related.write({}, gone)
        self._unrelated.extend(fresh)
        return True

    def relate_some(self, limit: int = 20) -> bool:
        """Work out the related stories of some that have none yet, newest first; say whether there were any."""
        if not self._unrelated:
            return False
        alone = len(self._unrelated) <= NEIGHBOURS
        lists: dict[str, list[str]] = {}
        for _ in range(min(limit, len(self._unrelated))):
            story = self._unrelated.pop()
            self._relate(story, lists)
            # A single publication joins its neighbours' lists at once; in a flood every story is worked out anyway.
            for neighbour in lists.get(story, [])[:NEIGHBOURS] if alone else ():
                self._relate(neighbour, lists)
        self._related.write(lists)
        return True

    def work(self) -> bool:
        """Do a piece of what is to be done, if there is any; say whether there was."""
        return self.follow() or self.relate_some()

    def search(self, query: Query) -> Answer:
        """Find what stands now: a story withdrawn a moment ago is left out though the index still has it."""
        answer = self._index.search(query)
        stories = tuple(story for story in answer.stories if story in self._documents)
        return Answer(stories, answer.total - (len(answer.stories) - len(stories)))

    def _relate(self, story: str, lists: dict[str, list[str]]) -> None:
        if story in lists or story not in self._documents or self._log is None:
            return
        document = self._log.get(Kind.DOCUMENT, story, Document)
        if document is not None:
            lists[story] = related_stories(document, self._index, self._documents)

    def _remember(self, story: str, payload: bytes) -> None:
        # Bodies stay on disk: of a hundred thousand stories only the facts fit in memory.
        self._documents[story] = msgspec.structs.replace(self._full(payload), body="", summary="", title="")

    def _full(self, payload: bytes | None) -> Document:
        document = decode(Kind.DOCUMENT, payload or b"")
        if not isinstance(document, Document):
            raise TypeError("no document")
        return document

    def _open(self) -> bool:
        if self._log is None and self._path.exists():
            self._log = SheetLog(self._path)
            if self._seq > self._log.last_seq():
                # Numbers of another log, such as that before a restored backup: what is indexed by them is begun anew.
                raise ReplacedLogError(self._forget("the index goes beyond the log"))
        if self._log is not None and self._log.is_replaced():
            raise ReplacedLogError(self._forget("another log stands where it stood"))
        return self._log is not None

    def _forget(self, why: str) -> str:
        self._state_file.unlink(missing_ok=True)
        return f"{why}: the index is made anew"

    def _followed(self) -> int:
        """Return how far the index goes; an index of another version is thrown away and built anew."""
        try:
            state = json.loads(self._state_file.read_text(encoding="ascii"))
            if state["version"] == VERSION:
                return int(state["seq"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        shutil.rmtree(self._directory / "index", ignore_errors=True)
        return 0


async def run_search(socket_path: Path, sheet_log: Path, directory: Path, stop: asyncio.Event | None = None) -> None:
    """Run the search process until ``stop`` is set, or for ever."""
    discovery = Discovery(sheet_log, directory)
    discovery.recall()
    stop = stop or asyncio.Event()
    socket_path.unlink(missing_ok=True)
    # Who asks before the index is whole is told that the search is away: that nothing was found would not be true.
    while not stop.is_set() and await asyncio.get_running_loop().run_in_executor(None, discovery.follow):
        pass
    server = await asyncio.start_unix_server(lambda reader, writer: _serve(discovery, reader, writer), str(socket_path))
    follower = asyncio.create_task(_follow_forever(discovery))
    waiter = asyncio.create_task(stop.wait())
    async with server:
        done, _ = await asyncio.wait([follower, waiter], return_when=asyncio.FIRST_COMPLETED)
        follower.cancel()
        waiter.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(follower, waiter)
    if follower in done:
        follower.result()


async def _follow_forever(discovery: Discovery) -> None:
    loop = asyncio.get_running_loop()
    while True:
        # In a thread: questions are answered meanwhile.
        if not await loop.run_in_executor(None, discovery.work):
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _serve(discovery: Discovery, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            message = await wire.next_message(reader)
            if isinstance(message, wire.Ask):
                try:
                    answer = discovery.search(message.query)
                except Exception:
                    # Whatever a query does to the index, its reader gets an answer.
                    logger.exception("a search failed")
                    answer = Answer((), 0)
                writer.write(wire.frame(wire.Told(message.number, answer)))
                await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError, msgspec.DecodeError):
        return
    finally:
        writer.close()


def _write_whole(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(text, encoding="ascii")
    temporary.replace(path)
