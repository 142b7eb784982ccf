"""What the collector and its clients say to each other over a Unix socket: frames of a length and a msgpack message."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

# msgspec asks for these names when the first message is read: they are no mere annotations.
from kawaraban.audience.shapes import RankedList, RawRead, Reason, Report, Snapshot

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
    """The answer to ``AskReport`` or ``AskSnapshot``."""

    report: Report | None = None
    snapshot: Snapshot | None = None


Message = Take | Taken | Subscribe | Rankings | AskReport | AskSnapshot | Told
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
