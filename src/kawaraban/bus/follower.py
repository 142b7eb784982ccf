"""A reader node's follower: makes the node's own sheet store and photos of what the stream holds, each entry once and in order.

What the log appended in one transaction, readers of the node see at one moment. The stream drops an entry when a newer one takes its
place, so what is received in between may be incomplete; it is kept only at a point at which nothing is missing: at the end of a
publication, when no number was left out since the last such point, or else when all is here that the stream held when that was noticed.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nats.js.errors import NotFoundError

from kawaraban.bus.connection import BusAwayError
from kawaraban.bus.following import batches
from kawaraban.bus.media import Cabinet
from kawaraban.bus.streams import SHEET, SITE, SITE_SUBJECTS, last_piece, piece_of
from kawaraban.sheetlog.copying import Copy
from kawaraban.sheetlog.shapes import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from nats.aio.msg import Msg

    from kawaraban.bus.connection import Bus
    from kawaraban.bus.streams import Piece

logger = logging.getLogger(__name__)


class Follower:
    """Keeps a node's files level with the stream."""

    def __init__(self, *, sheet_log: Path, media_dir: Path, token_key: Path) -> None:
        self._copy = Copy(sheet_log)
        self._cabinet = Cabinet(media_dir, token_key)
        self._begin_anew()

    async def work(self, bus: Bus) -> None:
        """Follow for as long as the bus is there. What is in the store is served meanwhile, and afterwards."""
        self._copy.forget()
        first = await self._first(bus)
        self._begin_anew(behind=first - 1)
        async for messages in batches(bus, SITE, SITE_SUBJECTS, first):
            for message in messages:
                self._take(message)
            await self._keep_if_whole(bus)

    def close(self) -> None:
        """Let go of the files."""
        self._copy.close()

    async def _first(self, bus: Bus) -> int:
        """Return the number of the message to begin with: the next one, or the first if the stream is not the one that was followed."""
        place = self._copy.place
        try:
            state = (await bus.streams.stream_info(SITE)).state
        except NotFoundError as error:
            raise BusAwayError("the newsroom has not filled it yet") from error
        last = await last_piece(bus)
        known = last is not None and last.run == place.run and state.last_seq >= place.message
        return place.message + 1 if known else 1

    def _begin_anew(self, behind: int = 0) -> None:
        self._message = behind  # the last that was taken
        self._run = ""  # of it
        self._whole_at = 0  # where nothing will be missing
        self._skipped = False
        self._at_an_end = False
        self._parts: list[Piece] = []

    def _take(self, message: Msg) -> None:
        number = message.metadata.sequence.stream
        piece = piece_of(message.data)
        if number != self._message + 1:
            self._skipped = True
        if self._run and piece.run != self._run:
            # The newsroom begins anew: what was not kept of the old copying is no publication any more.
            self._copy.forget()
            self._skipped = True
        self._message, self._run = number, piece.run
        self._parts = [*self._parts, piece] if piece.part else [piece]
        self._at_an_end = piece.is_last and piece.number == piece.until
        if piece.is_last and len(self._parts) == piece.parts:
            content = None if piece.payload is None else b"".join([part.payload or b"" for part in self._parts])
            self._put(piece, content)
            self._parts = []

    def _put(self, piece: Piece, content: bytes | None) -> None:
        if piece.what == SHEET:
            try:
                kind = Kind(piece.kind)
            except ValueError:
                # A newsroom of a later version prints what this node does not know yet.
                logger.warning("entries of the kind %r are unknown here: upgrade this node", piece.kind)
                return
            self._copy.put(life=piece.log, number=piece.number, kind=kind, key=piece.key, payload=content)
            return
        if content is None:
            self._cabinet.remove(piece.what, piece.key)
        else:
            self._cabinet.put(piece.what, piece.key, content, piece.stamp)
        self._copy.put_file(piece.what, piece.key, run=piece.run, stands=content is not None)

    async def _keep_if_whole(self, bus: Bus) -> None:
        if not self._at_an_end:
            return
        if self._skipped:
            self._whole_at = (await bus.streams.stream_info(SITE)).state.last_seq
            self._skipped = False
        if self._message >= self._whole_at:
            for what, name in self._copy.keep(run=self._run, message=self._message):
                self._cabinet.remove(what, name)
