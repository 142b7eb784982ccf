"""What the collector and its clients say to each other over a Unix socket: frames of a length and a msgpack message."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

# msgspec asks for these names when the first message is read: they are no mere annotations.
from kawaraban.audience.shapes import Asked, RankedList, RankedStory, RawRead, Reason, Report, Snapshot, Withdrawn

if TYPE_CHECKING:
    import asyncio

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
    """So many reads were dropped at the door. Not answered."""

    reason: Reason
    count: int


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


async def next_message(reader: asyncio.StreamReader) -> Message:
    """Read one message; IncompleteReadError when the other side has gone, ValueError for what is no frame."""
    (size,) = HEAD.unpack(await reader.readexactly(HEAD.size))
    if size > LARGEST_FRAME:
        raise ValueError(f"a frame of {size} bytes is none of ours")
    return decode(await reader.readexactly(size))
