"""Publishing in order and once: many messages on their way, each of which the stream takes only right behind the one before it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nats.aio.client import Client
    from nats.aio.msg import Msg

# So many bytes may be on their way unanswered: enough to fill a line between two cities, little enough to hold in memory.
MOST_BYTES_ON_THEIR_WAY = 8 * 1024 * 1024
MOST_ON_THEIR_WAY = 512
ANSWER_WITHIN_SECONDS = 20.0


class NotPublishedError(Exception):
    """The bus did not say that it has the message: it may have it, or not."""


class OutOfStepError(NotPublishedError):
    """The stream does not end where the publisher thought: another has written, or the bus has lost its end."""


class Outgoing(NamedTuple):
    """A message on its way to the stream."""

    subject: str
    payload: bytes
    headers: Mapping[str, str] = {}


class _Refusal(msgspec.Struct):
    description: str = ""
    err_code: int = 0


class _Answer(msgspec.Struct):
    """What JetStream answers: the number that a message got, or why it got none."""

    seq: int = 0
    error: _Refusal | None = None


_WRONG_LAST_SEQUENCE = 10071
_decoder = msgspec.json.Decoder(_Answer)


class Publisher:
    """One connection's door into a stream.

    The client library's own asynchronous publishing leaves who waits waiting when the server refuses, so answers are heard here.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._waiting: dict[str, tuple[asyncio.Future[int], int]] = {}
        self._bytes = 0
        self._number = 0
        self._room = asyncio.Event()

    async def start(self) -> None:
        """Begin to hear answers."""
        await self._client.subscribe(f"{self._inbox}.*", cb=self._hear)

    async def publish(self, messages: Iterable[Outgoing], after: int) -> int:
        """Publish messages so that they stand right behind the stream's message number ``after``; return the last one's number.

        Raises:
            OutOfStepError: the stream ended elsewhere.
            NotPublishedError: the bus does not answer, or refuses. What it has of them stands in the stream's end.
        """
        answers: list[asyncio.Future[int]] = []
        try:
            for place, message in enumerate(messages):
                answers.append(await self._send(message, after + place))
                if answers[0].done() and answers[0].exception():
                    break
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                numbers = await asyncio.gather(*answers)
        except TimeoutError as error:
            raise NotPublishedError("the bus did not answer in time") from error
        finally:
            for answer in answers:
                answer.cancel()
            self._waiting.clear()
            self._bytes = 0
        return numbers[-1] if numbers else after

    async def _send(self, message: Outgoing, after: int) -> asyncio.Future[int]:
        while self._bytes > MOST_BYTES_ON_THEIR_WAY or len(self._waiting) >= MOST_ON_THEIR_WAY:
            self._room.clear()
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                await self._room.wait()
        self._number += 1
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        size = len(message.payload)
        self._waiting[str(self._number)] = answer, size
        self._bytes += size
        headers = {**message.headers, "Nats-Expected-Last-Sequence": str(after)}
        await self._client.publish(message.subject, message.payload, reply=f"{self._inbox}.{self._number}", headers=headers)
        return answer

    async def _hear(self, message: Msg) -> None:
        waiting = self._waiting.pop(message.subject.rpartition(".")[2], None)
        if waiting is None:
            return
        answer, size = waiting
        self._bytes -= size
        self._room.set()
        if answer.done():
            return
        try:
            told = _decoder.decode(message.data)
        except msgspec.DecodeError:
            # No stream takes this subject: the answer is an empty one.
            answer.set_exception(NotPublishedError(f"no stream takes {message.subject}"))
            return
        if told.error is None:
            answer.set_result(told.seq)
        elif told.error.err_code == _WRONG_LAST_SEQUENCE:
            answer.set_exception(OutOfStepError(told.error.description))
        else:
            answer.set_exception(NotPublishedError(told.error.description))
