"""What the collector does for its log each minute, beside taking reads and ranking, which must not suffer from it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING

from kawaraban.audience import together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from kawaraban.audience.ledger import Ledger

UPKEEP_EVERY_SECONDS = 60.0
# After each moment of summing, a pause at least as long as that moment: the disk's thread is free for half of the time.
PAUSE_SECONDS = 0.2
# A ranking is some twenty steps over arrays, between each of which the other thread may take its turn: so long each time.
TURN_SECONDS = 0.00003
# How long turns usually are, once for each long work that is being done.
_usual: list[float] = []


@contextlib.contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take turns of a moment, while one of them has long work and another must answer.

    Not for good: reads are judged in one thread and written in another, and each turn that is taken costs more than what is done in it.
    """
    _usual.append(_usual[0] if _usual else sys.getswitchinterval())
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        usual = _usual.pop()
        if not _usual:
            sys.setswitchinterval(usual)


async def keep_in_order(ledger: Ledger, disk: Executor, until: float) -> None:
    """Look after what is on disk; then sum an archive of years by the day, beside us.

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
    now = time.time()
    if together.is_due(ledger.reads_dir, now):
        if together.is_much(ledger.log, now):
            await _in_a_process(together.command(ledger.reads_dir))
        else:
            # In a thread of its own: it only looks at the log, and no read waits for it.
            await loop.run_in_executor(None, ledger.count_together, now)
    if ledger.summing is not None or await loop.run_in_executor(disk, ledger.is_much_to_sum, now):
        await _sum_elsewhere(ledger, disk, until)


async def _sum_elsewhere(ledger: Ledger, disk: Executor, until: float) -> None:
    """Have an archive's hours summed by a process of its own, and wait for it as long as there is time: it goes on beyond that."""
    if ledger.summing is None:
        ledger.summing = await asyncio.create_subprocess_exec(*ledger.command_that_sums())
        ledger.days.helped_by(ledger.summing)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + until - time.monotonic()):
            await ledger.summing.wait()
    if (ended := ledger.summing.returncode) is None:
        return
    ledger.summing = None
    await asyncio.get_running_loop().run_in_executor(disk, ledger.days.helped)
    if ended not in {0, -signal.SIGKILL}:
        raise OSError(f"what sums reads by the day ended with {ended}")


async def _in_a_process(words: Sequence[str]) -> None:
    """Have long work over arrays done elsewhere: a thread would hold up every answer, and the memory that it took would stay ours."""
    process = await asyncio.create_subprocess_exec(*words)
    try:
        if await process.wait():
            raise OSError(f"{' '.join(words[1:])} ended with {process.returncode}")
    finally:
        if process.returncode is None:
            process.kill()
