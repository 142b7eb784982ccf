"""What the collector does for its log each minute, beside taking reads and ranking, which must not suffer from it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from kawaraban.audience.ledger import Ledger

UPKEEP_EVERY_SECONDS = 60.0
# After each moment of summing, a pause at least as long as that moment: the disk's thread is free for half of the time.
PAUSE_SECONDS = 0.2
# A ranking is some twenty steps over arrays, between each of which the other thread may take its turn: so long each time.
TURN_SECONDS = 0.00003


@contextlib.contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take turns of a moment, while one of them has long work and another must answer.

    Not for good: reads are judged in one thread and written in another, and each turn that is taken costs more than what is done in it.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


async def keep_in_order(ledger: Ledger, disk: Executor, until: float) -> None:
    """Look after what is on disk; then sum an archive of years by the day, for as long as there is time.

    Once an hour it is counted too what is read together.

    What an hour of millions of reads takes is done in a thread of its own: in the one that writes, reads would wait for seconds.
    ``until`` is of the monotonic clock.

    Raises:
        OSError: it could not be done.
    """
    with short_turns():
        await _keep_in_order(ledger, disk, until)


async def _keep_in_order(ledger: Ledger, disk: Executor, until: float) -> None:
    loop = asyncio.get_running_loop()
    now = time.time()
    for hour in await loop.run_in_executor(disk, ledger.log.due, now):
        rewritten = await asyncio.to_thread(ledger.log.rewritten, hour, now)
        await loop.run_in_executor(disk, ledger.log.put, rewritten)
    began = time.monotonic()
    summed = await loop.run_in_executor(disk, ledger.upkeep, time.time())
    while not summed:
        took = time.monotonic() - began
        await asyncio.sleep(max(PAUSE_SECONDS, took))
        began = time.monotonic()
        if began > until:
            return
        summed = await loop.run_in_executor(disk, ledger.sum_days, time.time())
    # In a thread of its own: it only looks at the log, and no read waits for it.
    await loop.run_in_executor(None, ledger.count_together, time.time())
