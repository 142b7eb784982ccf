"""What the collector does for its log each minute, beside taking reads and ranking, which must not suffer from it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from kawaraban.audience import together
from kawaraban.audience.days import DAMAGED, PAUSE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from kawaraban.audience.ledger import Ledger

Of = TypeVarTuple("Of")
Is = TypeVar("Is")

UPKEEP_EVERY_SECONDS = 60.0
# What is done beside us is looked at so often, whether it has ended.
LOOK_EVERY_SECONDS = 0.2
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
    now = time.time()
    for hour in await _in_thread(disk, ledger.log.due, now):
        rewritten = await _in_thread(None, ledger.log.rewritten, hour, now)
        await _in_thread(disk, ledger.log.put, rewritten)
    began = time.monotonic()
    summed = await _in_thread(disk, ledger.upkeep, time.time())
    while not summed:
        took = time.monotonic() - began
        await asyncio.sleep(max(PAUSE_SECONDS, took))
        began = time.monotonic()
        if began > until:
            return
        summed = await _in_thread(disk, ledger.sum_days, time.time())
    now = time.time()
    if together.is_due(ledger.reads_dir, now):
        if together.is_much(ledger.log, now):
            await _in_a_process(together.command(ledger.reads_dir))
        else:
            # In a thread of its own: it only looks at the log, and no read waits for it.
            await _in_thread(None, ledger.count_together, now)
    if ledger.summing is not None or await _in_thread(disk, ledger.is_much_to_sum, now):
        await _sum_elsewhere(ledger, disk, until)


async def _in_thread(thread: Executor | None, work: Callable[[*Of], Is], *args: *Of) -> Is:
    """Have work done in the disk's thread, or in one of its own. Turns are short meanwhile alone, and not while we wait for a process."""
    with short_turns():
        return await asyncio.get_running_loop().run_in_executor(thread, work, *args)


async def _sum_elsewhere(ledger: Ledger, disk: Executor, until: float) -> None:
    """Have an archive's hours summed by a process of its own, and wait for it as long as there is time: it goes on beyond that."""
    # In the disk's thread: no hour is being changed there when it begins.
    summing = ledger.summing if ledger.summing is not None else await _in_thread(disk, ledger.have_summed)
    while (ended := summing.poll()) is None:
        if time.monotonic() > until:
            return
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    ledger.summing = None
    await _in_thread(disk, ledger.days.helped)
    if ended not in {0, DAMAGED, -signal.SIGKILL}:
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
