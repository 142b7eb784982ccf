"""Following a stream from a number on: messages come in batches, in order, and a line that has gone dead is noticed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from kawaraban.bus.connection import BusAwayError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nats.aio.msg import Msg

    from kawaraban.bus.connection import Bus

# Asked for at a time. With parts of half a megabyte this bounds what lies in memory.
BATCH = 256
MOST_PENDING_BYTES = 512 * 1024 * 1024
HEARTBEAT_SECONDS = 4
ASK_AGAIN_SECONDS = 60
FORGET_CONSUMER_SECONDS = 60
_OVER = frozenset({"404", "408", "409"})


async def batches(bus: Bus, stream: str, subject: str, first: int) -> AsyncIterator[list[Msg]]:
    """Yield what the stream holds from message number ``first`` on, and then what comes; BusAwayError when nothing is heard any more.

    Nothing is acknowledged: whoever follows knows how far it is, and begins there the next time.
    """
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=max(1, first),
        filter_subject=subject,
        mem_storage=True,
        inactive_threshold=FORGET_CONSUMER_SECONDS,
    )
    consumer = await bus.streams.add_consumer(stream, config)
    arrived: list[Msg] = []
    heard = asyncio.Event()

    async def hear(message: Msg) -> None:
        arrived.append(message)
        heard.set()

    inbox = bus.client.new_inbox()
    subscription = await bus.client.subscribe(inbox, cb=hear, pending_bytes_limit=MOST_PENDING_BYTES)
    ask = json.dumps({"batch": BATCH, "expires": ASK_AGAIN_SECONDS * 10**9, "idle_heartbeat": HEARTBEAT_SECONDS * 10**9}).encode()
    door = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer.name}"
    wanted = 0
    try:
        while True:
            if wanted <= 0:
                await bus.client.publish(door, ask, reply=inbox)
                wanted = BATCH
            try:
                # Not wait_for: before Python 3.12 it may swallow that we are cancelled.
                async with asyncio.timeout(3 * HEARTBEAT_SECONDS):
                    await heard.wait()
            except TimeoutError as error:
                raise BusAwayError("nothing is heard of it") from error
            heard.clear()
            came, arrived = arrived, []
            messages = []
            for message in came:
                status = (message.headers or {}).get("Status")
                if status is None:
                    messages.append(message)
                    wanted -= 1
                elif status in _OVER:
                    wanted = 0
                elif status != "100":
                    raise BusAwayError((message.headers or {}).get("Description", status))
            if messages:
                yield messages
    finally:
        with contextlib.suppress(Exception):
            await subscription.unsubscribe()
