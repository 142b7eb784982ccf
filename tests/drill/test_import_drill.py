"""An import that is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from exchange.exports import item, wxr

if TYPE_CHECKING:
    from pathlib import Path

STORIES = 160
TEXT = "本文。" * 30
# One file of each format that is read story by story, and how a story stands in it.
FILES = {
    "wordpress": lambda numbers: wxr(*(item(number, f"記事{number}", TEXT) for number in numbers)),
    "movabletype": lambda numbers: "".join(
        f"TITLE: 記事{number}\nBASENAME: n{number}\nSTATUS: Publish\nDATE: 05/01/2021 06:00:00 PM\n-----\nBODY:\n<p>{TEXT}</p>\n-----\n--------\n"
        for number in numbers
    ),
    "ghost": lambda numbers: json.dumps(
        {
            "db": [
                {
                    "data": {
                        "posts": [
                            {
                                "id": f"n{number}",
                                "title": f"記事{number}",
                                "slug": f"n{number}",
                                "html": f"<p>{TEXT}</p>",
                                "status": "published",
                            }
                            for number in numbers
                        ]
                    }
                }
            ]
        }
    ),
    "feed": lambda numbers: (
        "<rss version='2.0'><channel>"
        + "".join(f"<item><guid>n{number}</guid><title>記事{number}</title><description>{TEXT}</description></item>" for number in numbers)
        + "</channel></rss>"
    ),
    "ninjs": lambda numbers: "\n".join(
        json.dumps({"uri": f"tag:n{number}", "headline": f"記事{number}", "body_html": f"<p>{TEXT}</p>"}) for number in numbers
    ),
    "jsonl": lambda numbers: "\n".join(json.dumps({"id": number, "title": f"記事{number}", "body": TEXT}) for number in numbers),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with an empty newsroom."""
    data = tmp_path_factory.mktemp("empty") / "data"
    subprocess.run(
        [sys.executable, "-m", "kawaraban", "found", "--name", "試験新報"], env=_environment(data), check=True, capture_output=True
    )
    return data


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "KAWARABAN_DATA": str(data), "KAWARABAN_WEATHER": "none"}


def _stories(data: Path) -> int:
    database = sqlite3.connect(data / "newsroom/newsroom.sqlite3", timeout=5)
    try:
        return int(database.execute("SELECT COUNT(*) FROM newsroom_storypage").fetchone()[0])
    finally:
        database.close()


@pytest.mark.parametrize("name", FILES)
def test_an_import_that_is_killed_is_taken_up_again(name: str, empty: Path, tmp_path: Path) -> None:
    """Killed with SIGKILL in the middle of its work, and started again until it ends: everything is there, once."""
    data = tmp_path / "data"
    subprocess.run(["cp", "-a", str(empty), str(data)], check=True)
    path = tmp_path / "export"
    path.write_text(FILES[name](range(1, STORIES + 1)), encoding="utf-8")
    command = [sys.executable, "-m", "kawaraban", "import", name, str(path), "--source", "old", "--no-print", "--json"]
    process = subprocess.Popen(command, env=_environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and _stories(data) == 0:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was quicker than who killed it"
    assert 0 < _stories(data) < STORIES
    done = subprocess.run(command, env=_environment(data), capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["new"] + told["unchanged"], told["proof"]["kinds"]["story"]) == (
        STORIES,
        {"in_source": STORIES, "here": STORIES, "explained": 0, "lost": 0},
    )
    assert told["unchanged"] == _stories(data) - told["new"] > 0
    assert told["problems"] == []
