"""The newsroom's door to the search process: one question, one answer, and nothing when it is away."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

import msgspec

from kawaraban.discovery import wire

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.sheetlog.shapes import Language

WITHIN_SECONDS = 0.5
# More of a text tells nothing new of what it is about.
LONGEST_TEXT = 20_000
_HEAD = struct.Struct("<I")


def topics_near(socket_path: Path, *, title: str, body: str, language: Language) -> tuple[str, ...]:
    """Return the slugs of the topics that the stories nearest to a text have, the likeliest first; none while the search is away."""
    question = wire.AskTopics(1, title[:LONGEST_TEXT], body[:LONGEST_TEXT], language)
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(WITHIN_SECONDS)
            door.connect(str(socket_path))
            door.sendall(wire.frame(question))
            with door.makefile("rb") as answers:
                answer = wire.decoded(answers.read(_HEAD.unpack(answers.read(_HEAD.size))[0]))
    except (OSError, struct.error, msgspec.DecodeError):
        return ()
    return answer.answer if isinstance(answer, wire.ToldTopics) else ()
