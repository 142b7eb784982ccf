"""What the search process and its clients say to each other over a Unix socket: frames of a length and a msgpack message."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.discovery.shapes import Answer, Query, Suggestion
from kawaraban.sheetlog.shapes import Language

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


class AskBeginning(msgspec.Struct, tag="ask-beginning"):
    """What may this become, as somebody types it?"""

    number: int
    typed: str
    language: str
    limit: int


class ToldBeginning(msgspec.Struct, tag="told-beginning"):
    """What it may become."""

    number: int
    answer: tuple[Suggestion, ...]


class AskOften(msgspec.Struct, tag="ask-often"):
    """What do many search for now?"""

    number: int
    language: str
    limit: int


class ToldOften(msgspec.Struct, tag="told-often"):
    """What many search for now."""

    number: int
    answer: tuple[str, ...]


class AskTopics(msgspec.Struct, tag="ask-topics"):
    """Which topics do the stories have that are nearest to this text?"""

    number: int
    title: str
    body: str
    language: Language


class ToldTopics(msgspec.Struct, tag="told-topics"):
    """Their slugs, the likeliest first."""

    number: int
    answer: tuple[str, ...]


Question = Ask | AskBeginning | AskOften | AskTopics
Message = Question | Told | ToldBeginning | ToldOften | ToldTopics
_decoder = msgspec.msgpack.Decoder(Message)


def decoded(payload: bytes) -> Message:
    """Read a message; msgspec.DecodeError for what is none."""
    message: Message = _decoder.decode(payload)
    return message


def frame(message: Message) -> bytes:
    """Write a message as one frame."""
    payload = msgspec.msgpack.encode(message)
    return _HEAD.pack(len(payload)) + payload


async def next_message(reader: asyncio.StreamReader) -> Any:
    """Read one message; IncompleteReadError when the other side has gone, ValueError for what is no frame."""
    (size,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if size > LARGEST_FRAME:
        raise ValueError(f"a frame of {size} bytes is none of ours")
    return _decoder.decode(await reader.readexactly(size))
