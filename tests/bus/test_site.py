"""A site of two machines, as its operator runs it: the newsroom and a reader node with a data directory of its own."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from bus.nodes import Machine
from running import free_port, until

pytestmark = pytest.mark.servers


@pytest.fixture
def newsroom(site, bus, tmp_path):
    """The demo's newspaper on a newsroom machine: brought there by a backup, as an operator would."""
    machine = Machine(tmp_path / "newsroom", free_port(), free_port(), bus=bus.url)
    site.kawaraban("backup", str(tmp_path / "site.tar"))
    machine.kawaraban("restore", str(tmp_path / "site.tar"))
    machine.start("newsroom")
    yield machine
    machine.stop()


@pytest.fixture
def node(bus, tmp_path):
    machine = Machine(tmp_path / "node", free_port(), free_port(), bus=bus.url)
    yield machine
    machine.stop()


def test_a_reader_node_serves_counts_and_ranks_and_serves_on_alone(newsroom, node, bus, tmp_path):
    node.start("reader")
    photo = re.search(r"/media/[^\s\",]+", httpx.get(f"{node.url}/").text)[0]
    original = newsroom.data / "public" / photo.lstrip("/")
    assert httpx.get(f"{node.url}{photo}").content == original.read_bytes()
    assert (node.data / "public" / photo.lstrip("/")).stat().st_mtime_ns == original.stat().st_mtime_ns

    (tmp_path / "new.jsonl").write_text(
        json.dumps({"id": 1, "title": "橋の上の二台目", "body": "本文。", "section": "社会"}), encoding="utf-8"
    )
    newsroom.kawaraban("import", "jsonl", str(tmp_path / "new.jsonl"), "--source", "bus")
    page = until(lambda: next((url for url in links(node) if "橋の上の二台目" in httpx.get(f"{node.url}{url}").text), None))
    text = httpx.get(f"{node.url}{page}").text
    story, token = re.search(r'data-story="([^"]+)" data-read-token="([^"]+)"', text).groups()
    read = {"story": story, "token": token}
    sent = httpx.post(f"{node.url}/read", content=json.dumps(read), headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert sent.status_code == 204
    # The newsroom ranks, and its ranking comes back: other stories in it were read before there was a node.
    until(lambda: [item for item in ranking(node) if item["title"] == "橋の上の二台目" and not item["filled"]])

    bus.kill()
    newsroom.stop()
    assert "橋の上の二台目" in httpx.get(f"{node.url}{page}").text
    node.stop()
    node.start("reader")
    assert "橋の上の二台目" in httpx.get(f"{node.url}{page}").text
    assert page in httpx.get(f"{node.url}/").text


def links(node: Machine) -> list[str]:
    return re.findall(r'href="(/[a-z]+/[a-z0-9]{6,8})"', httpx.get(f"{node.url}/society").text)[:3]


def ranking(node: Machine) -> list[dict[str, object]]:
    return httpx.get(f"{node.url}/live/ranking.json?window=24h&limit=50").json()["items"]
