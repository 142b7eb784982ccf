"""Three reader nodes, each on a network and with a data directory of its own, a newsroom, and a bus: cut off, killed, healed.

In the end all nodes hold the same log and the same photos and say the same bodies and validators, every read that was acknowledged is
counted once, and no reader has seen an error.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bus.nodes import Machine, Server
from running import free_port, until

NODES = 3
NET = "10.231.77"
HERE = Path(__file__).parent


@dataclass
class Node(Machine):
    """A reader node in a network namespace: its own loopback, and one wire to the others that can be cut."""

    number: int = 0
    readers: subprocess.Popen[str] | None = field(default=None)

    @property
    def space(self) -> str:
        return f"kwb-{os.getpid()}-{self.number}"

    @property
    def wire(self) -> str:
        return f"kwb{os.getpid() % 100_000}-{self.number}"

    @property
    def inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.space]

    def start(self, role: str = "reader") -> None:
        self.role = role
        words = ["serve", "--port", str(self.port), "--role", role]
        self.process = subprocess.Popen([*self.inside, sys.executable, "-m", "kawaraban", *words], env=self.environment)
        until(lambda: self.get("/")["status"] == 200, 90)

    def get(self, path: str) -> dict[str, object]:
        """What a reader of this node gets: status, validator, content."""
        words = "import httpx, json, sys; a = httpx.get(sys.argv[1], headers={'accept-encoding': 'gzip'});"
        words += "print(json.dumps({'status': a.status_code, 'etag': a.headers.get('etag'), 'text': a.text}))"
        done = subprocess.run([*self.inside, sys.executable, "-c", words, self.url + path], capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(done.stderr[-300:])
        return json.loads(done.stdout)

    def let_in(self) -> None:
        self.readers = subprocess.Popen(
            [*self.inside, sys.executable, str(HERE / "reading_at_a_node.py"), self.url, str(self.number)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def told_by_readers(self) -> dict[str, object]:
        assert self.readers is not None
        assert self.readers.poll() is None, "the readers gave up"
        self.readers.terminate()
        return json.loads(self.readers.communicate(timeout=60)[0])

    def connect(self) -> None:
        bridge = f"kwb{os.getpid() % 100_000}"
        run(f"ip netns add {self.space}")
        run(f"ip link add {self.wire} type veth peer name eth0 netns {self.space}")
        run(f"ip link set {self.wire} master {bridge} up")
        for words in (f"addr add {NET}.{10 + self.number}/24 dev eth0", "link set eth0 up", "link set lo up"):
            run(f"ip -n {self.space} {words}")

    def cut(self) -> None:
        run(f"ip link set {self.wire} down")

    def heal(self) -> None:
        run(f"ip link set {self.wire} up")

    @property
    def rows(self) -> list[tuple[object, ...]]:
        return rows(self)

    @property
    def photos(self) -> dict[str, tuple[int, int]]:
        return photos(self)


def run(words: str) -> None:
    subprocess.run(words.split(), check=True, capture_output=True)


def rows(machine: Machine) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(machine.data / "public/sheets.sqlite3")) as db:
        return db.execute("SELECT seq, kind, key, payload FROM log ORDER BY seq").fetchall()


def photos(machine: Machine) -> dict[str, tuple[int, int]]:
    media = machine.data / "public/media"
    return {str(path.relative_to(media)): (path.stat().st_mtime_ns, path.stat().st_size) for path in media.rglob("*.*") if path.is_file()}


@pytest.fixture
def network():
    if os.geteuid() or shutil.which("ip") is None or shutil.which("nats-server") is None:
        pytest.skip("this takes root, ip and nats-server")
    bridge = f"kwb{os.getpid() % 100_000}"
    try:
        run(f"ip link add {bridge} type bridge")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network may be made here: {error.stderr.decode()}")
    run(f"ip addr add {NET}.1/24 dev {bridge}")
    run(f"ip link set {bridge} up")
    yield bridge
    run(f"ip link del {bridge}")


@pytest.fixture
def bus(network, tmp_path):
    server = Server(tmp_path / "bus", host=f"{NET}.1").start()
    yield server
    server.kill()


@pytest.fixture
def newsroom(site, bus, tmp_path):
    machine = Machine(tmp_path / "newsroom", free_port(), free_port(), bus=bus.url)
    site.kawaraban("backup", str(tmp_path / "site.tar"))
    machine.kawaraban("restore", str(tmp_path / "site.tar"))
    # What was read before there were nodes is another test's.
    shutil.rmtree(machine.data / "reads/log")
    machine.start("newsroom")
    yield machine
    machine.stop()


@pytest.fixture
def nodes(newsroom, bus, tmp_path):
    made = [Node(tmp_path / f"node-{number}", 8000, 8001, bus=bus.url, number=number) for number in range(1, NODES + 1)]
    try:
        for node in made:
            node.connect()
            node.start()
        yield made
    finally:
        for node in made:
            if node.readers is not None and node.readers.poll() is None:
                node.readers.kill()
            node.stop()
            subprocess.run(["ip", "netns", "del", node.space], check=False)


def publish(newsroom: Machine, tmp_path: Path, numbers: range) -> None:
    lines = [{"id": number, "title": f"通信断{number}号", "body": f"{number}本目の記事。", "section": "社会"} for number in numbers]
    file = tmp_path / f"{numbers[0]}.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    newsroom.kawaraban("import", "jsonl", str(file), "--source", "drill")


def level(newsroom: Machine, *nodes: Node) -> bool:
    return all(node.rows == rows(newsroom) and node.photos == photos(newsroom) for node in nodes)


def kill(machine: Machine, *names: str) -> None:
    for name in names:
        for pid in machine.pids(name):
            os.kill(pid, signal.SIGKILL)


def test_a_site_of_three_nodes_ends_level_whatever_is_cut_and_killed(newsroom, nodes, bus, tmp_path):
    first, second, third = nodes
    until(lambda: level(newsroom, *nodes), 60)
    for node in nodes:
        node.let_in()
    publish(newsroom, tmp_path, range(1, 6))
    until(lambda: level(newsroom, *nodes), 60)

    second.cut()
    before = second.rows
    publish(newsroom, tmp_path, range(6, 26))
    # Everything there is comes once more: the stream drops what the second node has not heard yet.
    newsroom.kawaraban("print", "--all")
    until(lambda: level(newsroom, first, third), 120)
    assert second.rows == before

    bus.kill()
    publish(newsroom, tmp_path, range(26, 31))
    time.sleep(3)
    bus.start()
    second.heal()
    kill(newsroom, "forwarder", "collector")
    publish(newsroom, tmp_path, range(31, 36))
    kill(third, "follower", "collector")
    kill(first, "follower")
    until(lambda: level(newsroom, *nodes), 180)

    newsroom.stop()
    time.sleep(3)
    newsroom.start("newsroom")
    publish(newsroom, tmp_path, range(36, 41))
    until(lambda: level(newsroom, *nodes), 120)

    told = [node.told_by_readers() for node in nodes]
    assert [seen["problems"] for seen in told] == [[]] * NODES
    assert [seen["newest"] for seen in told] == [40] * NODES
    assert min(seen["answers"] for seen in told) > 500

    read: dict[str, int] = {}
    for seen in told:
        for story, count in seen["reads"].items():
            read[story] = read.get(story, 0) + count
    assert sum(read.values()) > 100
    until(lambda: all(counted(node) == top(read) for node in nodes), 60)

    paths = [key for _, kind, key, payload in first.rows if kind == "sheet" and payload is not None and not key.startswith("/_")]
    paths = [path for path in paths if path not in {"/search", "/ko/search", "/en/search"}][-60:]
    assert len(paths) > 40
    # Related stories are found by each node for itself, a little after the rest.
    until(lambda: not [path for path in paths if len({json.dumps(node.get(path)) for node in nodes}) > 1], 120)


def counted(node: Node) -> dict[str, int]:
    items = json.loads(node.get("/live/ranking.json?window=24h&limit=50")["text"])["items"]
    return {item["id"]: int(item["score"]) for item in items if not item["filled"]}


def top(read: dict[str, int]) -> dict[str, int]:
    return dict(sorted(read.items(), key=lambda row: -row[1])[:50])
