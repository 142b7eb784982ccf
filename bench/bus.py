"""Two stream engines as the bus between the planes, measured side by side: NATS JetStream and Redis Streams (Valkey speaks the same).

    python bench/bus.py [--entries 10000] [--megabytes 1000]

Each server is started with a directory of its own and its most durable setting. Entries are 10 KB that do not compress. CPU time is
the server's. Needs ``nats-server`` and ``redis-server`` (Debian has both) and the Python client of the latter.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nats
import redis.asyncio
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType, StreamConfig

from ground import cpu_seconds, free_port, resident_mb
from kawaraban.bus.publishing import Outgoing, OutOfStepError, Publisher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SIZE = 10_000
AT_ONCE = 256
KEYS = 5_000  # half of the entries replace an earlier one, as reprinted sheets do


async def _hush(_error: Exception) -> None:
    """Servers are killed here on purpose."""


class Engine:
    """A server of its own, and what the bus would ask of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        started = time.perf_counter()
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return started

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def command(self) -> list[str]:
        raise NotImplementedError

    async def connect(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def publish(self, first: int, payloads: list[bytes]) -> None:
        raise NotImplementedError

    async def catch_up(self) -> int:
        raise NotImplementedError

    async def count(self) -> int:
        raise NotImplementedError

    async def refuses_twice(self, number: int) -> bool:
        raise NotImplementedError

    async def ready(self, started: float) -> float:
        """Wait until it answers with what it holds; return the seconds since its start."""
        while True:
            try:
                await self.connect()
                await self.count()
                return time.perf_counter() - started
            except Exception:  # noqa: BLE001 - still starting, whatever it says
                await asyncio.sleep(0.05)


class JetStream(Engine):
    """Keeps the last message of every subject: the compacted log itself. Files; synced by the operating system or every two minutes."""

    def command(self) -> list[str]:
        return ["nats-server", "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.directory)]

    async def connect(self) -> None:
        self.client = await nats.connect(f"nats://127.0.0.1:{self.port}", allow_reconnect=False, connect_timeout=60, error_cb=_hush)
        self.stream = self.client.jetstream(timeout=60)
        self.publisher = Publisher(self.client)
        await self.publisher.start()
        await self.stream.add_stream(
            StreamConfig("log", subjects=["log.>"], max_msgs_per_subject=1, storage=StorageType.FILE, max_bytes=-1)
        )

    async def close(self) -> None:
        await self.client.close()

    async def publish(self, first: int, payloads: list[bytes]) -> None:
        await self.publisher.publish(
            [Outgoing(f"log.{number % self.keys}", payload) for number, payload in enumerate(payloads, first)], first - 1
        )

    keys = 1_000_000_000

    async def catch_up(self) -> int:
        config = ConsumerConfig(ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL, mem_storage=True, inactive_threshold=30)
        consumer = await self.stream.pull_subscribe("log.>", config=config)
        count = 0
        while True:
            messages = await consumer.fetch(1, timeout=5)
            pending = messages[-1].metadata.num_pending
            if pending:
                messages += await consumer.fetch(min(pending, 500), timeout=30)
            count += len(messages)
            if not messages[-1].metadata.num_pending:
                return count

    async def count(self) -> int:
        return (await self.stream.stream_info("log")).state.last_seq

    async def held(self) -> int:
        return (await self.stream.stream_info("log")).state.messages

    async def refuses_twice(self, number: int) -> bool:
        try:
            await self.publish(number, [b"again"])
        except OutOfStepError:
            return True
        return False


class RedisStreams(Engine):
    """Numbers that we choose, in memory, with an append-only file that is synced before it answers."""

    def command(self) -> list[str]:
        words = {"port": self.port, "bind": "127.0.0.1", "dir": self.directory, "appendonly": "yes", "appendfsync": "always", "save": ""}
        return ["redis-server", *(word for name, value in words.items() for word in (f"--{name}", str(value)))]

    async def connect(self) -> None:
        self.client = redis.asyncio.Redis(port=self.port, socket_timeout=60)

    async def close(self) -> None:
        await self.client.aclose()

    async def publish(self, first: int, payloads: list[bytes]) -> None:
        for at in range(0, len(payloads), AT_ONCE):
            pipe = self.client.pipeline(transaction=False)
            for number, payload in enumerate(payloads[at : at + AT_ONCE], start=first + at):
                pipe.xadd("log", {"p": payload}, id=f"{number}-0")
            await pipe.execute()

    async def catch_up(self) -> int:
        last, count = "0-0", 0
        while found := await self.client.xread({"log": last}, count=500):
            entries = found["log"] if isinstance(found, dict) else found[0][1]
            if isinstance(entries[0], list) and isinstance(entries[0][0], (list, tuple)):
                entries = entries[0]
            count, last = count + len(entries), entries[-1][0]
        return count

    async def count(self) -> int:
        return await self.client.xlen("log")

    held = count

    async def refuses_twice(self, number: int) -> bool:
        try:
            await self.publish(number, [b"again"])
        except redis.ResponseError:
            return True
        return False


async def measure(engine: Engine, entries: int, megabytes: int) -> None:
    started = engine.start()
    assert engine.process is not None
    await engine.ready(started)
    dice = random.Random(1)
    payloads = [dice.randbytes(SIZE) for _ in range(min(entries, 2_000))] * (-(-entries // 2_000))
    payloads = payloads[:entries]
    seconds, cpu = await timed(engine, lambda: engine.publish(1, payloads))
    print(f"  publish   {entries / seconds:9,.0f} entries/s   {cpu / entries * 1e6:7.1f} µs of the server's CPU an entry")
    counted: list[int] = []

    async def catch_up() -> None:
        counted.append(await engine.catch_up())

    seconds, cpu = await timed(engine, catch_up)
    print(f"  catch up  {counted[0] / seconds:9,.0f} entries/s   {cpu / counted[0] * 1e6:7.1f} µs, all {counted[0]:,} in {seconds:.1f} s")
    print(f"  the same entry again: {'refused' if await engine.refuses_twice(entries) else 'TAKEN TWICE'}")
    told = await killed_while_publishing(engine, entries + 1, payloads)
    print(f"  killed while publishing: {told}")
    last = await engine.count()
    more = max(0, megabytes * 1_000_000 // SIZE - last)
    for at in range(0, more, 2_000):
        await engine.publish(last + 1 + at, payloads[: min(2_000, more - at)])
    size = sum(path.stat().st_size for path in engine.directory.rglob("*") if path.is_file())
    memory = resident_mb([engine.process.pid])
    await engine.close()
    engine.kill()
    again = await engine.ready(engine.start())
    print(
        f"  with {megabytes:,} MB: {memory:,.0f} MB of memory, {size / 1e6:,.0f} MB on disk; killed, it answers again after {again:.1f} s"
    )
    if isinstance(engine, JetStream):
        engine.keys = KEYS
        last = await engine.count()
        await engine.publish(last + 1, payloads)
        print(f"  {entries:,} more under {KEYS:,} names: {await engine.held():,} entries held of {await engine.count():,} published")
    await engine.close()
    engine.kill()


async def killed_while_publishing(engine: Engine, first: int, payloads: list[bytes]) -> str:
    acknowledged = first - 1
    killer = asyncio.get_running_loop().call_later(0.3, engine.kill)
    try:
        while True:
            await engine.publish(acknowledged + 1, payloads[:64])
            acknowledged += 64
    except Exception:  # noqa: BLE001 - it was killed: however the client says so
        killer.cancel()
    await engine.close()
    await engine.ready(engine.start())
    held = await engine.count()
    return f"{acknowledged:,} acknowledged, {held:,} held after its restart: {'none lost' if held >= acknowledged else 'LOST'}"


async def timed(engine: Engine, work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    assert engine.process is not None
    cpu, started = cpu_seconds([engine.process.pid]), time.perf_counter()
    await work()
    return time.perf_counter() - started, cpu_seconds([engine.process.pid]) - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--megabytes", type=int, default=1_000)
    arguments = parser.parse_args()
    for kind, program in ((JetStream, "nats-server"), (RedisStreams, "redis-server")):
        if not shutil.which(program):
            print(f"{program} is not on this machine")
            continue
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0][:40]
        print(f"{kind.__name__} ({version})")
        with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
            asyncio.run(measure(kind(Path(directory)), arguments.entries, arguments.megabytes))


if __name__ == "__main__":
    main()
