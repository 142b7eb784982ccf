"""Reads on their way back, and rankings on their way to the nodes.

A node judges its readers' reads and keeps them in its outbox until the newsroom says that it has them on disk: whatever the bus loses on
the way is sent again, and whatever comes twice bears a number that the newsroom has. The newsroom counts and ranks what all nodes hand
on, so all show one ranking. Of readers, only the keyed hash of the day travels; its salt is agreed on in the bus's memory, so that a
reader of two nodes is one visitor.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from nats import errors as nats_errors
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from kawaraban.audience.shapes import Asked, Handed, RankedList, RankedStory
from kawaraban.audience.visitors import DAY_SECONDS
from kawaraban.bus.connection import BusAwayError, end
from kawaraban.bus.following import batches
from kawaraban.bus.streams import (
    ASK_SUBJECT,
    PLACES_SUBJECT,
    RANKINGS,
    RANKINGS_SUBJECT,
    READS,
    READS_SUBJECT,
    READS_SUBJECTS,
    SALTS,
    SALTS_SUBJECT,
    make_streams,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from nats.aio.msg import Msg

    from kawaraban.audience.collector import Collector
    from kawaraban.audience.outbox import Outbox
    from kawaraban.bus.connection import Bus

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.05
MOST_BYTES = 256 * 1024
TELL_PLACES_SECONDS = 10.0
AGREE_EVERY_SECONDS = 60.0
AGREE_AGAIN_SECONDS = 1.0
# Before the reader server that asked gives up.
ANSWER_WITHIN_SECONDS = 1.5


class _Told(msgspec.Struct, frozen=True, array_like=True):
    """Up to where the newsroom has what a node handed on; and whether it misses what follows, having heard of later ones."""

    number: int
    misses: bool


class _Ranking(msgspec.Struct, frozen=True, array_like=True):
    name: str
    ranked: RankedList


class _Sent(msgspec.Struct, frozen=True, array_like=True):
    """What a node hands on, and the lowest number that it still has: what is missing before that comes no more."""

    first: int
    records: list[Handed]


_encoder = msgspec.msgpack.Encoder()
_sent_decoder = msgspec.msgpack.Decoder(_Sent)
_told_decoder = msgspec.msgpack.Decoder(_Told)
_ranking_decoder = msgspec.msgpack.Decoder(_Ranking)
_asked_decoder = msgspec.msgpack.Decoder(Asked)
_rows_decoder = msgspec.msgpack.Decoder(tuple[RankedStory, ...])


class Node:
    """A reader node's end."""

    def __init__(self, collector: Collector, outbox: Outbox) -> None:
        self._collector = collector
        self._outbox = outbox
        self._sent = 0
        self._has = 0  # what the newsroom said last

    async def work(self, bus: Bus) -> None:
        """Hand on reads and hear rankings, for as long as the bus is there."""
        try:
            await bus.streams.stream_info(READS)
        except NotFoundError as error:
            raise BusAwayError("the newsroom has not made its streams yet") from error
        # What the stream holds is not known here, and need not be: a number that comes twice is counted once.
        self._sent = self._has
        self._collector.asked.newsroom = partial(_asked_for, bus)
        try:
            await _together(self._agree_on_salts(bus), self._hear_places(bus), self._hear_rankings(bus), self._hand_on(bus))
        finally:
            self._collector.asked.newsroom = None

    async def _hand_on(self, bus: Bus) -> None:
        subject = f"{READS_SUBJECT}.{self._outbox.node}"
        while True:
            records = self._outbox.after(max(self._sent, self._has), MOST_BYTES)
            if not records:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                continue
            await bus.streams.publish(subject, _encoder.encode(_Sent(self._outbox.first, records)))
            self._sent = records[-1].number

    async def _hear_places(self, bus: Bus) -> None:
        async for messages in batches(bus, RANKINGS, f"{PLACES_SUBJECT}.{self._outbox.node}", 1):
            told = _told_decoder.decode(messages[-1].data)
            self._has = told.number
            self._outbox.let_go(told.number)
            if told.misses:
                logger.warning("the newsroom misses reads from number %d on: they are sent again", told.number + 1)
                self._sent = told.number

    async def _hear_rankings(self, bus: Bus) -> None:
        async for messages in batches(bus, RANKINGS, f"{RANKINGS_SUBJECT}.*", 1):
            told = [_ranking_decoder.decode(message.data) for message in messages]
            self._collector.hear_rankings({one.name: one.ranked for one in told})

    async def _agree_on_salts(self, bus: Bus) -> None:
        salts = self._collector.ledger.gate.salts
        while True:
            # Tomorrow's too, before it begins: nobody becomes another at midnight.
            today = int(time.time() // DAY_SECONDS)
            agreed = {day: await _agreed(bus, day, salts.of_day(day)) for day in (today, today + 1)}
            for day, salt in agreed.items():
                if salt is not None:
                    salts.adopt(day, salt)
            await asyncio.sleep(AGREE_AGAIN_SECONDS if None in agreed.values() else AGREE_EVERY_SECONDS)


class Newsroom:
    """The newsroom's end."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._changed: dict[str, RankedList] = {}
        self._heard = 0  # the last message of the stream that was heard; a place to begin, no more
        collector.on_rankings = self._changed.update

    async def work(self, bus: Bus) -> None:
        """Count what nodes hand on and tell them the rankings, for as long as the bus is there."""
        await make_streams(bus)
        self._changed.update(self._collector.snapshot.lists)
        await bus.client.subscribe(ASK_SUBJECT, cb=self._answer)
        await _together(self._merge(bus), self._tell_rankings(bus), self._tell_places(bus))

    async def _answer(self, message: Msg) -> None:
        """Tell a node a ranking that is not told to all."""
        try:
            asked = _asked_decoder.decode(message.data)
        except msgspec.DecodeError as error:
            logger.error("a question of a node is none: %s", error)  # noqa: TRY400
            return
        await message.respond(_encoder.encode(self._collector.ranking(asked, time.time())))

    async def _merge(self, bus: Bus) -> None:
        state = (await bus.streams.stream_info(READS)).state
        first = self._heard + 1 if self._heard <= state.last_seq else 1
        async for messages in batches(bus, READS, READS_SUBJECTS, first):
            places: dict[str, tuple[int, bool]] = {}
            for message in messages:
                node = message.subject.rpartition(".")[2]
                try:
                    sent = _sent_decoder.decode(message.data)
                except msgspec.DecodeError as error:
                    logger.error("a message of %s is none: %s", node, error)  # noqa: TRY400
                    continue
                place = await self._collector.merge(node, sent.records, sent.first)
                places[node] = place, bool(sent.records) and sent.records[0].number > place + 1
            self._heard = messages[-1].metadata.sequence.stream
            for node, (place, misses) in places.items():
                await self._tell_place(bus, node, place, misses=misses)

    async def _tell_places(self, bus: Bus) -> None:
        while True:
            for node, place in list(self._collector.ledger.log.places.items()):
                await self._tell_place(bus, node, place)
            await asyncio.sleep(TELL_PLACES_SECONDS)

    async def _tell_place(self, bus: Bus, node: str, place: int, *, misses: bool = False) -> None:
        await bus.streams.publish(f"{PLACES_SUBJECT}.{node}", _encoder.encode(_Told(place, misses)))

    async def _tell_rankings(self, bus: Bus) -> None:
        while True:
            changed = dict(self._changed)
            await asyncio.gather(*(self._tell_ranking(bus, _Ranking(name, ranked)) for name, ranked in changed.items()))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _tell_ranking(self, bus: Bus, ranking: _Ranking) -> None:
        digest = hashlib.blake2b(ranking.name.encode(), digest_size=8).hexdigest()
        await bus.streams.publish(f"{RANKINGS_SUBJECT}.{digest}", _encoder.encode(ranking))
        if self._changed.get(ranking.name) is ranking.ranked:
            del self._changed[ranking.name]


async def _together(*jobs: Coroutine[Any, Any, None]) -> None:
    """Do all, until one of them fails."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            await end(task)
    # All are asked, so that none of their failures is called unnoticed.
    failures = [task.exception() for task in tasks if not task.cancelled()]
    for failure in failures:
        if failure is not None:
            raise failure


async def _asked_for(bus: Bus, asked: Asked) -> tuple[RankedStory, ...]:
    """Ask the newsroom for a ranking; OSError if it does not answer in time."""
    try:
        answer = await bus.client.request(ASK_SUBJECT, _encoder.encode(asked), timeout=ANSWER_WITHIN_SECONDS)
        return _rows_decoder.decode(answer.data)
    except (nats_errors.Error, msgspec.DecodeError) as error:
        raise OSError(f"the newsroom does not tell it: {error}") from error


async def _agreed(bus: Bus, day: int, own: bytes) -> bytes | None:
    """Return the salt of a day that all nodes use: the one that was offered first. None while there is no place to agree on it."""
    subject = f"{SALTS_SUBJECT}.{day}"
    try:
        return (await bus.streams.get_last_msg(SALTS, subject)).data or own
    except NotFoundError:
        pass
    try:
        await bus.streams.publish(subject, own, headers={"Nats-Expected-Last-Subject-Sequence": "0"})
    except NoStreamResponseError:
        # The newsroom is making its streams; or it was in the memory of a bus that was restarted: all use what was agreed on before.
        return None
    except APIError:
        return (await bus.streams.get_last_msg(SALTS, subject)).data or own
    return own
