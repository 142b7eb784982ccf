"""The bus's door: passwords, rights and certificates, with the configuration that the documents give."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from nats.js.errors import APIError

from bus.test_sheets import Machine, level, publish, running
from kawaraban.bus.connection import BusSettings, stay_connected
from kawaraban.bus.streams import SITE
from kawaraban.sheetlog.log import SheetLog

HOW_TO = Path(__file__).parent.parent.parent / "docs/how-to/run-on-several-machines.md"


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine, signed by itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bus -addext subjectAltName=IP:127.0.0.1"
    files = tmp_path / "bus.pem", tmp_path / "bus.key"
    subprocess.run(["openssl", *words.split(), "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


@pytest.fixture
def documented(start_bus, certificate, tmp_path):
    """A bus as the how-to page configures it."""
    text = re.search(r"```conf\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)[1]
    text = re.sub(r"^listen.*\n", "", text).replace("store_dir: /var/lib/nats", "")
    text = text.replace("/etc/nats/bus.pem", str(certificate[0])).replace("/etc/nats/bus.key", str(certificate[1]))
    (tmp_path / "nats.conf").write_text(text, encoding="ascii")
    return start_bus("-c", str(tmp_path / "nats.conf"))


def settings(server, who, certificate):
    return BusSettings(url=server.url.replace("nats://", f"tls://{who}@"), ca=str(certificate[0]))


def test_newsroom_and_nodes_come_in_with_the_rights_that_the_documents_give(documented, certificate, tmp_path):
    newsroom, node = Machine(tmp_path / "newsroom"), Machine(tmp_path / "node")
    newsroom.files["token_key"].write_bytes(b"k" * 32)
    refused = []

    async def run():
        with contextlib.closing(SheetLog(newsroom.files["sheet_log"], writable=True)) as log:
            publish(log, 1)
            newsrooms, nodes = (settings(documented, who, certificate) for who in ("newsroom:change-this", "reader:change-this-too"))
            async with running(newsrooms, newsroom.forwarder()), running(nodes, node.follower()):
                await level(newsroom, node)
                publish(log, 2)
                await level(newsroom, node)

                async def meddle(bus):
                    for attempt in (bus.streams.purge_stream(SITE), bus.streams.publish("kawaraban.site.sheet.x.0", b"")):
                        try:
                            await asyncio.wait_for(attempt, 1)
                        except (APIError, TimeoutError) as error:
                            refused.append(error)
                    await asyncio.Event().wait()

                meddling = asyncio.create_task(stay_connected(nodes, meddle))
                async with asyncio.timeout(20):
                    while len(refused) < 2:
                        await asyncio.sleep(0.05)
                meddling.cancel()
                publish(log, 3)
                await level(newsroom, node)

    asyncio.run(run())
    assert len(refused) == 2


@pytest.mark.parametrize("who", ["reader:wrong", "stranger:change-this", ""])
def test_a_stranger_gets_nothing_and_the_log_says_why(documented, certificate, who, tmp_path, caplog):
    node = Machine(tmp_path / "node")

    async def run():
        async with running(settings(documented, who, certificate) if who else BusSettings(url=documented.url), node.follower()):
            async with asyncio.timeout(10):
                while "not on the bus" not in caplog.text:
                    await asyncio.sleep(0.05)

    asyncio.run(run())
    assert "change-this" not in caplog.text
    assert not node.rows


def test_a_server_whose_certificate_nobody_vouches_for_is_not_believed(documented, tmp_path, caplog):
    node = Machine(tmp_path / "node")

    async def run():
        url = documented.url.replace("nats://", "tls://reader:change-this-too@")
        async with running(BusSettings(url=url), node.follower()):
            async with asyncio.timeout(10):
                while "not on the bus" not in caplog.text:
                    await asyncio.sleep(0.05)

    asyncio.run(run())
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
