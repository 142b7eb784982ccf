"""What the collector and its clients say to each other over a Unix socket: frames of a length and a msgpack message."""

from __future__ import annotations

import asyncio
import logging
import struct
from typing import TYPE_CHECKING

import msgspec

# msgspec asks for these names when the first message is read: they are no mere annotations.
from kawaraban.audience.shapes import Asked, Device, RankedList, RankedStory, RawRead, Reason, Report, Snapshot, Withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

HEAD = struct.Struct("<I")
LARGEST_FRAME = 64 * 1024 * 1024


class Take(msgspec.Struct, tag="take", array_like=True):
    """Count these reads, which bear the numbers ``first``, ``first + 1`` and so on."""

    first: int
    reads: list[RawRead]


class Taken(msgspec.Struct, tag="taken", array_like=True):
    """All of a ``Take`` is on disk: counted (None), or dropped for a reason. ``reasons`` is None when it could not be made durable."""

    first: int
    count: int
    reasons: list[Reason | None] | None


class Note(msgspec.Struct, tag="note", array_like=True):
    """So many reads were dropped at the door, by a rule, and sent with this class of device. Not answered."""

    reason: Reason
    count: int
    rule: str = ""
    device: Device = "desktop"


class AskRanking(msgspec.Struct, tag="ask-ranking", array_like=True):
    """Tell one ranking, as it is now."""

    number: int
    asked: Asked


class Ranked(msgspec.Struct, tag="ranked", array_like=True):
    """The answer to ``AskRanking``."""

    number: int
    rows: tuple[RankedStory, ...]


class Withdraw(msgspec.Struct, tag="withdraw", array_like=True):
    """Let these reads of an hour leave, from the log and from every ranking."""

    hour: int
    reads: list[Withdrawn]


class Subscribe(msgspec.Struct, tag="subscribe", array_like=True):
    """Send rankings from now on, all at first and then those that changed."""


class Rankings(msgspec.Struct, tag="rankings", array_like=True):
    """Rankings that changed."""

    version: int
    at: float
    lists: dict[str, RankedList]


class AskReport(msgspec.Struct, tag="ask-report", array_like=True):
    """Tell what the newsroom's screen shows."""


class AskSnapshot(msgspec.Struct, tag="ask-snapshot", array_like=True):
    """Tell all rankings once."""


class Told(msgspec.Struct, tag="told", array_like=True):
    """The answer to ``AskReport``, ``AskSnapshot`` or ``Withdraw``."""

    report: Report | None = None
    snapshot: Snapshot | None = None
    withdrawn: int | None = None  # how many were there; None if it could not be done


Message = Take | Taken | Note | Subscribe | Rankings | AskReport | AskSnapshot | AskRanking | Ranked | Withdraw | Told
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def frame(message: Message) -> bytes:
    """Write a message as one frame."""
    payload = _encoder.encode(message)
    return HEAD.pack(len(payload)) + payload


def decode(payload: bytes) -> Message:
    """Read a frame's payload; msgspec.DecodeError if it is no message."""
    return _decoder.decode(payload)


class Line(asyncio.Protocol):
    """One end of a connection. ``hear`` is told each message within the callback in which it came, ``lost`` that the other end has gone.

    No task waits for a frame: at thousands of reads a second its waking up would cost more than what is in the frame.
    """

    def __init__(self, hear: Callable[[Message, Line], None], lost: Callable[[Line], None]) -> None:
        self._tell, self._lost = hear, lost
        self._come = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Take what came, and tell what is whole of it."""
        come, at = self._come, 0
        come += data
        try:
            while len(come) - at >= HEAD.size:
                (size,) = HEAD.unpack_from(come, at)
                if size > LARGEST_FRAME:
                    raise ValueError(f"a frame of {size} bytes is none of ours")
                end = at + HEAD.size + size
                if len(come) < end:
                    break
                message = decode(bytes(memoryview(come)[at + HEAD.size : end]))
                at = end
                self._tell(message, self)
        except (ValueError, msgspec.DecodeError) as error:
            logger.warning("what came is no message of ours: %s", error)
            self._transport.abort()
        finally:
            # In the end, not frame by frame: what is left would be moved each time.
            del come[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._lost(self)

    def write(self, content: bytes) -> None:
        """Send frames; what cannot be sent any more is lost with the connection."""
        if not self._transport.is_closing():
            self._transport.write(content)

    @property
    def unread_bytes(self) -> int:
        """How much the other end has not taken yet."""
        return self._transport.get_write_buffer_size()

    def abort(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    def close(self) -> None:
        """Hang up when what was written is sent."""
        self._transport.close()
