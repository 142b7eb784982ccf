"""What the search process and its clients say to each other over a Unix socket: frames of a length and a msgpack message."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.discovery.shapes import Answer, Query

if TYPE_CHECKING:
    import asyncio

_HEAD = struct.Struct("<I")
LARGEST_FRAME = 1024 * 1024


class Ask(msgspec.Struct, tag="ask"):
    """Look for this."""

    number: int
    query: Query


class Told(msgspec.Struct, tag="told"):
    """What was found."""

    number: int
    answer: Answer


_decoder = msgspec.msgpack.Decoder(Ask | Told)


def frame(message: Ask | Told) -> bytes:
    """Write a message as one frame."""
    payload = msgspec.msgpack.encode(message)
    return _HEAD.pack(len(payload)) + payload


async def next_message(reader: asyncio.StreamReader) -> Any:
    """Read one message; IncompleteReadError when the other side has gone, ValueError for what is no frame."""
    (size,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if size > LARGEST_FRAME:
        raise ValueError(f"a frame of {size} bytes is none of ours")
    return _decoder.decode(await reader.readexactly(size))
