"""What the collector and its clients say to each other over a Unix socket: frames of a length and a msgpack message."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.audience.shapes import Outcome, RankedList, RawRead

if TYPE_CHECKING:
    import asyncio

_HEAD = struct.Struct("<I")
LARGEST_FRAME = 64 * 1024 * 1024


class Take(msgspec.Struct, tag="take"):
    """Count this read."""

    number: int
    read: RawRead


class Taken(msgspec.Struct, tag="taken"):
    """It is on disk, or dropped; ``outcome`` is None when it could not be made durable."""

    number: int
    outcome: Outcome | None


class Subscribe(msgspec.Struct, tag="subscribe"):
    """Send rankings from now on, all at first and then those that changed."""


class Rankings(msgspec.Struct, tag="rankings"):
    """Rankings that changed."""

    version: int
    at: float
    lists: dict[str, RankedList]


class AskReport(msgspec.Struct, tag="ask-report"):
    """Tell what the newsroom's screen shows."""


class Report(msgspec.Struct, tag="report", frozen=True, kw_only=True):
    """What is read now and today, and what was dropped and why."""

    at: float
    readers_now: int  # visitors of the last five minutes
    reads_hour: int
    reads_day: int
    by_story: list[tuple[str, int, int, list[int]]]  # (story, last hour, last day, reads of each of the last 60 minutes)
    by_section: list[tuple[str, int]]  # last day
    by_source: list[tuple[str, int]]
    by_device: list[tuple[str, int]]
    dropped: list[tuple[str, int]]
    by_hour: list[int]  # the last 24 hours, oldest first


Message = Take | Taken | Subscribe | Rankings | AskReport | Report
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Message)


def frame(message: Message) -> bytes:
    """Write a message as one frame."""
    payload = _encoder.encode(message)
    return _HEAD.pack(len(payload)) + payload


async def next_message(reader: asyncio.StreamReader) -> Any:
    """Read one message; IncompleteReadError when the other side has gone, ValueError for what is no frame."""
    (size,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if size > LARGEST_FRAME:
        raise ValueError(f"a frame of {size} bytes is none of ours")
    return _decoder.decode(await reader.readexactly(size))
