"""The newsroom's forwarder: carries the sheet log and the photos to the stream, in order and once, whatever is killed.

How far it is, the stream itself says: its last message bears the number in the log. What goes out is taken only right behind that message,
so two forwarders, or one that was cut off before it heard an answer, cannot write anything twice. When the stream does not hold what was
sent any more (its disk was lost), or the log is another (a restored backup), everything is copied anew, as a new *run*. A bus that was killed
may have lost a few messages from the midst of its files, or lose them when it writes on: once level, and again a minute later, each is asked
for; what is missing is published again, into a stream that is filled from the beginning.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, TypeVar

from nats.js.errors import NotFoundError

from kawaraban.bus.media import Cupboard, Sent
from kawaraban.bus.publishing import Outgoing
from kawaraban.bus.streams import SHEET, SITE, Piece, last_piece, make_streams, pieces, subject_of
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kawaraban.bus.connection import Bus
    from kawaraban.bus.media import File

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_EVERY_SECONDS = 0.02
LOOK_AT_FILES_SECONDS = 1.0
CHECKED_AFTER_SECONDS = (0.0, 60.0)
ASKED_FOR_TOGETHER = 100
ENTRIES_AT_A_TIME = 2000
NOTE_AFTER_BYTES = 8 * 1024 * 1024


class Forwarder:
    """Keeps the stream level with a sheet log, a directory of photos and the key of the read tokens."""

    def __init__(self, *, sheet_log: Path, media_dir: Path, token_key: Path, sent: Path) -> None:
        self._log = SheetLog(sheet_log, writable=True)
        self._cupboard = Cupboard(media_dir, token_key)
        self._sent = Sent(sent)
        self._run = ""
        self._life = self._log.life()
        self._number = 0  # of the last entry that the stream holds
        self._until = 0  # where the publication that it belongs to is whole
        self._message = 0  # the stream's last message

    async def work(self, bus: Bus) -> None:
        """Forward what there is and what comes, for as long as the bus is there."""
        await make_streams(bus)
        await self._find_place(bus)
        version, looked_at = -1, 0.0
        loop = asyncio.get_running_loop()
        began, checks = loop.time(), list(CHECKED_AFTER_SECONDS)
        while True:
            changed = (now_version := self._log.data_version()) != version
            if changed or loop.time() - looked_at > LOOK_AT_FILES_SECONDS:
                version, looked_at = now_version, loop.time()
                await self._forward(bus)
                if checks and loop.time() - began >= checks[0]:
                    checks.pop(0)
                    # Whatever is published again is forwarded with the next look.
                    version = -1
                    await self._publish_what_was_lost(bus)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def close(self) -> None:
        """Let go of the files."""
        self._log.close()
        self._sent.close()

    async def _find_place(self, bus: Bus) -> None:
        state = (await bus.streams.stream_info(SITE)).state
        last = await last_piece(bus)
        self._message = state.last_seq
        if last is not None and last.log == self._log.life() and last.number > self._log.last_seq():
            # Somebody put an older copy of the log in its place: its numbers mean something else from here on.
            self._log.begin_new_life()
        self._life = self._log.life()
        if last is not None and last.run == self._sent.run and last.log == self._life and state.last_seq >= self._sent.message:
            self._run = last.run
            # Of an entry in parts that was broken off, all parts go again.
            self._number = last.number if last.is_last else last.number - 1
            self._until = last.until
            return
        await self._begin_anew(bus)

    async def _begin_anew(self, bus: Bus) -> None:
        self._cupboard.forget()
        logger.info("the bus is filled from the beginning")
        await bus.streams.purge_stream(SITE)
        self._run, self._number, self._until = secrets.token_hex(8), 0, 0
        self._sent.begin(self._run, self._message)

    async def _forward(self, bus: Bus) -> None:
        # At one moment of the log: a publication that comes while this goes out, which may take minutes, is the next one.
        with self._log.one_moment():
            until = self._log.last_seq()
            # After the log was looked at: every photo that its entries show is a file by now, and goes before them.
            for files in _together(self._cupboard.news(self._sent.files)):
                await self._publish(bus, (piece for file in files for piece in self._of_file(file)))
                self._sent.note(files, self._message)
            while entries := self._log.after(self._number, limit=ENTRIES_AT_A_TIME):
                wholes = (Piece(self._run, self._life, e.seq, until, SHEET, e.kind, e.key, 0, 1, 0, e.payload) for e in entries)
                await self._publish(bus, (piece for whole in wholes for piece in pieces(whole)))
                self._number, self._until = entries[-1].seq, until
                self._sent.note((), self._message)

    async def _publish_what_was_lost(self, bus: Bus) -> None:
        """Have everything sent again, if the stream does not hold all of it any more, though it was level: with the next look at the log."""
        # Not by counting: a server that has lost something may count it on. What was appended meanwhile is on its way.
        entries = [entry for entry in self._log.changed_keys(0) if entry.seq <= self._number]
        lost = await _not_held(bus, {subject_of(SHEET, entry.kind, entry.key): entry for entry in entries})
        gone = await _not_held(bus, {subject_of(file.kind, "", file.name): file for file in self._sent.files.values()})
        if lost or gone:
            logger.warning("the bus has lost %d entries of the sheet log and %d files", len(lost), len(gone))
            # With new numbers: whoever has followed past them takes them too. All else goes with the numbers that it has, to a stream that
            # is whole: one that has lost something may go on losing.
            self._log.publish_again(lost)
            await self._begin_anew(bus)

    def _of_file(self, file: File) -> Iterator[tuple[str, bytes]]:
        content = None
        if file.size >= 0:
            try:
                content = self._cupboard.path(file).read_bytes()
            except FileNotFoundError:
                # Gone since it was looked for: the next look tells so.
                return
        yield from pieces(Piece(self._run, self._life, self._number, self._until, file.kind, "", file.name, 0, 1, file.stamp, content))

    async def _publish(self, bus: Bus, messages: Iterable[tuple[str, bytes]]) -> None:
        self._message = await bus.publisher.publish((Outgoing(subject, content) for subject, content in messages), self._message)


async def _not_held(bus: Bus, subjects: Mapping[str, T]) -> list[T]:
    """Return those of which the stream has no message."""

    async def is_held(subject: str) -> bool:
        try:
            await bus.streams.get_last_msg(SITE, subject)
        except NotFoundError:
            return False
        return True

    missing: list[T] = []
    wanted = list(subjects)
    for start in range(0, len(wanted), ASKED_FOR_TOGETHER):
        group = wanted[start : start + ASKED_FOR_TOGETHER]
        held = await asyncio.gather(*(is_held(subject) for subject in group))
        missing += [subjects[subject] for subject, is_there in zip(group, held, strict=True) if not is_there]
    return missing


def _together(files: Sequence[File]) -> Iterator[list[File]]:
    """Yield the files by so many as are sent before it is noted that they were."""
    group: list[File] = []
    for file in files:
        group.append(file)
        if sum(max(0, one.size) for one in group) > NOTE_AFTER_BYTES:
            yield group
            group = []
    if group:
        yield group
